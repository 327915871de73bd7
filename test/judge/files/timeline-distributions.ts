import {
  endsToStatuses,
  measuredPlay,
  retryGaps,
  setUpIntervals,
  startsToStatuses,
  thirdSetUps,
  type UpdateSample,
  updateSamples,
} from '../distributions.ts'
import type { Effort, Figure, PartScore, RowScore, VectorFile } from '../judge.ts'
import { ksProbability } from '../ks.ts'
import { rowsOfPlay, seedsOf } from '../plays.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'

/** Below this two samples count as of different distributions; low, since more than a hundred are compared. */
const leastProbability = 0.001
/** A recorded sample of fewer says too little. */
const leastSample = 15
/** Runs of a file alone; `togetherRows` has the samples of all files, so that few of each will do in the tests. */
const runsOf = { quick: 1, thorough: 3 } as const
const measuredRunsOf = { quick: 2, thorough: 3 } as const

type Sampler = (rows: readonly TimelineRow[]) => readonly number[]

/** What each file has whatever it is about: times after random draws. */
const samplers: Readonly<Record<string, Sampler>> = {
  'gaps between syncs of idle Pods': setUpIntervals,
  'gaps between attempts of Pods in error': retryGaps,
  'time-outs of watches': watchTimeouts,
}

/** Times after random draws, compared over seeds (README-timelines.md, "Measured laws" and "Tolerances by category"). */
export function distributionScore(file: TimelineFile, seeds: readonly string[], effort: Effort): PartScore {
  const rows: RowScore[] = []
  const figures: Figure[] = []
  const compare = (what: string, recorded: readonly number[], simulated: () => readonly number[]): void => {
    if (recorded.length < leastSample) return
    const figure = figureOf(what, recorded, simulated())
    figures.push(figure)
    rows.push(distributionRow(figure))
  }
  const measures = file.category === 'update-delay'
  const measuredSeeds = measures ? seeds.slice(0, measuredRunsOf[effort]) : []
  const measured = measuredSeeds.map((seed) => measuredPlay(file, seed))
  const played = once(() => [...seeds.slice(0, runsOf[effort]).map((seed) => rowsOfPlay(file, seed)), ...measured])
  for (const [what, sampler] of Object.entries(samplers))
    compare(what, sampler(file.timeline), () => played().flatMap(sampler))
  if (measures) {
    const delays = (samples: readonly UpdateSample[]) => samples.map(({ delay }) => delay)
    const recorded = updateSamples(file, file.timeline)
    const made = measured.flatMap((play) => updateSamples(file, play))
    compare('delays of updates', delays(recorded), () => delays(made))
    rows.push(visibleRow(recorded, made))
  }
  return { rows, figures }
}

/** What only all files of a cluster together have enough of. */
const commonSamplers: Readonly<Record<string, Sampler>> = {
  ...samplers,
  'third set-ups at the start of a Pod': thirdSetUps,
  'times from the start of a container to its status': startsToStatuses,
  'times from the end of a container to its status': endsToStatuses,
}

/** The same over all files of a cluster: samples of thousands, which tell laws apart that one file does not. */
export function togetherRows(files: readonly VectorFile[]): readonly RowScore[] {
  const all = files.map(({ path, content }) => {
    const file = content as TimelineFile // those of timelines are given
    return { recorded: file.timeline, played: once(() => rowsOfPlay(file, seedsOf(path, 'quick')[0] ?? '')) }
  })
  return Object.entries(commonSamplers).flatMap(([what, sampler]) => {
    const recorded = all.flatMap((each) => sampler(each.recorded))
    if (recorded.length < leastSample) return []
    const simulated = all.flatMap(({ played }) => sampler(played()))
    return [distributionRow(figureOf(what, recorded, simulated))]
  })
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

function figureOf(what: string, recorded: readonly number[], simulated: readonly number[]): Figure {
  const probability = simulated.length === 0 ? 0 : ksProbability(recorded, simulated)
  return { what, recorded: described(recorded), simulated: described(simulated), probability }
}

function distributionRow({ what, recorded, simulated, probability }: Figure): RowScore {
  const passed = probability >= leastProbability
  const diff = passed ? '' : `recorded ${recorded}; podsim ${simulated}; p = ${probability}`
  return { row: `distribution of ${what}`, passed, diff }
}

/**
 * "Every update must become visible at the first set-up after the node's cache has it": as many as were recorded. One set-up in some hundred
 * has asked before the update was written and ends after it; so of what comes once in fifty nothing is said.
 */
function visibleRow(recorded: readonly UpdateSample[], made: readonly UpdateSample[]): RowScore {
  const counts = (samples: readonly UpdateSample[]) => {
    const all = samples.map(({ setUps }) => setUps)
    const isSeldom = (count: number) => all.filter((each) => each === count).length * 50 < all.length
    return [...new Set(all)].filter((count) => !isSeldom(count)).sort()
  }
  const [wanted, found] = [counts(recorded), counts(made)]
  const passed = wanted.every((count) => found.includes(count)) && found.length <= wanted.length
  const diff = passed ? '' : `expected set-ups until visible ${wanted.join(', ')}, got ${found.join(', ')}`
  return { row: 'set-ups until an update is visible', passed, diff }
}

function watchTimeouts(rows: readonly TimelineRow[]): readonly number[] {
  return rows.flatMap(({ actor, what, detail }) =>
    actor === 'request' && what === 'watch opened' ? [Number(detail.timeoutSeconds)] : [],
  )
}

/** `39: 3.4 / 46.1 / 44.2 / 77.7`: size, least, median, mean, greatest. */
function described(sample: readonly number[]): string {
  const sorted = [...sample].sort((a, b) => a - b)
  const mean = sorted.reduce((sum, value) => sum + value, 0) / Math.max(1, sorted.length)
  const [least = 0, median = 0, greatest = 0] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)]
  return `${sorted.length}: ${[least, median, mean, greatest].map((value) => value.toFixed(1)).join(' / ')}`
}

/** How much later than its back-off a volume's next attempt may come: loop and noise of the recordings. Seconds. */
const retrySlack = 0.25
/** The client's limit lets a request through every 0.2 s: where it bites, two more may stand before it. Seconds. */
const clientLimitSlack = 0.4

/** Gaps between failing set-ups of a volume, as the tolerances of late-secret ask. One row for each volume. */
export function backOffRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  // Where attempts wait for the client's limit, the recorded ones do as well.
  const slack = Math.max(retrySlack, ...latenesses(file.timeline).map(({ late }) => late + clientLimitSlack))
  const problems = new Map<string, string[]>()
  for (const { key, at, late } of latenesses(rows)) {
    const list = problems.get(key) ?? []
    problems.set(key, list)
    if (late < -0.01 || late > slack) list.push(`the attempt after that of ${at} s came ${late} s late`)
  }
  return [...problems].map(([key, list]) => ({
    row: `back-off of ${key}`,
    passed: list.length === 0,
    diff: list.join('\n'),
  }))
}

/** Seconds that a set-up waits for the first LIST of its Secret, and what the machine may add. Source: watch_based_manager.go, Get. */
const syncWait = { least: 0.95, most: 1.5 }
/** How long the first attempt of each Pod waited for a LIST that did not come in time: one row for each. */
export function syncWaitRows(rows: readonly TimelineRow[]): readonly RowScore[] {
  const lists = new Map<string, number>()
  const told = new Set<string>()
  const found: RowScore[] = []
  for (const { t, actor, what, detail } of rows) {
    const pod = String(detail.pod)
    // Around an accident a wait may end in other ways.
    if (actor === 'operator') break
    const list = `${String(detail.secret)} ${String(detail.node)}`
    if (actor === 'request' && what === 'list' && !lists.has(list)) lists.set(list, t)
    const isSetUp = actor === 'volume-manager' && what === 'set-up failed'
    if (!isSetUp || !String(detail.error).includes('failed to sync secret cache') || told.has(pod)) continue
    told.add(pod)
    // Which LIST was its own no line tells: one of them was.
    const waits = [...lists.values()].map((since) => t - since)
    if (waits.length === 0) continue
    const passed = waits.some((waited) => waited >= syncWait.least && waited <= syncWait.most)
    found.push({
      row: `wait of ${pod} for its Secret`,
      passed,
      diff: passed ? '' : waits.map((waited) => `${waited.toFixed(2)} s`).join(', '),
    })
  }
  return found
}

interface Lateness {
  /** Pod and volume. */
  readonly key: string
  /** Of the failed attempt, seconds. */
  readonly at: number
  /** Seconds that the next attempt came after the end of the back-off. */
  readonly late: number
}

function latenesses(rows: readonly TimelineRow[]): readonly Lateness[] {
  const last = new Map<string, { readonly t: number; readonly waitSeconds: number }>()
  const found: Lateness[] = []
  for (const { t, actor, what, detail } of rows) {
    if (actor === 'operator') last.clear()
    if (actor !== 'volume-manager') continue
    const key = `${String(detail.pod)} ${String(detail.volume)}`
    const before = last.get(key)
    last.delete(key)
    if (before !== undefined) {
      // A wait for the secret's first LIST is part of the attempt.
      const isWaiting = String(detail.error).includes('failed to sync')
      if (!isWaiting && what === 'set-up failed')
        found.push({ key, at: before.t, late: t - before.t - before.waitSeconds })
    }
    if (what === 'set-up failed') last.set(key, { t, waitSeconds: secondsOf(String(detail.retryNotBefore)) })
  }
  return found
}

/** `500ms`, `4s`, `2m2s`. */
function secondsOf(duration: string): number {
  const [, ms] = /^(\d+)ms$/.exec(duration) ?? []
  if (ms !== undefined) return Number(ms) / 1000
  const [, minutes = '0', seconds = '0'] = /^(?:(\d+)m)?(?:([\d.]+)s)?$/.exec(duration) ?? []
  return Number(minutes) * 60 + Number(seconds)
}
