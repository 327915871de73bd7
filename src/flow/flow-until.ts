import type { VirtualMs } from '../kernel/time.ts'
import type { Flow, Segment } from './flow.ts'

/** A place in a world: an instant, and within it the record after which it is. */
export interface Now {
  readonly clock: VirtualMs
  readonly seq: number
}

/**
 * The flow as far as it has come: what happens later, be it in the same instant, is not in it. Stretches that go on are open. All
 * views of a moment are made from it, so that none tells more than another.
 */
export function flowUntil<F extends Pick<Flow, 'revisions' | 'lanes'>>(flow: F, now: Now): F {
  const known = pasts.get(flow)
  if (known?.now.clock === now.clock && known.now.seq === now.seq) return known.past as F // it was made of this flow
  const hasHappened = ({ at, seq }: { readonly at: VirtualMs; readonly seq: number }) =>
    at < now.clock || (at === now.clock && seq <= now.seq)
  const past: F = {
    ...flow,
    revisions: upTo(flow.revisions, hasHappened),
    lanes: flow.lanes.map((lane) => ({
      ...lane,
      marks: upTo(lane.marks, hasHappened),
      segments: openAt(
        upTo(lane.segments, ({ from, seq }) => hasHappened({ at: from, seq })),
        now.clock,
      ),
    })),
  }
  pasts.set(flow, { now, past })
  return past
}

const pasts = new WeakMap<object, { readonly now: Now; readonly past: object }>()

/** The beginning of what is in order. */
function upTo<T>(all: readonly T[], hasHappened: (each: T) => boolean): readonly T[] {
  const last = all.findLastIndex(hasHappened)
  return last === all.length - 1 ? all : all.slice(0, last + 1)
}

/** The last stretch goes on unless it has ended before this instant. */
function openAt(segments: readonly Segment[], clock: VirtualMs): readonly Segment[] {
  const last = segments.at(-1)
  if (last?.to === undefined || last.to < clock) return segments
  return [...segments.slice(0, -1), { ...last, to: undefined }]
}
