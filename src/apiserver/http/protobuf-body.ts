import { openEnvelope } from '../../api/protobuf/decode.ts'
import { objectJson } from '../../api/protobuf/object-json.ts'
import { WireError } from '../../api/protobuf/wire-reader.ts'
import { badRequest } from '../../api/status.ts'
import type { Status } from '../../api/types/meta.ts'
import { utf8Bytes } from '../../bytes/bytes.ts'
import type { HttpRequest } from '../../client/server.ts'
import { goQuote } from '../../go/quote.ts'
import type { ServedResource } from '../registry/resource-table.ts'
import { protobufType, unsupportedMediaType } from './negotiate.ts'

/** What a body in protobuf is in JSON. */
export type BodyInJson =
  | { readonly ok: true; readonly request: HttpRequest }
  | { readonly ok: false; readonly status: Status }

/**
 * The request with a body in JSON, so that all bodies are decoded by the same rules. Custom resources have no protobuf.
 * Source: apimachinery pkg/runtime/serializer/protobuf/protobuf.go, Decode.
 */
export function bodyInJson(request: HttpRequest, { isCustom }: ServedResource, minor: number): BodyInJson {
  const { headers } = request
  if ((headers['content-type'] ?? '').split(';')[0]?.trim() !== protobufType) return { ok: true, request }
  const { body } = request
  if (body.length === 0) return { ok: true, request }
  if (isCustom === true) return { ok: false, status: unsupportedMediaType() }
  const converted = jsonOf(typeof body === 'string' ? utf8Bytes(body) : body, minor)
  if (typeof converted !== 'string') return { ok: false, status: converted }
  return {
    ok: true,
    request: { ...request, headers: { ...headers, 'content-type': 'application/json' }, body: converted },
  }
}

function jsonOf(bytes: Uint8Array, minor: number): string | Status {
  try {
    const envelope = openEnvelope(bytes)
    if (envelope === undefined)
      return badRequest('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
    const object = objectJson(envelope, minor)
    const { apiVersion, kind } = envelope
    if (object === undefined)
      return badRequest(`no kind ${goQuote(kind)} is registered for version ${goQuote(apiVersion)}`)
    return JSON.stringify(object)
  } catch (error) {
    if (error instanceof WireError) return badRequest(error.message)
    throw error
  }
}
