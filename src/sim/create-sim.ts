import { deepFreeze } from '../api/json.ts'
import type { Pod, Secret, ServiceAccount } from '../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import { etcdSecretValue } from '../apiserver/etcd-value.ts'
import { type Cluster, createCluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import type { Machine } from '../cluster/machine.ts'
import { type ClusterSeams, stackSeams } from '../cluster/seams.ts'
import { userNamed } from '../cluster/users.ts'
import { createFlows } from '../flow/flows.ts'
import { type InvariantObserver, observeInvariants } from '../invariants/observer.ts'
import { createCalendar } from '../kernel/calendar.ts'
import { createHistory } from '../kernel/history.ts'
import { createJournal, type Journal } from '../kernel/journal.ts'
import { createKernel, type Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import { createRandomStreams } from '../kernel/random.ts'
import { minute, type VirtualMs } from '../kernel/time.ts'
import type { CommandResult, ContainerRef } from '../looks/containers.ts'
import { envOf, execIn, fileIn, findContainer, logsOf } from '../looks/containers.ts'
import { machineSteps, machinesOf } from '../looks/machines.ts'
import { filesWith, holdsSecret } from '../looks/node-files.ts'
import { nodeMemory } from '../looks/node-memory.ts'
import { traffic } from '../looks/traffic.ts'
import { filesOfVolume } from '../looks/volume-files.ts'
import { explain } from '../looks/why.ts'
import { createAccidents } from './accidents.ts'
import { unknownName } from './calls.ts'
import { createCommands } from './commands.ts'
import { type Applied, createDirectApply } from './direct-apply.ts'
import { formatDuration } from './duration.ts'
import { flowFactsOf } from './flow-facts.ts'
import { createGuard, type Work } from './guard.ts'
import { httpRequest } from './http-request.ts'
import { millisecondsOf } from './input/formats.ts'
import { describeValue } from './input/words.ts'
import { eventsOf, find, listOf, parseRef } from './objects.ts'
import type { SimOptions } from './options.ts'
import { createImageRegistry } from './registry.ts'
import { resolveOptions, type SimSettings } from './resolve-options.ts'
import type { Sim } from './sim.ts'
import { SimUsageError } from './usage-error.ts'
import { createWorkingFiles } from './working-files.ts'

/** How long the cluster has been up when virtual time begins: nodes are ready, accounts have their tokens. */
const bringUpMs: VirtualMs = minute

/** A simulated cluster, up and idle at time 0. */
export function createSim(options: SimOptions = {}): Sim {
  return createObservedSim(options).sim
}

/** For podsim's own tests: with what stands between invariants and the cluster (`below`), and before both (`above`). */
export function createObservedSim(
  options: SimOptions,
  seams: { readonly below?: ClusterSeams; readonly above?: ClusterSeams } = {},
): {
  readonly sim: Sim
  readonly observer: InvariantObserver | undefined
  readonly cluster: Cluster
  readonly journal: Journal
} {
  const settings = resolveOptions(options)
  const wheel: Kernel = createKernel({ describeCause: (seq) => journal.record(seq)?.type })
  const journal: Journal = createJournal(wheel, settings.journal, bringUpMs)
  const world = { kernel: wheel, journal, minor: settings.minor, gates: settings.gates, originMs: bringUpMs }
  const observer = settings.invariants ? observeInvariants(world) : undefined
  const kernel = observer?.kernel ?? wheel
  const calendar = createCalendar(settings.epochMs - bringUpMs)
  const random = createRandomStreams(settings.seed)
  const registry = createImageRegistry(settings)
  const { minor, gates, nodes, latencies, admission } = settings
  const cluster = createCluster({
    ...{ kernel, calendar, journal, random, minor, gates, nodes, registry, latencies, admission },
    freezes: settings.invariants,
    seams: stackSeams(seams.below ?? {}, observer?.seams ?? {}, seams.above ?? {}),
  })
  observer?.attach(cluster)
  bringUp(kernel, cluster, settings)
  // The budget is the user's: bringing the cluster up does not count.
  kernel.limitEvents(settings.maxEvents)
  const { server } = cluster.controlPlane
  const history = createHistory(journal)
  const files = createWorkingFiles(kernel, calendar, settings.files)
  const reachability = { blockedBy: 0 }
  const podOf = (namespace: string, name: string) => find<Pod>(server, 'Pod', name, namespace)
  const encryption = settings.encryptionAtRest
    ? { by: { provider: 'aescbc', keyName: 'key1' } as const, random: random.stream('etcd/encryption') }
    : undefined
  const etcdValue = (namespace: string, name: string): Uint8Array | undefined => {
    const secret = find<Secret>(server, 'Secret', name, namespace)
    return secret === undefined ? undefined : etcdSecretValue(secret, encryption)
  }
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
    kernel,
    journal,
    cluster,
    registry,
    observed: (change) => observer?.fault(change),
    people: reachability,
  })

  const flows = createFlows(
    journal,
    flowFactsOf(settings, server, () => kernel.now() - bringUpMs),
  )

  const work: Work = {
    now: () => kernel.now() - bringUpMs,
    apply: (...manifests) => applyAll(commands.kubectl, applyDirectly, manifests),
    kubectl: (line, commandOptions = {}) =>
      typeof line === 'string'
        ? commands.shell(`kubectl ${line}`, commandOptions)
        : commands.kubectl(line, commandOptions),
    shell: (script, commandOptions = {}) => commands.shell(script, commandOptions),
    exec: (target, argv, { stdin } = {}) => execIn(containerOf(target), target, argv, stdin),
    get: <T extends KubeObject>(kind: string, name: string, namespace = 'default') =>
      deepFreeze(find<T>(server, kind, name, namespace)),
    list: <T extends KubeObject>(kind: string, { namespace }: { readonly namespace?: string } = {}) =>
      listOf<T>(server, kind, namespace).map(deepFreeze),
    events: (query = {}) => eventsOf(server, query).map(deepFreeze),
    logs: (target, { previous = false } = {}) => logsOf(containerOf(target, previous)),
    file: (target, path) => fileIn(containerOf(target), path),
    env: (target) => envOf(containerOf(target)),
    volumeFiles(name, volume, namespace = 'default') {
      const pod = podOf(namespace, name)
      const machine = cluster.machines.get(pod?.spec.nodeName ?? '')
      return machine === undefined ? [] : filesOfVolume(machine, pod?.metadata.uid ?? '', volume)
    },
    runFor: (duration) => {
      commands.run(kernel.now() + millisecondsOf(duration))
    },
    runUntil: (condition, { within }) => commands.run(kernel.now() + millisecondsOf(within), decided(condition)),
    fault: accidents.begin,
    why(asked) {
      const object = typeof asked === 'string' ? parseRef(asked) : asked
      return explain(journal, find(server, object.kind, object.name, object.namespace ?? 'default'), object)
    },
    stateAt(asked) {
      const time = millisecondsOf(asked)
      if (time > kernel.now() - bringUpMs)
        throw new SimUsageError(
          `stateAt: ${formatDuration(time)} lies in the future; it is ${formatDuration(kernel.now() - bringUpMs)} now`,
        )
      return history.at(lastSeqUntil(journal, time))
    },
    client: ({ user = adminUser.name, groups } = {}) => {
      const { controlPlane } = cluster
      return controlPlane.clientOf(userNamed(user, groups), controlPlane.outside)
    },
    process: (body) => process(kernel, body),
    request: (request) => httpRequest(server, request),
    delays: (secret, namespace = 'default') => flows.delays(namespace, secret),
    traffic: (name, namespace = 'default', resource = 'secrets') => traffic({ journal, namespace, name, resource }),
    nodeFiles: (node, text) => filesWith(machineOf(cluster, node), text),
    holdsSecret: (node, secret, namespace = 'default') =>
      holdsSecret(machineOf(cluster, node), journal, namespace, secret),
    nodeMemory: (node) =>
      nodeMemory(machineOf(cluster, node), settings.nodes.find(({ name }) => name === node)?.memory ?? '0'),
    etcdValue: (name, namespace = 'default') => etcdValue(namespace, name),
    states: () => machineSteps(cluster),
    inspect(asked) {
      const { kind, name, namespace = 'default' } = typeof asked === 'string' ? parseRef(asked) : asked
      return machinesOf(cluster, find(server, kind, name, namespace))
    },
  }
  const guard = createGuard(() => observer?.check())
  const sim: Sim = {
    ...guard.calls(work),
    seed: settings.seed,
    journal: guard.journal(journal),
    flows,
    dispose: guard.dispose,
  }
  return { sim, observer, cluster, journal }
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

function lastSeqUntil(journal: Journal, time: VirtualMs): number {
  let seq = 0
  for (const record of journal.records) {
    if (record.time > time) break
    seq = record.seq
  }
  return seq
}

function machineOf(cluster: Cluster, node: string): Machine {
  const machine = cluster.machines.get(node)
  if (machine === undefined) throw unknownName('node', node, [...cluster.machines.keys()])
  return machine
}

/** A condition that answers with anything but true or false has a mistake: a Promise would always be true. */
function decided(condition: () => boolean): () => boolean {
  return () => {
    const holds: unknown = condition()
    if (typeof holds === 'boolean') return holds
    const hint = holds instanceof Promise ? ': virtual time does not wait for real time' : ''
    throw new SimUsageError(`runUntil: the condition says ${describeValue(holds)}; expected true or false${hint}`)
  }
}
