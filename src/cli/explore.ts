import { writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { type Explored, explore, type Finding } from '../explore/explore.ts'
import { foundText, withFiles } from '../explore/found-scenario.ts'
import { collectTargets } from '../explore/targets.ts'
import { createSim } from '../index.ts'
import { exploredText, findingText } from '../report/explored.ts'
import { failuresText, resultLine } from '../report/pretty.ts'
import { createPaint, plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunOptions } from '../scenario/run.ts'
import { shellQuoted } from '../scenario/shell-quote.ts'
import { seedsIn } from '../scenario/thresholds.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { drive, listenForStop, type StopSignal } from './drive.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { planRuns } from './plan.ts'
import { isBrokenFile, readScenarioFile, standardInput } from './scenario-files.ts'

/** Options of `podsim explore`. */
export interface ExploreFlags {
  /** How many seeds, or which: `1..100`. */
  readonly seeds: string
  readonly faults: number
  readonly shrinks: number
  readonly set?: Settings
  readonly output?: string
  readonly maxEvents?: number
}

/**
 * `podsim explore`: runs a scenario with accidents that are drawn, and writes down as a scenario what breaks that which must never
 * be. A signal ends it with what was found until then.
 */
export async function exploreScenario(file: string, flags: ExploreFlags, output: Output): Promise<number> {
  const refused = (message: string): number => {
    output.err(plain`error: ${message}\n`)
    return exitCodes.usage
  }
  if (file === standardInput) return refused('what is found is written beside the scenario; expected a file, not -')
  if (!/^([1-9]\d*|\d+\.\.\d+)$/.test(flags.seeds))
    return refused(`--seeds ${JSON.stringify(flags.seeds)}: expected how many, or a range such as 1..100`)
  const seeds = flags.seeds.includes('..') ? flags.seeds : `1..${flags.seeds}`
  const planned = planRuns([file], { seeds, ...(flags.set === undefined ? {} : { set: flags.set }) })
  if (!planned.ok) return refused(planned.message)
  const { missing, found, scenarios } = planned.plan
  for (const diagnostic of missing) output.err(plain`${drawDiagnostic(diagnostic, '')}\n`)
  for (const { text, loaded } of found)
    if (!loaded.ok) for (const error of loaded.errors) output.err(plain`${drawDiagnostic(error, text)}\n`)
  if (found.some(isBrokenFile)) return exitCodes.internal
  if (missing.length > 0 || found.some(({ loaded }) => !loaded.ok)) return exitCodes.usage
  const away = flags.output !== undefined && resolve(flags.output) !== resolve(dirname(file))
  if (away && scenarios.some(({ steps }) => steps.some(({ place }) => place.file !== undefined)))
    return refused('the scenario includes files, which lie beside it: what is found can only be written there')
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  try {
    const codes: number[] = []
    const files = { written: 0 }
    for (const scenario of scenarios) {
      if (stop.isStopped) break
      codes.push(await new Expedition(scenario, { ...flags, seeds }, { output, stop, files }).go())
    }
    if (stop.isStopped) return exitCodes.interrupted
    return Math.max(...codes)
  } finally {
    stop.close()
  }
}

/** One scenario that is explored. */
class Expedition {
  readonly #scenario: Scenario
  readonly #flags: ExploreFlags
  readonly #output: Output
  readonly #stop: StopSignal
  /** Those of all scenarios of the command are counted through. */
  readonly #files: { written: number }

  constructor(
    scenario: Scenario,
    flags: ExploreFlags,
    { output, stop, files }: { output: Output; stop: StopSignal; files: { written: number } },
  ) {
    this.#scenario = scenario
    this.#flags = flags
    this.#output = output
    this.#stop = stop
    this.#files = files
  }

  async go(): Promise<number> {
    const scenario = this.#scenario
    const collected = collectTargets(scenario)
    const paint = createPaint(this.#output.isColoured)
    // Without accidents first: what is broken anyway needs none, and what there is to be hit is seen.
    const plainRun = await this.#run(scenario, scenario.seed, { stepped: (_step, _result, sim) => collected.look(sim) })
    if (plainRun.outcome !== 'passed') {
      if (plainRun.outcome === 'interrupted') return exitCodes.interrupted
      this.#output.out(plain`${resultLine(plainRun, 1, paint)}${failuresText(plainRun, paint)}`)
      this.#output.out(plain`  it does not pass without any accident: nothing was explored\n`)
      return plainRun.outcome === 'broken' ? exitCodes.internal : exitCodes.failed
    }
    const seeds = seedsIn(this.#flags.seeds)
    const { faults: mostFaults, shrinks: mostShrinks } = this.#flags
    const explored = await explore(
      { ...{ scenario, seeds, targets: collected.targets() }, spanMs: plainRun.endedAt, mostFaults, mostShrinks },
      { run: (each, seed) => this.#run(each, seed), isStopped: () => this.#stop.isStopped },
    )
    return this.#report(explored, seeds.length)
  }

  #report(explored: Explored, asked: number): number {
    const paint = createPaint(this.#output.isColoured)
    for (const finding of explored.findings) {
      const file = this.#write(finding, ++this.#files.written)
      const repeat = ['podsim', 'run', file.startsWith('-') ? `./${file}` : file].map(shellQuoted).join(' ')
      this.#output.out(findingText(finding, file, repeat, paint))
    }
    this.#output.out(exploredText(explored, asked - explored.seeds, paint))
    if (explored.findings.some(({ broken }) => broken.kind === 'podsim')) return exitCodes.internal
    return explored.findings.length > 0 ? exitCodes.failed : exitCodes.passed
  }

  /** Writes what was found as a file that breaks the same; where it is. */
  #write(finding: Finding, number: number): string {
    const { file } = this.#scenario
    const { text } = readScenarioFile(file)
    const folder = this.#flags.output ?? dirname(file)
    const isAway = resolve(folder) !== resolve(dirname(file))
    const target = join(folder, `${basename(file).replace(/\.ya?ml$/, '')}.found-${number}.yaml`)
    const found = foundText(text, this.#scenario, finding)
    writeFileSync(target, isAway ? withFiles(found, this.#scenario) : found)
    return target
  }

  #run(scenario: Scenario, seed: string, listener: Partial<RunOptions> = {}): Promise<ScenarioResult> {
    const { maxEvents } = this.#flags
    const options = {
      createSim,
      seed,
      invariants: true,
      ...(maxEvents === undefined ? {} : { maxEvents }),
      ...listener,
    }
    return drive(scenario, options, { output: this.#output, stop: this.#stop })
  }
}
