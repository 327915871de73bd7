import type { Observable } from 'rxjs'
import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import { createEventRecorder, type EventRecorder, type RestingRecorder } from '../../client/event-recorder.ts'
import { clientRateLimiter, type RateLimiter } from '../../client/rate-limiter.ts'
import type { Reopening, WatchesAtRest } from '../../client/reopening.ts'
import { throttledClient } from '../../client/throttled.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { PullRecords } from '../images/pull-records.ts'
import type { KubeletContext } from './context.ts'
import type { KubeletOptions, KubeletRef, StateView } from './kubelet-options.ts'
import { KubeletRun, type RestingRun } from './kubelet-run.ts'
import { defaultMachine, type MachineState } from './machine-state.ts'
import { SignsOfLife } from './signs-of-life.ts'
import { type NodeMachineStep, StateFeed } from './state-feed.ts'

/** A node's kubelet: starts, stops (and forgets), and tells how things stand. */
export interface Kubelet {
  readonly nodeName: string
  readonly isRunning: boolean
  start(): void
  /** The process ends: memory is lost; containers, mounts and files stay. */
  stop(): void
  /** The machine went down and up again (runtime and files are told by their own `reboot`): the next start finds a new boot id. */
  machineRebooted(): void
  /** The machine's wall clock was set. */
  clockChanged(): void
  setStaticPods(pods: readonly Pod[]): void
  inspect(ref: KubeletRef): StateView | undefined
  /** Each step of a machine of the node, as it is taken, over all lives of the kubelet. */
  readonly states: Observable<NodeMachineStep>
  /** The parts of the running kubelet, for those who explain or draw it; undefined while it is stopped. */
  readonly context: KubeletContext | undefined
  /** What it has told of itself, or would have. */
  readonly signs: SignsOfLife
  /** Instant of the last sign of life that the API server has been told of, or would have been. */
  lastHeartbeat(): number | undefined
  /** Before a fault: from now on signs of life are told one by one. `lease`: its own, in which somebody wrote the last computed one. */
  flushHeartbeats(lease?: KubeObject): void
  /** The fault is over. */
  relaxHeartbeats(): void
  /** What a copy of it is to know; undefined unless it has come up on its machine's first boot, and no Pod has come yet. */
  atRest(watches: WatchesAtRest): RestingKubelet | undefined
  /** In place of `start`. */
  goOnFrom(rest: RestingKubelet, reopening: Reopening): void
}

/** What a kubelet knows that waits for its first Pod. */
export interface RestingKubelet {
  readonly run: RestingRun
  readonly recorder: RestingRecorder
}

/**
 * Of a process that is started again, until it looks for its Node: what is left of the 1.07 to 1.21 s until its first request for a
 * Secret (10 starts recorded of v1.18 and v1.26) without the second for which it waits for its Node.
 */
const startUpMs = { least: 70, most: 200 } as const

export function createKubelet(options: KubeletOptions): Kubelet {
  return new NodeKubelet(options)
}

class NodeKubelet implements Kubelet {
  readonly nodeName: string
  isRunning = false
  context: KubeletContext | undefined
  readonly #options: KubeletOptions
  #run: KubeletRun | undefined
  #recorder: EventRecorder | undefined
  #eventLimiter: RateLimiter | undefined
  #staticPods: readonly Pod[]
  #lastHeartbeat: number | undefined
  #boots = 1
  /** Of the machine as it is now; made anew when it has booted. */
  #machine: MachineState | undefined
  readonly #pullRecords = new PullRecords()
  readonly #feed = new StateFeed()
  readonly signs = new SignsOfLife()
  /** Signs of life of this process and of the next ones. */
  #areToldOneByOne = false
  /** The first process begins with the cluster: only later ones take their time. */
  #hasLived = false

  constructor(options: KubeletOptions) {
    this.nodeName = options.nodeName
    this.#options = options
    this.#staticPods = options.staticPods ?? []
  }

  get states(): Observable<NodeMachineStep> {
    return this.#feed.steps
  }

  start(): void {
    if (this.#run !== undefined) return
    this.#note('kubelet.start')
    const { run } = this.#begin(this.#options.kernel.now())
    run.start(this.#drawStartUpMs())
    this.#hasLived = true
    if (this.#areToldOneByOne) run.flushHeartbeats()
  }

  atRest(watches: WatchesAtRest): RestingKubelet | undefined {
    const isFresh = this.#boots === 1 && this.#staticPods.length === 0 && this.#eventLimiter?.isFull === true
    const run = isFresh ? this.#run?.atRest(watches) : undefined
    const recorder = isFresh ? this.#recorder?.atRest() : undefined
    return run && recorder && { run, recorder }
  }

  goOnFrom(rest: RestingKubelet, reopening: Reopening): void {
    const { run, recorder } = this.#begin(rest.run.startedAt)
    recorder.goOnFrom(rest.recorder)
    run.goOnFrom(rest.run, reopening)
    this.#hasLived = true
  }

  stop(): void {
    const run = this.#run
    if (run === undefined) return
    run.flushHeartbeats()
    this.#lastHeartbeat = run.lastHeartbeat()
    this.signs.end()
    run.stop()
    this.#recorder?.stop()
    this.#run = undefined
    this.isRunning = false
    this.context = undefined
    this.#note('kubelet.stop')
  }

  machineRebooted(): void {
    this.#boots++
    this.#machine = undefined
  }

  clockChanged(): void {
    this.#run?.clockChanged()
  }

  setStaticPods(pods: readonly Pod[]): void {
    this.#staticPods = pods
    this.#run?.setStaticPods(pods)
  }

  inspect(ref: KubeletRef): StateView | undefined {
    return this.#run === undefined ? stoppedView(ref) : this.#run.inspect(ref)
  }

  lastHeartbeat(): number | undefined {
    return this.#run?.lastHeartbeat() ?? this.#lastHeartbeat
  }

  flushHeartbeats(lease?: KubeObject): void {
    this.#areToldOneByOne = true
    this.#run?.flushHeartbeats(lease)
  }

  relaxHeartbeats(): void {
    this.#areToldOneByOne = false
    this.#run?.relaxHeartbeats()
  }

  #note(type: 'kubelet.start' | 'kubelet.stop'): void {
    const { journal, nodeName } = this.#options
    journal.append({ actor: `kubelet/${nodeName}`, type, object: { kind: 'Node', name: nodeName } })
  }

  #drawStartUpMs(): VirtualMs {
    const { random, nodeName } = this.#options
    const { least, most } = this.#options.startUpMs ?? startUpMs
    return this.#hasLived ? random.stream(`${nodeName}/kubelet/start`).integer(least, most + 1) : 0
  }

  #machineState(): MachineState {
    this.#machine ??= machineState(this.#options, this.#boots)
    return this.#machine
  }

  /** A new process, from which nothing goes out yet. */
  #begin(startedAt: VirtualMs): { readonly run: KubeletRun; readonly recorder: EventRecorder } {
    const { kernel, calendar, config, minor, nodeName, random, eventClient, space } = this.#options
    const limiter = clientRateLimiter(kernel, config.eventRecordQPS, config.eventBurst)
    const recorder = createEventRecorder({
      kernel,
      calendar,
      client: throttledClient(kernel, eventClient, limiter),
      source: { component: 'kubelet', host: nodeName },
      minor,
      random: random.stream(`${nodeName}/kubelet/events`),
    })
    const outliving = {
      machine: () => this.#machineState(),
      pullRecords: this.#pullRecords,
      feed: this.#feed,
      space,
    }
    const run = new KubeletRun(this.#options, recorder, this.#staticPods, outliving, startedAt)
    this.#eventLimiter = limiter
    this.#recorder = recorder
    this.#run = run
    this.signs.begin(run.tellingParts())
    this.isRunning = true
    this.context = run.context
    return { run, recorder }
  }
}

/** What a machine tells of itself after so many boots. */
function machineState({ nodeName, minor, hostIp, config, ...given }: KubeletOptions, boots: number): MachineState {
  const common = defaultMachine(nodeName, minor, hostIp, config.maxPods)
  const resources = { ...common.capacity, ...given.capacity }
  return {
    ...common,
    bootId: `boot-${boots}-${nodeName}`,
    capacity: resources,
    allocatable: resources,
    labels: { ...common.labels, ...given.labels },
    nodeInfo: { ...common.nodeInfo, ...given.versions },
  }
}

function stoppedView(ref: KubeletRef): StateView | undefined {
  return ref.kind === 'kubelet' ? { machine: 'kubelet', state: 'stopped', detail: {} } : undefined
}
