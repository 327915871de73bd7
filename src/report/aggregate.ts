import type { Scenario } from '../scenario/model.ts'
import type { Place } from '../scenario/place.ts'
import type { RunFacts } from '../scenario/run-facts.ts'
import { judgeThreshold, type ThresholdResult } from '../scenario/thresholds.ts'

/** What several runs of one scenario come to together. */
export interface Together {
  readonly file: string
  readonly title: string
  readonly runs: number
  readonly judged: readonly TogetherResult[]
}

/** `sometimes` that never was, a threshold that is not kept. */
export type TogetherResult = ThresholdResult

/** Judges what only all runs together can say; scenarios of which nothing is to be said are left out. */
export function judgeTogether(scenarios: readonly Judged[], runs: readonly RunFacts[]): readonly Together[] {
  const groups = new Map<string, { readonly scenario: Judged; readonly runs: RunFacts[] }>()
  const keyOf = ({ file, title }: { readonly file: string; readonly title: string }) => JSON.stringify([file, title])
  for (const scenario of scenarios) groups.set(keyOf(scenario), { scenario, runs: [] })
  for (const run of runs) groups.get(keyOf(run.scenario))?.runs.push(run)
  return [...groups.values()].flatMap(({ scenario, runs: of }) => {
    const judged = [...sometimesOf(of), ...thresholdsOf(scenario, of)]
    const { file, title } = scenario
    return judged.length === 0 || of.length === 0 ? [] : [{ file, title, runs: of.length, judged }]
  })
}

/** What of a scenario says how its runs are judged together. */
type Judged = Pick<Scenario, 'file' | 'title' | 'thresholds'>

function thresholdsOf({ thresholds }: Judged, runs: readonly RunFacts[]): readonly TogetherResult[] {
  return thresholds.flatMap((threshold, i) =>
    judgeThreshold(
      threshold,
      runs.flatMap(({ measured }) => measured[i] ?? []),
    ),
  )
}

function sometimesOf(runs: readonly RunFacts[]): readonly TogetherResult[] {
  const seen = new Map<string, { readonly place: Place; readonly expected: string; times: number }>()
  for (const { place, expected, held } of runs.flatMap(({ sometimes }) => sometimes)) {
    const key = JSON.stringify(place)
    const entry = seen.get(key) ?? { place, expected, times: 0 }
    if (held) entry.times++
    seen.set(key, entry)
  }
  return [...seen.values()].map(({ place, expected, times }) => ({
    place,
    expected,
    outcome: times > 0 ? 'passed' : 'inconclusive',
    found: `true in ${times} of ${runs.length === 1 ? '1 run' : `${runs.length} runs`}`,
  }))
}
