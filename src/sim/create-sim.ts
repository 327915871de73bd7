import { deepFreeze } from '../api/json.ts'
import type { Event, Pod, Secret, ServiceAccount } from '../api/types/core.ts'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { etcdSecretValue } from '../apiserver/etcd-value.ts'
import { type Cluster, createCluster } from '../cluster/cluster.ts'
import { adminUser } from '../cluster/control-plane.ts'
import { beginFault, type ClusterFault } from '../cluster/faults.ts'
import type { Machine } from '../cluster/machine.ts'
import { type ClusterSeams, stackSeams } from '../cluster/seams.ts'
import { type InvariantObserver, observeInvariants } from '../invariants/observer.ts'
import { createCalendar } from '../kernel/calendar.ts'
import { createHistory } from '../kernel/history.ts'
import { createJournal, type Journal, type JournalObject } from '../kernel/journal.ts'
import { createKernel, type Kernel } from '../kernel/kernel.ts'
import { createRandomStreams } from '../kernel/random.ts'
import { minute, type VirtualMs } from '../kernel/time.ts'
import type { CommandResult, ContainerRef } from '../looks/containers.ts'
import { envOf, execIn, fileIn, findContainer, logsOf } from '../looks/containers.ts'
import { updateDelays } from '../looks/delays.ts'
import { filesWith, holdsSecret } from '../looks/node-files.ts'
import { nodeMemory } from '../looks/node-memory.ts'
import { traffic } from '../looks/traffic.ts'
import { filesOfVolume } from '../looks/volume-files.ts'
import { explain } from '../looks/why.ts'
import { createCommands } from './commands.ts'
import { type Applied, createDirectApply } from './direct-apply.ts'
import { clusterFault, faultText } from './faults.ts'
import { httpRequest } from './http-request.ts'
import { type SimOptions, SimUsageError } from './options.ts'
import { createImageRegistry } from './registry.ts'
import { resolveOptions, type SimSettings } from './resolve-options.ts'
import type { Fault, MachineState, Sim } from './sim.ts'
import { createWorkingFiles } from './working-files.ts'
import { durationMs, wrong } from './wrong-input.ts'

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
): { readonly sim: Sim; readonly observer: InvariantObserver | undefined; readonly cluster: Cluster } {
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
    kernel,
    calendar,
    journal,
    random,
    minor,
    gates,
    nodes,
    registry,
    latencies,
    admission,
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
  const ongoing: { readonly fault: ClusterFault; readonly end: () => void }[] = []
  let isDisposed = false
  const alive = <A extends readonly unknown[], R>(work: (...args: A) => R) => {
    return (...args: A): R => {
      if (isDisposed) throw new SimUsageError('the simulation was disposed of')
      const result = work(...args)
      observer?.check()
      return result
    }
  }
  const containerOf = ({ pod, container, namespace = 'default' }: ContainerRef, previous = false) =>
    findContainer(cluster, podOf(namespace, pod), container, previous)

  const begin = (fault: Fault): { clear(): void } => {
    const meant = clusterFault(fault, [...cluster.machines.keys()], cluster.controlPlane.controllers.names)
    if (meant.kind === 'end') {
      for (const { fault: begun, end } of [...ongoing]) if (meant.of.includes(begun.kind)) end()
      return { clear: () => {} }
    }
    const seq = journal.append({
      actor: 'fault',
      type: 'fault.begin',
      detail: { kind: meant.kind, what: faultText(meant, false) },
    })
    const blocks = meant.kind === 'apiServerUnreachable' && meant.node === undefined
    if (blocks) reachability.blockedBy++
    observer?.fault(1)
    const finish = beginFault(cluster, registry, meant)
    let isOver = false
    const end = () => {
      if (isOver) return
      isOver = true
      ongoing.splice(
        ongoing.findIndex((each) => each.fault === meant),
        1,
      )
      if (blocks) reachability.blockedBy--
      journal.append({
        actor: 'fault',
        type: 'fault.end',
        cause: seq,
        detail: { kind: meant.kind, what: faultText(meant, true) },
      })
      finish()
      observer?.fault(-1)
    }
    ongoing.push({ fault: meant, end })
    if (isMomentary(meant)) {
      ongoing.pop()
      observer?.fault(-1)
    } else if (fault.for !== undefined) kernel.schedule(durationMs(fault.for, 'fault.for'), end)
    kernel.cause = 0
    return { clear: isMomentary(meant) ? () => {} : end }
  }

  const sim: Sim = {
    now: () => kernel.now() - bringUpMs,
    seed: settings.seed,
    apply: alive((...manifests) => applyAll(commands.kubectl, applyDirectly, manifests)),
    kubectl: alive((line, commandOptions = {}) =>
      typeof line === 'string'
        ? commands.shell(`kubectl ${line}`, commandOptions)
        : commands.kubectl(line, commandOptions),
    ),
    shell: alive((script, commandOptions = {}) => commands.shell(script, commandOptions)),
    exec: alive((target, argv, { stdin } = {}) => execIn(containerOf(target), target, argv, stdin)),
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
    runFor: alive((duration) => {
      commands.run(kernel.now() + durationMs(duration, 'runFor'))
    }),
    runUntil: alive((condition, { within }) => commands.run(kernel.now() + durationMs(within, 'within'), condition)),
    fault: alive(begin),
    why(asked) {
      const object = typeof asked === 'string' ? parseRef(asked) : asked
      return explain(journal, find(server, object.kind, object.name, object.namespace ?? 'default'), object)
    },
    stateAt: (time) => history.at(lastSeqUntil(journal, durationMs(time, 'stateAt'))),
    journal,
    request: alive((request) => httpRequest(server, request)),
    delays: (secret, namespace = 'default') =>
      updateDelays({
        journal,
        namespace,
        secret,
        originMs: bringUpMs,
        boundMs: (node) => boundOf(settings, node, find(server, 'Node', node, '')),
      }),
    traffic: (name, namespace = 'default', resource = 'secrets') => traffic({ journal, namespace, name, resource }),
    nodeFiles: (node, text) => filesWith(machineOf(cluster, node), text),
    holdsSecret: (node, secret, namespace = 'default') =>
      holdsSecret(machineOf(cluster, node), journal, namespace, secret),
    nodeMemory: (node) =>
      nodeMemory(machineOf(cluster, node), settings.nodes.find(({ name }) => name === node)?.memory ?? '0'),
    etcdValue: (name, namespace = 'default') => etcdValue(namespace, name),
    inspect: (object) => machinesOf(cluster, find(server, object.kind, object.name, object.namespace ?? 'default')),
    dispose() {
      isDisposed = true
    },
  }
  return { sim, observer, cluster }
}

/** Starts everything and lets it settle; what a user would have set by hand on the nodes is set then. */
function bringUp(kernel: Kernel, cluster: Cluster, { nodes, gates }: SimSettings): void {
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
  // Its work is to undo just what is set by hand here.
  if (nodes.some(({ ttl }) => ttl !== undefined)) cluster.controlPlane.controllers.pause('ttl')
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

/** The resource of a kind: `Pod`, `pod`, `pods` and short names alike. */
function resourceOf(
  server: RunningApiServer,
  kind: string,
): { readonly ref: ResourceRef; readonly namespaced: boolean } {
  const wanted = kind.toLowerCase()
  for (const info of server.discovery.resources) {
    const names = [info.kind.toLowerCase(), info.resource, `${info.resource}.${info.group}`, ...info.shortNames]
    if (names.includes(wanted))
      return { ref: { group: info.group, version: info.version, resource: info.resource }, namespaced: info.namespaced }
  }
  throw new SimUsageError(`there is no kind ${JSON.stringify(kind)} in this version of Kubernetes`)
}

function find<T extends KubeObject>(
  server: RunningApiServer,
  kind: string,
  name: string,
  namespace: string,
): T | undefined {
  const { ref, namespaced } = resourceOf(server, kind)
  const stored = ref.group === '' ? ref.resource : `${ref.resource}.${ref.group}`
  // The caller names the kind, and so the type.
  return server.store.collection(stored).get(namespaced ? namespace : '', name) as T | undefined
}

function listOf<T extends KubeObject>(
  server: RunningApiServer,
  kind: string,
  namespace: string | undefined,
): readonly T[] {
  const { ref } = resourceOf(server, kind)
  return server.store
    .collection(ref.group === '' ? ref.resource : `${ref.resource}.${ref.group}`)
    .list(namespace) as readonly KubeObject[] as readonly T[]
}

function eventsOf(
  server: RunningApiServer,
  { namespace = 'default', reason, on }: Parameters<Sim['events']>[0] & object,
): readonly Event[] {
  const [kind, name] = on?.split('/') ?? []
  const wantedKind = kind === undefined ? undefined : resourceOf(server, kind).ref.resource
  return (server.store.collection('events').list(namespace) as readonly Event[])
    .filter((event) => {
      if (reason !== undefined && event.reason !== reason) return false
      if (name !== undefined && event.involvedObject.name !== name) return false
      return wantedKind === undefined || resourceOf(server, event.involvedObject.kind ?? '').ref.resource === wantedKind
    })
    .sort((a, b) => Number(a.metadata.resourceVersion) - Number(b.metadata.resourceVersion))
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

/** `pod/mypod` or `secret/default/mysecret`. */
function parseRef(text: string): JournalObject {
  const parts = text.split('/')
  const [kind = '', first = '', second] = parts
  if (parts.length < 2 || parts.length > 3)
    throw new SimUsageError(`${JSON.stringify(text)} names no object; expected kind/name or kind/namespace/name`)
  const proper = kind.charAt(0).toUpperCase() + kind.slice(1)
  return second === undefined
    ? { kind: proper, namespace: 'default', name: first }
    : { kind: proper, namespace: first, name: second }
}

function lastSeqUntil(journal: Journal, time: VirtualMs): number {
  let seq = 0
  for (const record of journal.records) {
    if (record.time > time) break
    seq = record.seq
  }
  return seq
}

/** U3: the longest gap of two syncs (1.5 sync periods and a tick) plus what the node's cache may be behind. */
function boundOf({ nodes, minor }: SimSettings, name: string, node: KubeObject | undefined): VirtualMs {
  const kubelet = nodes.find((each) => each.name === name)?.kubelet ?? {}
  const sync = 1.5 * (kubelet.syncFrequency ?? minute) + 1000
  const annotation = node?.metadata.annotations?.['node.alpha.kubernetes.io/ttl']
  const ttl = annotation === undefined ? minute : Number(annotation) * 1000
  // Mounting takes at most two passes of the volume manager's loops.
  const mount = 200
  return sync + mount + (kubelet.configMapAndSecretChangeDetectionStrategy === 'Cache' && minor < 22 ? ttl : 1000)
}

function machineOf(cluster: Cluster, node: string): Machine {
  return cluster.machines.get(node) ?? wrong('node', node, [...cluster.machines.keys()].join(', '))
}

function isMomentary({ kind }: ClusterFault): boolean {
  return kind === 'dropWatches' || kind === 'loseAnswers' || kind === 'kubeletRestarted' || kind === 'rebooted'
}

function machinesOf(cluster: Cluster, object: KubeObject | undefined): readonly MachineState[] {
  if (object?.kind !== 'Pod') return []
  const pod = object as Pod
  const kubelet = cluster.machines.get(pod.spec.nodeName ?? '')?.kubelet
  const uid = pod.metadata.uid ?? ''
  const worker = kubelet?.inspect({ kind: 'pod', uid })
  const volumes = (pod.spec.volumes ?? []).map(({ name }) => ({
    name,
    view: kubelet?.inspect({ kind: 'volume', uid, volume: name }),
  }))
  return [
    ...(worker === undefined ? [] : [{ machine: worker.machine, name: pod.metadata.name, state: worker.state }]),
    ...volumes.flatMap(({ name, view }) =>
      view === undefined ? [] : [{ machine: view.machine, name, state: view.state }],
    ),
  ]
}
