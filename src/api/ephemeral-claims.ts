import type { Pod } from './types/core.ts'
import type { KubeObject } from './types/meta.ts'

type PodVolume = NonNullable<Pod['spec']['volumes']>[number]

/**
 * The claim that is made for a volume of a Pod, undefined of other volumes; versions without the kind of volume drop the field.
 * Source: k8s.io/component-helpers/storage/ephemeral/ephemeral.go, VolumeClaimName.
 */
export function ephemeralClaimName({ metadata }: Pod, volume: PodVolume): string | undefined {
  return volume.ephemeral === undefined ? undefined : `${metadata.name}-${volume.name}`
}

/** Whether the claim was made for this very Pod. Source: the same, VolumeIsForPod. */
export function isClaimOfPod(claim: KubeObject, pod: Pod): boolean {
  const controller = claim.metadata.ownerReferences?.find((owner) => owner.controller === true)
  return claim.metadata.namespace === pod.metadata.namespace && controller?.uid === pod.metadata.uid
}

/** What VolumeIsForPod says of any other (v1.23 on). */
export function foreignClaim(claim: KubeObject, { metadata }: Pod): string {
  const [theirs, ours] = [claim.metadata, metadata].map(({ namespace = '', name }) => `${namespace}/${name}`)
  return `PVC ${theirs} was not created for pod ${ours} (pod is not owner)`
}
