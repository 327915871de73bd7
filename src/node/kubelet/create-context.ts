import type { Node, Pod } from '../../api/types/core.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import type { RandomStream } from '../../kernel/random.ts'
import type { Scope } from '../../kernel/scope.ts'
import { createImageManager, type ImageManager } from '../images/image-manager.ts'
import type { PullRecords } from '../images/pull-records.ts'
import { createObjectManagers } from '../secrets/create-manager.ts'
import { ttlFromAnnotations } from '../secrets/ttl-manager.ts'
import { type KubeletFacts, kubeletFactsOf } from '../version-facts.ts'
import { createVolumePlugins } from '../volumes/plugins/volume-plugins.ts'
import { VolumeManager } from '../volumes/volume-manager.ts'
import type { KubeletContext } from './context.ts'
import { createKubeletEvents, type KubeletEvents } from './kubelet-events.ts'
import type { KubeletOptions } from './kubelet-options.ts'
import type { Phases } from './loop/phases.ts'
import { Pleg } from './loop/pleg.ts'
import type { SyncLoop } from './loop/sync-loop.ts'
import { WorkQueue } from './loop/work-queue.ts'
import type { MachineState } from './machine-state.ts'
import { BackOffTable, containerBackOff } from './pods/back-off.ts'
import { containerBuilder } from './pods/build-container.ts'
import { ContainerLives } from './pods/container-lives.ts'
import type { PodKiller } from './pods/kill-pod.ts'
import { HookRunner } from './pods/lifecycle-hooks.ts'
import { PodManager } from './pods/pod-manager.ts'
import type { PodRuntimePorts } from './pods/pod-runtime.ts'
import { syncPod, syncTerminatedPod, syncTerminatingPod } from './pods/pod-sync.ts'
import { PodWorkers, workerClocks } from './pods/pod-workers.ts'
import { volumeReports } from './pods/volume-reports.ts'
import { Prober } from './probes/prober.ts'
import type { ServiceList } from './service-list.ts'
import type { StateFeed } from './state-feed.ts'
import { resourcesAreReclaimed } from './status/reclaimed.ts'
import { StatusManager } from './status/status-manager.ts'
import { TokenManager } from './token-manager.ts'

/** What the parts of a kubelet are made from. Parts that know each other meet through the functions. */
export interface Wiring {
  readonly options: KubeletOptions
  readonly recorder: EventRecorder
  /** Limited by kubeAPIQPS. */
  readonly client: Client
  readonly phases: Phases
  readonly services: ServiceList
  readonly machine: () => MachineState
  readonly pullRecords: PullRecords
  readonly feed: StateFeed
  /** The kubelet's life. */
  readonly scope: Scope
  readonly loop: () => SyncLoop
  /** The own Node as the API server has it. */
  readonly node: () => Node | undefined
}

/** What most parts need, beside the wiring. */
interface Common extends Wiring {
  readonly facts: KubeletFacts
  readonly events: KubeletEvents
  readonly pods: PodManager
  readonly containers: ContainerLives
  readonly context: () => KubeletContext
  readonly podRandom: (uid: string) => RandomStream
}

/** Makes the parts of a kubelet and brings them together. */
export function createContext(wiring: Wiring): KubeletContext {
  const { options, client } = wiring
  const { kernel, calendar, journal, random, nodeName, minor, gates, config, runtime, fs } = options
  const common: Common = {
    ...wiring,
    facts: kubeletFactsOf(minor),
    events: createKubeletEvents(wiring.recorder, nodeName),
    pods: new PodManager(),
    containers: new ContainerLives(wiring.feed),
    context: () => context,
    podRandom: (uid) => random.stream(`${nodeName}/kubelet/pod/${uid}`),
  }
  const { facts, events, pods } = common
  const managers = objectManagers(common)
  const pluginFor = createVolumePlugins({
    kernel,
    calendar,
    random,
    fs,
    minor,
    ...managers,
    tokens: new TokenManager(kernel, calendar, client),
    allocatable: () => wiring.machine().allocatable,
    ...(options.afterWriteStep === undefined ? {} : { afterWriteStep: options.afterWriteStep }),
  })
  const context: KubeletContext = {
    scope: wiring.scope,
    kernel,
    calendar,
    journal,
    random,
    nodeName,
    hostIp: wiring.machine().hostIp,
    minor,
    facts,
    gates,
    config,
    recordIdleSyncs: options.recordIdleSyncs ?? false,
    client,
    events,
    runtime,
    fs,
    ...managers,
    pods,
    ...workParts(common),
    statuses: statusManager(common),
    volumes: volumeManager(common, pluginFor),
    containers: common.containers,
    prober: proberOf(common),
    podRuntime: podRuntime(common),
    pluginFor,
    nodeUid: () => wiring.node()?.metadata.uid,
    record: (type, pod, detail, weight) =>
      journal.append({ actor: `kubelet/${nodeName}`, type, object: journalObject(pod), detail }, weight),
  }
  return context
}

function journalObject({ metadata: { name, namespace, uid } }: Pod) {
  return {
    kind: 'Pod',
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(uid === undefined ? {} : { uid }),
  }
}

function objectManagers({
  options,
  client,
  facts,
  loop,
  node,
}: Common): Pick<KubeletContext, 'secrets' | 'configMaps'> {
  const { kernel, random, nodeName, minor, gates, config } = options
  const common = {
    kernel,
    client,
    minor,
    facts,
    freezesImmutable: gates.ImmutableEphemeralVolumes,
    syncFrequency: config.syncFrequency,
    strategy: config.configMapAndSecretChangeDetectionStrategy,
    ttlMs: () => ttlFromAnnotations(node()?.metadata.annotations),
    lastIdleRead: (namespace: string, name: string) => loop().lastIdleRead(namespace, name),
  }
  const { secrets, configMaps } = createObjectManagers(common, random, nodeName)
  return { secrets: options.secretsSeam?.(secrets, nodeName) ?? secrets, configMaps }
}

function workParts({
  options,
  facts,
  phases,
  podRandom,
  feed,
  context,
}: Common): Pick<KubeletContext, 'pleg' | 'queue' | 'workers'> {
  const { kernel, runtime, config } = options
  const pleg = new Pleg(kernel, runtime, phases.pleg)
  const resync = { baseMs: config.syncFrequency, factor: workerClocks.resyncJitter }
  const queue = new WorkQueue(kernel, phases.sync, resync, podRandom)
  const workers = new PodWorkers({
    kernel,
    facts,
    pleg,
    queue,
    resync,
    randomOf: podRandom,
    feed,
    syncs: {
      sync: (worker, pod, seen) => syncPod(context(), worker, pod, seen),
      terminating: (worker, pod, seen) => syncTerminatingPod(context(), worker, pod, seen),
      terminated: (worker, pod, seen) => syncTerminatedPod(context(), worker, pod, seen),
    },
  })
  return { pleg, queue, workers }
}

function statusManager({ options, client, facts, phases, pods, loop, context }: Common): StatusManager {
  const { kernel, calendar } = options
  return new StatusManager({
    kernel,
    calendar,
    client,
    facts,
    grid: phases.status,
    podByUid: (uid) => pods.get(uid),
    apiPodOf: (pod) => pods.apiPodOf(pod),
    areResourcesReclaimed: (pod, status) => resourcesAreReclaimed(context(), pod, status),
    couldHaveRunningContainers: (uid) => loop().couldHaveRunningContainers(uid),
    onChange: (pod) => loop().statusChanged(pod),
  })
}

function volumeManager(
  { options, facts, events, phases, pods, feed, loop, context }: Common,
  pluginFor: KubeletContext['pluginFor'],
): VolumeManager {
  const { kernel, journal, random, nodeName, config, runtime } = options
  return new VolumeManager({
    kernel,
    journal,
    populatorGrid: phases.populator,
    reconcilerGrid: phases.reconciler,
    random: (uid) => random.stream(`${nodeName}/kubelet/volume-names/${uid}`),
    removalPassMs: facts.removalPassMs,
    keepTerminatedPodVolumes: config.keepTerminatedPodVolumes,
    pluginFor,
    podByUid: (uid) => pods.get(uid) ?? loop().leavingPod(uid),
    isPodTerminated: (pod) => loop().isOver(pod),
    mayRemoveVolumes: (uid) => loop().mayRemoveVolumes(uid),
    hasRunningContainers: (uid) => runtime.podContainers(uid).some(({ state }) => state === 'running'),
    feed,
    reports: volumeReports(facts, events, context, (use, staleAt) => loop().contentWillBeStale(use, staleAt)),
  })
}

function proberOf({ options, facts, events, loop, context }: Common): Prober {
  const { kernel, runtime, random, nodeName } = options
  const statusId = (id: string) => `${runtime.runtimeType}://${id}`
  return new Prober({
    kernel,
    runtime,
    random,
    nodeName,
    timesOutExec: facts.timesOutExecProbes,
    events,
    running: (uid, name) => loop().runningContainer(uid, name),
    onReadiness: (uid, id, isReady) => context().statuses.setContainerReadiness(uid, statusId(id), isReady),
    onStartup: (uid, id, hasStarted) => context().statuses.setContainerStartup(uid, statusId(id), hasStarted),
    onFailure: (uid) => loop().due(uid),
  })
}

function podRuntime(common: Common): PodRuntimePorts {
  const { options, facts, events, services, machine, context } = common
  const { kernel, runtime, config } = options
  const hooks = new HookRunner(kernel, runtime, events, common.scope)
  const images = imageManager(common)
  const killer: PodKiller = {
    kernel,
    runtime,
    events,
    facts,
    hooks,
    onStopped: ({ config: { podUid, name } }) =>
      context().workers.get(podUid)?.stopped.push({ name, endedAt: kernel.now() }),
  }
  return {
    kernel,
    runtime,
    events,
    facts,
    hooks,
    killer,
    backOff: new BackOffTable(containerBackOff.initialMs, config.crashLoopBackOffMaxMs, 2 * containerBackOff.maxMs),
    images,
    buildContainer: containerBuilder({
      context,
      services: () => services.list(),
      allocatable: () => machine().allocatable,
    }),
    containers: common.containers,
    failedProbe: (id) => context().prober.failedProbe(id),
  }
}

function imageManager({ options, events, pullRecords, feed }: Common): ImageManager {
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
