import type { VirtualMs } from '../kernel/time.ts'
import type { Flow, Lane, Never, Segment } from './flow.ts'

/** Whether a place has a revision at an instant. */
export interface PlaceOfRevision {
  readonly lane: Lane
  /** `has` it, still has an `older`, has a `newer`, or has `nothing`. */
  readonly state: 'has' | 'older' | 'newer' | 'nothing'
  /** What is there; undefined: nothing. */
  readonly letter: string | undefined
  /** Since when. */
  readonly since: VirtualMs | undefined
  /** Of a place that has it: how long after its writing it came. Of what a new Pod began with: its age then. */
  readonly afterMs: VirtualMs | undefined
  readonly never: Never | undefined
}

/** Where a revision is at an instant: API server, copies of nodes, places of Pods that are there then. */
export function whereIs(
  flow: Pick<Flow, 'revisions' | 'lanes'>,
  letter: string,
  at: VirtualMs,
): readonly PlaceOfRevision[] {
  const order = new Map(flow.revisions.map((revision) => [revision.letter, revision] as const))
  const wanted = order.get(letter)
  if (wanted === undefined) return []
  const alive = new Set(
    flow.lanes.filter(({ kind, segments }) => kind === 'pod' && segmentAt(segments, at)).map(({ id }) => id),
  )
  return flow.lanes.flatMap((lane): PlaceOfRevision[] => {
    const { kind, parent = '', segments, never } = lane
    const isPlace = kind === 'file' || kind === 'subPath' || kind === 'env'
    if (!isPlace && kind !== 'api' && kind !== 'cache') return []
    // A node that keeps no copy is no place.
    if (kind === 'cache' && segments.length === 0) return []
    if (isPlace && !alive.has(parent)) return []
    const segment = segmentAt(segments, at)
    const index = order.get(segment?.letter ?? '')?.index
    if (segment === undefined || index === undefined)
      return [{ lane, never, state: 'nothing', letter: undefined, since: undefined, afterMs: undefined }]
    const state = index === wanted.index ? 'has' : index < wanted.index ? 'older' : 'newer'
    const afterMs = state === 'has' ? Math.max(0, segment.from - wanted.at) : undefined
    return [{ lane, never, state, letter: segment.letter, since: segment.from, afterMs }]
  })
}

/** The segment of a lane at an instant; undefined where it is empty. */
export function segmentAt(segments: readonly Segment[], at: VirtualMs): Segment | undefined {
  return segments.findLast(({ from, to }) => from <= at && (to === undefined || to > at))
}

/** When a Pod is due to be synced next, as far as was known at an instant. `lane`: its sync lane. */
export function nextSyncAt(lane: Lane, at: VirtualMs): VirtualMs | undefined {
  return lane.marks.findLast((mark) => mark.at <= at)?.nextAt
}
