import { EventEmitter } from 'node:events'
import { setImmediate } from 'node:timers/promises'
import type { Worker } from 'node:worker_threads'
import { expect, test } from 'vitest'
import { type Chunk, keyOf, type WorkUnit } from '../../src/cli/run-thread.ts'
import { runInWorkers } from '../../src/cli/run-workers.ts'
import type { SweepRow } from '../../src/sweep/sweep.ts'

/** Several threads at once, of which this is one: what is told does not depend on who made it, nor when. */

/** A thread that needs so many turns of the loop for a run. */
class Thread extends EventEmitter {
  readonly made: string[] = []
  readonly #turns: number
  #busy: Promise<void> = Promise.resolve()

  constructor(turns: number) {
    super()
    this.#turns = turns
  }

  postMessage(units: Chunk): void {
    this.#busy = this.#busy.then(async () => {
      const done: { readonly at: number; readonly done: SweepRow }[] = []
      for (const { at, seed } of units) {
        for (let i = 0; i < this.#turns; i++) await setImmediate()
        this.made.push(seed)
        done.push({ at, done: rowOf(seed) })
      }
      this.emit('message', { done })
    })
  }
}

// All that is looked at here.
const rowOf = (seed: string) => ({ seed }) as SweepRow

const units: readonly WorkUnit[] = Array.from({ length: 40 }, (_, i) => ({
  scenario: { file: 'a.yaml', settings: {} },
  seed: `${i}`,
  row: { index: i, cell: 0 },
}))

interface Options {
  readonly until?: string
  readonly stopAt?: string
  /** Seeds of runs that the last thread has begun. */
  readonly begun?: readonly string[]
}

async function made(threads: readonly Thread[], { until = '', stopAt = '', begun = [] }: Options = {}) {
  const told: string[] = []
  const here: string[] = []
  let stop: () => void = () => {}
  const keys = new Set(units.filter(({ seed }) => begun.includes(seed)).map(keyOf))
  const workers = threads.map((thread, i) => ({
    worker: thread as EventEmitter as Worker, // nothing else of it is used
    begun: i === threads.length - 1 ? keys : new Set<string>(),
  }))
  const started = { workers, end: async () => {} }
  await runInWorkers<WorkUnit, SweepRow>(
    units,
    {
      ...{ times: 1, jobs: threads.length + 1, started },
      listen: (ends) => {
        stop = ends
      },
      async here({ seed }, isOver) {
        await setImmediate()
        here.push(seed)
        return isOver() ? undefined : rowOf(seed)
      },
    },
    ({ seed }) => {
      told.push(seed)
      if (seed === stopAt) stop()
      return seed === until ? 'stop' : 'go on'
    },
  )
  return { told, here }
}

const seeds = units.map(({ seed }) => seed)

test.each([
  ['no other', []],
  ['one as fast', [1]],
  ['one that is slow', [30]],
  ['a fast and a slow one', [1, 9]],
])('this thread and %s make each run once, and are heard in the order of the runs', async (_, turns) => {
  const threads = turns.map((each) => new Thread(each))
  const { told, here } = await made(threads)
  expect(told).toEqual(seeds)
  expect([...here, ...threads.flatMap((thread) => thread.made)].sort()).toEqual([...seeds].sort())
  expect(here.length).toBeGreaterThan(0)
  for (const thread of threads) expect(thread.made.length).toBeGreaterThan(0)
})

test.each([
  ['whoever hears has enough', { until: '7' }],
  ['somebody stops it', { stopAt: '7' }],
])('nothing is told, and nothing more begins here, once %s', async (_, options) => {
  const thread = new Thread(2)
  const { told, here } = await made([thread], options)
  expect(told).toEqual(seeds.slice(0, 8))
  const begun = here.length
  await setImmediate()
  expect(here.length).toBe(begun)
  expect(begun).toBeLessThan(30)
})

test('what a thread has begun unasked it is given first', async () => {
  const thread = new Thread(1)
  const { told } = await made([new Thread(1), thread], { begun: ['0', '5', '20'] })
  expect(told).toEqual(seeds)
  expect(thread.made.slice(0, 3)).toEqual(['0', '5', '20'])
})

test('what goes wrong in a thread goes wrong here', async () => {
  const thread = new Thread(0)
  thread.postMessage = () => void thread.emit('message', { crash: 'a.yaml changed while it ran' })
  await expect(made([thread])).rejects.toThrow('a.yaml changed while it ran')
})
