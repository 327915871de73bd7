import type { Pod, Volume } from '../../api/types/core.ts'
import type { Reservation } from '../../fs/device.ts'
import type { Once } from '../../kernel/once.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { UnreadSlot } from './plugins/unread-volume.ts'

/** One volume of one Pod, as a plugin gets it. */
export interface VolumeRef extends UnreadSlot {
  readonly pod: Pod
  readonly volume: Volume
}

/** What a volume was made from when it was set up last. */
export interface MadeFrom {
  readonly sources: readonly ContentSource[]
  readonly staleAt?: VirtualMs | undefined
}

/** An API object that a volume's content was made from. */
export interface ContentSource {
  readonly kind: 'Secret' | 'ConfigMap'
  readonly name: string
  /** Undefined: it did not exist and was optional. */
  readonly resourceVersion: string | undefined
}

export type SetUpResult =
  | {
      readonly ok: true
      /** Whether files were written. */
      readonly changed: boolean
      readonly sources: readonly ContentSource[]
      /** When the content would be different although nothing in the API changed: a token's renewal. */
      readonly staleAt?: VirtualMs
    }
  | {
      readonly ok: false
      readonly error: string
      /** Which step of the mount failed, as the event says it; absent: `SetUp`. */
      readonly during?: 'NewMounter initialization'
    }

export type TearDownResult = { readonly ok: true } | { readonly ok: false; readonly error: string }

/** How a volume is written over later than it seems: with the tokens that the kubelet holds by now, else what it holds already. */
export interface VolumeRenewal {
  /** Whether nobody could tell. */
  may(ref: VolumeRef): boolean
  /** Keeps what is needed for a writing at an instant of the past. */
  reserve(ref: VolumeRef, at: VirtualMs): Reservation
  /** Writes it as of then; writings that it came after need not be carried out. */
  write(ref: VolumeRef, at: VirtualMs, reservation: Reservation): void
}

/** What the volume manager asks of each kind of volume. */
export interface VolumePlugin {
  /** Whether each sync of the Pod sets the volume up again (secret, configMap, projected, downwardAPI). */
  readonly requiresRemount: boolean
  /** Whether containers may never write to it, whatever their mount says (V8). Absent: they may. */
  readonly readOnly?: boolean
  /** Of volumes that stand for another: which one has to be found out first; `find` answers why it could not. */
  readonly resolution?: {
    isKnown(ref: VolumeRef): boolean
    find(ref: VolumeRef): Once<string | undefined>
  }
  setUp(ref: VolumeRef): Once<SetUpResult>
  /** The same where all that it reads is on the node; undefined: it is not, and nothing was done. */
  setUpNow?(ref: VolumeRef & MadeFrom): SetUpResult | undefined
  tearDown(ref: VolumeRef): TearDownResult
  /** Of volumes whose files may change although nothing in the API did. */
  readonly renewal?: VolumeRenewal
  /** Directory on the node that containers get. */
  hostPath(ref: VolumeRef): string
  /** The plugin as it stands in that directory's path, where it lies as the kubelet lays out volumes: `secret`. */
  readonly directoryName?: string
}
