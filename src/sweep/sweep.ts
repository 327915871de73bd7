import type { VirtualMs } from '../kernel/time.ts'
import type { Failure } from '../report/failures.ts'
import type { Outcome } from '../scenario/result.ts'
import type { SometimesFact } from '../scenario/run-facts.ts'
import type { Threshold } from '../scenario/thresholds.ts'
import type { Settings } from '../scenario/variables/parameters.ts'

/**
 * A sweep: one scenario, in all its cells, with very many seeds. It may be cut into shards, which run anywhere; each is data alone,
 * and together they are what one process would have made of it.
 */
export interface Sweep extends SweepPlan {
  /** Which part of all runs was made: the second of five is `{ part: 2, of: 5 }`. */
  readonly shard: Shard
  /** In the order of their runs. */
  readonly rows: readonly SweepRow[]
}

/** What every shard of a sweep has in common. */
export interface SweepPlan {
  /** Version of podsim: another may run otherwise. */
  readonly podsim: string
  readonly file: string
  /** SHA-256 of the scenario's text. */
  readonly sha256: string
  readonly cells: readonly SweepCell[]
  /** As they were asked for: `1..10000`. */
  readonly seeds: string
  /** What else decides how a run goes. */
  readonly options: SweepOptions
  /** How many runs there are in all shards. */
  readonly runs: number
  readonly thresholds: readonly Threshold[]
}

/** What decides how a run goes, beside cell and seed. */
export interface SweepOptions {
  /** Of Kubernetes, in place of the scenario's. */
  readonly version?: string | undefined
  readonly maxEvents?: number | undefined
  /** Whether podsim's own invariants were looked at. */
  readonly invariants?: boolean | undefined
}

/** One combination of values of variables. */
export interface SweepCell {
  readonly title: string
  readonly settings: Settings
}

/** A part of all runs. */
export interface Shard {
  /** Counted from 1. */
  readonly part: number
  readonly of: number
}

/** What one run came to. */
export interface SweepRow {
  /** Its place among all runs: cell after cell, in each seed after seed. Counted from 0. */
  readonly index: number
  /** Place of its cell. */
  readonly cell: number
  readonly seed: string
  readonly outcome: Outcome
  readonly digest: string
  /** Virtual time at the end. */
  readonly endedAt: VirtualMs
  /** For each threshold of the scenario what was measured. */
  readonly measured: readonly (readonly VirtualMs[])[]
  readonly sometimes: readonly SometimesFact[]
  readonly delays: readonly DelayGroup[]
  /** What went wrong; empty where nothing did. */
  readonly failures: readonly Pick<Failure, 'place' | 'what' | 'found'>[]
}

/** Delays of the updates of one Secret in containers of one name whose nodes learn of changes in one way. */
export interface DelayGroup {
  /** Watch, Cache or Get. */
  readonly strategy: string
  /** `namespace/name`. */
  readonly secret: string
  /** `deployment/web/app`, or `web/app` of a Pod alone: the same with every seed. */
  readonly container: string
  /** How long each update took until it was seen. */
  readonly seenMs: readonly VirtualMs[]
  /** Updates that were not seen when the run ended. */
  readonly open: number
  /** Updates that can never be seen as things are: environment, subPath, immutable. */
  readonly never: number
}

/** Whether a run belongs to a shard. */
export function isIn(index: number, { part, of }: Shard): boolean {
  return index % of === part - 1
}

/** Places of runs that a sweep should have and has not: it was interrupted. */
export function missingIn({ shard, runs, rows }: Sweep): readonly number[] {
  const made = new Set(rows.map(({ index }) => index))
  const missing: number[] = []
  for (let index = 0; index < runs; index++) if (isIn(index, shard) && !made.has(index)) missing.push(index)
  return missing
}
