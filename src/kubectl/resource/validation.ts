import { type Definition, type FieldType, type Schema, schemaOf } from '../../api/schema/schema.ts'
import { isObject, sortBytewise, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { kubectl } from '../../versions/kubectl.ts'
import { fail } from '../cli/failure.ts'
import { bool, type FlagSpec, type FlagValues, flagSince, flagUntil, parseBool, string } from '../cli/flags.ts'
import { klogPrefix } from '../cli/klog.ts'
import type { Session } from '../cli/session.ts'
import { serverMinor } from './server-version.ts'

/** A switch that became a choice. Source: kubectl pkg/cmd/util/helpers.go, AddValidateFlags. */
export const validateFlags: readonly FlagSpec[] = [
  flagUntil(kubectl.serverSideValidation.since, bool('validate', undefined, 'true')),
  flagSince(kubectl.serverSideValidation.since, { ...string('validate', undefined, 'strict'), bare: 'strict' }),
]

/** What is asked for: `ignore`, `warn` or `strict`. Source: helpers.go, GetValidationDirective. */
function directive(flags: FlagValues): string {
  const given = flags.string('validate')
  const isOn = parseBool(given)
  if (isOn !== undefined) return isOn ? 'strict' : 'ignore'
  if (given === 'strict' || given === 'warn' || given === 'ignore') return given
  return fail(`invalid - validate option ${goQuote(given)}; must be one of: strict (or true), warn, ignore (or false)`)
}

/** The check of the client against the server's schema, or undefined when it is off or left to the server. */
export function* clientValidation(
  session: Session,
  flags: FlagValues,
): Steps<((object: unknown) => string | undefined) | undefined> {
  const asked = directive(flags)
  if (asked === 'ignore') return undefined
  const server = yield* serverMinor(session)
  if (asked === 'warn') return (object) => warned(session, object, server)
  // Source: apiserver pkg/features/kube_features.go, ServerSideFieldValidation.
  if (session.version.serverSideValidation && server >= 25) return (object) => errorsLeftToTheClient(object, server)
  const schema = schemaOf(server)
  return (object) => validationErrors(object, schema)
}

/** The parameter that leaves the check to the server, where both sides know it. */
export function fieldValidation(session: Session, flags: FlagValues): Readonly<Record<string, string>> {
  if (!session.version.serverSideValidation) return {}
  const asked = directive(flags)
  return { fieldValidation: asked === 'ignore' ? 'Ignore' : asked === 'warn' ? 'Warn' : 'Strict' }
}

/** Who only wants to be warned is told what no server can say. Source: pkg/validation/schema.go, paramVerifyingSchema. */
function warned(session: Session, object: unknown, server: number): string | undefined {
  const wrong = textOf(isObject(object) ? kindErrors(object) : ['invalid object to validate'])
  if (wrong !== undefined) return wrong
  const [apiVersion, kind] = [textAt(object, 'apiVersion'), textAt(object, 'kind')]
  const [version = '', group = ''] = apiVersion.split('/').reverse()
  const isChecked = server >= 25 && (schemaOf(server).kind({ group, version, kind }) !== undefined || group !== '')
  const text = 'cannot perform warn validation if server-side field validation is unsupported, skipping validation'
  if (!isChecked) session.err(`${klogPrefix(session.host.now(), 'W')}schema.go:145] ${text}\n`)
  return undefined
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
  const errors: string[] = []
  if (definition !== undefined) addFieldErrors(definition, object, kind, errors)
  return errors
}

function kindErrors(object: Readonly<Record<string, unknown>>): readonly string[] {
  return ['apiVersion', 'kind'].flatMap((name) => {
    const value = object[name]
    if (value === undefined || value === null) return [`${name} not set`]
    return typeof value === 'string' ? [] : [`${name} isn't string type`]
  })
}

/** Source: kube-openapi pkg/util/proto/validation/types.go, VisitKind. */
function addFieldErrors(
  definition: Definition,
  value: Readonly<Record<string, unknown>>,
  path: string,
  errors: string[],
): void {
  for (const key of sortBytewise(Object.keys(value))) {
    const item = value[key]
    if (item === null || item === undefined) continue
    const field = definition.fields.get(key)
    if (field === undefined) errors.push(about(path, `unknown field ${goQuote(key)} in ${definition.name}`))
    else addValueErrors(field.type, item, `${path}.${key}`, `${definition.name}.${key}`, errors)
  }
  for (const field of definition.fields.values()) {
    if (field.required && (value[field.name] === undefined || value[field.name] === null)) {
      errors.push(about(path, `missing required field ${goQuote(field.name)} in ${definition.name}`))
    }
  }
}

function about(path: string, text: string): string {
  return `ValidationError(${path}): ${text}`
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'object' ? 'map' : typeof value
}

function addValueErrors(type: FieldType, value: unknown, path: string, schemaPath: string, errors: string[]): void {
  switch (type.kind) {
    case 'object':
      if (isObject(value)) addFieldErrors(type.definition, value, path, errors)
      else errors.push(wrongType(value, path, type.definition.name, 'map'))
      return
    case 'list':
      if (!Array.isArray(value)) errors.push(wrongType(value, path, schemaPath, 'array'))
      else
        for (const [i, item] of (value as readonly unknown[]).entries()) // what else is in it is looked at
          if (item === null) errors.push(about(path, `unknown object type "nil" in ${path}[${i}]`))
          else addValueErrors(type.items, item, `${path}[${i}]`, schemaPath, errors)
      return
    case 'map':
      if (!isObject(value)) errors.push(wrongType(value, path, schemaPath, 'map'))
      else
        for (const key of sortBytewise(Object.keys(value)))
          if (value[key] === null) errors.push(`unknown object type "nil" in ${path}.${key}`)
          else addValueErrors(type.values, value[key], `${path}.${key}`, schemaPath, errors)
      return
    case 'scalar': {
      const expected = expectedScalar(type.scalar, kindOf(value))
      if (expected !== undefined) errors.push(wrongType(value, path, schemaPath, expected))
    }
  }
}

function wrongType(value: unknown, path: string, schemaPath: string, expected: string): string {
  return about(path, `invalid type for ${schemaPath}: got ${goQuote(kindOf(value))}, expected ${goQuote(expected)}`)
}

/** What should stand in place of a value of some kind; undefined: it may stand there. */
function expectedScalar(scalar: string, kind: string): string | undefined {
  if (scalar === 'any') return undefined
  if (scalar === 'boolean') return kind === 'boolean' ? undefined : 'boolean'
  if (scalar === 'int32' || scalar === 'int64') return kind === 'number' ? undefined : 'integer'
  if (scalar === 'double') return kind === 'number' ? undefined : 'number'
  return kind === 'array' || kind === 'map' ? 'string' : undefined
}
