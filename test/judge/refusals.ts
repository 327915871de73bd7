import { binomialProbability } from './binomial.ts'
import type { RowScore, VectorFile } from './judge.ts'
import { judgeSeeds, rowsOfPlay } from './plays.ts'
import type { TimelineFile, TimelineRow } from './timeline-format.ts'

/**
 * Share of the Secrets' first requests that came before the authorizer knew the Pod. Of v1.18 and v1.26: "about 7 % (22 of 323)"
 * (README-timelines.md); of v1.36 26 of 211 in the files that were kept, 13 of 211 in the whole of the run (v1.36/README.md).
 */
const refusedShare: Readonly<Record<string, number>> = { '': 0.07, 'v1.26/': 0.07, 'v1.36/': 0.09 }

const leastProbability = 0.001

/**
 * How often the first request is refused is a law of its own: that a refused one can come out where it was recorded says nothing of
 * the others. An exact binomial test over one play of each recording, with the seed that all have in common.
 */
export function refusalRows(files: readonly VectorFile[]): readonly RowScore[] {
  const [seed = ''] = judgeSeeds
  const first = files.flatMap(({ content }) => {
    const file = content as TimelineFile // those of timelines are given
    // Of the Pods of a burst as many are late as share an instant.
    return file.category === 'burst' ? [] : firstRequests(rowsOfPlay(file, seed))
  })
  if (first.length === 0) return []
  const share = refusedShare[/^v1\.\d+\//.exec(files[0]?.path ?? '')?.[0] ?? ''] ?? 0
  const refused = first.filter(({ detail }) => detail.code === 403).length
  const probability = binomialProbability(refused, first.length, share)
  const passed = probability >= leastProbability
  const diff = `${refused} of ${first.length}, ${share} were expected, p = ${probability.toFixed(5)}`
  return [{ row: 'first requests that are refused', passed, diff: passed ? '' : diff }]
}

/** The first request for each Secret, before any accident: a server that starts anew refuses for another reason. */
function firstRequests(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  const accident = rows.findIndex(({ actor }) => actor === 'operator')
  const quiet = accident === -1 ? rows : rows.slice(0, accident)
  const first = new Map<string, TimelineRow>()
  for (const row of quiet) {
    const secret = `${String(row.detail.secret)} ${String(row.detail.node)}`
    if (row.actor === 'request' && !first.has(secret)) first.set(secret, row)
  }
  return [...first.values()]
}
