/**
 * The same text in one piece. The engine keeps what `+` and `${}` join as a tree of its parts (32 bytes a join, and the parts) until
 * somebody reads a character of it; then the tree is let go. For texts that rest in tens of thousands: a uid takes 56 bytes
 * in place of 256. Reading comes with making, so it costs no time that is not saved by collecting less.
 */
export function flat(text: string): string {
  // Kept where the engine cannot know that nobody looks: a read whose result is lost may be left out.
  read[0] = text.charCodeAt(0)
  return text
}

const read = new Uint16Array(1)

/** Up to this length the engine copies what is cut out of a text. Source: V8 src/objects/string.h, SlicedString::kMinLength. */
const cutAtMost = 12

/** A piece that was cut out of a longer text, as a text of its own (a parser writes it anew): a cut piece keeps the whole alive. */
export function ofItsOwn(piece: string): string {
  if (piece.length <= cutAtMost) return piece
  return JSON.parse(JSON.stringify(piece))
}
