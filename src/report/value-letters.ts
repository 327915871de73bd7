import type { Secret } from '../api/types/core.ts'
import { fromBase64, utf8Text } from '../bytes/bytes.ts'
import type { ClusterJournal } from '../cluster/records.ts'
import type { Revision } from '../flow/flow.ts'
import type { Redaction } from '../looks/redaction.ts'

/** Masks of values, `<5 bytes, 47bc6cb3>`, with the value and the letter of the revision that has it. */
export type ValueLetters = ReadonlyMap<string, { readonly letter: string; readonly value: string }>

/** Where the values of revisions are read. */
export interface ValueSource {
  readonly journal: Pick<ClusterJournal, 'record'>
  readonly redaction: Pick<Redaction, 'text'>
}

/**
 * By what the lanes show as a letter, so that a verdict on a masked value can be read. Of one key, or of all; a value that several
 * revisions have in common has the letter of the first, for a key that is followed has no other then, and none where all keys count.
 */
export function valueLetters(
  revisions: readonly Pick<Revision, 'seq' | 'letter'>[],
  { journal, redaction }: ValueSource,
  key?: string,
): ValueLetters {
  const letters = new Map<string, { readonly letter: string; readonly value: string }>()
  const common = new Set<string>()
  for (const { seq, letter } of revisions) {
    // A revision begins with the record of its writing.
    const data = (journal.record(seq)?.after as Secret | undefined)?.data ?? {}
    for (const [name, encoded] of Object.entries(data)) {
      const bytes = key === undefined || name === key ? fromBase64(encoded) : undefined
      if (bytes === undefined) continue
      const value = utf8Text(bytes)
      const masked = redaction.text(value)
      if (!isMask.test(masked)) continue
      const known = letters.get(masked)
      if (known === undefined) letters.set(masked, { letter, value })
      else if (key === undefined && known.letter !== letter) common.add(masked)
    }
  }
  for (const masked of common) letters.delete(masked)
  return letters
}

const isMask = /^<\d+ bytes?, [0-9a-f]+>$/

/** A text with a letter behind each mask that stands for a revision: `is <5 bytes, 47bc6cb3> (A)`; revealed, `is "first" (A)`. */
export function withLetters(text: string, letters: ValueLetters, isRevealed: boolean): string {
  return text.replace(/<\d+ bytes?, [0-9a-f]+>/g, (mask) => {
    const known = letters.get(mask)
    return known === undefined ? mask : `${isRevealed ? JSON.stringify(known.value) : mask} (${known.letter})`
  })
}
