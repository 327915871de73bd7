/**
 * JSON values as YAML text, byte for byte as sigs.k8s.io/yaml writes them through go-yaml v2: what kubectl prints for
 * `-o yaml`, in every version (the emitter of v2.2.8 to v2.4.2 is the same).
 * Source: gopkg.in/yaml.v2 encode.go and emitterc.go; sigs.k8s.io/yaml yaml.go, Marshal.
 */
import { sortGoKeys } from './go-key-order.ts'
import { formatGoFloat } from './go-number.ts'
import { resolveScalar } from './go-resolve.ts'
import { analyzeScalar, stringStyle } from './go-yaml-scalar.ts'
import { GoYamlWriter } from './go-yaml-writer.ts'

/** How to write. */
export interface GoYamlOptions {
  /**
   * `natural` (default): keys of every level in go-yaml's order of map keys, as after a way through JSON.
   * `given`: in the order of the object, as a Go struct or a yaml.MapSlice is written.
   */
  readonly keyOrder?: 'natural' | 'given'
}

/** A key of more bytes than this stands on a line of its own, after `? `. Source: emitterc.go, check_simple_key. */
const simpleKeyMaxBytes = 128

/**
 * One document, ending in a newline. Takes what JSON can say, `bigint` for integers beyond 2^53, and Maps for objects;
 * members that are `undefined` are left out.
 */
export function toGoYaml(value: unknown, options: GoYamlOptions = {}): string {
  const writer = new GoYamlWriter()
  emitNode(writer, value, options.keyOrder ?? 'natural', 'root')
  writer.writeIndent()
  return writer.text()
}

type Context = 'root' | 'sequence' | 'mapping' | 'simpleKey'

function emitNode(writer: GoYamlWriter, value: unknown, order: 'natural' | 'given', context: Context): void {
  if (Array.isArray(value)) emitSequence(writer, value, order, context)
  else if (typeof value === 'object' && value !== null) emitMapping(writer, value, order)
  else emitScalar(writer, value, context)
}

function emitScalar(writer: GoYamlWriter, value: unknown, context: Context): void {
  if (typeof value !== 'string' || isOrdinary(value)) {
    writer.writeWord(typeof value === 'string' ? value : plainText(value))
    return
  }
  const text = foldNextLines(value)
  const runes = Array.from(text, (rune) => rune.codePointAt(0) ?? 0)
  const style = stringStyle(text, analyzeScalar(runes), context === 'simpleKey')
  writer.increaseIndent(true, false)
  writer.writeScalar(runes, style, context !== 'simpleKey')
  writer.decreaseIndent()
}

/** Text without anything that quoting, folding or escaping could concern: names, images, base64. */
function isOrdinary(text: string): boolean {
  return /^[A-Za-z0-9/][A-Za-z0-9_./+=-]*$/.test(text) && resolveScalar(text).tag === 'str'
}

/**
 * The value passes through JSON, where U+0085 stands unescaped in quotes; YAML 1.1 takes it for a line break and folds
 * it: one becomes a blank, n become n - 1 newlines.
 */
function foldNextLines(text: string): string {
  if (!text.includes('\u0085')) return text
  return text.replace(/ *\u0085[ \u0085]*/g, (run) => '\n'.repeat(run.split('\u0085').length - 2) || ' ')
}

function plainText(value: unknown): string {
  switch (typeof value) {
    case 'boolean':
    case 'bigint':
      return String(value)
    case 'number':
      return Number.isInteger(value) && value >= -(2 ** 63) && value < 2 ** 64
        ? BigInt(value).toString()
        : formatGoFloat(value)
    default:
      return 'null'
  }
}

function emitSequence(
  writer: GoYamlWriter,
  items: readonly unknown[],
  order: 'natural' | 'given',
  context: Context,
): void {
  if (items.length === 0) {
    emitEmpty(writer, '[', ']')
    return
  }
  // A sequence that is the value of a key starts at the key's own column.
  writer.increaseIndent(false, (context === 'mapping' || context === 'simpleKey') && !writer.isInIndention)
  for (const item of items) {
    writer.writeIndent()
    writer.writeIndicator('-', true, false, true)
    emitNode(writer, item, order, 'sequence')
  }
  writer.decreaseIndent()
}

function emitMapping(writer: GoYamlWriter, mapping: object, order: 'natural' | 'given'): void {
  const entries = new Map<string, unknown>(mapping instanceof Map ? mapping : Object.entries(mapping))
  for (const [key, value] of entries) if (value === undefined) entries.delete(key)
  if (entries.size === 0) {
    emitEmpty(writer, '{', '}')
    return
  }
  writer.increaseIndent(false, false)
  for (const key of order === 'natural' ? sortGoKeys([...entries.keys()]) : entries.keys()) {
    writer.writeIndent()
    const isSimple = isSimpleKey(key)
    if (!isSimple) writer.writeIndicator('?', true, false, true)
    emitScalar(writer, key, isSimple ? 'simpleKey' : 'mapping')
    if (!isSimple) writer.writeIndent()
    writer.writeIndicator(':', !isSimple, false, !isSimple)
    emitNode(writer, entries.get(key), order, 'mapping')
  }
  writer.decreaseIndent()
}

function emitEmpty(writer: GoYamlWriter, open: string, close: string): void {
  writer.writeIndicator(open, true, true)
  writer.increaseIndent(true, false)
  writer.decreaseIndent()
  writer.writeIndicator(close, false)
}

function isSimpleKey(key: string): boolean {
  if (key.length <= simpleKeyMaxBytes && isOrdinary(key)) return true
  const runes = Array.from(key, (rune) => rune.codePointAt(0) ?? 0)
  if (analyzeScalar(runes).isMultiline) return false
  const bytes = runes.reduce((sum, code) => sum + (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4), 0)
  return bytes <= simpleKeyMaxBytes
}
