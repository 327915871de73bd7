import type { Pod } from '../../api/types/core.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../api/types/storage.ts'
import { hasAnnotation, volumeAnnotations } from '../../api/volume-annotations.ts'
import { differsInMode } from '../../api/volume-matching.ts'
import { resources } from '../../client/client.ts'
import { cacheKey, type Informer } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import { goQuote } from '../../go/quote.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { compareText } from '../objects.ts'
import { claimsOfPod, isPodTerminated } from '../volume-protection/claims-of-pods.ts'
import type { Bindings } from './bindings.ts'
import { deletionOf, isRecyclable } from './in-tree.ts'

const { provisionedBy } = volumeAnnotations

/** What is done with a volume. Source: pv_controller.go, syncVolume. */
export class VolumeSync {
  readonly #bindings: Bindings
  readonly #pods: Informer<Pod>
  readonly #syncClaim: (key: string) => void

  /** `syncClaim` has a claim looked at soon. */
  constructor(bindings: Bindings, pods: Informer<Pod>, syncClaim: (key: string) => void) {
    this.#bindings = bindings
    this.#pods = pods
    this.#syncClaim = syncClaim
  }

  /** Whether it is as it should be: what is not is looked at again with all others. */
  *sync(volume: PersistentVolume): Steps<boolean> {
    const bindings = this.#bindings
    const reference = volume.spec?.claimRef
    if (!reference?.uid) return (yield* bindings.setVolumePhase(volume, 'Available')) !== undefined
    const claim = yield* this.#claimOf(volume)
    if (claim === 'unknown') return false
    if (claim === undefined) return yield* this.#release(volume)
    const { volumeName } = claim.spec ?? {}
    if (!volumeName) return this.#awaitClaim(volume, claim)
    if (volumeName === volume.metadata.name) return (yield* bindings.setVolumePhase(volume, 'Bound')) !== undefined
    // It was made for a claim that has found another meanwhile.
    const isSpare = hasAnnotation(volume, provisionedBy) && policyOf(volume) === 'Delete'
    return isSpare ? yield* this.#release(volume) : yield* bindings.unbind(volume)
  }

  /** Undefined: it is gone, or another has its name. The server is asked where the cache may not have heard of it yet. */
  *#claimOf({ spec, status }: PersistentVolume): Steps<PersistentVolumeClaim | undefined | 'unknown'> {
    const { namespace = '', name = '', uid } = spec?.claimRef ?? {}
    const cached = this.#bindings.claims.get(namespace, name)
    if (cached?.metadata.uid === uid) return cached
    if (status?.phase === 'Released' || status?.phase === 'Failed') return undefined
    const { client } = this.#bindings
    const asked = attempt(client.get<PersistentVolumeClaim>(resources.persistentVolumeClaims, { namespace, name }))
    const live = yield* asked
    if (!live.ok) return isNotFound(live.error) ? undefined : 'unknown'
    return live.value.metadata.uid === uid ? live.value : undefined
  }

  /** The claim is to be bound to it yet. */
  #awaitClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
    const { name, namespace } = claim.metadata
    if (differsInMode(claim, volume)) {
      const toVolume = `requested PersistentVolumeClaim ${goQuote(name)} due to incompatible volumeMode.`
      const toClaim = `PersistentVolume ${goQuote(volume.metadata.name)} to requested PersistentVolumeClaim due to incompatible volumeMode.`
      this.#bindings.tellVolume(volume, 'Warning', 'VolumeMismatch', `Cannot bind PersistentVolume to ${toVolume}`)
      this.#bindings.tellClaim(claim, 'Warning', 'VolumeMismatch', `Cannot bind ${toClaim}`)
      return false
    }
    this.#syncClaim(cacheKey(namespace, name))
    return true
  }

  *#release(volume: PersistentVolume): Steps<boolean> {
    const phase = volume.status?.phase
    const isReleased = phase === 'Released' || phase === 'Failed'
    const released = isReleased ? volume : yield* this.#bindings.setVolumePhase(volume, 'Released')
    return released !== undefined && (yield* this.#reclaim(released))
  }

  /** Source: reclaimVolume. */
  *#reclaim(volume: PersistentVolume): Steps<boolean> {
    if (hasAnnotation(volume, volumeAnnotations.migratedTo)) return true
    switch (policyOf(volume)) {
      case 'Retain':
        return true
      case 'Delete':
        return yield* this.#delete(volume)
      default:
        return yield* this.#recycle(volume)
    }
  }

  /** Source: deleteVolumeOperation. */
  *#delete(volume: PersistentVolume): Steps<boolean> {
    if (volume.metadata.deletionTimestamp !== undefined) return true
    const outcome = deletionOf(volume, this.#bindings.minor)
    if (outcome.kind === 'external') return true
    if (outcome.kind === 'failed') {
      return yield* this.#bindings.failVolume(volume, 'VolumeFailedDelete', outcome.error)
    }
    const { name } = volume.metadata
    const gone = yield* attempt(this.#bindings.client.delete(resources.persistentVolumes, { name }))
    return gone.ok || isNotFound(gone.error)
  }

  /** The Pod that scrubs a volume is not made: it is scrubbed at once. Source: recycleVolumeOperation. */
  *#recycle(volume: PersistentVolume): Steps<boolean> {
    const bindings = this.#bindings
    const users = this.#usersOf(volume)
    if (users.length > 0) {
      bindings.tellVolume(volume, 'Normal', 'VolumeFailedRecycle', `Volume is used by pods: ${users.join(',')}`)
      return false
    }
    if (!isRecyclable(volume)) {
      return yield* bindings.failVolume(volume, 'VolumeFailedRecycle', 'No recycler plugin found for the volume!')
    }
    bindings.tellVolume(volume, 'Normal', 'VolumeRecycled', 'Volume recycled')
    return yield* bindings.unbind(volume)
  }

  /** Pods that go on using the volume of a claim that is gone. Source: isVolumeUsed. */
  #usersOf({ spec }: PersistentVolume): readonly string[] {
    const { namespace = '', name = '' } = spec?.claimRef ?? {}
    if (this.#bindings.claims.get(namespace, name) !== undefined) return []
    return this.#pods
      .list()
      .filter((pod) => pod.metadata.namespace === namespace && !isPodTerminated(pod) && claimsOfPod(pod).includes(name))
      .map((pod) => `${namespace}/${pod.metadata.name}`)
      .sort(compareText)
  }
}

function policyOf({ spec }: PersistentVolume): string {
  return spec?.persistentVolumeReclaimPolicy ?? 'Retain'
}
