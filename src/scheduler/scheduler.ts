import type { RestingInformer } from '../client/informer.ts'
import type { Reopening, WatchesAtRest } from '../client/reopening.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { createSchedulerInputs, type SchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { createSchedulingCycle, type SchedulingCycle } from './scheduling-cycle.ts'

export interface Scheduler {
  start(): void
  /** Ends its watches and forgets what it knows, as the end of the process does. */
  stop(): void
  /** What a copy of it is to know; undefined unless it runs and has had no Pod yet. */
  atRest(watches: WatchesAtRest): RestingScheduler | undefined
  /** In place of `start`. */
  goOnFrom(rest: RestingScheduler, reopening: Reopening): void
}

/** What a scheduler knows that waits for its first Pod. */
export interface RestingScheduler {
  readonly startedAt: VirtualMs
  readonly informers: readonly RestingInformer[]
}

/**
 * The scheduler: it watches Pods, nodes and what selects Pods, chooses a node for each Pod without one, and binds it.
 * Source: pkg/scheduler of Kubernetes v1.18, later versions by tables (version-facts.ts, profiles.ts).
 */
export function createScheduler(options: SchedulerOptions): Scheduler {
  let run: { readonly inputs: SchedulerInputs; readonly cycle: SchedulingCycle } | undefined
  let startedAt: VirtualMs = 0
  const begin = (at: VirtualMs) => {
    startedAt = at
    const inputs = createSchedulerInputs(options)
    run = { inputs, cycle: createSchedulingCycle(options, inputs, at) }
    return run
  }
  return {
    start() {
      if (run !== undefined) return
      const { inputs, cycle } = begin(options.kernel.now())
      inputs.start(cycle)
    },
    stop() {
      run?.inputs.stop()
      run?.cycle.stop()
      run = undefined
    },
    atRest(watches) {
      const informers = run?.cycle.hasHadPods === false ? run.inputs.atRest(watches) : undefined
      return informers && { startedAt, informers }
    },
    goOnFrom(rest, reopening) {
      const { inputs, cycle } = begin(rest.startedAt)
      inputs.goOnFrom(rest.informers, cycle, reopening)
      cycle.goOn()
    },
  }
}
