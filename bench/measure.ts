/** One figure of a benchmark. Only ratios of figures of one run mean anything: machines are noisy. */
export interface Figure {
  readonly suite: string
  readonly name: string
  /** What grows: pending timers, Pods, objects. */
  readonly size: number
  readonly unit: string
  readonly measure: () => number
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
