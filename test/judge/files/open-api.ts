import { type FieldSchema, type FieldType, type Schema, schemaOf } from '../../../src/api/schema/schema.ts'
import type { Judge, RowScore } from '../judge.ts'

/** The structure of a server's /openapi/v2 (README-real-cluster.md, openapi/). */
export const openApi: Judge = {
  claims: ({ content }) =>
    typeof content === 'object' && content !== null && Object.hasOwn(content, 'definitions') && 'paths' in content,
  parts({ content }) {
    const api = content as OpenApi // claimed
    return [{ name: api.version, score: () => ({ rows: apiRows(api) }) }]
  },
}

function apiRows(api: OpenApi): readonly RowScore[] {
  // The newer document calls itself v1.35.0 and has kinds that came with v1.36, alpha versions too.
  const schema = schemaOf(api.version.startsWith('v1.35') ? 36 : 18)
  const definitions = Object.entries(api.definitions).map(([name, definition]) =>
    definitionRow(schema, name, definition, api),
  )
  const paths = Object.entries(api.paths).map(([path, operations]) => pathRow(schema, path, operations))
  return [...definitions, ...paths]
}

interface OpenApiField {
  readonly type?: string
  readonly format?: string
  readonly $ref?: string
  readonly items?: OpenApiField
  readonly additionalProperties?: OpenApiField
  readonly 'x-kubernetes-patch-strategy'?: string
  readonly 'x-kubernetes-patch-merge-key'?: string
  readonly 'x-kubernetes-list-type'?: string
}

interface OpenApiKind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

interface OpenApiDefinition {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, OpenApiField>>
  readonly 'x-kubernetes-group-version-kind'?: readonly OpenApiKind[]
}

interface OpenApi {
  readonly version: string
  readonly definitions: Readonly<Record<string, OpenApiDefinition>>
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly action?: string; readonly gvk?: OpenApiKind }>>>
  >
}

/** What podsim's tables must say of a definition: its kinds, and each field with its type and how patches merge it. */
function definitionRow(schema: Schema, name: string, recorded: OpenApiDefinition, api: OpenApi): RowScore {
  const definition = schema.definition(name)
  const problems: string[] = []
  for (const kind of recorded['x-kubernetes-group-version-kind'] ?? [])
    if (schema.kind(kind) === undefined) problems.push(`kind ${Object.values(kind).join('/')} is unknown`)
  const wanted = Object.entries(recorded.properties ?? {})
    .map(([field, type]) => recordedField(api, field, type, recorded.required?.includes(field) === true))
    .sort()
  const found = [...(definition?.fields.values() ?? [])].map(ownField).sort()
  if (definition === undefined && wanted.length > 0) problems.push('unknown')
  else {
    problems.push(...wanted.filter((line) => !found.includes(line)).map((line) => `- ${line}`))
    problems.push(...found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`))
  }
  return { row: name, passed: problems.length === 0, diff: problems.join('\n') }
}

function recordedField(api: OpenApi, name: string, field: OpenApiField, isRequired: boolean): string {
  const strategy = field['x-kubernetes-patch-strategy'] ?? ''
  const merge = [strategy, field['x-kubernetes-patch-merge-key'] ?? '', field['x-kubernetes-list-type'] ?? '']
  return `${name}: ${recordedType(api, field)}${isRequired ? ' required' : ''} ${merge.join('/')}`
}

/** Definitions that stand for a text or a number in JSON. */
const simple: Readonly<Record<string, string>> = {
  'io.k8s.apimachinery.pkg.api.resource.Quantity': 'quantity',
  'io.k8s.apimachinery.pkg.util.intstr.IntOrString': 'intOrString',
  'io.k8s.apimachinery.pkg.apis.meta.v1.Time': 'time',
  'io.k8s.apimachinery.pkg.apis.meta.v1.MicroTime': 'microTime',
}

function recordedType(api: OpenApi, field: OpenApiField): string {
  if (field.$ref !== undefined) {
    const name = field.$ref.replace('#/definitions/', '')
    // One without fields is whatever JSON holds.
    return simple[name] ?? (api.definitions[name]?.properties === undefined ? 'any' : name)
  }
  if (field.items !== undefined) return `[${recordedType(api, field.items)}]`
  if (field.additionalProperties !== undefined) return `{${recordedType(api, field.additionalProperties)}}`
  const known: Readonly<Record<string, string>> = {
    'string/': 'string',
    'boolean/': 'boolean',
    'integer/int32': 'int32',
    'integer/int64': 'int64',
    'number/double': 'double',
    'string/byte': 'bytes',
    'string/date-time': 'time',
    'string/int-or-string': 'intOrString',
  }
  return known[`${field.type ?? ''}/${field.format ?? ''}`] ?? 'any'
}

function ownField({ name, type, required, mergeKey, patchStrategies, listType }: FieldSchema): string {
  const merge = [patchStrategies.join(','), mergeKey, listType]
  return `${name}: ${ownType(type)}${required ? ' required' : ''} ${merge.join('/')}`
}

function ownType(type: FieldType): string {
  switch (type.kind) {
    case 'scalar':
      return type.scalar
    case 'list':
      return `[${ownType(type.items)}]`
    case 'map':
      return `{${ownType(type.values)}}`
    case 'object':
      return type.definition.name
  }
}

function pathRow(schema: Schema, path: string, operations: OpenApi['paths'][string]): RowScore {
  const show = (method: string, action: string, kind: OpenApiKind | undefined): string =>
    `${method} ${action} ${kind === undefined ? '' : `${kind.group}/${kind.version}/${kind.kind}`}`
  // Paths of documents and logs bear no action; no table is needed for them.
  const wanted = Object.entries(operations)
    .filter(([, { action }]) => action !== undefined)
    .map(([method, { action = '', gvk }]) => show(method, action, gvk))
    .sort()
  const found = (schema.paths.get(path) ?? []).map(({ method, action, kind }) => show(method, action, kind)).sort()
  const missing = wanted.filter((line) => !found.includes(line)).map((line) => `- ${line}`)
  const more = wanted.length === 0 ? [] : found.filter((line) => !wanted.includes(line)).map((line) => `+ ${line}`)
  const diff = [...missing, ...more].join('\n')
  return { row: path, passed: diff === '', diff }
}
