import { type Amounts, addAmounts, equalAmounts, maskAmounts } from '../api/amounts.ts'
import { type QuotaEvaluator, quotaEvaluator, quotaMatches } from '../api/quota-usage.ts'
import type { ResourceQuota } from '../api/types/limits.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { type Client, resources } from '../client/client.ts'
import { type Informer, keyOf, splitKey } from '../client/informer.ts'
import { attempt } from '../kernel/steps.ts'
import { minute } from '../kernel/time.ts'
import { type Controller, type ControllerContext, combine, createClockwork, createQueue } from './controller.ts'
import { createTicks } from './ticks.ts'

/** Source: cmd/kube-controller-manager/app/options, ResourceQuotaSyncPeriod: all quotas are counted again, those that changed are looked at. */
const resyncMs = 5 * minute

interface Counted {
  readonly evaluator: QuotaEvaluator
  readonly informer: Informer<KubeObject>
}

/**
 * Counts what quotas limit, and counts again when something goes: admission charges what comes.
 * Source: pkg/controller/resourcequota/resource_quota_controller.go.
 */
export function createResourceQuotaController(context: ControllerContext): Controller {
  const { kernel, calendar, options } = context
  const client: Client = context.clientFor('resourcequota-controller')
  const quotas = context.informer<ResourceQuota>(resources.resourceQuotas)
  const counted: Counted[] = []
  for (const resource of options.apiResources) {
    const evaluator = resource.namespaced ? quotaEvaluator(resource.group, resource.resource) : undefined
    // A resource of two groups is counted once.
    if (evaluator === undefined || resource.group === 'events.k8s.io') continue
    const informer = context.informer<KubeObject>(resource)
    informer.addIndexer('namespace', ({ metadata }) => [metadata.namespace ?? ''])
    counted.push({ evaluator, informer })
  }
  const now = () => calendar.at(kernel.now())

  /** Source: pkg/quota/v1/resources.go, CalculateUsage. */
  const usageOf = (quota: ResourceQuota, hard: Amounts): Amounts => {
    const names = Object.keys(hard)
    let used: Amounts = {}
    for (const { evaluator, informer } of counted) {
      const matching = evaluator.matchingResources(names)
      if (matching.length === 0) continue
      let own: Amounts = Object.fromEntries(matching.map((name) => [name, '0']))
      for (const object of informer.byIndex('namespace', quota.metadata.namespace ?? ''))
        if (quotaMatches(evaluator, quota, hard, object))
          own = addAmounts(own, maskAmounts(evaluator.usage(object, now()), matching))
      used = addAmounts(used, own)
    }
    return used
  }

  const { queue, controller } = createQueue({
    context,
    informers: counted.map(({ informer }) => informer),
    *sync(key) {
      const { namespace, name } = splitKey(key)
      const quota = quotas.get(namespace, name)
      if (quota === undefined) return 'done'
      const hard = quota.spec?.hard ?? {}
      const { hard: knownHard, used: knownUsed } = quota.status ?? {}
      // What nobody can count keeps the amount that it had.
      const used = maskAmounts({ ...knownUsed, ...usageOf(quota, hard) }, Object.keys(hard))
      const isSame = knownHard !== undefined && equalAmounts(hard, knownHard)
      if (isSame && knownUsed !== undefined && equalAmounts(used, knownUsed)) return 'done'
      const next: ResourceQuota = { ...quota, status: { hard, used } }
      const written = yield* attempt(
        client.update<ResourceQuota>(resources.resourceQuotas, next, { subresource: 'status' }),
      )
      return written.ok ? 'done' : 'retry'
    },
  })

  quotas.addHandler({
    add: (quota) => queue.add(keyOf(quota)),
    update(old, quota) {
      if (!equalAmounts(old.spec?.hard, quota.spec?.hard)) queue.add(keyOf(quota))
      else if (!equalAmounts(old.status?.used, quota.status?.used)) {
        // Charges of admission change the status only: what was charged for nothing is found at the next resync.
        charged.add(keyOf(quota))
        ticks.request()
      }
    },
  })
  const charged = new Set<string>()
  const clockwork = createClockwork(kernel, [quotas], {
    begin: () => ticks.begin(),
    atRest: () => (charged.size === 0 ? {} : undefined),
    goOnFrom: (_rest: object, beganAt) => ticks.goOnFrom(beganAt),
  })
  const ticks = createTicks(kernel, clockwork, resyncMs, () => {
    for (const key of charged) queue.add(key)
    charged.clear()
  })
  for (const { evaluator, informer } of counted) {
    const replenish = ({ metadata }: KubeObject): void => {
      for (const quota of quotas.byIndex('namespace', metadata.namespace ?? ''))
        if (evaluator.matchingResources(Object.keys(quota.status?.hard ?? {})).length > 0) queue.add(keyOf(quota))
    }
    const costs = (object: KubeObject): boolean => Object.keys(evaluator.usage(object, now())).length > 0
    informer.addHandler({
      update(old, object) {
        if (quotas.size === 0 || quotas.byIndex('namespace', object.metadata.namespace ?? '').length === 0) return
        // A Pod that has ended is free.
        const [before, after] = [evaluator.usage(old, now()), evaluator.usage(object, now())]
        if (costs(old) && !equalAmounts(before, after)) replenish(object)
      },
      delete: replenish,
    })
  }
  return combine(controller, clockwork)
}
