/** MD5 (RFC 1321) of bytes, in lower-case hexadecimal. Only for md5sum. */
export function md5Hex(bytes: Uint8Array): string {
  const padded = new Uint8Array((Math.floor((bytes.length + 8) / 64) + 1) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, (bytes.length * 8) >>> 0, true)
  view.setUint32(padded.length - 4, Math.floor(bytes.length / 2 ** 29), true)
  let state: readonly number[] = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476]
  for (let offset = 0; offset < padded.length; offset += 64) state = compress(state, view, offset)
  return state.map(hexLittleEndian).join('')
}

function compress(state: readonly number[], view: DataView, offset: number): readonly number[] {
  let [a = 0, b = 0, c = 0, d = 0] = state
  for (let i = 0; i < 64; i++) {
    const round = i >> 4
    const mixed =
      round === 0 ? (b & c) | (~b & d) : round === 1 ? (d & b) | (~d & c) : round === 2 ? b ^ c ^ d : c ^ (b | ~d)
    const word = [i, 5 * i + 1, 3 * i + 5, 7 * i][round] ?? 0
    const sum = (a + mixed + (table[i] ?? 0) + view.getUint32(offset + 4 * (word % 16), true)) | 0
    const turn = turns[round]?.[i % 4] ?? 0
    const next = (b + ((sum << turn) | (sum >>> (32 - turn)))) | 0
    a = d
    d = c
    c = b
    b = next
  }
  return [a, b, c, d].map((word, i) => (word + (state[i] ?? 0)) | 0)
}

const turns = [
  [7, 12, 17, 22],
  [5, 9, 14, 20],
  [4, 11, 16, 23],
  [6, 10, 15, 21],
] as const

/** floor(|sin(i + 1)| * 2^32); the product is rounded far from any of these values' last bits. */
const table = Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32))

function hexLittleEndian(word: number): string {
  return [0, 8, 16, 24].map((shift) => ((word >>> shift) & 255).toString(16).padStart(2, '0')).join('')
}
