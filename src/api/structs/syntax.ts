import { goQuote } from '../../go/quote.ts'
import { type GoValue, goElements, goEntries, goFieldValue, goTarget, goValueOf, type Structs } from './values.ts'

/** An address, where Go prints that of a pointer inside a struct: any is right. */
const address = '0xc000000000'

/** A value as Go's `%#v` writes it: `core.Toleration{Key:"k", Operator:"", ...}`. `newer` has what differs from `coreStructs`. Source: Go fmt. */
export function goSyntax(type: string, json: unknown, newer?: Structs): string {
  return write(goValueOf(type, json, newer), true)
}

/** A pointer inside a struct as `%#v` writes it: to nothing, or to an address that nobody knows. */
export function goPointer(type: string, target: object | undefined): string {
  return `(*${type})(${target === undefined ? 'nil' : address})`
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
      if (target === undefined) return type.name === '*v1.Time' ? '<nil>' : `(${type.name})(nil)`
      return isTop ? `&${write(target, true)}` : `(${type.name})(${address})`
    }
    case 'string':
      if (type.name === 'v1.Time' && json === undefined) return noTime
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

/** A time that is not set. Source: Go time.Time, GoString. */
const noTime = 'time.Date(1, time.January, 1, 0, 0, 0, 0, time.UTC)'

const powersOfTwo: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 }
const powersOfTen: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 }

/** What a quantity's struct holds. */
interface QuantityParts {
  readonly value: string
  readonly scale: number
  /** The text that it was parsed from, if that is in canonical form. */
  readonly kept: string
  readonly format: string
}

/** Source: apimachinery pkg/api/resource/quantity.go, ParseQuantity. */
export function goQuantityParts(text: string): QuantityParts {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?([a-zA-Z].*)?$/.exec(text)
  if (match === null || text === '0') return { value: '0', scale: 0, kept: text, format: 'DecimalSI' }
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match
  const digits = whole.replace(/^0+(?=\d)/, '') + fraction
  const value = BigInt(digits === '' ? '0' : digits)
  const signed = sign === '-' ? '-' : ''
  const bits = powersOfTwo[suffix]
  if (bits !== undefined) {
    const kept = (value & 7n) === 0n ? '' : text
    return { value: `${signed}${value << BigInt(bits)}`, scale: 0, kept, format: 'BinarySI' }
  }
  const exponent = /^[eE]([+-]?\d+)$/.exec(suffix)
  const scale = (exponent === null ? (powersOfTen[suffix] ?? 0) : Number(exponent[1])) - fraction.length
  const isCanonical = scale % 3 === 0 && !digits.endsWith('000') && !digits.startsWith('0')
  const format = exponent === null ? 'DecimalSI' : 'DecimalExponent'
  return { value: `${signed}${value}`, scale, kept: isCanonical ? text : '', format }
}

/** A quantity as `%#v` writes its struct. */
export function goQuantity(text: string): string {
  const { value, scale, kept, format } = goQuantityParts(text)
  const amount = `resource.int64Amount{value:${value}, scale:${scale}}`
  return `resource.Quantity{i:${amount}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${goQuote(kept)}, Format:${goQuote(format)}}`
}
