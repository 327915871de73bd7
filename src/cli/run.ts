import { closeSync, openSync } from 'node:fs'
import { judgeTogether } from '../report/aggregate.ts'
import { createTeacher } from '../report/lesson.ts'
import { plain } from '../report/text.ts'
import { drawDiagnostic } from '../scenario/diagnostic.ts'
import type { Scenario } from '../scenario/model.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunListener, RunOptions, Teacher } from '../scenario/run.ts'
import { factsOf } from '../scenario/run-facts.ts'
import { createSim } from '../sim/create-sim.ts'
import { type ComparedRuns, runOften } from './determinism.ts'
import { drive, listenForStop, type StopSignal } from './drive.ts'
import { errorCode } from './error-code.ts'
import { exitCodeOf, exitCodes } from './exit-codes.ts'
import { jobsOf } from './jobs.ts'
import type { Output } from './output.ts'
import { type Choice, type Plan, planRuns, type Unit } from './plan.ts'
import { openReports } from './reporters.ts'
import type { Report, RunFlags } from './reports.ts'
import { writeJournal } from './run-journal.ts'
import type { RunSettings } from './run-thread.ts'
import { runInWorkers, type StartedWorkers, startWorkers } from './run-workers.ts'
import { findScenarioFiles, isBrokenFile, standardInput } from './scenario-files.ts'

/**
 * `podsim run`: loads all first, so that a scenario with a mistake stops nothing half-way; then runs one after the other, or
 * several at once. A signal stops the one that runs at its next slice, and what was done until then is summed up.
 */
export async function run(paths: readonly string[], flags: RunFlags, output: Output): Promise<number> {
  const started = startedEarly(paths, flags)
  try {
    return await planAndRun(paths, flags, started, output)
  } finally {
    await started?.end()
  }
}

/** Threads begin before the scenarios are loaded where it is sure that there are enough of them for all. */
function startedEarly(paths: readonly string[], flags: RunFlags): StartedWorkers | undefined {
  if (flags.jobs === undefined || paths.includes(standardInput)) return undefined
  const { files } = findScenarioFiles(paths)
  const jobs = jobsOf(flags, files.length)
  if (jobs === 1 || files.length < jobs) return undefined
  return startWorkers({ jobs, ahead: { files, choice: choiceOf(flags) }, ...settingsOf(flags) })
}

/** What a thread has to know to find the runs of one file, of which a shard has some. */
function choiceOf({ set, title, covers, tag, seed, seeds, repeat }: RunFlags): Choice {
  const all = { set, title, covers, tag, seed, seeds, repeat }
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined))
}

async function planAndRun(
  paths: readonly string[],
  flags: RunFlags,
  started: StartedWorkers | undefined,
  output: Output,
): Promise<number> {
  const planned = planRuns(paths, flags)
  const reports = openReports(flags, output)
  const problem = planned.ok ? (reports.ok ? undefined : reports.message) : planned.message
  if (problem !== undefined || !planned.ok || !reports.ok) {
    output.err(plain`error: ${problem ?? ''}\n`)
    return exitCodes.usage
  }
  const { plan } = planned
  const { report } = reports
  for (const diagnostic of plan.missing) report.invalid('', [diagnostic])
  for (const { text, loaded } of plan.found) {
    if (!loaded.ok) report.invalid(text, loaded.errors)
    // Beside the reports, whose forms are fixed: on standard error, as lint tells them.
    else for (const warning of loaded.warnings) output.err(plain`${drawDiagnostic(warning, text, 'warning')}\n`)
  }
  const invalid = plan.missing.length + plan.found.filter(({ loaded }) => !loaded.ok).length
  if (plan.units.length === 0 && invalid === 0) {
    output.err(plain`no scenario was selected\n`)
    return flags.passWithNoTests === true ? exitCodes.passed : exitCodes.inconclusive
  }
  const journal = openJournal(flags.journal, plan.units.length)
  if (typeof journal === 'string') {
    output.err(plain`error: ${journal}\n`)
    return exitCodes.usage
  }
  const { results, isInterrupted } = await runAll(plan, flags, { journal, started }, report, output)
  const together = judgeTogether(plan.scenarios, results.map(factsOf))
  // One file that was named says all itself; everything else ends with a summary.
  report.end({ results, invalid, left: plan.units.length - results.length, together, isOne: plan.isOne })
  reports.close()
  if (journal !== undefined) closeSync(journal)
  const outcomes = results.map(({ outcome }) => outcome)
  const ended = isInterrupted ? [...outcomes, 'interrupted' as const] : outcomes
  return plan.found.some(isBrokenFile) ? exitCodes.internal : exitCodeOf(ended, invalid, together)
}

async function runAll(
  plan: Plan,
  flags: RunFlags,
  { journal, started }: { readonly journal: number | undefined; readonly started: StartedWorkers | undefined },
  report: Report,
  output: Output,
): Promise<{ readonly results: readonly ScenarioResult[]; readonly isInterrupted: boolean }> {
  const { units } = plan
  const results: ScenarioResult[] = []
  const hear = ({ result, agreeing }: ComparedRuns, wasTold: boolean): 'go on' | 'stop' => {
    results.push(result)
    report.result(result, agreeing, wasTold)
    return result.outcome === 'interrupted' || (flags.bail === true && result.outcome !== 'passed') ? 'stop' : 'go on'
  }
  const { version } = flags
  const jobs = jobsOf(flags, units.length)
  // A thread of its own would find nothing more on standard input.
  const isRead = units.some(({ scenario }) => scenario.file === standardInput)
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  const made = ({ scenario, seed }: Unit, listener: RunListener, until: Pick<StopSignal, 'isStopped'>) =>
    runOften(
      { ...optionsOf(flags), seed, teach: teacherOf(scenario, plan.found), ...listener },
      runsOf(flags),
      (options) => drive(scenario, options, { output, stop: until }),
    )
  if (jobs > 1 && units.length > 1 && !isRead) {
    const here = (unit: Unit, isOver: () => boolean) => made(unit, {}, new Until(isOver))
    const options = { jobs, here, ...settingsOf(flags), ...(started === undefined ? {} : { started }) }
    try {
      await runInWorkers<Unit, ComparedRuns>(units, { ...options, listen: stop.whenStopped }, (runs) =>
        hear(runs, false),
      )
    } finally {
      stop.close()
    }
    return { results, isInterrupted: stop.isStopped }
  }
  const tellsStory = flags.story === 'always' || (flags.story === 'auto' && units.length === 1)
  try {
    for (const unit of units) {
      const { scenario, seed } = unit
      const writer = journal === undefined ? undefined : writeJournal(journal, scenario, version)
      const listener = heardBy(tellsStory ? report.story(scenario, seed) : {}, writer?.listener)
      const runs = await made(unit, listener, stop)
      const next = hear(runs, tellsStory)
      writer?.end(runs.result)
      if (next === 'stop') break
    }
  } finally {
    stop.close()
  }
  return { results, isInterrupted: false }
}

/** Stops a run when it is no longer wanted. */
class Until {
  readonly #isOver: () => boolean

  constructor(isOver: () => boolean) {
    this.#isOver = isOver
  }

  get isStopped(): boolean {
    return this.#isOver()
  }
}

/** What tells the lines around a failure: those of the scenario's own file, as it was loaded. */
function teacherOf({ file: own }: Scenario, found: Plan['found']): Teacher {
  const text = found.find(({ file }) => file === own)?.text
  return createTeacher((file) => (file === undefined || file === own ? text : undefined))
}

/** A listener, and one more, which hears of the run and its steps before it. */
function heardBy(listener: RunListener, other: RunListener | undefined): RunListener {
  if (other === undefined) return listener
  return {
    ...listener,
    started(sim, redaction) {
      other.started?.(sim, redaction)
      listener.started?.(sim, redaction)
    },
    stepping(step, sim) {
      other.stepping?.(step, sim)
      listener.stepping?.(step, sim)
    },
    acted(step, told, sim) {
      other.acted?.(step, told, sim)
      listener.acted?.(step, told, sim)
    },
  }
}

/** The file for the journal, opened anew; undefined: none is asked for; or why there can be none. */
function openJournal(path: string | undefined, runs: number): number | string | undefined {
  if (path === undefined) return undefined
  if (runs !== 1) return `--journal is for one run; ${runs} were selected`
  try {
    return openSync(path, 'w')
  } catch (error) {
    const code = errorCode(error)
    return `--journal ${path}: the file cannot be written (${code})`
  }
}

function optionsOf(flags: RunFlags): Omit<RunOptions, 'teach'> {
  const { times: _, ...settings } = settingsOf(flags)
  return { createSim, ...settings }
}

/** How all runs go. */
function settingsOf(flags: RunFlags): RunSettings {
  const { maxEvents, reveal, version } = flags
  return {
    times: runsOf(flags),
    ...journalOf(flags),
    ...(maxEvents === undefined ? {} : { maxEvents }),
    ...(reveal === undefined ? {} : { reveal }),
    ...(version === undefined ? {} : { version }),
  }
}

/** What of the journal is asked for in place of what a scenario says. */
function journalOf({ journalLevel: level, keep }: RunFlags): Pick<RunOptions, 'journal'> {
  if (level === undefined && keep === undefined) return {}
  return { journal: { ...(level === undefined ? {} : { level }), ...(keep === undefined ? {} : { keep }) } }
}

/** How often each scenario runs: `--verify-determinism` alone means twice. */
function runsOf({ verifyDeterminism }: RunFlags): number {
  if (verifyDeterminism === undefined) return 1
  return verifyDeterminism === true ? 2 : verifyDeterminism
}
