import type { Node, Pod } from '../../api/types/core.ts'
import type { Client } from '../../client/client.ts'
import { after } from '../../kernel/after.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { Scope } from '../../kernel/scope.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { createImageManager, type ImageManager } from '../images/image-manager.ts'
import type { PullRecords } from '../images/pull-records.ts'
import { createObjectManagers } from '../secrets/create-manager.ts'
import { ttlFromAnnotations } from '../secrets/ttl-manager.ts'
import type { KubeletFacts } from '../version-facts.ts'
import { createVolumePlugins } from '../volumes/plugins/volume-plugins.ts'
import { StateOfWorld } from '../volumes/state-of-world.ts'
import { VolumeManager } from '../volumes/volume-manager.ts'
import type { KubeletContext } from './context.ts'
import { EvictionRows } from './eviction/eviction-rows.ts'
import type { KubeletEvents } from './kubelet-events.ts'
import type { KubeletOptions } from './kubelet-options.ts'
import { Deadlines } from './loop/deadlines.ts'
import type { IdlePolls } from './loop/idle-polls.ts'
import { ObjectReaders } from './loop/object-readers.ts'
import type { Phases } from './loop/phases.ts'
import { Pleg } from './loop/pleg.ts'
import { StaleContent } from './loop/stale-content.ts'
import { WorkQueue } from './loop/work-queue.ts'
import type { MachineState } from './machine-state.ts'
import { BackOffTable, containerBackOff } from './pods/back-off.ts'
import { containerBuilder } from './pods/build-container.ts'
import { ContainerLives } from './pods/container-lives.ts'
import type { PodKiller } from './pods/kill-pod.ts'
import { HookRunner } from './pods/lifecycle-hooks.ts'
import { PodEnds } from './pods/pod-ends.ts'
import { PodManager } from './pods/pod-manager.ts'
import type { PodRuntimePorts } from './pods/pod-runtime.ts'
import { syncPod, syncTerminatedPod, syncTerminatingPod } from './pods/pod-sync.ts'
import { PodWorkerRows } from './pods/pod-worker.ts'
import { PodWorkers, workerClocks } from './pods/pod-workers.ts'
import { runningContainer } from './pods/runtime-status.ts'
import { copyReports, syncReports } from './pods/sync-records.ts'
import { volumeReports } from './pods/volume-reports.ts'
import { Prober } from './probes/prober.ts'
import type { ServiceList } from './service-list.ts'
import type { StateFeed } from './state-feed.ts'
import { readyToStartCondition } from './status/conditions.ts'
import { resourcesAreReclaimed } from './status/reclaimed.ts'
import { type KnownStatuses, StatusManager } from './status/status-manager.ts'
import { TokenManager } from './token-manager.ts'

/** What a kubelet's parts are made from. */
export interface Materials {
  readonly options: KubeletOptions
  /** The kubelet's life. */
  readonly scope: Scope
  readonly facts: KubeletFacts
  readonly events: KubeletEvents
  /** Limited by kubeAPIQPS. */
  readonly client: Client
  readonly polls: IdlePolls
  readonly phases: Phases
  readonly services: ServiceList
  readonly machine: () => MachineState
  readonly pullRecords: PullRecords
  readonly feed: StateFeed
  /** The own Node as the API server has it. */
  readonly ownNode: () => Node | undefined
}

/** What parts know and others read, made before all that acts: so no part has to know one that is made after it. */
interface Rows {
  readonly pods: PodManager
  readonly workerRows: PodWorkerRows
  readonly containers: ContainerLives
  readonly statuses: KnownStatuses
  readonly world: StateOfWorld
  readonly ends: PodEnds
  readonly evictions: EvictionRows
  readonly readers: ObjectReaders
}

/** What most parts work with. */
type Basics = Pick<
  KubeletContext,
  | 'scope'
  | 'kernel'
  | 'calendar'
  | 'journal'
  | 'random'
  | 'nodeName'
  | 'hostIp'
  | 'minor'
  | 'facts'
  | 'gates'
  | 'config'
  | 'recordIdleSyncs'
  | 'polls'
  | 'client'
  | 'events'
  | 'runtime'
  | 'fs'
  | 'nodeUid'
  | 'record'
>

/** Makes the parts of a kubelet, each from parts made before it: rows, then who reads and writes them. */
export function createContext(materials: Materials): KubeletContext {
  const { facts, phases, scope } = materials
  const basics = basicsOf(materials)
  const { kernel, random, nodeName, config, runtime } = basics
  const rows = makeRows(materials)
  const podRandom = (uid: string): RandomStream => random.stream(`${nodeName}/kubelet/pod/${uid}`)
  const resync = { baseMs: config.syncFrequency, factor: workerClocks.resyncJitter }
  const pleg = new Pleg(kernel, runtime, phases.pleg)
  const queue = new WorkQueue(kernel, phases.sync, resync, podRandom)
  const deadlines = new Deadlines(kernel, scope)
  const managers = objectManagers(materials, rows)
  const pluginFor = volumePlugins(materials, managers)
  const volumes = volumeManager(materials, rows, pluginFor, { ...basics, ...managers, queue })
  const prober = new Prober({
    ...basics,
    timesOutExec: facts.timesOutExecProbes,
    running: (uid, name) => runningContainer(pleg.get(uid), name),
  })
  const statuses = statusManager(materials, rows, { ...basics, pleg, volumes, workers: rows.workerRows })
  const sandboxReady = sandboxNews(materials, rows, statuses, podRandom)
  const podRuntime = podRuntimePorts(
    materials,
    rows,
    prober,
    { ...basics, ...managers, pluginFor, volumes },
    sandboxReady,
  )
  const parts = {
    ...basics,
    ...managers,
    pods: rows.pods,
    pleg,
    queue,
    deadlines,
    workerRows: rows.workerRows,
    ends: rows.ends,
    evictions: rows.evictions,
    readers: rows.readers,
    statuses,
    volumes,
    containers: rows.containers,
    prober,
    podRuntime,
    pluginFor,
  }
  const workers = new PodWorkers({
    kernel,
    rows: rows.workerRows,
    facts,
    pleg,
    queue,
    rest: materials.polls,
    resync,
    randomOf: podRandom,
    reports: syncReports(basics),
    syncs: {
      sync: (worker, pod, seen) => syncPod(parts, worker, pod, seen),
      terminating: (worker, pod, seen) => syncTerminatingPod(parts, worker, pod, seen),
      terminated: (worker, pod, seen) => syncTerminatedPod(parts, worker, pod, seen),
    },
  })
  materials.polls.serve({ ...parts, world: rows.world })
  return { ...parts, workers }
}

function basicsOf({ options, scope, facts, events, client, polls, machine, ownNode }: Materials): Basics {
  const { kernel, calendar, journal, random, nodeName, minor, gates, config, runtime, fs } = options
  return {
    ...{ scope, kernel, calendar, journal, random, nodeName, minor, facts, gates, config, client, events, runtime, fs },
    hostIp: machine().hostIp,
    recordIdleSyncs: options.recordIdleSyncs ?? false,
    polls,
    nodeUid: () => ownNode()?.metadata.uid,
    record: (type, pod, detail, weight) =>
      journal.append({ actor: `kubelet/${nodeName}`, type, object: journalObject(pod), detail }, weight),
  }
}

function journalObject({ metadata: { name, namespace, uid } }: Pod) {
  return {
    kind: 'Pod',
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  }
}

function makeRows({ options, facts, feed }: Materials): Rows {
  const pods = new PodManager()
  const world = new StateOfWorld()
  const workerRows = new PodWorkerRows(feed)
  const statuses: KnownStatuses = new Map()
  return {
    pods,
    workerRows,
    containers: new ContainerLives(feed),
    statuses,
    world,
    ends: new PodEnds(facts, workerRows, statuses),
    evictions: new EvictionRows(),
    readers: new ObjectReaders(options.kernel, pods, world),
  }
}

function objectManagers(
  { options, client, polls, facts, ownNode }: Materials,
  { readers }: Rows,
): Pick<KubeletContext, 'secrets' | 'configMaps'> {
  const { kernel, random, nodeName, minor, gates, config } = options
  const common = {
    kernel,
    client,
    minor,
    facts,
    freezesImmutable: gates.ImmutableEphemeralVolumes,
    syncFrequency: config.syncFrequency,
    strategy: config.configMapAndSecretChangeDetectionStrategy,
    ttlMs: () => ttlFromAnnotations(ownNode()?.metadata.annotations),
    lastIdleRead: (namespace: string, name: string) => readers.lastIdleRead(namespace, name),
    caughtUp: () => polls.catchUp(),
    reports: copyReports(options.journal, nodeName),
  }
  const { secrets, configMaps } = createObjectManagers(common, random, nodeName)
  return { secrets: options.secretsSeam?.(secrets, nodeName) ?? secrets, configMaps }
}

function volumePlugins(
  { options, client, machine }: Materials,
  managers: Pick<KubeletContext, 'secrets' | 'configMaps'>,
): KubeletContext['pluginFor'] {
  const { kernel, calendar, random, fs, minor, afterWriteStep } = options
  return createVolumePlugins({
    kernel,
    calendar,
    random,
    fs,
    minor,
    ...managers,
    tokens: new TokenManager(kernel, calendar, client),
    allocatable: () => machine().allocatable,
    ...(afterWriteStep === undefined ? {} : { afterWriteStep }),
  })
}

function volumeManager(
  { options, facts, phases, feed }: Materials,
  { pods, world, ends }: Rows,
  pluginFor: KubeletContext['pluginFor'],
  parts: Parameters<typeof volumeReports>[0] & { readonly queue: WorkQueue; readonly scope: Scope },
): VolumeManager {
  const { kernel, journal, random, nodeName, config, runtime } = options
  const stale = new StaleContent(kernel, parts.queue, parts.scope)
  return new VolumeManager({
    kernel,
    world,
    journal,
    populatorGrid: phases.populator,
    reconcilerGrid: phases.reconciler,
    random: (uid) => random.stream(`${nodeName}/kubelet/volume-names/${uid}`),
    removalPassMs: facts.removalPassMs,
    keepTerminatedPodVolumes: config.keepTerminatedPodVolumes,
    pluginFor,
    podByUid: (uid) => pods.getOrLeaving(uid),
    isPodTerminated: (pod) => ends.isOver(pod),
    mayRemoveVolumes: (uid) => ends.mayRemoveVolumes(uid),
    hasRunningContainers: (uid) => runtime.podContainers(uid).some(({ state }) => state === 'running'),
    feed,
    reports: volumeReports(parts, (use, staleAt) => stale.willBeStale(use, staleAt)),
  })
}

function statusManager(
  { options, client, facts, phases }: Materials,
  { pods, workerRows, statuses }: Rows,
  parts: Parameters<typeof resourcesAreReclaimed>[0],
): StatusManager {
  const { kernel, calendar } = options
  return new StatusManager({
    kernel,
    known: statuses,
    calendar,
    client,
    facts,
    grid: phases.status,
    podByUid: (uid) => pods.get(uid),
    apiPodOf: (pod) => pods.apiPodOf(pod),
    areResourcesReclaimed: (pod, status) => resourcesAreReclaimed(parts, pod, status),
    couldHaveRunningContainers: (uid) => workerRows.couldHaveRunningContainers(uid),
  })
}

/** The news of a sandbox comes up to this late: in the recordings containers that start at once overtake it now and then. */
const sandboxNewsMs: VirtualMs = 24

/** Tells the API server at once that a Pod has its sandbox (v1.36 on). Source: kubelet.go, OnPodSandboxReady, a goroutine of its own. */
function sandboxNews(
  { options: { kernel }, facts, scope }: Materials,
  { pods }: Rows,
  statuses: StatusManager,
  podRandom: (uid: string) => RandomStream,
): PodRuntimePorts['sandboxReady'] {
  return (pod) => {
    if (!facts.tellsSandboxAtOnce) return
    const uid = pod.metadata.uid ?? ''
    scope.start(after(kernel, podRandom(uid).integer(0, sandboxNewsMs)), () => {
      if (pods.get(uid) === undefined) return
      const { conditions = [], ...status } = statuses.get(uid) ?? pod.status ?? {}
      const others = conditions.filter(({ type }) => type !== 'PodReadyToStartContainers')
      statuses.setPodStatus(pod, { ...status, conditions: [readyToStartCondition(true), ...others] })
    })
  }
}

function podRuntimePorts(
  materials: Materials,
  { workerRows, containers }: Rows,
  prober: Prober,
  parts: Parameters<typeof containerBuilder>[0]['parts'],
  sandboxReady: PodRuntimePorts['sandboxReady'],
): PodRuntimePorts {
  const { options, scope, facts, events, services, machine } = materials
  const { kernel, runtime, config } = options
  const hooks = new HookRunner(kernel, runtime, events, scope)
  const killer: PodKiller = {
    kernel,
    runtime,
    events,
    facts,
    hooks,
    onStopped: ({ config: { podUid, name } }) => workerRows.get(podUid)?.stopped.push({ name, endedAt: kernel.now() }),
  }
  return {
    kernel,
    runtime,
    events,
    facts,
    hooks,
    killer,
    backOff: new BackOffTable(containerBackOff.initialMs, config.crashLoopBackOffMaxMs, 2 * containerBackOff.maxMs),
    images: imageManager(materials),
    buildContainer: containerBuilder({
      parts,
      services: () => services.list(),
      allocatable: () => machine().allocatable,
    }),
    containers,
    sandboxReady,
    failedProbe: (id) => prober.failedProbe(id),
    hasStarted: (uid, container, id) => prober.readiness(uid, container, id).started,
  }
}

function imageManager({ options, events, pullRecords, feed }: Materials): ImageManager {
  const { kernel, runtime, minor, gates, config } = options
  return createImageManager({
    kernel,
    runtime,
    minor,
    event: events.container,
    parallelPulls: config.serializeImagePulls ? 1 : (config.maxParallelImagePulls ?? Number.POSITIVE_INFINITY),
    registryPullQPS: config.registryPullQPS,
    registryBurst: config.registryBurst,
    feed,
    ...(gates.KubeletEnsureSecretPulledImages ? { records: pullRecords } : {}),
  })
}
