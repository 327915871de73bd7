import { parentPort, Worker, workerData } from 'node:worker_threads'
import { createSim } from '../index.ts'
import { runScenario } from '../scenario/run.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { type ComparedRuns, runOften } from './determinism.ts'
import type { Unit } from './plan.ts'
import { readScenarioFile } from './scenario-files.ts'

/** Runs in worker threads: each loads its scenario itself, for what is loaded holds functions, and sends back what it came to. */

/** How such a thread is known; main.ts looks for it before anything of the simulator is loaded. */
const role = 'podsim runs'

/** How all runs of a command go. */
interface WorkerOptions {
  readonly role: typeof role
  /** How often each runs, for comparison. */
  readonly times: number
  readonly maxEvents?: number
  readonly reveal?: boolean
  readonly version?: KubernetesVersion
}

interface Job {
  readonly index: number
  readonly file: string
  readonly settings: Settings
  readonly seed: string
}

type Answer = { readonly index: number } & ({ readonly runs: ComparedRuns } | { readonly crash: string })

/** Runs what it is sent until the thread is ended. */
export function serveRuns(): void {
  // The same module made the thread.
  const options = workerData as WorkerOptions
  parentPort?.on('message', (job: Job) => {
    runJob(job, options).then(
      (runs) => parentPort?.postMessage({ index: job.index, runs } satisfies Answer),
      (error: unknown) => parentPort?.postMessage({ index: job.index, crash: String(error) } satisfies Answer),
    )
  })
}

async function runJob(
  { file, settings, seed }: Job,
  { times, maxEvents, reveal, version }: WorkerOptions,
): Promise<ComparedRuns> {
  const { loaded } = readScenarioFile(file, settings)
  if (!loaded.ok) throw new Error(`${file} changed while it ran`)
  const [scenario] = loaded.value
  const options = {
    createSim,
    seed,
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(reveal === undefined ? {} : { reveal }),
    ...(version === undefined ? {} : { version }),
  }
  return runOften(options, times, async (each) => runScenario(scenario, each))
}

/**
 * Runs units in `jobs` threads. `onResult` hears of them in the order of the units; when it says so nothing more begins, and
 * what is under way is forgotten. `isStopped` is asked between results.
 */
export async function runInWorkers(
  units: readonly Unit[],
  { jobs, ...options }: Omit<WorkerOptions, 'role'> & { readonly jobs: number },
  onResult: (runs: ComparedRuns) => 'go on' | 'stop',
): Promise<void> {
  const workers = Array.from({ length: Math.min(jobs, units.length) }, () => createWorker({ role, ...options }))
  const done = new Map<number, ComparedRuns>()
  let next = 0
  let told = 0
  try {
    await new Promise<void>((resolve, reject) => {
      const give = (worker: Worker): void => {
        const unit = units[next]
        if (unit === undefined) return
        const { file, settings } = unit.scenario
        worker.postMessage({ index: next++, file, settings, seed: unit.seed } satisfies Job)
      }
      for (const worker of workers) {
        worker.on('error', reject)
        worker.on('message', (answer: Answer) => {
          if ('crash' in answer) return reject(new Error(answer.crash))
          done.set(answer.index, answer.runs)
          for (let runs = done.get(told); runs !== undefined; runs = done.get(told)) {
            done.delete(told++)
            if (onResult(runs) === 'stop') return resolve()
          }
          if (told === units.length) return resolve()
          give(worker)
        })
        give(worker)
      }
      if (units.length === 0) resolve()
    })
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** The thread runs the very command that this one is: it finds by its data what it is for. */
function createWorker(data: WorkerOptions): Worker {
  const [, command = ''] = process.argv
  return new Worker(command, { workerData: data, argv: [] })
}
