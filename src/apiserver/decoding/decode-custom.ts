import { isObject } from '../../api/json.ts'
import { type KindRef, schemaOf } from '../../api/schema/schema.ts'
import { badRequest } from '../../api/status.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { apiVersionOf } from '../registry/resource-table.ts'
import { type Body, currentText, interpret, unrecognized, yamlToJson } from './decode-body.ts'
import { decodeTyped } from './typed-decoder.ts'

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta'

/**
 * Reads the body of a custom resource: only its metadata has a type.
 * Source: apiextensions-apiserver pkg/apiserver/customresource_handler.go, schemaCoercingDecoder; unstructured JSON scheme.
 */
export function decodeCustom(text: string, format: 'json' | 'yaml', expected: KindRef, minor: number): Body {
  const converted = format === 'yaml' ? yamlToJson(text) : { ok: true as const, json: text }
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
  const given = value.metadata ?? {}
  if (definition === undefined) return { ok: true, object: { ...value, metadata: given } as unknown as KubeObject }
  const metadata = decodeTyped(JSON.stringify(given), definition)
  if (!metadata.ok) {
    const message = `${found.kind} in version "${expected.version}" cannot be handled as a ${expected.kind}: ${currentText(metadata.error, minor)}`
    return { ok: false, status: badRequest(message) }
  }
  return { ok: true, object: { ...value, metadata: metadata.value } as unknown as KubeObject } // metadata is decoded, the rest is free
}
