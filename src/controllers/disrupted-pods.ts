import { type Disruption, disruptionCondition } from '../api/disruption.ts'
import type { Pod } from '../api/types/core.ts'
import { type Asked, type Client, resources } from '../client/client.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'

/**
 * The request that tells a Pod why it goes, with `more` of its status; undefined where there is nothing to tell, or not
 * in this version. Source: pkg/util/pod/pod.go, PatchPodStatus.
 */
export function disruptionWrite(
  client: Client,
  pod: Pod,
  disruption: Disruption,
  { nowMs, minor }: { readonly nowMs: number; readonly minor: number },
  more: object = {},
): Asked<Pod> | undefined {
  if (!has(minor, controllers.tellsPodsOfDisruptions)) return undefined
  const condition = disruptionCondition(pod, disruption, rfc3339(nowMs), minor)
  if (condition === undefined) return undefined
  const { name, namespace = '', uid = '' } = pod.metadata
  const body = { metadata: { uid }, status: { ...more, conditions: [condition] } }
  const type = 'application/strategic-merge-patch+json'
  return client.patch<Pod>(resources.pods, { namespace, name }, type, body, { subresource: 'status' })
}
