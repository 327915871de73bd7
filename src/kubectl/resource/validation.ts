import { type Definition, type FieldType, type Schema, schemaOf } from '../../api/schema/schema.ts'
import { compareBytes, isObject, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { FlagSpec, FlagValues } from '../cli/flags.ts'
import type { Session } from '../cli/session.ts'
import { serverMinor } from './server-version.ts'

export const validateFlag: FlagSpec = { name: 'validate', type: 'string', initial: 'true', bare: 'true' }

/** The check of the client against the server's schema, or undefined when it is off or left to the server. */
export function* clientValidation(
  session: Session,
  flags: FlagValues,
): Steps<((object: unknown) => string | undefined) | undefined> {
  if (['false', 'ignore', 'warn'].includes(flags.string('validate').toLowerCase())) return undefined
  const server = yield* serverMinor(session)
  // Source: apiserver pkg/features/kube_features.go, ServerSideFieldValidation.
  if (session.version.serverSideValidation && server >= 25) return (object) => errorsLeftToTheClient(object, server)
  const schema = schemaOf(server)
  return (object) => validationErrors(object, schema)
}

/** The parameter that leaves the check to the server, where both sides know it. */
export function fieldValidation(session: Session, flags: FlagValues): Readonly<Record<string, string>> {
  if (!session.version.serverSideValidation) return {}
  const asked = flags.string('validate').toLowerCase()
  const value = asked === 'false' || asked === 'ignore' ? 'Ignore' : asked === 'warn' ? 'Warn' : 'Strict'
  return { fieldValidation: value }
}

/** What a client looks for that leaves the rest to the server: all of it in lists, which no server takes. Source: pkg/validation/schema.go, paramVerifyingSchema. */
function errorsLeftToTheClient(object: unknown, minor: number): string | undefined {
  if (textAt(object, 'kind') === 'List' && textAt(object, 'apiVersion') === 'v1')
    return validationErrors(object, schemaOf(minor))
  return textOf(isObject(object) ? kindErrors(object) : ['invalid object to validate'])
}

/**
 * What is wrong with an object by its schema, in one text; undefined when nothing is. Kinds that the schema does not
 * know pass. Source: kubectl pkg/util/openapi/validation/validation.go.
 */
export function validationErrors(object: unknown, schema: Schema): string | undefined {
  return textOf(topLevelErrors(object, schema))
}

function textOf(errors: readonly string[]): string | undefined {
  const unique = [...new Set(errors)]
  if (unique.length === 0) return undefined
  return unique.length === 1 ? unique[0] : `[${unique.join(', ')}]`
}

function topLevelErrors(object: unknown, schema: Schema): readonly string[] {
  if (!isObject(object)) return ['invalid object to validate']
  const missing = kindErrors(object)
  if (missing.length > 0) return missing
  const [apiVersion, kind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')]
  if (apiVersion === 'v1' && kind === 'List') {
    return Array.isArray(object.items)
      ? object.items.flatMap((item) => topLevelErrors(item, schema))
      : ['invalid object to validate']
  }
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const definition = schema.kind({ group, version: apiVersion.slice(slash + 1), kind })
  return definition === undefined ? [] : fieldErrors(definition, object, kind)
}

function kindErrors(object: Readonly<Record<string, unknown>>): readonly string[] {
  return ['apiVersion', 'kind'].flatMap((name) => {
    const value = object[name]
    if (value === undefined || value === null) return [`${name} not set`]
    return typeof value === 'string' ? [] : [`${name} isn't string type`]
  })
}

/** Source: kube-openapi pkg/util/proto/validation/types.go, VisitKind. */
function fieldErrors(
  definition: Definition,
  value: Readonly<Record<string, unknown>>,
  path: string,
): readonly string[] {
  const errors: string[] = []
  for (const key of Object.keys(value).sort(compareBytes)) {
    const item = value[key]
    if (item === null || item === undefined) continue
    const field = definition.fields.get(key)
    if (field === undefined) errors.push(about(path, `unknown field ${goQuote(key)} in ${definition.name}`))
    else errors.push(...valueErrors(field.type, item, `${path}.${key}`, `${definition.name}.${key}`))
  }
  for (const field of definition.fields.values()) {
    if (field.required && (value[field.name] === undefined || value[field.name] === null)) {
      errors.push(about(path, `missing required field ${goQuote(field.name)} in ${definition.name}`))
    }
  }
  return errors
}

function about(path: string, text: string): string {
  return `ValidationError(${path}): ${text}`
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'object' ? 'map' : typeof value
}

function valueErrors(type: FieldType, value: unknown, path: string, schemaPath: string): readonly string[] {
  const wrong = (expected: string): readonly string[] => [
    about(path, `invalid type for ${schemaPath}: got ${goQuote(kindOf(value))}, expected ${goQuote(expected)}`),
  ]
  switch (type.kind) {
    case 'object':
      return isObject(value)
        ? fieldErrors(type.definition, value, path)
        : [about(path, `invalid type for ${type.definition.name}: got ${goQuote(kindOf(value))}, expected "map"`)]
    case 'list':
      if (!Array.isArray(value)) return wrong('array')
      return value.flatMap((item: unknown, i) =>
        item === null
          ? [about(path, `unknown object type "nil" in ${path}[${i}]`)]
          : valueErrors(type.items, item, `${path}[${i}]`, schemaPath),
      )
    case 'map':
      if (!isObject(value)) return wrong('map')
      return Object.keys(value)
        .sort(compareBytes)
        .flatMap((key) =>
          value[key] === null
            ? [`unknown object type "nil" in ${path}.${key}`]
            : valueErrors(type.values, value[key], `${path}.${key}`, schemaPath),
        )
    case 'scalar':
      return scalarErrors(type.scalar, value, wrong)
  }
}

function scalarErrors(
  scalar: string,
  value: unknown,
  wrong: (expected: string) => readonly string[],
): readonly string[] {
  if (scalar === 'any') return []
  const kind = kindOf(value)
  if (scalar === 'boolean') return kind === 'boolean' ? [] : wrong('boolean')
  if (scalar === 'int32' || scalar === 'int64') return kind === 'number' ? [] : wrong('integer')
  if (scalar === 'double') return kind === 'number' ? [] : wrong('number')
  return kind === 'array' || kind === 'map' ? wrong('string') : []
}
