import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import {
  type Answer,
  type Chunk,
  type RunSettings,
  role,
  type ThreadOptions,
  type WorkDone,
  type WorkUnit,
} from './run-thread.ts'

/** Runs in several threads at once, of which this is one: it has loaded all that is to run. */

/** Chunks that wait in a thread while it works at another: it never waits for work. */
const chunksAhead = 2
/** Runs of one chunk, at most: rows of a sweep are small, of others somebody wants to hear. */
const largestChunk = { row: 32, result: 4 }
/** So many chunks of what is left for each thread: they become smaller, so that all threads end at about the same time. */
const chunksEach = 8

/** Threads that begin to load podsim, before it is known what they will run: that takes as long as loading some scenarios does. */
export interface StartedWorkers {
  readonly workers: readonly Worker[]
  /** Ends them. */
  end(): Promise<void>
}

/** Starts what `jobs` threads are beside this one. */
export function startWorkers({ jobs, ...options }: RunSettings & { readonly jobs: number }): StartedWorkers {
  const workers = Array.from({ length: jobs - 1 }, () => createWorker({ role, ...options }))
  return {
    workers,
    async end() {
      await Promise.all(workers.map((worker) => worker.terminate()))
    },
  }
}

interface InWorkers<U, T> extends RunSettings {
  /** How many threads, this one among them. */
  readonly jobs: number
  /** Makes a run in this thread; undefined, or anything, if `isOver` says that nobody wants it any more. */
  readonly here: (unit: U, isOver: () => boolean) => Promise<T | undefined>
  /** Hands out what ends it all at once. */
  readonly listen?: (stop: () => void) => void
  /** Threads that were started with the same settings. Default: they are started now. */
  readonly started?: StartedWorkers
}

/**
 * Makes runs in `jobs` threads. `onDone` hears of them in the order of the units; when it says so nothing more begins, and what is
 * under way is forgotten. So it is when `stop` is called, which `listen` hands out.
 */
export async function runInWorkers<U extends WorkUnit, T extends WorkDone>(
  units: readonly U[],
  { listen, started, here, ...options }: InWorkers<U, T>,
  onDone: (done: T) => 'go on' | 'stop',
): Promise<void> {
  if (units.length === 0) return
  const jobs = Math.min(options.jobs, units.length)
  const { workers, end } = started ?? startWorkers({ ...options, jobs })
  const handOut = handingOut(units, jobs)
  let isOver = false
  const tell = inOrder(units.length, (done: T) => (onDone(done) === 'stop' || isOver ? 'stop' : 'go on'))
  let own: Promise<void> | undefined
  try {
    await new Promise<void>((resolve, reject) => {
      const over = (): void => {
        isOver = true
        resolve()
      }
      listen?.(over)
      const hear = (first: number, done: readonly T[]): void => {
        if (!isOver && tell(first, done) === 'over') over()
      }
      for (const worker of workers) serve(worker, handOut, hear, reject)
      own = makeHere(handOut, here, hear, () => isOver)
      own.catch(reject)
    })
  } finally {
    isOver = true
    await own?.catch(() => {})
    await end()
  }
}

/** Takes from the front of what is left: a few for a thread of its own, or `one`. */
type HandOut<U> = (one?: 'one') => { readonly first: number; readonly units: readonly U[] } | undefined

function handingOut<U extends WorkUnit>(units: readonly U[], jobs: number): HandOut<U> {
  let next = 0
  const largest = units[0]?.row === undefined ? largestChunk.result : largestChunk.row
  return (one) => {
    if (next >= units.length) return undefined
    const share = Math.floor((units.length - next) / (jobs * chunksEach))
    const first = next
    next += one === 'one' ? 1 : Math.max(1, Math.min(largest, share))
    return { first, units: units.slice(first, next) }
  }
}

/** Tells what was done in the order of the units, whoever did it when; `over`: nothing more is wanted, or it was the last. */
function inOrder<T>(
  all: number,
  onDone: (done: T) => 'go on' | 'stop',
): (first: number, done: readonly T[]) => 'over' | 'go on' {
  const waiting = new Map<number, readonly T[]>()
  let told = 0
  return (first, done) => {
    waiting.set(first, done)
    for (let chunk = waiting.get(told); chunk !== undefined; chunk = waiting.get(told)) {
      waiting.delete(told)
      told += chunk.length
      for (const each of chunk) if (onDone(each) === 'stop') return 'over'
    }
    return told === all ? 'over' : 'go on'
  }
}

/** Gives a thread its work, and more of it whenever it has done some. */
function serve<U extends WorkUnit, T extends WorkDone>(
  worker: Worker,
  handOut: HandOut<U>,
  hear: (first: number, done: readonly T[]) => void,
  reject: (error: unknown) => void,
): void {
  const give = (): void => {
    const taken = handOut()
    if (taken === undefined) return
    const units = taken.units.map(({ scenario: { file, settings }, seed, row }) => ({
      scenario: { file, settings },
      seed,
      ...(row === undefined ? {} : { row }),
    }))
    worker.postMessage({ first: taken.first, units } satisfies Chunk)
  }
  worker.on('error', reject)
  worker.on('message', (answer: Answer) => {
    if ('crash' in answer) return reject(new Error(answer.crash))
    // Whoever gives units knows what comes of them.
    hear(answer.first, answer.done as readonly T[])
    give()
  })
  for (let i = 0; i < chunksAhead; i++) give()
}

/** Makes runs here, one after the other; between two of them the others are heard. */
async function makeHere<U, T>(
  handOut: HandOut<U>,
  here: InWorkers<U, T>['here'],
  hear: (first: number, done: readonly T[]) => void,
  isOver: () => boolean,
): Promise<void> {
  for (;;) {
    await setImmediate()
    const taken = isOver() ? undefined : handOut('one')
    const unit = taken?.units[0]
    if (taken === undefined || unit === undefined) return
    const done = await here(unit, isOver)
    if (done !== undefined) hear(taken.first, [done])
  }
}

/** The thread runs the very command that this one is: it finds by its data what it is for. */
function createWorker(data: ThreadOptions): Worker {
  const [, command = ''] = process.argv
  return new Worker(command, { workerData: data, argv: [] })
}
