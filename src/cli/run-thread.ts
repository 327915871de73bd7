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
}

/** Runs that a thread is given at once: sending a message costs as much as a small part of one. */
export interface Chunk {
  readonly first: number
  readonly units: readonly WorkUnit[]
}

/** What came of a chunk. */
export type Answer = { readonly first: number } & ({ readonly done: readonly WorkDone[] } | { readonly crash: string })

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
  parentPort?.on('message', ({ first, units }: Chunk) => {
    runChunk(units, load, options).then(
      (done) => parentPort?.postMessage({ first, done } satisfies Answer),
      (error: unknown) => parentPort?.postMessage({ first, crash: String(error) } satisfies Answer),
    )
  })
}

async function runChunk(
  units: readonly WorkUnit[],
  load: (file: string, settings: Settings) => Loaded,
  options: RunSettings,
): Promise<readonly WorkDone[]> {
  const done: WorkDone[] = []
  for (const { scenario, seed, row } of units)
    done.push(await runUnit(load(scenario.file, scenario.settings), seed, row, options))
  return done
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
