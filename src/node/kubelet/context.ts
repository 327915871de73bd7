import type { ConfigMap, Pod, Secret, Volume } from '../../api/types/core.ts'
import type { Client } from '../../client/client.ts'
import type { NodeFs } from '../../fs/node-fs.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { Tell } from '../../kernel/record-table.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'
import type { KubeletRecord, KubeletRecords } from '../records.ts'
import type { ContainerRuntime } from '../runtime/cri.ts'
import type { ObjectManager } from '../secrets/object-manager.ts'
import type { KubeletFacts } from '../version-facts.ts'
import type { VolumePlugin } from '../volumes/plugin.ts'
import type { VolumeManager } from '../volumes/volume-manager.ts'
import type { KubeletConfiguration } from './configuration.ts'
import type { EvictionRows } from './eviction/eviction-rows.ts'
import type { KubeletEvents } from './kubelet-events.ts'
import type { Deadlines } from './loop/deadlines.ts'
import type { IdlePolls } from './loop/idle-polls.ts'
import type { ObjectReaders } from './loop/object-readers.ts'
import type { Pleg } from './loop/pleg.ts'
import type { WorkQueue } from './loop/work-queue.ts'
import type { ContainerLives } from './pods/container-lives.ts'
import type { PodEnds } from './pods/pod-ends.ts'
import type { PodManager } from './pods/pod-manager.ts'
import type { PodRuntimePorts } from './pods/pod-runtime.ts'
import type { PodWorkerRows } from './pods/pod-worker.ts'
import type { PodWorkers } from './pods/pod-workers.ts'
import type { Prober } from './probes/prober.ts'
import type { Resizes } from './resize/resizes.ts'
import type { StatusManager } from './status/status-manager.ts'

/** The parts of one running kubelet, as its modules see each other. Made at each start, dropped at each stop. */
export interface KubeletContext {
  /** The kubelet's life: what is started in it ends with it. */
  readonly scope: Scope
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<KubeletRecord>
  readonly random: RandomStreams
  readonly nodeName: string
  readonly hostIp: string
  readonly minor: number
  readonly facts: KubeletFacts
  readonly gates: FeatureGates
  readonly config: KubeletConfiguration
  readonly recordIdleSyncs: boolean
  readonly client: Client
  readonly events: KubeletEvents
  readonly runtime: ContainerRuntime
  readonly fs: NodeFs
  readonly secrets: ObjectManager<Secret>
  readonly configMaps: ObjectManager<ConfigMap>
  readonly pods: PodManager
  readonly pleg: Pleg
  readonly queue: WorkQueue
  /** Rows of the workers, for who reads them. */
  readonly workerRows: PodWorkerRows
  readonly workers: PodWorkers
  readonly ends: PodEnds
  readonly evictions: EvictionRows
  /** Which Pods read which objects at each of their syncs. */
  readonly readers: ObjectReaders
  readonly deadlines: Deadlines
  /** Idle syncs that read objects. */
  readonly polls: IdlePolls
  readonly statuses: StatusManager
  /** Pods that are to have other amounts than they were given. */
  readonly resizes: Resizes
  readonly volumes: VolumeManager
  readonly containers: ContainerLives
  readonly prober: Prober
  readonly podRuntime: PodRuntimePorts
  readonly pluginFor: (volume: Volume) => VolumePlugin | undefined
  /** Uid of the own Node object, once the kubelet knows it: mirror Pods belong to it. */
  nodeUid(): string | undefined
  /** Tells the journal; the actor is this kubelet, the object the Pod. */
  readonly record: Tell<KubeletRecords, Pod>
}
