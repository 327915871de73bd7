/** SHA-256 (FIPS 180-4) of bytes, in lower-case hexadecimal. */
export function sha256Hex(bytes: Uint8Array): string {
  return Array.from(sha256(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** SHA-256 (FIPS 180-4) of bytes: 32 bytes. Written out here because the core has no host to ask. */
export function sha256(bytes: Uint8Array): Uint8Array {
  const padded = withLength(bytes)
  const view = new DataView(padded.buffer)
  const state = Uint32Array.from(initialState)
  const schedule = new Uint32Array(64)
  for (let offset = 0; offset < padded.length; offset += 64) {
    for (let i = 0; i < 16; i++) schedule[i] = view.getUint32(offset + 4 * i)
    compress(state, schedule)
  }
  const digest = new DataView(new ArrayBuffer(32))
  state.forEach((word, i) => {
    digest.setUint32(4 * i, word)
  })
  return new Uint8Array(digest.buffer)
}

/** The message with its end mark and its length in bits, in whole blocks of 64 bytes. */
function withLength(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const padded = new Uint8Array((Math.floor((bytes.length + 8) / 64) + 1) * 64)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor(bytes.length / 2 ** 29))
  view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0)
  return padded
}

function compress(state: Uint32Array, schedule: Uint32Array): void {
  for (let i = 16; i < 64; i++) {
    const x = schedule[i - 15] ?? 0
    const y = schedule[i - 2] ?? 0
    const low = rotate(x, 7) ^ rotate(x, 18) ^ (x >>> 3)
    const high = rotate(y, 17) ^ rotate(y, 19) ^ (y >>> 10)
    schedule[i] = (schedule[i - 16] ?? 0) + low + (schedule[i - 7] ?? 0) + high
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let i = 0; i < 64; i++) {
    const choice = (e & f) ^ (~e & g)
    const first =
      h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + choice + (roundConstants[i] ?? 0) + (schedule[i] ?? 0)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    const second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + majority
    h = g
    g = f
    f = e
    e = (d + first) >>> 0
    d = c
    c = b
    b = a
    a = (first + second) >>> 0
  }
  const sums = [a, b, c, d, e, f, g, h]
  sums.forEach((word, i) => {
    state[i] = (state[i] ?? 0) + word
  })
}

function rotate(word: number, bits: number): number {
  return (word >>> bits) | (word << (32 - bits))
}

const primes = firstPrimes(64)
/** First 32 bits of the fractional parts of the square roots of the first 8 primes. */
const initialState = primes.slice(0, 8).map((prime) => fractionBits(prime, 2))
/** First 32 bits of the fractional parts of the cube roots of the first 64 primes. */
const roundConstants = primes.map((prime) => fractionBits(prime, 3))

function firstPrimes(count: number): number[] {
  const found: number[] = []
  for (let n = 2; found.length < count; n++) if (found.every((prime) => n % prime !== 0)) found.push(n)
  return found
}

/** floor(frac(n^(1/degree)) * 2^32), exact by integer arithmetic: floating point may differ in the last bit. */
function fractionBits(n: number, degree: 2 | 3): number {
  const scaled = BigInt(n) << BigInt(32 * degree)
  let low = 0n
  let high = BigInt(n) << 32n
  while (low < high) {
    const middle = (low + high + 1n) >> 1n
    if (middle ** BigInt(degree) <= scaled) low = middle
    else high = middle - 1n
  }
  return Number(low & 0xffffffffn)
}
