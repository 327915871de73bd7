import { equalJson } from '../../api/json.ts'
import { selectorFromObject } from '../../api/label-selector.ts'
import type { Pod } from '../../api/types/core.ts'
import type { KubeObject, OwnerReference } from '../../api/types/meta.ts'
import type { ControllerRevision, StatefulSetStatus } from '../../api/types/workload-specs.ts'
import { resources } from '../../client/client.ts'
import { keyOf, splitKey } from '../../client/informer.ts'
import { errorText, isAlreadyExists } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import { claim, claimKeys, controllerIndex, orphanKey } from '../claim.ts'
import { type Controller, type ControllerContext, createQueue } from '../controller.ts'
import { controllerOf, eventReference, isPodAvailable, isPodReady, omitZero } from '../objects.ts'
import { cleanUpHistory, constructHistory, statefulSetNaming } from '../revisions.ts'
import { makeMissingClaims } from './claim-maker.ts'
import { ClaimOwners, type TellPod } from './claim-owners.ts'
import {
  type ClaimedSet,
  isRunningAndReady,
  isTerminating,
  minReadyOf,
  newPod,
  nextToUpdate,
  ordinalOf,
  revisionOfPod,
  startOf,
  statefulSetKind,
  templateOf,
} from './replicas.ts'

function isHealthy(pod: Pod | undefined): boolean {
  return pod !== undefined && isRunningAndReady(pod) && !isTerminating(pod)
}

/** Counts that the steps of one sync go on changing. */
interface Counts {
  replicas: number
  ready: number
  available: number
  current: number
  updated: number
}

/**
 * Runs Pods with numbers: one after the other up, one after the other down, each ready before the next.
 * Source: pkg/controller/statefulset/stateful_set_control.go; facts/apiserver.md 8.3.
 */
export function createStatefulSetController(context: ControllerContext): Controller {
  const { kernel, calendar } = context
  const client = context.clientFor('statefulset-controller')
  const recorder = context.recorder('statefulset-controller', 'statefulset-controller')
  const sets = context.informer<ClaimedSet>(resources.statefulSets)
  const pods = context.informer<Pod>(resources.pods)
  const revisions = context.informer<ControllerRevision>(resources.controllerRevisions)
  sets.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer(controllerIndex, claimKeys)
  revisions.addIndexer(controllerIndex, claimKeys)

  /** Source: recordPodEvent. */
  const tell: TellPod = (set, verb, pod, error) => {
    const reason = verb.charAt(0).toUpperCase() + verb.slice(1)
    const word = has(context.minor, controllers.statefulSetsTellInSentences) ? reason : verb
    const done = `${word} Pod ${pod} in StatefulSet ${set.metadata.name}`
    const reference = eventReference(set, statefulSetKind)
    if (error === undefined) recorder.event(reference, 'Normal', `Successful${reason}`, `${done} successful`)
    else {
      const why = typeof error === 'string' ? error : errorText(error)
      recorder.event(reference, 'Warning', `Failed${reason}`, `${done} failed error: ${why}`)
    }
  }

  const claims = has(context.minor, controllers.statefulSetsAwaitClaims)
    ? context.informer<KubeObject>(resources.persistentVolumeClaims)
    : undefined
  const owned = has(context.minor, apiServer.claimsHaveRetentionPolicies) ? claims : undefined
  const owners = new ClaimOwners(client, owned, context.minor, tell)

  const makeClaims = (set: ClaimedSet, pod: Pod) =>
    makeMissingClaims(client, claims, set, pod, (text) =>
      recorder.event(eventReference(set, statefulSetKind), 'Normal', 'SuccessfulCreate', text),
    )

  const create = function* (set: ClaimedSet, pod: Pod): Steps<boolean> {
    const missing = yield* makeClaims(set, pod)
    if (missing !== undefined) tell(set, 'create', pod.metadata.name, missing)
    if (missing !== undefined) return false
    const created = yield* attempt(client.create<Pod>(resources.pods, pod))
    if (!created.ok && isAlreadyExists(created.error)) return false
    if (created.ok && !(yield* owners.own(set, created.value))) return false
    tell(set, 'create', pod.metadata.name, created.ok ? undefined : created.error)
    return created.ok
  }

  /** Of a Pod that is pending. Source: createMissingPersistentVolumeClaims. */
  const completeClaims = function* (set: ClaimedSet, pod: Pod): Steps<boolean> {
    const isDue = has(context.minor, controllers.statefulSetsMakeClaimsAgain)
    return (!isDue || (yield* makeClaims(set, pod)) === undefined) && (yield* owners.own(set, pod))
  }

  const remove = function* (set: ClaimedSet, pod: Pod): Steps<boolean> {
    const { name, namespace = '' } = pod.metadata
    const gone = yield* attempt(client.delete(resources.pods, { namespace, name }))
    tell(set, 'delete', name, gone.ok ? undefined : gone.error)
    return gone.ok
  }

  const claimed = function* <T extends KubeObject>(
    set: ClaimedSet,
    resource: (typeof resources)['pods' | 'controllerRevisions'],
    candidates: readonly T[],
  ): Steps<readonly T[] | undefined> {
    return yield* claim<T>({
      client,
      resource,
      owner: set,
      ownerKind: statefulSetKind,
      ownerResource: resources.statefulSets,
      selector: selectorFromObject(set.spec.selector),
      candidates,
    })
  }

  const isAvailable = (set: ClaimedSet, pod: Pod): boolean =>
    isRunningAndReady(pod) && isPodAvailable(pod, minReadyOf(set, context.minor), calendar.at(kernel.now()))

  /** What a rolling update deletes next. Source: updateStatefulSet, its end. */
  const roll = function* (
    set: ClaimedSet,
    replicas: readonly (Pod | undefined)[],
    update: ControllerRevision,
    counts: Counts,
  ): Steps<boolean> {
    const isInTurn = has(context.minor, controllers.statefulSetsAreUpdatedInTurn)
    if (!isInTurn && has(context.minor, controllers.statefulSetsMayBeUnavailable)) {
      const unavailable = (pod: Pod | undefined) => pod === undefined || isTerminating(pod) || !isAvailable(set, pod)
      for (const pod of nextToUpdate(set, replicas, update, unavailable)) {
        if (!(yield* remove(set, pod))) return false
        counts.current--
      }
      return true
    }
    const partition = set.spec.updateStrategy?.rollingUpdate?.partition ?? 0
    for (let at = replicas.length - 1; at >= partition; at--) {
      const pod = replicas[at]
      if (pod === undefined) return true
      if (revisionOfPod(pod) !== update.metadata.name && !isTerminating(pod)) {
        counts.current--
        return yield* remove(set, pod)
      }
      if (!isHealthy(pod)) return true
    }
    return true
  }

  /** One step at a time, as the original takes them. False: something did not work out. Source: updateStatefulSet. */
  const advance = function* (
    set: ClaimedSet,
    own: readonly Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
    counts: Counts,
  ): Steps<boolean> {
    const { replicas: wanted = 1, podManagementPolicy, updateStrategy } = set.spec
    const start = startOf(set, context.minor)
    const isMonotonic = podManagementPolicy !== 'Parallel'
    const partition = updateStrategy?.rollingUpdate?.partition
    const isCurrent = (pod: Pod) => revisionOfPod(pod) === current.metadata.name
    const isUpdated = (pod: Pod) => revisionOfPod(pod) === update.metadata.name
    const count = (pod: Pod, by: 1 | -1): void => {
      if (isCurrent(pod)) counts.current += by
      if (isUpdated(pod)) counts.updated += by
    }
    const isRolling = updateStrategy?.type !== 'OnDelete'
    const make = (ordinal: number): Pod => {
      const below = partition ?? set.status?.currentReplicas ?? 0
      const isOld = partition === undefined ? isRolling && ordinal < start + below : ordinal < start + below
      const revision = isOld ? current : update
      return newPod(set, ordinal, templateOf(revision), revision.metadata.name, context.minor)
    }
    const byOrdinal = new Map(own.map((pod) => [ordinalOf(pod, set), pod]))
    const replicas = Array.from({ length: wanted }, (_, at) => byOrdinal.get(start + at))
    const condemned = own
      .filter((pod) => ordinalOf(pod, set) < start || ordinalOf(pod, set) >= start + wanted)
      .sort((a, b) => ordinalOf(a, set) - ordinalOf(b, set))
    const firstUnhealthy = [...replicas, ...condemned].find((pod) => !isHealthy(pod))

    for (const [at, pod] of replicas.entries()) {
      let present = pod
      if (present?.status?.phase === 'Failed') {
        const message = `StatefulSet ${keyOf(set)} is recreating failed Pod ${present.metadata.name}`
        recorder.event(eventReference(set, statefulSetKind), 'Warning', 'RecreatingFailedPod', message)
        if (!(yield* remove(set, present))) return false
        count(present, -1)
        counts.replicas--
        present = undefined
      }
      if (present === undefined) {
        const fresh = make(start + at)
        if (owners.isStale(set, fresh)) return true
        if (!(yield* create(set, fresh))) return false
        counts.replicas++
        count(fresh, 1)
        if (isMonotonic) return true
        continue
      }
      if (present.status?.phase === 'Pending' && !(yield* completeClaims(set, present))) return false
      if (isMonotonic && (isTerminating(present) || !isAvailable(set, present))) return true
      if (!(yield* owners.update(set, present))) return false
    }
    for (const pod of condemned) if ((yield* owners.setRight(set, pod)) !== undefined) return false
    for (const pod of condemned.toReversed()) {
      if (isTerminating(pod)) {
        if (isMonotonic) return true
        continue
      }
      if (isMonotonic && !isAvailable(set, pod) && pod !== firstUnhealthy) return true
      if (!(yield* remove(set, pod))) return false
      count(pod, -1)
      if (isMonotonic) return true
    }
    return !isRolling || (yield* roll(set, replicas, update, counts))
  }

  const countPods = (
    set: ClaimedSet,
    own: readonly Pod[],
    current: ControllerRevision,
    update: ControllerRevision,
  ): Counts => {
    const living = own.filter((pod) => !isTerminating(pod))
    const at = ({ metadata }: ControllerRevision) => living.filter((pod) => revisionOfPod(pod) === metadata.name).length
    return {
      replicas: own.length,
      ready: own.filter(isRunningAndReady).length,
      available: own.filter((pod) => isAvailable(set, pod)).length,
      current: at(current),
      updated: at(update),
    }
  }

  const writeStatus = function* (
    set: ClaimedSet,
    counts: Counts,
    current: ControllerRevision,
    update: ControllerRevision,
  ): Steps<boolean> {
    const isRolling = set.spec.updateStrategy?.type !== 'OnDelete'
    const isComplete = isRolling && counts.updated === counts.replicas && counts.ready === counts.replicas
    const status: StatefulSetStatus = {
      ...omitZero({
        observedGeneration: set.metadata.generation ?? 0,
        readyReplicas: counts.ready,
        currentReplicas: isComplete ? counts.updated : counts.current,
        updatedReplicas: counts.updated,
      }),
      replicas: counts.replicas,
      ...(has(context.minor, controllers.statefulSetsCountAvailable) ? { availableReplicas: counts.available } : {}),
      currentRevision: isComplete ? update.metadata.name : current.metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: set.status?.collisionCount ?? 0,
    }
    if (equalJson(status, set.status)) return true
    const next = { ...set, status }
    const written = yield* attempt(client.update<ClaimedSet>(resources.statefulSets, next, { subresource: 'status' }))
    return written.ok
  }

  const { queue, controller } = createQueue({
    context,
    informers: [sets, pods, revisions],
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const set = sets.get(namespace, name)
      if (set === undefined) return 'done'
      const { uid = '' } = set.metadata
      const keys = [uid, orphanKey(namespace)]
      const history = yield* claimed(
        set,
        resources.controllerRevisions,
        keys.flatMap((at) => revisions.byIndex(controllerIndex, at)),
      )
      const candidates = keys
        .flatMap((at) => pods.byIndex(controllerIndex, at))
        .filter((pod) => ordinalOf(pod, set) >= 0)
      const own = yield* claimed(set, resources.pods, candidates)
      if (history === undefined || own === undefined) return 'retry'
      const found = yield* constructHistory(client, set, statefulSetKind, history, statefulSetNaming)
      if (found === undefined) return 'retry'
      const update = found.current
      const current = history.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update
      const counts = countPods(set, own, current, update)
      const isGoing = set.metadata.deletionTimestamp !== undefined
      if (!isGoing && !(yield* advance(set, own, current, update, counts))) return 'retry'
      if (!(yield* writeStatus(set, counts, current, update))) return 'retry'
      // One more look, for clocks that differ. Source: stateful_set.go, syncStatefulSet.
      const minReadySeconds = minReadyOf(set, context.minor)
      if (minReadySeconds > 0 && counts.available !== (set.spec.replicas ?? 1))
        queue.addAfter(key, minReadySeconds * second)
      const used = new Set([current.metadata.name, ...own.map(revisionOfPod)])
      const unused = found.old.filter(({ metadata }) => !used.has(metadata.name))
      const isClean = yield* cleanUpHistory(client, unused, set.spec.revisionHistoryLimit ?? 10, new Set())
      return isClean ? 'done' : 'retry'
    },
  })

  const resolve = (namespace: string | undefined, reference: OwnerReference | undefined): ClaimedSet | undefined => {
    if (reference?.kind !== statefulSetKind.kind) return undefined
    const set = sets.get(namespace, reference.name)
    return set?.metadata.uid === reference.uid ? set : undefined
  }
  const add = (set: ClaimedSet | undefined): void => {
    if (set !== undefined) queue.add(keyOf(set))
  }
  const offer = (pod: Pod): void => {
    const reference = controllerOf(pod)
    if (reference !== undefined) {
      add(resolve(pod.metadata.namespace, reference))
      return
    }
    for (const set of sets.byIndex('namespace', pod.metadata.namespace ?? ''))
      if (selectorFromObject(set.spec.selector).matches(pod.metadata.labels)) add(set)
  }
  sets.addHandler({ add, update: (_old, set) => add(set), delete: add })
  pods.addHandler({
    add: offer,
    update(old, pod) {
      const [was, is] = [controllerOf(old), controllerOf(pod)]
      const set = isPodReady(old) || !isPodReady(pod) ? undefined : resolve(pod.metadata.namespace, is)
      const minReadySeconds = set === undefined ? 0 : minReadyOf(set, context.minor)
      if (set !== undefined && minReadySeconds > 0) queue.addAfter(keyOf(set), (minReadySeconds + 1) * second)
      if (was !== undefined && was.uid !== is?.uid) add(resolve(old.metadata.namespace, was))
      if (is !== undefined || was !== undefined || !equalJson(old.metadata.labels, pod.metadata.labels)) offer(pod)
    },
    delete: (pod) => add(resolve(pod.metadata.namespace, controllerOf(pod))),
  })
  return controller
}
