import type { Pod } from '../../../api/types/core.ts'

/** Quality of service class from cpu and memory requests and limits. Source: pkg/apis/core/v1/helper/qos, GetPodQOS. */
export function qosClass(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  if (pod.status?.qosClass !== undefined) return pod.status.qosClass as 'Guaranteed' | 'Burstable' | 'BestEffort'
  let hasAny = false
  let isGuaranteed = true
  for (const { resources } of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    for (const name of ['cpu', 'memory'] as const) {
      const request = nonZero(resources?.requests?.[name])
      const limit = nonZero(resources?.limits?.[name])
      if (request !== undefined || limit !== undefined) hasAny = true
      if (limit === undefined || (request !== undefined && request !== limit)) isGuaranteed = false
    }
  }
  if (!hasAny) return 'BestEffort'
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

function nonZero(quantity: string | undefined): string | undefined {
  return quantity === undefined || /^0+(\.0*)?[a-zA-Z]*$/.test(quantity) ? undefined : quantity
}
