import { parentPort, Worker, workerData } from 'node:worker_threads'
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
 * Runs in worker threads: each loads its scenarios itself, for what is loaded holds functions, and sends back what came of the runs:
 * all of it, or the row of a sweep.
 */

/** How such a thread is known; main.ts looks for it before anything of the simulator is loaded. */
const role = 'podsim runs'

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

interface WorkerOptions extends RunSettings {
  readonly role: typeof role
}

/** Runs that a thread is given at once: sending a message costs as much as a small part of one. */
interface Chunk {
  readonly first: number
  readonly units: readonly WorkUnit[]
}

type Answer = { readonly first: number } & ({ readonly done: readonly WorkDone[] } | { readonly crash: string })

/** A scenario, and what tells of its failures where they stand. */
interface Loaded {
  readonly scenario: Scenario
  readonly teach: Teacher
}

/** Runs what it is sent until the thread is ended. */
export function serveRuns(): void {
  // The same module made the thread.
  const options = workerData as WorkerOptions
  const scenarios = new Map<string, Loaded>()
  const load = (file: string, settings: Settings): Loaded => {
    const key = JSON.stringify([file, settings])
    const known = scenarios.get(key)
    if (known !== undefined) return known
    const { text, loaded } = readScenarioFile(file, settings)
    if (!loaded.ok) throw new Error(`${file} changed while it ran`)
    const [scenario] = loaded.value
    const teach = createTeacher((asked) => (asked === undefined ? text : undefined))
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

/** Chunks that wait in a thread while it works at another: it never waits for work. */
const chunksAhead = 2
/** Runs of one chunk, at most. */
const largestChunk = 32
/** So many chunks for each thread at least, so that all end at about the same time. */
const chunksEach = 8

/** Threads that begin to load podsim, before it is known what they will run: that takes as long as loading some scenarios does. */
export interface StartedWorkers {
  readonly workers: readonly Worker[]
  /** Ends them. */
  end(): Promise<void>
}

/** Starts `jobs` threads. */
export function startWorkers({ jobs, ...options }: RunSettings & { readonly jobs: number }): StartedWorkers {
  const workers = Array.from({ length: jobs }, () => createWorker({ role, ...options }))
  return {
    workers,
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

/**
 * Makes runs in `jobs` threads. `onDone` hears of them in the order of the units; when it says so nothing more begins, and what is
 * under way is forgotten. So it is when `stop` is called, which `listen` hands out.
 */
export async function runInWorkers<T extends WorkDone>(
  units: readonly WorkUnit[],
  {
    listen,
    started,
    ...options
  }: RunSettings & {
    readonly jobs: number
    readonly listen?: (stop: () => void) => void
    /** Threads that were started with the same settings. Default: they are started now. */
    readonly started?: StartedWorkers
  },
  onDone: (done: T) => 'go on' | 'stop',
): Promise<void> {
  if (units.length === 0) return
  const { jobs } = options
  const size = Math.max(1, Math.min(largestChunk, Math.floor(units.length / (jobs * chunksEach))))
  const { workers, end } = started ?? startWorkers({ ...options, jobs: Math.min(jobs, Math.ceil(units.length / size)) })
  const waiting = new Map<number, readonly WorkDone[]>()
  let next = 0
  let told = 0
  try {
    await new Promise<void>((resolve, reject) => {
      listen?.(resolve)
      const give = (worker: Worker): void => {
        if (next >= units.length) return
        const first = next
        next += size
        const chunk = units.slice(first, next).map(({ scenario: { file, settings }, ...unit }) => ({
          ...unit,
          scenario: { file, settings },
        }))
        worker.postMessage({ first, units: chunk } satisfies Chunk)
      }
      for (const worker of workers) {
        worker.on('error', reject)
        worker.on('message', (answer: Answer) => {
          if ('crash' in answer) return reject(new Error(answer.crash))
          waiting.set(answer.first, answer.done)
          for (let chunk = waiting.get(told); chunk !== undefined; chunk = waiting.get(told)) {
            waiting.delete(told)
            told += chunk.length
            // Whoever gives units knows what comes of them.
            for (const each of chunk) if (onDone(each as T) === 'stop') return resolve()
          }
          if (told === units.length) return resolve()
          give(worker)
        })
        for (let i = 0; i < chunksAhead; i++) give(worker)
      }
    })
  } finally {
    await end()
  }
}

/** The thread runs the very command that this one is: it finds by its data what it is for. */
function createWorker(data: WorkerOptions): Worker {
  const [, command = ''] = process.argv
  return new Worker(command, { workerData: data, argv: [] })
}
