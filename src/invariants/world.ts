import type { Pod, Secret } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { NodeFs } from '../fs/node-fs.ts'
import type { Journal, JournalObject } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { ContainerRuntime } from '../node/runtime/cri.ts'
import type { PrivateRepository } from '../node/runtime/registry.ts'
import type { ObjectManager } from '../node/secrets/object-manager.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import type { SecretHistory } from './secret-history.ts'

/** A node as its observers know it. */
export interface ObservedNode {
  readonly name: string
  readonly fs: NodeFs
  readonly runtime: ContainerRuntime
  /** Of the running kubelet; its own, before any observer. */
  secrets: ObjectManager<Secret> | undefined
  /** Pods that the running kubelet has registered, by the key that its version uses. */
  readonly registered: Map<string, Pod>
}

/** What invariants may look at. They look and change nothing: no time passes, nothing is scheduled, nothing drawn. */
export interface World {
  readonly minor: number
  readonly gates: FeatureGates
  readonly journal: Journal<ClusterRecord>
  readonly kernel: Pick<Kernel, 'now'>
  readonly server: () => RunningApiServer
  readonly nodes: ReadonlyMap<string, ObservedNode>
  readonly secrets: SecretHistory
  /** Every Pod that the API server ever had, by uid, as it was last. */
  readonly pods: ReadonlyMap<string, Pod>
  /** Who may have an image, where not everybody may; absent where no registry is known. */
  readonly privateRepository?: ((image: string) => PrivateRepository | undefined) | undefined
  /** Instant of the last moment at which an accident was on; -Infinity when there was none. */
  lastFaultAt(): VirtualMs
}

export function objectOf({ kind, metadata: { name, namespace, uid } }: KubeObject): JournalObject {
  return {
    kind,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  }
}

/** `namespace/name` of a Pod, for messages. */
export function podText({ metadata }: Pod): string {
  return `Pod ${metadata.namespace}/${metadata.name}`
}
