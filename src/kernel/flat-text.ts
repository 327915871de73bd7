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

/**
 * The text as the one that all have who keep an equal one: the engine's own table of names holds it for as long as somebody has it. To be asked
 * of a text that was just made, for one that has rested is only told where the other is.
 */
export function oneText(text: string): string {
  if (++used > usedAtMost) {
    used = 0
    names = tableOfNames()
  }
  names[text] = true
  return text
}

/** A table and not an object with hidden classes, for it is made without a prototype. */
function tableOfNames(): Record<string, true> {
  return Object.create(null)
}

/** What is asked for is a name of a member in it: that is how a text comes into the engine's table. It is let go before it grows. */
let names = tableOfNames()
let used = 0
const usedAtMost = 256

/** Longer ones are contents more than names: nobody has the same, and finding out takes time. */
const nameAtMost = 120

/** A piece that was cut out of a longer text, as a text of its own (a parser writes a long one anew): a cut piece keeps the whole alive. */
export function ofItsOwn(piece: string): string {
  if (piece.length <= nameAtMost) return oneText(piece)
  return JSON.parse(JSON.stringify(piece))
}

/** A text that is no piece of another: the one that all have, if it may be a name. */
export function oneIfShort(text: string): string {
  return text.length <= nameAtMost ? oneText(text) : text
}
