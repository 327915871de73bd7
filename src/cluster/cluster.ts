import { allOf, Reopening, type WatchesAtRest } from '../client/reopening.ts'
import { ReadBoard } from '../client/unseen-reads.ts'
import type { Calendar } from '../kernel/calendar.ts'
import { extended } from '../kernel/extended.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { RestingKubelet } from '../node/kubelet/kubelet.ts'
import type { RuntimeTimings } from '../node/runtime/cri.ts'
import type { Registry } from '../node/runtime/registry.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import { type ControlPlane, createControlPlane, type RestingControlPlane } from './control-plane.ts'
import { CrashRules } from './crash-rules.ts'
import { isLostLease, presentHeartbeats } from './heartbeats.ts'
import { createMachine, type Machine, type MachineOptions } from './machine.ts'
import { createClusterNetwork } from './network/cluster-network.ts'
import type { ClusterNetwork } from './network/network.ts'
import type { NetworkLatencies } from './networks.ts'
import type { ClusterRecord } from './records.ts'
import { RequestFaults } from './request-faults.ts'
import type { ClusterSeams } from './seams.ts'

export interface ClusterOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<ClusterRecord>
  readonly random: RandomStreams
  readonly minor: number
  readonly gates: FeatureGates
  readonly nodes: readonly Omit<MachineOptions, 'index'>[]
  readonly registry: Registry
  readonly timings?: RuntimeTimings
  readonly latencies?: NetworkLatencies
  readonly admission?: { readonly podPreset?: boolean; readonly nodeRestriction?: boolean }
  /** Carry out and tell every periodic sync, though nothing changed; see the kubelet's option. */
  readonly recordIdleSyncs?: boolean
  readonly seams?: ClusterSeams
  /** See the control plane's option. */
  readonly freezes?: boolean
  /** Every renewal of a watch is a request and told; see the control plane's option. */
  readonly explicitWatches?: boolean
  /** Every sign of life of a node is a write and told; see the kubelet's option. */
  readonly explicitHeartbeats?: boolean
  /** It is a copy of the one that this was taken from: `start` goes on from there. */
  readonly from?: RestingCluster | undefined
}

/** Control plane and machines, wired. */
export interface Cluster {
  readonly controlPlane: ControlPlane
  /** By name, in the order in which they were given. */
  readonly machines: ReadonlyMap<string, Machine>
  /** What containers reach of each other. */
  readonly network: ClusterNetwork
  /** Requests that are refused for now. */
  readonly requestFaults: RequestFaults
  /** Processes that are to crash at a write of theirs. */
  readonly crashRules: CrashRules
  /** Controllers and scheduler begin, or all that was at rest in what this is a copy of goes on. */
  start(): void
  /** Kubelets begin, but for those that go on. */
  startNodes(): void
  /**
   * What copies of it are to know: every cluster with the same options, but for streams, at the same instant of its kernel.
   * Undefined unless all of it waits for something to happen: no Pods, nothing on its way, nothing that comes by itself.
   */
  atRest(): RestingCluster | undefined
}

/** What a cluster knows that waits for something to happen. Copies share it, so nothing of it is ever changed. */
export interface RestingCluster {
  readonly controlPlane: RestingControlPlane
  /** In the order of the machines. None: no machine was up yet. */
  readonly kubelets: readonly RestingKubelet[]
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
  const crashRules = new CrashRules()
  const { requests } = options.seams ?? {}
  const board = new ReadBoard(
    ({ kind, namespace, name }) =>
      controlPlane.server.store.collection(readKinds[kind]).get(namespace, name)?.metadata.resourceVersion,
    {
      epochMs: options.calendar.epochMs,
      groundOf: (wish) => controlPlane.server.unseenTokens.groundOf(wish),
      tokenOf: (...args) => controlPlane.server.unseenTokens.tokenOf(...args),
    },
  )
  const seams: ClusterSeams = {
    ...options.seams,
    requests: (handle) => crashRules.around(requestFaults.around(requests?.(handle) ?? handle)),
    written(resource, event) {
      options.seams?.written?.(resource, event)
      if (isLostLease(resource, event)) machines.get(event.object.metadata.name)?.kubelet.signs.tellNextRenewal()
      // Tokens tell of their Node.
      if (resource === 'nodes' && event.type !== 'MODIFIED') board.disturb()
      const kind = kindOf.get(resource)
      if (kind === undefined) return
      const { namespace = '', name } = event.object.metadata
      board.written({ kind, namespace, name })
    },
  }
  const controlPlane: ControlPlane = createControlPlane(
    extended(options, {
      disturbed: () => board.disturb(),
      from: options.from?.controlPlane.front,
      seams,
      controllers: {
        livesUnseen: (name: string) => options.explicitHeartbeats !== true && livesUnseen(machines.get(name)),
        signSeenAt: (name: string, renewTime: string) => machines.get(name)?.signSeenAt(renewTime),
        tellNextReports() {
          for (const { kubelet } of machines.values()) kubelet.signs.tellNextReport()
        },
      },
    }),
  )
  presentHeartbeats(controlPlane.server.store, machines)
  const network = createClusterNetwork({
    kernel: options.kernel,
    journal: options.journal,
    random: options.random,
    minor: options.minor,
    machines,
    controlPlane,
  })
  const room = {
    controlPlane,
    ...options,
    timings: options.timings ?? usualTimings,
    latencies: options.latencies ?? {},
    recordIdleSyncs: options.recordIdleSyncs ?? false,
    heartbeats: options.explicitHeartbeats === true ? ('explicit' as const) : ('computed' as const),
    unseenReads: board,
    seams,
    network,
  }
  for (const [index, node] of options.nodes.entries()) machines.set(node.name, createMachine({ index, ...node }, room))
  const goneOn = options.from?.kubelets.length ?? 0
  let haveNodesBegun = goneOn > 0
  return {
    controlPlane,
    machines,
    network,
    requestFaults,
    crashRules,
    start() {
      if (options.from !== undefined) {
        goOnFrom(options.from, controlPlane, machines)
        return
      }
      controlPlane.start()
    },
    startNodes() {
      haveNodesBegun = true
      for (const { kubelet, isAbsent } of [...machines.values()].slice(goneOn)) if (!isAbsent) kubelet.start()
    },
    // Of machines that wait to be started a copy has nothing to know.
    atRest: () => atRest(options.kernel, controlPlane, haveNodesBegun ? [...machines.values()] : []),
  }
}

const readKinds = { Secret: 'secrets', ConfigMap: 'configmaps', ServiceAccount: 'serviceaccounts' } as const
const kindOf: ReadonlyMap<string, keyof typeof readKinds> = new Map([
  [readKinds.Secret, 'Secret'],
  [readKinds.ConfigMap, 'ConfigMap'],
  [readKinds.ServiceAccount, 'ServiceAccount'],
])

type Machines = ReadonlyMap<string, Machine>

function goOnFrom(rest: RestingCluster, controlPlane: ControlPlane, machines: Machines): void {
  const reopening = new Reopening()
  controlPlane.goOnFrom(rest.controlPlane, reopening)
  for (const [at, { kubelet }] of [...machines.values()].entries()) {
    const resting = rest.kubelets[at]
    if (resting !== undefined) kubelet.goOnFrom(resting, reopening)
  }
  reopening.openAll()
}

function atRest(kernel: Kernel, controlPlane: ControlPlane, machines: readonly Machine[]): RestingCluster | undefined {
  const links = [controlPlane.link, controlPlane.outside, ...machines.map(({ link }) => link)]
  const byLink = allOf(links, (link) => link.watchesAtRest())
  if (byLink === undefined) return undefined
  const watches: WatchesAtRest = new Map(byLink.flatMap((each) => [...each]))
  const restingPlane = controlPlane.atRest(watches)
  const kubelets = allOf(machines, ({ kubelet }) => kubelet.atRest(watches))
  if (restingPlane === undefined || kubelets === undefined) return undefined
  const known =
    restingPlane.timers +
    kubelets.filter(({ recorder }) => recorder.pruneAt !== undefined).length +
    kubelets.filter(({ run }) => run.registrar.owesReport).length
  // What else waits in the kernel is something that no copy would know of.
  return kernel.pending === known ? { controlPlane: restingPlane, kubelets } : undefined
}

/** A node's signs of life need not be told one by one while its kubelet runs and nothing is in the way. */
function livesUnseen(machine: Machine | undefined): boolean {
  if (machine === undefined || machine.isThreatened) return false
  return machine.kubelet.isRunning && !machine.kubelet.signs.areBehind
}
