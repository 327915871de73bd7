import { utf8Bytes } from '../bytes/bytes.ts'
import { jsonSyntaxError, maxDepth } from './json-syntax.ts'

/** A JSON text as Go's encoding/json reads it into an interface, or what it says of one that is none. */
export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: string }

/**
 * The engine's own parser takes the same texts (RFC 8259) and is many times faster with large ones; it knows no greatest depth and has other words. So it
 * goes first, and what it can't take is looked at byte by byte.
 */
export function parseGoJson(text: string): ParsedJson {
  if (!mayBeTooDeep(text))
    try {
      return { ok: true, value: JSON.parse(text) }
    } catch {
      // The words follow.
    }
  const error = jsonSyntaxError(utf8Bytes(text))
  return error === undefined ? { ok: true, value: JSON.parse(text) } : { ok: false, error }
}

/** Whether more is opened than may be open at once. */
function mayBeTooDeep(text: string): boolean {
  if (text.length <= maxDepth) return false
  let opened = 0
  for (const bracket of ['{', '['])
    for (let at = text.indexOf(bracket); at >= 0; at = text.indexOf(bracket, at + 1))
      if (++opened > maxDepth) return true
  return false
}
