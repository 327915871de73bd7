import { rfc3339Error } from '../../go/time.ts'
import { canonicalQuantity, parseQuantity } from '../quantity.ts'

/** Types that decode themselves from the bytes of their value. */
export type SelfDecoding = 'quantity' | 'intOrString' | 'time' | 'microTime'

/** What a type that decodes itself says of a JSON value; undefined if it takes it. */
export function unmarshalError(raw: string, scalar: SelfDecoding): string | undefined {
  const result = unmarshal(raw, scalar)
  return typeof result === 'object' ? result.error : undefined
}

/** The value that such a type makes of its bytes, or its error. */
export function unmarshal(raw: string, scalar: SelfDecoding): string | number | { readonly error: string } {
  const isText = raw.startsWith('"')
  switch (scalar) {
    case 'intOrString': {
      if (isText) return String(JSON.parse(raw))
      const number = Number(raw)
      if (Number.isInteger(number) && Math.abs(number) <= 2_147_483_648) return number
      const shown = Number.isNaN(number) ? jsonTypeOf(raw) : `number ${raw}`
      return { error: `json: cannot unmarshal ${shown} into Go value of type int32` }
    }
    case 'quantity': {
      const text = isText ? String(JSON.parse(raw)) : raw
      const parsed = parseQuantity(text.trim())
      return parsed.ok ? canonicalQuantity(text.trim()) : { error: parsed.message }
    }
    default: {
      if (!isText) return { error: `json: cannot unmarshal ${jsonTypeOf(raw)} into Go value of type string` }
      const text = String(JSON.parse(raw))
      // A time of microseconds has a layout of its own, which takes the plain one too.
      const error = rfc3339Error(text, scalar === 'time' ? undefined : '2006-01-02T15:04:05.000000Z07:00')
      return error === undefined ? text : { error }
    }
  }
}

function jsonTypeOf(raw: string): string {
  const names: Readonly<Record<string, string>> = { '{': 'object', '[': 'array', '"': 'string', t: 'bool', f: 'bool' }
  return names[raw.charAt(0)] ?? 'number'
}
