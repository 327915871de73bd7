import type { Pod, Secret } from '../../api/types/core.ts'
import type { Client } from '../../client/client.ts'
import type { UnseenReads } from '../../client/unseen-reads.ts'
import type { NodeFs } from '../../fs/node-fs.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'
import type { KubeletRecord } from '../records.ts'
import type { ContainerRuntime } from '../runtime/cri.ts'
import type { ObjectManager } from '../secrets/object-manager.ts'
import type { WriteStep } from '../volumes/plugins/atomic-writer.ts'
import type { KubeletConfiguration } from './configuration.ts'
import type { MachineSpace } from './eviction/machine-space.ts'

export interface KubeletOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<KubeletRecord>
  readonly random: RandomStreams
  readonly nodeName: string
  readonly minor: number
  readonly gates: FeatureGates
  readonly config: KubeletConfiguration
  /** For Pods, Secrets, ConfigMaps, Services. Not limited: the kubelet itself keeps to kubeAPIQPS. */
  readonly client: Client
  /** For events: the kubelet keeps to eventRecordQPS. */
  readonly eventClient: Client
  /** For leases and node statuses, which know no limit. */
  readonly heartbeatClient: Client
  /** They outlive the kubelet. */
  readonly runtime: ContainerRuntime
  readonly fs: NodeFs
  readonly hostIp: string
  /** Of the machine: its memory and its disk. */
  readonly space: MachineSpace
  /** Quantities that differ from those of a common worker: 4 CPUs, 16 GiB. */
  readonly capacity?: Readonly<Record<string, string>>
  /** How long a process that is started again needs until it looks for its Node, drawn evenly. Default 70 to 200 ms. */
  readonly startUpMs?: { readonly least: number; readonly most: number }
  /** Beside those that every kubelet sets. */
  readonly labels?: Readonly<Record<string, string>>
  readonly versions?: Readonly<Record<string, string>>
  /**
   * Every sync is carried out and every refresh told, though nothing changed. Default false: such syncs cost nothing and
   * are only told of by their effects.
   */
  readonly recordIdleSyncs?: boolean
  /** Where idle syncs that read objects say what they read; absent: each is carried out. */
  readonly unseenReads?: UnseenReads | undefined
  /** `computed` (default): signs of life cost nothing while nothing threatens them. */
  readonly heartbeats?: 'computed' | 'explicit'
  /** Whether the kubelet registers its Node; false: somebody else made it. Default true. */
  readonly registerNode?: boolean
  /** Pods of the node's own: manifests in the static Pod directory. */
  readonly staticPods?: readonly Pod[]
  /** Put before the manager of Secrets, to see what passes. */
  readonly secretsSeam?: (manager: ObjectManager<Secret>, nodeName: string) => ObjectManager<Secret>
  readonly afterWriteStep?: (pod: Pod, volumeName: string, step: WriteStep) => 'crash' | undefined
}

/** Where an object of the node stands: a state of the machine of that name (`*.machine.ts`). */
export interface StateView {
  readonly machine: 'podWorker' | 'volume' | 'container' | 'imagePull' | 'reflector' | 'kubelet'
  readonly state: string
  readonly detail: Readonly<Record<string, unknown>>
}

export type KubeletRef =
  | { readonly kind: 'pod'; readonly uid: string }
  | { readonly kind: 'volume'; readonly uid: string; readonly volume: string }
  | { readonly kind: 'container'; readonly uid: string; readonly container: string }
  /** By the name that the Pod's spec has. */
  | { readonly kind: 'image'; readonly uid: string; readonly image: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'kubelet' }
