import { execFileSync } from 'node:child_process'
import { findScenarioFiles, readScenarioFile } from '../src/cli/scenario-files.ts'
import { createSim } from '../src/index.ts'
import { runScenario } from '../src/scenario/run.ts'
import { cpuMs, elapsedMs, type Figure, median, rounded } from './measure.ts'

const bin = 'bin/podsim.js'
/** Runs of each scenario for the comparison of threads. */
const seeds = 10
/** Of a sweep; and for the comparison of threads. */
const sweptSeeds = 10_000
const comparedSeeds = 3000

/** The shipped scenarios: what a suite of them costs. The second and third want a built `dist/`. */
export const scenarioFigures: readonly Figure[] = [
  {
    suite: 'scenarios',
    name: 'a shipped scenario in a warm process: median',
    size: 1,
    unit: 'ms of processor time',
    goal: { reach: 20, aim: 10 },
    measure: warmMedian,
  },
  {
    suite: 'scenarios',
    name: 'all shipped scenarios from cold',
    size: 1,
    unit: 'ms',
    goal: { reach: 3000, aim: 2000 },
    measure: () => Math.round(runAll([])),
  },
  {
    suite: 'scenarios',
    name: 'the same with ten seeds: --jobs 2 against 1',
    size: seeds,
    unit: 'x as fast',
    isRatio: true,
    goal: { reach: 1.7, aim: 1.9 },
    measure() {
      const many = ['--seeds', `1..${seeds}`]
      return rounded(runAll([...many, '--jobs', '1']) / runAll([...many, '--jobs', '2']))
    },
  },
  {
    suite: 'scenarios',
    name: 'a sweep of one rotation, --jobs 2',
    size: sweptSeeds,
    unit: 'ms',
    goal: { reach: 60_000, aim: 30_000 },
    measure: () => Math.round(sweep(sweptSeeds, 2)),
  },
  {
    suite: 'scenarios',
    name: 'a sweep of one rotation: --jobs 2 against 1',
    size: comparedSeeds,
    unit: 'x as fast',
    isRatio: true,
    goal: { reach: 1.8, aim: 1.9 },
    measure: () => rounded(sweep(comparedSeeds, 1) / sweep(comparedSeeds, 2)),
  },
]

/** A file as it was is not loaded twice in a process, unless somebody makes something of its text: here loading is to be counted each time. */
const loadedAnew = (text: string): string => text

/** Rounds until a further one costs as much as the one before: V8 still optimises until then. */
const warmUp = 8
const warmRounds = 3

/** Loads and runs each in a process that is warm; of each the median of some rounds, so that a moment of other load is nobody's. */
function warmMedian(): number {
  const times = new Map<string, number[]>()
  for (let round = 0; round < warmUp + warmRounds; round++)
    for (const file of findScenarioFiles(['scenarios']).files) {
      const ms = cpuMs(() => {
        const { loaded } = readScenarioFile(file, {}, loadedAnew)
        if (loaded.ok) for (const scenario of loaded.value) runScenario(scenario, { createSim })
      })
      if (round >= warmUp) times.set(file, [...(times.get(file) ?? []), ms])
    }
  return rounded(median([...times.values()].map(median)))
}

function runAll(options: readonly string[]): number {
  return podsimMs(['run', 'scenarios', '--reporter', 'tap', ...options])
}

/** A Pod that mounts a Secret, on a node that watches: until it sees an update. */
function sweep(count: number, jobs: number): number {
  const scenario = ['scenarios/updates/strategies.yaml', '--set', 'strategy=Watch']
  return podsimMs(['sweep', ...scenario, '--seeds', `1..${count}`, '--jobs', String(jobs)])
}

function podsimMs(args: readonly string[]): number {
  return elapsedMs(() => void execFileSync(process.execPath, [bin, ...args], { stdio: 'ignore' }))
}
