import type { Discovery, ResourceInfo } from '../../api/schema/discovery.ts'
import { type KindRef, type PathOperation, schemaOf } from '../../api/schema/schema.ts'
import { apiServerFact } from '../version-facts.ts'

/** An operation of a path, as both forms of document need it. */
export interface Operation {
  readonly method: string
  readonly action: string
  readonly kind: KindRef | undefined
  /** Names of query parameters that clients look for. */
  readonly parameters: readonly string[]
  /** Media types of bodies that it takes. */
  readonly consumes: readonly string[]
}

const patchTypes = [
  'application/json-patch+json',
  'application/merge-patch+json',
  'application/strategic-merge-patch+json',
  'application/apply-patch+yaml',
]
const writes: ReadonlySet<string> = new Set(['post', 'put', 'patch', 'delete', 'deletecollection'])

/** All paths that a server has, with their operations, those of custom resources too. */
export function pathsOf(discovery: Discovery, minor: number): ReadonlyMap<string, readonly Operation[]> {
  const paths = new Map<string, readonly Operation[]>()
  for (const [path, operations] of schemaOf(minor).paths)
    paths.set(
      path,
      operations.map((operation) => operationOf(operation, minor, false)),
    )
  for (const info of discovery.resources)
    if (info.singularName !== undefined) for (const [path, made] of customPaths(info, minor)) paths.set(path, made)
  return paths
}

function operationOf({ method, action, kind }: PathOperation, minor: number, isCustom: boolean): Operation {
  const validates = apiServerFact('validatesFields', minor) && action !== 'delete' && action !== 'deletecollection'
  return {
    method,
    action,
    kind,
    parameters: writes.has(action)
      ? ['dryRun', 'fieldManager', ...(validates ? ['fieldValidation'] : []), ...(action === 'patch' ? ['force'] : [])]
      : [],
    consumes: action === 'patch' ? patchTypes.filter((type) => !isCustom || !type.includes('strategic')) : ['*/*'],
  }
}

const collectionActions = [
  ['get', 'list'],
  ['post', 'post'],
  ['delete', 'deletecollection'],
] as const
const objectActions = [
  ['get', 'get'],
  ['put', 'put'],
  ['patch', 'patch'],
  ['delete', 'delete'],
] as const

function customPaths(info: ResourceInfo, minor: number): readonly [string, readonly Operation[]][] {
  const { group, version, resource, kind, namespaced, subresources } = info
  const ref = { group, version, kind }
  const base = `/apis/${group}/${version}/${namespaced ? 'namespaces/{namespace}/' : ''}${resource}`
  const made = (actions: readonly (readonly [method: string, action: string])[]) =>
    actions.map(([method, action]) => operationOf({ method, action, kind: ref }, minor, true))
  const everywhere: [string, readonly Operation[]] = [
    `/apis/${group}/${version}/${resource}`,
    made(collectionActions.slice(0, 1)),
  ]
  return [
    [base, made(collectionActions)],
    [`${base}/{name}`, made(objectActions)],
    ...[...subresources.keys()].map((name): [string, readonly Operation[]] => [
      `${base}/{name}/${name}`,
      made(objectActions.slice(0, 3)),
    ]),
    ...(namespaced ? [everywhere] : []),
  ]
}

/** `{ group, kind, version }`, as extensions of documents have it. */
export function kindJson({ group, version, kind }: KindRef): Readonly<Record<string, string>> {
  return { group, kind, version }
}
