import { toArray } from '../bytes-text.ts'
import { cannotOpen, readInput, type Tool } from '../tool.ts'

/** Fractional parts of cube roots (round constants) and square roots (start values) of the first primes: FIPS 180-4. */
const primes = firstPrimes(64)
const roundConstants = primes.map((prime) => fraction(Math.cbrt(prime)))
const startValues = primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)))

function firstPrimes(count: number): readonly number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

function fraction(root: number): number {
  return Math.floor((root - Math.floor(root)) * 0x1_0000_0000) | 0
}

/** SHA-256 in hexadecimal digits. Source: FIPS 180-4. */
export function sha256(message: Uint8Array): string {
  const bits = message.length * 8
  const padded = new Uint8Array(Math.ceil((message.length + 9) / 64) * 64)
  padded.set(message)
  padded[message.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bits / 0x1_0000_0000))
  view.setUint32(padded.length - 4, bits >>> 0)
  const state = Int32Array.from(startValues)
  const words = new Int32Array(64)
  for (let block = 0; block < padded.length; block += 64) {
    for (let i = 0; i < 16; i++) words[i] = view.getInt32(block + i * 4)
    for (let i = 16; i < 64; i++) {
      const a = words[i - 15] ?? 0
      const b = words[i - 2] ?? 0
      words[i] =
        (words[i - 16] ?? 0) +
        (rotate(a, 7) ^ rotate(a, 18) ^ (a >>> 3)) +
        (words[i - 7] ?? 0) +
        (rotate(b, 17) ^ rotate(b, 19) ^ (b >>> 10))
    }
    compress(state, words)
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('')
}

function compress(state: Int32Array, words: Int32Array): void {
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const first =
      (h +
        (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) +
        ((e & f) ^ (~e & g)) +
        (roundConstants[i] ?? 0) +
        (words[i] ?? 0)) |
      0
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0
    h = g
    g = f
    f = e
    e = (d + first) | 0
    d = c
    c = b
    b = a
    a = (first + second) | 0
  }
  for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = (state[i] ?? 0) + value
}

function rotate(value: number, by: number): number {
  return (value >>> by) | (value << (32 - by))
}

export const sha256sum: Tool = (context) => {
  let code = 0
  for (const path of context.args.length === 0 ? ['-'] : context.args) {
    const content = readInput(context, path)
    if (content.ok) context.out(`${sha256(toArray(content.value))}  ${path}\n`)
    else code = cannotOpen(context, path, content)
  }
  return code
}
