import type { ConfigMap, Pod, Secret } from '../../../api/types/core.ts'
import type { KubeObject } from '../../../api/types/meta.ts'
import type { PersistentVolume } from '../../../api/types/storage.ts'
import type { NodeFs } from '../../../fs/node-fs.ts'
import type { Calendar } from '../../../kernel/calendar.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Once } from '../../../kernel/once.ts'
import type { RandomStreams } from '../../../kernel/random.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { WriteStep } from './atomic-writer.ts'

export type Got<T> =
  | { readonly ok: true; readonly object: T }
  | { readonly ok: false; readonly error: { readonly message: string; readonly isNotFound: boolean } }

/** Where plugins get API objects: the kubelet's Secret and ConfigMap managers. */
export interface ObjectSource<T> {
  get(namespace: string, name: string): Once<Got<T>>
  /** What `get` would answer within the call, with all that it does; undefined: it would not, and nothing was done. */
  getNow?(namespace: string, name: string): Got<T> | undefined
}

export interface TokenRequest {
  readonly audience: string
  readonly expirationSeconds: number
}
export type TokenResult =
  /** `staleAt`: when the kubelet would ask for another one. */
  | { readonly ok: true; readonly token: string; readonly staleAt?: VirtualMs }
  | { readonly ok: false; readonly error: string }

/** Where projected volumes get service account tokens, bound to the Pod. */
export interface TokenSource {
  get(pod: Pod, request: TokenRequest): Once<TokenResult>
  /** What `get` would answer within the call; undefined: it would not. */
  getNow?(pod: Pod, request: TokenRequest): TokenResult | undefined
  /** The token that the kubelet holds. */
  lookAt?(pod: Pod, request: TokenRequest): string | undefined
  /** Stands for the token that `getNow` would answer, and is another for another; undefined: it would answer none. */
  markOf?(pod: Pod, request: TokenRequest): object | undefined
  /** From when on the kubelet would ask for another one than it holds. */
  staleAt?(pod: Pod, request: TokenRequest): VirtualMs | undefined
  /** The Pod's volume is gone. */
  forget(podUid: string): void
}

/** A CSIDriver, as far as mounts look at it. */
export interface CsiDriver extends KubeObject {
  readonly spec?: { readonly volumeLifecycleModes?: readonly string[] }
}

/** Where the node learns which CSI drivers the cluster has. */
export interface DriverSource {
  get(name: string): Once<Got<CsiDriver>>
}

/** The volume behind a claim, or why there is none. */
export type FoundVolume =
  | { readonly ok: true; readonly volume: PersistentVolume }
  | { readonly ok: false; readonly error: string }

/** Where the node learns which volumes claims are bound to. */
export interface ClaimSource {
  /** `madeFor`: the claim has to be this Pod's own. */
  find(namespace: string, claim: string, madeFor?: Pod): Once<FoundVolume>
}

/** What the volume plugins of one node work with. */
export interface VolumeHost {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly random: RandomStreams
  readonly fs: NodeFs
  readonly minor: number
  readonly secrets: ObjectSource<Secret>
  readonly configMaps: ObjectSource<ConfigMap>
  /** Absent: projected tokens cannot be had. */
  readonly tokens?: TokenSource
  /** Absent: each driver is taken to be there. */
  readonly drivers?: DriverSource
  /** Absent: each claim is taken to be bound, to storage of its own. */
  readonly claims?: ClaimSource
  /** The node's allocatable resources, as its status has them. */
  allocatable(): Readonly<Record<string, string>>
  /** Called between the steps of each write of files: for faults that strike there, and for readers. */
  readonly afterWriteStep?: (pod: Pod, volumeName: string, step: WriteStep) => 'crash' | undefined
}
