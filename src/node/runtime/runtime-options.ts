import type { NodeFs } from '../../fs/node-fs.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { ContainerNetwork } from '../../shell/net/network.ts'
import type { LiveContainer, PodSandbox, PodSandboxConfig, RuntimeTimings } from './cri.ts'
import type { RuntimeKind } from './error-texts.ts'
import type { RuntimeRecord } from './records.ts'
import type { Registry } from './registry.ts'

/** What a container runtime is made of and works with. */
export interface RuntimeOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<RuntimeRecord>
  readonly random: RandomStreams
  readonly fs: NodeFs
  readonly registry: Registry
  readonly timings: RuntimeTimings
  readonly nodeName: string
  /** Whose error texts and id prefixes; absent: docker, which v1.18 clusters ran. */
  readonly kind?: RuntimeKind
  /** Told when containers begin to take more memory than before, and when one writes to disk. */
  readonly heed?: RuntimeUses
  /** Addresses of the node's Pods; absent: `10.244.0.0/24`. */
  readonly podCidr?: string
  /** What its containers are connected to; absent: nothing. */
  readonly network?: NodeNetwork
}

/** A container as the network knows it. */
export interface NetworkUser extends LiveContainer {
  readonly sandbox: PodSandbox
}

/** The network as a node sees it. */
export interface NodeNetwork {
  /** Text of the /etc/resolv.conf of a Pod's containers. */
  resolvConf(sandbox: PodSandboxConfig): string
  /** `isInstant`: for a command that runs at one instant. */
  of(user: NetworkUser, isInstant: boolean): ContainerNetwork
}

/** Who wants to know what containers take of the machine. */
export interface RuntimeUses {
  memoryGrew(): void
  wroteToDisk(podUid: string): void
}

/** What is written down of a Pod's sandbox or container. */
export interface RuntimeNote {
  readonly podUid: string
  readonly podName: string
  readonly podNamespace: string
}
