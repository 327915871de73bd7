/** Values of awk: numbers, texts, and texts from outside that look like numbers. Source: POSIX XCU awk, "Expressions in awk". */
import type { ByteText } from '../../byte-text.ts'
import { BudgetError } from '../../engine/budget.ts'

/** A text that was read, and counts as a number where it looks like one. */
export class Read {
  readonly text: ByteText
  /** NaN: it does not look like a number. */
  readonly number: number
  constructor(text: ByteText) {
    this.text = text
    this.number = looksLikeNumber(text) ? Number.parseFloat(text) : Number.NaN
  }
}

/** Undefined: never set, which is both 0 and the empty text. */
export type Value = number | ByteText | Read | undefined

/** Subscripts are texts. */
export type AwkArray = Map<ByteText, Value>

function looksLikeNumber(text: ByteText): boolean {
  return /^[ \t\n]*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?[ \t\n]*$/.test(text)
}

/** The number that a text begins with, or 0. */
export function numberOf(value: Value): number {
  if (typeof value === 'number') return value
  if (value === undefined) return 0
  const text = typeof value === 'string' ? value : value.text
  return Number(/^[ \t\n]*([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(text)?.[1] ?? '0')
}

/** `format` is CONVFMT or OFMT; whole numbers need none. */
export function textOf(value: Value, format: ByteText): ByteText {
  if (typeof value === 'string') return value
  if (value === undefined) return ''
  if (typeof value !== 'number') return value.text
  if (Number.isInteger(value) && Math.abs(value) < 1e16) return String(value === 0 ? 0 : value)
  return formatted(format, [value])
}

/** 0 and the empty text are false. */
export function isTrue(value: Value): boolean {
  if (typeof value === 'number') return value !== 0
  if (value === undefined) return false
  if (typeof value === 'string') return value !== ''
  return Number.isNaN(value.number) ? value.text !== '' : value.number !== 0
}

/** Whether it is compared as a number. */
function isNumeric(value: Value): boolean {
  return typeof value === 'number' || value === undefined || (value instanceof Read && !Number.isNaN(value.number))
}

/** Below 0, 0 or above: as numbers where both are, else as texts. */
export function compare(a: Value, b: Value, format: ByteText): number {
  if (isNumeric(a) && isNumeric(b)) return numberOf(a) - numberOf(b)
  const [left, right] = [textOf(a, format), textOf(b, format)]
  return left < right ? -1 : left > right ? 1 : 0
}

/** Characters that one conversion may be wide. */
const maxWidth = 1 << 20

/** What printf makes of a format. Values that are missing count as never set. Source: fprintf(3). */
export function formatted(format: ByteText, values: readonly Value[]): ByteText {
  let next = 0
  return format.replace(
    /%([-+ #0]*)(\*|\d*)(?:\.(\*|\d*))?[hlLqjzt]*([a-zA-Z%])/g,
    (whole, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === '%') return '%'
      const given = width === '*' ? numberOf(values[next++]) : Number(width || '0')
      const digits =
        precision === '*' ? numberOf(values[next++]) : precision === undefined ? undefined : Number(precision)
      if (Math.abs(given) > maxWidth || (digits ?? 0) > maxWidth) throw new BudgetError('memory')
      const all = given < 0 ? `${flags}-` : flags
      const shown = converted(letter, all, digits, values[next++])
      return shown === undefined ? whole : padded(shown, all, Math.abs(given), letter, digits)
    },
  )
}

function padded(text: string, flags: string, width: number, letter: string, digits: number | undefined): string {
  if (flags.includes('-')) return text.padEnd(width)
  const hasZeros = flags.includes('0') && !'sc'.includes(letter) && !('dioxXu'.includes(letter) && digits !== undefined)
  if (!hasZeros) return text.padStart(width)
  const [sign = ''] = /^[-+ ]?/.exec(text) ?? []
  return sign + text.slice(sign.length).padStart(width - sign.length, '0')
}

function converted(letter: string, flags: string, digits: number | undefined, value: Value): string | undefined {
  if (letter === 's') return textOf(value, '%.6g').slice(0, digits)
  if (letter === 'c') {
    const code = typeof value === 'number' ? value : value instanceof Read ? value.number : Number.NaN
    return Number.isNaN(code) ? textOf(value, '%.6g').slice(0, 1) : String.fromCharCode(Math.trunc(code) & 255)
  }
  const number = numberOf(value)
  if ('dioxXu'.includes(letter)) return whole(letter, flags, digits, Math.trunc(number))
  const body = real(letter, flags, digits ?? 6, Math.abs(number))
  return body === undefined ? undefined : signOf(number < 0 || Object.is(number, -0), flags) + body
}

function signOf(isNegative: boolean, flags: string): string {
  return isNegative ? '-' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : ''
}

function whole(letter: string, flags: string, digits: number | undefined, value: number): string {
  if (!Number.isFinite(value)) return String(value).toLowerCase().slice(0, 4)
  const radix = { o: 8, x: 16, X: 16 }[letter] ?? 10
  const isSigned = letter === 'd' || letter === 'i'
  const size = isSigned ? BigInt(Math.abs(value)) : BigInt.asUintN(64, BigInt(value))
  const text = size.toString(radix).padStart(digits ?? 0, '0')
  const marked = flags.includes('#') && value !== 0 ? ({ o: '0', x: '0x', X: '0x' }[letter] ?? '') + text : text
  return (isSigned ? signOf(value < 0, flags) : '') + (letter === 'X' ? marked.toUpperCase() : marked)
}

function real(letter: string, flags: string, digits: number, value: number): string | undefined {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : 'inf'
  switch (letter) {
    case 'f':
    case 'F':
      return decimal(value, Math.min(digits, 100))
    case 'e':
    case 'E':
      return exponential(value, digits, letter)
    case 'g':
    case 'G':
      return general(value, digits === 0 ? 1 : digits, letter === 'g' ? 'e' : 'E', flags.includes('#'))
    default:
      return undefined
  }
}

/** What lies in the middle is rounded to the even digit, as C does. */
function decimal(value: number, digits: number): string {
  const scaled = value * 10 ** digits
  const isMiddle = scaled < 2 ** 52 && scaled % 1 === 0.5 && scaled / 10 ** digits === value
  if (!isMiddle || Math.floor(scaled) % 2 === 1) return value.toFixed(digits)
  return (Math.floor(scaled) / 10 ** digits).toFixed(digits)
}

function exponential(value: number, digits: number, letter: string): string {
  return value
    .toExponential(Math.min(digits, 100))
    .replace(/e([-+])(\d)$/, 'e$10$2')
    .replace('e', letter)
}

function general(value: number, digits: number, letter: string, keepsZeros: boolean): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential(digits - 1).split('e')[1])
  const text =
    exponent < -4 || exponent >= digits
      ? exponential(value, digits - 1, letter)
      : decimal(value, Math.max(0, digits - 1 - exponent))
  return keepsZeros ? text : text.replace(/(\.\d*?)0+(?=e|E|$)/, '$1').replace(/\.(?=e|E|$)/, '')
}
