import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import {
  type Ahead,
  type Answer,
  type Chunk,
  keyOf,
  type Placed,
  type PlacedUnit,
  type RunSettings,
  role,
  type ThreadOptions,
  type WorkDone,
  type WorkUnit,
} from './run-thread.ts'
import { collectAlone } from './v8-flags.ts'

/** Runs in several threads at once, of which this is one: it has loaded all that is to run. */

/** Chunks that wait in a thread while it works at another: it never waits for work. */
const chunksAhead = 2
/** Runs of one chunk, at most: rows of a sweep are small, of others somebody wants to hear. */
const largestChunk = { row: 32, result: 4 }
/** So many chunks of what is left for each thread: they become smaller, so that all threads end at about the same time. */
const chunksEach = 8

/** Threads that begin before it is known what will run: to load podsim takes as long as to load some scenarios does. */
export interface StartedWorkers {
  readonly workers: readonly StartedWorker[]
  /** Ends them. */
  end(): Promise<void>
}

/** A thread, and which runs it has begun unasked, by their keys. */
export interface StartedWorker {
  readonly worker: Worker
  readonly begun: ReadonlySet<string>
}

/** Starts what `jobs` threads are beside this one. What is run `ahead` is shared out among them. */
export function startWorkers({
  jobs,
  ahead,
  ...options
}: RunSettings & { readonly jobs: number; readonly ahead?: Ahead }): StartedWorkers {
  const others = jobs - 1
  const workers = Array.from({ length: others }, (_, i) => {
    const files = ahead?.files.filter((_file, at) => at % others === i)
    const own = ahead === undefined || files === undefined ? {} : { ahead: { ...ahead, files } }
    return startWorker({ role, ...options, ...own })
  })
  return {
    workers,
    async end() {
      await Promise.all(workers.map(({ worker }) => worker.terminate()))
    },
  }
}

function startWorker(options: ThreadOptions): StartedWorker {
  const worker = createWorker(options)
  const begun = new Set<string>()
  worker.on('message', (answer: Answer) => {
    if ('ahead' in answer) begun.add(answer.ahead)
  })
  return { worker, begun }
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
  /** Called when all threads have done something: all have loaded podsim. */
  readonly warm?: () => void
}

/**
 * Makes runs in `jobs` threads. `onDone` hears of them in the order of the units; when it says so nothing more begins, and what is
 * under way is forgotten. So it is when `stop` is called, which `listen` hands out.
 */
export async function runInWorkers<U extends WorkUnit, T extends WorkDone>(
  units: readonly U[],
  { listen, started, here, warm = () => {}, ...options }: InWorkers<U, T>,
  onDone: (done: T) => 'go on' | 'stop',
): Promise<void> {
  if (units.length === 0) return
  const jobs = Math.min(options.jobs, units.length)
  const { workers, end } = started ?? startWorkers({ ...options, jobs })
  const work = new Work(units, jobs)
  let isOver = false
  const tell = inOrder(units.length, (done: T) => (onDone(done) === 'stop' || isOver ? 'stop' : 'go on'))
  let own: Promise<void> | undefined
  try {
    // What the threads have begun is heard first.
    await setImmediate()
    await new Promise<void>((resolve, reject) => {
      const over = (): void => {
        isOver = true
        resolve()
      }
      listen?.(over)
      const hear = (done: readonly Placed<T>[]): void => {
        if (!isOver && tell(done) === 'over') over()
      }
      let cold = workers.length
      for (const { worker } of workers)
        worker.once('message', () => {
          if (--cold > 0) return
          collectAlone(jobs)
          warm()
        })
      // All of that, before anything is shared out.
      const claims = workers.map(({ begun }) => work.claim(begun))
      for (const [i, { worker }] of workers.entries()) serve(worker, claims[i] ?? [], { work, hear, reject })
      own = makeHere(work, here, hear, () => isOver)
      own.catch(reject)
    })
  } finally {
    isOver = true
    await own?.catch(() => {})
    await end()
  }
}

interface Taken<U> {
  readonly at: number
  readonly unit: U
}

/** What is left to be run. */
class Work<U extends WorkUnit> {
  readonly #units: readonly U[]
  readonly #jobs: number
  readonly #taken = new Set<number>()
  #next = 0

  constructor(units: readonly U[], jobs: number) {
    this.#units = units
    this.#jobs = jobs
  }

  /** From the front of what is left. */
  take(count: number): readonly Taken<U>[] {
    const found: Taken<U>[] = []
    for (; found.length < count && this.#next < this.#units.length; this.#next++) {
      const unit = this.#units[this.#next]
      if (unit !== undefined && !this.#taken.has(this.#next)) found.push({ at: this.#next, unit })
    }
    return found
  }

  /** A part of what is left that is right for a thread of its own. */
  chunk(): readonly Taken<U>[] {
    const largest = this.#units[0]?.row === undefined ? largestChunk.result : largestChunk.row
    const share = Math.floor((this.#units.length - this.#next) / (this.#jobs * chunksEach))
    return this.take(Math.max(1, Math.min(largest, share)))
  }

  /** Those that are known by these keys. */
  claim(keys: ReadonlySet<string>): readonly Taken<U>[] {
    const left = new Set(keys)
    return this.#units.flatMap((unit, at) => {
      if (left.size === 0 || !left.delete(keyOf(unit))) return []
      this.#taken.add(at)
      return [{ at, unit }]
    })
  }
}

/** Tells what was done in the order of the units, whoever did it when; `over`: nothing more is wanted, or it was the last. */
function inOrder<T>(
  all: number,
  onDone: (done: T) => 'go on' | 'stop',
): (done: readonly Placed<T>[]) => 'over' | 'go on' {
  const waiting = new Map<number, Placed<T>>()
  let told = 0
  return (some) => {
    for (const each of some) waiting.set(each.at, each)
    for (let next = waiting.get(told); next !== undefined; next = waiting.get(told)) {
      waiting.delete(told)
      told++
      if (onDone(next.done) === 'stop') return 'over'
    }
    return told === all ? 'over' : 'go on'
  }
}

interface Serving<U extends WorkUnit, T> {
  readonly work: Work<U>
  readonly hear: (done: readonly Placed<T>[]) => void
  readonly reject: (error: unknown) => void
}

/** Gives a thread its work, first what it has begun, and more of it whenever it has done some. */
function serve<U extends WorkUnit, T extends WorkDone>(
  worker: Worker,
  begun: readonly Taken<U>[],
  { work, hear, reject }: Serving<U, T>,
): void {
  const give = (taken: readonly Taken<U>[]): void => {
    if (taken.length > 0) worker.postMessage(taken.map(placed) satisfies Chunk)
  }
  worker.on('error', reject)
  worker.on('message', (answer: Answer) => {
    if ('ahead' in answer) return
    if ('crash' in answer) return reject(new Error(answer.crash))
    // Whoever gives units knows what comes of them.
    hear(answer.done as readonly Placed<T>[])
    give(work.chunk())
  })
  give(begun)
  for (let i = begun.length > 0 ? 1 : 0; i < chunksAhead; i++) give(work.chunk())
}

/** What another thread has to know of a run: the rest of it holds functions. */
function placed({ at, unit: { scenario, seed, row } }: Taken<WorkUnit>): PlacedUnit {
  const { file, settings } = scenario
  return { at, scenario: { file, settings }, seed, ...(row === undefined ? {} : { row }) }
}

/** Makes runs here, one after the other; between two of them the others are heard. */
async function makeHere<U extends WorkUnit, T>(
  work: Work<U>,
  here: InWorkers<U, T>['here'],
  hear: (done: readonly Placed<T>[]) => void,
  isOver: () => boolean,
): Promise<void> {
  for (;;) {
    await setImmediate()
    const [taken] = isOver() ? [] : work.take(1)
    if (taken === undefined) return
    const done = await here(taken.unit, isOver)
    if (done !== undefined) hear([{ at: taken.at, done }])
  }
}

/** The thread runs the very command that this one is: it finds by its data what it is for. */
function createWorker(data: ThreadOptions): Worker {
  const [, command = ''] = process.argv
  return new Worker(command, { workerData: data, argv: [] })
}
