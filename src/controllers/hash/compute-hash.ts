import { dumpTemplate } from './go-dump.ts'

/** Names of revisions: of ReplicaSets and ControllerRevisions. */

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/** FNV-1a, 32 bits, over UTF-8. Source: Go hash/fnv, New32a. */
function fnv32a(text: string, tail: readonly number[]): number {
  let hash = fnvOffset
  const add = (byte: number): void => {
    hash = Math.imul(hash ^ byte, fnvPrime)
  }
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    if (code < 0x80) add(code)
    else if (code < 0x800) [0xc0 | (code >> 6), 0x80 | (code & 63)].forEach(add)
    else if (code < 0x10000) [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)].forEach(add)
    else [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)].forEach(add)
  }
  for (const byte of tail) add(byte)
  return hash >>> 0
}

const alphabet = '456789bcdf'

/** Decimal digits in letters that spell nothing. Source: apimachinery pkg/util/rand, SafeEncodeString. */
function safeEncode(value: number): string {
  return [...String(value)].map((digit) => alphabet[Number(digit)]).join('')
}

/**
 * The hash of a Pod template, 1 to 10 letters: the very one that a v1.18 controller computes.
 * Source: pkg/controller/controller_utils.go, ComputeHash.
 */
export function computeHash(template: object, collisionCount: number | undefined): string {
  const count = collisionCount === undefined ? [] : [0, 8, 16, 24].map((shift) => (collisionCount >> shift) & 0xff)
  // The count is written as 32 bits into 8 bytes.
  const tail = collisionCount === undefined ? [] : [...count, 0, 0, 0, 0]
  return safeEncode(fnv32a(dumpTemplate(template), tail))
}
