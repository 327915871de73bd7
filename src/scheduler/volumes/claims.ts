import { ephemeralClaimName, foreignClaim, isClaimOfPod } from '../../api/ephemeral-claims.ts'
import { isObject, member } from '../../api/json.ts'
import type { PersistentVolumeClaim } from '../../api/types/storage.ts'
import { goQuote } from '../../go/quote.ts'
import { has } from '../../versions/changes.ts'
import { storage } from '../../versions/storage.ts'
import type { PodFacts } from '../pod-facts.ts'

/** A PersistentVolumeClaim that a Pod names, or that is made for a volume of it. */
export interface ClaimOfPod {
  readonly name: string
  readonly isEphemeral: boolean
}

/** The PersistentVolumeClaims of a Pod, usually none. */
export function claimsOf({ pod }: PodFacts): readonly ClaimOfPod[] {
  const found: ClaimOfPod[] = []
  for (const volume of pod.spec.volumes ?? []) {
    const claim = volume.persistentVolumeClaim
    const name = isObject(claim) ? member(claim, 'claimName') : undefined
    const made = ephemeralClaimName(pod, volume)
    if (typeof name === 'string') found.push({ name, isEphemeral: false })
    else if (made !== undefined) found.push({ name: made, isEphemeral: true })
  }
  return found
}

/**
 * Why a Pod's claims keep it from being scheduled, wherever it were, or undefined.
 * Source: pkg/scheduler/core/generic_scheduler.go, podPassesBasicChecks; since v1.20 volumebinding/volume_binding.go, podHasPVCs.
 */
export function claimError(
  { pod }: PodFacts,
  asked: readonly ClaimOfPod[],
  claims: readonly (PersistentVolumeClaim | undefined)[],
  minor: number,
): string | undefined {
  for (const [at, { name, isEphemeral }] of asked.entries()) {
    const claim = claims[at]
    const quoted = goQuote(name)
    const isToldWhose = isEphemeral && has(minor, storage.tellsWhoseEphemeralClaims)
    if (claim === undefined && isToldWhose)
      return `waiting for ephemeral volume controller to create the persistentvolumeclaim ${quoted}`
    if (claim === undefined) return `persistentvolumeclaim ${quoted} not found`
    if (claim.status?.phase === 'Lost' && has(minor, storage.refusesLostClaims)) {
      const volume = goQuote(claim.spec?.volumeName ?? '')
      return `persistentvolumeclaim ${quoted} bound to non-existent persistentvolume ${volume}`
    }
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${quoted} is being deleted`
    if (isEphemeral && !isClaimOfPod(claim, pod))
      return isToldWhose ? foreignClaim(claim, pod) : `persistentvolumeclaim ${quoted} was not created for the pod`
  }
  return undefined
}
