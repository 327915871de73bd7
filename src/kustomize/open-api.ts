/**
 * What a build knows of the lists of kinds: the builtin schema, or the one that `openapi` of a kustomization names (kustomize 4 and 5).
 * Source: kyaml openapi/openapi.go, SetSchema, initSchema, AddDefinitions, Field, Elements.
 */
import { type Definition, type FieldSchema, type FieldType, schemaOf } from '../api/schema/schema.ts'
import { isObject, type JsonObject, listAt, objectAt, textAt } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import type { Kustomization } from './kustomization.ts'
import { type KnownKinds, type Loader, refuse } from './loader.ts'
import type { Gvk } from './resource.ts'

/** Minor version whose schema stands for the one that kustomize 5 is compiled with. */
const builtinMinor = 35
/** The only one that is compiled in. Source: kyaml openapi/kubernetesapi/openapiinfo.go. */
const builtinVersion = 'v1.21.2'

/** Nothing but the builtin schema. */
export function newKinds(): KnownKinds {
  let own: ((gvk: Gvk) => Definition | undefined) | undefined
  let isUsed = false
  let isSet = false
  let alsoBuiltin = true
  const met: Gvk[] = []
  return {
    definitionOf: (gvk) => {
      isUsed = true
      return own?.(gvk) ?? (alsoBuiltin ? schemaOf(builtinMinor).kind(gvk) : undefined)
    },
    meet: (gvk) => {
      if (!isSet) met.push(gvk)
    },
    set: (make) => {
      if (isSet) return
      isSet = true
      // A schema that was asked before, or would have been of a kind that is not compiled in, stays beside the new one.
      alsoBuiltin = isUsed || met.some((gvk) => schemaOf(builtinMinor).kind(gvk) === undefined)
      own = make()
    },
    wasSet: () => isSet,
  }
}

/** Takes the schema that a kustomization names, if it is the first of the build that names one. Throws KustomizeError. */
export function takeOpenApi({ openapi }: Kustomization, loader: Loader): void {
  const [path, version] = [textAt(openapi, 'path'), textAt(openapi, 'version')]
  const hasPath = isObject(openapi) && Object.hasOwn(openapi, 'path')
  const content = hasPath ? loader.load(path) : undefined
  if (loader.kinds.wasSet()) return
  if (content === undefined) {
    if (version === '') return
    if (version !== builtinVersion) refuse('the specified OpenAPI version is not built in')
    loader.kinds.set(() => (gvk) => schemaOf(builtinMinor).kind(gvk))
    return
  }
  if (isObject(openapi) && Object.hasOwn(openapi, 'version'))
    refuse('builtin version and custom schema provided, cannot use both')
  loader.kinds.set(() => {
    const result = fromYaml(content)
    return result.ok ? kindsOf(objectAt(result.value, 'definitions')) : refuse(`invalid schema file: ${result.error}`)
  })
}

function kindsOf(definitions: JsonObject): (gvk: Gvk) => Definition | undefined {
  const names = new Map<string, string>()
  for (const [name, schema] of Object.entries(definitions))
    for (const one of listAt(schema, 'x-kubernetes-group-version-kind')) names.set(keyOf(gvkAt(one)), name)
  return (gvk) => {
    const name = names.get(keyOf(gvk))
    return name === undefined ? undefined : definitionFrom(objectAt(definitions, name), definitions, name)
  }
}

function gvkAt(value: unknown): Gvk {
  return { group: textAt(value, 'group'), version: textAt(value, 'version'), kind: textAt(value, 'kind') }
}

function keyOf({ group, version, kind }: Gvk): string {
  return `${group}|${version}|${kind}`
}

/** Fields are made when they are asked for, since types may hold themselves; any other key is what `additionalProperties` say. */
function definitionFrom(schema: JsonObject, definitions: JsonObject, name: string): Definition {
  const properties = objectAt(schema, 'properties')
  const others = schema.additionalProperties
  class Fields extends Map<string, FieldSchema> {
    override get(key: string): FieldSchema | undefined {
      const own = Object.hasOwn(properties, key) ? properties[key] : isObject(others) ? others : undefined
      return own === undefined ? undefined : fieldFrom(key, objectAt(own), definitions)
    }
  }
  return { name, goType: name, fields: new Fields() }
}

function fieldFrom(name: string, given: JsonObject, definitions: JsonObject): FieldSchema {
  const schema = resolved(given, definitions)
  const strategies = textAt(schema, 'x-kubernetes-patch-strategy')
  const listMapKeys = listAt(schema, 'x-kubernetes-list-map-keys').map(String)
  const [first = ''] = listMapKeys
  return {
    name,
    type: typeFrom(schema, definitions),
    goName: name,
    pointer: false,
    omitEmpty: true,
    required: false,
    mergeKey: listMapKeys.length > 0 ? first : textAt(schema, 'x-kubernetes-patch-merge-key'),
    patchStrategies: strategies === '' ? [] : strategies.split(','),
    listType: '',
    listMapKeys,
    goType: '',
  }
}

function typeFrom(schema: JsonObject, definitions: JsonObject): FieldType {
  if (textAt(schema, 'type') !== 'array')
    return { kind: 'object', definition: definitionFrom(schema, definitions, textAt(schema, 'type')) }
  const items = resolved(objectAt(schema, 'items'), definitions)
  return { kind: 'list', items: { kind: 'object', definition: definitionFrom(items, definitions, '') } }
}

/** Follows references into the document; one that leads nowhere tells nothing. */
function resolved(schema: JsonObject, definitions: JsonObject): JsonObject {
  let current = schema
  for (let steps = 0; steps < 100; steps++) {
    const reference = textAt(current, '$ref')
    if (reference === '') return current
    current = objectAt(definitions, reference.replace(/^#\/definitions\//, '').replaceAll('~1', '/'))
  }
  return {}
}
