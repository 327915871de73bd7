import { setImmediate } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import type { Flows } from '../flow/flows.ts'
import { createTeacher } from '../report/lesson.ts'
import type { Scenario } from '../scenario/model.ts'
import { type RunOptions, runScenario, type Teacher } from '../scenario/run.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { createSim } from '../sim/create-sim.ts'
import { rowOf } from '../sweep/row.ts'
import type { SweepRow } from '../sweep/sweep.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { type ComparedRuns, runOften } from './determinism.ts'
import { type Choice, planRuns } from './plan.ts'
import { readScenarioFile } from './scenario-files.ts'

/**
 * A thread that makes runs for another: it loads its scenarios itself, for what is loaded holds functions, and sends back what came of
 * the runs: all of it, or the row of a sweep.
 */

/** How such a thread is known; main.ts looks for it before anything of the simulator is loaded. */
export const role = 'podsim runs'

/** How all runs of a command go. */
export interface RunSettings {
  /** How often each runs, for comparison. */
  readonly times: number
  readonly maxEvents?: number
  readonly reveal?: boolean
  readonly journal?: NonNullable<RunOptions['journal']>
  readonly invariants?: boolean
  readonly version?: KubernetesVersion
}

/** A run to be made. */
export interface WorkUnit {
  readonly scenario: Pick<Scenario, 'file' | 'settings'>
  readonly seed: string
  /** Of a sweep: which row it is. */
  readonly row?: Pick<SweepRow, 'index' | 'cell'>
}

/** What came of a run. */
export type WorkDone = ComparedRuns | SweepRow

/** What such a thread is told when it begins. */
export interface ThreadOptions extends RunSettings {
  readonly role: typeof role
  /** What it may run until it is given something, and of which runs that will most likely be. */
  readonly ahead?: Ahead
}

/** Files, and what is chosen of them. */
export interface Ahead {
  readonly files: readonly string[]
  readonly choice: Choice
}

/** A run, and its place among all. */
export interface PlacedUnit extends WorkUnit {
  readonly at: number
}

/** Runs that a thread is given at once: sending a message costs as much as a small part of one. */
export type Chunk = readonly PlacedUnit[]

/** What came of the run at a place. */
export interface Placed<T> {
  readonly at: number
  readonly done: T
}

/** What came of a chunk; or which run begins unasked, by `keyOf`. */
export type Answer =
  | { readonly done: readonly Placed<WorkDone>[] }
  | { readonly crash: string }
  | { readonly ahead: string }

/** By what a run is known. */
export function keyOf({ scenario: { file, settings }, seed }: WorkUnit): string {
  return JSON.stringify([file, settings, seed])
}

/** A scenario, and what tells of its failures where they stand. */
interface Loaded {
  readonly scenario: Scenario
  readonly teach: Teacher
}

/** Runs what it is sent until the thread is ended. */
export function serveRuns(): void {
  // The same module made the thread.
  const options = workerData as ThreadOptions
  const scenarios = new Map<string, Loaded>()
  const load = (file: string, settings: Settings): Loaded => {
    const key = JSON.stringify([file, settings])
    const known = scenarios.get(key)
    if (known !== undefined) return known
    const { text, loaded } = readScenarioFile(file, settings)
    if (!loaded.ok) throw new Error(`${file} changed while it ran`)
    const [scenario] = loaded.value
    const teach = createTeacher((asked) => (asked === undefined || asked === file ? text : undefined))
    scenarios.set(key, { scenario, teach })
    return { scenario, teach }
  }
  const post = (answer: Answer): void => parentPort?.postMessage(answer)
  const ahead = new RunsAhead(load, options, ({ scenario, seed }) => post({ ahead: keyOf({ scenario, seed }) }))
  parentPort?.on('message', (units: Chunk) => {
    ahead.stop()
    runChunk(units, load, ahead, options).then(
      (done) => post({ done }),
      (error: unknown) => post({ crash: String(error) }),
    )
  })
  ahead.start()
}

/** Finds a scenario, loaded. */
type Load = (file: string, settings: Settings) => Loaded

async function runChunk(
  units: Chunk,
  load: Load,
  ahead: RunsAhead,
  options: RunSettings,
): Promise<readonly Placed<WorkDone>[]> {
  const done: Placed<WorkDone>[] = []
  for (const { at, ...unit } of units) {
    const { scenario, seed, row } = unit
    const known = ahead.taken(unit)
    done.push({ at, done: known ?? (await runUnit(load(scenario.file, scenario.settings), seed, row, options)) })
  }
  return done
}

/**
 * Runs that begin before anybody asks: while the thread that will ask for them looks into all files, which takes as long as many runs do.
 * Nothing shows of those that nobody asks for in the end.
 */
class RunsAhead {
  readonly #load: Load
  readonly #options: ThreadOptions
  readonly #begins: (unit: WorkUnit) => void
  readonly #done = new Map<string, WorkDone>()
  #isStopped = false

  constructor(load: Load, options: ThreadOptions, begins: (unit: WorkUnit) => void) {
    this.#load = load
    this.#options = options
    this.#begins = begins
  }

  start(): void {
    // What is wrong with a file is for the other thread to tell.
    this.#run().catch(() => {})
  }

  /** Something was asked for: that goes first. */
  stop(): void {
    this.#isStopped = true
  }

  /** What came of a run, if it was made. */
  taken(unit: WorkUnit): WorkDone | undefined {
    const key = keyOf(unit)
    const done = this.#done.get(key)
    this.#done.delete(key)
    return done
  }

  async #run(): Promise<void> {
    const { files, choice } = this.#options.ahead ?? { files: [], choice: {} }
    for (const file of files) {
      const planned = planRuns([file], choice)
      for (const unit of planned.ok ? planned.plan.units : []) {
        await setImmediate()
        if (this.#isStopped) return
        const { scenario, seed } = unit
        this.#begins(unit)
        this.#done.set(
          keyOf(unit),
          await runUnit(this.#load(scenario.file, scenario.settings), seed, undefined, this.#options),
        )
      }
    }
  }
}

/** Makes one run, by itself and without a pause. */
async function runUnit(
  { scenario, teach }: Loaded,
  seed: string,
  row: WorkUnit['row'],
  settings: RunSettings,
): Promise<WorkDone> {
  if (row !== undefined) return sweepRow(scenario, seed, row, settings)
  const { times, ...options } = settings
  return runOften({ createSim, teach, seed, ...options }, times, async (each) => runScenario(scenario, each))
}

/** Makes one run of a sweep. */
export function sweepRow(
  scenario: Scenario,
  seed: string,
  row: NonNullable<WorkUnit['row']>,
  { times: _times, ...settings }: RunSettings,
): SweepRow {
  let flows: Flows | undefined
  const options: RunOptions = {
    ...{ createSim, seed, failuresAlone: true, ...settings },
    started(sim) {
      flows = sim.flows
    },
  }
  return rowOf(row, scenario, runScenario(scenario, options), flows)
}
