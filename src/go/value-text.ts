import { compareBytes, isObject } from './json.ts'
import { goQuote } from './quote.ts'

/** A value as Go's fmt prints it with %v: `map[a:1 b:[x y]]`, keys sorted. */
export function goValueText(value: unknown): string {
  if (value === null || value === undefined) return '<nil>'
  if (Array.isArray(value)) return `[${value.map(goValueText).join(' ')}]`
  if (!isObject(value)) return typeof value === 'number' ? goNumberText(value) : String(value)
  const keys = Object.keys(value).sort(compareBytes)
  return `map[${keys.map((key) => `${key}:${goValueText(value[key])}`).join(' ')}]`
}

/** Whole numbers plain; others as Go prints a float64, with an exponent from 1e21 on. */
function goNumberText(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e21) return String(value)
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** A value as Go's fmt prints it with %#v. */
export function goSyntaxText(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)'
  if (typeof value === 'string') return goQuote(value)
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntaxText).join(', ')}}`
  if (!isObject(value)) return typeof value === 'number' ? goNumberText(value) : String(value)
  const fields = Object.keys(value)
    .sort(compareBytes)
    .map((key) => `${goQuote(key)}:${goSyntaxText(value[key])}`)
  return `map[string]interface {}{${fields.join(', ')}}`
}
