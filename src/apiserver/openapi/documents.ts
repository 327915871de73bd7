import { descriptionsOf } from '../../api/schema/descriptions.ts'
import type { Discovery } from '../../api/schema/discovery.ts'
import { type KindRef, metaKinds, schemaOf } from '../../api/schema/schema.ts'
import { utf8Bytes } from '../../bytes/bytes.ts'
import { sha256Hex } from '../../bytes/hashes.ts'
import type { CustomResourceDefinition } from '../custom/definition.ts'
import { customName, customSchema } from './custom-schemas.ts'
import { kindJson, type Operation, pathsOf } from './operations.ts'
import { SchemaCollection, type SchemaJson } from './schema-json.ts'

/** What documents are made from. */
export interface DocumentSource {
  readonly minor: number
  readonly discovery: Discovery
  readonly definitions: readonly CustomResourceDefinition[]
}

/** `/openapi/v2` as JSON has it. Source: kube-openapi pkg/builder/openapi.go. */
export interface DocumentV2 {
  readonly swagger: '2.0'
  readonly info: { readonly title: string; readonly version: string }
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationV2>>>>
  readonly definitions: Readonly<Record<string, SchemaJson>>
}

/** An operation in it. */
export interface OperationV2 {
  readonly consumes: readonly string[]
  readonly parameters: readonly { readonly in: 'query'; readonly name: string; readonly type: string }[]
  readonly responses: Readonly<Record<string, { readonly description: string; readonly schema?: SchemaJson }>>
  readonly 'x-kubernetes-action': string
  readonly 'x-kubernetes-group-version-kind'?: Readonly<Record<string, string>>
}

/** The whole API in one document. */
export function documentV2(source: DocumentSource): DocumentV2 {
  const { minor, discovery } = source
  const schemas = collected(source, 2, () => true)
  const paths = Object.fromEntries(
    [...pathsOf(discovery, minor)].map(([path, operations]) => [
      path,
      Object.fromEntries(operations.map((operation) => [operation.method, operationV2(operation, source, schemas)])),
    ]),
  )
  return { swagger: '2.0', info: infoOf(minor), paths, definitions: schemas.json() }
}

/** `/openapi/v3`: where the document of each group and version is. Source: kube-openapi pkg/handler3/handler.go. */
export function indexV3(source: DocumentSource): object {
  const versions = new Set(source.discovery.resources.map(({ group, version }) => groupPath(group, version)))
  const hash = sha256Hex(
    utf8Bytes(JSON.stringify([source.minor, source.definitions.map(({ metadata }) => metadata.resourceVersion)])),
  ).toUpperCase()
  return {
    paths: Object.fromEntries(
      [...versions].sort().map((path) => [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }]),
    ),
  }
}

/** The document of `api/v1`, `apis/apps/v1`; undefined when nothing is served there. */
export function documentV3(source: DocumentSource, path: string): object | undefined {
  const { minor, discovery } = source
  const isMeant = ({ group, version }: Pick<KindRef, 'group' | 'version'>) => groupPath(group, version) === path
  if (!discovery.resources.some(isMeant)) return undefined
  const schemas = collected(source, 3, isMeant)
  const paths = [...pathsOf(discovery, minor)].filter(([each]) => each.startsWith(`/${path}/`))
  const written = Object.fromEntries(
    paths.map(([each, operations]) => [
      each,
      Object.fromEntries(operations.map((operation) => [operation.method, operationV3(operation, source, schemas)])),
    ]),
  )
  return { openapi: '3.0.0', info: infoOf(minor), paths: written, components: { schemas: schemas.json() } }
}

function infoOf(minor: number): DocumentV2['info'] {
  return { title: 'Kubernetes', version: `v1.${minor}.0` }
}

function groupPath(group: string, version: string): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}

const metaPackage = 'io.k8s.apimachinery.pkg.apis.meta.v1'

/** Schemas of the kinds that are meant. */
function collected(
  { minor, definitions }: DocumentSource,
  version: 2 | 3,
  isMeant: (ref: KindRef) => boolean,
): SchemaCollection {
  const schema = schemaOf(minor)
  const kindsByDefinition = new Map<string, KindRef[]>()
  for (const ref of schema.kinds) {
    const name = schema.kind(ref)?.name ?? ''
    kindsByDefinition.set(name, [...(kindsByDefinition.get(name) ?? []), ref])
  }
  for (const kind of metaKinds) {
    const refs = schema.groupVersions.map((of) => ({ ...of, kind }))
    kindsByDefinition.set(`${metaPackage}.${kind}`, refs)
  }
  const kindsOf = (name: string) => (kindsByDefinition.get(name) ?? []).map(kindJson)
  const schemas = new SchemaCollection(version, kindsOf, descriptionsOf(minor))
  for (const ref of schema.kinds) {
    const definition = schema.kind(ref)
    if (definition !== undefined && isMeant(ref)) schemas.add(definition)
  }
  for (const kind of metaKinds) {
    const definition = schema.definition(`${metaPackage}.${kind}`)
    if (definition !== undefined && schema.groupVersions.some((of) => isMeant({ ...of, kind }))) schemas.add(definition)
  }
  const objectMeta = schema.definition(`${metaPackage}.ObjectMeta`)
  for (const custom of definitions) {
    const { group = '', names, versions = [] } = custom.spec
    for (const { name, served } of versions) {
      if (served !== true || !isMeant({ group, version: name, kind: '' })) continue
      if (objectMeta !== undefined) schemas.add(objectMeta)
      const metadata = schemas.reference(objectMeta?.name ?? '')
      schemas.set(customName(group, name, names?.kind ?? ''), customSchema(custom, name, metadata, version === 2))
    }
  }
  return schemas
}

/** The schema that an operation answers with. */
function answered({ kind }: Operation, { minor, definitions }: DocumentSource, schemas: SchemaCollection) {
  if (kind === undefined) return undefined
  const definition = schemaOf(minor).kind(kind)
  if (definition !== undefined) return schemas.reference(definition.name)
  const isCustom = definitions.some(({ spec }) => spec.group === kind.group && spec.names?.kind === kind.kind)
  return isCustom ? schemas.reference(customName(kind.group, kind.version, kind.kind)) : undefined
}

function operationV2(operation: Operation, source: DocumentSource, schemas: SchemaCollection): OperationV2 {
  const { action, kind, parameters, consumes } = operation
  const schema = answered(operation, source, schemas)
  return {
    consumes,
    parameters: parameters.map((name) => ({ in: 'query', name, type: name === 'force' ? 'boolean' : 'string' })),
    responses: { 200: { description: 'OK', ...(schema === undefined ? {} : { schema }) } },
    'x-kubernetes-action': action,
    ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': kindJson(kind) }),
  }
}

function operationV3(operation: Operation, source: DocumentSource, schemas: SchemaCollection): object {
  const { action, kind, parameters, consumes, method } = operation
  const schema = answered(operation, source, schemas)
  const content = (type: string) => [type, schema === undefined ? {} : { schema }]
  const hasBody = method === 'post' || method === 'put' || method === 'patch'
  return {
    parameters: parameters.map((name) => ({
      in: 'query',
      name,
      schema: { type: name === 'force' ? 'boolean' : 'string' },
    })),
    ...(hasBody ? { requestBody: { content: Object.fromEntries(consumes.map(content)) } } : {}),
    responses: { 200: { description: 'OK', content: Object.fromEntries(['application/json'].map(content)) } },
    'x-kubernetes-action': action,
    ...(kind === undefined ? {} : { 'x-kubernetes-group-version-kind': kindJson(kind) }),
  }
}
