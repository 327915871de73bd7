import { VirtualTimeScheduler } from 'rxjs'
import { defineHandler } from '../src/kernel/handler.ts'
import { createKernel } from '../src/kernel/kernel.ts'
import { eventsPerSecond, type Figure, timesAsFast } from './measure.ts'

/** Runs about so many events. */
type Run = (events: number) => void

/**
 * The hold model: `pending` timers, each of which asks for itself again after 1 to 10,000 ms. What is measured is events a
 * second of the kernel, of bare integer-millisecond wheels (chains in typed arrays; arrays of callbacks), of a bare binary heap and of RxJS's VirtualTimeScheduler; and
 * how the kernel compares to them when they take turns.
 */
export const kernelFigures: readonly Figure[] = [
  ...[1_000, 100_000].flatMap((pending) => [
    figure('kernel', pending, kernelRun),
    figure('bare wheel', pending, bareWheelRun),
    figure('bare wheel of arrays', pending, arrayWheelRun),
    figure('bare heap', pending, bareHeapRun),
    ratio('bare wheel', pending, bareWheelRun),
    ratio('bare wheel of arrays', pending, arrayWheelRun),
    ratio('bare heap', pending, bareHeapRun),
  ]),
  figure('kernel', 8_000, kernelRun),
  {
    suite: 'kernel',
    name: 'RxJS VirtualTimeScheduler',
    size: 8_000,
    unit: 'events/s',
    measure: () => virtualTimeSchedulerRate(8_000),
  },
]

const measured = 1_000_000

function figure(name: string, pending: number, runOf: (pending: number) => Run): Figure {
  const measure = () => {
    const run = runOf(pending)
    return eventsPerSecond(measured, () => run(measured), 5)
  }
  return { suite: 'kernel', name, size: pending, unit: 'events/s', measure }
}

function ratio(name: string, pending: number, runOf: (pending: number) => Run): Figure {
  const measure = () => {
    const [kernel, other] = [kernelRun(pending), runOf(pending)]
    return timesAsFast(
      () => kernel(measured),
      () => other(measured),
    )
  }
  return {
    suite: 'kernel',
    name: `kernel to ${name}: ratio`,
    size: pending,
    unit: 'x its rate',
    isRatio: true,
    measure,
  }
}

/** The same delays for everybody: a linear congruential generator. */
function delays(): () => number {
  let state = 12_345
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return 1 + ((state >>> 16) % 10_000)
  }
}

function kernelRun(pending: number): Run {
  const kernel = createKernel()
  const delay = delays()
  let ran = 0
  const work = defineHandler('hold', (entry: number) => {
    ran++
    kernel.post(delay(), work, entry)
  })
  for (let i = 0; i < pending; i++) kernel.post(delay(), work, i)
  return (events) => {
    const before = ran
    for (let end = kernel.now(); ran - before < events; ) {
      end += 100
      kernel.runUntil(end)
    }
  }
}

/** One ring of slots, each a chain of rows in typed arrays: nothing can be cancelled, nothing lies beyond the ring. */
function bareWheelRun(pending: number): Run {
  const size = 16_384
  const heads = new Int32Array(size).fill(-1)
  const tails = new Int32Array(size).fill(-1)
  const next = new Int32Array(pending + 1)
  const works: (() => void)[] = new Array<() => void>(pending + 1)
  const delay = delays()
  let free = -1
  let used = 0
  let now = 0
  let ran = 0
  const schedule = (delayMs: number, work: () => void) => {
    let entry = free
    if (entry === -1) entry = used++
    else free = next[entry] as number
    works[entry] = work
    next[entry] = -1
    const slot = (now + delayMs) & (size - 1)
    if (tails[slot] === -1) heads[slot] = entry
    else next[tails[slot] as number] = entry
    tails[slot] = entry
  }
  const work = () => {
    ran++
    schedule(delay(), work)
  }
  for (let i = 0; i < pending; i++) schedule(delay(), work)
  return (events) => {
    const before = ran
    while (ran - before < events) {
      now++
      const slot = now & (size - 1)
      let entry = heads[slot] as number
      heads[slot] = -1
      tails[slot] = -1
      while (entry !== -1) {
        const following = next[entry] as number
        next[entry] = free
        free = entry
        ;(works[entry] as () => void)()
        entry = following
      }
    }
  }
}

/** The plainest wheel there is: a ring of arrays of callbacks. Nothing can be cancelled, nothing lies beyond the ring. */
function arrayWheelRun(pending: number): Run {
  const ring: (() => void)[][] = Array.from({ length: 16_384 }, () => [])
  const delay = delays()
  let now = 0
  let ran = 0
  const schedule = (delayMs: number, work: () => void) => void ring[(now + delayMs) & 16_383]?.push(work)
  const work = () => {
    ran++
    schedule(delay(), work)
  }
  for (let i = 0; i < pending; i++) schedule(delay(), work)
  return (events) => {
    const before = ran
    while (ran - before < events) {
      now++
      const slot = ring[now & 16_383] as (() => void)[]
      if (slot.length === 0) continue
      ring[now & 16_383] = []
      for (const due of slot) due()
    }
  }
}

/** A binary heap of {at, sequence, work}: nothing can be cancelled. */
function bareHeapRun(pending: number): Run {
  type Entry = { at: number; sequence: number; work: () => void }
  const heap: Entry[] = []
  const delay = delays()
  let now = 0
  let sequence = 0
  let ran = 0
  const before = (a: Entry, b: Entry) => a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
  const push = (entry: Entry) => {
    let hole = heap.length
    heap.push(entry)
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      if (!before(entry, heap[parent] as Entry)) break
      heap[hole] = heap[parent] as Entry
      hole = parent
    }
    heap[hole] = entry
  }
  const pop = (): Entry => {
    const top = heap[0] as Entry
    const last = heap.pop() as Entry
    if (heap.length === 0) return top
    let hole = 0
    for (let child = 1; child < heap.length; child = 2 * hole + 1) {
      if (child + 1 < heap.length && before(heap[child + 1] as Entry, heap[child] as Entry)) child++
      if (!before(heap[child] as Entry, last)) break
      heap[hole] = heap[child] as Entry
      hole = child
    }
    heap[hole] = last
    return top
  }
  const schedule = (delayMs: number, work: () => void) => push({ at: now + delayMs, sequence: sequence++, work })
  const work = () => {
    ran++
    schedule(delay(), work)
  }
  for (let i = 0; i < pending; i++) schedule(delay(), work)
  return (events) => {
    const start = ran
    while (ran - start < events) {
      const next = pop()
      now = next.at
      next.work()
    }
  }
}

/** RxJS keeps its actions in a sorted array: measured over fewer events, for each costs much more. */
function virtualTimeSchedulerRate(pending: number): number {
  const scheduler = new VirtualTimeScheduler(undefined, Number.POSITIVE_INFINITY)
  const delay = delays()
  const wanted = 20_000
  let ran = 0
  const work = () => {
    if (++ran < wanted) scheduler.schedule(work, delay())
  }
  for (let i = 0; i < pending; i++) scheduler.schedule(work, delay())
  return eventsPerSecond(wanted + pending - 1, () => scheduler.flush(), 1)
}
