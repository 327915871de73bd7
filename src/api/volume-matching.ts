import { selectorFromObject } from './label-selector.ts'
import { compareQuantities } from './quantity.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from './types/storage.ts'
import { hasAnnotation, volumeAnnotations, withAnnotation } from './volume-annotations.ts'

/**
 * Which volume is for which claim. Source: pkg/controller/volume/persistentvolume/index.go and util/util.go; since v1.21
 * k8s.io/component-helpers storage/volume/pv_helpers.go. Where the original takes any, the bytewise first is taken.
 */

/** Source: pkg/apis/core/v1/helper/helpers.go, GetPersistentVolumeClaimClass and GetPersistentVolumeClass. */
export function classNameOf({ metadata, spec }: PersistentVolumeClaim | PersistentVolume): string {
  return metadata.annotations?.[volumeAnnotations.betaClass] ?? spec?.storageClassName ?? ''
}

/** Whether its claims wait for the first Pod that wants them. Source: IsDelayBindingMode. */
export function delaysBinding(storageClass: StorageClass | undefined): boolean {
  return storageClass?.volumeBindingMode === 'WaitForFirstConsumer'
}

/** Bound to it already, or meant for it by whoever made the volume. Source: IsVolumeBoundToClaim. */
export function isBoundToClaim({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const reference = spec?.claimRef
  if (reference === undefined) return false
  if (reference.name !== metadata.name || reference.namespace !== metadata.namespace) return false
  return !reference.uid || reference.uid === metadata.uid
}

/** How much it asks for. */
export function requestedStorage({ spec }: PersistentVolumeClaim): string {
  return spec?.resources?.requests?.storage ?? '0'
}

/** How much there is of it. */
export function capacityOf({ spec }: PersistentVolume): string {
  return spec?.capacity?.storage ?? '0'
}

/** Source: CheckVolumeModeMismatches. */
export function differsInMode(claim: PersistentVolumeClaim, volume: PersistentVolume): boolean {
  return (claim.spec?.volumeMode ?? 'Filesystem') !== (volume.spec?.volumeMode ?? 'Filesystem')
}

/** Source: CheckAccessModes. */
export function hasAccessModes(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  return (claim.spec?.accessModes ?? []).every((mode) => volume.spec?.accessModes?.includes(mode))
}

/** Who asks, and what is out of question. */
export interface MatchOptions {
  /** Only volumes that are meant for the claim count. */
  readonly delaysBinding: boolean
  /** The scheduler's question: whether a node can reach the volume. Absent: any can. */
  readonly isReachable?: (volume: PersistentVolume) => boolean
  /** Names of volumes that are taken already. */
  readonly taken?: ReadonlySet<string>
}

/**
 * The volume that is meant for the claim, or else the smallest that is large enough. The controller looks among those of the
 * fewest access modes first, the scheduler among all. Source: findByClaim, FindMatchingVolume.
 */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: Iterable<PersistentVolume>,
  options: MatchOptions,
): PersistentVolume | undefined {
  const fits = fitsOf(claim, options)
  const isScheduler = options.isReachable !== undefined
  let best: Candidate | undefined
  for (const volume of volumes) {
    const isMeant = isBoundToClaim(volume, claim)
    if (!fits(volume, isMeant)) continue
    const candidate = { volume, isMeant, modes: isScheduler ? '' : modesKey(volume) }
    if (best === undefined || isBetter(candidate, best)) best = candidate
  }
  if (best === undefined) return undefined
  // A volume that is meant for the claim and out of reach means that the claim is, too.
  return best.isMeant && options.isReachable?.(best.volume) === false ? undefined : best.volume
}

function fitsOf(
  claim: PersistentVolumeClaim,
  options: MatchOptions,
): (volume: PersistentVolume, isMeant: boolean) => boolean {
  const size = requestedStorage(claim)
  const className = classNameOf(claim)
  const selector = claim.spec?.selector === undefined ? undefined : selectorFromObject(claim.spec.selector)
  const onlyMeant = options.delaysBinding && options.isReachable === undefined
  return (volume, isMeant) => {
    if (options.taken?.has(volume.metadata.name) === true || differsInMode(claim, volume)) return false
    if (volume.metadata.deletionTimestamp !== undefined || compareQuantities(capacityOf(volume), size) < 0) return false
    // The scheduler does not compare modes of a volume that is meant for the claim.
    if (isMeant) return options.isReachable !== undefined || hasAccessModes(volume, claim)
    return (
      !onlyMeant &&
      volume.spec?.claimRef === undefined &&
      volume.status?.phase === 'Available' &&
      (selector === undefined || selector.matches(volume.metadata.labels)) &&
      classNameOf(volume) === className &&
      hasAccessModes(volume, claim) &&
      options.isReachable?.(volume) !== false
    )
  }
}

interface Candidate {
  readonly volume: PersistentVolume
  readonly isMeant: boolean
  readonly modes: string
}

function isBetter(one: Candidate, other: Candidate): boolean {
  if (one.modes !== other.modes) return one.modes < other.modes
  if (one.isMeant !== other.isMeant) return one.isMeant
  const size = compareQuantities(capacityOf(one.volume), capacityOf(other.volume))
  return size < 0 || (size === 0 && one.volume.metadata.name < other.volume.metadata.name)
}

/** Fewer modes are less. Source: byAccessModes. */
function modesKey({ spec }: PersistentVolume): string {
  const modes = [...new Set(spec?.accessModes)].sort()
  return `${modes.length} ${modes.join()}`
}

/** The volume with the claim as the one that it is for; the same if it is that already. Source: GetBindVolumeToClaim. */
export function boundVolume(volume: PersistentVolume, claim: PersistentVolumeClaim): PersistentVolume {
  const { name, namespace, uid, resourceVersion } = claim.metadata
  const known = volume.spec?.claimRef
  const isSame = known?.name === name && known.namespace === namespace && known.uid === uid
  const kind = { kind: 'PersistentVolumeClaim', apiVersion: 'v1' }
  const given = Object.entries({ namespace, name, uid, resourceVersion }).filter(([, value]) => value !== undefined)
  const claimRef = { ...kind, ...Object.fromEntries(given) }
  const referring = isSame ? volume : { ...volume, spec: { ...volume.spec, claimRef } }
  if (isBoundToClaim(volume, claim) || hasAnnotation(volume, volumeAnnotations.boundByController)) return referring
  return withAnnotation(referring, volumeAnnotations.boundByController, 'yes')
}
