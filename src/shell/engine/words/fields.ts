import type { PatternPiece } from './pattern.ts'

/** What a part of a word became: one argument, or a piece of one. */
export interface Field {
  readonly pieces: readonly PatternPiece[]
  /** Whether unquoted pieces are split where IFS says. */
  readonly isSplit: boolean
}

/** Fields as one, with a separator between them. */
export function joinFields(fields: readonly Field[], separator: string): PatternPiece[] {
  return fields.flatMap(({ pieces }, i) => (i === 0 ? pieces : [{ text: separator, quoted: true }, ...pieces]))
}
