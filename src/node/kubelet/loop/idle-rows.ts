import type { Pod } from '../../../api/types/core.ts'
import type { ReadKey } from '../../../client/unseen-reads.ts'
import type { Reservation } from '../../../fs/device.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { UnseenGet } from '../../secrets/object-manager.ts'
import type { VolumeUse } from '../../volumes/volume-use.ts'
import { keyOfRead, type Reading } from './idle-reads.ts'

/** A volume, and what each refresh of it asks for. */
export interface ReadingVolume {
  readonly use: VolumeUse
  readonly reads: readonly Reading[]
}

/** A Pod that rests: what each refresh of its volumes reads, in order. */
export interface RestingPod {
  readonly pod: Pod
  readonly volumes: readonly ReadingVolume[]
  /** The tick of its next sync. */
  tick: VirtualMs
  /** The last sync that was not carried out. */
  askedAt: VirtualMs | undefined
}

/** Refreshes of Pods that the populator has seen, at the reconciler's next pass. */
export interface Pass {
  readonly at: VirtualMs
  readonly populatedAt: VirtualMs
  readonly uids: string[]
}

/** A refresh of a volume that waits for its turn at the API server. */
export interface Refresh {
  readonly uid: string
  readonly use: VolumeUse
  readonly reads: readonly Reading[]
  next: number
  reading: (UnseenGet & { readonly kind: 'read' }) | undefined
  dueAt: VirtualMs
  /** A token in it is another. */
  isRenewed: boolean
}

/** The last writing of a volume that has yet to be carried out. */
export interface LateWriting {
  readonly at: VirtualMs
  readonly reservation: Reservation
}

/** The objects whose changes make a refresh find something else. */
export function keysOf(volumes: readonly ReadingVolume[]): readonly ReadKey[] {
  return volumes.flatMap(({ reads }) => reads.map(keyOfRead))
}
