import { resources } from '../client/client.ts'
import type { Latency } from '../client/latency.ts'
import { instant } from '../client/latency.ts'
import type { Link } from '../client/link.ts'
import type { Verb } from '../client/server.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { SimulatedRegistry } from '../node/runtime/registry.ts'
import type { Cluster } from './cluster.ts'
import { adminUser } from './control-plane.ts'
import type { Machine } from './machine.ts'
import { beginPattern, type PatternFault } from './pattern-faults.ts'
import type { RequestRule } from './request-faults.ts'
import { beginShortage, type SpaceFault } from './space-faults.ts'

/** An accident as the cluster carries it out; `node` absent: all nodes (and, for the API server, the control plane too). */
export type ClusterFault =
  | { readonly kind: 'apiServerUnreachable'; readonly node?: string }
  /** It ends, and comes back as another process, which remembers nothing. */
  | { readonly kind: 'apiServerRestarted' }
  | { readonly kind: 'apiServerSlow'; readonly latency: Latency; readonly verb?: Verb; readonly node?: string }
  /** What needs etcd takes that much longer. */
  | { readonly kind: 'etcdSlow'; readonly latency: Latency }
  /** The API server answers a node, or all, with 401: new requests and new watches. */
  | { readonly kind: 'credentialsExpired'; readonly node?: string }
  /** A machine that is taken away for good. */
  | { readonly kind: 'nodeRemoved'; readonly node: string }
  | ({ readonly kind: 'requestsRefused' } & RequestRule)
  | { readonly kind: 'partition'; readonly node: string }
  | { readonly kind: 'dropWatches'; readonly node?: string }
  | { readonly kind: 'stallWatches'; readonly node?: string }
  | { readonly kind: 'loseAnswers'; readonly count: number; readonly node?: string }
  | { readonly kind: 'kubeletStopped'; readonly node?: string }
  | { readonly kind: 'kubeletRestarted'; readonly node?: string }
  /** Power off: what ran ends, tmpfs is gone. Its end is power on. */
  | { readonly kind: 'poweredOff'; readonly node: string }
  /** A container's process ends from outside of it. */
  | {
      readonly kind: 'containerKilled'
      readonly node: string
      /** `default/web` */
      readonly pod: string
      readonly podUid: string
      readonly container: string
      readonly exitCode: number
      readonly isOutOfMemory: boolean
    }
  | { readonly kind: 'rebooted'; readonly node: string; readonly downMs: VirtualMs }
  /** Its wall clock is that far ahead of the true time; behind, if negative. */
  | { readonly kind: 'clockAhead'; readonly node: string; readonly aheadMs: number }
  | { readonly kind: 'registryUnreachable'; readonly hosts: readonly string[] }
  | { readonly kind: 'controllerPaused'; readonly controller: string }
  | PatternFault
  | SpaceFault

/** Where accidents happen. */
export interface FaultScene {
  readonly cluster: Cluster
  readonly registry: SimulatedRegistry
  readonly kernel: Kernel
}

/**
 * Begins an accident now and returns how it ends. What is over at once (a dropped watch, a restart) ends with nothing;
 * `over` is told of one that comes to its end by itself.
 */
export function beginFault(
  { cluster, registry, kernel }: FaultScene,
  fault: ClusterFault,
  over: () => void,
): () => void {
  switch (fault.kind) {
    case 'staleReads':
    case 'missedEvents':
    case 'crashInTheMiddle':
      return beginPattern(cluster, kernel, fault, over)
    case 'apiServerUnreachable':
    case 'apiServerRestarted':
    case 'apiServerSlow':
    case 'partition':
    case 'stallWatches':
    case 'etcdSlow':
      return hinder(cluster, fault)
    case 'credentialsExpired':
      return withMachines(
        machinesOf(cluster, fault.node),
        ({ link }) => link.deny(),
        ({ link }) => link.admit(),
      )
    case 'nodeRemoved':
      return removeNode(cluster, fault.node)
    case 'memoryLow':
    case 'diskLow':
    case 'inodesLow':
    case 'diskFull':
      return withShortage(machinesOf(cluster, fault.node), fault)
    case 'requestsRefused':
      return refuseRequests(cluster, fault)
    case 'dropWatches':
      for (const link of linksOf(cluster, fault.node)) link.dropWatches()
      return () => {}
    case 'loseAnswers':
      for (const link of linksOf(cluster, fault.node)) link.loseAnswers(fault.count)
      return () => {}
    case 'kubeletStopped':
      return stopKubelets(machinesOf(cluster, fault.node))
    case 'kubeletRestarted':
      stopKubelets(machinesOf(cluster, fault.node))()
      return () => {}
    case 'poweredOff':
      return powerOff(machinesOf(cluster, fault.node))
    case 'containerKilled': {
      const { podUid, container, exitCode, isOutOfMemory } = fault
      for (const { runtime } of machinesOf(cluster, fault.node)) {
        const running = runtime
          .podContainers(podUid)
          .find((each) => each.config.name === container && each.state === 'running')
        if (running !== undefined) runtime.killContainer(running.id, exitCode, isOutOfMemory ? 'OOMKilled' : undefined)
      }
      return () => {}
    }
    case 'rebooted':
      for (const machine of machinesOf(cluster, fault.node)) machine.reboot(fault.downMs)
      return () => {}
    case 'clockAhead':
      setClocks(machinesOf(cluster, fault.node), fault.aheadMs)
      return () => setClocks(machinesOf(cluster, fault.node), 0)
    case 'registryUnreachable':
      for (const host of fault.hosts) registry.setReachable(host, false)
      return () => {
        for (const host of fault.hosts) registry.setReachable(host, true)
      }
    case 'controllerPaused': {
      const { controllers } = cluster.controlPlane
      const name = controllers.names.find((each) => each === fault.controller)
      if (name !== undefined) controllers.pause(name)
      return () => {
        if (name !== undefined) controllers.resume(name)
      }
    }
  }
}

type Hindrance = Extract<
  ClusterFault,
  {
    readonly kind:
      | 'apiServerUnreachable'
      | 'apiServerRestarted'
      | 'apiServerSlow'
      | 'partition'
      | 'stallWatches'
      | 'etcdSlow'
  }
>

/** What is in the way between components and the API server. */
function hinder(cluster: Cluster, fault: Hindrance): () => void {
  switch (fault.kind) {
    case 'apiServerUnreachable':
      return withLinks(
        cluster,
        fault.node,
        (link) => link.beginOutage(),
        (link) => link.endOutage(),
      )
    case 'apiServerRestarted': {
      const end = hinder(cluster, { kind: 'apiServerUnreachable' })
      return () => {
        cluster.controlPlane.serverStartsAnew()
        end()
      }
    }
    case 'apiServerSlow':
      return withLinks(
        cluster,
        fault.node,
        (link) => link.slowDown(fault.latency, fault.verb),
        (link) => link.slowDown(instant, fault.verb),
      )
    case 'partition':
      return withLinks(
        cluster,
        fault.node,
        (link) => link.partition(),
        (link) => link.heal(),
      )
    case 'stallWatches':
      return withLinks(
        cluster,
        fault.node,
        (link) => link.stallWatches(),
        (link) => link.resumeWatches(),
      )
    case 'etcdSlow':
      return withLinks(
        cluster,
        undefined,
        (link) => link.slowStore(fault.latency),
        (link) => link.slowStore(instant),
      )
  }
}

/** Something on the links that may cost nodes their signs of life: told before, so that their age counts from then. */
function withLinks(
  cluster: Cluster,
  node: string | undefined,
  begin: (link: Link) => void,
  end: (link: Link) => void,
): () => void {
  const machines = machinesOf(cluster, node)
  for (const machine of machines) machine.threaten()
  const links = linksOf(cluster, node)
  for (const link of links) begin(link)
  return () => {
    for (const link of links) end(link)
    for (const machine of machines) machine.relieve()
  }
}

/** As `withLinks`, for what is in the way of nodes alone. */
function withMachines(
  machines: readonly Machine[],
  begin: (machine: Machine) => void,
  end: (machine: Machine) => void,
): () => void {
  for (const machine of machines) machine.threaten()
  for (const machine of machines) begin(machine)
  return () => {
    for (const machine of machines) end(machine)
    for (const machine of machines) machine.relieve()
  }
}

/** What nodes tell of their pressure may come in the way of what is computed of them: told one by one meanwhile. */
function withShortage(machines: readonly Machine[], fault: SpaceFault): () => void {
  for (const machine of machines) machine.threaten()
  const end = beginShortage(machines, fault)
  return () => {
    end()
    for (const machine of machines) machine.relieve()
  }
}

/** Powers a machine off and deletes its Node, as whoever takes a machine out of a cluster does. It does not come back. */
function removeNode(cluster: Cluster, name: string): () => void {
  powerOff(machinesOf(cluster, name))
  cluster.controlPlane.server.handle({ user: adminUser, verb: 'delete', resource: resources.nodes, name })
  return () => {}
}

/** Signs of life may be among what is refused: they are told one by one meanwhile. */
function refuseRequests({ machines, requestFaults }: Cluster, rule: RequestRule): () => void {
  for (const machine of machines.values()) machine.threaten()
  const end = requestFaults.begin(rule)
  return () => {
    end()
    for (const machine of machines.values()) machine.relieve()
  }
}

function powerOff(machines: readonly Machine[]): () => void {
  for (const machine of machines) {
    machine.threaten()
    machine.powerOff()
  }
  return () => {
    for (const machine of machines) {
      machine.powerOn()
      machine.relieve()
    }
  }
}

function setClocks(machines: readonly Machine[], aheadMs: number): void {
  for (const { clock, kubelet } of machines) {
    clock.set(aheadMs)
    kubelet.clockChanged()
  }
}

function stopKubelets(machines: readonly Machine[]): () => void {
  const stopped = machines.map((machine) => {
    machine.threaten()
    return { machine, letGo: machine.keepKubeletDown() }
  })
  return () => {
    for (const { machine, letGo } of stopped) {
      letGo()
      machine.relieve()
    }
  }
}

function machinesOf({ machines }: Cluster, node: string | undefined): readonly Machine[] {
  return [...machines.values()].filter(({ name }) => node === undefined || name === node)
}

function linksOf(cluster: Cluster, node: string | undefined): readonly Link[] {
  const nodeLinks = machinesOf(cluster, node).map(({ link }) => link)
  return node === undefined ? [...nodeLinks, cluster.controlPlane.link, cluster.controlPlane.outside] : nodeLinks
}
