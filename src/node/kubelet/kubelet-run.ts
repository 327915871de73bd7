import type { EventRecorder } from '../../apiserver/client/event-recorder.ts'
import { createRateLimiter } from '../../apiserver/client/rate-limiter.ts'
import { type CompiledState, compileMachine, step } from '../../kernel/compiled-machine.ts'
import type { Timer } from '../../kernel/kernel.ts'
import { second } from '../../kernel/time.ts'
import type { Node, Pod } from '../../objects/core.ts'
import { gridAfter } from '../grid.ts'
import { createImageManager } from '../images/image-manager.ts'
import type { PullRecords } from '../images/pull-records.ts'
import { NodeLease } from '../lease/node-lease.ts'
import { createObjectManagers } from '../secrets/create-manager.ts'
import { defaultTtlMs, ttlFromAnnotations } from '../secrets/ttl-manager.ts'
import { StatusManager } from '../status/status-manager.ts'
import { kubeletFactsOf } from '../version-facts.ts'
import { createVolumePlugins } from '../volumes/plugins/volume-plugins.ts'
import { VolumeManager } from '../volumes/volume-manager.ts'
import { BackOffTable, containerBackOff } from './back-off.ts'
import { containerBuilder } from './build-container.ts'
import { Cleanup } from './cleanup.ts'
import type { KubeletContext } from './context.ts'
import { inspect } from './inspect.ts'
import { type KubeletEvent, kubeletMachine } from './kubelet.machine.ts'
import { createKubeletEvents } from './kubelet-events.ts'
import type { KubeletOptions, KubeletRef, StateView } from './kubelet-options.ts'
import { createHookRunner } from './lifecycle-hooks.ts'
import type { MachineState } from './machine-state.ts'
import { NodeRegistrar } from './node-registrar.ts'
import { removeOrphanedVolumes } from './orphaned-volumes.ts'
import { drawPhases, type Phases } from './phases.ts'
import { Pleg } from './pleg.ts'
import { PodManager } from './pod-manager.ts'
import { ApiPodSource } from './pod-source.ts'
import { syncPod, syncTerminatedPod, syncTerminatingPod } from './pod-sync.ts'
import { PodWorkers, workerClocks } from './pod-workers.ts'
import { Prober } from './prober.ts'
import { ReasonCache } from './reason-cache.ts'
import { resourcesAreReclaimed } from './reclaimed.ts'
import { ServiceList } from './service-list.ts'
import { staticPodOf } from './static-pods.ts'
import { SyncLoop } from './sync-loop.ts'
import { throttledClient } from './throttled-client.ts'
import { TokenManager } from './token-manager.ts'
import { volumeReports } from './volume-reports.ts'
import { WorkQueue } from './work-queue.ts'

const table = compileMachine(kubeletMachine)

/** Between two looks for the own Node, without which no Pods are watched. Source: kubelet.go (1.18.20), nodeHasSynced. */
const ownNodePollMs = second

/** One life of a kubelet, from start to stop: all that it remembers. */
export class KubeletRun {
  readonly context: KubeletContext
  readonly #options: KubeletOptions
  readonly #machine: () => MachineState
  readonly #pullRecords: PullRecords
  readonly #phases: Phases
  readonly #services: ServiceList
  readonly #cleanup: Cleanup
  readonly #loop: SyncLoop
  readonly #source: ApiPodSource
  readonly #registrar: NodeRegistrar
  readonly #lease: NodeLease
  readonly #staticPods = new Map<string, Pod>()
  #ownNodeTimer: Timer | undefined
  #state: CompiledState = table.initial
  #areSourcesReady = false

  constructor(
    options: KubeletOptions,
    recorder: EventRecorder,
    staticPods: readonly Pod[],
    onDisk: { readonly machine: () => MachineState; readonly pullRecords: PullRecords },
  ) {
    this.#options = options
    this.#machine = onDisk.machine
    this.#pullRecords = onDisk.pullRecords
    const { kernel, calendar, random, nodeName, config, minor } = options
    this.#phases = drawPhases(random.stream(`${nodeName}/kubelet/phases`), kernel.now(), config)
    const client = throttledClient(options.client, createRateLimiter(kernel, config.kubeAPIQPS, config.kubeAPIBurst))
    const serviceRandom = random.stream(`${nodeName}/kubelet/service-reflector`)
    this.#services = new ServiceList({ kernel, client, minor, random: serviceRandom })
    this.context = this.#createContext(client, recorder)
    this.#cleanup = new Cleanup(this.context, this.#phases.housekeeping, this.#phases.containerGc)
    this.#loop = new SyncLoop(this.context, this.#cleanup)
    this.#source = new ApiPodSource({
      kernel,
      client,
      minor,
      nodeName,
      random: random.stream(`${nodeName}/kubelet/pod-reflector`),
      handlers: {
        added: (pods) => this.#loop.added(pods),
        updated: (pod) => this.#loop.updated(pod),
        reconciled: (pod) => this.#loop.reconciled(pod),
        removed: (pod) => this.#loop.removed(pod),
        ready: () => this.#sourcesReady(),
      },
    })
    const { heartbeatClient } = options
    const mode = options.heartbeats ?? 'computed'
    this.#registrar = new NodeRegistrar({
      kernel,
      calendar,
      client,
      heartbeatClient,
      minor,
      nodeName,
      random: random.stream(`${nodeName}/kubelet/node-reflector`),
      events: this.context.events,
      machine: onDisk.machine,
      statusGrid: this.#phases.nodeStatus,
      reportMs: config.nodeStatusReportFrequency,
      isWatchful: mode === 'explicit',
      onRegistered: () => this.#take('node.registered'),
      onNode: () => undefined,
    })
    this.#lease = new NodeLease({
      kernel,
      calendar,
      client: heartbeatClient,
      nodeName,
      grid: this.#phases.lease,
      durationSeconds: config.nodeLeaseDurationSeconds,
      mode,
    })
    this.setStaticPods(staticPods)
  }

  start(): void {
    this.#take('start')
    this.context.events.node('Normal', 'Starting', 'Starting kubelet.')
    if (this.#options.registerNode ?? true) {
      this.#registrar.start()
      this.#lease.start()
    } else this.#take('node.registered')
    this.#services.start()
    this.context.pleg.start()
    this.#watchPodsWhenNodeIsSeen()
  }

  stop(): void {
    this.#take('stop')
    this.#ownNodeTimer?.cancel()
    this.#services.stop()
    this.#source.stop()
    this.#registrar.stop()
    this.#lease.stop()
    this.#cleanup.stop()
    this.#loop.stop()
    const { workers, queue, pleg, statuses, volumes, prober, secrets, configMaps } = this.context
    workers.stop()
    queue.stop()
    pleg.stop()
    statuses.stop()
    volumes.stop()
    prober.stop()
    secrets.stop()
    configMaps.stop()
  }

  setStaticPods(pods: readonly Pod[]): void {
    const { nodeName, facts } = this.context
    const wanted = new Map<string, Pod>()
    for (const pod of pods) {
      const made = staticPodOf(pod, nodeName, facts)
      if (made.ok) wanted.set(made.pod.metadata.uid ?? '', made.pod)
      else this.context.record('static-pod.refused', pod, { message: made.message })
    }
    for (const [uid, pod] of this.#staticPods) {
      if (wanted.has(uid)) continue
      this.#staticPods.delete(uid)
      if (this.#state.name !== 'stopped') this.#loop.removed(pod)
    }
    for (const [uid, pod] of wanted) {
      if (this.#staticPods.has(uid)) continue
      this.#staticPods.set(uid, pod)
      if (this.#state.name !== 'stopped') this.#loop.added([pod])
    }
  }

  inspect(ref: KubeletRef): StateView | undefined {
    return inspect(this.context, this.#state.name, ref)
  }

  lastHeartbeat(): number | undefined {
    return this.#lease.lastRenewal()
  }

  flushHeartbeats(): void {
    this.#lease.flush()
    this.#registrar.setWatchful(true)
  }

  relaxHeartbeats(): void {
    this.#lease.relax()
    this.#registrar.setWatchful(false)
  }

  #take(event: KubeletEvent['type']): void {
    this.#state = step(this.#state, event)?.target ?? this.#state
  }

  #watchPodsWhenNodeIsSeen(): void {
    const { kernel, registerNode = true } = this.#options
    const look = (): void => {
      if (registerNode && this.#registrar.node === undefined) {
        this.#ownNodeTimer = kernel.schedule(ownNodePollMs, look)
        return
      }
      this.#take('node.synced')
      this.#source.start()
      const statics = [...this.#staticPods.values()]
      if (statics.length > 0) this.#loop.added(statics)
    }
    this.#ownNodeTimer = kernel.schedule(ownNodePollMs, look)
  }

  #sourcesReady(): void {
    if (this.#areSourcesReady) return
    this.#areSourcesReady = true
    this.#take('sources.ready')
    this.#cleanup.sourcesReady()
    // The volumes on the disk are looked through after the populator's first pass.
    const { kernel } = this.context
    const first = gridAfter(this.#phases.populator, kernel.now())
    const at = gridAfter(this.#phases.reconciler, first)
    this.#ownNodeTimer = kernel.schedule(at - kernel.now(), () => removeOrphanedVolumes(this.context))
  }

  #nodeAnnotations(): Node['metadata']['annotations'] {
    return this.#registrar.node?.metadata.annotations
  }

  #createContext(client: KubeletContext['client'], recorder: EventRecorder): KubeletContext {
    const options = this.#options
    const { kernel, calendar, journal, random, nodeName, minor, gates, config, runtime, fs } = options
    const facts = kubeletFactsOf(minor)
    const phases = this.#phases
    const events = createKubeletEvents(recorder, nodeName)
    const pods = new PodManager()
    const hooks = createHookRunner(runtime, events)
    const images = createImageManager({
      kernel,
      runtime,
      minor,
      event: events.container,
      parallelPulls: config.serializeImagePulls ? 1 : (config.maxParallelImagePulls ?? Number.POSITIVE_INFINITY),
      registryPullQPS: config.registryPullQPS,
      registryBurst: config.registryBurst,
      ...(gates.KubeletEnsureSecretPulledImages ? { records: this.#pullRecords } : {}),
    })
    const podRandom = (uid: string) => random.stream(`${nodeName}/kubelet/pod/${uid}`)
    const current = (): KubeletContext => context
    const manager = {
      kernel,
      client,
      minor,
      facts,
      freezesImmutable: gates.ImmutableEphemeralVolumes,
      syncFrequency: config.syncFrequency,
      strategy: config.configMapAndSecretChangeDetectionStrategy,
      ttlMs: () => (this.#registrar.node === undefined ? defaultTtlMs : ttlFromAnnotations(this.#nodeAnnotations())),
      lastIdleRead: (namespace: string, name: string) => this.#loop.lastIdleRead(namespace, name),
    }
    const { secrets, configMaps } = createObjectManagers(manager, random, nodeName)
    const pleg = new Pleg(kernel, runtime, phases.pleg, (found) => this.#loop.lifecycle(found))
    const resync = { baseMs: config.syncFrequency, factor: workerClocks.resyncJitter }
    const queue = new WorkQueue(kernel, phases.sync, resync, podRandom, (uid) => this.#loop.due(uid))
    const workers = new PodWorkers({
      kernel,
      facts,
      pleg,
      queue,
      resync,
      randomOf: podRandom,
      hooks: {
        sync: (worker, pod, seen, done) => syncPod(context, worker, pod, seen, done),
        terminating: (worker, pod, seen, done) => syncTerminatingPod(context, worker, pod, seen, done),
        terminated: (worker, pod, seen, done) => syncTerminatedPod(context, worker, pod, seen, done),
        advanced: (worker) => this.#loop.advanced(worker),
      },
    })
    const statuses = new StatusManager({
      kernel,
      calendar,
      client,
      facts,
      grid: phases.status,
      podByUid: (uid) => pods.get(uid),
      apiPodOf: (pod) => pods.apiPodOf(pod),
      areResourcesReclaimed: (pod, status) => resourcesAreReclaimed(context, pod, status),
      couldHaveRunningContainers: (uid) => this.#loop.couldHaveRunningContainers(uid),
      onChange: (pod) => this.#loop.statusChanged(pod),
    })
    const plugins = createVolumePlugins({
      kernel,
      calendar,
      random,
      fs,
      minor,
      secrets,
      configMaps,
      tokens: new TokenManager(kernel, calendar, client),
      allocatable: () => this.#machine().allocatable,
      ...(options.afterWriteStep === undefined ? {} : { afterWriteStep: options.afterWriteStep }),
    })
    const volumes = new VolumeManager({
      kernel,
      journal,
      populatorGrid: phases.populator,
      reconcilerGrid: phases.reconciler,
      random: (uid) => random.stream(`${nodeName}/kubelet/volume-names/${uid}`),
      removalPassMs: facts.removalPassMs,
      keepTerminatedPodVolumes: config.keepTerminatedPodVolumes,
      pluginFor: plugins,
      podByUid: (uid) => pods.get(uid) ?? this.#loop.leavingPod(uid),
      isPodTerminated: (pod) => this.#loop.isOver(pod),
      mayRemoveVolumes: (uid) => this.#loop.mayRemoveVolumes(uid),
      hasRunningContainers: (uid) => runtime.podContainers(uid).some(({ state }) => state === 'running'),
      reports: volumeReports(facts, events, current, (use, staleAt) => this.#loop.contentWillBeStale(use, staleAt)),
    })
    const prober = new Prober({
      kernel,
      runtime,
      random,
      nodeName,
      events,
      running: (uid, name) => this.#loop.runningContainer(uid, name),
      onReadiness: (uid, id, isReady) => statuses.setContainerReadiness(uid, `${runtime.runtimeType}://${id}`, isReady),
      onStartup: (uid, id, hasStarted) =>
        statuses.setContainerStartup(uid, `${runtime.runtimeType}://${id}`, hasStarted),
      onFailure: (uid) => this.#loop.due(uid),
    })
    const killer = {
      kernel,
      runtime,
      events,
      facts,
      hooks,
      onStopped: (container: { readonly config: { readonly podUid: string; readonly name: string } }) =>
        workers.get(container.config.podUid)?.stopped.push({ name: container.config.name, endedAt: kernel.now() }),
    }
    const context: KubeletContext = {
      kernel,
      calendar,
      journal,
      random,
      nodeName,
      hostIp: this.#machine().hostIp,
      minor,
      facts,
      gates,
      config,
      recordIdleSyncs: options.recordIdleSyncs ?? false,
      client,
      events,
      runtime,
      fs,
      secrets,
      configMaps,
      pods,
      pleg,
      queue,
      workers,
      statuses,
      volumes,
      reasons: new ReasonCache(),
      prober,
      podRuntime: {
        kernel,
        runtime,
        events,
        facts,
        hooks,
        killer,
        backOff: new BackOffTable(containerBackOff.initialMs, config.crashLoopBackOffMaxMs, 2 * containerBackOff.maxMs),
        ensureImage: (pod, container, pullSecrets, done) => images.ensureImageExists(pod, container, pullSecrets, done),
        buildContainer: containerBuilder({
          context: current,
          services: () => this.#services.list(),
          allocatable: () => this.#machine().allocatable,
        }),
        failedProbe: (id) => prober.failedProbe(id),
      },
      pluginFor: plugins,
      hasNode: () => this.#registrar.node !== undefined,
      record(type, pod, detail, weight) {
        const { name, namespace, uid } = pod.metadata
        const object = {
          kind: 'Pod',
          name,
          ...(namespace === undefined ? {} : { namespace }),
          ...(uid === undefined ? {} : { uid }),
        }
        return journal.append({ actor: `kubelet/${nodeName}`, type, object, detail }, weight)
      },
    }
    return context
  }
}
