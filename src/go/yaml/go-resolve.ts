/**
 * What a plain YAML scalar means to go-yaml v2: YAML 1.1 with Go's number syntax.
 * Source: gopkg.in/yaml.v2 resolve.go, resolve, parseTimestamp; strconv.ParseInt with base 0.
 */

/** What a plain scalar is to go-yaml v2, with its value where that differs from its text. */
export type GoScalar =
  | { readonly tag: 'str' }
  | { readonly tag: 'null' }
  | { readonly tag: 'merge' }
  | { readonly tag: 'bool'; readonly value: boolean }
  | { readonly tag: 'int'; readonly value: bigint }
  | { readonly tag: 'float'; readonly value: number }
  | { readonly tag: 'timestamp' }

const words = new Map<string, GoScalar>()
for (const word of ['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']) {
  words.set(word, { tag: 'bool', value: true })
}
for (const word of ['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']) {
  words.set(word, { tag: 'bool', value: false })
}
for (const word of ['', '~', 'null', 'Null', 'NULL']) words.set(word, { tag: 'null' })
for (const word of ['.nan', '.NaN', '.NAN']) words.set(word, { tag: 'float', value: Number.NaN })
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']) {
  words.set(word, { tag: 'float', value: Number.POSITIVE_INFINITY })
}
for (const word of ['-.inf', '-.Inf', '-.INF']) words.set(word, { tag: 'float', value: Number.NEGATIVE_INFINITY })
words.set('<<', { tag: 'merge' })

const string: GoScalar = { tag: 'str' }
const int64Min = -(2n ** 63n)
const uint64Max = 2n ** 64n - 1n

/** The meaning of `text` as a plain (unquoted, untagged) scalar. Only numbers that fit int64 or uint64 are ints. */
export function resolveScalar(text: string): GoScalar {
  const first = text.charAt(0)
  if (first !== '' && !/[-+0-9yYnNtTfFoO~.]/.test(first)) {
    // '<<' and words that begin otherwise are looked up only where go-yaml's first-byte table has a hint for them.
    return string
  }
  const word = words.get(text)
  if (word !== undefined) return word
  if (first === '.') return parseDotFloat(text)
  if (/[-+0-9]/.test(first)) return resolveNumber(text)
  return string
}

function parseDotFloat(text: string): GoScalar {
  // strconv.ParseFloat takes an underscore between digits.
  if (!/^\.[0-9](?:_?[0-9])*([eE][-+]?[0-9](?:_?[0-9])*)?$/.test(text)) return string
  const value = Number(text.replaceAll('_', ''))
  return Number.isFinite(value) ? { tag: 'float', value } : string
}

function resolveNumber(text: string): GoScalar {
  if (isTimestamp(text)) return { tag: 'timestamp' }
  const plain = text.replaceAll('_', '')
  const int = parseGoInt(plain)
  if (int !== undefined) return { tag: 'int', value: int }
  if (/^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/.test(plain)) {
    const value = Number(plain)
    if (Number.isFinite(value)) return { tag: 'float', value }
  }
  return string
}

/** strconv.ParseInt(text, 0, 64), or ParseUint where that fails: prefixes 0x, 0o, 0b and 0 (octal). */
function parseGoInt(text: string): bigint | undefined {
  const match = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))$/.exec(text)
  if (match === null) return undefined
  const [, sign, hex, octal, binary, oldOctal, decimal] = match
  const digits =
    hex !== undefined
      ? `0x${hex}`
      : (octal ?? oldOctal) !== undefined
        ? `0o${octal ?? oldOctal}`
        : binary !== undefined
          ? `0b${binary}`
          : (decimal ?? '0')
  if (digits.length > 70) return undefined
  const magnitude = BigInt(digits)
  if (sign === '-') return -magnitude >= int64Min ? -magnitude : undefined
  // ParseUint takes no sign, so '+' is bounded by int64.
  if (sign === '+') return magnitude < 2n ** 63n ? magnitude : undefined
  return magnitude <= uint64Max ? magnitude : undefined
}

const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** Whether go-yaml's parseTimestamp takes the text: a date, a date and time with a zone, or with a blank and no zone. */
function isTimestamp(text: string): boolean {
  const match =
    /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,]\d+)?(Z|[-+]\d\d:\d\d)?)?$/.exec(text)
  if (match === null) return false
  const [, year, month, day, separator, hour, minute, second, zone] = match
  if (separator === ' ' && zone !== undefined) return false
  if (separator !== undefined && separator !== ' ' && zone === undefined) return false
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  const leap = m === 2 && y % 4 === 0 && (y % 100 !== 0 || y % 400 === 0) ? 1 : 0
  if (m < 1 || m > 12 || d < 1 || d > (daysInMonth[m - 1] ?? 0) + leap) return false
  if (separator === undefined) return true
  return Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
}

/**
 * Base 60 floats (`12:30`) are strings to go-yaml but quoted when written, for other parsers' sake.
 * Source: gopkg.in/yaml.v2 encode.go, isBase60Float.
 */
export function isBase60Float(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)
}
