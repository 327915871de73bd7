import { goQuote } from '../objects/field-errors.ts'
import { isObject, member } from '../objects/json.ts'
import type { KubeObject } from '../objects/meta.ts'
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
export function claimError(
  names: readonly string[],
  claimOf: (name: string) => KubeObject | undefined,
): string | undefined {
  for (const name of names) {
    const claim = claimOf(name)
    if (claim === undefined) return `persistentvolumeclaim ${goQuote(name)} not found`
    if (claim.metadata.deletionTimestamp) return `persistentvolumeclaim ${goQuote(name)} is being deleted`
  }
  return undefined
}

/** Whether a claim has no volume yet. */
export function isUnbound(claim: KubeObject): boolean {
  const spec = member(claim, 'spec')
  const volume = isObject(spec) ? member(spec, 'volumeName') : undefined
  return volume === undefined || volume === ''
}
