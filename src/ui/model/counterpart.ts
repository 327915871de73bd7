import type { Moment, Recording } from '../world/recording.ts'
import { type Cursor, momentBy } from './play-state.ts'

/**
 * The place in one world that a cursor has in another: the same instant, and within it after what has happened in both. Steps of
 * a scenario come at the same instants in worlds that differ in a setting, but what follows from them need not.
 */
export function momentIn(
  { moments: theirs }: Pick<Recording, 'moments'>,
  { moments: ours }: Pick<Recording, 'moments'>,
  { at, clock }: Pick<Cursor, 'at' | 'clock'>,
): number {
  if (at < 0) return -1
  const last = momentBy({ moments: theirs }, clock)
  const isWithin = ours[at]?.time === clock && ours[at + 1]?.time === clock
  if (!isWithin) return last
  for (let i = at; ours[i]?.time === clock; i--) {
    const found = sameOf(theirs, last, ours, i)
    if (found !== undefined) return found
  }
  return theirs.findLastIndex(({ time }) => time < clock)
}

/** The moment of the last one's instant that says the same, the same time over. */
function sameOf(theirs: readonly Moment[], last: number, ours: readonly Moment[], wanted: number): number | undefined {
  const moment = ours[wanted]
  if (moment === undefined) return undefined
  const isSame = ({ kind, actor, text }: Moment) =>
    kind === moment.kind && actor === moment.actor && text === moment.text
  let before = 0
  for (let i = wanted - 1; ours[i]?.time === moment.time; i--) if (isSame(ours[i] as Moment)) before++ // within the list
  let first = last
  while (theirs[first - 1]?.time === moment.time) first--
  for (let i = first; i <= last; i++) {
    const each = theirs[i]
    if (each === undefined || each.time !== moment.time || !isSame(each)) continue
    if (before === 0) return i
    before--
  }
  return undefined
}
