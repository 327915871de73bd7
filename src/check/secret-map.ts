import type { KubeObject } from '../api/types/meta.ts'
import { compareBytes, isObject, listAt, objectAt, textAt } from '../go/json.ts'
import { type GivenObject, type ManifestFile, readGiven } from './given.ts'
import { inInstallOrder } from './helm.ts'
import { stripLive } from './live.ts'
import { checkCall } from './options-schema.ts'
import { podSpecOf, type ReferenceWay } from './references.ts'
import { usesIn } from './remarks/secret-uses.ts'
import type { ObjectName } from './report.ts'
import { objectName } from './words.ts'

/** One use of a Secret: by whom, how, of which keys. */
export interface SecretUser {
  readonly user: ObjectName
  /** ServiceAccount that the Pods run as; undefined for objects without Pods. */
  readonly account: string | undefined
  /** Where its Pods are, in bytewise order; empty: nowhere, or nobody looked. */
  readonly nodes: readonly string[]
  /** Undefined for what is no container's. */
  readonly container: string | undefined
  readonly way: ReferenceWay | 'tls' | 'account'
  /** Name of the variable, prefix, or mount path. */
  readonly where: string
  /** Undefined: all of them. */
  readonly keys: readonly string[] | undefined
  readonly isOptional: boolean
}

/** A Secret with all that use it. */
export interface MappedSecret {
  readonly secret: ObjectName
  /** Whether it is there; otherwise it is only asked for. */
  readonly isGiven: boolean
  /** Keys that it has, and those that somebody reads, in bytewise order. */
  readonly keys: readonly string[]
  readonly users: readonly SecretUser[]
}

/** What the map needs of an object, wherever it comes from. */
export type MapObject = Pick<GivenObject, 'kind' | 'name' | 'namespace' | 'object'>

export interface MapOptions {
  /** Where objects are that name no namespace. Default `default`. */
  readonly namespace?: string
  /** Nodes of the Pods of each user. */
  readonly placed?: ReadonlyMap<ObjectName, readonly string[]>
}

/** Secrets of manifests, keys, and who uses them how, in the order of namespace and name. Nothing is run. */
export function secretMap(files: readonly ManifestFile[], options: MapOptions = {}): readonly MappedSecret[] {
  checkCall('secretMap', files, options)
  return mapOf(stripLive(inInstallOrder(readGiven(files).objects).objects).objects, options)
}

/**
 * The same map of a cluster that runs, from all of its objects (`sim.list`): Pods count for what made them, and say on
 * which nodes it is.
 */
export function clusterSecretMap(objects: readonly KubeObject[]): readonly MappedSecret[] {
  const byUid = new Map(objects.map((object) => [object.metadata.uid, object]))
  const topOf = (object: KubeObject): KubeObject => {
    const owner = object.metadata.ownerReferences?.find(({ controller }) => controller === true)
    const above = owner === undefined ? undefined : byUid.get(owner.uid)
    return above === undefined ? object : topOf(above)
  }
  const placed = new Map<ObjectName, string[]>()
  for (const pod of objects) {
    const node = pod.kind === 'Pod' ? textAt(pod, 'spec', 'nodeName') : ''
    if (node === '') continue
    const user = objectName(mapObject(topOf(pod)), 'default')
    placed.set(user, [...(placed.get(user) ?? []), node])
  }
  const tops = objects.filter((object) => topOf(object) === object)
  return mapOf(tops.map(mapObject), { placed })
}

function mapObject(object: KubeObject): MapObject {
  const { kind, metadata } = object
  return { kind, name: metadata.name, namespace: metadata.namespace ?? '', object: { ...object } }
}

interface Entry {
  isGiven: boolean
  readonly keys: Set<string>
  readonly users: SecretUser[]
}

function mapOf(
  objects: readonly MapObject[],
  { namespace = 'default', placed = new Map() }: MapOptions,
): readonly MappedSecret[] {
  const secrets = new Map<ObjectName, Entry>()
  const at = (home: string, name: string) => {
    const id = objectName({ kind: 'Secret', namespace: home, name }, namespace)
    const known = secrets.get(id) ?? { isGiven: false, keys: new Set<string>(), users: [] }
    secrets.set(id, known)
    return known
  }
  for (const given of objects) {
    if (given.kind !== 'Secret') continue
    const entry = at(given.namespace || namespace, given.name)
    entry.isGiven = true
    for (const field of ['data', 'stringData'])
      for (const key of Object.keys(objectAt(given.object, field))) entry.keys.add(key)
  }
  for (const { given, namespace: home, reference } of usesIn(objects, namespace)) {
    if (reference.kind !== 'Secret') continue
    const entry = at(home, reference.name)
    for (const key of reference.keys ?? []) entry.keys.add(key)
    const user = objectName(given, namespace)
    const { container, way, where, keys, isOptional } = reference
    const nodes = [...new Set(placed.get(user) ?? [])].sort(compareBytes)
    entry.users.push({ user, account: accountOf(given), nodes, container, way, where, keys, isOptional })
  }
  for (const given of objects)
    for (const { name, way } of otherUses(given))
      at(given.namespace || namespace, name).users.push({
        user: objectName(given, namespace),
        account: undefined,
        nodes: [],
        container: undefined,
        way,
        where: '',
        keys: undefined,
        isOptional: true,
      })
  return [...secrets]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([secret, { isGiven, keys, users }]) => ({ secret, isGiven, keys: [...keys].sort(compareBytes), users }))
}

function accountOf(given: MapObject): string | undefined {
  const pod = podSpecOf(given)
  return pod === undefined ? undefined : textAt(pod.spec, 'serviceAccountName') || 'default'
}

/** Certificates of an Ingress, and what a ServiceAccount hands to its Pods (P2, P4). */
function otherUses({ kind, object }: MapObject): readonly { readonly name: string; readonly way: 'tls' | 'account' }[] {
  if (kind === 'Ingress')
    return listAt(object, 'spec', 'tls').flatMap((tls) =>
      textAt(tls, 'secretName') === '' ? [] : [{ name: textAt(tls, 'secretName'), way: 'tls' }],
    )
  if (kind !== 'ServiceAccount') return []
  const named = [...listAt(object, 'secrets'), ...listAt(object, 'imagePullSecrets')]
  return named.flatMap((each) => (isObject(each) ? [{ name: textAt(each, 'name'), way: 'account' as const }] : []))
}
