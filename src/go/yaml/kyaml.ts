/**
 * JSON values as KYAML, which is YAML in flow style with every text in double quotes.
 * Source: sigs.k8s.io/yaml kyaml/kyaml.go, FromObject.
 */
import { compareBytes, goJson, isObject } from '../json.ts'
import { isPrintable } from '../quote.ts'
import { resolveScalar } from './go-resolve.ts'

/** One document with its `---`, keys in the order of the object or, as Go writes maps, bytewise. Takes what JSON can say. */
export function toKyaml(value: unknown, keyOrder: 'given' | 'bytewise'): string {
  return `---\n${nodeText(value, keyOrder, 0)}\n`
}

type KeyOrder = Parameters<typeof toKyaml>[1]

function nodeText(value: unknown, order: KeyOrder, indent: number): string {
  if (typeof value === 'string') return quoted(value, indent + 1)
  if (Array.isArray(value)) return listText(value, order, indent)
  return isObject(value) ? mapText(value, order, indent) : goJson(value)
}

function pad(level: number): string {
  return '  '.repeat(level)
}

/** A list of maps or lists stands close: `[{`. */
function listText(items: readonly unknown[], order: KeyOrder, indent: number): string {
  if (items.length === 0) return '[]'
  if (items.every((item) => typeof item === 'object' && item !== null))
    return `[${items.map((item) => nodeText(item, order, indent)).join(', ')}]`
  const lines = items.map((item) => `${pad(indent + 1)}${nodeText(item, order, indent + 1)},\n`)
  return `[\n${lines.join('')}${pad(indent)}]`
}

function mapText(map: Readonly<Record<string, unknown>>, order: KeyOrder, indent: number): string {
  const entries = Object.entries(map).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return '{}'
  if (order === 'bytewise') entries.sort(([a], [b]) => compareBytes(a, b))
  const lines = entries.map(
    ([key, value]) => `${pad(indent + 1)}${keyText(key)}: ${nodeText(value, order, indent + 1)},\n`,
  )
  return `{\n${lines.join('')}${pad(indent)}}`
}

function keyText(key: string): string {
  if (!key.includes('\n') && !needsQuotes(key)) return key
  return `"${[...key].map((char) => ({ '\n': '\\n', '\t': '\\t' })[char] ?? escaped(char)).join('')}"`
}

/** Letters, numbers and `_`; `-`, `.` and `/` inside. Source: needsQuotes. */
function needsQuotes(text: string): boolean {
  return isAmbiguous(text) || !/^[\p{L}\p{N}_](?:[\p{L}\p{N}_\-./]*[\p{L}\p{N}_])?$/u.test(text)
}

/** Whether some parser of YAML may take it for something else than text. Source: isTypeAmbiguous. */
function isAmbiguous(text: string): boolean {
  if (/^(?:null|~|true|t|y|yes|on|false|f|n|no|off|[+-]?\.inf|\.nan|)$/i.test(text)) return true
  const plain = text.replaceAll('_', '')
  if (/^[+-]?(?:inf|infinity|nan|0x[0-9a-f]*\.?[0-9a-f]*p[+-]?\d+)$/i.test(plain)) return true
  if (/^[+-]?[1-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?$/.test(text)) return true
  return resolveScalar(plain).tag !== 'str' || resolveScalar(text).tag === 'timestamp'
}

/** A text of several lines is folded: each stands on its own, `\` ends it. Source: renderString. */
function quoted(text: string, indent: number): string {
  const isFolded = text.includes('\n')
  if (!isFolded) return `"${[...text].map((char) => (char === '\t' ? char : escaped(char))).join('')}"`
  let written = '"\\\n'
  for (const char of text) {
    // A blank at the beginning of a line would be dropped; others get one more, which is.
    if (written.endsWith('\n')) written += pad(indent) + (/\s/.test(char) && char !== '\n' ? '\\' : ' ')
    written += char === '\n' ? '\\n\\\n' : char === '\t' ? char : escaped(char)
  }
  return `${written}${written.endsWith('\n') ? '' : '\\\n'}${pad(indent)}"`
}

const escapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\r': '\\r',
  '\v': '\\v',
  '\0': '\\0',
  '\u001b': '\\e',
  '\u0085': '\\N',
  '\u00a0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
}

function escaped(char: string): string {
  const known = escapes[char]
  if (known !== undefined) return known
  if (isPrintable(char)) return char
  const hex = (char.codePointAt(0) ?? 0).toString(16)
  if (hex.length > 4) return `\\U${hex.padStart(8, '0')}`
  return char < ' ' || char === '\u007f' ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`
}
