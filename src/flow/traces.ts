import type { Pod, Secret } from '../api/types/core.ts'
import type { VirtualMs } from '../kernel/time.ts'

/** What the index keeps of the journal: facts in the order in which they happened, each with the seq of its record. */

/** A Secret by its name. One that is deleted and made again is the same here. */
export interface SecretTrace {
  readonly namespace: string
  readonly name: string
  readonly writes: SecretWrite[]
}

/** A write of a Secret. */
export interface SecretWrite {
  readonly seq: number
  readonly at: VirtualMs
  /** Who did it: `user/admin`. */
  readonly by: string
  readonly kind: 'created' | 'updated' | 'deleted'
  /** After it; undefined: deleted. */
  readonly secret: Secret | undefined
}

/** How a node's copy of a Secret came, or was used again. */
export interface CopyStep {
  readonly seq: number
  readonly at: VirtualMs
  readonly kind: 'arrived' | 'reused'
  /** Of an arrival. */
  readonly by: 'list' | 'watch' | 'get' | undefined
  /** resourceVersion; undefined: there was no such Secret. */
  readonly version: string | undefined
  readonly changed: boolean
  /** Of a copy that was used again. */
  readonly ageMs: VirtualMs | undefined
  /** Why no newer one could be had. */
  readonly error: string | undefined
}

/** A node as far as Secrets go. */
export interface NodeTrace {
  readonly name: string
  /** By `namespace/name` of the Secret. */
  readonly copies: Map<string, CopyStep[]>
  /** When the kubelet started and stopped. */
  readonly kubelet: { readonly seq: number; readonly at: VirtualMs; readonly runs: boolean }[]
}

/** A sync of a Pod that was carried out, an idle one that was not, or word of when the next is due. */
export interface SyncStep {
  readonly seq: number
  readonly at: VirtualMs
  readonly kind: 'sync' | 'idle' | 'ended' | 'due'
  /** When the Pod is due again. */
  readonly nextAt: VirtualMs | undefined
  readonly error: string | undefined
}

/** What became of a volume of a Pod. */
export interface VolumeStep {
  readonly seq: number
  readonly at: VirtualMs
  readonly kind: 'set-up' | 'failed' | 'torn-down'
  readonly changed: boolean
  /** Versions of the Secrets that its files were made from, by name; undefined: optional, and not there. */
  readonly versions: ReadonlyMap<string, string | undefined>
  readonly error: string | undefined
}

/** A file or directory of a volume as one container has it by subPath. */
export interface SubPathStep {
  readonly seq: number
  readonly at: VirtualMs
  readonly volume: string
  readonly subPath: string
  readonly mountPath: string
  /** Of the Secrets in the file that is bound: those of an earlier container where its binding is used again. */
  readonly versions: ReadonlyMap<string, string | undefined>
}

/** One attempt of a container, from the making of its environment to its end. */
export interface Attempt {
  readonly attempt: number
  /** Version of each Secret in its environment, by name. */
  readonly env: ReadonlyMap<string, string>
  /** By mount path. */
  readonly subPaths: ReadonlyMap<string, SubPathStep>
  readonly createdAt: VirtualMs
  readonly createdSeq: number
  startedAt: VirtualMs | undefined
  startedSeq: number | undefined
  exitedAt: VirtualMs | undefined
  exitedSeq: number | undefined
}

/** A container of a Pod by name. */
export interface ContainerTrace {
  readonly name: string
  readonly attempts: Attempt[]
  /** What the next attempt will have: known before it is created. */
  env: Map<string, string>
  subPaths: Map<string, SubPathStep>
}

/** A Pod by its uid. */
export interface PodTrace {
  readonly uid: string
  readonly name: string
  readonly namespace: string
  /** As it was written last. */
  pod: Pod
  readonly createdAt: VirtualMs
  readonly createdSeq: number
  /** When its object was deleted for good. */
  endedAt: VirtualMs | undefined
  readonly syncs: SyncStep[]
  readonly volumes: Map<string, VolumeStep[]>
  readonly containers: Map<string, ContainerTrace>
  readonly pulls: { readonly seq: number; readonly at: VirtualMs; readonly image: string }[]
}

/** A doing of a person, an accident, or a write of a controller. */
export interface Doing {
  readonly seq: number
  readonly at: VirtualMs
  readonly actor: string
  /** `creates`, `updates`, `deletes`, or what the accident is. */
  readonly what: string
  /** `secret default/db`; empty for an accident. */
  readonly object: string
  /** Of an accident: it is over. */
  readonly isEnd?: boolean
}
