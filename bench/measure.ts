/** One figure of a benchmark. Only ratios mean anything beyond the machine of the run: `isRatio` says which are. */
export interface Figure {
  readonly suite: string
  readonly name: string
  /** What grows: pending timers, Pods, objects. */
  readonly size: number
  readonly unit: string
  readonly isRatio?: boolean
  readonly measure: () => number | Promise<number>
  /** What the engine was when it was first measured, what it has to reach, and what would be as good as it gets. */
  readonly goal?: Goal
}

export interface Goal {
  readonly landed?: number
  readonly reach: number
  readonly aim: number
}

/** Runs `work` some times, of which the fastest counts, and says how many of its `events` it did a second. */
export function eventsPerSecond(events: number, work: () => void, times = 3): number {
  let fastest = Number.POSITIVE_INFINITY
  for (let i = 0; i < times; i++) fastest = Math.min(fastest, elapsedMs(work))
  return Math.round((events / fastest) * 1000)
}

/** Wall time of `work` in ms. */
export function elapsedMs(work: () => void): number {
  const start = performance.now()
  work()
  return performance.now() - start
}

/** Time that the processors spent on `work`, in ms, garbage collection included: that others compute meanwhile hardly counts. */
export function cpuMs(work: () => void): number {
  const start = process.cpuUsage()
  work()
  const { user, system } = process.cpuUsage(start)
  return (user + system) / 1000
}

/**
 * How many times as fast `a` is as `b`: they take turns in one process, so that a busy machine is busy for both, and the
 * median counts. The first turns, which warm up, don't.
 */
export function timesAsFast(a: () => void, b: () => void, turns = 9): number {
  const warmUp = 2
  const ratios: number[] = []
  for (let i = 0; i < warmUp + turns; i++) {
    const aMs = elapsedMs(a)
    const bMs = elapsedMs(b)
    if (i >= warmUp) ratios.push(bMs / aMs)
  }
  return rounded(median(ratios))
}

export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

export function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

/** What is alive, typed arrays included. Wants `--expose-gc`. */
export function heapBytes(): number {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc')
  for (let i = 0; i < 3; i++) globalThis.gc()
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}
