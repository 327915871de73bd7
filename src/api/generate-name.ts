import { flat } from '../kernel/flat-text.ts'
import type { RandomStream } from '../kernel/random.ts'

/** Letters of generated names: no vowels, so no words. Source: apimachinery pkg/util/rand/rand.go, alphanums. */
const alphabet = 'bcdfghjklmnpqrstvwxz2456789'

/** Longest name and length of the suffix. Source: apiserver pkg/storage/names/generate.go. */
const nameMax = 63
const suffixLength = 5

/** `length` letters of the alphabet of generated names. Source: rand.go, String. */
function randomSuffix(random: RandomStream, length = suffixLength): string {
  let suffix = ''
  for (let i = 0; i < length; i++) suffix += alphabet[random.integer(0, alphabet.length)]
  return suffix
}

/** A name from metadata.generateName: the base, cut to 58 characters, and five random letters. */
export function generateName(base: string, random: RandomStream): string {
  return flat(base.slice(0, nameMax - suffixLength) + randomSuffix(random))
}

const hexDigits = '0123456789abcdef'

/** A version 4 UUID. Source: github.com/google/uuid, New. */
export function randomUuid(random: RandomStream): string {
  // 28 bits a draw keep within what a double of the stream holds exactly.
  for (let i = 0; i < 5; i++) {
    const bits = random.integer(0, 0x1000_0000)
    for (let digit = 0; digit < 7; digit++) digits[7 * i + digit] = (bits >>> (24 - 4 * digit)) & 15
  }
  digits[12] = 4
  digits[16] = 8 + ((digits[16] ?? 0) & 3)
  let at = 0
  for (let i = 0; i < 32; i++) {
    if (i === 8 || i === 12 || i === 16 || i === 20) uuidCodes[at++] = dash
    uuidCodes[at++] = hexDigits.charCodeAt(digits[i] ?? 0)
  }
  return String.fromCharCode(...uuidCodes)
}

/** Filled anew for every uuid: a text that is put together of parts costs ten times its own size. */
const digits: number[] = new Array<number>(35).fill(0)
const uuidCodes: number[] = new Array<number>(36).fill(0)
const dash = 0x2d
