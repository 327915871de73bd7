import type { Secret } from '../../api/types/core.ts'
import { fromBase64, utf8Text } from '../../bytes/bytes.ts'
import type { Recording } from '../world/recording.ts'
import { flowIn } from './flowing.ts'
import type { Followed } from './play-state.ts'

/** Masks of values, `<5 bytes, 47bc6cb3>`, with the value and the letter of the revision that has it. */
export type ValueLetters = ReadonlyMap<string, { readonly letter: string; readonly value: string }>

/** By what the lanes show as a letter, so that a verdict on a masked value can be read; of the key that is followed. */
export function valueLetters(recording: Recording, followed: Followed): ValueLetters {
  const { revisions } = flowIn(recording, followed)
  const known = made.get(revisions)
  if (known !== undefined) return known
  const { journal, redaction } = recording
  const letters = new Map<string, { readonly letter: string; readonly value: string }>()
  for (const { seq, letter } of revisions) {
    // A revision begins with the record of its writing.
    const encoded = (journal.record(seq)?.after as Secret | undefined)?.data?.[followed.key]
    const bytes = encoded === undefined ? undefined : fromBase64(encoded)
    if (bytes === undefined) continue
    const value = utf8Text(bytes)
    const masked = redaction.text(value)
    if (isMask.test(masked) && !letters.has(masked)) letters.set(masked, { letter, value })
  }
  made.set(revisions, letters)
  return letters
}

const made = new WeakMap<object, ValueLetters>()
const isMask = /^<\d+ bytes?, [0-9a-f]+>$/

/** A text with a letter behind each mask that stands for a revision: `is <5 bytes, 47bc6cb3> (A)`; revealed, `is "first" (A)`. */
export function withLetters(text: string, letters: ValueLetters, isRevealed: boolean): string {
  return text.replace(/<\d+ bytes?, [0-9a-f]+>/g, (mask) => {
    const known = letters.get(mask)
    return known === undefined ? mask : `${isRevealed ? JSON.stringify(known.value) : mask} (${known.letter})`
  })
}
