import { createSchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { createSchedulingCycle } from './scheduling-cycle.ts'

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
