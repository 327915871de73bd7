import { isObject } from '../../api/json.ts'
import { type KindRef, schemaOf } from '../../api/schema/schema.ts'
import { badRequest } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { apiVersionOf } from '../registry/resource-table.ts'
import { type Body, interpret, unrecognized, yamlToJson } from './decode-body.ts'
import { decodeKind } from './decode-kind.ts'

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/**
 * Reads the body of a custom resource: only its metadata has a type.
 * Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go, schemaCoercingDecoder; unstructured JSON scheme.
 */
export function decodeCustom(text: string, format: 'json' | 'yaml', expected: KindRef, minor: number): Body {
  const converted = format === 'yaml' ? yamlToJson(text, minor) : { ok: true as const, json: text, duplicates: [] }
  if (!converted.ok) return unrecognized(converted.error, text, expected)
  const found = interpret(converted.json)
  if (typeof found === 'string') return unrecognized(found, text, expected)
  const value: unknown = JSON.parse(converted.json)
  if (found.kind === '' || !isObject(value)) {
    return unrecognized(`Object 'Kind' is missing in '${converted.json}'`, text, expected)
  }
  const wanted = apiVersionOf(expected)
  if (found.apiVersion !== wanted) {
    const message = `the API version in the data (${found.apiVersion}) does not match the expected API version (${wanted})`
    return { ok: false, status: badRequest(message) }
  }
  const definition = schemaOf(minor).definition(objectMeta)
  const given = isObject(value.metadata) ? value.metadata : {}
  const refuse = (error: string): Status =>
    badRequest(`${found.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${error}`)
  const taken = (meta: object, strict: readonly string[]): Body => ({
    ok: true,
    object: { ...value, metadata: meta } as unknown as KubeObject, // metadata is decoded, the rest is free
    strict: [...converted.duplicates, ...strict.map((error) => error.replace(/ "/, ' "metadata.'))],
    refuse,
  })
  if (definition === undefined) return taken(given, [])
  const metadata = decodeKind(JSON.stringify(value.metadata ?? {}), definition, minor)
  if (!metadata.ok) return { ok: false, status: refuse(metadata.error) }
  return taken(metadata.value, metadata.strict)
}
