import { isObject } from '../../api/json.ts'
import type { CustomResourceDefinition } from '../custom/definition.ts'
import type { SchemaJson } from './schema-json.ts'

/** `io.example.v1.Widget`: the group's parts turned round. Source: apiextensions-apiserver pkg/controller/openapi/builder/builder.go. */
export function customName(group: string, version: string, kind: string): string {
  return [...group.split('.').reverse(), version, kind].join('.')
}

/** The schema of a served version of a custom resource, with what every object has. */
export function customSchema(
  definition: CustomResourceDefinition,
  version: string,
  objectMeta: SchemaJson,
  isForV2: boolean,
): SchemaJson {
  const { group = '', names, versions = [] } = definition.spec
  const given = versions.find(({ name }) => name === version)?.schema?.openAPIV3Schema ?? { type: 'object' }
  const own = isForV2 ? narrowed(given) : given
  const properties = isObject(own) && isObject(own.properties) ? own.properties : {}
  return {
    ...own,
    type: 'object',
    properties: { ...properties, apiVersion: { type: 'string' }, kind: { type: 'string' }, metadata: objectMeta },
    'x-kubernetes-group-version-kind': [{ group, kind: names?.kind ?? '', version }],
  }
}

/** What OpenAPI v2 has no word for is left out. Source: builder.go, ToStructuralOpenAPIV2. */
const keptInV2: ReadonlySet<string> = new Set(
  (
    'type properties items additionalProperties required description format enum default pattern maximum minimum maxLength minLength ' +
    'maxItems minItems uniqueItems x-kubernetes-list-type x-kubernetes-list-map-keys x-kubernetes-map-type'
  ).split(' '),
)

function narrowed(schema: SchemaJson): SchemaJson {
  if (schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true)
    return {}
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => keptInV2.has(key))
      .map(([key, value]) => {
        if (key === 'properties' && isObject(value))
          return [key, Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, innerOf(inner)]))]
        return key === 'items' || key === 'additionalProperties' ? [key, innerOf(value)] : [key, value]
      }),
  )
}

function innerOf(value: unknown): unknown {
  return isObject(value) ? narrowed(value) : value
}
