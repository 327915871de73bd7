import { decodeAsGo } from '../../api/decoding/go-decoder.ts'
import { decodeTyped } from '../../api/decoding/typed-decoder.ts'
import type { Definition } from '../../api/schema/schema.ts'
import { extended } from '../../kernel/extended.ts'
import { apiServerFact } from '../version-facts.ts'

/** An object of a kind, with what is wrong with its fields (`unknown field "spec.x"`) though it could be decoded. */
export type DecodedKind =
  | { readonly ok: true; readonly value: Record<string, unknown>; readonly strict: readonly string[] }
  | { readonly ok: false; readonly error: string }

/** Decodes a valid JSON text as the server of a version does. */
export function decodeKind(json: string, definition: Definition, minor: number): DecodedKind {
  if (apiServerFact('decodesAsGo', minor)) {
    const tellsEmbedded = apiServerFact('tellsEmbeddedStructs', minor)
    return decodeAsGo(json, definition, { tellsEmbedded, omitsTimes: apiServerFact('omitsEmptyTimes', minor) })
  }
  const decoded = decodeTyped(json, definition)
  return decoded.ok ? extended(decoded, { strict: [] }) : decoded
}
