import type { ConfigMap, Node, Pod, PodStatus, Secret } from '../../api/types/core.ts'
import type { Client } from '../../client/client.ts'
import type { NodeFs } from '../../fs/node-fs.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { EntryOf, JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStream, RandomStreams, StreamFamily } from '../../kernel/random.ts'
import type { Scope } from '../../kernel/scope.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'
import { createImageManager, type ImageManager } from '../images/image-manager.ts'
import type { PullRecords } from '../images/pull-records.ts'
import type { KubeletRecord } from '../records.ts'
import type { ContainerRuntime } from '../runtime/cri.ts'
import { createObjectManagers } from '../secrets/create-manager.ts'
import type { ObjectManager } from '../secrets/object-manager.ts'
import { ttlFromAnnotations } from '../secrets/ttl-manager.ts'
import type { KubeletFacts } from '../version-facts.ts'
import { createVolumePlugins } from '../volumes/plugins/volume-plugins.ts'
import { StateOfWorld } from '../volumes/state-of-world.ts'
import { VolumeManager } from '../volumes/volume-manager.ts'
import { Claims } from './claims.ts'
import type { KubeletConfiguration } from './configuration.ts'
import type { KubeletContext } from './context.ts'
import { CsiDrivers } from './csi-drivers.ts'
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
import { type PodSyncs, PodWorkers, workerClocks } from './pods/pod-workers.ts'
import { copyReports, syncReports } from './pods/sync-records.ts'
import { volumeReports } from './pods/volume-reports.ts'
import { Prober } from './probes/prober.ts'
import { Resizes } from './resize/resizes.ts'
import type { ServiceList } from './service-list.ts'
import type { StateFeed } from './state-feed.ts'
import { resourcesAreReclaimed } from './status/reclaimed.ts'
import { sandboxNews } from './status/sandbox-news.ts'
import { type KnownStatuses, StatusManager } from './status/status-manager.ts'
import { TokenManager } from './token-manager.ts'

/** What a kubelet's parts are made from. */
export interface Materials {
  /** When the kubelet's process began. */
  readonly startedAt: VirtualMs
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

/** All of a kubelet's parts can be stopped. */
export interface StoppableContext extends KubeletContext {
  stop(): void
}

/**
 * Makes the parts of a kubelet, each from parts made before it: rows, which others read and write, come first. What is handed the whole
 * context asks it for later ones only once the kubelet runs.
 */
export function createContext(materials: Materials): StoppableContext {
  return new Parts(materials)
}

class Parts implements KubeletContext {
  readonly scope: Scope
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: JournalWriter<KubeletRecord>
  readonly random: RandomStreams
  readonly nodeName: string
  readonly hostIp: string
  readonly minor: number
  readonly facts: KubeletFacts
  readonly gates: FeatureGates
  readonly config: KubeletConfiguration
  readonly recordIdleSyncs: boolean
  readonly client: Client
  readonly events: KubeletEvents
  readonly runtime: ContainerRuntime
  readonly fs: NodeFs
  readonly polls: IdlePolls
  readonly pods = new PodManager()
  readonly world = new StateOfWorld()
  readonly knownStatuses: KnownStatuses = new SparseMap()
  readonly workerRows: PodWorkerRows
  readonly containers: ContainerLives
  readonly ends: PodEnds
  readonly evictions = new EvictionRows()
  readonly readers: ObjectReaders
  readonly pleg: Pleg
  readonly queue: WorkQueue
  readonly deadlines: Deadlines
  readonly secrets: ObjectManager<Secret>
  readonly configMaps: ObjectManager<ConfigMap>
  readonly prober: Prober
  readonly statuses: StatusManager
  readonly resizes: Resizes
  readonly workers: PodWorkers
  readonly #materials: Materials
  /** Handed on by itself. Not assigned in the constructor: docs/decisions/0011-what-is-made-in-crowds.md. */
  readonly record: KubeletContext['record'] = (type, pod, detail, weight) =>
    // Type and detail are of one row: the signature holds it.
    void this.journal.append(
      { actor: `kubelet/${this.nodeName}`, type, object: journalObject(pod), detail } as EntryOf<KubeletRecord>,
      weight,
    )
  #plugins: KubeletContext['pluginFor'] | undefined
  #tokens: TokenManager | undefined
  #stale: StaleContent | undefined
  #podStreams: StreamFamily | undefined
  #volumes: VolumeManager | undefined
  #podRuntime: PodRuntimePorts | undefined

  constructor(materials: Materials) {
    this.#materials = materials
    const { options, scope, facts, phases, feed, polls } = materials
    const { kernel, journal, random, nodeName, config, runtime } = options
    this.scope = scope
    this.kernel = kernel
    this.calendar = options.calendar
    this.journal = journal
    this.random = random
    this.nodeName = nodeName
    this.hostIp = options.hostIp
    this.minor = options.minor
    this.facts = facts
    this.gates = options.gates
    this.config = config
    this.recordIdleSyncs = options.recordIdleSyncs ?? false
    this.client = materials.client
    this.events = materials.events
    this.runtime = runtime
    this.fs = options.fs
    this.polls = polls
    this.workerRows = new PodWorkerRows(feed)
    this.containers = new ContainerLives(feed)
    this.ends = new PodEnds(facts, this.workerRows, this.knownStatuses)
    this.readers = new ObjectReaders(kernel, this.pods, this.world)
    const podRandom = (uid: string): RandomStream => this.podRandom(uid)
    const resync = { baseMs: config.syncFrequency, factor: workerClocks.resyncJitter }
    this.pleg = new Pleg(kernel, runtime, phases.pleg)
    this.queue = new WorkQueue(kernel, phases.sync, resync, podRandom)
    this.deadlines = new Deadlines(kernel, scope)
    const { secrets, configMaps } = objectManagers(materials, this)
    this.secrets = secrets
    this.configMaps = configMaps
    this.prober = new Prober(this, materials.startedAt)
    const isReclaimed = (pod: Pod, status: PodStatus) => resourcesAreReclaimed(this, pod, status)
    this.statuses = new StatusManager(this, this.knownStatuses, phases.status, isReclaimed)
    const allocatable = () => materials.machine().allocatable
    this.resizes = new Resizes(this, allocatable)
    this.workers = new PodWorkers({
      kernel,
      rows: this.workerRows,
      facts,
      pleg: this.pleg,
      queue: this.queue,
      rest: polls,
      resync,
      randomOf: podRandom,
      reports: syncReports(this),
      syncs: podSyncs(this),
    })
    polls.serve(this)
    this.fs.writesLate(polls)
  }

  // Made with the first Pod: there are nodes that never have one.

  get pluginFor(): KubeletContext['pluginFor'] {
    this.#plugins ??= volumePlugins(this.#materials, this)
    return this.#plugins
  }

  get tokens(): TokenManager {
    const { kernel, calendar, client, nodeName } = this
    this.#tokens ??= new TokenManager(kernel, calendar, client, nodeName, this.#materials.options.unseenReads?.tokens)
    return this.#tokens
  }

  get stale(): StaleContent {
    this.#stale ??= new StaleContent(this.kernel, this.queue, this.scope)
    return this.#stale
  }

  get volumes(): VolumeManager {
    this.#volumes ??= volumeManager(this.#materials, this)
    return this.#volumes
  }

  get podRuntime(): PodRuntimePorts {
    this.#podRuntime ??= podRuntimePorts(this.#materials, this)
    return this.#podRuntime
  }

  nodeUid(): string | undefined {
    return this.#materials.ownNode()?.metadata.uid
  }

  podRandom(uid: string): RandomStream {
    this.#podStreams ??= this.random.family(`${this.nodeName}/kubelet/pod/`)
    return this.#podStreams.stream(uid)
  }

  /** Parts that have more to end than what they started in the scope: watches, loops, draws that are due. */
  stop(): void {
    const { workers, queue, pleg, statuses, prober, secrets, configMaps } = this
    for (const part of [workers, queue, pleg, statuses]) part.stop()
    this.#volumes?.stop()
    for (const part of [prober, secrets, configMaps]) part.stop()
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

function podSyncs(parts: KubeletContext): PodSyncs {
  return {
    sync: (worker, pod, seen) => syncPod(parts, worker, parts.resizes.allocated(pod), seen),
    terminating: (worker, pod, seen) => syncTerminatingPod(parts, worker, parts.resizes.allocated(pod), seen),
    terminated: (worker, pod, seen) => syncTerminatedPod(parts, worker, parts.resizes.allocated(pod), seen),
  }
}

function objectManagers(
  { options, client, polls, facts, ownNode }: Materials,
  { readers }: Parts,
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
  { options, machine }: Materials,
  { client, secrets, configMaps, tokens }: Parts,
): KubeletContext['pluginFor'] {
  const { kernel, calendar, random, fs, minor, afterWriteStep } = options
  return createVolumePlugins({
    kernel,
    calendar,
    random,
    fs,
    minor,
    secrets,
    configMaps,
    tokens,
    drivers: new CsiDrivers(kernel, client),
    claims: new Claims(kernel, client, minor),
    allocatable: () => machine().allocatable,
    ...(afterWriteStep === undefined ? {} : { afterWriteStep }),
  })
}

function volumeManager({ phases, feed }: Materials, parts: Parts): VolumeManager {
  const { kernel, journal, random, nodeName, config, runtime, pods, ends, facts, world, pluginFor } = parts
  const { polls, stale, workerRows } = parts
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
    isPodEnding: (pod) => workerRows.get(pod.metadata.uid ?? '')?.isTerminating === true,
    addsVolumesOfEnding: facts.addsVolumesOfEnding,
    mayRemoveVolumes: (uid) => ends.mayRemoveVolumes(uid),
    hasRunningContainers: (uid) => runtime.podContainers(uid).some(({ state }) => state === 'running'),
    feed,
    reports: volumeReports(parts, {
      willBeStale(use, staleAt) {
        const isLookedAfter = polls.looksAfter(use.pod.metadata.uid ?? '') || polls.mayComeToRest(use.pod)
        if (!isLookedAfter) stale.willBeStale(use, staleAt)
      },
      isGone(use) {
        stale.forget(use)
        parts.secrets.readersMayHaveGone?.()
        parts.configMaps.readersMayHaveGone?.()
      },
    }),
  })
}

function podRuntimePorts(materials: Materials, parts: Parts): PodRuntimePorts {
  const { services, machine } = materials
  const { kernel, runtime, config, events, facts, minor, containers, prober, workerRows } = parts
  const hooks = new HookRunner(parts)
  const killer: PodKiller = {
    kernel,
    runtime,
    events,
    facts,
    hooks,
    onStopped: ({ config: { podUid, name } }) => workerRows.get(podUid)?.noteStopped(name, kernel.now()),
  }
  return {
    kernel,
    runtime,
    events,
    facts,
    minor,
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
    sandboxReady: sandboxNews(parts, (uid) => parts.podRandom(uid)),
    failedProbe: (id) => prober.failedProbe(id),
    hasStarted: (uid, container, id) => prober.readiness(uid, container, id).started,
  }
}

function imageManager({ options, events, pullRecords, feed }: Materials): ImageManager {
  const { kernel, runtime, minor, gates, config } = options
  pullRecords.kubeletStarts((image) => runtime.imageStatus(image)?.id)
  return createImageManager({
    kernel,
    runtime,
    minor,
    event: (pod, container, ...told) =>
      container === undefined ? events.pod(pod, ...told) : events.container(pod, container, ...told),
    parallelPulls: config.serializeImagePulls ? 1 : (config.maxParallelImagePulls ?? Number.POSITIVE_INFINITY),
    registryPullQPS: config.registryPullQPS,
    registryBurst: config.registryBurst,
    feed,
    ...(gates.KubeletEnsureSecretPulledImages ? { records: pullRecords } : {}),
  })
}
