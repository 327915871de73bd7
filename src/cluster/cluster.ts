import type { LinkLatencies } from '../client/link.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Journal } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { RuntimeTimings } from '../node/runtime/cri.ts'
import type { Registry } from '../node/runtime/registry.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import { type ControlPlane, createControlPlane } from './control-plane.ts'
import { createMachine, type Machine, type MachineOptions } from './machine.ts'
import { RequestFaults } from './request-faults.ts'
import type { ClusterSeams } from './seams.ts'

export interface ClusterOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: Journal
  readonly random: RandomStreams
  readonly minor: number
  readonly gates: FeatureGates
  readonly nodes: readonly Omit<MachineOptions, 'index'>[]
  readonly registry: Registry
  readonly timings?: RuntimeTimings
  readonly latencies?: LinkLatencies
  readonly admission?: { readonly podPreset?: boolean; readonly nodeRestriction?: boolean }
  /** Carry out and tell every periodic sync, though nothing changed; see the kubelet's option. */
  readonly recordIdleSyncs?: boolean
  readonly seams?: ClusterSeams
  /** See the control plane's option. */
  readonly freezes?: boolean
  /** Every renewal of a watch is a request and told; see the control plane's option. */
  readonly explicitWatches?: boolean
}

/** Control plane and machines, wired. */
export interface Cluster {
  readonly controlPlane: ControlPlane
  /** By name, in the order in which they were given. */
  readonly machines: ReadonlyMap<string, Machine>
  /** Requests that are refused for now. */
  readonly requestFaults: RequestFaults
  /** Everything begins: controllers, scheduler, kubelets. */
  start(): void
}

/**
 * How long a real runtime takes, roughly: docs/fidelity.md says that these are choices, not facts. What the registry
 * takes for a pull is its own.
 */
const usualTimings: RuntimeTimings = {
  sandboxMs: 350,
  createContainerMs: 60,
  startContainerMs: 90,
  stopMs: 100,
  pullMs: 1500,
}

export function createCluster(options: ClusterOptions): Cluster {
  const machines = new Map<string, Machine>()
  const requestFaults = new RequestFaults()
  const { requests } = options.seams ?? {}
  const seams: ClusterSeams = {
    ...options.seams,
    requests: (handle) => requestFaults.around(requests?.(handle) ?? handle),
  }
  const controlPlane = createControlPlane({
    ...options,
    seams,
    controllers: { livesUnseen: (name) => livesUnseen(machines.get(name)) },
  })
  options.nodes.forEach((node, index) => {
    const room = {
      controlPlane,
      ...options,
      timings: options.timings ?? usualTimings,
      latencies: options.latencies ?? {},
      recordIdleSyncs: options.recordIdleSyncs ?? false,
      seams,
    }
    machines.set(node.name, createMachine({ index, ...node }, room))
  })
  return {
    controlPlane,
    machines,
    requestFaults,
    start() {
      controlPlane.start()
      for (const { kubelet } of machines.values()) kubelet.start()
    },
  }
}

/** A node's signs of life need not be told one by one while its kubelet runs and nothing is in the way. */
function livesUnseen(machine: Machine | undefined): boolean {
  return machine?.kubelet.isRunning === true && !machine.isThreatened
}
