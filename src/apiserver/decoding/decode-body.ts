import { LineCounter, parseDocument } from 'yaml'
import { isObject } from '../../api/json.ts'
import { type KindRef, type Schema, schemaOf } from '../../api/schema/schema.ts'
import { badRequest } from '../../api/status.ts'
import type { KubeObject, Status } from '../../api/types/meta.ts'
import { utf8Bytes } from '../../bytes/bytes.ts'
import { jsonSyntaxError } from '../../go/json-syntax.ts'
import { goQuote } from '../../go/quote.ts'
import { apiVersionOf } from '../registry/resource-table.ts'
import { decodeTyped } from './typed-decoder.ts'

/** What a body turned out to be. */
export type Body = { readonly ok: true; readonly object: KubeObject } | { readonly ok: false; readonly status: Status }

/**
 * Reads the body of a create or update: kind and version first, then the fields.
 * Source: apimachinery pkg/runtime/serializer/json/json.go, Decode; apiserver handlers/rest.go, transformDecodeError.
 */
export function decodeBody(text: string, format: 'json' | 'yaml', expected: KindRef, minor: number): Body {
  const json = format === 'yaml' ? yamlToJson(text) : { ok: true as const, json: text }
  if (!json.ok) return unrecognized(json.error, text, expected)
  const found = interpret(json.json)
  if (typeof found === 'string') return unrecognized(found, text, expected)
  const actual = withDefaults(found, expected)
  const schema = schemaOf(minor)
  const definition = schema.kind(actual)
  const problem = (error: string): Body => ({
    ok: false,
    status: badRequest(
      `${actual.kind} in version ${goQuote(actual.version)} cannot be handled as a ${expected.kind}: ${error}`,
    ),
  })
  if (definition === undefined && !isList(actual)) {
    const version = apiVersionOf(actual)
    return problem(
      `no kind ${goQuote(actual.kind)} is registered for version ${goQuote(version)} in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"`,
    )
  }
  if (definition !== undefined) {
    const decoded = decodeTyped(json.json, definition)
    if (!decoded.ok) return problem(currentText(decoded.error, minor))
    if (actual.kind === expected.kind) return checkVersion(decoded.value, actual, expected)
  }
  return problem(conversionError(actual, expected, schema))
}

/** The list of anything, which no group's table has. */
function isList({ group, version, kind }: KindRef): boolean {
  return group === '' && version === 'v1' && kind === 'List'
}

function checkVersion(value: Record<string, unknown>, actual: KindRef, expected: KindRef): Body {
  const [version, wanted] = [apiVersionOf(actual), apiVersionOf(expected)]
  if (version !== wanted) {
    const message = `the API version in the data (${version}) does not match the expected API version (${wanted})`
    return { ok: false, status: badRequest(message) }
  }
  return { ok: true, object: { ...value, kind: actual.kind, apiVersion: version } as unknown as KubeObject } // decoded as that kind
}

/** From v1.23 on sigs.k8s.io/json decodes; of a base64 error it tells the cause alone (facts apiserver.md 1.5). */
export function currentText(error: string, minor: number): string {
  if (minor < 23) return error
  return /illegal base64 data at input byte \d+/.exec(error)?.[0] ?? error
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
  const broken = jsonSyntaxError(utf8Bytes(json))
  if (broken !== undefined) return `couldn't get version/kind; json parse error: ${broken}`
  const value: unknown = JSON.parse(json)
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
function withDefaults({ apiVersion, kind }: FoundKind, expected: KindRef): KindRef {
  const slash = apiVersion.indexOf('/')
  const group = slash < 0 ? '' : apiVersion.slice(0, slash)
  const version = apiVersion.slice(slash + 1)
  const given = apiVersion === '' ? { group: expected.group, version: expected.version } : { group, version }
  return { ...given, kind: kind === '' ? expected.kind : kind }
}

/**
 * Why an object of one kind is none of another: the first field of the wanted kind that the given one lacks.
 * Source: apimachinery pkg/conversion/converter.go.
 */
function conversionError(actual: KindRef, expected: KindRef, schema: Schema): string {
  const given = new Set([...(schema.kind(actual)?.fields.values() ?? [])].map((field) => lastName(field.goName)))
  const wanted = [...(schema.kind(expected)?.fields.values() ?? [])].map((field) => lastName(field.goName))
  const missing = wanted.find((name) => !outsideInternal.has(name) && !given.has(name)) ?? wanted.at(-1) ?? ''
  const target = expected.group === '' ? 'core' : (expected.group.split('.')[0] ?? '')
  return `converting (${actual.version}.${actual.kind}) to (${target}.${expected.kind}): ${missing} not present in src`
}

function lastName(goName: string): string {
  return goName.slice(goName.lastIndexOf(' ') + 1)
}

/** Members of the versioned kinds that the internal ones lack or embed. */
const outsideInternal: ReadonlySet<string> = new Set(['Kind', 'APIVersion', 'StringData'])

type Converted = { readonly ok: true; readonly json: string } | { readonly ok: false; readonly error: string }

/** Most aliases that a document may expand to; a bomb has millions. */
const aliasesMax = 1000

/** A YAML text as JSON, with the older rules for booleans and octals that go-yaml follows. */
export function yamlToJson(text: string): Converted {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    version: '1.1',
    schema: 'yaml-1.1',
    lineCounter: lines,
    uniqueKeys: false,
    logLevel: 'silent',
  })
  const [error] = document.errors
  if (error !== undefined) {
    const line = lines.linePos(error.pos[0]).line
    return { ok: false, error: `yaml: line ${line}: ${error.message.split('\n')[0] ?? ''}` }
  }
  try {
    return { ok: true, json: JSON.stringify(document.toJS({ maxAliasCount: aliasesMax }), sortedMembers) ?? 'null' }
  } catch {
    return { ok: false, error: 'yaml: document contains excessive aliasing' }
  }
}

/** A replacer for JSON.stringify that writes members in bytewise order, as Go writes maps. */
export function sortedMembers(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value
  const entries = Object.keys(value)
    .sort()
    .map((key) => [key, value[key]])
  return Object.fromEntries(entries)
}
