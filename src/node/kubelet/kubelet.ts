import type { Observable } from 'rxjs'
import type { Pod } from '../../api/types/core.ts'
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
  /** Before a fault: the API server is told of the last computed sign of life, and later ones are told one by one. */
  flushHeartbeats(): void
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
  const { nodeName, journal } = options
  let run: KubeletRun | undefined
  let recorder: EventRecorder | undefined
  let eventLimiter: RateLimiter | undefined
  let staticPods = options.staticPods ?? []
  let lastHeartbeat: number | undefined
  let boots = 1
  const pullRecords = new PullRecords()
  const feed = new StateFeed()
  const signs = new SignsOfLife()
  const common = defaultMachine(nodeName, options.minor, options.hostIp, options.config.maxPods)
  const resources = { ...common.capacity, ...options.capacity }
  const machine = (): MachineState => ({
    ...common,
    bootId: `boot-${boots}-${nodeName}`,
    capacity: resources,
    allocatable: resources,
    labels: { ...common.labels, ...options.labels },
    nodeInfo: { ...common.nodeInfo, ...options.versions },
  })
  const node = { kind: 'Node', name: nodeName }
  const actor = `kubelet/${nodeName}`
  /** Signs of life of this process and of the next ones. */
  let areToldOneByOne = false
  /** The first process begins with the cluster: only later ones take their time. */
  let hasLived = false
  const drawStartUpMs = (): VirtualMs => {
    const { least, most } = options.startUpMs ?? startUpMs
    return hasLived ? options.random.stream(`${nodeName}/kubelet/start`).integer(least, most + 1) : 0
  }
  /** A new process, from which nothing goes out yet. */
  const begin = (startedAt: VirtualMs): { readonly run: KubeletRun; readonly recorder: EventRecorder } => {
    const { kernel, calendar, config, minor } = options
    eventLimiter = clientRateLimiter(kernel, config.eventRecordQPS, config.eventBurst)
    const events = createEventRecorder({
      kernel,
      calendar,
      client: throttledClient(kernel, options.eventClient, eventLimiter),
      source: { component: 'kubelet', host: nodeName },
      minor,
      random: options.random.stream(`${nodeName}/kubelet/events`),
    })
    const life = new KubeletRun(
      options,
      events,
      staticPods,
      { machine, pullRecords, feed, space: options.space },
      startedAt,
    )
    recorder = events
    run = life
    signs.begin(life.tellingParts())
    kubelet.isRunning = true
    kubelet.context = life.context
    return { run: life, recorder: events }
  }
  const kubelet = {
    nodeName,
    states: feed.steps,
    signs,
    isRunning: false,
    context: undefined as KubeletContext | undefined, // of the present run
    start(): void {
      if (run !== undefined) return
      journal.append({ actor, type: 'kubelet.start', object: node })
      const { run: begun } = begin(options.kernel.now())
      begun.start(drawStartUpMs())
      hasLived = true
      if (areToldOneByOne) begun.flushHeartbeats()
    },
    atRest(watches: WatchesAtRest): RestingKubelet | undefined {
      const isFresh = boots === 1 && staticPods.length === 0 && eventLimiter?.isFull === true
      const resting = isFresh ? { run: run?.atRest(watches), recorder: recorder?.atRest() } : {}
      return resting.run && resting.recorder && { run: resting.run, recorder: resting.recorder }
    },
    goOnFrom(rest: RestingKubelet, reopening: Reopening): void {
      const begun = begin(rest.run.startedAt)
      begun.recorder.goOnFrom(rest.recorder)
      begun.run.goOnFrom(rest.run, reopening)
      hasLived = true
    },
    stop(): void {
      if (run === undefined) return
      run.flushHeartbeats()
      lastHeartbeat = run.lastHeartbeat()
      signs.end()
      run.stop()
      recorder?.stop()
      run = undefined
      kubelet.isRunning = false
      kubelet.context = undefined
      journal.append({ actor, type: 'kubelet.stop', object: node })
    },
    machineRebooted(): void {
      boots++
    },
    clockChanged: () => run?.clockChanged(),
    setStaticPods(pods: readonly Pod[]): void {
      staticPods = pods
      run?.setStaticPods(pods)
    },
    inspect: (ref: KubeletRef) => (run === undefined ? stoppedView(ref) : run.inspect(ref)),
    lastHeartbeat: () => run?.lastHeartbeat() ?? lastHeartbeat,
    flushHeartbeats(): void {
      areToldOneByOne = true
      run?.flushHeartbeats()
    },
    relaxHeartbeats(): void {
      areToldOneByOne = false
      run?.relaxHeartbeats()
    },
  }
  return kubelet
}

function stoppedView(ref: KubeletRef): StateView | undefined {
  return ref.kind === 'kubelet' ? { machine: 'kubelet', state: 'stopped', detail: {} } : undefined
}
