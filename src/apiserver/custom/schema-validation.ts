import type { JsonObject } from '../../api/json.ts'
import { isObject } from '../../api/json.ts'
import { type FieldError, forbidden, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import { listOf, membersOf, structuralErrors } from './structural.ts'
import { schemaErrors } from './structural-schema.ts'

/**
 * The schema of a definition. Rules (x-kubernetes-validations) are not compiled, values of maps keyed by lists and pruned
 * defaults not looked at. Source: apiextensions-apiserver pkg/apis/apiextensions/validation/validation.go.
 */

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string']
/** Members of the resource itself. */
const ownMembers = ['apiVersion', 'kind', 'metadata']

/** What holds where a schema stands. */
interface Place {
  readonly isRoot: boolean
  /** Why there may be no defaults. */
  readonly noDefaults?: string
  readonly isInMeta: boolean
}

/** Source: validateCustomResourceDefinitionValidation; `path` is that of openAPIV3Schema. */
export function definitionSchemaErrors(schema: JsonObject, path: string, hasStatus: boolean): readonly FieldError[] {
  const errors: FieldError[] = []
  const type = typeof schema.type === 'string' ? schema.type : ''
  if (hasStatus && type !== '' && type !== 'object') {
    const text = 'only "object" is allowed as the type at the root of the schema if the status subresource is enabled'
    errors.push(invalid(`${path}.type`, type, text))
  }
  if (schema.nullable === true) errors.push(forbidden(`${path}.nullable`, 'nullable cannot be true at the root'))
  errors.push(...openApiErrors(schema, path, { isRoot: true, isInMeta: false }))
  const unstructured = structuralErrors(schema, path)
  errors.push(...(unstructured.length > 0 ? unstructured : defaultErrors(schema, path)))
  return errors
}

/** Source: ValidateCustomResourceDefinitionOpenAPISchema. */
function* openApiErrors(schema: JsonObject, path: string, place: Place): Generator<FieldError> {
  yield* standardErrors(schema, path, place)
  if (schema.uniqueItems === true) {
    const text = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'
    yield forbidden(`${path}.uniqueItems`, text)
  }
  yield* innerErrors(schema, path, place)
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    yield invalid(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined')
  }
  yield* kindOfMember(schema, path, 'x-kubernetes-map-type', 'object', ['atomic', 'granular'])
  yield* kindOfMember(schema, path, 'x-kubernetes-list-type', 'array', ['atomic', 'set', 'map'])
  yield* listKeyErrors(schema, path)
}

function* innerErrors(schema: JsonObject, path: string, place: Place): Generator<FieldError> {
  const inner = { ...place, isRoot: false }
  const { additionalProperties, items } = schema
  const members = membersOf(schema.properties)
  if (additionalProperties !== undefined && additionalProperties !== null) {
    if (members.length > 0 && additionalProperties !== true) {
      yield forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive')
    }
    const noDefaults = 'inside additionalProperties applying to object metadata'
    const below = place.isInMeta ? { ...inner, noDefaults } : inner
    if (isObject(additionalProperties)) {
      yield* openApiErrors(additionalProperties, `${path}.additionalProperties`, below)
    }
  }
  const isResource = place.isRoot || schema['x-kubernetes-embedded-resource'] === true
  for (const [name, each] of members) {
    const isOwn = isResource && ownMembers.includes(name)
    const below = {
      ...inner,
      ...(isOwn ? { isInMeta: true } : {}),
      ...(isOwn && place.isRoot ? { noDefaults: `in top-level ${name}` } : {}),
    }
    yield* openApiErrors(each, `${path}.properties[${name}]`, below)
  }
  if (isObject(schema.not)) yield* openApiErrors(schema.not, `${path}.not`, inner)
  for (const junctor of ['allOf', 'oneOf', 'anyOf'] as const) {
    for (const [index, each] of listOf(schema[junctor]).entries()) {
      yield* openApiErrors(each, `${path}.${junctor}[${index}]`, inner)
    }
  }
  if (isObject(items)) yield* openApiErrors(items, `${path}.items`, inner)
}

/** Keywords that there are not. Source: specStandardValidatorV3.validate. */
const unsupported = ['id', 'additionalItems', 'patternProperties', 'definitions', 'dependencies', '$ref'] as const

function* standardErrors(schema: JsonObject, path: string, place: Place): Generator<FieldError> {
  const { type } = schema
  if (typeof type === 'string' && type !== '' && !types.includes(type)) yield notSupported(`${path}.type`, type, types)
  if (schema.default !== undefined && place.noDefaults !== undefined) {
    yield forbidden(`${path}.default`, `must not be set ${place.noDefaults}`)
  }
  for (const name of unsupported) {
    if (schema[name] !== undefined && schema[name] !== null) {
      yield forbidden(`${path}.${name}`, `${name} is not supported`)
    }
  }
  if (type === 'null') {
    yield forbidden(`${path}.type`, 'type cannot be set to null, use nullable as an alternative')
  }
  if (Array.isArray(schema.items)) yield forbidden(`${path}.items`, 'items must be a schema object and not an array')
  if (place.isInMeta && schema['x-kubernetes-embedded-resource'] === true) {
    yield forbidden(`${path}.x-kubernetes-embedded-resource`, 'must not be used inside of resource meta')
  }
}

function* kindOfMember(
  schema: JsonObject,
  path: string,
  name: string,
  wanted: string,
  known: readonly string[],
): Generator<FieldError> {
  const value = schema[name]
  if (typeof value !== 'string') return
  const type = typeof schema.type === 'string' ? schema.type : ''
  if (type !== wanted) {
    const text = `must be ${wanted} if ${name} is specified`
    yield type === '' ? required(`${path}.type`, text) : invalid(`${path}.type`, type, text)
  }
  if (!known.includes(value)) yield notSupported(`${path}.${name}`, value, known)
}

function* listKeyErrors(schema: JsonObject, path: string): Generator<FieldError> {
  const listType = schema['x-kubernetes-list-type']
  const keys = Array.isArray(schema['x-kubernetes-list-map-keys']) ? schema['x-kubernetes-list-map-keys'] : []
  if (keys.length > 0 && listType !== 'map') {
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty'
    const field = `${path}.x-kubernetes-list-type`
    yield typeof listType === 'string' ? invalid(field, listType, text) : required(field, text)
  }
  if (listType !== 'map') return
  if (keys.length === 0) {
    yield required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')
  }
  if (schema.items === undefined) {
    yield required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map')
  } else if (isObject(schema.items) && schema.items.type !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map"
    yield invalid(`${path}.items.type`, schema.items.type ?? '', text)
  }
}

/** Defaults must be what their schema takes. Source: pkg/apiserver/schema/defaulting/validation.go, ValidateDefaults. */
function* defaultErrors(schema: JsonObject, path: string): Generator<FieldError> {
  if (schema.default !== undefined && schema.default !== null) {
    const field = `${path}.default`
    // Any value is checked the same way.
    for (const error of schemaErrors(schema.default as JsonObject, schema)) {
      // an object or not
      yield { ...error, field: error.field === '' ? field : `${field}.${error.field}` }
    }
  }
  if (isObject(schema.items)) yield* defaultErrors(schema.items, `${path}.items`)
  for (const [name, inner] of membersOf(schema.properties)) yield* defaultErrors(inner, `${path}.properties[${name}]`)
  if (isObject(schema.additionalProperties)) {
    yield* defaultErrors(schema.additionalProperties, `${path}.additionalProperties`)
  }
}
