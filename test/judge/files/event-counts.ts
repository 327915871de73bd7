import { eventName } from '../compare-timelines.ts'
import type { RowScore } from '../judge.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'

/**
 * How often each event was counted at the end of a recording. What comes after fixed back-offs is counted the same within one;
 * what comes after drawn pauses lies near it: a seventh, more than the draws of any recording part. Where several events of one
 * object share what the spam filter lets through, which of them it takes is a race: then all of the object together are looked at.
 * The first `alreadyPlayed` of the seeds cost nothing; others are played for the rows that are `worthIt`.
 */
export function eventCountRows(
  file: TimelineFile,
  seeds: readonly string[],
  alreadyPlayed: number,
  play: (seed: string) => readonly TimelineRow[],
  worthIt: (row: string) => boolean,
): readonly RowScore[] {
  const recorded = countsOf(file.timeline)
  const plays = new Map<string, Counts>()
  const countsIn = (seed: string): Counts => {
    const known = plays.get(seed) ?? countsOf(play(seed))
    plays.set(seed, known)
    return known
  }
  return repeatedIn(recorded).flatMap((event): readonly RowScore[] => {
    const found: number[] = []
    const row = `count of ${event}`
    for (const [at, seed] of seeds.entries()) {
      // Whether it comes at all is judged with its stream: seeds that nobody has played yet are for those that come.
      if (at >= alreadyPlayed && (found.length === 0 || !worthIt(row))) break
      const made = countsIn(seed)
      const own = made.events.get(event)
      if (own === undefined) continue
      found.push(own.count)
      if (isCounted(event, recorded, made)) return [{ row, passed: true, diff: '' }]
    }
    if (found.length === 0) return []
    return [{ row, passed: false, diff: `expected ${recorded.events.get(event)?.count}, got ${found.join(', ')}` }]
  })
}

/** Rows of counts that a play does not meet though their event comes in it. */
export function countsMissed(file: TimelineFile, rows: readonly TimelineRow[]): readonly string[] {
  const recorded = countsOf(file.timeline)
  const made = countsOf(rows)
  return repeatedIn(recorded).flatMap((event) =>
    made.events.has(event) && !isCounted(event, recorded, made) ? [`count of ${event}`] : [],
  )
}

/** The events that were told more than once. */
const repeatedIn = ({ events }: Counts): readonly string[] =>
  [...events].filter(([, { count }]) => count > 1).map(([event]) => event)

function isCounted(event: string, recorded: Counts, made: Counts): boolean {
  const wanted = recorded.events.get(event)
  const own = made.events.get(event)
  if (wanted === undefined || own === undefined) return false
  const ofPod = ({ ofPod }: Counts) => ofPod.get(wanted.pod) ?? 0
  return isNear(own.count, wanted.count) || isNear(ofPod(made), ofPod(recorded))
}

const isNear = (found: number, wanted: number): boolean =>
  Math.abs(found - wanted) <= Math.max(1, Math.ceil(wanted / 7))

interface Counts {
  /** By Pod, reason and message. */
  readonly events: ReadonlyMap<string, { readonly count: number; readonly pod: string }>
  readonly ofPod: ReadonlyMap<string, number>
}

/** The last count of each event. */
function countsOf(rows: readonly TimelineRow[]): Counts {
  const events = new Map<string, { readonly count: number; readonly pod: string }>()
  for (const row of rows)
    if (row.actor === 'event' && row.detail.count !== undefined)
      events.set(eventName(row), { count: Number(row.detail.count), pod: String(row.detail.pod ?? row.detail.node) })
  const ofPod = new Map<string, number>()
  for (const { count, pod } of events.values()) ofPod.set(pod, (ofPod.get(pod) ?? 0) + count)
  return { events, ofPod }
}
