import { listAt, objectAt } from '../../go/json.ts'

/** Source: kubectl pkg/util/qos/qos.go, GetPodQOS; only for Pods whose status does not tell. */
export function qosClass(pod: unknown): string {
  const containers = [...listAt(pod, 'spec', 'containers'), ...listAt(pod, 'spec', 'initContainers')]
  let any = false
  let guaranteed = true
  for (const container of containers) {
    const requests = objectAt(container, 'resources', 'requests')
    const limits = objectAt(container, 'resources', 'limits')
    for (const name of ['cpu', 'memory']) {
      if (requests[name] !== undefined || limits[name] !== undefined) any = true
      if (limits[name] === undefined || (requests[name] !== undefined && requests[name] !== limits[name]))
        guaranteed = false
    }
  }
  return any ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort'
}
