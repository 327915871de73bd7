import { servesKind, servesSubresource } from '../../versions/served-kinds.ts'
import { datedDefinition } from './dated-definition.ts'
import type { Definition, FieldSchema, FieldType, ScalarType } from './definition.ts'
import { table as v118 } from './generated/v1-18.ts'
import { table as v135 } from './generated/v1-35.ts'

/** The kinds of a Kubernetes version: fields, their types, and how patches merge them. Source: the recorded OpenAPI structure. */

export type { Definition, FieldSchema, FieldType, ScalarType } from './definition.ts'

export interface KindRef {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** A group's version; the legacy group is the empty one. */
export type GroupVersion = Pick<KindRef, 'group' | 'version'>

export interface PathOperation {
  readonly method: string
  /** `get`, `list`, `post`, `put`, `patch`, `delete`, `deletecollection`, `watch`, `watchlist`, `connect`. */
  readonly action: string
  readonly kind: KindRef | undefined
}

export interface Schema {
  /** By OpenAPI name. */
  definition(name: string): Definition | undefined
  /** The definition of a kind, or undefined if the version does not know it. */
  kind(ref: KindRef): Definition | undefined
  readonly kinds: readonly KindRef[]
  /**
   * What the server's scheme knows, served or not: each of them has `metaKinds`, which are not among `kinds`.
   * Source: apimachinery pkg/apis/meta/v1/register.go, AddToGroupVersion.
   */
  readonly groupVersions: readonly GroupVersion[]
  readonly paths: ReadonlyMap<string, readonly PathOperation[]>
  /** What discovery gives for a stored kind, so that clients see when it changes. */
  storageVersionHash(ref: KindRef): string | undefined
}

/** Kinds that every group and version has. */
export const metaKinds = ['DeleteOptions', 'WatchEvent'] as const

const documents = {
  old: { text: v118, minor: 18 },
  young: { text: v135, minor: 36 },
} as const

const parsed = new Map<keyof typeof documents, Schema>()
const made = new Map<number, Schema>()

/**
 * The schema that a minor version is served from. Recorded are v1.18 and v1.36: between them a kind is there in the versions that
 * serve it, with the fields that they had (src/versions/fields.ts). What both have looks as in the nearer one (v1.18 before v1.25):
 * docs/fidelity.md, "Versions between".
 */
export function schemaOf(minor: number): Schema {
  const known = made.get(minor)
  if (known !== undefined) return known
  const [near, far] = usesYoungSchema(minor) ? (['young', 'old'] as const) : (['old', 'young'] as const)
  const schema =
    documents[near].minor === minor ? documentOf(near) : between(documentOf(near), () => documentOf(far), minor)
  made.set(minor, schema)
  return schema
}

/** Whether v1.36 is the nearer one of the two documents. */
export function usesYoungSchema(minor: number): boolean {
  return minor >= 25
}

function documentOf(which: keyof typeof documents): Schema {
  const known = parsed.get(which)
  if (known !== undefined) return known
  const schema = parseSchema(documents[which].text)
  parsed.set(which, schema)
  return schema
}

/** What a version serves of the document that is near, and of the other one what the near one does not have. */
function between(near: Schema, far: () => Schema, minor: number): Schema {
  const key = ({ group, version, kind }: KindRef): string => `${group}/${version}/${kind}`
  const nearKinds = new Set(near.kinds.map(key))
  const isNear = (ref: KindRef): boolean => nearKinds.has(key(ref))
  let paths: Map<string, readonly PathOperation[]> | undefined
  const dated = new Map<string, Definition>()
  const definition = (name: string): Definition | undefined => {
    const known = dated.get(name)
    const one = near.definition(name) ?? far().definition(name)
    if (known !== undefined || one === undefined) return known
    const made = datedDefinition(one, far().definition(name), minor, definition)
    dated.set(name, made)
    return made
  }
  const kindOf = (ref: KindRef): Definition | undefined => {
    const found = servesKind(ref, minor) ? (near.kind(ref) ?? far().kind(ref)) : undefined
    return found && definition(found.name)
  }
  const kinds = [...near.kinds, ...far().kinds.filter((ref) => !isNear(ref))].filter((ref) => servesKind(ref, minor))
  const groupVersions = distinct([...near.groupVersions, ...kinds])
  return {
    definition,
    kind: (ref) => metaKind(ref, groupVersions, { definition }) ?? kindOf(ref),
    kinds,
    groupVersions,
    storageVersionHash: (ref) => near.storageVersionHash(ref) ?? far().storageVersionHash(ref),
    get paths() {
      paths ??= new Map(
        [...far().paths, ...near.paths].filter(([path, operations]) => isServed(path, operations, minor)),
      )
      return paths
    },
  }
}

function distinct(all: readonly GroupVersion[]): readonly GroupVersion[] {
  const names = new Set(all.map(({ group, version }) => `${group}/${version}`))
  return [...names].map(parseGroupVersion)
}

function metaKind(ref: KindRef, known: readonly GroupVersion[], schema: Pick<Schema, 'definition'>) {
  if (!metaKinds.some((kind) => kind === ref.kind)) return undefined
  const isKnown = known.some(({ group, version }) => group === ref.group && version === ref.version)
  return isKnown ? schema.definition(`io.k8s.apimachinery.pkg.apis.meta.v1.${ref.kind}`) : undefined
}

/** A path is there when all is served that belongs to its own group and version. */
function isServed(path: string, operations: readonly PathOperation[], minor: number): boolean {
  const [, resource = '', subresource = ''] = /^\/api\/v1\/.*\/([a-z]+)\/\{name\}\/([a-z]+)$/.exec(path) ?? []
  if (!servesSubresource(resource, subresource, minor)) return false
  const [, group = '', version = ''] = /^\/apis\/([^/]+)\/([^/]+)\//.exec(path) ?? []
  return operations.every(
    ({ kind }) => kind === undefined || kind.group !== group || kind.version !== version || servesKind(kind, minor),
  )
}

const scalars: Readonly<Record<string, ScalarType>> = {
  s: 'string',
  b: 'boolean',
  i: 'int32',
  l: 'int64',
  f: 'double',
  y: 'bytes',
  q: 'quantity',
  x: 'intOrString',
  t: 'time',
  m: 'microTime',
  r: 'any',
}

interface Table {
  readonly definitions: readonly (readonly [name: string, fields: string, kinds?: string])[]
  readonly paths: readonly string[]
  readonly hashes: Readonly<Record<string, string>>
  readonly scheme: readonly string[]
}

function parseSchema(text: string): Schema {
  const table = JSON.parse(text) as Table // written by scripts/generate-schema.ts
  const definitions: (Definition | undefined)[] = []
  const positions = new Map(table.definitions.map(([name], at) => [name, at]))
  const kindPositions = new Map<string, number>()
  const kinds: KindRef[] = []
  table.definitions.forEach(([, , names], at) => {
    for (const name of names?.split(',') ?? []) {
      kindPositions.set(name, at)
      kinds.push(parseKind(name))
    }
  })
  // Definitions refer to each other in circles (JSON schemas), so each is made when first asked for.
  const at = (position: number): Definition | undefined => {
    const known = definitions[position]
    const row = table.definitions[position]
    if (known !== undefined || row === undefined) return known
    const fields = new Map<string, FieldSchema>()
    const definition: Definition = { name: row[0], goType: goTypeOf(row[0]), fields }
    definitions[position] = definition
    for (const line of row[1] === '' ? [] : row[1].split('\n')) {
      const field = parseField(line, at)
      fields.set(field.name, field)
    }
    return definition
  }
  let paths: Map<string, readonly PathOperation[]> | undefined
  const definition = (name: string) => at(positions.get(name) ?? -1)
  const groupVersions = table.scheme.map(parseGroupVersion)
  return {
    definition,
    kind: (ref) =>
      at(kindPositions.get(`${ref.group}/${ref.version}/${ref.kind}`) ?? -1) ??
      metaKind(ref, groupVersions, { definition }),
    kinds,
    groupVersions,
    storageVersionHash: ({ group, version, kind }) => table.hashes[`${group}/${version}/${kind}`],
    get paths() {
      paths ??= new Map(table.paths.map(parsePath))
      return paths
    },
  }
}

function goTypeOf(name: string): string {
  return name.split('.').slice(-2).join('.')
}

function parseKind(text: string): KindRef {
  const [group = '', version = '', kind = ''] = text.split('/')
  return { group, version, kind }
}

function parseGroupVersion(text: string): GroupVersion {
  const [group = '', version = ''] = text.split('/')
  return { group, version }
}

function parsePath(line: string): [string, readonly PathOperation[]] {
  const [path = '', ...operations] = line.split(' ')
  return [
    path,
    operations.map((text) => {
      const [method = '', action = '', kind] = text.split(':')
      return { method, action, kind: kind === undefined ? undefined : parseKind(kind) }
    }),
  ]
}

type DefinitionAt = (position: number) => Definition | undefined

function parseField(line: string, at: DefinitionAt): FieldSchema {
  const [
    name = '',
    type = '',
    goName = '',
    flags = '',
    mergeKey = '',
    strategies = '',
    listType = '',
    keys = '',
    goType = '',
  ] = line.split('|')
  return {
    name,
    // The type of a field is looked up when first needed, which also lets definitions contain themselves.
    get type() {
      const value = parseType(type, at)
      Object.defineProperty(this, 'type', { value })
      return value
    },
    goName: goName === '' ? name.charAt(0).toUpperCase() + name.slice(1) : goName,
    pointer: flags.includes('*'),
    omitEmpty: flags.includes('o'),
    required: flags.includes('!'),
    mergeKey,
    patchStrategies: strategies === '' ? [] : strategies.split(','),
    listType,
    listMapKeys: keys === '' ? [] : keys.split(','),
    goType,
  }
}

function parseType(text: string, at: DefinitionAt): FieldType {
  if (text.startsWith('[]')) return { kind: 'list', items: parseType(text.slice(2), at) }
  if (text.startsWith('{}')) return { kind: 'map', values: parseType(text.slice(2), at) }
  if (text.startsWith('#')) {
    const definition = at(Number(text.slice(1)))
    if (definition !== undefined) return { kind: 'object', definition }
  }
  return { kind: 'scalar', scalar: scalars[text] ?? 'any' }
}
