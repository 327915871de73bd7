import { compareQuantities } from '../../api/quantity.ts'
import type { Node } from '../../api/types/core.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types/storage.ts'
import { hasAnnotation, noProvisioner, volumeAnnotations } from '../../api/volume-annotations.ts'
import { classNameOf, delaysBinding, matchingVolume, requestedStorage } from '../../api/volume-matching.ts'
import { goQuote } from '../../go/quote.ts'
import { has } from '../../versions/changes.ts'
import { storage } from '../../versions/storage.ts'
import { factAt } from '../../versions/version.ts'
import { type Failure, failure, type PreparedFilter } from '../framework.ts'
import { termsMatcher } from '../node-selector.ts'
import { volumeAffinityReason } from '../version-facts.ts'
import type { StorageView } from './storage-view.ts'

/** What is to be done for a Pod's claims on one node before it is bound there. */
export interface VolumeDecision {
  readonly bindings: readonly { readonly claim: PersistentVolumeClaim; readonly volume: PersistentVolume }[]
  /** Claims whose volumes are to be made for that node. */
  readonly provisions: readonly PersistentVolumeClaim[]
}

const nothing: VolumeDecision = { bindings: [], provisions: [] }
const noVolume = failure("node(s) didn't find available persistent volumes to bind", false)
const lostVolume = failure('node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)', false)

/** Source: volumebinding/binder.go, isPVCFullyBound. */
export function isFullyBound(claim: PersistentVolumeClaim): boolean {
  return !!claim.spec?.volumeName && hasAnnotation(claim, volumeAnnotations.bindCompleted)
}

/**
 * The claims of one Pod in one attempt: which nodes they leave it, and what is to be done on each. Up to v1.18
 * pkg/controller/volume/scheduling/scheduler_binder.go, later volumebinding/binder.go, FindPodVolumes.
 */
export class PodClaims implements PreparedFilter {
  /** It has claims that should have been bound before. */
  readonly hasUnbound: boolean
  readonly #view: StorageView
  readonly #minor: number
  readonly #bound: readonly PersistentVolumeClaim[]
  readonly #delayed: readonly PersistentVolumeClaim[]
  readonly #decisions = new Map<string, VolumeDecision>()

  constructor(claims: readonly PersistentVolumeClaim[], view: StorageView, minor: number) {
    const isDelayed = (claim: PersistentVolumeClaim) =>
      !claim.spec?.volumeName && delaysBinding(view.storageClass(classNameOf(claim)))
    const unbound = claims.filter((claim) => !isFullyBound(claim))
    this.#view = view
    this.#minor = minor
    this.#bound = claims.filter(isFullyBound)
    this.#delayed = unbound.filter(isDelayed).sort(bySize)
    this.hasUnbound = this.#delayed.length < unbound.length
  }

  /** Source: getPodVolumes and the checks that come before any node. A text as it ends the attempt. */
  get lostError(): string | undefined {
    if (has(this.#minor, storage.toleratesLostVolumes)) return undefined
    const lost = this.#bound.find(({ spec }) => this.#view.volume(spec?.volumeName ?? '') === undefined)
    return lost && `could not find v1.PersistentVolume ${goQuote(lost.spec?.volumeName ?? '')}`
  }

  filter({ node }: { readonly node: Node | undefined }): Failure | undefined {
    if (node === undefined) return undefined
    const reasons: string[] = []
    const bound = this.#boundFailure(node)
    if (bound !== undefined && bound !== lostVolume) reasons.push(...bound.reasons)
    const decision = this.#decide(node)
    if (decision === undefined) reasons.push(...noVolume.reasons)
    if (bound === lostVolume) reasons.push(...lostVolume.reasons)
    if (reasons.length > 0) return { reasons, isResolvable: false }
    if (decision !== undefined && decision !== nothing) this.#decisions.set(node.metadata.name, decision)
    return undefined
  }

  decision(node: string): VolumeDecision {
    return this.#decisions.get(node) ?? nothing
  }

  /** Source: checkBoundClaims. */
  #boundFailure(node: Node): Failure | undefined {
    for (const { spec } of this.#bound) {
      const volume = this.#view.volume(spec?.volumeName ?? '')
      if (volume === undefined) {
        // Otherwise it is an error of the attempt.
        if (has(this.#minor, storage.toleratesLostVolumes)) return lostVolume
        continue
      }
      if (!isReachable(volume, node)) return failure(factAt(volumeAffinityReason, this.#minor), false)
    }
    return undefined
  }

  /** Undefined: the node has nothing for them. */
  #decide(node: Node): VolumeDecision | undefined {
    if (this.#delayed.length === 0) return nothing
    const taken = new Set<string>()
    const bindings: VolumeDecision['bindings'][number][] = []
    const provisions: PersistentVolumeClaim[] = []
    for (const claim of this.#delayed) {
      const chosen = claim.metadata.annotations?.[volumeAnnotations.selectedNode]
      if (chosen !== undefined && chosen !== node.metadata.name) return undefined
      const volume = chosen === undefined ? this.#match(claim, node, taken) : undefined
      if (volume === undefined) provisions.push(claim)
      else {
        taken.add(volume.metadata.name)
        bindings.push({ claim, volume })
      }
    }
    return provisions.every((claim) => this.#canBeMade(claim, node)) ? { bindings, provisions } : undefined
  }

  #match(claim: PersistentVolumeClaim, node: Node, taken: ReadonlySet<string>): PersistentVolume | undefined {
    const reaches = (volume: PersistentVolume) => isReachable(volume, node)
    return matchingVolume(claim, this.#view.volumes(), { delaysBinding: true, isReachable: reaches, taken })
  }

  /** Source: checkVolumeProvisions. Free space of drivers is not looked at. */
  #canBeMade(claim: PersistentVolumeClaim, node: Node): boolean {
    const storageClass = this.#view.storageClass(classNameOf(claim))
    const { provisioner = '' } = storageClass ?? {}
    return provisioner !== '' && provisioner !== noProvisioner && isAllowed(storageClass, node)
  }
}

function bySize(a: PersistentVolumeClaim, b: PersistentVolumeClaim): number {
  return compareQuantities(requestedStorage(a), requestedStorage(b))
}

/** Source: component-helpers storage/volume/helpers.go, CheckNodeAffinity. */
export function isReachable({ spec }: PersistentVolume, node: Node): boolean {
  const terms = spec?.nodeAffinity?.required?.nodeSelectorTerms
  return terms === undefined || termsMatcher(terms)(node)
}

/** Source: pkg/apis/core/v1/helper/helpers.go, MatchTopologySelectorTerms. */
function isAllowed(storageClass: StorageClass | undefined, { metadata }: Node): boolean {
  const terms = storageClass?.allowedTopologies ?? []
  if (terms.length === 0) return true
  return terms.some(({ matchLabelExpressions: wanted = [] }) =>
    wanted.length === 0 ? false : wanted.every(({ key, values }) => values.includes(metadata.labels?.[key] ?? '')),
  )
}
