/**
 * Amounts of resources: `500m`, `1Gi`, `2e3`. Source: k8s.io/apimachinery pkg/api/resource/quantity.go, suffix.go,
 * amount.go. Values are kept exactly, in units of 10^-9, the smallest that there is.
 */
export interface Quantity {
  readonly nanos: bigint
  readonly format: 'DecimalSI' | 'BinarySI' | 'DecimalExponent'
}

export type ParsedQuantity =
  | { readonly ok: true; readonly quantity: Quantity }
  | { readonly ok: false; readonly message: string }

const formatMessage = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
const numericMessage = 'unable to parse numeric part of quantity'
const suffixMessage = "unable to parse quantity's suffix"

const quantityPattern = /^([+-]?)(\d*)(?:\.(\d*))?([eEinumkKMGTP]*)([+-]?\d*)$/
const decimalSuffixes = new Map([
  ['n', -9],
  ['u', -6],
  ['m', -3],
  ['', 0],
  ['k', 3],
  ['M', 6],
  ['G', 9],
  ['T', 12],
  ['P', 15],
  ['E', 18],
])
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei']
const nano = 1_000_000_000n
/** The largest amount in a binary format: 2^63-1. Source: amount.go, maxAllowed. */
const maxNanos = (2n ** 63n - 1n) * nano

const parsed = new Map<string, ParsedQuantity>()
/** How many texts are remembered: far more than differ in one scenario, and no leak for hostile ones. */
const parsedMax = 4096

/** Reads a quantity. The message of a failure is Go's. */
export function parseQuantity(text: string): ParsedQuantity {
  const known = parsed.get(text)
  if (known !== undefined) return known
  const result = text.length > 256 ? ({ ok: false, message: formatMessage } as const) : parse(text)
  if (parsed.size >= parsedMax) parsed.clear()
  parsed.set(text, result)
  return result
}

function parse(text: string): ParsedQuantity {
  const match = quantityPattern.exec(text)
  if (match === null) return { ok: false, message: formatMessage }
  const [, sign = '', whole = '', fraction = '', letters = '', power = ''] = match
  if (whole === '' && fraction === '') {
    return { ok: false, message: text === '' || text === sign ? formatMessage : numericMessage }
  }
  const isExponent = (letters === 'e' || letters === 'E') && power !== ''
  // Digits after letters that are no exponent belong to no suffix there is.
  if (!isExponent && power !== '') return { ok: false, message: letters === '' ? formatMessage : suffixMessage }
  const digits = BigInt(`${whole}${fraction}` || '0')
  const scale = isExponent ? Number(power) : decimalSuffixes.get(letters)
  if (isExponent && (!/^[+-]?\d+$/.test(power) || Math.abs(Number(power)) > 1000)) {
    return { ok: false, message: suffixMessage }
  }
  const binary = binarySuffixes.indexOf(letters)
  let nanos: bigint
  let format: Quantity['format'] = isExponent ? 'DecimalExponent' : 'DecimalSI'
  if (scale !== undefined) nanos = scaled(digits, scale - fraction.length + 9)
  else if (binary > 0) {
    format = 'BinarySI'
    nanos = scaled(digits << BigInt(10 * binary), 9 - fraction.length)
    if (nanos > maxNanos) nanos = maxNanos
    if (nanos > 0n && nanos < nano) format = 'DecimalSI'
  } else return { ok: false, message: suffixMessage }
  return { ok: true, quantity: { nanos: sign === '-' ? -nanos : nanos, format } }
}

/** `digits` times a power of ten, rounded up: who asks for something gets something. */
function scaled(digits: bigint, power: number): bigint {
  if (power >= 0) return digits * 10n ** BigInt(power)
  const divisor = 10n ** BigInt(-power)
  return (digits + divisor - 1n) / divisor
}

const zero: Quantity = { nanos: 0n, format: 'DecimalSI' }

/** The quantity of a text that was checked when it was decoded; zero for one that is none. */
export function quantity(text: string): Quantity {
  const result = parseQuantity(text)
  return result.ok ? result.quantity : zero
}

/** A quantity in its canonical form. Source: quantity.go, CanonicalizeBytes. */
function formatQuantity({ nanos, format }: Quantity): string {
  if (nanos === 0n) return '0'
  const isBinary = format === 'BinarySI' && (nanos <= -1024n * nano || nanos >= 1024n * nano) && nanos % nano === 0n
  if (isBinary) {
    let number = nanos / nano
    let power = 0
    while (number % 1024n === 0n && power < 6) {
      number /= 1024n
      power++
    }
    return `${number}${binarySuffixes[power] ?? ''}`
  }
  let number = nanos
  let exponent = -9
  while (number % 1000n === 0n && (format === 'DecimalExponent' || exponent < 18)) {
    number /= 1000n
    exponent += 3
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${number}` : `${number}e${exponent}`
  for (const [suffix, power] of decimalSuffixes) if (power === exponent) return `${number}${suffix}`
  return `${number}`
}

/** A text in its canonical form: `1024Ki` is `1Mi`, `0.5` is `500m`. */
export function canonicalQuantity(text: string): string {
  return formatQuantity(quantity(text))
}

/** Below, equal to or above zero as `a` is below, equal to or above `b`. */
export function compareQuantities(a: string, b: string): number {
  if (a === b) return 0
  const left = quantity(a).nanos
  const right = quantity(b).nanos
  return left < right ? -1 : left > right ? 1 : 0
}

/** The sum in the format of `a`, or of `b` when `a` is zero. Source: quantity.go, Add. */
export function addQuantities(a: string, b: string): string {
  const left = quantity(a)
  const right = quantity(b)
  return formatQuantity({ nanos: left.nanos + right.nanos, format: left.nanos === 0n ? right.format : left.format })
}

/** `a` less `b`. Source: quantity.go, Sub. */
export function subtractQuantities(a: string, b: string): string {
  const left = quantity(a)
  const right = quantity(b)
  return formatQuantity({ nanos: left.nanos - right.nanos, format: left.nanos === 0n ? right.format : left.format })
}

/** The amount in whole units, rounded up. Source: quantity.go, Value. */
export function quantityValue(text: string): number {
  return Number(ceilDivide(quantity(text).nanos, nano))
}

/** The amount in thousandths, rounded up. Source: quantity.go, MilliValue. */
export function quantityMilliValue(text: string): number {
  return Number(ceilDivide(quantity(text).nanos, 1_000_000n))
}

/** Go rounds away from zero. */
function ceilDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by
  if (value % by === 0n) return quotient
  return value < 0n ? quotient - 1n : quotient + 1n
}

/** Whether the amount, rounded up to thousandths, is a whole number. */
export function isWholeQuantity(text: string): boolean {
  return ceilDivide(quantity(text).nanos, 1_000_000n) % 1000n === 0n
}

/** The text rounded up to thousandths, in canonical form. Source: pkg/apis/core/v1/defaults.go, SetDefaults_ResourceList. */
export function roundUpToMilli(text: string): string {
  const { nanos, format } = quantity(text)
  if (nanos % 1_000_000n === 0n) return formatQuantity({ nanos, format })
  return formatQuantity({ nanos: ceilDivide(nanos, 1_000_000n) * 1_000_000n, format })
}
