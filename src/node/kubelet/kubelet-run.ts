import type { Pod } from '../../api/types/core.ts'
import type { EventRecorder } from '../../client/event-recorder.ts'
import { createRateLimiter } from '../../client/rate-limiter.ts'
import { throttledClient } from '../../client/throttled.ts'
import { after } from '../../kernel/after.ts'
import { type EventName, machineTable, type StateName } from '../../kernel/compiled-machine.ts'
import { gridAfter } from '../../kernel/grid.ts'
import { Instance } from '../../kernel/instance.ts'
import { process } from '../../kernel/process.ts'
import { Scope } from '../../kernel/scope.ts'
import { type Steps, sleep } from '../../kernel/steps.ts'
import { second } from '../../kernel/time.ts'
import type { PullRecords } from '../images/pull-records.ts'
import { NodeLease } from '../lease/node-lease.ts'
import type { KubeletContext } from './context.ts'
import { createContext } from './create-context.ts'
import { inspect } from './inspect.ts'
import { kubeletMachine } from './kubelet.machine.ts'
import type { KubeletOptions, KubeletRef, StateView } from './kubelet-options.ts'
import { Cleanup } from './loop/cleanup.ts'
import { drawPhases, type Phases } from './loop/phases.ts'
import { ApiPodSource } from './loop/pod-source.ts'
import { staticPodOf } from './loop/static-pods.ts'
import { SyncLoop } from './loop/sync-loop.ts'
import type { MachineState } from './machine-state.ts'
import { NodeRegistrar } from './node-registrar.ts'
import { removeOrphanedVolumes } from './pods/orphaned-volumes.ts'
import { ServiceList } from './service-list.ts'
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

/** One life of a kubelet, from start to stop: all that it remembers. */
export class KubeletRun {
  readonly context: KubeletContext
  readonly #options: KubeletOptions
  /** All that this life has started. */
  readonly #scope = new Scope()
  readonly #phases: Phases
  readonly #services: ServiceList
  readonly #cleanup: Cleanup
  readonly #loop: SyncLoop
  readonly #source: ApiPodSource
  readonly #registrar: NodeRegistrar
  readonly #lease: NodeLease
  readonly #staticPods = new Map<string, Pod>()
  readonly #machine: KubeletMachine
  #areSourcesReady = false

  constructor(
    options: KubeletOptions,
    recorder: EventRecorder,
    staticPods: readonly Pod[],
    outliving: { readonly machine: () => MachineState; readonly pullRecords: PullRecords; readonly feed: StateFeed },
  ) {
    this.#options = options
    this.#machine = new KubeletMachine(options.nodeName, outliving.feed)
    const { kernel, calendar, random, nodeName, config, minor } = options
    this.#phases = drawPhases(random.stream(`${nodeName}/kubelet/phases`), kernel.now(), config)
    const client = throttledClient(
      kernel,
      options.client,
      createRateLimiter(kernel, config.kubeAPIQPS, config.kubeAPIBurst),
    )
    const serviceRandom = random.stream(`${nodeName}/kubelet/service-reflector`)
    this.#services = new ServiceList({ kernel, client, minor, random: serviceRandom })
    this.context = createContext({
      options,
      scope: this.#scope,
      recorder,
      client,
      phases: this.#phases,
      services: this.#services,
      ...outliving,
      loop: () => this.#loop,
      node: () => this.#registrar.node,
    })
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
      machine: outliving.machine,
      statusGrid: this.#phases.nodeStatus,
      reportMs: config.nodeStatusReportFrequency,
      isWatchful: mode === 'explicit',
      onRegistered: () => this.#machine.send('node.registered'),
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
    this.#machine.send('start')
    this.context.events.node('Normal', 'Starting', 'Starting kubelet.')
    if (this.#options.registerNode ?? true) {
      this.#registrar.start()
      this.#lease.start()
    } else this.#machine.send('node.registered')
    this.#services.start()
    this.context.pleg.start()
    this.#scope.start(process(this.#options.kernel, () => this.#watchPods()))
  }

  stop(): void {
    this.#machine.send('stop')
    this.#scope.end()
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
      if (this.#machine.state !== 'stopped') this.#loop.removed(pod)
    }
    for (const [uid, pod] of wanted) {
      if (this.#staticPods.has(uid)) continue
      this.#staticPods.set(uid, pod)
      if (this.#machine.state !== 'stopped') this.#loop.added([pod])
    }
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

  flushHeartbeats(): void {
    this.#lease.flush()
    this.#registrar.setWatchful(true)
  }

  relaxHeartbeats(): void {
    this.#lease.relax()
    this.#registrar.setWatchful(false)
  }

  /** Pods are watched once the own Node was seen. */
  *#watchPods(): Steps<void> {
    const { registerNode = true } = this.#options
    do yield* sleep(ownNodePollMs)
    while (registerNode && this.#registrar.node === undefined)
    this.#machine.send('node.synced')
    this.#source.start()
    const statics = [...this.#staticPods.values()]
    if (statics.length > 0) this.#loop.added(statics)
  }

  #sourcesReady(): void {
    if (this.#areSourcesReady) return
    this.#areSourcesReady = true
    this.#machine.send('sources.ready')
    this.#cleanup.sourcesReady()
    // The volumes on the disk are looked through after the populator's first pass.
    const { kernel } = this.context
    const first = gridAfter(this.#phases.populator, kernel.now())
    const at = gridAfter(this.#phases.reconciler, first)
    this.#scope.start(after(kernel, at - kernel.now()), () => removeOrphanedVolumes(this.context))
  }
}
