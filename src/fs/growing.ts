/**
 * What a file has after something was written at its end. From some size on bytes are put where there is room for as many again, so
 * that a file which is written piece by piece is not copied once a piece. Who has read the file before keeps what it has read: nothing
 * within that changes.
 */
export function appended(before: Uint8Array, added: Uint8Array): Uint8Array {
  const length = before.length + added.length
  if (length < growsFrom) return joined(new Uint8Array(length), before, added)
  if (!withRoom.has(before.buffer) || before.buffer.byteLength < length) return joined(roomFor(length), before, added)
  const whole = new Uint8Array(before.buffer, 0, length)
  whole.set(added, before.length)
  return whole
}

/** Small files are exactly as long as they are: there are very many. */
const growsFrom = 65_536

/** Buffers with room at their end, each that of one file: what a file is given is copied. */
const withRoom = new WeakSet<ArrayBufferLike>()

function roomFor(length: number): Uint8Array {
  const room = new Uint8Array(length * 2)
  withRoom.add(room.buffer)
  return room.subarray(0, length)
}

function joined(whole: Uint8Array, before: Uint8Array, added: Uint8Array): Uint8Array {
  whole.set(before)
  whole.set(added, before.length)
  return whole
}
