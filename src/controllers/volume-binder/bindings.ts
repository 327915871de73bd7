import { equalJson } from '../../api/json.ts'
import { compareQuantities } from '../../api/quantity.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types/storage.ts'
import { hasAnnotation, volumeAnnotations, withAnnotation, withoutAnnotation } from '../../api/volume-annotations.ts'
import { boundVolume, capacityOf } from '../../api/volume-matching.ts'
import { type Client, resources } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { Informer } from '../../client/informer.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import type { ControllerContext } from '../controller.ts'
import { eventReference } from '../objects.ts'
import { OwnCache } from './own-cache.ts'

const { boundByController, bindCompleted } = volumeAnnotations
const claimKind = { apiVersion: 'v1', kind: 'PersistentVolumeClaim' } as const
const volumeKind = { apiVersion: 'v1', kind: 'PersistentVolume' } as const

/** What both halves of the controller share: its caches, and what it writes. Source: pv_controller.go. */
export class Bindings {
  readonly claims: OwnCache<PersistentVolumeClaim>
  readonly volumes: OwnCache<PersistentVolume>
  readonly classes: Informer<StorageClass>
  readonly client: Client
  readonly minor: number
  readonly #recorder: EventRecorder

  constructor(context: ControllerContext) {
    this.claims = new OwnCache(context.informer<PersistentVolumeClaim>(resources.persistentVolumeClaims))
    this.volumes = new OwnCache(context.informer<PersistentVolume>(resources.persistentVolumes))
    this.classes = context.informer<StorageClass>(resources.storageClasses)
    this.client = context.clientFor('persistent-volume-binder')
    this.minor = context.minor
    this.#recorder = context.recorder('persistent-volume-binder', 'persistentvolume-controller')
  }

  tellClaim(claim: PersistentVolumeClaim, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(eventReference(claim, claimKind), type, reason, message)
  }

  tellVolume(volume: PersistentVolume, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#recorder.event(eventReference(volume, volumeKind), type, reason, message)
  }

  /** Nothing more is told of it. */
  forget({ metadata }: KubeObject): void {
    this.#recorder.forget(metadata.uid ?? '')
  }

  /** Undefined: it was not taken. What wants to go on is tried again with the next news or the next look at all. */
  *writeClaim(claim: PersistentVolumeClaim, subresource?: 'status'): Steps<PersistentVolumeClaim | undefined> {
    const options = subresource === undefined ? {} : { subresource }
    const reply = yield* attempt(this.client.update(resources.persistentVolumeClaims, claim, options))
    if (!reply.ok) return undefined
    this.claims.store(reply.value)
    return reply.value
  }

  *#writeVolume(volume: PersistentVolume, subresource?: 'status'): Steps<PersistentVolume | undefined> {
    const options = subresource === undefined ? {} : { subresource }
    const reply = yield* attempt(this.client.update(resources.persistentVolumes, volume, options))
    if (!reply.ok) return undefined
    this.volumes.store(reply.value)
    return reply.value
  }

  /** The volume first, then the claim; both are marked as bound. Source: bind. */
  *bind(found: PersistentVolume, wanting: PersistentVolumeClaim): Steps<boolean> {
    const taken = yield* this.#bindVolumeToClaim(found, wanting)
    const volume = taken && (yield* this.setVolumePhase(taken, 'Bound'))
    const claim = volume && (yield* this.#bindClaimToVolume(wanting, volume))
    return claim !== undefined && (yield* this.setClaimStatus(claim, 'Bound', volume)) !== undefined
  }

  /** Source: bindVolumeToClaim; GetBindVolumeToClaim. */
  *#bindVolumeToClaim(volume: PersistentVolume, claim: PersistentVolumeClaim): Steps<PersistentVolume | undefined> {
    const next = boundVolume(volume, claim)
    return next === volume ? volume : yield* this.#writeVolume(next)
  }

  /** Source: bindClaimToVolume. */
  *#bindClaimToVolume(
    claim: PersistentVolumeClaim,
    volume: PersistentVolume,
  ): Steps<PersistentVolumeClaim | undefined> {
    const volumeName = volume.metadata.name
    const isNew = claim.spec?.volumeName !== volumeName
    const named = isNew ? { ...claim, spec: { ...claim.spec, volumeName } } : claim
    const chosen =
      isNew && !hasAnnotation(claim, boundByController) ? withAnnotation(named, boundByController, 'yes') : named
    const next = hasAnnotation(claim, bindCompleted) ? chosen : withAnnotation(chosen, bindCompleted, 'yes')
    return next === claim ? claim : yield* this.writeClaim(next)
  }

  /** Source: updateClaimStatus. */
  *setClaimStatus(
    claim: PersistentVolumeClaim,
    phase: string,
    volume?: PersistentVolume,
  ): Steps<PersistentVolumeClaim | undefined> {
    const next = withClaimStatus(claim, phase, volume)
    return next === claim ? claim : yield* this.writeClaim(next, 'status')
  }

  /** The event is about a change that was saved. Source: updateClaimStatusWithEvent. */
  *loseClaim(claim: PersistentVolumeClaim, reason: string, message: string): Steps<boolean> {
    if (claim.status?.phase === 'Lost') return true
    const lost = yield* this.setClaimStatus(claim, 'Lost')
    if (lost !== undefined) this.tellClaim(lost, 'Warning', reason, message)
    return lost !== undefined
  }

  /** Source: updateVolumePhase. */
  *setVolumePhase(volume: PersistentVolume, phase: string, message = ''): Steps<PersistentVolume | undefined> {
    if (volume.status?.phase === phase) return volume
    const { message: _, ...status } = volume.status ?? {}
    const next = { ...volume, status: { ...status, phase, ...(message === '' ? {} : { message }) } }
    return yield* this.#writeVolume(next, 'status')
  }

  /** Source: updateVolumePhaseWithEvent. */
  *failVolume(volume: PersistentVolume, reason: string, message: string): Steps<boolean> {
    if (volume.status?.phase === 'Failed') return true
    const failed = yield* this.setVolumePhase(volume, 'Failed', message)
    if (failed !== undefined) this.tellVolume(failed, 'Warning', reason, message)
    return failed !== undefined
  }

  /** Whoever made a volume for one claim keeps it for that name. Source: unbindVolume. */
  *unbind(volume: PersistentVolume): Steps<boolean> {
    const { claimRef, ...spec } = volume.spec ?? {}
    const { uid: _, ...reference } = claimRef ?? {}
    const next = hasAnnotation(volume, boundByController)
      ? withoutAnnotation({ ...volume, spec }, boundByController)
      : { ...volume, spec: { ...spec, claimRef: reference } }
    const free = yield* this.#writeVolume(next)
    return free !== undefined && (yield* this.setVolumePhase(free, 'Available')) !== undefined
  }
}

function withClaimStatus(
  claim: PersistentVolumeClaim,
  phase: string,
  volume: PersistentVolume | undefined,
): PersistentVolumeClaim {
  const { accessModes, capacity, ...others } = claim.status ?? {}
  const isNew = claim.status?.phase !== phase
  if (volume === undefined) {
    const isRight = !isNew && accessModes === undefined && capacity === undefined
    return isRight ? claim : { ...claim, status: { ...others, phase } }
  }
  const modes = volume.spec?.accessModes ?? []
  // A claim that is bound may tell less than its volume has: its file system is to grow yet.
  const isSmaller = capacity?.storage === undefined || compareQuantities(capacity.storage, capacityOf(volume)) !== 0
  const size = isNew && isSmaller ? volume.spec?.capacity : capacity
  if (!isNew && equalJson(accessModes ?? [], modes) && size === capacity) return claim
  return {
    ...claim,
    status: { ...others, phase, accessModes: modes, ...(size === undefined ? {} : { capacity: size }) },
  }
}
