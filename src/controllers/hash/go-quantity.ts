/**
 * What a Quantity holds in Go after it was parsed: needed for the dump of a template, nothing else.
 * Source: apimachinery pkg/api/resource/quantity.go, ParseQuantity, the path for numbers that fit 64 bits.
 */

const decimal: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }
const binary: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }

interface ParsedQuantity {
  readonly value: bigint
  readonly scale: number
  /** The text, when it is in canonical form and kept for that. */
  readonly text: string
  readonly format: string
}

function parseQuantity(text: string): ParsedQuantity {
  if (text === '') return { value: 0n, scale: 0, text: '', format: '' }
  if (text === '0') return { value: 0n, scale: 0, text, format: 'DecimalSI' }
  const match = /^([+-]?)0*(\d*)(?:\.(\d*))?([a-zA-Z]*|[eE][+-]?\d+)$/.exec(text)
  const [, sign = '', whole = '', denominator = '', suffix = ''] = match ?? []
  const numerator = whole === '' ? '0' : whole
  const shifted = numerator + denominator
  const number = BigInt(shifted)
  const value = sign === '-' ? -number : number
  const power = binary[suffix]
  if (power !== undefined) {
    const isKept = power % 10 === 0 && (number & 7n) !== 0n
    return { value: value << BigInt(power), scale: 0, text: isKept ? text : '', format: 'BinarySI' }
  }
  const exponent = decimal[suffix]
  const scale = (exponent ?? Number(suffix.slice(1))) - denominator.length
  const isKept = scale % 3 === 0 && !shifted.endsWith('000') && !shifted.startsWith('0')
  return { value, scale, text: isKept ? text : '', format: exponent === undefined ? 'DecimalExponent' : 'DecimalSI' }
}

/** The fields of a Quantity as spew dumps them, braces included. */
export function dumpQuantity(text: string): string {
  const { value, scale, text: kept, format } = parseQuantity(text)
  const amount = `i:(resource.int64Amount){value:(int64)${value} scale:(resource.Scale)${scale}}`
  return `{${amount} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} s:(string)${kept} Format:(resource.Format)${format}}`
}
