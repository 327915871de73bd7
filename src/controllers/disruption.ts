import { isDisruptionAllowedTold, withDisruptionAllowed } from '../api/disruptions-allowed.ts'
import { equalJson } from '../api/json.ts'
import { selectorFromObject } from '../api/label-selector.ts'
import type { Pod } from '../api/types/core.ts'
import type { OwnerReference } from '../api/types/meta.ts'
import type { PodDisruptionBudget } from '../api/types/policy.ts'
import type { Deployment, ReplicaSet, ReplicationController, StatefulSet } from '../api/types/workload-specs.ts'
import { resources } from '../client/client.ts'
import { keyOf, splitKey } from '../client/informer.ts'
import { isConflict, isNotFound } from '../client/refusals.ts'
import type { Outcome } from '../client/work-queue.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { attempt, type Steps } from '../kernel/steps.ts'
import { minute } from '../kernel/time.ts'
import { apiServer } from '../versions/api-server.ts'
import { has } from '../versions/changes.ts'
import { controllers as controllerRows } from '../versions/controllers.ts'
import { type Controller, type ControllerContext, createQueue } from './controller.ts'
import { scaledValue } from './deployment/arithmetic.ts'
import { controllerOf, epochOf, eventReference, isPodReady, podCondition } from './objects.ts'

/** How long an evicted Pod may take to be deleted. Source: pkg/controller/disruption/disruption.go, DeletionTimeout. */
const deletionTimeoutMs = 2 * minute

type Counted =
  | { readonly expected: number; readonly desired: number }
  | { readonly problem: string; readonly reason: string }

/** Says how many Pods may be evicted. Source: pkg/controller/disruption/disruption.go. */
export function createDisruptionController(context: ControllerContext): Controller {
  const { kernel, calendar, minor } = context
  const version = has(minor, apiServer.budgetsV1) ? 'v1' : 'v1beta1'
  const resource = { group: 'policy', version, resource: 'poddisruptionbudgets' }
  const kind = { apiVersion: `policy/${version}`, kind: 'PodDisruptionBudget' }
  const client = context.clientFor('disruption-controller')
  const recorder = context.recorder('disruption-controller', 'controllermanager')
  const budgets = context.informer<PodDisruptionBudget>(resource)
  const pods = context.informer<Pod>(resources.pods)
  const replicaSets = context.informer<ReplicaSet>(resources.replicaSets)
  const deployments = context.informer<Deployment>(resources.deployments)
  const statefulSets = context.informer<StatefulSet>(resources.statefulSets)
  const controllers = context.informer<ReplicationController>(resources.replicationControllers)
  budgets.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
  pods.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])

  const tellsAllowed = has(minor, controllerRows.budgetsHaveConditions)
  const now = (): string => rfc3339(calendar.at(kernel.now()))
  const tell = (budget: PodDisruptionBudget, type: 'Normal' | 'Warning', reason: string, message: string): void =>
    recorder.event(eventReference(budget, kind), type, reason, message)

  /** The size that a Pod's controller wants: that of its Deployment, if it has one. */
  const scaleOf = (namespace: string, reference: OwnerReference): readonly [uid: string, size: number] | undefined => {
    const { kind: of, name, uid } = reference
    const found = <T extends ReplicaSet | Deployment | StatefulSet | ReplicationController>(owner: T | undefined) =>
      owner?.metadata.uid === uid ? ([uid, owner.spec.replicas ?? 1] as const) : undefined
    switch (of) {
      case 'ReplicaSet': {
        const set = replicaSets.get(namespace, name)
        const above = set?.metadata.uid === uid ? controllerOf(set) : undefined
        return above?.kind === 'Deployment' ? scaleOf(namespace, above) : found(set)
      }
      case 'Deployment':
        return found(deployments.get(namespace, name))
      case 'StatefulSet':
        return found(statefulSets.get(namespace, name))
      case 'ReplicationController':
        return found(controllers.get(namespace, name))
      default:
        return undefined
    }
  }

  /** Source: getExpectedPodCount, getExpectedScale. */
  const count = ({ spec, metadata }: PodDisruptionBudget, selected: readonly Pod[]): Counted => {
    const { minAvailable, maxUnavailable } = spec ?? {}
    if (maxUnavailable === undefined && typeof minAvailable === 'number')
      return { expected: selected.length, desired: minAvailable }
    const scales = new Map<string, number>()
    for (const pod of selected) {
      const reference = controllerOf(pod)
      const { name } = pod.metadata
      if (reference === undefined && has(minor, controllerRows.budgetsPassOverStrays)) continue
      if (reference === undefined)
        return { problem: `found no controller ref for pod "${name}"`, reason: 'NoControllerRef' }
      const scale = scaleOf(metadata.namespace ?? '', reference)
      if (scale === undefined) return { problem: `found no controllers for pod "${name}"`, reason: 'NoControllers' }
      scales.set(...scale)
    }
    const expected = [...scales.values()].reduce((sum, size) => sum + size, 0)
    if (maxUnavailable !== undefined)
      return { expected, desired: Math.max(0, expected - scaledValue(maxUnavailable, expected, true)) }
    return { expected, desired: scaledValue(minAvailable, expected, true) }
  }

  /** Pods that were evicted and are still there; what is left of their time. Source: buildDisruptedPodMap. */
  const stillDisrupted = (budget: PodDisruptionBudget, selected: readonly Pod[]) => {
    const now = calendar.at(kernel.now())
    const left: Record<string, string> = {}
    let recheckMs: number | undefined
    for (const pod of selected) {
      const at = budget.status?.disruptedPods?.[pod.metadata.name]
      if (at === undefined || pod.metadata.deletionTimestamp !== undefined) continue
      const leftMs = (epochOf(at) ?? 0) + deletionTimeoutMs - now
      const { namespace } = budget.metadata
      if (leftMs < 0) {
        const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`
        recorder.event(eventReference(pod, { apiVersion: 'v1', kind: 'Pod' }), 'Warning', 'NotDeleted', message)
      } else {
        left[pod.metadata.name] = at
        recheckMs = Math.min(recheckMs ?? leftMs, leftMs)
      }
    }
    return { left, recheckMs }
  }

  const write = function* (budget: PodDisruptionBudget, status: PodDisruptionBudget['status']): Steps<Outcome> {
    const next = { ...budget, status: status ?? {} }
    const written = yield* attempt(client.update<PodDisruptionBudget>(resource, next, { subresource: 'status' }))
    return written.ok || isNotFound(written.error) ? 'done' : isConflict(written.error) ? 'retry' : 'done'
  }

  const { queue, controller } = createQueue({
    context,
    informers: [budgets, pods, replicaSets, deployments, statefulSets, controllers],
    workers: 1,
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const budget = budgets.get(namespace, name)
      if (budget === undefined) return 'done'
      const selected = podsOf(budget)
      if (selected.length === 0) tell(budget, 'Normal', 'NoPods', 'No matching pods found')
      const counted = count(budget, selected)
      if ('problem' in counted) {
        tell(budget, 'Warning', counted.reason, counted.problem)
        const text = `Failed to calculate the number of expected pods: ${counted.problem}`
        tell(budget, 'Warning', 'CalculateExpectedPodCountFailed', text)
        // To be safe nothing may be evicted.
        const status = { ...budget.status, disruptionsAllowed: 0 }
        const told = tellsAllowed ? withDisruptionAllowed(status, now(), counted.problem) : status
        const isSame = tellsAllowed ? equalJson(told, budget.status) : (budget.status?.disruptionsAllowed ?? 0) === 0
        return isSame ? 'done' : yield* write(budget, told)
      }
      const { left, recheckMs } = stillDisrupted(budget, selected)
      if (recheckMs !== undefined) queue.addAfter(key, recheckMs + 1)
      const healthy = selected.filter(
        (pod) =>
          isPodReady(pod) && pod.metadata.deletionTimestamp === undefined && left[pod.metadata.name] === undefined,
      ).length
      const { expected, desired } = counted
      const counts = {
        ...(Object.keys(left).length === 0 ? {} : { disruptedPods: left }),
        disruptionsAllowed: expected <= 0 ? 0 : Math.max(0, healthy - desired),
        currentHealthy: healthy,
        desiredHealthy: desired,
        expectedPods: expected,
        observedGeneration: budget.metadata.generation ?? 0,
      }
      const { conditions, ...before } = budget.status ?? {}
      if (equalJson(counts, before) && (!tellsAllowed || isDisruptionAllowedTold(budget))) return 'done'
      const status = conditions === undefined ? counts : { ...counts, conditions }
      return yield* write(budget, tellsAllowed ? withDisruptionAllowed(status, now()) : status)
    },
  })

  const podsOf = ({ metadata, spec }: PodDisruptionBudget): readonly Pod[] => {
    const { matchLabels = {}, matchExpressions = [] } = spec?.selector ?? {}
    const isEmpty = Object.keys(matchLabels).length === 0 && matchExpressions.length === 0
    // An empty selector selected nothing until policy/v1.
    if (isEmpty && (!has(minor, apiServer.budgetsV1) || spec?.selector === undefined)) return []
    const selector = selectorFromObject(spec?.selector)
    return pods.byIndex('namespace', metadata.namespace ?? '').filter((pod) => selector.matches(pod.metadata.labels))
  }
  const add = (budget: PodDisruptionBudget): void => queue.add(keyOf(budget))
  const tellOf = ({ metadata }: Pod): void => {
    for (const budget of budgets.byIndex('namespace', metadata.namespace ?? ''))
      if (selectorFromObject(budget.spec?.selector).matches(metadata.labels)) add(budget)
  }
  budgets.addHandler({ add, update: (_old, budget) => add(budget) })
  pods.addHandler({
    add: tellOf,
    update(old, pod) {
      const isSame =
        podCondition(old, 'Ready')?.status === podCondition(pod, 'Ready')?.status &&
        old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp &&
        old.metadata.labels === pod.metadata.labels
      if (!isSame) tellOf(pod)
    },
    delete: tellOf,
  })
  return controller
}
