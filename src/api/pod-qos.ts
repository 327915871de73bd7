import { addQuantities, compareQuantities } from './quantity.ts'
import type { PodSpec } from './types/core.ts'

const none: Readonly<Record<string, string>> = {}

/** Quality of service class of a Pod. Source: pkg/apis/core/helper/qos/qos.go, GetPodQOS. */
export function podQosClass(spec: PodSpec): 'BestEffort' | 'Burstable' | 'Guaranteed' {
  const requests = new Map<string, string>()
  const limits = new Map<string, string>()
  let isGuaranteed = true
  for (const containers of [spec.containers ?? [], spec.initContainers ?? []]) {
    for (const { resources } of containers) {
      accumulate(requests, resources?.requests ?? none)
      const limited = accumulate(limits, resources?.limits ?? none)
      if (limited < 2) isGuaranteed = false
    }
  }
  if (requests.size === 0 && limits.size === 0) return 'BestEffort'
  if (!isGuaranteed || requests.size !== limits.size) return 'Burstable'
  for (const [name, amount] of requests) {
    const limit = limits.get(name)
    if (limit === undefined || compareQuantities(limit, amount) !== 0) return 'Burstable'
  }
  return 'Guaranteed'
}

/** Adds amounts of cpu and memory above zero; returns how many of the two there were. */
function accumulate(totals: Map<string, string>, amounts: Readonly<Record<string, string>>): number {
  let found = 0
  for (const name of ['cpu', 'memory']) {
    const amount = Object.hasOwn(amounts, name) ? amounts[name] : undefined
    if (amount === undefined || compareQuantities(amount, '0') <= 0) continue
    found++
    const total = totals.get(name)
    totals.set(name, total === undefined ? amount : addQuantities(amount, total))
  }
  return found
}
