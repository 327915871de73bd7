import { compileRegexp, type GoRegexp } from '../go/regexp.ts'
import { createSim } from '../index.ts'
import { plain } from '../report/text.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunOptions } from '../scenario/run.ts'
import { runOften } from './determinism.ts'
import { drive, listenForStop } from './drive.ts'
import { exitCodes } from './exit-codes.ts'
import type { Output } from './output.ts'
import { jsonReport, prettyReport, type Report, type RunFlags } from './reports.ts'
import { findScenarioFiles, isBrokenFile, readScenarioFile } from './scenario-files.ts'

/**
 * `podsim run`: loads all first, so that a scenario with a mistake stops nothing half-way; then runs one after the other. A
 * signal stops the one that runs at its next slice, and what was done until then is summed up.
 */
export async function run(paths: readonly string[], flags: RunFlags, output: Output): Promise<number> {
  const report = flags.reporter === 'json' ? jsonReport(flags, output) : prettyReport(flags, output)
  const titles = compileRegexp(flags.title ?? '', { ignoreCase: true })
  if (!titles.ok) {
    output.err(plain`error: --title ${JSON.stringify(flags.title)} is no regular expression: ${titles.message}\n`)
    return exitCodes.usage
  }
  const { files, missing } = findScenarioFiles(paths)
  for (const diagnostic of missing) report.invalid('', [diagnostic])
  const found = files.map(readScenarioFile)
  for (const { text, loaded } of found) if (!loaded.ok) report.invalid(text, loaded.errors)
  const invalid = missing.length + found.filter(({ loaded }) => !loaded.ok).length
  const scenarios = found.flatMap(({ loaded }) =>
    loaded.ok && isWanted(loaded.value, titles.regexp, flags.covers) ? [loaded.value] : [],
  )
  if (scenarios.length === 0 && invalid === 0) {
    output.err(plain`no scenario was selected\n`)
    return exitCodes.inconclusive
  }
  const results = await runAll(scenarios, flags, report, output)
  // One file that was named says all itself; everything else ends with a summary.
  const isOne = paths.length === 1 && files[0] === paths[0]
  if (!isOne) report.end(results, invalid, scenarios.length - results.length)
  return found.some(isBrokenFile) ? exitCodes.internal : exitCodeOf(results, invalid)
}

async function runAll(
  scenarios: readonly Scenario[],
  flags: RunFlags,
  report: Report,
  output: Output,
): Promise<readonly ScenarioResult[]> {
  const tellsStory = flags.story === 'always' || (flags.story === 'auto' && scenarios.length === 1)
  const results: ScenarioResult[] = []
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  try {
    for (const scenario of scenarios) {
      const listener = tellsStory ? report.story(scenario, flags.seed ?? scenario.seed) : {}
      const { result, agreeing } = await runOften({ ...optionsOf(flags), ...listener }, runsOf(flags), (options) =>
        drive(scenario, options, { output, stop }),
      )
      results.push(result)
      report.result(result, agreeing, tellsStory)
      if (result.outcome === 'interrupted' || (flags.bail === true && result.outcome !== 'passed')) break
    }
  } finally {
    stop.close()
  }
  return results
}

function optionsOf({ seed, maxEvents, reveal }: RunFlags): RunOptions {
  return {
    createSim,
    ...(seed === undefined ? {} : { seed }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(reveal === undefined ? {} : { reveal }),
  }
}

/** How often each scenario runs: `--verify-determinism` alone means twice. */
function runsOf({ verifyDeterminism }: RunFlags): number {
  if (verifyDeterminism === undefined) return 1
  return verifyDeterminism === true ? 2 : verifyDeterminism
}

function isWanted(scenario: Scenario, titles: GoRegexp, covers: string | undefined): boolean {
  if (covers !== undefined && !scenario.covers.includes(covers)) return false
  return titles.test(scenario.title) || titles.test(scenario.file)
}

/** The worst of all: podsim's own mistake, an interruption, a file's mistake, a failure. */
function exitCodeOf(results: readonly ScenarioResult[], invalid: number): number {
  const has = (outcome: ScenarioResult['outcome']) => results.some((result) => result.outcome === outcome)
  if (has('broken')) return exitCodes.internal
  if (has('interrupted')) return exitCodes.interrupted
  if (invalid > 0) return exitCodes.usage
  if (has('failed')) return exitCodes.failed
  return has('inconclusive') ? exitCodes.inconclusive : exitCodes.passed
}
