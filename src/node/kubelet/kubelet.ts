import type { Client } from '../../apiserver/client/client.ts'
import { createEventRecorder, type EventRecorder } from '../../apiserver/client/event-recorder.ts'
import { createRateLimiter } from '../../apiserver/client/rate-limiter.ts'
import type { Calendar } from '../../kernel/calendar.ts'
import type { Journal } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { Pod } from '../../objects/core.ts'
import type { FeatureGates } from '../../versions/feature-gates.ts'
import type { NodeFs } from '../fs/node-fs.ts'
import { PullRecords } from '../images/pull-records.ts'
import type { ContainerRuntime } from '../runtime/cri.ts'
import type { WriteStep } from '../volumes/plugins/atomic-writer.ts'
import type { KubeletConfiguration } from './configuration.ts'
import type { KubeletContext } from './context.ts'
import { KubeletRun } from './kubelet-run.ts'
import { defaultMachine, type MachineState } from './machine-state.ts'
import { throttledClient } from './throttled-client.ts'

export interface KubeletOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: Journal
  readonly random: RandomStreams
  readonly nodeName: string
  readonly minor: number
  readonly gates: FeatureGates
  readonly config: KubeletConfiguration
  /** For Pods, Secrets, ConfigMaps, Services. Not limited: the kubelet itself keeps to kubeAPIQPS. */
  readonly client: Client
  /** For events: the kubelet keeps to eventRecordQPS. */
  readonly eventClient: Client
  /** For leases and node statuses, which know no limit. */
  readonly heartbeatClient: Client
  /** They outlive the kubelet. */
  readonly runtime: ContainerRuntime
  readonly fs: NodeFs
  readonly hostIp: string
  /** Quantities that differ from those of a common worker: 4 CPUs, 16 GiB. */
  readonly capacity?: Readonly<Record<string, string>>
  /** Beside those that every kubelet sets. */
  readonly labels?: Readonly<Record<string, string>>
  readonly versions?: Readonly<Record<string, string>>
  /**
   * Every sync is carried out and every refresh told, though nothing changed. Default false: such syncs cost nothing and
   * are only told of by their effects.
   */
  readonly recordIdleSyncs?: boolean
  /** `computed` (default): signs of life cost nothing while nothing threatens them. */
  readonly heartbeats?: 'computed' | 'explicit'
  /** Whether the kubelet registers its Node; false: somebody else made it. Default true. */
  readonly registerNode?: boolean
  /** Pods of the node's own: manifests in the static Pod directory. */
  readonly staticPods?: readonly Pod[]
  readonly afterWriteStep?: (pod: Pod, volumeName: string, step: WriteStep) => 'crash' | undefined
}

/** Where an object of the node stands: a state of the machine of that name (`*.machine.ts`). */
export interface StateView {
  readonly machine: 'podWorker' | 'volume' | 'container' | 'reflector' | 'kubelet'
  readonly state: string
  readonly detail: Readonly<Record<string, unknown>>
}

export type KubeletRef =
  | { readonly kind: 'pod'; readonly uid: string }
  | { readonly kind: 'volume'; readonly uid: string; readonly volume: string }
  | { readonly kind: 'container'; readonly uid: string; readonly container: string }
  | { readonly kind: 'secret'; readonly namespace: string; readonly name: string }
  | { readonly kind: 'kubelet' }

/** A node's kubelet: starts, stops (and forgets), and tells how things stand. */
export interface Kubelet {
  readonly nodeName: string
  readonly isRunning: boolean
  start(): void
  /** The process ends: memory is lost; containers, mounts and files stay. */
  stop(): void
  /** The machine went down and up again (runtime and files are told by their own `reboot`): the next start finds a new boot id. */
  machineRebooted(): void
  setStaticPods(pods: readonly Pod[]): void
  inspect(ref: KubeletRef): StateView | undefined
  /** The parts of the running kubelet, for those who explain or draw it; undefined while it is stopped. */
  readonly context: KubeletContext | undefined
  /** Instant of the last sign of life that the API server has been told of, or would have been. */
  lastHeartbeat(): number | undefined
  /** Before a fault: the API server is told of the last computed sign of life, and later ones are told one by one. */
  flushHeartbeats(): void
  /** The fault is over. */
  relaxHeartbeats(): void
}

export function createKubelet(options: KubeletOptions): Kubelet {
  const { nodeName, journal } = options
  let run: KubeletRun | undefined
  let recorder: EventRecorder | undefined
  let staticPods = options.staticPods ?? []
  let lastHeartbeat: number | undefined
  let boots = 1
  const pullRecords = new PullRecords()
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
  return {
    nodeName,
    get isRunning() {
      return run !== undefined
    },
    get context() {
      return run?.context
    },
    start() {
      if (run !== undefined) return
      journal.append({ actor, type: 'kubelet.start', object: node })
      recorder = createEventRecorder({
        kernel: options.kernel,
        calendar: options.calendar,
        client: throttledClient(
          options.eventClient,
          createRateLimiter(options.kernel, options.config.eventRecordQPS, options.config.eventBurst),
        ),
        source: { component: 'kubelet', host: nodeName },
        minor: options.minor,
        random: options.random.stream(`${nodeName}/kubelet/events`),
      })
      run = new KubeletRun(options, recorder, staticPods, { machine, pullRecords })
      run.start()
    },
    stop() {
      if (run === undefined) return
      run.flushHeartbeats()
      lastHeartbeat = run.lastHeartbeat()
      run.stop()
      recorder?.stop()
      run = undefined
      journal.append({ actor, type: 'kubelet.stop', object: node })
    },
    machineRebooted() {
      boots++
    },
    setStaticPods(pods) {
      staticPods = pods
      run?.setStaticPods(pods)
    },
    inspect: (ref) => (run === undefined ? stoppedView(ref) : run.inspect(ref)),
    lastHeartbeat: () => run?.lastHeartbeat() ?? lastHeartbeat,
    flushHeartbeats: () => run?.flushHeartbeats(),
    relaxHeartbeats: () => run?.relaxHeartbeats(),
  }
}

function stoppedView(ref: KubeletRef): StateView | undefined {
  return ref.kind === 'kubelet' ? { machine: 'kubelet', state: 'stopped', detail: {} } : undefined
}
