import type { VirtualMs } from '../kernel/time.ts'
import type { Mark, MarkKind, Segment } from './flow.ts'

/** A state that begins at an instant; undefined state: nothing is there. */
export interface Turn {
  readonly at: VirtualMs
  readonly seq: number
  /** Undefined: the lane is empty from here. */
  readonly state: { readonly letter: string | undefined; readonly note?: string } | undefined
}

/** Segments out of turns in the order of time; a turn to the same state changes nothing. */
export function segmentsOf(turns: readonly Turn[]): readonly Segment[] {
  const segments: Segment[] = []
  let open: (Segment & { readonly to: undefined }) | undefined
  const close = (at: VirtualMs): void => {
    if (open !== undefined && at > open.from) segments.push({ ...open, to: at })
    open = undefined
  }
  for (const { at, seq, state } of turns) {
    if (open !== undefined && state !== undefined && open.letter === state.letter && open.note === state.note) continue
    close(at)
    if (state !== undefined) open = { from: at, to: undefined, letter: state.letter, seq, note: state.note }
  }
  if (open !== undefined) segments.push(open)
  return segments
}

/** Only what touches the range. The beginning of what goes on stays known; that it ends later does not. */
export function within(segments: readonly Segment[], from: VirtualMs, to: VirtualMs): readonly Segment[] {
  return segments
    .filter((segment) => segment.from <= to && (segment.to === undefined || segment.to >= from))
    .map((segment) => (segment.to === undefined || segment.to <= to ? segment : { ...segment, to: undefined }))
}

/** A mark; only what is told differs from nothing. */
export function mark(
  kind: MarkKind,
  { at, seq }: { readonly at: VirtualMs; readonly seq: number },
  text: string,
  more: { readonly letter?: string | undefined; readonly nextAt?: VirtualMs | undefined } = {},
): Mark {
  return { at, seq, kind, letter: more.letter, nextAt: more.nextAt, text }
}

/** Marks of the range. */
export function marksWithin(marks: readonly Mark[], from: VirtualMs, to: VirtualMs): readonly Mark[] {
  return marks.filter(({ at }) => at >= from && at <= to)
}

/** What a revision shows in a place: its letter, and that the key is not in it. */
export function stateOf(revision: { readonly letter: string; readonly hasKey: boolean } | undefined): {
  readonly letter: string | undefined
  readonly note?: string
} {
  if (revision === undefined) return { letter: undefined, note: 'absent' }
  return revision.hasKey ? { letter: revision.letter } : { letter: revision.letter, note: 'absent' }
}
