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
  let hex = ''
  // 28 bits a draw keep within what a double of the stream holds exactly.
  for (let i = 0; i < 5; i++) hex += random.integer(0, 0x1000_0000).toString(16).padStart(7, '0')
  const variant = hexDigits[8 + (Number.parseInt(hex.charAt(16), 16) & 3)]
  return flat(
    `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`,
  )
}
