import { disruptionCondition } from '../../../api/disruption.ts'
import { withDisruptionAllowed } from '../../../api/disruptions-allowed.ts'
import { isObject } from '../../../api/json.ts'
import { badRequest, failure, forbiddenStatus, notFoundStatus } from '../../../api/status.ts'
import type { Pod } from '../../../api/types/core.ts'
import type { DeleteOptions, ResourceRef, Status } from '../../../api/types/meta.ts'
import type { PodDisruptionBudget } from '../../../api/types/policy.ts'
import { isEmptySelector, matchesLabelSelector } from '../../../api/validation/label-validation.ts'
import { rfc3339 } from '../../../kernel/calendar.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { controllers } from '../../../versions/controllers.ts'
import type { CallAnswer, RegistryAccess, Subresource, SubresourceCall } from '../strategy.ts'
import { podsOf, success } from './pod-binding.ts'
import { nowMs } from './settings.ts'

/** Where budgets are stored in a version. */
function budgetsOf(minor: number): ResourceRef {
  return {
    group: 'policy',
    version: has(minor, apiServer.budgetsV1) ? 'v1' : 'v1beta1',
    resource: 'poddisruptionbudgets',
  }
}

const budgetName = { group: 'policy', resource: 'poddisruptionbudget' }
/** Source: pkg/registry/core/pod/storage/eviction.go, MaxDisruptedPodSize. */
const disruptedPodsMax = 2000
const tooSoon = "Cannot evict pod as it would violate the pod's disruption budget."

interface Eviction {
  readonly metadata?: { readonly name?: string }
  readonly deleteOptions?: DeleteOptions
}

/** POST pods/x/eviction: a deletion that a disruption budget may refuse. Source: pkg/registry/core/pod/storage/eviction.go. */
export const eviction: Subresource = {
  kind: { group: 'policy', version: 'v1beta1', kind: 'Eviction' },
  handle(call, registry): CallAnswer {
    const body: Eviction = isObject(call.body) ? (call.body as Eviction) : {} // decoded as an Eviction
    if ((body.metadata?.name ?? '') !== call.name) {
      return { ok: false, status: badRequest('name in URL does not match name in Eviction object') }
    }
    const pod = registry.get<Pod>(podsOf(call), call.namespace, call.name)
    if (pod === undefined) return { ok: false, status: notFoundStatus({ group: '', resource: 'pods' }, call.name) }
    const isDryRun = call.dryRun || (body.deleteOptions?.dryRun ?? []).length > 0
    const asked = isDryRun && !call.dryRun ? { ...call, dryRun: true } : call
    const refusal = ignoresBudgets(pod, registry.context.minor) ? undefined : askBudgets(asked, registry, pod)
    if (refusal !== undefined) return { ok: false, status: refusal }
    if (!asked.dryRun) tellDisruption(asked, registry)
    const answer = registry.delete(asked, podsOf(call), call.namespace, call.name, body.deleteOptions ?? {})
    return answer.ok ? { ok: true, code: 201, object: { ...success, code: 201 } } : answer
  },
}

/** Source: pkg/registry/core/pod/storage/eviction.go, addConditionAndDeletePod. */
function tellDisruption(call: SubresourceCall, registry: RegistryAccess): void {
  const { context } = registry
  if (!has(context.minor, controllers.tellsPodsOfDisruptions)) return
  const tell = (pod: Pod): Pod => {
    const condition = disruptionCondition(pod, byEviction, rfc3339(nowMs(context)), context.minor)
    if (condition === undefined) return pod
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== condition.type)
    return { ...pod, status: { ...pod.status, conditions: [...others, condition] } }
  }
  registry.update<Pod>(call, podsOf(call), call.namespace, call.name, tell, 'none')
}

const byEviction = { reason: 'EvictionByEvictionAPI', message: 'Eviction API: evicting' } as const

/** What has ended, has not begun or is going was disrupted already. Source: pkg/registry/core/pod/storage/eviction.go, canIgnorePDB. */
function ignoresBudgets({ metadata, status }: Pod, minor: number): boolean {
  const phase = status?.phase
  if (phase === 'Succeeded' || phase === 'Failed') return true
  const isDisrupted = phase === 'Pending' || metadata.deletionTimestamp !== undefined
  return isDisrupted && has(minor, apiServer.evictsDisruptedPods)
}

/** A Pod that is not ready does not count: while enough others are, nothing is taken from the budget. Source: eviction.go, Create. */
function isBeyondBudget(pod: Pod, { spec, status }: PodDisruptionBudget, minor: number): boolean {
  const isReady = pod.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  if (isReady || !has(minor, apiServer.evictsUnreadyPods)) return false
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow' && has(minor, apiServer.evictsUnreadyPodsByPolicy)) return true
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {}
  return currentHealthy >= desiredHealthy && desiredHealthy > 0
}

/** Source: eviction.go, getPodDisruptionBudgets; v1beta1's knows no budget of a Pod without labels. */
function concerns({ spec }: PodDisruptionBudget, { metadata }: Pod, minor: number): boolean {
  if (isEmptySelector(spec?.selector) && !has(minor, apiServer.emptyBudgetsHoldEvictions)) return false
  if (Object.keys(metadata.labels ?? {}).length === 0 && !has(minor, apiServer.budgetsV1)) return false
  return matchesLabelSelector(spec?.selector, metadata.labels)
}

/** Takes one disruption from the Pod's budget, or tells why not. */
function askBudgets(call: SubresourceCall, registry: RegistryAccess, pod: Pod): Status | undefined {
  const { minor } = registry.context
  const resource = budgetsOf(minor)
  const budgets = registry
    .list<PodDisruptionBudget>(resource, call.namespace)
    .filter((each) => concerns(each, pod, minor))
  if (budgets.length > 1) {
    const message = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.'
    return failure(500, '', message)
  }
  const [budget] = budgets
  if (budget === undefined) return undefined
  if (isBeyondBudget(pod, budget, minor)) return undefined
  const refusal = refusalOf(budget, minor)
  if (refusal !== undefined || call.dryRun) return refusal
  const answer = registry.update<PodDisruptionBudget>(
    call,
    resource,
    call.namespace,
    budget.metadata.name,
    (current) => ({ ...current, status: withOneLess(current.status, pod.metadata.name, registry.context) }),
    'none',
  )
  return answer.ok ? undefined : answer.status
}

/** Source: checkAndDecrement, which tells of the last one. */
function withOneLess(
  status: PodDisruptionBudget['status'],
  podName: string,
  context: RegistryAccess['context'],
): NonNullable<PodDisruptionBudget['status']> {
  const now = rfc3339(nowMs(context))
  const disruptionsAllowed = (status?.disruptionsAllowed ?? 0) - 1
  const next = { ...status, disruptionsAllowed, disruptedPods: { ...status?.disruptedPods, [podName]: now } }
  const tells = disruptionsAllowed === 0 && has(context.minor, controllers.budgetsHaveConditions)
  return tells ? withDisruptionAllowed(next, now) : next
}

/** Source: checkAndDecrement. */
function refusalOf(budget: PodDisruptionBudget, minor: number): Status | undefined {
  const { metadata, status = {} } = budget
  const allowed = status.disruptionsAllowed ?? 0
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    const why = `The disruption budget ${metadata.name} is still being processed by the server.`
    return tooMany(why, has(minor, apiServer.saysWhenToEvictAgain) ? { retryAfterSeconds: 10 } : {})
  }
  if (allowed < 0) return forbiddenStatus(budgetName, metadata.name, 'pdb disruptions allowed is negative')
  if (Object.keys(status.disruptedPods ?? {}).length > disruptedPodsMax) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller'
    return forbiddenStatus(budgetName, metadata.name, why)
  }
  return allowed > 0 ? undefined : tooMany(whyNone(budget, minor))
}

function tooMany(why: string, again: { readonly retryAfterSeconds?: number } = {}): Status {
  return failure(429, 'TooManyRequests', tooSoon, { causes: [{ reason: 'DisruptionBudget', message: why }], ...again })
}

/** Where the sync failed, the numbers are not to be trusted. Source: checkAndDecrement. */
function whyNone({ metadata, status = {} }: PodDisruptionBudget, minor: number): string {
  const { desiredHealthy = 0, currentHealthy = 0, conditions = [] } = status
  const name = `The disruption budget ${metadata.name}`
  const needs = `${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`
  if (!has(minor, apiServer.saysWhyBudgetsForbid)) return needs
  const told = conditions.find((each) => each.type === 'DisruptionAllowed' && each.status === 'False')
  const { reason = '', message = '' } = told ?? {}
  if (message !== '' && reason === 'SyncFailed')
    return `${name} does not allow evicting pods currently because it failed sync: ${message}`
  if (currentHealthy <= desiredHealthy) return needs
  return `${name} does not allow evicting pods currently${message === '' ? '' : ` (${reason}): ${message}`}`
}
