import { isObject, member } from '../../api/json.ts'
import type { PersistentVolumeClaim } from '../../api/types/storage.ts'
import { goQuote } from '../../go/quote.ts'
import { has } from '../../versions/changes.ts'
import { storage } from '../../versions/storage.ts'
import type { PodFacts } from '../pod-facts.ts'

/** Names of the PersistentVolumeClaims of a Pod, usually none. */
export function claimNames({ pod }: PodFacts): readonly string[] {
  const names: string[] = []
  for (const volume of pod.spec.volumes ?? []) {
    const claim = volume.persistentVolumeClaim
    const name = isObject(claim) ? member(claim, 'claimName') : undefined
    if (typeof name === 'string') names.push(name)
  }
  return names
}

/**
 * Why a Pod's claims keep it from being scheduled, wherever it were, or undefined.
 * Source: pkg/scheduler/core/generic_scheduler.go, podPassesBasicChecks; since v1.20 volumebinding/volume_binding.go, podHasPVCs.
 */
export function claimError(
  names: readonly string[],
  claims: readonly (PersistentVolumeClaim | undefined)[],
  minor: number,
): string | undefined {
  for (let at = 0; at < names.length; at++) {
    const claim = claims[at]
    const name = goQuote(names[at] ?? '')
    if (claim === undefined) return `persistentvolumeclaim ${name} not found`
    if (claim.status?.phase === 'Lost' && has(minor, storage.refusesLostClaims)) {
      const volume = goQuote(claim.spec?.volumeName ?? '')
      return `persistentvolumeclaim ${name} bound to non-existent persistentvolume ${volume}`
    }
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${name} is being deleted`
  }
  return undefined
}
