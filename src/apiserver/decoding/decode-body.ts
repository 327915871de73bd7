import { isObject } from '../../api/json.ts'
import { type KindRef, type Schema, schemaOf } from '../../api/schema/schema.ts'
import { badRequest } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { utf8Bytes } from '../../bytes/bytes.ts'
import { parseGoJson } from '../../go/parse-json.ts'
import { goQuote } from '../../go/quote.ts'
import { fromYaml } from '../../go/yaml/from-yaml.ts'
import { extended } from '../../kernel/extended.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { apiVersionOf } from '../registry/resource-table.ts'
import { apiServerFact } from '../version-facts.ts'
import { decodeKind } from './decode-kind.ts'

/** What a body turned out to be. */
export type Body =
  | {
      readonly ok: true
      readonly object: KubeObject
      readonly strict: readonly string[]
      refuse(error: string): Status
    }
  | { readonly ok: false; readonly status: Status }

/**
 * Reads the body of a create or update: kind and version first, then the fields.
 * Source: apimachinery pkg/runtime/serializer/json/json.go, Decode; apiserver handlers/rest.go, transformDecodeError.
 */
export function decodeBody(text: string, format: 'json' | 'yaml', expected: KindRef, minor: number): Body {
  const json = format === 'yaml' ? yamlToJson(text, minor) : { ok: true as const, json: text, duplicates: [] }
  if (!json.ok) return unrecognized(json.error, text, expected)
  const found = interpret(json.json)
  if (typeof found === 'string') return unrecognized(found, text, expected)
  const actual = withDefaults(found, expected)
  const refuse = (error: string): Status =>
    badRequest(`${actual.kind} in version ${goQuote(actual.version)} cannot be handled as a ${expected.kind}: ${error}`)
  const decoded = decodeAs(json.json, actual, expected, minor)
  if (!decoded.ok) return { ok: false, status: refuse(decoded.error) }
  const wrong = wrongVersion(actual, expected)
  if (wrong !== undefined) return { ok: false, status: wrong }
  const object = { ...decoded.value, kind: actual.kind, apiVersion: apiVersionOf(actual) } as unknown as KubeObject // decoded as that kind
  return { ok: true, object, strict: [...json.duplicates, ...decoded.strict], refuse }
}

/**
 * A JSON text that says of which kind and version it is, read as the kind that is expected: any version of it will do.
 * Source: apimachinery pkg/runtime/serializer/json/json.go and versioning/versioning.go, Decode.
 */
export function decodeAs(
  json: string,
  actual: KindRef,
  expected: KindRef,
  minor: number,
): ReturnType<typeof decodeKind> {
  const schema = schemaOf(minor)
  const definition = schema.kind(actual)
  if (definition === undefined && !isList(actual)) {
    const version = apiVersionOf(actual)
    const scheme = goQuote(apiServerFact('schemeName', minor))
    const error = `no kind ${goQuote(actual.kind)} is registered for version ${goQuote(version)} in scheme ${scheme}`
    return { ok: false, error }
  }
  const decoded = definition && decodeKind(json, definition, minor)
  if (decoded !== undefined && (!decoded.ok || actual.kind === expected.kind)) return decoded
  return { ok: false, error: conversionError(actual, expected, schema, minor) }
}

/** The list of anything, which no group's table has. */
function isList({ group, version, kind }: KindRef): boolean {
  return group === '' && version === 'v1' && kind === 'List'
}

function wrongVersion(actual: KindRef, expected: KindRef): Status | undefined {
  const [version, wanted] = [apiVersionOf(actual), apiVersionOf(expected)]
  if (version === wanted) return undefined
  return badRequest(`the API version in the data (${version}) does not match the expected API version (${wanted})`)
}

/** A body whose kind nobody knows. Source: handlers/rest.go, summarizeData. */
export function unrecognized(error: string, body: string, expected: KindRef): Body {
  const message = `the object provided is unrecognized (must be of type ${expected.kind}): ${error} (${summary(body)})`
  return { ok: false, status: badRequest(message) }
}

const summaryLength = 30

function summary(body: string): string {
  const bytes = utf8Bytes(body.slice(0, summaryLength + 1))
  const isCut = utf8Bytes(body.slice(0, summaryLength * 4)).length > summaryLength
  if (bytes.length === 0) return '<empty>'
  if (bytes[0] === 0x7b) return isCut ? `${body.slice(0, summaryLength)} ...` : body
  const hex = [...bytes.slice(0, summaryLength)].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return isCut ? `${hex} ...` : hex
}

interface FoundKind {
  readonly apiVersion: string
  readonly kind: string
}

/** Kind and version of a JSON text; or what Go's own decoder, which is the first to read it, says. Source: serializer/json/meta.go. */
export function interpret(json: string): FoundKind | string {
  const parsed = parseGoJson(json)
  if (!parsed.ok) return `couldn't get version/kind; json parse error: ${parsed.error}`
  const { value } = parsed
  if (value === null) return { apiVersion: '', kind: '' }
  if (!isObject(value)) {
    const type =
      'struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }'
    return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goJsonType(value)} into Go value of type ${type}`
  }
  const found = { apiVersion: '', kind: '' }
  for (const key of Object.keys(value)) {
    // Go's decoder takes names in any case.
    const name = key.toLowerCase() === 'apiversion' ? 'apiVersion' : key.toLowerCase() === 'kind' ? 'kind' : undefined
    const inner = value[key]
    if (name === undefined || inner === null) continue
    if (typeof inner !== 'string') {
      return `couldn't get version/kind; json parse error: json: cannot unmarshal ${goJsonType(inner)} into Go struct field .${name} of type string`
    }
    found[name] = inner
  }
  if (found.apiVersion.split('/').length > 2) return `unexpected GroupVersion string: ${found.apiVersion}`
  return found
}

function goJsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : typeof value
}

/** Source: serializer/json/json.go, gvkWithDefaults. */
export function withDefaults({ apiVersion, kind }: FoundKind, expected: KindRef): KindRef {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const version = apiVersion.slice(slash + 1)
  const given = apiVersion === '' ? { group: expected.group, version: expected.version } : { group, version }
  return extended(given, { kind: kind === '' ? expected.kind : kind })
}

/**
 * Why an object of one kind is none of another: the first field of the wanted kind that the given one lacks.
 * Source: apimachinery pkg/conversion/converter.go.
 */
function conversionError(actual: KindRef, expected: KindRef, schema: Schema, minor: number): string {
  const target = expected.group === '' ? 'core' : (expected.group.split('.')[0] ?? '')
  const kinds = `converting (${actual.version}.${actual.kind}) to (${target}.${expected.kind})`
  if (apiServerFact('hasNoDefaultConversions', minor)) return `${kinds}: unknown conversion`
  const given = new Set([...(schema.kind(actual)?.fields.values() ?? [])].map((field) => lastName(field.goName)))
  const wanted = [...(schema.kind(expected)?.fields.values() ?? [])].map((field) => lastName(field.goName))
  const missing = wanted.find((name) => !outsideInternal.has(name) && !given.has(name)) ?? wanted.at(-1) ?? ''
  return `${kinds}: ${missing} not present in src`
}

function lastName(goName: string): string {
  return goName.slice(goName.lastIndexOf(' ') + 1)
}

/** Members of the versioned kinds that the internal ones lack or embed. */
const outsideInternal: ReadonlySet<string> = new Set(['Kind', 'APIVersion', 'StringData'])

type Converted =
  /** `duplicates`: what strict reading says, one error of several lines, or nothing. */
  | { readonly ok: true; readonly json: string; readonly duplicates: readonly string[] }
  | { readonly ok: false; readonly error: string }

/** A YAML text as JSON, as go-yaml reads it. Source: sigs.k8s.io/yaml, YAMLToJSON and YAMLToJSONStrict. */
export function yamlToJson(text: string, minor: number): Converted {
  const read = fromYaml(text, { lowersErrors: has(minor, apiServer.lowersYamlErrors) })
  if (!read.ok) return read
  const strict = fromYaml(text, { strict: true })
  const json = JSON.stringify(read.value, sortedMembers)
  return { ok: true, json, duplicates: strict.ok ? [] : [strict.error] }
}

/** A replacer for JSON.stringify that writes members in bytewise order, as Go writes maps. */
export function sortedMembers(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, value[key]])
  return Object.fromEntries(entries)
}
