import { compareText } from '../objects.ts'
import { dumpTemplate } from './go-dump.ts'

/** Names of revisions: of ReplicaSets and ControllerRevisions. */

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/** FNV, 32 bits, over UTF-8. Source: Go hash/fnv, New32 and New32a: they differ in what comes first. */
function fnv32(kind: '1' | '1a', text: string, tail: readonly number[]): number {
  let hash = fnvOffset
  const add = (byte: number): void => {
    hash = kind === '1a' ? Math.imul(hash ^ byte, fnvPrime) : Math.imul(hash, fnvPrime) ^ byte
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
  return safeEncode(fnv32('1a', dumpTemplate(template), tail))
}

/** The hash of a text, in the same letters. Source: pkg/controller/history/controller_history.go, HashControllerRevision. */
export function hashText(text: string): string {
  return safeEncode(fnv32('1', text, []))
}

/** JSON as Go writes a map: keys in order, and what HTML would mistake escaped. */
export function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return quoted(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const sorted = members.sort(([a], [b]) => compareText(a, b))
  return `{${sorted.map(([key, member]) => `${quoted(key)}:${sortedJson(member)}`).join(',')}}`
}

function quoted(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
