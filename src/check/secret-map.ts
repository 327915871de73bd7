import type { KubeObject } from '../api/types/meta.ts'
import { compareBytes, objectAt, textAt } from '../go/json.ts'
import { type GivenObject, type ManifestFile, readGiven } from './given.ts'
import { inInstallOrder } from './helm.ts'
import { stripLive } from './live.ts'
import { inMapOrder, type MappedSecret, type SecretUser } from './mapped-secret.ts'
import { checkCall } from './options-schema.ts'
import { otherUsesOf } from './other-uses.ts'
import { keysTaken, podSpecOf } from './references.ts'
import { usesIn } from './remarks/secret-uses.ts'
import type { ObjectName } from './report.ts'
import { objectName } from './words.ts'

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

/** Whether an object of a running cluster can be on the map that users are shown: what its own namespaces hold is not. */
export function isOnMap({ kind, namespace = '' }: { readonly kind: string; readonly namespace?: string }): boolean {
  return kind !== 'Event' && !namespace.startsWith('kube-')
}

/**
 * The map that users of a running cluster are shown: without the tokens that up to v1.23 it makes for accounts by itself,
 * which every Pod mounts (P2). `objects`: those that are `isOnMap`.
 */
export function shownSecretMap(objects: readonly KubeObject[]): readonly MappedSecret[] {
  const accounts = new Set(objects.flatMap(({ kind, metadata }) => (kind === 'ServiceAccount' ? [metadata.name] : [])))
  return clusterSecretMap(objects).filter(({ secret }) => {
    const [, account] = ownToken.exec(secret) ?? []
    return account === undefined || !accounts.has(account)
  })
}

/** `secret default/default-token-x7k2p`. Source of the letters: k8s.io/apimachinery/pkg/util/rand, alphanums. */
const ownToken = /\/(.+)-token-[bcdfghjklmnpqrstvwxz2456789]{5}$/

/**
 * The same map of a cluster that runs, from its objects (`sim.list`): Pods count for what made them, and say on
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
    const keys = keysTaken(reference)
    for (const key of keys ?? []) entry.keys.add(key)
    const user = objectName(given, namespace)
    const { container, way, where, isOptional } = reference
    const nodes = [...new Set(placed.get(user) ?? [])].sort(compareBytes)
    entry.users.push({ user, account: accountOf(given), nodes, container, way, where, keys, isOptional })
  }
  for (const given of objects)
    for (const { name, way } of otherUsesOf(given))
      at(given.namespace || namespace, name).users.push({
        user: objectName(given, namespace),
        account: undefined,
        nodes: [],
        container: undefined,
        way: way === 'tls' ? way : 'account',
        where: '',
        keys: undefined,
        isOptional: true,
      })
  return [...secrets]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([secret, { isGiven, keys, users }]) => ({
      secret,
      isGiven,
      keys: [...keys].sort(compareBytes),
      users: inMapOrder(users),
    }))
}

function accountOf(given: MapObject): string | undefined {
  const pod = podSpecOf(given)
  return pod === undefined ? undefined : textAt(pod.spec, 'serviceAccountName') || 'default'
}
