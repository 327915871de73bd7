import { setImmediate } from 'node:timers/promises'
import { plain } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import { type RunOptions, runInSlices } from '../scenario/run.ts'
import type { SliceEnd, Slices } from '../scenario/slices.ts'
import { formatInstant } from '../sim/duration.ts'
import type { Sim } from '../sim/sim.ts'
import type { Output } from './output.ts'
import { bar, leastMs, left } from './progress.ts'

/** Whether somebody asked the command to stop: ctrl-C, or a polite kill. */
export interface StopSignal {
  readonly isStopped: boolean
  /** Calls `work` when somebody asks: for whoever waits and does not ask by itself. */
  whenStopped(work: () => void): void
  /** Listens no longer. */
  close(): void
}

/** Listens for the signals that stop a run at its next slice. A second one does not wait for it. */
export function listenForStop(onImpatience: () => void): StopSignal {
  let isStopped = false
  const waiting: (() => void)[] = []
  const stop = (): void => {
    if (isStopped) onImpatience()
    isStopped = true
    for (const work of waiting) work()
  }
  for (const signal of signals) process.on(signal, stop)
  return {
    get isStopped() {
      return isStopped
    },
    close() {
      for (const signal of signals) process.off(signal, stop)
    },
    whenStopped: (work) => void waiting.push(work),
  }
}

const signals = ['SIGINT', 'SIGTERM'] as const

/** How long a slice may take: short enough for a hand that presses ctrl-C, long enough to cost nothing. */
const sliceMs = 40
/** Runs that end before are not worth a line that says how far they are. */
const progressAfterMs = 1000
const progressEveryMs = 200
/** Events between two looks at the clock. */
const eventsALook = 128

/** Runs a scenario in slices; between them signals are heard and progress is told. */
export async function drive(
  scenario: Scenario,
  options: RunOptions,
  { output, stop }: Pick<Driven, 'output' | 'stop'>,
): Promise<ScenarioResult> {
  const begun = (started: (sim: Sim) => void, isOver: SliceEnd): Slices<ScenarioResult> => {
    const startedBoth: RunOptions['started'] = (made, redaction) => {
      started(made)
      options.started?.(made, redaction)
    }
    return runInSlices(scenario, { ...options, started: startedBoth }, isOver)
  }
  return driveSlices(begun, { what: scenario.file, leastMs: leastMs(scenario), output, stop })
}

interface Driven {
  readonly what: string
  /** Virtual time that it takes at least. */
  readonly leastMs?: number
  readonly output: Output
  readonly stop: Pick<StopSignal, 'isStopped'>
}

/** Drives anything that runs in slices and tells of the simulation in it once there is one. */
export async function driveSlices<T>(
  begun: (started: (sim: Sim) => void, isOver: SliceEnd) => Slices<T>,
  { what, leastMs: until = 0, output, stop }: Driven,
): Promise<T> {
  const beganAt = performance.now()
  let sliceEndsAt = beganAt + sliceMs
  let toldAt = beganAt + progressAfterMs - progressEveryMs
  let events = 0
  let sim: Sim | undefined
  const isSliceOver = (): boolean => ++events % eventsALook === 0 && performance.now() > sliceEndsAt
  const slices = begun((made) => {
    sim = made
  }, isSliceOver)
  for (;;) {
    const step = slices.next(stop.isStopped ? 'stop' : 'go')
    if (step.done === true) {
      output.progress(undefined)
      return step.value
    }
    await setImmediate()
    const now = performance.now()
    if (now - toldAt >= progressEveryMs) {
      toldAt = now
      output.progress(progressLine({ what, sim, events, until, elapsedMs: now - beganAt }))
    }
    sliceEndsAt = performance.now() + sliceMs
  }
}

interface Progress {
  readonly what: string
  readonly sim: Sim | undefined
  readonly events: number
  /** Virtual time that it takes at least; 0: nobody knows. */
  readonly until: number
  readonly elapsedMs: number
}

function progressLine({ what, sim, events, until, elapsedMs }: Progress) {
  const now = sim?.now() ?? 0
  const rate = Math.round(events / (elapsedMs / 1000)).toLocaleString('en')
  const told = plain`${what}  ${formatInstant(now)}  ${rate} events/s`
  // Behind the last time that is named only what is waited for is ahead.
  return now <= 0 || now >= until ? told : plain`${bar(now / until)}  ${told}  ${left(now / until, elapsedMs)}`
}
