import type { Client } from '../apiserver/client/client.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Journal } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import { createSchedulerInputs } from './scheduler-inputs.ts'
import { createSchedulingCycle } from './scheduling-cycle.ts'

export interface SchedulerOptions {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly journal: Journal
  readonly random: RandomStreams
  readonly client: Client
  readonly minor: number
  /** The Pods that this scheduler is for, and what it calls itself in events. Default `default-scheduler`. */
  readonly schedulerName?: string
  /** Name of the machine, in `reportingInstance` of events. Default `control-plane`. */
  readonly host?: string
}

export interface Scheduler {
  start(): void
  /** Ends its watches and forgets what it knows, as the end of the process does. */
  stop(): void
}

/**
 * The scheduler: it watches Pods, nodes and what selects Pods, chooses a node for each Pod without one, and binds it.
 * Source: pkg/scheduler of Kubernetes v1.18, later versions by tables (version-facts.ts, profiles.ts).
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  let stop = () => {}
  let isRunning = false
  return {
    start() {
      if (isRunning) return
      isRunning = true
      const inputs = createSchedulerInputs(options)
      const cycle = createSchedulingCycle(options, inputs)
      inputs.start(cycle)
      stop = () => {
        inputs.stop()
        cycle.stop()
      }
    },
    stop() {
      isRunning = false
      stop()
      stop = () => {}
    },
  }
}
