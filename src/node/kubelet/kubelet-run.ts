import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { clientRateLimiter, type RateLimiter } from '../../client/rate-limiter.ts'
import type { Reopening, WatchesAtRest } from '../../client/reopening.ts'
import type { RestingReflector } from '../../client/resting.ts'
import { throttledClient } from '../../client/throttled.ts'
import { type EventName, machineTable, type StateName } from '../../kernel/compiled-machine.ts'
import { gridAfter } from '../../kernel/grid.ts'
import { Instance } from '../../kernel/instance.ts'
import { process } from '../../kernel/process.ts'
import { Scope } from '../../kernel/scope.ts'
import { type Steps, sleep, wait } from '../../kernel/steps.ts'
import { second, type VirtualMs } from '../../kernel/time.ts'
import type { PullRecords } from '../images/pull-records.ts'
import { NodeLease, type RestingLease } from '../lease/node-lease.ts'
import { type KubeletFacts, kubeletFactsOf } from '../version-facts.ts'
import { createContext, type StoppableContext } from './create-context.ts'
import { EvictionManager } from './eviction/eviction-manager.ts'
import type { MachineSpace } from './eviction/machine-space.ts'
import { inspect } from './inspect.ts'
import { kubeletMachine } from './kubelet.machine.ts'
import { createKubeletEvents, type KubeletEvents } from './kubelet-events.ts'
import type { KubeletOptions, KubeletRef, StateView } from './kubelet-options.ts'
import { Cleanup } from './loop/cleanup.ts'
import { IdlePolls } from './loop/idle-polls.ts'
import { type KubeletSources, kubeletNews } from './loop/kubelet-news.ts'
import { drawPhases, type Phases } from './loop/phases.ts'
import { ApiPodSource } from './loop/pod-source.ts'
import { StaticPodSource } from './loop/static-pod-source.ts'
import { SyncLoop } from './loop/sync-loop.ts'
import type { MachineState } from './machine-state.ts'
import { NodeRegistrar, type RestingRegistrar } from './node-registrar.ts'
import { removeOrphanedVolumes } from './pods/orphaned-volumes.ts'
import { workerClocks } from './pods/pod-workers.ts'
import { type RestingServices, ServiceList } from './service-list.ts'
import type { TellingParts } from './signs-of-life.ts'
import type { StateFeed } from './state-feed.ts'

const table = machineTable(kubeletMachine)

/** What a kubelet is at. */
export class KubeletMachine extends Instance<StateName<typeof kubeletMachine>, EventName<typeof kubeletMachine>> {
  readonly #nodeName: string
  readonly #feed: StateFeed

  constructor(nodeName: string, feed: StateFeed) {
    super(table)
    this.#nodeName = nodeName
    this.#feed = feed
  }

  protected override stepped(event: EventName<typeof kubeletMachine>): void {
    this.#feed.tell('kubelet', '', this.#nodeName, event, this)
  }
}

/** Between two looks for the own Node, without which no Pods are watched. Source: kubelet.go (1.18.20), nodeHasSynced. */
const ownNodePollMs = second

/** What outlives a kubelet's process: on the machine's disk, or beside it. */
export interface Outliving {
  readonly machine: () => MachineState
  readonly pullRecords: PullRecords
  readonly feed: StateFeed
  readonly space: MachineSpace
}

/** What a kubelet knows that has come up and has no Pods. */
export interface RestingRun {
  readonly startedAt: VirtualMs
  readonly registrar: RestingRegistrar
  readonly lease: RestingLease
  readonly services: RestingServices
  readonly pods: RestingReflector
}

/** One life of a kubelet, from start to stop: all that it remembers. Ending its scope ends all that it has started. */
export class KubeletRun {
  readonly context: StoppableContext
  readonly #options: KubeletOptions
  readonly #startedAt: VirtualMs
  readonly #limiter: RateLimiter
  readonly #polls: IdlePolls
  readonly #scope = new Scope()
  readonly #machine: KubeletMachine
  readonly #phases: Phases
  readonly #services: ServiceList
  readonly #apiPods: ApiPodSource
  readonly #staticPods: StaticPodSource
  readonly #registrar: NodeRegistrar
  readonly #lease: NodeLease
  readonly #cleanup: Cleanup
  readonly #loop: SyncLoop
  readonly #evictions: EvictionManager
  /** Signs of life are to be told one by one, as soon as there are any. */
  #areToldOneByOne = false

  /** `startedAt`: from when on its loops look around. */
  constructor(
    options: KubeletOptions,
    recorder: EventRecorder,
    staticPods: readonly Pod[],
    outliving: Outliving,
    startedAt: VirtualMs,
  ) {
    const { kernel, random, nodeName, config, minor } = options
    this.#startedAt = startedAt
    const facts = kubeletFactsOf(minor)
    const events = createKubeletEvents(recorder, nodeName)
    this.#limiter = clientRateLimiter(kernel, config.kubeAPIQPS, config.kubeAPIBurst, () => this.#polls.catchUp())
    const client = throttledClient(kernel, options.client, this.#limiter)
    const stream = (purpose: string) => random.stream(`${nodeName}/kubelet/${purpose}`)
    this.#options = options
    this.#machine = new KubeletMachine(nodeName, outliving.feed)
    this.#phases = drawPhases(stream('phases'), startedAt, config)
    this.#polls = this.#createPolls(facts)
    this.#services = new ServiceList({ kernel, client, minor, random: stream('service-reflector') })
    this.#registrar = this.#createRegistrar(events, client, outliving)
    this.#lease = this.#createLease()
    this.context = createContext({
      startedAt,
      machine: outliving.machine,
      pullRecords: outliving.pullRecords,
      feed: outliving.feed,
      options,
      scope: this.#scope,
      facts,
      events,
      client,
      polls: this.#polls,
      phases: this.#phases,
      services: this.#services,
      ownNode: () => this.#registrar.node,
    })
    this.#apiPods = new ApiPodSource({ kernel, client, minor, nodeName, random: stream('pod-reflector') })
    this.#staticPods = new StaticPodSource(nodeName, facts, (manifest, message) =>
      this.context.record('static-pod.refused', manifest, { message }),
    )
    this.#staticPods.set(staticPods)
    this.#cleanup = new Cleanup(this.context, this.#phases.housekeeping, this.#phases.containerGc)
    this.#loop = new SyncLoop(this.context, this.#cleanup)
    this.#evictions = new EvictionManager({
      context: this.context,
      space: outliving.space,
      pressureChanged: () => this.#registrar.pressureChanged(),
      reclaimDisk: () => {
        this.#cleanup.reclaimDisk()
        outliving.pullRecords.keepOnly(new Set(options.runtime.images().map(({ id }) => id)))
      },
    })
  }

  /** `startUpMs`: until the process has read its configuration and begins. */
  start(startUpMs: VirtualMs): void {
    this.#scope.start(kubeletNews(this.#sources()), (news) => this.#loop.handle(news))
    this.#scope.start(process(this.#options.kernel, () => this.#live(startUpMs)))
  }

  /** What a copy of it is to know; undefined unless it has come up, and no Pod has come yet. */
  atRest(watches: WatchesAtRest): RestingRun | undefined {
    const registrar = this.#registrar.atRest(watches)
    const lease = this.#lease.atRest()
    const services = this.#services.atRest(watches)
    const pods = this.#apiPods.atRest(watches)
    if (registrar === undefined || lease === undefined || services === undefined || pods === undefined) return undefined
    const isUp = this.#machine.state === 'running' && this.#limiter.isFull
    const [pod] = this.context.pods.all()
    return isUp && pod === undefined ? { startedAt: this.#startedAt, registrar, lease, services, pods } : undefined
  }

  /** In place of `start`: it has come up, step by step as `#live` tells. */
  goOnFrom({ registrar, lease, services, pods }: RestingRun, reopening: Reopening): void {
    this.#scope.start(kubeletNews(this.#sources()), (news) => this.#loop.handle(news))
    for (const event of ['start', 'node.registered', 'node.synced', 'sources.ready'] as const) this.#machine.send(event)
    this.#registrar.goOnFrom(registrar, reopening)
    this.#lease.goOnFrom(lease)
    this.#services.goOnFrom(services, reopening)
    this.context.pleg.goOn()
    this.#evictions.start()
    this.#apiPods.goOnFrom(pods, reopening)
    this.#staticPods.start()
    this.#cleanup.goOn()
    this.context.volumes.podsAreAdded()
  }

  /** The process ends: nothing that it started goes on, and no answer reaches it. */
  stop(): void {
    this.#machine.send('stop')
    this.#stopParts()
    this.#scope.end()
  }

  setStaticPods(manifests: readonly Pod[]): void {
    this.#staticPods.set(manifests)
  }

  inspect(ref: KubeletRef): StateView | undefined {
    return inspect(this.context, this.#machine.state, ref)
  }

  clockChanged(): void {
    this.#loop.clockChanged()
  }

  lastHeartbeat(): number | undefined {
    return this.#lease.lastRenewal()
  }

  tellingParts(): TellingParts {
    return { lease: this.#lease, registrar: this.#registrar }
  }

  flushHeartbeats(lease?: KubeObject): void {
    this.#areToldOneByOne = true
    this.#polls.setHindered(true)
    this.#lease.flush(lease)
    this.#registrar.setWatchful(true)
  }

  relaxHeartbeats(): void {
    this.#areToldOneByOne = false
    this.#polls.setHindered(false)
    this.#lease.relax()
    this.#registrar.setWatchful(false)
  }

  /**
   * 1. what runs beside: the own Node and its lease, Services, PLEG, 2. the own Node was seen: Pods are watched, 3. all
   * sources have told of their Pods: what no source names is unwanted, 4. after the populator's first pass the volumes on
   * the disk are looked through. Source: pkg/kubelet/kubelet.go, Run.
   */
  *#live(startUpMs: VirtualMs): Steps<void> {
    const { kernel, registerNode = true } = this.#options
    if (startUpMs > 0) yield* sleep(startUpMs)
    this.#machine.send('start') // 1
    this.context.events.node('Normal', 'Starting', 'Starting kubelet.')
    if (registerNode) {
      this.#scope.start(this.#registrar.registered, () => this.#machine.send('node.registered'))
      this.#registrar.start()
      this.#lease.start()
      if (this.#areToldOneByOne) this.flushHeartbeats()
    } else this.#machine.send('node.registered')
    this.#services.start()
    this.context.pleg.start()
    // Which of those that run here were scheduled, a kubelet that finds them cannot know.
    if (this.#options.runtime.podUids().length > 0) this.context.resizes.isContested = true
    this.#evictions.start()
    do yield* sleep(ownNodePollMs)
    while (registerNode && this.#registrar.node === undefined)
    this.#machine.send('node.synced') // 2
    this.#apiPods.start()
    this.#staticPods.start()
    yield* wait(this.#apiPods.ready)
    this.#machine.send('sources.ready') // 3
    this.#cleanup.sourcesReady()
    const firstPass = gridAfter(this.#phases.populator, kernel.now())
    yield* sleep(gridAfter(this.#phases.reconciler, firstPass) - kernel.now())
    this.context.volumes.podsAreAdded()
    removeOrphanedVolumes(this.context) // 4
  }

  #sources(): KubeletSources {
    const { pleg, queue, deadlines, prober, statuses, workers, secrets, configMaps } = this.context
    return {
      apiPods: this.#apiPods.changes,
      staticPods: this.#staticPods.changes,
      lifecycle: pleg.events,
      dueSyncs: queue.due,
      deadlines: deadlines.due,
      probes: prober.news,
      statuses: statuses.changes,
      workers: workers.advanced,
      secrets: secrets.changes,
      configMaps: configMaps.changes,
      housekeeping: this.#cleanup.ticks,
    }
  }

  #createPolls(facts: KubeletFacts): IdlePolls {
    const { kernel, journal, config, recordIdleSyncs = false, unseenReads } = this.#options
    const { sync, populator, reconciler } = this.#phases
    // What only a full journal tells would not be told.
    const reads = recordIdleSyncs || journal.keeps('chatter') ? undefined : unseenReads
    return new IdlePolls({
      kernel,
      reads,
      limiter: this.#limiter,
      sync,
      populator,
      reconciler,
      longestMs: config.syncFrequency * (1 + workerClocks.resyncJitter),
      registersEachSync: facts.registration === 'every-sync',
    })
  }

  #createRegistrar(events: KubeletEvents, client: Client, { machine }: Outliving): NodeRegistrar {
    const { kernel, calendar, heartbeatClient, minor, nodeName, random, config, heartbeats } = this.#options
    return new NodeRegistrar({
      kernel,
      calendar,
      client,
      heartbeatClient,
      minor,
      nodeName,
      random: random.stream(`${nodeName}/kubelet/node-reflector`),
      events,
      machine,
      pressures: () => this.context.evictions.conditions,
      statusGrid: this.#phases.nodeStatus,
      reportMs: config.nodeStatusReportFrequency,
      isWatchful: heartbeats === 'explicit',
      changing: () => this.#polls.catchUp(),
    })
  }

  #createLease(): NodeLease {
    const { kernel, calendar, heartbeatClient, nodeName, config, heartbeats = 'computed' } = this.#options
    return new NodeLease({
      kernel,
      calendar,
      client: heartbeatClient,
      nodeName,
      grid: this.#phases.lease,
      durationSeconds: config.nodeLeaseDurationSeconds,
      mode: heartbeats,
    })
  }

  /** Parts that have more to end than what they started in the scope: watches, loops, draws that are due. */
  #stopParts(): void {
    this.#services.stop()
    this.#apiPods.stop()
    this.#registrar.stop()
    this.#lease.stop()
    this.#cleanup.stop()
    this.#loop.stop()
    this.#evictions.stop()
    this.context.stop()
  }
}
