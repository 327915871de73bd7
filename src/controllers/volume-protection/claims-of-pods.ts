import { ephemeralClaimName } from '../../api/ephemeral-claims.ts'
import { isObject, member } from '../../api/json.ts'
import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { controllerOf } from '../objects.ts'

type PodVolume = NonNullable<Pod['spec']['volumes']>[number]

/** Names of the claims that a Pod names or that are made for it. Source: pvc_protection_controller.go, enqueuePVCs. */
export function claimsOfPod(pod: Pod): readonly string[] {
  return (pod.spec.volumes ?? []).flatMap((volume) => claimOf(volume) ?? ephemeralClaimName(pod, volume) ?? [])
}

/** A Pod without a node uses nothing yet: no kubelet starts it with a claim that is deleted. Source: podUsesPVC. */
export function podUsesClaim(pod: Pod, claim: KubeObject): boolean {
  const { name, namespace } = claim.metadata
  if (!pod.spec.nodeName || pod.metadata.namespace !== namespace) return false
  return (pod.spec.volumes ?? []).some((volume) => {
    if (claimOf(volume) === name) return true
    const isForPod = controllerOf(claim)?.uid === pod.metadata.uid
    return ephemeralClaimName(pod, volume) === name && isForPod && !isPodShutDown(pod)
  })
}

/** Source: pkg/volume/util/util.go, IsPodTerminated. */
export function isPodTerminated({ metadata, status }: Pod): boolean {
  if (status?.phase === 'Failed' || status?.phase === 'Succeeded') return true
  const containers = status?.containerStatuses ?? []
  return (
    metadata.deletionTimestamp !== undefined && containers.every(({ state }) => state?.terminated ?? state?.waiting)
  )
}

/** The kubelet is through with it, or it was deleted by force. Source: podIsShutDown. */
function isPodShutDown({ metadata }: Pod): boolean {
  return metadata.deletionTimestamp !== undefined && metadata.deletionGracePeriodSeconds === 0
}

function claimOf({ persistentVolumeClaim }: PodVolume): string | undefined {
  const name = isObject(persistentVolumeClaim) ? member(persistentVolumeClaim, 'claimName') : undefined
  return typeof name === 'string' ? name : undefined
}
