import type { DeleteOptions, KubeObject, OwnerReference } from '../../api/types/meta.ts'
import type { ObjectKey } from '../../client/client.ts'
import type { InformerHandler } from '../../client/informer.ts'
import { Lru } from '../../client/lru.ts'
import { isConflict, isNotFound } from '../../client/refusals.ts'
import type { Outcome } from '../../client/work-queue.ts'
import { goQuote } from '../../go/quote.ts'
import { attempt, type Steps, sleep } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { type Controller, type ControllerContext, combine, createQueue } from '../controller.ts'
import type { ApiResource } from '../options.ts'
import { type Identity, identityOf, identityText } from './coordinates.ts'
import { createCustomMonitors } from './custom-monitors.ts'
import {
  blockingDependents,
  createGraph,
  foregroundFinalizer,
  type Graph,
  type GraphNode,
  hasFinalizer,
  orphanFinalizer,
} from './graph.ts'

/** Source: garbagecollector.go, ConcurrentGCSyncs default; NewUIDCache(500); operations.go, DefaultBackoff. */
const workers = 20
const absentOwners = 500
const finalizerTries = 5
const finalizerPauseMs = 10

/**
 * Deletes what has owners and none of them exists any more, and carries out foreground deletion and orphaning.
 * Source: pkg/controller/garbagecollector; facts/apiserver.md 7.3.
 */
export function createGarbageCollector(context: ControllerContext): Controller {
  const { options } = context
  const client = context.clientFor('generic-garbage-collector')
  const kinds = new Map(
    options.apiResources.map((resource) => [`${apiVersionOf(resource)}/${resource.kind}`, resource]),
  )
  // Events come and go too often to be watched for owners. Source: graph_builder.go, ignoredResources.
  const watched = options.apiResources.filter(
    ({ group, resource }) => group !== 'events.k8s.io' && resource !== 'events',
  )
  const informers = watched.map((resource) => context.informer<KubeObject>(resource))
  const absent = new Lru<string, true>(absentOwners)

  const comparesCoordinates = has(context.minor, controllers.ownersAreCompared)
  const recorder = context.recorder('generic-garbage-collector', 'garbage-collector-controller')
  const absentKey = (owner: Identity): string => (comparesCoordinates ? identityText(owner) : owner.uid)

  /** Source: graph_builder.go, reportInvalidNamespaceOwnerRef. */
  const tellMisplaced = ({ identity, owners }: GraphNode, ownerUid: string): void => {
    const reference = owners.find(({ uid }) => uid === ownerUid)
    if (reference === undefined) return
    const { kind, apiVersion, name, uid, namespace } = identity
    const about = { kind, ...(namespace === undefined ? {} : { namespace }), name, uid, apiVersion }
    const text = identityText(identityOf(reference, namespace))
    const message = `ownerRef ${text} does not exist in namespace ${goQuote(namespace ?? '')}`
    recorder.event(about, 'Warning', 'OwnerRefInvalidNamespace', message)
  }

  const graph = createGraph(
    {
      delete: (uid) => deleting.queue.add(uid),
      deleteLater: (uid) => deleting.queue.addRateLimited(uid),
      orphan: (uid) => orphaning.queue.add(uid),
      absent: (owner) => absent.set(absentKey(owner), true),
      misplaced: tellMisplaced,
    },
    comparesCoordinates,
  )

  const locate = ({
    apiVersion,
    kind,
    namespace,
    name,
  }: Identity): { readonly resource: ApiResource; readonly key: ObjectKey } | undefined => {
    const resource =
      kinds.get(`${apiVersion}/${kind}`) ??
      otherVersion(options.apiResources, apiVersion, kind) ??
      otherVersion(custom.known(), apiVersion, kind)
    if (resource === undefined) return undefined
    return { resource, key: resource.namespaced && namespace !== undefined ? { namespace, name } : { name } }
  }

  const patch = function* (node: GraphNode, references: readonly object[]): Steps<'done' | 'gone' | 'failed'> {
    const place = locate(node.identity)
    if (place === undefined) return 'failed'
    const body = { metadata: { uid: node.identity.uid, ownerReferences: references } }
    const type = 'application/strategic-merge-patch+json'
    const patched = yield* attempt(client.patch<KubeObject>(place.resource, place.key, type, body))
    return patched.ok ? 'done' : isNotFound(patched.error) ? 'gone' : 'failed'
  }

  const remove = function* (
    { identity }: GraphNode,
    propagationPolicy: NonNullable<DeleteOptions['propagationPolicy']>,
  ): Steps<Outcome> {
    const place = locate(identity)
    if (place === undefined) return 'retry'
    const policy = { propagationPolicy, preconditions: { uid: identity.uid } }
    const gone = yield* attempt(client.delete(place.resource, place.key, policy))
    return gone.ok ? 'done' : 'retry'
  }

  const removeFinalizer = function* ({ identity }: GraphNode, finalizer: string): Steps<Outcome> {
    const place = locate(identity)
    if (place === undefined) return 'retry'
    for (let tries = 1; tries <= finalizerTries; tries++) {
      const live = yield* attempt(client.get<KubeObject>(place.resource, place.key))
      if (!live.ok) return isNotFound(live.error) ? 'done' : 'retry'
      if (!hasFinalizer(live.value, finalizer)) return 'done'
      const { resourceVersion, finalizers = [] } = live.value.metadata
      const body = { metadata: { resourceVersion, finalizers: finalizers.filter((one) => one !== finalizer) } }
      const type = 'application/merge-patch+json'
      const patched = yield* attempt(client.patch<KubeObject>(place.resource, place.key, type, body))
      if (patched.ok || isNotFound(patched.error)) return 'done'
      if (!isConflict(patched.error)) return 'retry'
      yield* sleep(finalizerPauseMs)
    }
    return 'retry'
  }

  type Owner = 'solid' | 'dangling' | 'waiting'
  const judge = function* (
    reference: OwnerReference,
    { identity }: GraphNode,
  ): Steps<Owner | 'unknown' | 'impossible'> {
    const { uid } = reference
    const namespaces = comparesCoordinates ? [undefined, identity.namespace] : [identity.namespace]
    if (namespaces.some((namespace) => absent.get(absentKey(identityOf(reference, namespace))) === true))
      return 'dangling'
    const place = locate(identityOf(reference, identity.namespace))
    if (place === undefined) return 'unknown'
    const { resource, key } = place
    if (comparesCoordinates && resource.namespaced && identity.namespace === undefined) return 'impossible'
    const owner = yield* attempt(client.get<KubeObject>(resource, key))
    if (!owner.ok && !isNotFound(owner.error)) return 'unknown'
    if (!owner.ok || owner.value.metadata.uid !== uid) {
      absent.set(absentKey(identityOf(reference, resource.namespaced ? identity.namespace : undefined)), true)
      return 'dangling'
    }
    const isGoing = owner.value.metadata.deletionTimestamp !== undefined
    return isGoing && hasFinalizer(owner.value, foregroundFinalizer) ? 'waiting' : 'solid'
  }

  /** The owner waits until no dependent blocks it. */
  const finishForeground = function* (node: GraphNode): Steps<Outcome> {
    const blocking = blockingDependents(node)
    if (blocking.length === 0) return yield* removeFinalizer(node, foregroundFinalizer)
    for (const dependent of blocking) if (!dependent.isDeletingDependents) deleting.queue.add(dependent.identity.uid)
    return 'done'
  }

  const collect = function* (node: GraphNode): Steps<Outcome | 'gone'> {
    if (node.isBeingDeleted && !node.isDeletingDependents) return 'done'
    const place = locate(node.identity)
    if (place === undefined) return 'retry'
    const live = yield* attempt(client.get<KubeObject>(place.resource, place.key))
    if (!live.ok && !isNotFound(live.error)) return 'retry'
    if (!live.ok || live.value.metadata.uid !== node.identity.uid) {
      graph.removeSupposed(node.identity)
      return 'gone'
    }
    if (node.isDeletingDependents) return yield* finishForeground(node)
    const references = live.value.metadata.ownerReferences ?? []
    const owners = { solid: 0, unneeded: [] as string[], waiting: 0 }
    for (const reference of references) {
      const verdict = yield* judge(reference, node)
      if (verdict === 'unknown') return 'retry'
      // Cluster-scoped, of a namespaced owner: that will never be otherwise. Source: namespacedOwnerOfClusterScopedObjectErr.
      if (verdict === 'impossible') return 'done'
      if (verdict === 'solid') owners.solid++
      else owners.unneeded.push(reference.uid)
      if (verdict === 'waiting') owners.waiting++
    }
    if (references.length === 0 || (owners.solid > 0 && owners.unneeded.length === 0)) return 'done'
    if (owners.solid > 0) {
      const patched = yield* patch(
        node,
        owners.unneeded.map((uid) => ({ $patch: 'delete', uid })),
      )
      return patched === 'done' ? 'done' : 'retry'
    }
    if (owners.waiting > 0 && node.dependents.size > 0) {
      // A circle of owners that wait for each other would never end: its references stop blocking.
      if ([...node.dependents].some(({ isDeletingDependents }) => isDeletingDependents))
        yield* patch(
          node,
          node.owners.map((owner) => ({ ...owner, blockOwnerDeletion: false })),
        )
      return yield* remove(node, 'Foreground')
    }
    if (hasFinalizer(live.value, orphanFinalizer)) return yield* remove(node, 'Orphan')
    return yield* remove(node, hasFinalizer(live.value, foregroundFinalizer) ? 'Foreground' : 'Background')
  }

  const deleting = createQueue({
    context,
    informers,
    workers,
    *sync(uid) {
      const node = graph.get(uid)
      if (node === undefined) return 'done'
      const outcome = yield* collect(node)
      if (outcome === 'gone') return 'done'
      // Someone that no event has confirmed yet is asked for again.
      return outcome === 'done' && node.isVirtual && graph.get(uid) === node ? 'retry' : outcome
    },
  })
  const orphaning = createQueue({
    context,
    informers,
    workers,
    *sync(uid) {
      const node = graph.get(uid)
      if (node === undefined) return 'done'
      let hasFailed = false
      for (const dependent of node.dependents)
        if ((yield* patch(dependent, [{ $patch: 'delete', uid }])) === 'failed') hasFailed = true
      return hasFailed ? 'retry' : yield* removeFinalizer(node, orphanFinalizer)
    },
  })

  watched.forEach((resource, at) => {
    informers[at]?.addHandler(new KindHandler(graph, resource))
  })
  const custom = createCustomMonitors(context, (resource, informer) => {
    informer.addHandler(new KindHandler(graph, resource))
  })
  return combine(deleting.controller, orphaning.controller, custom.controller)
}

/** Feeds the graph with the objects of one kind. A class, for there is one for each kind that there is. */
class KindHandler implements InformerHandler<KubeObject> {
  readonly #graph: Graph
  readonly #kind: { readonly apiVersion: string; readonly kind: string }

  constructor(graph: Graph, resource: ApiResource) {
    this.#graph = graph
    this.#kind = { apiVersion: apiVersionOf(resource), kind: resource.kind }
  }

  add(object: KubeObject): void {
    this.#graph.update(undefined, object, this.#kind)
  }

  update(old: KubeObject, object: KubeObject): void {
    const { ownerReferences, deletionTimestamp } = object.metadata
    // Most changes change nothing here.
    const isSame = old.metadata.ownerReferences === ownerReferences && old.metadata.uid === object.metadata.uid
    if (isSame && deletionTimestamp === undefined) return
    if (old.metadata.uid !== object.metadata.uid) {
      this.#graph.remove(old.metadata.uid ?? '')
      this.#graph.update(undefined, object, this.#kind)
    } else this.#graph.update(old, object, this.#kind)
  }

  delete(object: KubeObject): void {
    this.#graph.remove(object.metadata.uid ?? '')
  }
}

function apiVersionOf({ group, version }: ApiResource): string {
  return group === '' ? version : `${group}/${version}`
}

/** References may name a version that is served but not preferred. */
function otherVersion(all: readonly ApiResource[], apiVersion: string, kind: string): ApiResource | undefined {
  const slash = apiVersion.indexOf('/')
  const group = slash === -1 ? '' : apiVersion.slice(0, slash)
  return all.find((resource) => resource.group === group && resource.kind === kind)
}
