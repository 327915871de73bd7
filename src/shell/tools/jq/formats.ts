/** `@csv` and its like, which write values into texts. Source: jq src/builtin.c (1.6), f_format. */
import { encodeBase64 } from '../../../bytes/bytes.ts'
import { byteTextToBytes, fromByteText, toByteText } from '../../byte-text.ts'
import { decodeBase64 } from '../encodings.ts'
import { dump, isList, JqError, type Json, named } from './values.ts'

/** A value as text, as `tostring` makes it: a text is itself. */
export function textOf(value: Json): string {
  return typeof value === 'string' ? value : dump(value)
}

const html: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', "'": '&apos;', '"': '&quot;' }

const formats: Readonly<Record<string, (value: Json) => string>> = {
  text: textOf,
  json: (value) => dump(value),
  csv: (value) => rowOf(value, 'csv', ',', (text) => `"${text.replaceAll('"', '""')}"`),
  tsv: (value) =>
    rowOf(value, 'tsv', '\t', (text) =>
      text.replace(/[\\\t\r\n]/g, (char) => ({ '\\': '\\\\', '\t': '\\t', '\r': '\\r', '\n': '\\n' })[char] ?? char),
    ),
  html: (value) => textOf(value).replace(/[<>&'"]/g, (char) => html[char] ?? char),
  uri: (value) =>
    toByteText(textOf(value)).replace(/[^A-Za-z0-9\-_.!~*'()]/g, (char) => {
      return `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
    }),
  sh: (value) => (Array.isArray(value) ? value : [value]).map(shellWord).join(' '),
  base64: (value) => encodeBase64(byteTextToBytes(toByteText(textOf(value)))),
  base64d: decoded,
}

/** Writes a value in the format of that name. */
export function formatted(name: string, value: Json): string {
  const format = Object.hasOwn(formats, name) ? formats[name] : undefined
  if (format === undefined) throw new JqError(`${name} is not a valid format`)
  return format(value)
}

function rowOf(value: Json, name: string, separator: string, quoted: (text: string) => string): string {
  if (!isList(value)) throw new JqError(`${named(value)} cannot be ${name}-formatted, only array`)
  const cells = value.map((cell) => {
    if (cell === null) return ''
    if (typeof cell === 'string') return quoted(cell)
    if (typeof cell === 'object') throw new JqError(`${named(cell)} is not valid in a csv row`)
    return dump(cell)
  })
  return cells.join(separator)
}

function shellWord(value: Json): string {
  if (value !== null && typeof value === 'object') throw new JqError(`${named(value)} can not be escaped for shell`)
  return typeof value === 'string' ? `'${value.replaceAll("'", String.raw`'\''`)}'` : dump(value)
}

function decoded(value: Json): string {
  const input = toByteText(textOf(value))
  const { text } = decodeBase64(input)
  const known = /^[A-Za-z0-9+/]*/.exec(input)?.[0].length ?? 0
  if (known % 4 === 1) throw new JqError(`${named(textOf(value))} trailing base64 byte found`)
  if (!/^=*$/.test(input.slice(known))) throw new JqError(`${named(textOf(value))} is not valid base64 data`)
  return fromByteText(text)
}
