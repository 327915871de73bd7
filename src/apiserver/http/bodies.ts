import { isObject } from '../../api/json.ts'
import { type KindRef, schemaOf } from '../../api/schema/schema.ts'
import { badRequest, plainError } from '../../api/status.ts'
import type { DeleteOptions, Status } from '../../api/types/meta.ts'
import type { PatchType } from '../../client/client.ts'
import type { HttpRequest, Verb } from '../../client/server.ts'
import { parseGoJson } from '../../go/parse-json.ts'
import { goQuote } from '../../go/quote.ts'
import { type Body, decodeBody, interpret, yamlToJson } from '../decoding/decode-body.ts'
import { decodeCustom } from '../decoding/decode-custom.ts'
import { decodeKind } from '../decoding/decode-kind.ts'
import { decodeTree } from '../decoding/decode-tree.ts'
import { directiveOf, type FieldValidation, strictError } from '../decoding/field-validation.ts'
import { patchErrors } from '../decoding/untyped.ts'
import type { EncodedRequest } from '../encoded-request.ts'
import type { RegistryCore } from '../registry/core.ts'
import { apiVersionOf, type ServedResource } from '../registry/resource-table.ts'
import { apiServerFact } from '../version-facts.ts'
import { inputFormat, unsupportedMediaType } from './negotiate.ts'
import { decodePatch, decodePatched } from './patch-body.ts'
import type { Query } from './route.ts'

/** How the bodies of requests become objects, patches and options. */

const patchTypes: readonly PatchType[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]

/** Those that custom resources take. */
const customPatchTypes: readonly PatchType[] = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/apply-patch+yaml',
]

/** What kind of patch a media type stands for. */
export function patchTypeOf(contentType: string | undefined): PatchType | undefined {
  const type = (contentType ?? '').split(';')[0]?.trim()
  return patchTypes.find((known) => known === type)
}

export function isPatchType(contentType: string | undefined): boolean {
  return patchTypeOf(contentType) !== undefined
}

type Decoders = Pick<EncodedRequest, 'decode' | 'decodePatch' | 'decodePatched' | 'decodeOptions' | 'patchType'>

/** The media type of server-side apply. */
export const applyType: PatchType = 'application/apply-patch+yaml'

type Decoded = ReturnType<NonNullable<EncodedRequest['decode']>>

/** A decoded body whose fields are held to what the request asks for. */
function checked(body: Body, validation: FieldValidation): Decoded {
  if (!body.ok) return body
  const error = strictError(body.strict, validation)
  return error === undefined ? body : { ok: false, status: body.refuse(error) }
}

/** What strict decoding says of a custom resource. Source: apiextensions-apiserver customresource_handler.go, schemaCoercingDecoder. */
function unknownIn(document: unknown, { unknownFields }: ServedResource): readonly string[] {
  return unknownFields?.(document).map((path) => `unknown field "${path}"`) ?? []
}

function withUnknown(body: Body, served: ServedResource): Body {
  return body.ok ? { ...body, strict: [...body.strict, ...unknownIn(body.object, served)] } : body
}

/** The decoders that a verb needs; they run once the caller is known to be allowed. */
export function bodyDecoders(
  core: RegistryCore,
  served: ServedResource,
  request: HttpRequest,
  query: Query,
  subresource: string,
  text: () => string,
  warn: (text: string) => void,
): (verb: Verb) => Decoders {
  const { minor } = core.context
  const validation = { directive: directiveOf(query.get('fieldValidation'), minor), warn }
  const kind = bodyKind(served, subresource)
  const isUntyped = served.isCustom === true && (subresource === '' || subresource === 'status')
  return (verb) => {
    switch (verb) {
      case 'create':
      case 'update': {
        const format = inputFormat(request.headers['content-type'])
        if (format === undefined) return { decode: () => ({ ok: false, status: unsupportedMediaType() }) }
        const decode = isUntyped ? decodeCustom : decodeBody
        const { tree } = request
        const read = (): Decoded => {
          const object =
            tree === undefined || isUntyped || format !== 'json' ? undefined : decodeTree(tree, kind, minor)
          if (object !== undefined) return { ok: true, object }
          const body = decode(inServedVersion(text(), kind), format, kind, minor)
          return checked(isUntyped ? withUnknown(body, served) : body, validation)
        }
        let decoded: Decoded | undefined
        return {
          decode() {
            decoded ??= read()
            return decoded
          },
        }
      }
      case 'patch': {
        const type = patchTypeOf(request.headers['content-type']) ?? 'application/merge-patch+json'
        let strict: readonly string[] = []
        return {
          patchType: type,
          decodePatch() {
            const body = text()
            const isStrict = validation.directive !== 'Ignore'
            const patch = decodePatch(body, type, isStrict, minor)
            if (patch.ok && isStrict && type !== applyType)
              strict = patchErrors(body, type === 'application/json-patch+json')
            return patch
          },
          decodePatched(document) {
            const unknown = isUntyped && type !== applyType ? unknownIn(document, served) : []
            return decodePatched(document, type, kind, minor, [...strict, ...unknown], validation)
          },
        }
      }
      case 'delete':
      case 'deletecollection':
        return { decodeOptions: () => decodeOptions(text(), request, query, minor) }
      default:
        return {}
    }
  }
}

/** Nobody knows how lists of custom resources merge. Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go. */
export function customPatchRefusal({ headers }: HttpRequest, { isCustom }: ServedResource): Status | undefined {
  const isStrategic = patchTypeOf(headers['content-type']) === 'application/strategic-merge-patch+json'
  return isCustom === true && isStrategic ? unsupportedMediaType(customPatchTypes) : undefined
}

/** The kind that a body is of: the resource's, or the subresource's own. */
function bodyKind({ info, strategy }: ServedResource, subresource: string): KindRef {
  const own = { group: info.group, version: info.version, kind: info.kind }
  if (subresource === '' || subresource === 'status') return own
  return info.subresources.get(subresource)?.kind ?? strategy.subresources?.[subresource]?.kind ?? own
}

/**
 * A body of a subresource in the version that is served: evictions are taken in two, which have the same fields.
 * Source: pkg/registry/core/pod/storage/eviction.go, AcceptsGroupVersion.
 */
function inServedVersion(text: string, kind: KindRef): string {
  const parsed = kind.kind === 'Eviction' ? parseGoJson(text) : undefined
  if (parsed?.ok !== true) return text
  const found = parsed.value
  const isOther =
    isObject(found) && typeof found.apiVersion === 'string' && /^policy\/v1(?:beta1)?$/.test(found.apiVersion)
  return isOther ? JSON.stringify({ ...found, apiVersion: apiVersionOf(kind) }) : text
}

type Options = { readonly ok: true; readonly options: DeleteOptions } | { readonly ok: false; readonly status: Status }

const deleteOptionsName = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions'

function decodeOptions(text: string, request: HttpRequest, query: Query, minor: number): Options {
  if (text === '') {
    const grace = query.get('gracePeriodSeconds') ?? ''
    if (grace !== '' && !/^[+-]?\d+$/.test(grace)) {
      return { ok: false, status: badRequest(`strconv.ParseInt: parsing ${goQuote(grace)}: invalid syntax`) }
    }
    return { ok: true, options: optionsInQuery(query) }
  }
  const format = inputFormat(request.headers['content-type'])
  if (format === undefined) return { ok: false, status: unsupportedMediaType() }
  const refuse = apiServerFact('badDeleteOptionsAreBadRequests', minor) ? badRequest : plainError
  const converted = format === 'yaml' ? yamlToJson(text, minor) : { ok: true as const, json: text }
  if (!converted.ok) return { ok: false, status: refuse(converted.error) }
  const found = interpret(converted.json)
  if (typeof found === 'string') return { ok: false, status: refuse(found) }
  const definition = schemaOf(minor).definition(deleteOptionsName)
  if (definition === undefined) return { ok: true, options: {} }
  const decoded = decodeKind(converted.json, definition, minor)
  // The members of DeleteOptions are those of the definition.
  return decoded.ok
    ? { ok: true, options: decoded.value as DeleteOptions }
    : { ok: false, status: refuse(decoded.error) }
}

/** Without a body the query holds the options. */
function optionsInQuery(query: Query): DeleteOptions {
  const grace = query.get('gracePeriodSeconds')
  const policy = query.get('propagationPolicy')
  const orphan = query.get('orphanDependents')
  return {
    ...(grace === undefined || !/^-?\d+$/.test(grace) ? {} : { gracePeriodSeconds: Number(grace) }),
    // Validated with the rest: any text may stand here.
    ...(policy === undefined ? {} : { propagationPolicy: policy as NonNullable<DeleteOptions['propagationPolicy']> }),
    ...(orphan === undefined ? {} : { orphanDependents: orphan !== 'false' && orphan !== '0' }),
  }
}
