import {
  type Amounts,
  addAmounts,
  amountOf,
  equalAmounts,
  maskAmounts,
  subtractAmounts,
  withoutZeros,
} from '../../../api/amounts.ts'
import { canonicalQuantity, compareQuantities } from '../../../api/quantity.ts'
import { type QuotaEvaluator, quotaEvaluator, quotaMatches } from '../../../api/quota-usage.ts'
import type { ResourceQuota } from '../../../api/types/limits.ts'
import type { ResourceRef, Status } from '../../../api/types/meta.ts'
import { sortedKeys } from '../../../api/validation/validator.ts'
import type { RegistryContext } from '../../registry/strategy.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../plugin.ts'
import { forbid } from './requests.ts'

const quotas: ResourceRef = { group: '', version: 'v1', resource: 'resourcequotas' }

/**
 * Refuses what a quota of the namespace does not allow, and charges for the rest by writing the quota's status (R2).
 * Quotas are asked in the byte order of their names. Source: plugin/pkg/admission/resourcequota/controller.go.
 */
export const resourceQuotaPlugin: AdmissionPlugin = {
  name: 'ResourceQuota',
  concerns: [{ resource: '*', operations: ['CREATE', 'UPDATE'] }],
  validate(request, lookup, context) {
    const { namespace, subresource, resource, object, operation } = request
    if (namespace === '' || subresource !== '' || object === undefined) return undefined
    if (operation !== 'CREATE' && operation !== 'UPDATE') return undefined
    const known = lookup.list<ResourceQuota>(quotas, namespace)
    if (known.length === 0) return undefined
    const evaluator = quotaEvaluator(resource.group, resource.resource)
    if (evaluator?.operations.has(operation) !== true) return undefined
    const outcome = check(request, evaluator, known, context)
    if ('status' in outcome) return outcome.status
    if (request.dryRun) return undefined
    for (const quota of outcome.charged) lookup.replace?.(quotas, quota)
    return undefined
  },
}

type Outcome = { readonly status: Status } | { readonly charged: readonly ResourceQuota[] }

/** Source: CheckRequest. */
function check(
  request: AdmissionRequest,
  evaluator: QuotaEvaluator,
  known: readonly ResourceQuota[],
  context: RegistryContext,
): Outcome {
  const { object, oldObject, operation } = request
  if (object === undefined) return { charged: [] }
  const interesting: ResourceQuota[] = []
  for (const quota of known) {
    const hard = quota.status?.hard ?? {}
    if (!quotaMatches(evaluator, quota, hard, object)) continue
    const refusal = refusalOf(evaluator, quota, hard, object)
    if (refusal !== undefined) return { status: forbid(request, refusal) }
    interesting.push(quota)
  }
  const now = context.calendar.at(context.kernel.now())
  let delta = evaluator.usage(object, now)
  if (operation === 'UPDATE' && oldObject !== undefined) {
    delta = subtractAmounts(delta, evaluator.usage(oldObject, now))
  }
  delta = withoutZeros(delta)
  if (Object.keys(delta).length === 0) return { charged: [] }
  const charged: ResourceQuota[] = []
  for (const quota of interesting) {
    const hard = quota.status?.hard ?? {}
    const requested = maskAmounts(delta, Object.keys(hard))
    const used = addAmounts(quota.status?.used, requested)
    const exceeded = sortedKeys(requested).filter(
      (name) => compareQuantities(amountOf(used, name) ?? '0', amountOf(hard, name) ?? '0') > 0,
    )
    if (exceeded.length > 0) return { status: forbid(request, exceededText(quota, requested, exceeded)) }
    if (!equalAmounts(quota.status?.used, used)) charged.push({ ...quota, status: { ...quota.status, used } })
  }
  return { charged }
}

function refusalOf(
  evaluator: QuotaEvaluator,
  quota: ResourceQuota,
  hard: Amounts,
  object: NonNullable<AdmissionRequest['object']>,
): string | undefined {
  const { name } = quota.metadata
  const limited = evaluator.matchingResources(Object.keys(hard))
  const constraint = evaluator.constraint(limited, object)
  if (constraint !== undefined) return `failed quota: ${name}: ${constraint}`
  if (limited.every((resource) => amountOf(quota.status?.used, resource) !== undefined)) return undefined
  return `status unknown for quota: ${name}, resources: ${[...limited].sort().join(',')}`
}

function exceededText(quota: ResourceQuota, requested: Amounts, exceeded: readonly string[]): string {
  const print = (amounts: Amounts | undefined) =>
    exceeded
      .filter((name) => amountOf(amounts, name) !== undefined)
      .map((name) => `${name}=${canonicalQuantity(amountOf(amounts, name) ?? '0')}`)
      .join(',')
  return `exceeded quota: ${quota.metadata.name}, requested: ${print(requested)}, used: ${print(quota.status?.used)}, limited: ${print(quota.status?.hard)}`
}
