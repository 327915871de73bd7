import { quantityValue } from '../../api/quantity.ts'
import type { Pod } from '../../api/types/core.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types/storage.ts'
import { hasAnnotation, volumeAnnotations, withAnnotation, withoutAnnotation } from '../../api/volume-annotations.ts'
import {
  capacityOf,
  classNameOf,
  delaysBinding,
  differsInMode,
  hasAccessModes,
  isBoundToClaim,
  matchingVolume,
  requestedStorage,
} from '../../api/volume-matching.ts'
import type { Informer } from '../../client/informer.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { storage } from '../../versions/storage.ts'
import { compareText } from '../objects.ts'
import { claimsOfPod, isPodTerminated } from '../volume-protection/claims-of-pods.ts'
import type { Bindings } from './bindings.ts'
import { type Provisioner, provisionerOf } from './in-tree.ts'

const { bindCompleted, boundByController, selectedNode, storageProvisioner, betaStorageProvisioner } = volumeAnnotations

/** What is done with a claim. Source: pv_controller.go, syncClaim. */
export class ClaimSync {
  readonly #bindings: Bindings
  readonly #pods: Informer<Pod>

  constructor(bindings: Bindings, pods: Informer<Pod>) {
    this.#bindings = bindings
    this.#pods = pods
  }

  /** Whether it is as it should be: what is not is looked at again with all others. */
  *sync(claim: PersistentVolumeClaim): Steps<boolean> {
    if (hasAnnotation(claim, bindCompleted)) return yield* this.#syncBound(claim)
    const { volumeName } = claim.spec ?? {}
    if (volumeName) yield* this.#syncWithVolume(claim, volumeName)
    else yield* this.#syncUnbound(claim)
    return false
  }

  /** It wants any volume that fits. Source: syncUnboundClaim. */
  *#syncUnbound(claim: PersistentVolumeClaim): Steps<void> {
    const bindings = this.#bindings
    const isDelayed = delaysBinding(this.#classOf(claim))
    const volume = matchingVolume(claim, bindings.volumes.list(), { delaysBinding: isDelayed })
    if (volume !== undefined) {
      yield* bindings.bind(volume, claim)
      return
    }
    if (yield* this.#giveDefaultClass(claim)) return
    if (isDelayed && !hasAnnotation(claim, selectedNode)) this.#tellWhatItWaitsFor(claim)
    else if (classNameOf(claim) !== '') return yield* this.#provision(claim)
    else {
      const message = 'no persistent volumes available for this claim and no storage class is set'
      bindings.tellClaim(claim, 'Normal', 'FailedBinding', message)
    }
    yield* bindings.setClaimStatus(claim, 'Pending')
  }

  /** It asks for one volume by its name. Source: syncUnboundClaim, its second half. */
  *#syncWithVolume(claim: PersistentVolumeClaim, name: string): Steps<void> {
    const bindings = this.#bindings
    const volume = bindings.volumes.get(undefined, name)
    if (volume !== undefined && volume.spec?.claimRef === undefined) {
      const problem = mismatchOf(volume, claim)
      if (problem === undefined) {
        yield* bindings.bind(volume, claim)
        return
      }
      const message = `Cannot bind to requested volume ${goQuote(name)}: ${problem}`
      bindings.tellClaim(claim, 'Warning', 'VolumeMismatch', message)
    } else if (volume !== undefined && isBoundToClaim(volume, claim)) {
      yield* bindings.bind(volume, claim)
      return
    } else if (volume !== undefined) {
      const message = `volume ${goQuote(name)} already bound to a different claim.`
      const isTold = has(bindings.minor, storage.tellsTakenVolumes)
      if (isTold) bindings.tellClaim(claim, 'Warning', 'FailedBinding', message)
      if (hasAnnotation(claim, boundByController)) return
    }
    yield* bindings.setClaimStatus(claim, 'Pending')
  }

  /** It was bound once. Source: syncBoundClaim. */
  *#syncBound(claim: PersistentVolumeClaim): Steps<boolean> {
    const bindings = this.#bindings
    const { volumeName } = claim.spec ?? {}
    const data = 'Data on the volume is lost!'
    if (!volumeName) {
      return yield* bindings.loseClaim(
        claim,
        'ClaimLost',
        `Bound claim has lost reference to PersistentVolume. ${data}`,
      )
    }
    const volume = bindings.volumes.get(undefined, volumeName)
    if (volume === undefined) {
      return yield* bindings.loseClaim(claim, 'ClaimLost', `Bound claim has lost its PersistentVolume. ${data}`)
    }
    const reference = volume.spec?.claimRef
    if (reference === undefined || reference.uid === claim.metadata.uid) return yield* bindings.bind(volume, claim)
    const message = 'Two claims are bound to the same volume, this one is bound incorrectly'
    return yield* bindings.loseClaim(claim, 'ClaimMisbound', message)
  }

  #classOf(claim: PersistentVolumeClaim): StorageClass | undefined {
    const name = classNameOf(claim)
    return name === '' ? undefined : this.#bindings.classes.get(undefined, name)
  }

  /** Source: assignDefaultStorageClass; pkg/volume/util/storageclass.go, GetDefaultClass: the newest of several. */
  *#giveDefaultClass(claim: PersistentVolumeClaim): Steps<boolean> {
    if (!has(this.#bindings.minor, storage.givesDefaultClassLater)) return false
    const { spec } = claim
    if (spec?.storageClassName !== undefined || hasAnnotation(claim, volumeAnnotations.betaClass)) return false
    const [chosen] = this.#bindings.classes.list().filter(isDefaultClass).sort(newestFirst)
    if (chosen === undefined) return false
    const next = { ...claim, spec: { ...spec, storageClassName: chosen.metadata.name } }
    yield* this.#bindings.writeClaim(next)
    return true
  }

  /** Source: emitEventForUnboundDelayBindingClaim. */
  #tellWhatItWaitsFor(claim: PersistentVolumeClaim): void {
    const pods = has(this.#bindings.minor, storage.tellsWhoseClaimsWait) ? this.#podsWithoutNode(claim) : []
    if (pods.length === 0) {
      const message = 'waiting for first consumer to be created before binding'
      this.#bindings.tellClaim(claim, 'Normal', 'WaitForFirstConsumer', message)
      return
    }
    const message = `waiting for ${pods.length === 1 ? 'pod' : 'pods'} ${pods.join(',')} to be scheduled`
    this.#bindings.tellClaim(claim, 'Normal', 'WaitForPodScheduled', message)
  }

  /** Source: findNonScheduledPodsByPVC. */
  #podsWithoutNode({ metadata }: PersistentVolumeClaim): readonly string[] {
    const waiting = this.#pods.list().filter((pod) => {
      if (pod.metadata.namespace !== metadata.namespace || pod.spec.nodeName || isPodTerminated(pod)) return false
      return claimsOfPod(pod).includes(metadata.name)
    })
    return waiting.map((pod) => pod.metadata.name).sort(compareText)
  }

  /** Source: provisionClaim. */
  *#provision(claim: PersistentVolumeClaim): Steps<void> {
    const name = classNameOf(claim)
    const storageClass = this.#classOf(claim)
    const fail = (message: string) => this.#bindings.tellClaim(claim, 'Warning', 'ProvisioningFailed', message)
    if (storageClass === undefined) return fail(`storageclass.storage.k8s.io ${goQuote(name)} not found`)
    const by = provisionerOf(storageClass.provisioner ?? '', this.#bindings.minor)
    if (by.kind === 'none') return fail(by.error)
    const told = yield* this.#nameProvisioner(claim, storageClass, by)
    if (told === undefined) return
    if (by.kind === 'external')
      return this.#bindings.tellClaim(told, 'Normal', 'ExternalProvisioning', this.#waiting(by.name))
    // The scheduler is to choose again. Source: rescheduleProvisioning.
    if (hasAnnotation(told, selectedNode)) yield* this.#bindings.writeClaim(withoutAnnotation(told, selectedNode))
    fail(`Failed to provision volume with StorageClass ${goQuote(name)}: ${by.error}`)
  }

  /** Source: setClaimProvisioner. */
  *#nameProvisioner(
    claim: PersistentVolumeClaim,
    { provisioner = '' }: StorageClass,
    by: Provisioner,
  ): Steps<PersistentVolumeClaim | undefined> {
    const isStable = has(this.#bindings.minor, storage.provisionersHaveStableNames)
    const name = by.kind === 'external' ? by.name : provisioner
    const key = isStable ? storageProvisioner : betaStorageProvisioner
    if (claim.metadata.annotations?.[key] === name) return claim
    const beta = withAnnotation(claim, betaStorageProvisioner, name)
    const named = isStable ? withAnnotation(beta, storageProvisioner, name) : beta
    return yield* this.#bindings.writeClaim(named)
  }

  /** Source: provisionClaimOperationExternal. */
  #waiting(name: string): string {
    if (!has(this.#bindings.minor, storage.asksToVerifyProvisioners)) {
      return `waiting for a volume to be created, either by external provisioner ${goQuote(name)} or manually created by system administrator`
    }
    return `Waiting for a volume to be created either by the external provisioner '${name}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.`
  }
}

/** Why a claim cannot have the volume that it names. Source: checkVolumeSatisfyClaim. */
function mismatchOf(volume: PersistentVolume, claim: PersistentVolumeClaim): string | undefined {
  const { name, deletionTimestamp } = volume.metadata
  if (deletionTimestamp !== undefined) return `the volume is marked for deletion ${goQuote(name)}`
  if (quantityValue(capacityOf(volume)) < quantityValue(requestedStorage(claim))) return 'requested PV is too small'
  if (classNameOf(volume) !== classNameOf(claim)) return 'storageClassName does not match'
  if (differsInMode(claim, volume)) return 'incompatible volumeMode'
  return hasAccessModes(volume, claim) ? undefined : 'incompatible accessMode'
}

function isDefaultClass({ metadata }: StorageClass): boolean {
  const { defaultClass, betaDefaultClass } = volumeAnnotations
  return [defaultClass, betaDefaultClass].some((key) => metadata.annotations?.[key] === 'true')
}

function newestFirst(a: StorageClass, b: StorageClass): number {
  const [left, right] = [a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '']
  return compareText(right, left) || compareText(a.metadata.name, b.metadata.name)
}
