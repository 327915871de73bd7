import { goQuote } from './field-errors.ts'
import { type GoValue, goElements, goEntries, goFieldValue, goTarget, goValueOf } from './go-values.ts'

/** An address, where Go prints that of a pointer inside a struct: any is right. */
const address = '0xc000000000'

/** A value as Go's `%#v` writes it: `core.Toleration{Key:"k", Operator:"", ...}`. Source: Go fmt. */
export function goSyntax(type: string, json: unknown): string {
  return write(goValueOf(type, json), true)
}

/** A list of texts as `%#v` writes it. */
export function goStrings(type: string, texts: readonly string[] | undefined): string {
  return texts === undefined ? `${type}(nil)` : `${type}{${texts.map(goQuote).join(', ')}}`
}

function write(value: GoValue, isTop: boolean): string {
  const { type, json } = value
  switch (type.kind) {
    case 'struct': {
      const fields = (type.fields?.() ?? []).map((field) => `${field.name}:${write(goFieldValue(value, field), false)}`)
      return `${type.name}{${fields.join(', ')}}`
    }
    case 'slice':
      if (json === undefined) return `${type.name}(nil)`
      return `${type.name}{${goElements(value)
        .map((element) => write(element, false))
        .join(', ')}}`
    case 'map':
      if (json === undefined) return `${type.name}(nil)`
      return `${type.name}{${goEntries(value)
        .map(([key, entry]) => `${goQuote(key)}:${write(entry, false)}`)
        .join(', ')}}`
    case 'pointer': {
      const target = goTarget(value)
      if (target === undefined) return `(${type.name})(nil)`
      return isTop ? `&${write(target, true)}` : `(${type.name})(${address})`
    }
    case 'string':
      return goQuote(typeof json === 'string' ? json : '')
    case 'bool':
      return String(json === true)
    case 'int':
      return String(typeof json === 'number' ? json : 0)
    case 'quantity':
      return goQuantity(typeof json === 'string' ? json : '0')
    case 'intOrString':
      return typeof json === 'string'
        ? `intstr.IntOrString{Type:1, IntVal:0, StrVal:${goQuote(json)}}`
        : `intstr.IntOrString{Type:0, IntVal:${typeof json === 'number' ? json : 0}, StrVal:""}`
  }
}

const powersOfTwo: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const powersOfTen: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/**
 * A quantity's struct. The text that it was parsed from is kept in `s` only if it is in canonical form.
 * Source: apimachinery pkg/api/resource/quantity.go, ParseQuantity.
 */
export function goQuantity(text: string): string {
  const struct = (value: string, scale: number, kept: string, format: string) =>
    `resource.Quantity{i:resource.int64Amount{value:${value}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${goQuote(kept)}, Format:${goQuote(format)}}`
  if (text === '0') return struct('0', 0, '0', 'DecimalSI')
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([a-zA-Z].*)?$/.exec(text)
  if (match === null) return struct('0', 0, '', 'DecimalSI')
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  const digits = whole.replace(/^0+(?=\d)/, '') + fraction
  const bits = powersOfTwo[suffix]
  const signed = sign === '-' ? '-' : ''
  if (bits !== undefined) {
    const value = BigInt(digits === '' ? '0' : digits)
    const isCanonical = (value & 7n) !== 0n
    return struct(`${signed}${value << BigInt(bits)}`, 0, isCanonical ? text : '', 'BinarySI')
  }
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)
  const scale = (exponent === null ? (powersOfTen[suffix] ?? 0) : Number(exponent[1])) - fraction.length
  const isCanonical = scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  const format = exponent === null ? 'DecimalSI' : 'DecimalExponent'
  return struct(`${signed}${BigInt(digits === '' ? '0' : digits)}`, scale, isCanonical ? text : '', format)
}
