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
  return digestFrom(startOfFirst, startOfSecond)
}

function digestFrom(firstSoFar: number, secondSoFar: number): Digest {
  let first = firstSoFar
  let second = secondSoFar
  return {
    add(text) {
      // In the loop no variables of the closure: they are written back for each character.
      let one = first
      let two = second
      for (let i = 0; i < text.length; i++) {
        const unit = text.charCodeAt(i)
        one = Math.imul(one ^ unit, 0x01000193)
        two = Math.imul(two ^ (unit + i), 0x5bd1e995)
        two ^= two >>> 13
      }
      first = Math.imul(one ^ 0x0a, 0x01000193)
      second = Math.imul(two ^ text.length, 0x5bd1e995)
    },
    value: () => hex(mix(first ^ second)) + hex(mix(second + Math.imul(first, 31))),
    copy: () => digestFrom(first, second),
  }
}

/** Digest of one text. */
export function digestOf(text: string): string {
  const digest = createDigest()
  digest.add(text)
  return digest.value()
}

/** Digest of several texts in 53 bits, as a number: for keys that rest in tens of thousands. */
export function digestNumber(texts: readonly string[]): number {
  let first = startOfFirst
  let second = startOfSecond
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      first = Math.imul(first ^ unit, 0x01000193)
      second = Math.imul(second ^ (unit + i), 0x5bd1e995)
      second ^= second >>> 13
    }
    first = Math.imul(first ^ 0x0a, 0x01000193)
    second = Math.imul(second ^ text.length, 0x5bd1e995)
  }
  return (mix(first ^ second) >>> 11) * 2 ** 32 + (mix(second + Math.imul(first, 31)) >>> 0)
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
