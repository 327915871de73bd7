import { quantityValue } from '../api/quantity.ts'
import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { nodeUser } from '../apiserver/auth/users.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { resources } from '../client/client.ts'
import type { Link, LinkLatencies } from '../client/link.ts'
import type { UnseenReads } from '../client/unseen-reads.ts'
import { createNodeFs } from '../fs/memory-fs.ts'
import type { NodeFs } from '../fs/node-fs.ts'
import { after } from '../kernel/after.ts'
import { type Calendar, rfc3339Micro } from '../kernel/calendar.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import { Scope } from '../kernel/scope.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type KubeletConfiguration, kubeletConfiguration } from '../node/kubelet/configuration.ts'
import { MachineSpace } from '../node/kubelet/eviction/machine-space.ts'
import { createKubelet, type Kubelet } from '../node/kubelet/kubelet.ts'
import { defaultDisk } from '../node/kubelet/machine-state.ts'
import type { ContainerRuntime, RuntimeTimings } from '../node/runtime/cri.ts'
import { runtimeKindOf } from '../node/runtime/error-texts.ts'
import { baseMemoryBytes } from '../node/runtime/memory-use.ts'
import type { Registry } from '../node/runtime/registry.ts'
import { createRuntime } from '../node/runtime/simulated-runtime.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import type { ControlPlane } from './control-plane.ts'
import { hostIpOf, podCidrOf } from './network/addresses.ts'
import type { ClusterNetwork } from './network/network.ts'
import { createNodeClock, type NodeClock } from './node-clock.ts'
import type { ClusterRecord } from './records.ts'
import type { ClusterSeams } from './seams.ts'

export interface MachineOptions {
  readonly name: string
  /** Quantities. */
  readonly cpu: string
  readonly memory: string
  readonly pods: number
  /** Beside cpu, memory and pods: quantities by name. */
  readonly resources?: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** It is powered off from the start, and nobody knows it yet. */
  readonly isAbsent?: boolean
  readonly kubelet: Partial<KubeletConfiguration>
  /** Manifests in its own directory of static Pods. */
  readonly staticPods?: readonly Pod[]
  /** Of this node's link, instead of the cluster's. */
  readonly latencies?: LinkLatencies
  /** Counts nodes from 0: gives each its addresses. */
  readonly index: number
}

/** What all machines of a cluster share. */
export interface MachineRoom {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<ClusterRecord>
  readonly random: RandomStreams
  readonly minor: number
  readonly gates: FeatureGates
  readonly controlPlane: ControlPlane
  readonly registry: Registry
  readonly timings: RuntimeTimings
  readonly latencies: LinkLatencies
  readonly recordIdleSyncs: boolean
  readonly heartbeats: 'computed' | 'explicit'
  readonly unseenReads: UnseenReads
  readonly seams: ClusterSeams
  readonly network: ClusterNetwork
}

/** One node's machine: disk and memory, container runtime, kubelet, and the link to the API server. */
export interface Machine {
  readonly name: string
  /** Whether it was powered off from the start. */
  readonly isAbsent: boolean
  readonly fs: NodeFs
  readonly runtime: ContainerRuntime
  readonly kubelet: Kubelet
  readonly link: Link
  readonly clock: NodeClock
  readonly space: MachineSpace
  /** Powered off. */
  readonly isOff: boolean
  /** Whether something is, or may be, in the way of its signs of life. */
  readonly isThreatened: boolean
  /** From when on the renewal of the lease with that time was to be seen, if it was `threaten` that wrote it. */
  signSeenAt(renewTime: string): VirtualMs | undefined
  /** Called before something comes in the way of its signs of life: they are then told one by one, until `relieve`. */
  threaten(): void
  relieve(): void
  /** Stops the kubelet. It starts again when everybody who keeps it down has let go, by what is returned. */
  keepKubeletDown(): () => void
  /** What ran ends, tmpfs is gone, and nothing starts before `powerOn`. */
  powerOff(): void
  powerOn(): void
  /** Power off and on: what ran ends, tmpfs is gone, the kubelet starts anew after `downMs`. */
  reboot(downMs: number): void
}

export function createMachine(options: MachineOptions, room: MachineRoom): Machine {
  const { kernel, journal, random, minor, gates, controlPlane, seams } = room
  const calendar = createNodeClock(kernel, room.calendar)
  const { name, index } = options
  const memoryBytes = quantityValue(options.memory)
  const disk = createNodeFs({ kernel, memoryBytes, calendar })
  const fs = seams.fs?.(disk, name) ?? disk
  const space = new MachineSpace(
    { memory: memoryBytes, disk: quantityValue(options.resources?.['ephemeral-storage'] ?? defaultDisk) },
    { memory: () => usedMemory(fs, runtime), disk: () => usedDisk(fs, runtime) },
  )
  disk.whenTmpfsGrows(() => space.grew('memory'))
  const plainRuntime = createRuntime({
    kernel,
    calendar,
    journal,
    random,
    fs,
    registry: room.registry,
    timings: room.timings,
    nodeName: name,
    kind: runtimeKindOf(minor),
    heed: {
      memoryGrew: () => space.grew('memory'),
      wroteToDisk: (podUid) => space.wrote(podUid),
    },
    podCidr: podCidrOf(index),
    network: room.network.onNode(name, runtimeKindOf(minor) === 'docker'),
  })
  const runtime = seams.runtime?.(plainRuntime, name) ?? plainRuntime
  const latencies = options.latencies ?? room.latencies
  const link = controlPlane.linkFor(name, latencies)
  const client = controlPlane.clientOf(nodeUser(name), link)
  const kubelet = createKubelet({
    space,
    kernel,
    calendar,
    journal,
    random,
    nodeName: name,
    minor,
    gates,
    config: kubeletConfiguration(minor, { maxPods: options.pods, ...options.kubelet }),
    client,
    eventClient: client,
    heartbeatClient: client,
    runtime,
    fs,
    hostIp: hostIpOf(index),
    capacity: { cpu: options.cpu, memory: options.memory, ...options.resources },
    labels: options.labels,
    staticPods: options.staticPods ?? [],
    recordIdleSyncs: room.recordIdleSyncs,
    heartbeats: room.heartbeats,
    // What takes time may be drawn from the link's stream, which others draw from, too.
    unseenReads: takesTime(latencies) ? undefined : room.unseenReads,
    ...(seams.secrets === undefined ? {} : { secretsSeam: seams.secrets }),
  })
  return new SimulatedMachine(options, room, { fs, runtime, kubelet, link, clock: calendar, space })
}

class SimulatedMachine implements Machine {
  readonly name: string
  readonly isAbsent: boolean
  readonly fs: NodeFs
  readonly runtime: ContainerRuntime
  readonly kubelet: Kubelet
  readonly link: Link
  readonly clock: NodeClock
  readonly space: MachineSpace
  isThreatened = false
  /** The renewal that was only computed before the last accident. */
  #lateSign: { readonly renewTime: string; readonly at: VirtualMs } | undefined
  readonly #room: MachineRoom
  #threats = 0
  /** Who keeps the kubelet down: accidents may overlap. */
  #downs: number
  /** Who keeps the power off. */
  #offs: number
  /** What the machine does without its kubelet: it comes up again. */
  readonly #power = new Scope()

  constructor(
    { name, isAbsent = false }: MachineOptions,
    room: MachineRoom,
    parts: Pick<Machine, 'fs' | 'runtime' | 'kubelet' | 'link' | 'clock' | 'space'>,
  ) {
    this.name = name
    this.isAbsent = isAbsent
    this.fs = parts.fs
    this.runtime = parts.runtime
    this.kubelet = parts.kubelet
    this.link = parts.link
    this.clock = parts.clock
    this.space = parts.space
    this.#room = room
    this.#downs = isAbsent ? 1 : 0
    this.#offs = this.#downs
  }

  threaten(): void {
    this.#threats++
    this.isThreatened = true
    if (this.#threats > 1) return
    this.kubelet.flushHeartbeats(this.#tellLastSign())
  }

  signSeenAt(renewTime: string): VirtualMs | undefined {
    // A look in the same millisecond comes before it.
    return this.#lateSign?.renewTime === renewTime ? this.#lateSign.at + 1 : undefined
  }

  #tellLastSign(): KubeObject | undefined {
    const at = this.kubelet.lastHeartbeat()
    if (at === undefined) return undefined
    const renewTime = rfc3339Micro(this.clock.at(at))
    this.#lateSign = { renewTime, at }
    return renewLease(this.#room.controlPlane.server, this.name, renewTime)
  }

  relieve(): void {
    this.#threats--
    this.isThreatened = this.#threats > 0
    if (this.#threats === 0) this.kubelet.relaxHeartbeats()
  }

  keepKubeletDown(): () => void {
    this.#downs++
    this.kubelet.stop()
    return () => this.#letGo()
  }

  #letGo(): void {
    this.#downs--
    if (this.#downs === 0) this.kubelet.start()
  }

  get isOff(): boolean {
    return this.#offs > 0
  }

  powerOff(): void {
    this.#offs++
    this.keepKubeletDown()
    this.runtime.reboot()
    this.fs.reboot()
    this.kubelet.machineRebooted()
  }

  powerOn(): void {
    this.#offs--
    this.#letGo()
  }

  reboot(downMs: number): void {
    this.powerOff()
    this.#power.start(after(this.#room.kernel, downMs), () => this.powerOn())
  }
}

/** Whether what kubelets ask for again and again takes time, or news of it does. */
function takesTime({ request, verbs = {}, watchEvent }: LinkLatencies): boolean {
  return [request, watchEvent, verbs.get, verbs.create].some((latency) => latency !== undefined)
}

/** Bytes that containers and all tmpfs take. What is in a tmpfs through a container counts as the container's alone. */
function usedMemory(fs: NodeFs, runtime: ContainerRuntime): number {
  const { running, memoryBytes } = runtime.inUse()
  return running * baseMemoryBytes + Math.max(memoryBytes, fs.tmpfsBytes)
}

/** Bytes that images, containers' layers and what else is on the disk take. */
function usedDisk(fs: NodeFs, runtime: ContainerRuntime): number {
  return runtime.images().reduce((sum, { sizeBytes }) => sum + sizeBytes, fs.diskBytes)
}

/**
 * Writes the last computed renewal of the lease at this very instant: over the link it would come too late, for the
 * accident that makes it matter follows at once.
 */
function renewLease(server: RunningApiServer, node: string, renewTime: string): KubeObject | undefined {
  const request = { user: nodeUser(node), resource: resources.leases, namespace: 'kube-node-lease', name: node }
  const found = server.handle({ ...request, verb: 'get' })
  if (!found.ok) return undefined
  const lease = found.object as KubeObject & { readonly spec?: object }
  const written = server.handle({ ...request, verb: 'update', body: { ...lease, spec: { ...lease.spec, renewTime } } })
  return written.ok ? (written.object as KubeObject) : undefined
}
