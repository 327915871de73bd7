import { utf8Bytes } from '../bytes/bytes.ts'
import { goQuote } from './quote.ts'
import { goValueText } from './value-text.ts'

/** fmt.Sprint: blanks between neighbours of which neither is a text. */
export function sprint(values: readonly unknown[]): string {
  return values.reduce<string>((text, value, i) => {
    const gap = i > 0 && typeof value !== 'string' && typeof values[i - 1] !== 'string'
    return text + (gap ? ' ' : '') + goValueText(value)
  }, '')
}

/** fmt.Sprintf of JSON values. Source: Go fmt/print.go, doPrintf. */
export function sprintf(format: string, values: readonly unknown[]): string {
  let next = 0
  const text = format.replace(
    /%([-+# 0]*)(\d*)(?:\.(\d+))?(.?)/gsu,
    (_, flags: string, width: string, precision: string | undefined, verb: string) => {
      if (verb === '%') return '%'
      if (verb === '') return '%!(NOVERB)'
      if (next >= values.length) return `%!${verb}(MISSING)`
      const shown = formatted(verb, values[next++], precision, flags)
      return flags.includes('-')
        ? shown.padEnd(Number(width))
        : shown.padStart(Number(width), flags.includes('0') && !/[sqv]/.test(verb) ? '0' : ' ')
    },
  )
  if (next >= values.length) return text
  const extra = values
    .slice(next)
    .map((value) => (value === null || value === undefined ? '<nil>' : `${typeName(value)}=${goValueText(value)}`))
  return `${text}%!(EXTRA ${extra.join(', ')})`
}

function formatted(verb: string, value: unknown, precision: string | undefined, flags: string): string {
  const bad = (): string =>
    value === null || value === undefined ? `%!${verb}(<nil>)` : `%!${verb}(${typeName(value)}=${goValueText(value)})`
  if (verb === 'v') return goValueText(value)
  if (verb === 'T') return value === null || value === undefined ? '<nil>' : typeName(value)
  if (typeof value === 'string') return formattedText(verb, value, precision) ?? bad()
  if (typeof value === 'boolean') return verb === 't' ? String(value) : bad()
  if (typeof value === 'number') return formattedNumber(verb, value, precision, flags) ?? bad()
  if (Array.isArray(value)) return `[${value.map((item) => formatted(verb, item, precision, flags)).join(' ')}]`
  if (value === null || value === undefined) return bad()
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  const shown = members.map(
    ([key, item]) => `${formatted(verb, key, precision, flags)}:${formatted(verb, item, precision, flags)}`,
  )
  return `map[${shown.join(' ')}]`
}

function formattedText(verb: string, value: string, precision: string | undefined): string | undefined {
  const cut = precision === undefined ? value : [...value].slice(0, Number(precision)).join('')
  if (verb === 's') return cut
  if (verb === 'q') return goQuote(cut)
  const bytes = verb === 'x' || verb === 'X' ? [...utf8Bytes(value)] : undefined
  const digits = bytes?.map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return verb === 'X' ? digits?.toUpperCase() : digits
}

function formattedNumber(
  verb: string,
  value: number,
  precision: string | undefined,
  flags: string,
): string | undefined {
  const sign = flags.includes('+') && value >= 0 ? '+' : ''
  if (!Number.isInteger(value)) return 'fFgeE'.includes(verb) ? sign + value.toFixed(Number(precision ?? 6)) : undefined
  const bases: Readonly<Record<string, number>> = { d: 10, x: 16, X: 16, o: 8, b: 2 }
  const base = bases[verb]
  if (base !== undefined) return sign + (verb === 'X' ? value.toString(base).toUpperCase() : value.toString(base))
  return verb === 'c' ? String.fromCodePoint(value) : undefined
}

function typeName(value: unknown): string {
  if (typeof value === 'string') return 'string'
  if (typeof value === 'boolean') return 'bool'
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64'
  return Array.isArray(value) ? '[]interface {}' : 'map[string]interface {}'
}
