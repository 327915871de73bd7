/**
 * Turns the recorded structure of an OpenAPI document (test/fixtures/vectors/openapi) and the Go types that it was made from
 * into one compact table, src/api/schema/generated/v1-<minor>.ts.
 *
 * Use: npx tsx scripts/generate-schema.ts <openapi.json> <out.ts> <go source root holding k8s.io/api, k8s.io/apimachinery, ...>
 *
 * The OpenAPI part gives fields, types, required, merge keys, list types, kinds and paths; the Go part gives what OpenAPI
 * leaves out: names and types as Go's decoders print them, which fields are pointers, which are left out when empty.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface OpenApiField {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly items?: OpenApiField
  readonly additionalProperties?: OpenApiField
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-list-type'?: string
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
}

interface OpenApiDefinition {
  readonly type?: string
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiField>>
  readonly 'x-kubernetes-group-version-kind'?: readonly { group: string; version: string; kind: string }[]
}

interface OpenApi {
  readonly definitions: Readonly<Record<string, OpenApiDefinition>>
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { action?: string; gvk?: { group: string; version: string; kind: string } }>>
    >
  >
}

/** A field of a Go struct with inlined structs resolved. */
interface GoField {
  readonly json: string
  /** Go names from the outside in: `VolumeSource: Secret`. */
  readonly goName: string
  readonly type: string
  /** The type as Go prints it: `[]v1.Container`, `v1.SecretType`. */
  readonly printed: string
  readonly omitEmpty: boolean
  readonly asString: boolean
}

interface GoPackage {
  readonly structs: Map<string, readonly string[]>
  readonly aliases: Map<string, string>
  readonly imports: Map<string, string>
}

const [openApiFile, outFile, goRoot] = process.argv.slice(2)
if (openApiFile === undefined || outFile === undefined || goRoot === undefined) {
  throw new Error('usage: generate-schema <openapi.json> <out.ts> <go root>')
}
const api = JSON.parse(readFileSync(openApiFile, 'utf8')) as OpenApi
const packages = new Map<string, GoPackage>()

/** `io.k8s.api.core.v1` -> `k8s.io/api/core/v1`; `io.k8s.apimachinery.pkg.apis.meta.v1` -> `k8s.io/apimachinery/pkg/apis/meta/v1`. */
function packageOf(definition: string): [path: string, type: string] {
  const parts = definition.split('.')
  const type = parts.pop() ?? ''
  return [`k8s.io/${parts.slice(2).join('/')}`, type]
}

function parsePackage(path: string): GoPackage {
  const known = packages.get(path)
  if (known !== undefined) return known
  const parsed: GoPackage = { structs: new Map(), aliases: new Map(), imports: new Map() }
  packages.set(path, parsed)
  const folder = join(goRoot ?? '', path)
  if (!existsSync(folder)) return parsed
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.go') || file.endsWith('_test.go') || /generated|zz_/.test(file)) continue
    const source = readFileSync(join(folder, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
    for (const [, alias, imported] of source.matchAll(/^\s*(?:import\s+)?(\w+)?\s*"([\w./-]+)"$/gm)) {
      const name = alias ?? imported?.split('/').pop() ?? ''
      if (imported !== undefined) parsed.imports.set(name, imported)
    }
    for (const [, name, body] of source.matchAll(/^type (\w+) struct \{\n([\s\S]*?)^\}/gm)) {
      parsed.structs.set(name ?? '', (body ?? '').split('\n'))
    }
    for (const [, name, target] of source.matchAll(/^(?:type |\t)(\w+) ((?:\[\]|map\[)?[\w.[\]*]+)$/gm)) {
      if (name !== undefined && target !== undefined && target !== 'struct' && !parsed.aliases.has(name))
        parsed.aliases.set(name, target)
    }
  }
  return parsed
}

/** A Go type expression with its package spelled out: `[]*k8s.io/api/core/v1.Container`. */
function resolveType(expression: string, path: string): string {
  const prefix = /^(?:\*|\[\])+/.exec(expression)?.[0] ?? ''
  const rest = expression.slice(prefix.length)
  const map = /^map\[([\w.]+)\](.+)$/.exec(rest)
  if (map !== null) return `${prefix}{}${resolveType(map[2] ?? '', path)}`
  if (/^(string|bool|int|int32|int64|uint8|byte|uint32|uint64|float64|interface\{\})$/.test(rest)) return prefix + rest
  const [qualifier, type] = rest.includes('.') ? rest.split('.') : ['', rest]
  const owner = qualifier === '' ? path : (parsePackage(path).imports.get(qualifier ?? '') ?? qualifier ?? '')
  const known = parsePackage(owner)
  if (!known.structs.has(type ?? '')) {
    const alias = known.aliases.get(type ?? '')
    if (alias !== undefined) return prefix + resolveType(alias, owner)
  }
  return `${prefix}${owner}.${type}`
}

/** A Go type expression as Go prints the type, pointers left out. */
function printedType(expression: string, path: string): string {
  const text = expression.replace(/^\*/, '')
  if (text.startsWith('[]')) return `[]${printedType(text.slice(2), path)}`
  const map = /^map\[([\w.]+)\](.+)$/.exec(text)
  if (map !== null) return `map[${printedType(map[1] ?? '', path)}]${printedType(map[2] ?? '', path)}`
  if (text === 'byte') return 'uint8'
  if (/^(string|bool|int|int32|int64|uint8|uint32|uint64|float64|interface\{\})$/.test(text)) return text
  const [qualifier, type] = text.includes('.') ? text.split('.') : ['', text]
  const owner = qualifier === '' ? path : (parsePackage(path).imports.get(qualifier ?? '') ?? qualifier ?? '')
  return `${owner.split('/').pop() ?? ''}.${type}`
}

function fieldsOf(path: string, type: string): readonly GoField[] {
  const lines = parsePackage(path).structs.get(type) ?? []
  const fields: GoField[] = []
  for (const line of lines) {
    const match = /^\s*(?:(\w+)\s+)?([\w.*[\]{}]+)\s+`(?:[^`]*?)json:"([^"]*)"[^`]*`/.exec(line)
    if (match === null) continue
    const [, name, expression = '', tag = ''] = match
    const [json = '', ...options] = tag.split(',')
    if (json === '-') continue
    if (json === '') {
      const inlined = resolveType(expression, path).replace(/^\*/, '')
      const dot = inlined.lastIndexOf('.')
      const goName = name ?? expression.replace(/^.*[.*]/, '')
      for (const field of fieldsOf(inlined.slice(0, dot), inlined.slice(dot + 1))) {
        fields.push({ ...field, goName: `${goName}: ${field.goName}` })
      }
      continue
    }
    fields.push({
      json,
      goName: name ?? expression.replace(/^.*[.*]/, ''),
      type: resolveType(expression, path),
      printed: printedType(expression, path),
      omitEmpty: options.includes('omitempty'),
      asString: options.includes('string'),
    })
  }
  return fields
}

const names = Object.keys(api.definitions).sort()
const index = new Map(names.map((name, at) => [name, at]))

const leaves: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'q',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 't',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'm',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'x',
  'io.k8s.apimachinery.pkg.apis.meta.v1.FieldsV1': 'r',
  'io.k8s.apimachinery.pkg.runtime.RawExtension': 'r',
}

/** Type letters: s string, b bool, i int32, l int64, f double, y bytes, q quantity, x int-or-string, t time, m micro time, r anything. */
function typeOf(field: OpenApiField): string {
  if (field.$ref !== undefined) {
    const name = field.$ref.slice('#/definitions/'.length)
    return leaves[name] ?? (api.definitions[name]?.properties === undefined ? 'r' : `#${index.get(name)}`)
  }
  if (field.items !== undefined) return `[]${typeOf(field.items)}`
  if (field.additionalProperties !== undefined) return `{}${typeOf(field.additionalProperties)}`
  if (field.type === 'string') return field.format === 'byte' ? 'y' : 's'
  if (field.type === 'boolean') return 'b'
  if (field.type === 'integer') return field.format === 'int64' ? 'l' : 'i'
  if (field.type === 'number') return 'f'
  return 'r'
}

/**
 * `name|type|goName|flags|merge key|patch strategy|list type|list map keys|Go type`, trailing empty parts cut; the Go type
 * stands there where its name says more than its structure (`v1.SecretType`). Flags: `*` pointer,
 * `o` omitted when empty, `!` required; a Go name equal to the capitalised name is left out.
 */
function encodeField(name: string, field: OpenApiField, required: boolean, go: GoField | undefined): string {
  const capitalised = name.charAt(0).toUpperCase() + name.slice(1)
  const flags = `${go?.type.startsWith('*') === true ? '*' : ''}${go === undefined ? (required ? '' : 'o') : go.omitEmpty ? 'o' : ''}${required ? '!' : ''}`
  const parts = [
    name,
    typeOf(field),
    go === undefined || go.goName === capitalised ? '' : go.goName,
    flags,
    field['x-kubernetes-patch-merge-key'] ?? '',
    field['x-kubernetes-patch-strategy'] ?? '',
    field['x-kubernetes-list-type'] ?? '',
    (field['x-kubernetes-list-map-keys'] ?? []).join(','),
    go === undefined || !isNamed(go.printed) ? '' : go.printed,
  ]
  while (parts.at(-1) === '') parts.pop()
  return parts.join('|')
}

/** Whether the innermost type is a text, number, list or map under a name of its own. */
function isNamed(printed: string): boolean {
  const inner = printed.replace(/^(?:\[\]|map\[[^\]]*\])+/, '')
  if (!inner.includes('.')) return false
  return !names.some((name) => name.split('.').slice(-2).join('.') === inner) && !leafTypes.has(inner)
}

/** Types that the table has letters for. */
const leafTypes = new Set([
  'resource.Quantity',
  'v1.Time',
  'v1.MicroTime',
  'intstr.IntOrString',
  'v1.FieldsV1',
  'runtime.RawExtension',
  'v1.JSON',
])

const missing: string[] = []

const definitions = names.map((name) => {
  const definition = api.definitions[name]
  const [path, type] = packageOf(name)
  const goFields = fieldsOf(path, type)
  const properties = definition?.properties ?? {}
  const known = new Set(goFields.map((field) => field.json))
  // Go's order first, since texts print objects in it.
  const ordered = [
    ...goFields.map((field) => field.json).filter((json) => Object.hasOwn(properties, json)),
    ...Object.keys(properties).filter((json) => !known.has(json)),
  ]
  if (goFields.length > 0)
    missing.push(
      ...Object.keys(properties)
        .filter((json) => !known.has(json))
        .map((json) => `${name} ${json}`),
    )
  const required = new Set(definition?.required ?? [])
  const fields = ordered.map((json) =>
    encodeField(
      json,
      properties[json] ?? {},
      required.has(json),
      goFields.find((field) => field.json === json),
    ),
  )
  const kinds = (definition?.['x-kubernetes-group-version-kind'] ?? []).map((k) => `${k.group}/${k.version}/${k.kind}`)
  return [name, fields.join('\n'), ...(kinds.length === 0 || kinds.length > 20 ? [] : [kinds.join(',')])]
})

/** Groups and versions of the server's scheme: kinds that each of them has are listed with all of them. */
const scheme = (
  api.definitions['io.k8s.apimachinery.pkg.apis.meta.v1.WatchEvent']?.['x-kubernetes-group-version-kind'] ?? []
).map(({ group, version }) => `${group}/${version}`)

const paths = Object.entries(api.paths).map(([path, methods]) => {
  const verbs = Object.entries(methods).map(([method, { action, gvk }]) => {
    const kind = gvk === undefined ? '' : `:${gvk.group}/${gvk.version}/${gvk.kind}`
    return `${method}:${action ?? ''}${kind}`
  })
  return `${path} ${verbs.join(' ')}`
})

/** Source: apiserver pkg/endpoints/discovery/storageversionhash.go. */
const hashes: Record<string, string> = {}
for (const definition of Object.values(api.definitions)) {
  for (const { group, version, kind } of definition['x-kubernetes-group-version-kind'] ?? []) {
    const name = `${group}/${version}/${kind}`
    hashes[name] = createHash('sha256').update(name).digest().subarray(0, 8).toString('base64')
  }
}
for (const name of Object.keys(hashes)) if (/List$|Options$/.test(name)) delete hashes[name]

const table = JSON.stringify({ definitions, paths, hashes, scheme })
  .replaceAll('\\', '\\\\')
  .replaceAll('`', '\\`')
  .replaceAll('${', '\\${')
writeFileSync(
  outFile,
  `// Generated by scripts/generate-schema.ts from the recorded OpenAPI structure. Do not edit.\nexport const table = \`${table}\`\n`,
)
if (missing.length > 0) console.error(`not in the Go types:\n${missing.join('\n')}`)
