import type { Pod, Secret, ServiceAccount } from '../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { etcdSecretValue } from '../apiserver/etcd-value.ts'
import { type Cluster, createCluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import { type ClusterSeams, stackSeams } from '../cluster/seams.ts'
import { userActingAs } from '../cluster/users.ts'
import { createFlows } from '../flow/flows.ts'
import { type InvariantObserver, observeInvariants } from '../invariants/observer.ts'
import { type Calendar, createCalendar, type EpochMs } from '../kernel/calendar.ts'
import { createJournal, type Journal } from '../kernel/journal.ts'
import { createKernel, type Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import { createLateStreams, type RandomStreams } from '../kernel/random.ts'
import { minute, type VirtualMs } from '../kernel/time.ts'
import type { CommandResult, ContainerRef } from '../looks/containers.ts'
import { execIn, findContainer } from '../looks/containers.ts'
import { createAccidents } from './accidents.ts'
import { type Commands, createCommands } from './commands.ts'
import { type Applied, createDirectApply } from './direct-apply.ts'
import { flowFactsOf } from './flow-facts.ts'
import { createGuard, type Work } from './guard.ts'
import { httpRequest } from './http-request.ts'
import { createLooks } from './looks-calls.ts'
import { find } from './objects.ts'
import type { SimOptions } from './options.ts'
import { createOwnCode } from './own/own-code.ts'
import { createImageRegistry } from './registry.ts'
import { resolveOptions, type SimSettings } from './resolve-options.ts'
import { Settling } from './settle.ts'
import type { Sim } from './sim.ts'
import { createTimeCalls } from './time-calls.ts'
import { SimUsageError } from './usage-error.ts'
import { createWorkingFiles } from './working-files.ts'

/** How long the cluster has been up when virtual time begins: nodes are ready, accounts have their tokens. */
const bringUpMs: VirtualMs = minute

/** What somebody needs who lets a simulation go on by another clock. */
export interface OutsideView {
  /** When the next thing is due, as `now()` of the simulation counts; undefined: nothing is. */
  nextAt(): VirtualMs | undefined
  /** The wall clock of the simulated world. */
  epochNow(): EpochMs
  /** Whether people's way to the API server is open. */
  isReachable(): boolean
}

/**
 * Clusters of the same settings are brought up alike, whatever their seed, which counts from time 0 on. Only at which instants
 * the loops of the kubelets look around is the seed's own from the start: nothing of that shows before.
 */
const areKubeletPhases = (stream: string): boolean => stream.endsWith('/kubelet/phases')

/** A simulated cluster, up and idle at time 0. */
export function createSim(options: SimOptions = {}): Sim {
  return createObservedSim(options).sim
}

/** A simulation with its parts. */
export interface ObservedSim {
  readonly sim: Sim
  readonly observer: InvariantObserver | undefined
  readonly cluster: Cluster
  readonly journal: Journal
  readonly outside: OutsideView
}

/** For podsim's own tests: with what stands between invariants and the cluster (`below`), and before both (`above`). */
export function createObservedSim(
  options: SimOptions,
  seams: { readonly below?: ClusterSeams; readonly above?: ClusterSeams } = {},
): ObservedSim {
  const settings = resolveOptions(options)
  const wheel: Kernel = createKernel({ describeCause: (seq) => journal.record(seq)?.type })
  const journal: Journal = createJournal(wheel, settings.journal, bringUpMs)
  const world = { kernel: wheel, journal, minor: settings.minor, gates: settings.gates, originMs: bringUpMs }
  const observer = settings.invariants ? observeInvariants(world) : undefined
  const kernel = observer?.kernel ?? wheel
  const calendar = createCalendar(settings.epochMs - bringUpMs)
  const random = createLateStreams(settings.seed, areKubeletPhases)
  const registry = createImageRegistry(settings)
  const { minor, gates, nodes, latencies, admission } = settings
  const settling = new Settling(kernel)
  const base = { kernel, calendar, journal, random }
  const cluster = createCluster({
    ...{ ...base, minor, gates, nodes, registry, latencies, admission },
    freezes: settings.invariants,
    seams: stackSeams(seams.below ?? {}, observer?.seams ?? {}, seams.above ?? {}, { written: settling.written }),
  })
  observer?.attach(cluster)
  bringUp(kernel, cluster, settings)
  random.sow()
  // The budget is the user's: bringing the cluster up does not count.
  kernel.limitEvents(settings.maxEvents)
  const { server } = cluster.controlPlane
  const files = createWorkingFiles(kernel, calendar, settings.files)
  const reachability = { blockedBy: 0 }
  const podOf = (namespace: string, name: string) => find<Pod>(server, 'Pod', name, namespace)
  const etcdValue = etcdReader(server, settings, random)
  const commands = createCommands({
    kernel,
    calendar,
    random: random.stream('kubectl'),
    cluster,
    files,
    clientVersion: settings.kubectl,
    podOf,
    etcdValue,
    isReachable: () => reachability.blockedBy === 0,
  })
  const applyDirectly = createDirectApply({
    server,
    minor: settings.minor,
    kubectl: settings.kubectl,
    isReachable: () => reachability.blockedBy === 0,
    namespace: commands.namespace,
  })
  const containerOf = ({ pod, container, namespace = 'default' }: ContainerRef, previous = false) =>
    findContainer(cluster, podOf(namespace, pod), container, previous)
  const accidents = createAccidents({
    ...base,
    cluster,
    registry,
    observed: (change) => observer?.fault(change),
    people: reachability,
  })
  const guard = createGuard(
    () => observer?.check(),
    () => own.end(),
  )
  const time = createTimeCalls({
    ...base,
    cluster,
    commands,
    settling,
    originMs: bringUpMs,
    quietMs: () => Math.max(minute, ...nodes.map(({ name }) => flowFacts.boundMs(name))),
    apart: guard.apart,
  })
  const own = createOwnCode({ ...base, cluster, minor, now: time.now })
  const flowFacts = flowFactsOf(settings, server, time.now)
  const flows = createFlows(journal, flowFacts)
  const looks = createLooks({ settings, kernel, journal, cluster, flows, originMs: bringUpMs, containerOf, etcdValue })
  const work: Work = {
    ...time,
    ...looks,
    ...own.calls,
    ...commandCalls(commands, applyDirectly),
    exec: (target, argv, { stdin } = {}) => execIn(containerOf(target), target, argv, stdin),
    fault: accidents.begin,
    client: ({ as = adminUser.name, groups } = {}) =>
      cluster.controlPlane.clientOf(userActingAs(as, groups), cluster.controlPlane.outside),
    process: (body) => process(kernel, body),
    request: (request) => httpRequest(server, request),
  }
  const sim: Sim = {
    ...guard.calls(work),
    seed: settings.seed,
    journal: guard.journal(journal),
    flows,
    dispose: guard.dispose,
  }
  return { sim, observer, cluster, journal, outside: outsideOf(kernel, calendar, reachability) }
}

function outsideOf(kernel: Kernel, calendar: Calendar, people: { readonly blockedBy: number }): OutsideView {
  return {
    nextAt() {
      const next = kernel.nextAt()
      return next === undefined ? undefined : next - bringUpMs
    },
    epochNow: () => calendar.at(kernel.now()),
    isReachable: () => people.blockedBy === 0,
  }
}

/** The calls that are command lines, or stand for one. */
function commandCalls(
  commands: Commands,
  applyDirectly: (manifest: object) => Applied,
): Pick<Work, 'apply' | 'start' | 'kubectl' | 'shell'> {
  return {
    apply: (...manifests) => applyAll(commands.kubectl, applyDirectly, manifests),
    kubectl: (line, commandOptions = {}) =>
      typeof line === 'string'
        ? commands.shell(`kubectl ${line}`, commandOptions)
        : commands.kubectl(line, commandOptions),
    shell: (script, commandOptions = {}) => commands.shell(script, commandOptions),
    start: (command, commandOptions = {}) => commands.start(command, commandOptions),
  }
}

/** What lies in etcd for a Secret. */
function etcdReader(
  server: RunningApiServer,
  { encryptionAtRest }: SimSettings,
  random: RandomStreams,
): (namespace: string, name: string) => Uint8Array | undefined {
  const encryption = encryptionAtRest
    ? { by: { provider: 'aescbc', keyName: 'key1' } as const, random: random.stream('etcd/encryption') }
    : undefined
  return (namespace, name) => {
    const secret = find<Secret>(server, 'Secret', name, namespace)
    return secret === undefined ? undefined : etcdSecretValue(secret, encryption)
  }
}

/** Starts everything and lets it settle; what a user would have set by hand on the nodes is set then. */
function bringUp(kernel: Kernel, cluster: Cluster, { nodes, gates }: SimSettings): void {
  // Its work is to undo just what is set by hand here; paused from the start, it has no request on its way that does.
  if (nodes.some(({ ttl }) => ttl !== undefined)) cluster.controlPlane.controllers.pause('ttl')
  cluster.start()
  const { server } = cluster.controlPlane
  const nodeObjects = server.store.collection('nodes')
  const accounts = server.store.collection('serviceaccounts')
  const isUp = () => {
    // Asked after every event: whoever is not ready yet answers for all.
    if (!nodes.every(({ name }) => isNodeReady(nodeObjects.get('', name)))) return false
    // The collection of accounts holds accounts.
    const account = accounts.get('default', 'default') as ServiceAccount | undefined
    const needsToken = !gates.LegacyServiceAccountTokenNoAutoGeneration && !gates.BoundServiceAccountTokenVolume
    return account !== undefined && (!needsToken || (account.secrets?.length ?? 0) > 0)
  }
  kernel.runUntilTrue(isUp, bringUpMs - 1)
  for (const { name, ttl, taints } of nodes) {
    if (ttl === undefined && taints.length === 0) continue
    const body = {
      ...(ttl === undefined ? {} : { metadata: { annotations: { 'node.alpha.kubernetes.io/ttl': String(ttl) } } }),
      ...(taints.length === 0 ? {} : { spec: { taints } }),
    }
    server.handle({
      user: adminUser,
      verb: 'patch',
      resource: nodesRef,
      name,
      patchType: 'application/merge-patch+json',
      body,
    })
  }
  kernel.runUntil(bringUpMs)
}

const nodesRef: ResourceRef = { group: '', version: 'v1', resource: 'nodes' }

function isNodeReady(node: KubeObject | undefined): boolean {
  const { status } = (node ?? {}) as {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  }
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
}

type Kubectl = (argv: readonly string[], options: { readonly stdin: string }) => CommandResult

function applyAll(
  kubectl: Kubectl,
  applyDirectly: (manifest: object) => Applied,
  manifests: readonly (string | object | readonly object[])[],
): void {
  for (const manifest of manifests.flat()) {
    const applied: Applied = typeof manifest === 'string' ? { kind: 'text' } : applyDirectly(manifest)
    if (applied.kind === 'applied') continue
    const stderr = applied.kind === 'refused' ? applied.stderr : refusalOfText(kubectl, manifest)
    if (stderr !== undefined) throw new SimUsageError(`the manifest was refused: ${stderr.trim()}`)
  }
}

function refusalOfText(kubectl: Kubectl, manifest: string | object): string | undefined {
  const text = typeof manifest === 'string' ? manifest : JSON.stringify(manifest)
  const { exitCode, stderr } = kubectl(['apply', '-f', '-'], { stdin: text })
  return exitCode === 0 ? undefined : stderr
}
