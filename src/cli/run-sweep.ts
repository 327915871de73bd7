import { plain } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'
import type { SweepRow } from '../sweep/sweep.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import type { StopSignal } from './drive.ts'
import type { Output } from './output.ts'
import { bar, left } from './progress.ts'
import { type RunSettings, sweepRow } from './run-thread.ts'
import { runInWorkers } from './run-workers.ts'
import { optimiseEarly } from './v8-flags.ts'

/** A run of a sweep. */
export interface SweepUnit {
  readonly scenario: Scenario
  readonly seed: string
  readonly row: Pick<SweepRow, 'index' | 'cell'>
  /** Its place among all runs, as in its row. */
  readonly index: number
}

interface How {
  readonly jobs?: number
  readonly version?: KubernetesVersion
  readonly maxEvents?: number
  readonly invariants?: boolean
  /** What is told beside the progress. */
  readonly what: string
  readonly output: Output
  readonly stop: StopSignal
}

/** Makes the runs of a sweep, in this thread or in several. `onRow` hears of them in their order. */
export async function runInThreads(
  units: readonly SweepUnit[],
  { jobs = 1, version, maxEvents, invariants = false, what, output, stop }: How,
  onRow: (row: SweepRow) => void,
): Promise<void> {
  const settings = {
    ...{ times: 1, invariants },
    ...(version === undefined ? {} : { version }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
  }
  const progress = createProgress(what, units.length, output)
  const hear = (row: SweepRow): 'go on' => {
    onRow(row)
    progress.one()
    return 'go on'
  }
  if (jobs > 1 && units.length > 1)
    await runInWorkers<SweepUnit, SweepRow>(
      units,
      {
        ...{ ...settings, jobs, here: async (unit) => made(unit, settings) },
        ...{ listen: stop.whenStopped, warm: () => optimiseEarly(units.length) },
      },
      hear,
    )
  else {
    optimiseEarly(units.length)
    for (const unit of units) {
      if (stop.isStopped) break
      hear(made(unit, settings))
      // Signals are heard between turns of the loop.
      if (progress.isDue()) await new Promise(setImmediate)
    }
  }
  progress.end()
}

function made({ scenario, seed, row }: SweepUnit, settings: RunSettings): SweepRow {
  return sweepRow(scenario, seed, row, settings)
}

const progressEveryMs = 100

/** How many runs are made, how fast that goes, and how long it may still take; nothing where nobody looks. */
function createProgress(what: string, all: number, output: Output) {
  const beganAt = performance.now()
  let done = 0
  let toldAt = beganAt
  return {
    one(): void {
      done++
      const now = performance.now()
      if (now - toldAt < progressEveryMs * 2) return
      toldAt = now
      const rate = done / ((now - beganAt) / 1000)
      const estimate = left(done / all, now - beganAt)
      output.progress(plain`${bar(done / all)}  ${what}  ${done}/${all} runs  ${rate.toFixed(1)} runs/s  ${estimate}`)
    },
    /** Whether it is time to look at the keyboard. */
    isDue: (): boolean => done % looksEvery === 0,
    end: (): void => output.progress(undefined),
  }
}

/** Runs between two looks. */
const looksEvery = 8
