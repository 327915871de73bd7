import { availableParallelism } from 'node:os'
import type { RunFlags } from './reports.ts'

/** So many runs, for a second thread has to load podsim and to warm up: that takes as long as some ten of them. */
const worthwhile = 40
/** Threads that nobody asked for, at most: each takes 150 MB. */
const most = 4

/**
 * How many threads make so many runs. `auto`: where it pays, those for which there are processors. A story is told by one, and who
 * watches wants the runs of one file again and again.
 */
export function jobsOf({ jobs = 1, story, watch }: Pick<RunFlags, 'jobs' | 'story' | 'watch'>, runs: number): number {
  if (jobs !== 'auto') return jobs
  return runs < worthwhile || story === 'always' || watch === true ? 1 : Math.min(most, availableParallelism())
}
