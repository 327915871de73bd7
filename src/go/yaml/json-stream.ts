import { utf8Bytes } from '../../bytes/bytes.ts'
import { jsonCutShort, jsonSyntaxErrorAt } from '../json-syntax.ts'

/**
 * JSON objects one after the other, as kubectl reads what begins with a brace.
 * Source: k8s.io/apimachinery pkg/util/yaml/decoder.go, YAMLOrJSONDecoder; Go encoding/json/stream.go.
 */

/**
 * What becomes of text that is no JSON: refused with the line (v1.18 to v1.20), refused with the number of bytes (to v1.32), or read as
 * YAML, and refused with the number of bytes if it is none either.
 */
export type BrokenJson = 'refused by line' | 'refused by offset' | 'read as YAML'

interface Found {
  readonly values: readonly unknown[]
  readonly error: string | undefined
}

/** How much the decoder looks at before it begins, in bytes. */
const peekedBytes = 4096

/** The objects of a text that begins with a brace; `asYaml` reads what is left of it as YAML. */
export function jsonStream(text: string, broken: BrokenJson, asYaml: (rest: string) => Found): Found {
  const values: unknown[] = []
  let count = 0
  for (let from = 0; text.slice(from).trim() !== ''; count++) {
    const rest = text.slice(from)
    const value = firstValue(rest)
    if (value === undefined) {
      const error = brokenAt(text, from, broken)
      // Of several objects before it nothing is tried again, and nobody puts the error into words.
      if (broken === 'read as YAML' && count > 1) return { values, error: error.text }
      if (broken !== 'read as YAML') return { values, error: error.told }
      const found = asYaml(withoutFirstSpace(rest))
      const isNone = found.values.length === 0 && found.error !== undefined
      return { values: [...values, ...found.values], error: isNone ? error.told : found.error }
    }
    if (value.parsed !== null) values.push(value.parsed)
    from += value.length
  }
  return { values, error: undefined }
}

/** The object that a text begins with, and how long it is with the space before it. */
function firstValue(text: string): { readonly parsed: unknown; readonly length: number } | undefined {
  const lead = text.length - text.trimStart().length
  if (text[lead] !== '{') return undefined
  const length = lead + jsonValueEnd(text.slice(lead))
  try {
    return { parsed: JSON.parse(text.slice(lead, length)), length }
  } catch {
    return undefined
  }
}

function brokenAt(whole: string, from: number, broken: BrokenJson): { readonly text: string; readonly told: string } {
  const rest = utf8Bytes(whole.slice(from))
  const { text, offset } = jsonSyntaxErrorAt(rest) ?? { text: jsonCutShort, offset: rest.length }
  if (text === jsonCutShort) return { text: 'unexpected EOF', told: 'unexpected EOF' }
  const read = utf8Bytes(whole.slice(0, from)).length + offset
  const place = broken === 'refused by line' ? `line ${lineOf(whole, rest, read)}` : `offset ${read}`
  return { text, told: `json: ${place}: ${text}` }
}

/** Newlines before the byte, counted in what is left of the stream, or in what was looked at first where that is too short. */
function lineOf(whole: string, rest: Uint8Array, read: number): number {
  const seen = rest.length > read ? rest : utf8Bytes(whole).slice(0, peekedBytes)
  return seen.slice(0, read).filter((byte) => byte === 0x0a).length
}

/** Blanks up to the end of a line. Source: consumeWhitespace. */
function withoutFirstSpace(text: string): string {
  return text.replace(/^[^\S\n]*\n?/, '')
}

/** Where the object that begins a text ends; the whole length if it does not. */
export function jsonValueEnd(text: string): number {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (char === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++
    } else if (char === '{' || char === '[') {
      depth++
    } else if (char === '}' || char === ']') {
      depth--
      if (depth <= 0) return i + 1
    }
  }
  return text.length
}
