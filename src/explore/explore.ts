import * as fc from 'fast-check'
import { utf8Bytes } from '../bytes/bytes.ts'
import { sha256Hex } from '../bytes/hashes.ts'
import type { Scenario, TimedFault } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { TimedFaultSource } from '../scenario/schema.ts'
import { formatDuration } from '../sim/duration.ts'
import { millisecondsOf } from '../sim/input/formats.ts'
import { type Broken, brokenBy } from './broken.ts'
import { drawnFaults } from './draw-faults.ts'
import type { Targets } from './targets.ts'

/**
 * Looks for accidents that break what a scenario says must never be, or podsim's own invariants: each seed draws a plan of
 * accidents, the scenario runs with it, and a plan that breaks something is shrunk to the smallest that still breaks the same.
 * What is drawn depends on seeds and scenario alone.
 */

/** What is explored, and how far. */
export interface Exploration {
  readonly scenario: Scenario
  readonly seeds: readonly string[]
  readonly targets: Targets
  /** Accidents are drawn within so much time: that which the scenario takes. */
  readonly spanMs: number
  /** Accidents of a plan, at most. */
  readonly mostFaults: number
  /** Runs that are made to shrink one plan, at most. */
  readonly mostShrinks: number
}

/** How it is done, and who is told. */
export interface ExploringHost {
  run(scenario: Scenario, seed: string): Promise<ScenarioResult>
  /** Asked before each run. */
  isStopped(): boolean
  /** After each seed. */
  explored?(soFar: Explored): void
}

/** Accidents of a plan, in time. */
export type FaultPlan = readonly TimedFaultSource[]

/** A plan that breaks something, shrunk. */
export interface Finding {
  readonly broken: Broken
  readonly seed: string
  /** Accidents of the plan as it was drawn. */
  readonly drawn: number
  readonly plan: FaultPlan
  /** Digest of the run with the shrunk plan. */
  readonly digest: string
  /** Runs until it was as small as this. */
  readonly runs: number
  /** Whether more runs might have made it smaller. */
  readonly isCutShort: boolean
  /** Other seeds whose plans break the same. */
  readonly also: readonly string[]
}

/** What an exploration came to. */
export interface Explored {
  readonly findings: readonly Finding[]
  /** Seeds that were tried. */
  readonly seeds: number
  readonly runs: number
  /** Runs of which nothing can be said: too many events. */
  readonly inconclusive: number
}

/** Explores all seeds, or as many as there is time for. */
export async function explore(exploration: Exploration, host: ExploringHost): Promise<Explored> {
  const plans = plansOf(exploration)
  const findings = new Map<string, Finding>()
  let [seeds, runs, inconclusive] = [0, 0, 0]
  const soFar = (): Explored => ({ findings: [...findings.values()], seeds, runs, inconclusive })
  for (const seed of exploration.seeds) {
    if (host.isStopped()) break
    const search = new Search(exploration, host, seed, new Set(findings.keys()))
    const finding = await search.search(plans)
    runs += search.runs
    inconclusive += search.inconclusive
    if (host.isStopped() && search.runs === 0) break
    seeds++
    if (finding !== undefined) findings.set(finding.broken.id, finding)
    const known = search.known === undefined ? undefined : findings.get(search.known)
    if (known !== undefined) findings.set(known.broken.id, { ...known, also: [...known.also, seed] })
    host.explored?.(soFar())
  }
  return soFar()
}

/** One seed's search. */
class Search {
  runs = 0
  inconclusive = 0
  /** What its plan breaks, if that was known. */
  known: string | undefined
  readonly #exploration: Exploration
  readonly #host: ExploringHost
  readonly #seed: string
  readonly #alreadyFound: ReadonlySet<string>
  #broken: Broken | undefined
  #drawn = 0
  #smallest: { readonly plan: FaultPlan; readonly digest: string } | undefined
  #isCutShort = false

  constructor(exploration: Exploration, host: ExploringHost, seed: string, alreadyFound: ReadonlySet<string>) {
    this.#exploration = exploration
    this.#host = host
    this.#seed = seed
    this.#alreadyFound = alreadyFound
  }

  /** Draws one plan and, if it breaks something new, shrinks it. */
  async search(plans: fc.Arbitrary<FaultPlan>): Promise<Finding | undefined> {
    const property = fc.asyncProperty(plans, (plan) => this.#holds(plan))
    await fc.check(property, { seed: numberOf(this.#seed), numRuns: 1, unbiased: true })
    if (this.#smallest !== undefined) await this.#leaveOut(this.#smallest.plan)
    if (this.#broken === undefined || this.#smallest === undefined) return undefined
    return {
      ...{ broken: this.#broken, seed: this.#seed, drawn: this.#drawn, runs: this.runs, also: [] },
      ...{ ...this.#smallest, isCutShort: this.#isCutShort },
    }
  }

  /** fast-check does not come back to the length of a list whose members it made smaller: what became needless goes here. */
  async #leaveOut(plan: FaultPlan): Promise<void> {
    let [left, i] = [plan, 0]
    while (i < left.length) {
      const without = left.filter((_, k) => k !== i)
      if (await this.#holds(without)) i++
      else [left, i] = [without, 0]
    }
  }

  /** Whether nothing breaks with a plan; of a smaller one, that which broke with the first. */
  async #holds(plan: FaultPlan): Promise<boolean> {
    if (this.#host.isStopped() || this.runs > this.#exploration.mostShrinks) {
      this.#isCutShort = true
      return true
    }
    this.runs++
    const result = await this.#host.run(scenarioWith(this.#exploration.scenario, plan), this.#seed)
    if (result.outcome === 'inconclusive') this.inconclusive++
    const all = brokenBy(result)
    const broken = this.#broken === undefined ? all[0] : all.find(({ id }) => id === this.#broken?.id)
    if (broken === undefined) return true
    if (this.#alreadyFound.has(broken.id)) {
      this.known = broken.id
      return true
    }
    if (this.#broken === undefined) this.#drawn = plan.length
    this.#broken = broken
    this.#smallest = { plan, digest: result.digest }
    return false
  }
}

/** The scenario with a plan: its own accidents too, and only what must never be decides. */
export function scenarioWith(scenario: Scenario, plan: FaultPlan): Scenario {
  const drawn = plan.map(
    ({ at, fault }): TimedFault => ({ place: { line: 1, column: 1 }, atMs: millisecondsOf(at), fault }),
  )
  return { ...scenario, judge: 'nevers', faults: [...scenario.faults, ...drawn] }
}

/** Plans of accidents at whole seconds, now and then a bit later, in the order of time. */
function plansOf({ targets, spanMs, mostFaults }: Exploration): fc.Arbitrary<FaultPlan> {
  const lastS = Math.max(1, Math.floor(spanMs / 1000))
  const atMs = fc
    .tuple(fc.integer({ min: 0, max: lastS }), fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat({ max: 999 })))
    .map(([s, ms]) => s * 1000 + ms)
  return fc
    .array(fc.record({ atMs, fault: drawnFaults(targets) }), { minLength: 1, maxLength: mostFaults })
    .map((drawn) =>
      [...drawn].sort((a, b) => a.atMs - b.atMs).map(({ atMs: ms, fault }) => ({ at: formatDuration(ms), fault })),
    )
}

/** A whole number of 32 bits for a seed of any text: what fast-check draws from. */
function numberOf(seed: string): number {
  return Number.parseInt(sha256Hex(utf8Bytes(seed)).slice(0, 8), 16) | 0
}
