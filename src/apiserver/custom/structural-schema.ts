import { equalJson, isObject, type JsonObject, member, setMember } from '../../api/json.ts'
import { type FieldError, invalid, notSupported, required } from '../../api/validation/field-errors.ts'
import { goQuote } from '../../go/quote.ts'
import { compileRegexp } from '../../go/regexp.ts'

/**
 * What a custom resource's schema does to its objects: fields that it does not name are pruned, defaults set, values
 * checked. Of JSON schema the keywords below are known; formats, oneOf, anyOf, allOf, not and rules are not.
 * Source: apiextensions-apiserver pkg/apiserver/schema/{pruning,defaulting}, go-openapi validate.
 */

type Schema = JsonObject

/** Members of every object, which schemas can't change. */
const ownMembers = ['apiVersion', 'kind', 'metadata']

/** `dropsNulls`: nulls go too where the schema neither allows them nor has a default instead (from v1.20 on). */
export function prune(object: JsonObject, schema: Schema, dropsNulls: boolean): JsonObject {
  const kept = Object.fromEntries(
    ownMembers.filter((name) => Object.hasOwn(object, name)).map((name) => [name, object[name]]),
  )
  const rest = Object.fromEntries(Object.entries(object).filter(([name]) => !ownMembers.includes(name)))
  return { ...kept, ...(pruned(rest, schema, dropsNulls) as JsonObject) } // an object stays one
}

function pruned(value: unknown, schema: unknown, dropsNulls: boolean): unknown {
  if (Array.isArray(value)) {
    const items = member(asObject(schema), 'items')
    return value.map((item) => pruned(item, items, dropsNulls))
  }
  if (!isObject(value)) return value
  const preserves = member(asObject(schema), 'x-kubernetes-preserve-unknown-fields') === true
  const properties = asObject(member(asObject(schema), 'properties'))
  const additional = member(asObject(schema), 'additionalProperties')
  const kept: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : additional
    if (own !== undefined && own !== false) {
      if (!dropsNulls || !isUselessNull(inner, own)) setMember(kept, name, pruned(inner, own, dropsNulls))
    } else if (preserves) setMember(kept, name, inner)
  }
  return kept
}

/** Source: pkg/apiserver/schema/defaulting/prunenulls.go, PruneNonNullableNullsWithoutDefaults. */
function isUselessNull(value: unknown, schema: unknown): boolean {
  return value === null && isObject(schema) && !allowsNull(schema) && schema.default === undefined
}

function allowsNull(schema: unknown): boolean {
  return member(asObject(schema), 'nullable') === true
}

/** `overNulls`: also instead of nulls that the schema does not allow (from v1.20 on). Source: defaulting/algorithm.go, Default. */
export function applyDefaults<T>(value: T, schema: unknown, overNulls: boolean): T {
  if (Array.isArray(value)) {
    const items = member(asObject(schema), 'items')
    return value.map((item) => applyDefaults(item, items, overNulls)) as T // a list stays one
  }
  if (!isObject(value)) return value
  const properties = asObject(member(asObject(schema), 'properties'))
  const additional = member(asObject(schema), 'additionalProperties')
  const done: Record<string, unknown> = {}
  for (const [name, inner] of Object.entries(value)) {
    const own = Object.hasOwn(properties, name) ? properties[name] : additional
    setMember(done, name, applyDefaults(inner, own, overNulls))
  }
  for (const [name, inner] of Object.entries(properties)) {
    const preset = member(asObject(inner), 'default')
    const isAbsent = !Object.hasOwn(done, name) || (overNulls && done[name] === null && !allowsNull(inner))
    if (preset !== undefined && isAbsent) setMember(done, name, applyDefaults(preset, inner, overNulls))
  }
  return done as T // an object stays one
}

export function schemaErrors(object: JsonObject, schema: Schema): readonly FieldError[] {
  return [...valueErrors(object, schema, '')]
}

function* valueErrors(value: unknown, given: unknown, path: string): Generator<FieldError> {
  const schema = asObject(given)
  const mismatch = typeError(value, schema, path)
  if (mismatch !== undefined) yield mismatch
  const { enum: allowed } = schema
  if (Array.isArray(allowed) && !allowed.some((each) => equalJson(each, value))) {
    yield notSupported(
      path,
      value,
      allowed.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))),
    )
  }
  if (typeof value === 'number') yield* limitErrors(value, schema, path, numberLimits)
  if (typeof value === 'string') yield* textErrors(value, schema, path)
  if (Array.isArray(value)) {
    yield* limitErrors(value, schema, path, listLimits)
    for (const [index, item] of value.entries()) yield* valueErrors(item, schema.items, `${path}.${index}`)
  }
  if (isObject(value)) yield* memberErrors(value, schema, path)
}

function* memberErrors(value: JsonObject, schema: Schema, path: string): Generator<FieldError> {
  const below = (name: string) => (path === '' ? name : `${path}.${name}`)
  const properties = asObject(schema.properties)
  for (const name of Object.keys(value).sort()) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : schema.additionalProperties
    if (isObject(inner) && !(path === '' && name === 'metadata')) yield* valueErrors(value[name], inner, below(name))
  }
  for (const name of Array.isArray(schema.required) ? schema.required : []) {
    if (typeof name === 'string' && !Object.hasOwn(value, name)) yield required(below(name))
  }
}

function typeError(value: unknown, schema: Schema, path: string): FieldError | undefined {
  const isEither = schema['x-kubernetes-int-or-string'] === true
  const type = isEither ? 'integer,string' : schema.type
  if (typeof type !== 'string' || type === '') return undefined
  const found = jsonType(value)
  if (found === 'null' && schema.nullable === true) return undefined
  const wanted = type.split(',')
  if (wanted.includes(found) || (found === 'integer' && wanted.includes('number'))) return undefined
  return invalid(path, found, `${path} in body must be of type ${type}: ${goQuote(found)}`)
}

type Limits<T> = readonly (readonly [keyword: string, breaks: (value: T, limit: number) => boolean, text: string])[]

/** Source: go-openapi/errors schema.go. */
const numberLimits: Limits<number> = [
  ['minimum', (value, limit) => value < limit, 'should be greater than or equal to %'],
  ['maximum', (value, limit) => value > limit, 'should be less than or equal to %'],
]
const textLimits: Limits<string> = [
  ['minLength', (value, limit) => [...value].length < limit, 'should be at least % chars long'],
  ['maxLength', (value, limit) => [...value].length > limit, 'should be at most % chars long'],
]
const listLimits: Limits<readonly unknown[]> = [
  ['minItems', (value, limit) => value.length < limit, 'should have at least % items'],
  ['maxItems', (value, limit) => value.length > limit, 'should have at most % items'],
]

function* limitErrors<T>(value: T, schema: Schema, path: string, limits: Limits<T>): Generator<FieldError> {
  for (const [keyword, breaks, text] of limits) {
    const limit = schema[keyword]
    if (typeof limit !== 'number' || !breaks(value, limit)) continue
    yield invalid(path, value, `${path} in body ${text.replace('%', String(limit))}`)
  }
}

function* textErrors(value: string, schema: Schema, path: string): Generator<FieldError> {
  yield* limitErrors(value, schema, path, textLimits)
  const { pattern } = schema
  if (typeof pattern !== 'string' || pattern === '') return
  const compiled = compileRegexp(pattern)
  if (compiled.ok && compiled.regexp.test(value)) return
  // Definitions of v1beta1 may come with a pattern that is none: it is told when it is used.
  const wanted = compiled.ok ? pattern : `${pattern}, but pattern is invalid: ${compiled.message}`
  yield invalid(path, value, `${path} in body should match '${wanted}'`)
}

function jsonType(value: unknown): string {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number'
  return typeof value === 'boolean' ? 'boolean' : typeof value
}

const nothing: JsonObject = {}

function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : nothing
}
