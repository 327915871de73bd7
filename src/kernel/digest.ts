/** A running 64-bit digest of texts: quick and the same on every machine. It tells runs apart, it guards nothing. */
export interface Digest {
  add(text: string): void
  /** 16 hexadecimal digits over all that was added. */
  value(): string
  /** One that goes on from here by itself. */
  copy(): Digest
}

const startOfFirst = 0x811c9dc5 | 0
const startOfSecond = 0x9747b28c | 0

/** Two lanes of FNV-1a over UTF-16 code units, mixed at the end as MurmurHash3 does (public-domain algorithms). */
export function createDigest(): Digest {
  return new TwoLanes(Int32Array.of(startOfFirst, startOfSecond))
}

class TwoLanes implements Digest {
  /** In variables or members each number of 32 bits would be boxed, once for each text. */
  readonly #lanes: Int32Array

  constructor(lanesSoFar: Int32Array) {
    this.#lanes = lanesSoFar
  }

  add(text: string): void {
    addTo(this.#lanes, text)
  }

  value(): string {
    const [first = 0, second = 0] = this.#lanes
    return hex(mix(first ^ second)) + hex(mix(second + Math.imul(first, 31)))
  }

  copy(): Digest {
    return new TwoLanes(this.#lanes.slice())
  }
}

/**
 * Looked up once: texts that were joined, cut, read or are names differ in hidden class, and of more than four kinds the engine looks for
 * members anew at each letter.
 */
const { charCodeAt } = String.prototype

function addTo(both: Int32Array, text: string): void {
  const { length } = text
  let first = both[0] ?? 0
  let second = both[1] ?? 0
  for (let i = 0; i < length; i++) {
    const unit = charCodeAt.call(text, i)
    first = Math.imul(first ^ unit, 0x01000193)
    second = Math.imul(second ^ (unit + i), 0x5bd1e995)
    second ^= second >>> 13
  }
  both[0] = Math.imul(first ^ 0x0a, 0x01000193)
  both[1] = Math.imul(second ^ length, 0x5bd1e995)
}

/** Digest of one text. */
export function digestOf(text: string): string {
  const digest = createDigest()
  digest.add(text)
  return digest.value()
}

/** Digest of several texts in 53 bits, as a number: for keys that rest in tens of thousands. */
export function digestNumber(texts: readonly string[]): number {
  digestInto(lanes, texts)
  return ((lanes[0] ?? 0) >>> 11) * 2 ** 32 + ((lanes[1] ?? 0) >>> 0)
}

/** The same digest in 64 bits, as four UTF-16 units: what a generator of random numbers is seeded with in place of a long name. */
export function digestUnits(texts: readonly string[]): string {
  digestInto(lanes, texts)
  const first = lanes[0] ?? 0
  const second = lanes[1] ?? 0
  return String.fromCharCode(first >>> 16, first & 0xffff, second >>> 16, second & 0xffff)
}

/** Where both lanes come to lie within one call: in an object of its own each number of 32 bits would be boxed. */
const lanes = new Int32Array(2)

function digestInto(result: Int32Array, texts: readonly string[]): void {
  result[0] = startOfFirst
  result[1] = startOfSecond
  for (const text of texts) addTo(result, text)
  const first = result[0]
  const second = result[1]
  result[0] = mix(first ^ second)
  result[1] = mix(second + Math.imul(first, 31))
}

function mix(bits: number): number {
  let mixed = bits
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return mixed ^ (mixed >>> 16)
}

function hex(bits: number): string {
  return (bits >>> 0).toString(16).padStart(8, '0')
}
