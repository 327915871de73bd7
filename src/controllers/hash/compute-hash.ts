import { utf8Bytes } from '../../bytes/bytes.ts'
import { compareText } from '../objects.ts'
import { dumpTemplate } from './go-dump.ts'

/** Names of revisions: of ReplicaSets and ControllerRevisions. */

const fnvOffset = 0x811c9dc5
const fnvPrime = 0x01000193

/** FNV, 32 bits, over UTF-8. Source: Go hash/fnv, New32 and New32a: they differ in what comes first. */
class Fnv32 {
  #hash: number = fnvOffset
  readonly #isXorFirst: boolean

  constructor(kind: '1' | '1a') {
    this.#isXorFirst = kind === '1a'
  }

  addText(text: string): void {
    for (let at = 0; at < text.length; at++) {
      const unit = text.charCodeAt(at)
      if (unit < 0x80) this.addByte(unit)
      else {
        // A character that is no letter of ASCII: as UTF-8 has it, and so all that follows.
        for (const byte of utf8Bytes(text.slice(at))) this.addByte(byte)
        return
      }
    }
  }

  addByte(byte: number): void {
    const hash = this.#hash
    this.#hash = this.#isXorFirst ? Math.imul(hash ^ byte, fnvPrime) : Math.imul(hash, fnvPrime) ^ byte
  }

  get value(): number {
    return this.#hash >>> 0
  }
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
  const hash = new Fnv32('1a')
  dumpTemplate(template, (piece) => hash.addText(piece))
  for (const byte of tail) hash.addByte(byte)
  return safeEncode(hash.value)
}

/** The hash of a text, in the same letters. Source: pkg/controller/history/controller_history.go, HashControllerRevision. */
export function hashText(text: string): string {
  const hash = new Fnv32('1')
  hash.addText(text)
  return safeEncode(hash.value)
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
