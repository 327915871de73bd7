import { equalJson } from '../api/json.ts'
import { type Selector, selectorFromObject, selectorFromSet } from '../api/label-selector.ts'
import type { Pod } from '../api/types/core.ts'
import type { OwnerReference, ResourceRef } from '../api/types/meta.ts'
import type {
  ReplicaSet,
  ReplicaSetStatus,
  ReplicationController,
  WorkloadCondition,
} from '../api/types/workload-specs.ts'
import { type Client, type RequestError, resources } from '../client/client.ts'
import { type Informer, keyOf, splitKey } from '../client/informer.ts'
import { errorText, isNotFound } from '../client/refusals.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { extended } from '../kernel/extended.ts'
import { attempt, type Steps, sleep } from '../kernel/steps.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from './claim.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { Expectations } from './expectations.ts'
import { type ControllerKind, controllerOf, isPodActive, isPodAvailable, isPodReady, omitZero } from './objects.ts'
import { createPodControl, createSlowly, podFromTemplate } from './pod-control.ts'
import { podsToDelete } from './pods-to-delete.ts'

/** Most Pods that one sync creates or deletes. Source: replica_set.go, BurstReplicas. */
const burstReplicas = 500

/** A sync over this many Pods takes time; a choice of the model, near a real controller's. */
const manyPods = 500
const podsPerMs = 250

type Replicated = ReplicaSet | ReplicationController

/** What tells a ReplicaSet from a ReplicationController. */
interface Flavour {
  readonly account: string
  readonly component: string
  readonly kind: ControllerKind
  readonly resource: ResourceRef
  selector(owner: Replicated): Selector
}

/** Source: pkg/controller/replicaset/replica_set.go. */
export function createReplicaSetController(context: ControllerContext): Controller {
  return createReplicaController(context, {
    account: 'replicaset-controller',
    component: 'replicaset-controller',
    kind: { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
    resource: resources.replicaSets,
    selector: (owner) => selectorFromObject((owner as ReplicaSet).spec.selector), // of its own resource
  })
}

/** Source: pkg/controller/replication/replication_controller.go: the same loop over another kind. */
export function createReplicationController(context: ControllerContext): Controller {
  return createReplicaController(context, {
    account: 'replication-controller',
    component: 'replication-controller',
    kind: { apiVersion: 'v1', kind: 'ReplicationController' },
    resource: resources.replicationControllers,
    selector: (owner) => selectorFromSet((owner as ReplicationController).spec.selector), // of its own resource
  })
}

function createReplicaController(context: ControllerContext, flavour: Flavour): Controller {
  const { kernel, calendar } = context
  const { kind, resource } = flavour
  const client = context.clientFor(flavour.account)
  const owners = context.informer<Replicated>(resource)
  const pods = context.informer<Pod>(resources.pods)
  owners.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  owners.addIndexer(controllerIndex, claimKeys)
  pods.addIndexer(controllerIndex, claimKeys)
  const control = createPodControl(client, context.recorder(flavour.account, flavour.component), kind)
  const expectations = new Expectations(kernel)

  const resolve = (namespace: string | undefined, reference: OwnerReference): Replicated | undefined => {
    if (reference.kind !== kind.kind) return undefined
    const owner = owners.get(namespace, reference.name)
    return owner?.metadata.uid === reference.uid ? owner : undefined
  }

  const manageReplicas = function* (
    key: string,
    owner: Replicated,
    active: readonly Pod[],
  ): Steps<RequestError | undefined> {
    const excess = active.length - (owner.spec.replicas ?? 1)
    const count = Math.min(Math.abs(excess), burstReplicas)
    if (excess < 0) {
      expectations.expect(key, count)
      const pod = podFromTemplate(owner.spec.template, owner, kind)
      const { made, error } = yield* createSlowly(control, owner, new Array<object>(count).fill(pod))
      for (let missing = count - made; missing > 0; missing--) expectations.creationObserved(key)
      return error
    }
    if (excess === 0) return undefined
    const order = { related: relatedPods(owner, owners, pods), minor: context.minor, now: calendar.at(kernel.now()) }
    const doomed = podsToDelete(active, count, order)
    expectations.expect(key, 0, doomed.map(keyOf))
    const errors = yield* control.delete(owner, doomed)
    let first: RequestError | undefined
    for (const [at, error] of errors.entries()) {
      const pod = doomed[at]
      if (error === undefined || pod === undefined) continue
      expectations.deletionObserved(key, keyOf(pod))
      if (!isNotFound(error)) first ??= error
    }
    return first
  }

  const { queue, controller } = createQueue({
    context,
    informers: [owners, pods],
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const owner = owners.get(namespace, name)
      if (owner === undefined) {
        expectations.forget(key)
        return 'done'
      }
      const needsSync = expectations.areSatisfied(key)
      const selector = flavour.selector(owner)
      const own = pods.byIndex(controllerIndex, owner.metadata.uid ?? '')
      const orphans = pods.byIndex(controllerIndex, orphanKey(namespace))
      const candidates = [...own, ...orphans].filter(isPodActive)
      const active = yield* claim({
        client,
        resource: resources.pods,
        owner,
        ownerKind: kind,
        ownerResource: resource,
        selector,
        candidates,
      })
      if (active === undefined) return 'retry'
      const isGoing = owner.metadata.deletionTimestamp !== undefined
      const failed = needsSync && !isGoing ? yield* manageReplicas(key, owner, active) : undefined
      const status = replicaStatus(owner, active, failed, calendar.at(kernel.now()))
      const updated = yield* updateStatus(client, resource, owner, status)
      if (updated === undefined) return 'retry'
      // Looking through many Pods takes time, and what changes meanwhile is left to the next sync: so it is in a real
      // controller, and so the cost of a big ReplicaSet grows with time and not with the number of changes.
      if (active.length >= manyPods) yield* sleep(Math.floor(active.length / podsPerMs))
      const { minReadySeconds = 0, replicas = 1 } = updated.spec
      const { readyReplicas = 0, availableReplicas = 0 } = updated.status ?? {}
      if (failed === undefined && minReadySeconds > 0 && readyReplicas === replicas && availableReplicas !== replicas)
        queue.addAfter(key, minReadySeconds * 1000)
      return failed === undefined ? 'done' : 'retry'
    },
  })

  const podGone = (pod: Pod): void => {
    const reference = controllerOf(pod)
    const owner = reference === undefined ? undefined : resolve(pod.metadata.namespace, reference)
    if (owner === undefined) return
    expectations.deletionObserved(keyOf(owner), keyOf(pod))
    queue.add(keyOf(owner))
  }
  const offerOrphan = (pod: Pod): void => {
    for (const owner of owners.byIndex('namespace', pod.metadata.namespace ?? ''))
      if (flavour.selector(owner).matches(pod.metadata.labels)) queue.add(keyOf(owner))
  }
  owners.addHandler({
    add: (owner) => queue.add(keyOf(owner)),
    update: (old, owner) => {
      if (old.metadata.uid !== owner.metadata.uid) expectations.forget(keyOf(old))
      queue.add(keyOf(owner))
    },
    delete: (owner) => {
      expectations.forget(keyOf(owner))
      queue.add(keyOf(owner))
    },
  })
  pods.addHandler({
    add(pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod)
        return
      }
      const reference = controllerOf(pod)
      if (reference === undefined) {
        offerOrphan(pod)
        return
      }
      const owner = resolve(pod.metadata.namespace, reference)
      if (owner === undefined) return
      expectations.creationObserved(keyOf(owner))
      queue.add(keyOf(owner))
    },
    update(old, pod) {
      if (pod.metadata.deletionTimestamp !== undefined) {
        podGone(pod)
        return
      }
      const [was, is] = [controllerOf(old), controllerOf(pod)]
      const hasMoved = was?.uid !== is?.uid
      const former = was !== undefined && hasMoved ? resolve(old.metadata.namespace, was) : undefined
      if (former !== undefined) queue.add(keyOf(former))
      if (is === undefined) {
        if (hasMoved || !equalJson(old.metadata.labels, pod.metadata.labels)) offerOrphan(pod)
        return
      }
      const owner = resolve(pod.metadata.namespace, is)
      if (owner === undefined) return
      queue.add(keyOf(owner))
      const { minReadySeconds = 0 } = owner.spec
      // A second more than the Pod needs, as the original does against skew of clocks.
      if (minReadySeconds > 0 && !isPodReady(old) && isPodReady(pod))
        queue.addAfter(keyOf(owner), (minReadySeconds + 1) * 1000)
    },
    delete: podGone,
  })
  return controller
}

/** Pods of all owners that have the same controller as this one. Source: replica_set.go, getIndirectlyRelatedPods. */
function relatedPods(owner: Replicated, owners: Informer<Replicated>, pods: Informer<Pod>): readonly Pod[] {
  const reference = controllerOf(owner)
  if (reference === undefined) return []
  const siblings = owners.byIndex(controllerIndex, reference.uid)
  return siblings.flatMap(({ metadata }) => pods.byIndex(controllerIndex, metadata.uid ?? ''))
}

/** Source: replica_set_utils.go, calculateStatus. */
function replicaStatus(
  owner: Replicated,
  active: readonly Pod[],
  failed: RequestError | undefined,
  nowEpochMs: number,
): ReplicaSetStatus {
  const template = selectorFromSet(owner.spec.template.metadata?.labels)
  const ready = active.filter(isPodReady)
  const { minReadySeconds = 0, replicas = 1 } = owner.spec
  const available = ready.filter((pod) => isPodAvailable(pod, minReadySeconds, nowEpochMs))
  const conditions = owner.status?.conditions ?? []
  const known = conditions.find(({ type }) => type === 'ReplicaFailure')
  let next: readonly WorkloadCondition[] = conditions
  if (failed !== undefined && known === undefined) {
    const reason = active.length < replicas ? 'FailedCreate' : active.length > replicas ? 'FailedDelete' : ''
    const lastTransitionTime = rfc3339(nowEpochMs)
    const message = errorText(failed)
    next = [...conditions, { type: 'ReplicaFailure', status: 'True', lastTransitionTime, reason, message }]
  } else if (failed === undefined && known !== undefined) next = conditions.filter((condition) => condition !== known)
  return {
    replicas: active.length,
    ...omitZero({
      fullyLabeledReplicas: active.filter(({ metadata }) => template.matches(metadata.labels)).length,
      readyReplicas: ready.length,
      availableReplicas: available.length,
    }),
    ...(next.length === 0 ? {} : { conditions: next }),
  }
}

/** Writes the status if it differs, with one more try. Undefined: it did not work. Source: updateReplicaSetStatus. */
function* updateStatus(
  client: Client,
  resource: ResourceRef,
  owner: Replicated,
  wanted: ReplicaSetStatus,
): Steps<Replicated | undefined> {
  const { observedGeneration, ...known } = owner.status ?? { replicas: 0 }
  const { generation = 0, name, namespace = '' } = owner.metadata
  if (generation === (observedGeneration ?? 0) && equalJson(known, wanted)) return owner
  const status = extended(wanted, omitZero({ observedGeneration: generation }))
  let current = owner
  for (let tries = 1; ; tries++) {
    const next = { ...current, status }
    const updated = yield* attempt(client.update<Replicated>(resource, next, { subresource: 'status' }))
    if (updated.ok) return updated.value
    if (tries > 1) return undefined
    const fresh = yield* attempt(client.get<Replicated>(resource, { namespace, name }))
    if (!fresh.ok) return undefined
    current = fresh.value
  }
}
