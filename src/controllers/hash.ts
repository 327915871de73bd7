import { compareText } from './objects.ts'

/**
 * Names of revisions. The original hashes Go's own dump of a template, which only Go can make; here it is the template's
 * JSON with sorted keys: as stable, in the same alphabet, other digits.
 */

/** FNV-1a, 32 bits, over the UTF-16 units of a text. */
export function fnv32a(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value >>> 0
}

/** JSON with keys in order; what is empty counts as absent, as it does to Go. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null'
  const members = Object.entries(value)
    .filter(([, member]) => !isEmpty(member))
    .sort(([a], [b]) => compareText(a, b))
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`).join(',')}}`
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  return typeof value === 'object' && Object.keys(value).length === 0
}

const alphabet = '456789bcdf'

/** Decimal digits in letters that spell nothing. Source: apimachinery pkg/util/rand, SafeEncodeString. */
export function safeEncode(value: number): string {
  return [...String(value)].map((digit) => alphabet[Number(digit)]).join('')
}

/** Source: pkg/controller/controller_utils.go, ComputeHash. */
export function computeHash(template: unknown, collisionCount: number | undefined): string {
  return safeEncode(fnv32a(`${canonicalJson(template)}${collisionCount ?? ''}`))
}
