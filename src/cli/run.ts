import { compileRegexp, type GoRegexp } from '../go/regexp.ts'
import { createSim } from '../index.ts'
import { diagnosticJson, headerJson, recordJson, resultJson } from '../report/json.ts'
import {
  failuresText,
  outputText,
  repeatText,
  resultLine,
  stepText,
  storyText,
  summaryText,
  titleText,
  verdictText,
} from '../report/pretty.ts'
import { createTeller } from '../report/story.ts'
import { createPaint, type Paint } from '../report/text.ts'
import { type Diagnostic, drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import { type RunOptions, runScenario } from '../scenario/run.ts'
import { wantsColour } from './colour.ts'
import { exitCodes } from './exit-codes.ts'
import { findScenarioFiles, isBrokenFile, readScenarioFile, type ScenarioFile } from './scenario-files.ts'
import { version } from './version.ts'

interface RunFlags {
  readonly seed?: string
  readonly reporter: 'pretty' | 'json'
  readonly story: 'auto' | 'always' | 'never'
  readonly verbose?: boolean
  readonly title?: string
  readonly covers?: string
  readonly bail?: boolean
  readonly verifyDeterminism?: boolean
  readonly maxEvents?: number
  readonly color: 'auto' | 'always' | 'never'
}

/** `podsim run`: loads all first, so that a scenario with a mistake stops nothing half-way; then runs one after the other. */
export async function run(paths: readonly string[], options: Record<string, unknown>): Promise<number> {
  // The shape is what main.ts declares to the argument parser.
  const flags = options as unknown as RunFlags
  const report = flags.reporter === 'json' ? jsonReport(flags) : prettyReport(flags)
  const titles = titlePattern(flags.title)
  if (titles === undefined) {
    process.stderr.write(`error: --title ${JSON.stringify(flags.title)} is no regular expression\n`)
    return exitCodes.usage
  }
  const { files, missing } = findScenarioFiles(paths)
  for (const diagnostic of missing)
    report.invalid({ file: diagnostic.file, text: '', loaded: { ok: false, errors: [diagnostic] } }, [diagnostic])
  const found = files.map(readScenarioFile)
  for (const file of found) if (!file.loaded.ok) report.invalid(file, file.loaded.errors)
  const invalid = missing.length + found.filter(({ loaded }) => !loaded.ok).length
  const scenarios = found.flatMap(({ loaded }) =>
    loaded.ok && isWanted(loaded.value, titles, flags.covers) ? [loaded.value] : [],
  )
  if (scenarios.length === 0 && invalid === 0) {
    process.stderr.write('no scenario was selected\n')
    return exitCodes.inconclusive
  }
  const results = runAll(scenarios, flags, report)
  // One file that was named says all itself; everything else ends with a summary.
  const isOne = paths.length === 1 && files[0] === paths[0]
  if (!isOne) report.end(results, invalid)
  return found.some(isBrokenFile) ? exitCodes.internal : exitCodeOf(results, invalid)
}

function runAll(scenarios: readonly Scenario[], flags: RunFlags, report: Report): ScenarioResult[] {
  const tellsStory = flags.story === 'always' || (flags.story === 'auto' && scenarios.length === 1)
  const results: ScenarioResult[] = []
  for (const scenario of scenarios) {
    const options: RunOptions = {
      createSim,
      ...(flags.seed === undefined ? {} : { seed: flags.seed }),
      ...(flags.maxEvents === undefined ? {} : { maxEvents: flags.maxEvents }),
    }
    const result = runScenario(
      scenario,
      tellsStory ? { ...options, ...report.story(scenario, flags.seed ?? scenario.seed) } : options,
    )
    const again = flags.verifyDeterminism === true ? runScenario(scenario, options).digest : result.digest
    const checked: ScenarioResult =
      again === result.digest
        ? result
        : { ...result, outcome: 'failed', reason: `not deterministic: a second run had digest ${again}` }
    results.push(checked)
    report.result(checked, tellsStory)
    if (flags.bail === true && checked.outcome !== 'passed') break
  }
  return results
}

/** How a run is reported. */
interface Report {
  invalid(file: ScenarioFile, errors: readonly Diagnostic[]): void
  story(scenario: Scenario, seed: string): Pick<RunOptions, 'started' | 'stepping' | 'stepped'>
  result(result: ScenarioResult, wasTold: boolean): void
  /** After all, unless a single file was named. */
  end(results: readonly ScenarioResult[], invalid: number): void
}

function prettyReport(flags: RunFlags): Report {
  const paint: Paint = createPaint(wantsColour(flags.color, process.stdout))
  const write = (text: string) => void process.stdout.write(text)
  return {
    invalid: ({ text }, errors) => {
      for (const error of errors) process.stderr.write(`${drawDiagnostic(error, text)}\n`)
    },
    story: (scenario, seed) => ({
      started(sim) {
        write(titleText(scenario, seed, paint))
        const tell = createTeller()
        sim.journal.observe((record) => {
          const line = tell(record)
          if (line !== undefined && (line.tone !== 'chatter' || flags.verbose === true)) write(storyText(line, paint))
        })
      },
      stepping: (step, sim) => write(stepText(step, sim.now(), paint)),
      stepped: (_step, result) => write(outputText(result, paint) + verdictText(scenario.file, result, paint)),
    }),
    result(result, wasTold) {
      write(`${wasTold ? '\n' : ''}${resultLine(result, paint)}`)
      if (result.outcome === 'passed') return
      if (!wasTold) write(failuresText(result, paint))
      write(repeatText(result))
      if (result.crash !== undefined) write(crashText(result.crash))
    },
    end(results, invalid) {
      write(summaryText(results, invalid, paint))
    },
  }
}

function jsonReport(flags: RunFlags): Report {
  const write = (text: string) => void process.stdout.write(text)
  write(headerJson(version))
  return {
    invalid: ({ text }, errors) => {
      for (const error of errors) write(diagnosticJson(error, text))
    },
    story: (scenario) =>
      flags.verbose === true
        ? { started: (sim) => void sim.journal.observe((record) => write(recordJson(scenario.file, record))) }
        : {},
    result: (result) => write(resultJson(result)),
    end: () => {},
  }
}

/** What to do about a mistake of podsim's own; where it is only for who asks. */
function crashText(crash: Error): string {
  if (process.env.PODSIM_DEBUG !== undefined) return `${crash.stack}\n`
  return `  please report it with the file; PODSIM_DEBUG=1 shows where (podsim ${version}, Node.js ${process.version})\n`
}

function isWanted(scenario: Scenario, titles: GoRegexp, covers: string | undefined): boolean {
  if (covers !== undefined && !scenario.covers.includes(covers)) return false
  return titles.test(scenario.title) || titles.test(scenario.file)
}

function titlePattern(text: string | undefined): GoRegexp | undefined {
  const compiled = compileRegexp(text ?? '', { ignoreCase: true })
  return compiled.ok ? compiled.regexp : undefined
}

/** The worst of all: podsim's own mistake, a file's, a failure. */
function exitCodeOf(results: readonly ScenarioResult[], invalid: number): number {
  if (results.some(({ outcome }) => outcome === 'broken')) return exitCodes.internal
  if (invalid > 0) return exitCodes.usage
  if (results.some(({ outcome }) => outcome === 'failed')) return exitCodes.failed
  return results.some(({ outcome }) => outcome === 'inconclusive') ? exitCodes.inconclusive : exitCodes.passed
}
