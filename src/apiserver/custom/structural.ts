import { equalJson, isObject, type JsonObject } from '../../api/json.ts'
import { type FieldError, forbidden, invalid, required } from '../../api/validation/field-errors.ts'
import { compileRegexp } from '../../go/regexp.ts'

/** Whether a schema is structural. Source: apiextensions-apiserver pkg/apiserver/schema/{validation,complete}.go. */

type Level = 'root' | 'item' | 'field'

const untyped: Readonly<Record<Level, string>> = {
  root: 'must not be empty at the root',
  item: 'must not be empty for specified array items',
  field: 'must not be empty for specified object fields',
}

/** What the two alternatives of int-or-string are. */
const intOrString = [{ type: 'integer' }, { type: 'string' }]

/** Sorted by what they say, as the server does because its maps have no order. Source: ValidateStructural. */
export function structuralErrors(schema: JsonObject, path: string): readonly FieldError[] {
  const errors = [...invariants(schema, 'root', path), ...incomplete(schema, schema, path, path)]
  const told = ({ field, body }: FieldError) => `${field}: ${body}`
  return errors.sort((a, b) => (told(a) < told(b) ? -1 : told(a) > told(b) ? 1 : 0))
}

/** Source: validateStructuralInvariants, validateGeneric, validateExtensions. */
function* invariants(schema: JsonObject, level: Level, path: string): Generator<FieldError> {
  const { items, additionalProperties, type } = schema
  if (type === 'array' && !isObject(items)) yield required(`${path}.items`, 'must be specified')
  if (isObject(items)) yield* invariants(items, 'item', `${path}.items`)
  for (const [name, inner] of membersOf(schema.properties)) {
    yield* invariants(inner, 'field', `${path}.properties[${name}]`)
  }
  if (additionalProperties !== undefined && level === 'root') {
    yield forbidden(`${path}.additionalProperties`, 'must not be used at the root')
  }
  if (isObject(additionalProperties)) yield* invariants(additionalProperties, 'field', `${path}.additionalProperties`)
  yield* extensionErrors(schema, path)
  const skipsAny = equalJson(schema.anyOf, intOrString)
  const [first] = listOf(schema.allOf)
  const skipsFirst = first !== undefined && equalJson(first.anyOf, intOrString)
  yield* valueErrors(schema, path, skipsAny, skipsFirst)
  yield* typeErrors(schema, level, path)
  yield* metaErrors(schema, level, path)
}

function* extensionErrors(schema: JsonObject, path: string): Generator<FieldError> {
  if (schema['x-kubernetes-int-or-string'] !== true) return
  for (const name of ['x-kubernetes-preserve-unknown-fields', 'x-kubernetes-embedded-resource']) {
    if (schema[name] === true)
      yield invalid(`${path}.${name}`, true, 'must be false if x-kubernetes-int-or-string is true')
  }
}

function* typeErrors(schema: JsonObject, level: Level, path: string): Generator<FieldError> {
  const type = typeof schema.type === 'string' ? schema.type : ''
  const isEmbedded = schema['x-kubernetes-embedded-resource'] === true
  const preserves = schema['x-kubernetes-preserve-unknown-fields'] === true
  if (isEmbedded && type !== 'object') {
    const text = 'must be object if x-kubernetes-embedded-resource is true'
    yield type === '' ? required(`${path}.type`, text) : invalid(`${path}.type`, type, text)
  } else if (type === '' && schema['x-kubernetes-int-or-string'] !== true && !preserves) {
    yield required(`${path}.type`, untyped[level])
  }
  if (isEmbedded && schema.additionalProperties !== undefined) {
    yield forbidden(`${path}.additionalProperties`, 'must not be used if x-kubernetes-embedded-resource is set')
  }
  if (level === 'root' && type !== '' && type !== 'object') {
    yield invalid(`${path}.type`, type, 'must be object at the root')
  }
  if (isEmbedded && !preserves && membersOf(schema.properties).length === 0) {
    const text =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields'
    yield required(`${path}.properties`, text)
  }
}

/** Of metadata only the name may be restricted, and only at the root. Source: validateStructuralMetadataInvariants. */
function* metaErrors(schema: JsonObject, level: Level, path: string): Generator<FieldError> {
  const isResource = level === 'root' || schema['x-kubernetes-embedded-resource'] === true
  for (const [name, inner] of membersOf(schema.properties)) {
    const field = `${path}.properties[${name}]`
    if (isResource && (name === 'kind' || name === 'apiVersion') && inner.type !== 'string') {
      yield invalid(`${field}.type`, inner.type ?? '', 'must be string')
    }
    if (name !== 'metadata') continue
    if (isResource && inner.type !== 'object') yield invalid(`${field}.type`, inner.type ?? '', 'must be object')
    const { type: _type, default: _default, properties, ...others } = inner
    const names = membersOf(properties).map(([each]) => each)
    const isPlain = names.every((each) => each === 'name' || each === 'generateName')
    if (level === 'root' && (!isPlain || Object.keys(others).length > 0)) {
      const text = 'must not specify anything other than name and generateName, but metadata is implicitly specified'
      yield forbidden(field, text)
    }
  }
}

/** Source: validateValueValidation. */
function* valueErrors(schema: JsonObject, path: string, skipsAny: boolean, skipsFirst: boolean): Generator<FieldError> {
  if (!skipsAny) {
    for (const [index, part] of listOf(schema.anyOf).entries()) yield* nestedErrors(part, `${path}.anyOf[${index}]`)
  }
  for (const [index, part] of listOf(schema.allOf).entries()) {
    yield* nestedErrors(part, `${path}.allOf[${index}]`, skipsFirst && index === 0)
  }
  for (const [index, part] of listOf(schema.oneOf).entries()) yield* nestedErrors(part, `${path}.oneOf[${index}]`)
  if (isObject(schema.not)) yield* nestedErrors(schema.not, `${path}.not`)
  const { pattern } = schema
  if (typeof pattern !== 'string' || pattern === '') return
  const compiled = compileRegexp(pattern)
  if (compiled.ok) return
  yield invalid(`${path}.pattern`, pattern, `must be a valid regular expression, but isn't: ${compiled.message}`)
}

/** What values under a junctor may not say, and how that is told. Source: validateNestedValueValidation. */
const notNested = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
] as const

function* nestedErrors(part: JsonObject, path: string, skipsAny = false): Generator<FieldError> {
  yield* valueErrors(part, path, skipsAny, false)
  if (isObject(part.items)) yield* nestedErrors(part.items, `${path}.items`)
  for (const [name, inner] of membersOf(part.properties)) yield* nestedErrors(inner, `${path}.properties[${name}]`)
  for (const [name, text] of notNested) {
    const value = part[name]
    if (value !== undefined && value !== null && value !== '' && value !== false) {
      yield forbidden(`${path}.${name}`, text)
    }
  }
  if (isObject(part.properties) && Object.hasOwn(part.properties, 'metadata')) {
    yield forbidden(`${path}.properties[metadata]`, 'must not be specified in a nested context')
  }
}

/** Whatever junctors speak of must be there outside of them. Source: validateValueValidationCompleteness. */
function* incomplete(part: JsonObject, schema: JsonObject, path: string, told: string): Generator<FieldError> {
  if (isObject(part.not)) yield* nestedIncomplete(part.not, schema, path, `${told}.not`)
  for (const junctor of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, inner] of listOf(part[junctor]).entries()) {
      yield* nestedIncomplete(inner, schema, path, `${told}.${junctor}[${index}]`)
    }
  }
}

function* nestedIncomplete(part: JsonObject, schema: unknown, path: string, told: string): Generator<FieldError> {
  if (!isObject(schema)) {
    yield required(path, `because it is defined in ${told}`)
    return
  }
  yield* incomplete(part, schema, path, told)
  if (isObject(part.items)) yield* nestedIncomplete(part.items, schema.items, `${path}.items`, `${told}.items`)
  const known = new Map(membersOf(schema.properties))
  for (const [name, inner] of membersOf(part.properties)) {
    const [there, where] = [`${path}.properties[${name}]`, `${told}.properties[${name}]`]
    yield* nestedIncomplete(inner, known.get(name), there, where)
  }
}

/** Schemas by name, sorted. */
export function membersOf(value: unknown): readonly (readonly [string, JsonObject])[] {
  if (!isObject(value)) return []
  return Object.keys(value)
    .sort()
    .map((name) => [name, isObject(value[name]) ? value[name] : {}] as const)
}

/** The schemas of a list. */
export function listOf(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
