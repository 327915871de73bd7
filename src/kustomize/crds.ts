/**
 * References that definitions of custom kinds tell of (`crds`): fields that name other objects, hold labels or annotations.
 * Sources: v2.0.3 pkg/transformers/config/factorycrd.go; api internal/accumulator/loadconfigfromcrds.go.
 */
import { isObject, type JsonObject, objectAt } from '../go/json.ts'
import { fromYaml } from '../go/yaml/from-yaml.ts'
import { type BackReference, type Fields, mergedFields, onlyFields } from './configuration.ts'
import { type FieldSpec, newFieldSpec } from './field-spec.ts'
import { type Loader, refuse, wrap } from './loader.ts'
import type { Gvk } from './resource.ts'

/** The tables with what the files of `crds` add. Throws KustomizeError. */
export function withCrds(fields: Fields, paths: readonly string[], loader: Loader, decoding: string): Fields {
  return paths.reduce((all, path) => fieldsOfTypes(readTypes(path, loader, decoding)).reduce(mergedFields, all), fields)
}

/** Types by their full name; `decoding` is what stands between the error of YAML and that of JSON. */
function readTypes(path: string, loader: Loader, decoding: string): JsonObject {
  const content = loader.load(path)
  return wrap(`unable to parse open API definition from '${path}'`, () => {
    const result = fromYaml(content)
    if (!result.ok) return refuse(result.error)
    const wrong = Object.values(objectAt(result.value)).find((value) => !isObject(value) && value !== null)
    if (wrong !== undefined) {
      const isJson = content[0] === 0x7b // {: read as JSON, not by way of YAML
      const type = `${decoding === '' ? 'common' : 'accumulator'}.OpenAPIDefinition`
      refuse(
        `${isJson ? '' : `error unmarshaling JSON: ${decoding}`}json: cannot unmarshal ${goType(wrong)} into Go value of type ${type}`,
      )
    }
    return objectAt(result.value)
  })
}

/** As encoding/json calls what it has found. */
export function goType(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value
}

/** What the types that look like kinds of the API say. */
function fieldsOfTypes(types: JsonObject): readonly Fields[] {
  return Object.keys(types).flatMap((name) => {
    const properties = propertiesOf(types, name)
    if (!['kind', 'apiVersion', 'metadata'].every((field) => Object.hasOwn(properties, field))) return []
    const gvk = { group: '', version: '', kind: name.slice(name.lastIndexOf('.') + 1) }
    return fieldsOfType(types, name, gvk, [], new Set([name]))
  })
}

/** Go finds a field whatever the case of its letters. */
function propertiesOf(types: JsonObject, name: string): JsonObject {
  const type = objectAt(types, name)
  const key = Object.keys(type).find((one) => one.toLowerCase() === 'schema')
  return key === undefined ? {} : objectAt(type, key, 'properties')
}

/** `open` holds the types on the way here: one that holds itself is not entered again (real: it runs out of stack). */
function fieldsOfType(
  types: JsonObject,
  name: string,
  gvk: Gvk,
  path: readonly string[],
  open: ReadonlySet<string>,
): readonly Fields[] {
  return Object.entries(propertiesOf(types, name)).flatMap(([key, property]) => {
    const here = [...path, key]
    const own = fieldsOfProperty(objectAt(property), gvk, here)
    const reference = textOf(objectAt(property), '$ref')
    if (reference === undefined || open.has(reference)) return own
    return [...own, ...fieldsOfType(types, reference, gvk, here, new Set([...open, reference]))]
  })
}

function fieldsOfProperty(property: JsonObject, gvk: Gvk, path: readonly string[]): readonly Fields[] {
  const says = (extension: string): string | undefined => textOf(property, `x-kubernetes-${extension}`)
  const spec = (more: readonly string[] = []): FieldSpec => newFieldSpec(gvk, false, [...path, ...more].join('/'))
  const [version, kind] = [says('object-ref-api-version'), says('object-ref-kind')]
  const found: Fields[] = []
  if (says('annotation') !== undefined) found.push(onlyFields({ commonAnnotations: [spec()] }))
  if (says('label-selector') !== undefined) found.push(onlyFields({ commonLabels: [spec()] }))
  if (says('identity') !== undefined) found.push(onlyFields({ namePrefix: [spec()] }))
  if (version !== undefined && kind !== undefined) {
    const target: BackReference['target'] = { group: '', version, kind }
    found.push(onlyFields({ nameReference: [{ target, referrers: [spec([says('object-ref-name-key') ?? 'name'])] }] }))
  }
  return found
}

/** An extension counts if it is a text; its name is compared in small letters. Source: go-openapi spec, Extensions.GetString. */
function textOf(property: JsonObject, name: string): string | undefined {
  const key = Object.keys(property).find((one) => one.toLowerCase() === name)
  const value = key === undefined ? undefined : property[key]
  return typeof value === 'string' ? value : undefined
}
