import { isObject, member } from '../api/json.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { goQuote } from '../go/quote.ts'
import type { PodFacts } from './pod-facts.ts'

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
 * Why a Pod's claims keep it from being scheduled, or undefined. What volumes ask of nodes is not looked at.
 * Source: pkg/scheduler/core/generic_scheduler.go, podPassesBasicChecks; pkg/controller/volume/scheduling.
 */
export function claimError(names: readonly string[], claims: readonly (KubeObject | undefined)[]): string | undefined {
  for (let at = 0; at < names.length; at++) {
    const claim = claims[at]
    if (claim === undefined) return `persistentvolumeclaim ${goQuote(names[at] ?? '')} not found`
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${goQuote(names[at] ?? '')} is being deleted`
  }
  return undefined
}

/** Whether a claim has no volume yet. */
export function isUnbound(claim: KubeObject | undefined): boolean {
  const spec = claim === undefined ? undefined : member(claim, 'spec')
  const volume = isObject(spec) ? member(spec, 'volumeName') : undefined
  return volume === undefined || volume === ''
}
