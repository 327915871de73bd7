import { InvariantViolation } from '../invariants/invariant.ts'
import type { JournalLevel } from '../kernel/journal.ts'
import { EventBudgetError } from '../kernel/kernel.ts'
import { second } from '../kernel/time.ts'
import { createRedaction, type Redaction, revealed } from '../looks/redaction.ts'
import { formatDuration } from '../sim/duration.ts'
import type { SimOptions } from '../sim/options.ts'
import type { Sim } from '../sim/sim.ts'
import { SimUsageError } from '../sim/usage-error.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { act, type Done } from './act.ts'
import { type AskedQuestion, askNow, questionProblem } from './asking.ts'
import { type About, aboutOf } from './expect/about.ts'
import { decide } from './expect/expect.ts'
import { outputMismatches } from './expect/output.ts'
import type { ExpectationSource } from './expect/subjects.ts'
import { secretsOf } from './known-secrets.ts'
import type { Expectation, Judge, Scenario, Step } from './model.ts'
import type { Place } from './place.ts'
import { type ExpectationResult, type Lesson, type ScenarioResult, type StepResult, stepPassed } from './result.ts'
import { drained, endless, pass, type SliceEnd, type Slices, StoppedError } from './slices.ts'
import {
  actionText,
  interruptedText,
  nothingTold,
  redactedExpectation,
  redactedMismatch,
  type ToldAction,
  toldStep,
  untold,
  violationText,
} from './telling.ts'
import { measure } from './thresholds.ts'
import { beginInTime, type MissedFault } from './timed-faults.ts'
import { capture } from './variables/capture.ts'

/** What a run tells as it goes on. Values of Secrets are masked in it, but for outputs of commands. */
export interface RunListener {
  /** Told of the simulation before the first step, so that a story can listen. */
  readonly started?: (sim: Sim, redaction: Redaction) => void
  /** Called before each step's narration and action, at the step's time. */
  readonly stepping?: (step: Step, sim: Sim) => void
  /** The action is done, nothing has been waited for yet. */
  readonly acted?: (step: Step, told: ToldAction, sim: Sim) => void
  /** A question, and which of its answers hold; nothing has been waited for yet. */
  readonly asked?: (step: Step, question: AskedQuestion, sim: Sim) => void
  /** An expectation is decided; it may have let time pass. */
  readonly judged?: (step: Step, result: ExpectationResult, sim: Sim) => void
  readonly stepped?: (step: Step, result: StepResult, sim: Sim) => void
}

/** Something failed: where it stands, and what it is about if it is an expectation. */
export interface FailedMoment {
  readonly sim: Sim
  readonly place: Place
  readonly about: About | undefined
  readonly redaction: Redaction
}

/** Tells what helps to understand a failure. */
export type Teacher = (moment: FailedMoment) => Lesson

export interface RunOptions extends RunListener {
  readonly seed?: string
  readonly maxEvents?: number
  /** Check podsim's own invariants after every event. Default: in clusters of up to 20 nodes. */
  readonly invariants?: boolean
  /** Tell values of Secrets. Default: their size and a digest. */
  readonly reveal?: boolean
  /** Of the journal, in place of what the scenario says. */
  readonly journal?: { readonly level?: JournalLevel; readonly keep?: number }
  /** Version of Kubernetes in place of the scenario's. */
  readonly version?: KubernetesVersion
  /** Tell nothing of what passed: for who keeps only what came of a run. Default: false. */
  readonly failuresAlone?: boolean
  /** Tells what helps to understand a failure: of reports, which know how things are told. Default: nothing is told. */
  readonly teach?: Teacher
  /** Makes the simulation: the public library's `createSim`. */
  readonly createSim: (options: SimOptions) => Sim
}

/**
 * Runs a scenario to its end, through the public library and not past it. A failed step does not stop it, and nothing that
 * a scenario says or that podsim does wrong makes this throw: mistakes fail their step, podsim's own are told as `broken`.
 */
export function runScenario(scenario: Scenario, options: RunOptions): ScenarioResult {
  return drained(runInSlices(scenario, options, endless))
}

/** `runScenario` for who must be able to stop it: see `Slices`. A run that was stopped is told as `interrupted`. */
export function* runInSlices(scenario: Scenario, options: RunOptions, isOver: SliceEnd): Slices<ScenarioResult> {
  const seed = options.seed ?? scenario.seed
  const run: Run = {
    seed,
    options,
    isOver,
    steps: [],
    captured: {},
    judge: scenario.judge,
    redaction: revealed,
    sim: undefined,
    step: undefined,
    stopped: undefined,
    lessons: 0,
  }
  let ending: Ending = {}
  try {
    yield* runSteps(scenario, run)
  } catch (error) {
    ending = endingOf(error, scenario, run)
  }
  const { sim, steps } = run
  const assumed = ending.crash === undefined ? (sim?.assumptions() ?? []) : []
  const { file, title, description, covers, tags, settings } = scenario
  const result: ScenarioResult = {
    scenario: { file, title, description, covers, tags, settings },
    seed,
    digest: sim?.journal.digest() ?? '',
    outcome: ending.outcome ?? (steps.every(stepPassed) ? 'passed' : 'failed'),
    reason: ending.reason ?? run.stopped,
    ...(ending.invariant === undefined ? {} : { invariant: ending.invariant }),
    ...(ending.crash === undefined ? {} : { crash: ending.crash }),
    steps,
    measured: scenario.thresholds.map((threshold) => (sim === undefined ? [] : measure(sim, threshold))),
    endedAt: sim?.now() ?? 0,
    records: (sim?.journal.records.length ?? 0) + (sim?.journal.forgotten?.records ?? 0),
    ...(assumed.length === 0 ? {} : { assumed: assumed.map(({ message }) => message) }),
  }
  sim?.dispose()
  return result
}

/** How far a run has come: what is left of it when it ends early. */
interface Run {
  readonly seed: string
  readonly options: RunOptions
  readonly isOver: SliceEnd
  readonly steps: StepResult[]
  /** What steps have captured. */
  readonly captured: Record<string, string>
  /** Failures that were explained. */
  lessons: number
  readonly judge: Judge
  /** Why steps were left out. */
  stopped: string | undefined
  redaction: Redaction
  sim: Sim | undefined
  step: Step | undefined
}

interface Ending {
  readonly outcome?: ScenarioResult['outcome']
  readonly reason?: string
  readonly crash?: Error
  readonly invariant?: string
}

function* runSteps(scenario: Scenario, run: Run): Slices<void> {
  const { options, seed } = run
  const sim = options.createSim(simOptions(scenario, seed, options))
  run.sim = sim
  run.redaction = createRedaction({
    seed,
    reveal: options.reveal ?? false,
    journal: sim.journal,
    secrets: () => sim.list('Secret'),
  })
  for (const secret of secretsOf(scenario)) run.redaction.learn(secret)
  options.started?.(sim, run.redaction)
  const missed = beginInTime(sim, scenario.faults)
  yield* runPart(sim, scenario.steps, 'steps', run)
  if (!run.steps.every(stepPassed)) yield* runPart(sim, scenario.catch, 'catch', run)
  yield* runPart(sim, scenario.finally, 'finally', run)
  if (scenario.judge === 'all') for (const each of missed()) tellMissed(sim, each, run)
}

/** An accident that did not take place fails a run as a step does that could not be done. */
function tellMissed(sim: Sim, { step, problem }: MissedFault, run: Run): void {
  const { options, steps } = run
  const told = toldAction(step, { problem }, undefined, run)
  options.acted?.(step, told, sim)
  const at = sim.now()
  const result = { place: step.place, startedAt: at, endedAt: at, ...told, asked: undefined, expectations: [] }
  steps.push({ ...result, part: 'faults' })
}

/** Runs a list of steps. A step whose action fails is the last, unless it says `continue`: what follows stands on it. */
function* runPart(sim: Sim, steps: readonly Step[], part: StepResult['part'], run: Run): Slices<void> {
  const { options, isOver } = run
  for (const [i, given] of steps.entries()) {
    run.step = given
    const resolved = given.resolve?.(run.captured) ?? { ok: true, step: given }
    const step = resolved.ok ? resolved.step : given
    const late = yield* comeTo(sim, step, isOver)
    options.stepping?.(step, sim)
    const result = {
      ...(yield* runStep(sim, step, { late, problem: resolved.ok ? undefined : resolved.problem }, run)),
      part,
    }
    run.steps.push(result)
    options.stepped?.(step, result, sim)
    if (!hasFailedAction(result, late) || step.continues || part === 'catch' || run.judge === 'nevers') continue
    const left = steps.length - i - 1
    if (left > 0)
      run.stopped = `the step at line ${step.place.line} failed, and ${left === 1 ? 'the one' : `the ${left}`} after it did not run; continue: true on it runs them all the same`
    return
  }
}

/** Whether what a step does could not be done, or its command ended otherwise than it must. */
function hasFailedAction({ problem, mismatches }: Omit<StepResult, 'part'>, late: string | undefined): boolean {
  return (problem !== undefined && problem !== late) || mismatches.some(({ what }) => what === 'exit code')
}

/** What an error that ended a run early means. */
function endingOf(error: unknown, scenario: Scenario, { steps, sim, step, redaction }: Run): Ending {
  if (error instanceof StoppedError) return { outcome: 'interrupted', reason: interruptedText(scenario, steps) }
  if (error instanceof EventBudgetError)
    return { outcome: steps.every(stepPassed) ? 'inconclusive' : 'failed', reason: error.message }
  if (error instanceof InvariantViolation) {
    return { outcome: 'failed', invariant: error.id, reason: redaction.text(violationText(error)) }
  }
  // What createSim refuses although the file was loaded; a step's own mistakes are caught with the step.
  if (error instanceof SimUsageError && sim === undefined) return { outcome: 'failed', reason: error.message }
  const place = step === undefined ? scenario.file : `${scenario.file}:${step.place.line}:${step.place.column}`
  const what = step?.action === undefined ? '' : ` (${actionText(step.action).split('\n')[0]})`
  const crash = error instanceof Error ? error : new Error(String(error))
  const reason = redaction.text(`podsim is broken at ${place}${what}: ${crash.name}: ${crash.message}`)
  return { outcome: 'broken', reason, crash }
}

/** Larger clusters are for speed. */
const invariantNodes = 20

/** What a scenario's `cluster` says, as the library takes it. The library checks names and values. */
function simOptions(
  { source, files }: Scenario,
  seed: string,
  { maxEvents, invariants, version, journal }: Pick<RunOptions, 'maxEvents' | 'invariants' | 'version' | 'journal'>,
): SimOptions {
  const { nodes = 1 } = source.cluster ?? {}
  const isSmall = (typeof nodes === 'number' ? nodes : nodes.length) <= invariantNodes
  return {
    invariants: invariants ?? isSmall,
    ...source.cluster,
    ...(journal === undefined ? {} : { journal: journalOf(source.cluster?.journal, journal) }),
    seed,
    files,
    ...(source.kubectl === undefined ? {} : { kubectl: source.kubectl }),
    ...(version === undefined ? {} : { version }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
  }
}

function journalOf(own: SimOptions['journal'], asked: NonNullable<RunOptions['journal']>): SimOptions['journal'] {
  return { ...(typeof own === 'string' ? { level: own } : own), ...asked }
}

/** Lets time pass until the step is due. Says so if its time has gone by: then it runs at once. */
function* comeTo(sim: Sim, step: Step, isOver: SliceEnd): Slices<string | undefined> {
  const due = step.time.kind === 'at' ? step.time.ms : sim.now() + step.time.ms
  // Lines before it have taken their own time: that makes nothing late.
  if (due < sim.now() - second)
    return `its time, ${formatDuration(due)}, had gone by: the steps before it took until ${formatDuration(sim.now())}`
  if (due > sim.now()) yield* pass(sim, due - sim.now(), isOver)
  return undefined
}

/** What is wrong with a step before it begins: its time has gone by, or its variables mean nothing. */
interface Forbidden {
  readonly late: string | undefined
  readonly problem: string | undefined
}

function* runStep(sim: Sim, step: Step, { late, problem }: Forbidden, run: Run): Slices<Omit<StepResult, 'part'>> {
  const startedAt = sim.now()
  const { action } = step
  const done =
    problem !== undefined
      ? { problem }
      : action === undefined
        ? {}
        : yield* attempt<Attempt>(act(sim, action, run.isOver), failedAction)
  const bare = counted(toldAction(step, done, late, run), run.judge)
  const isWrong = bare.mismatches.length > 0 || bare.problem !== undefined
  const told = isWrong ? { ...bare, ...lessonOf(sim, step.place, undefined, run) } : bare
  run.options.acted?.(step, told, sim)
  const asked = askedOf(sim, step, run)
  const expectations: ExpectationResult[] = []
  const wanted = [
    ...(done.waitsFor === undefined ? [] : [done.waitsFor]),
    ...(done.problem === undefined ? step.expectations : []),
  ]
  for (const expectation of wanted) {
    const found = yield* judge(sim, expectation, run.isOver)
    // What need hold in one of several runs is known by its words.
    const isUntold = run.options.failuresAlone === true && found.passed && found.sometimes === undefined
    const judged = isUntold ? untold(found) : redactedExpectation(found, run.redaction)
    if (run.judge === 'nevers' && expectation.timing.kind !== 'never') continue
    const result = judged.passed ? judged : { ...judged, ...lessonOf(sim, expectation.place, expectation.source, run) }
    expectations.push(result)
    run.options.judged?.(step, result, sim)
  }
  const uncaptured = done.problem === undefined ? keepCaptures(sim, step, done, run) : undefined
  const failed = told.problem ?? uncaptured ?? (asked === undefined ? undefined : questionProblem(asked))
  return {
    place: step.place,
    startedAt,
    endedAt: sim.now(),
    ...told,
    ...(failed !== undefined && run.options.failuresAlone === true ? toldStep(step, run.redaction) : {}),
    asked,
    expectations,
    problem: run.judge === 'all' ? failed : undefined,
  }
}

/** What of it counts: where only what must never be decides, a command may fail. */
function counted(told: ToldAction, judge: Judge): ToldAction {
  return judge === 'all' ? told : { ...told, mismatches: [], problem: undefined }
}

/** Failures of a run of which all is told: those that come after are mostly their train, and say where they stand. */
const mostLessons = 5

function lessonOf(
  sim: Sim,
  place: Place,
  source: ExpectationSource | undefined,
  run: Run,
): { readonly lesson?: Lesson } {
  const { teach } = run.options
  if (teach === undefined) return {}
  const { redaction } = run
  const isTold = source !== undefined && run.lessons++ < mostLessons
  try {
    return { lesson: teach({ sim, place, about: isTold ? aboutOf(sim, source) : undefined, redaction }) }
  } catch (error) {
    // What the expectation names cannot be looked at, which is what failed.
    if (error instanceof SimUsageError) return {}
    throw error
  }
}

function askedOf(sim: Sim, step: Step, { options, redaction }: Run): AskedQuestion | undefined {
  if (step.ask === undefined) return undefined
  const asked = askNow(sim, step.ask, redaction)
  options.asked?.(step, asked, sim)
  return asked
}

/** Keeps what the step captures; says what could not be. */
function keepCaptures(sim: Sim, step: Step, done: Attempt, run: Run): string | undefined {
  for (const [name, source] of Object.entries(step.capture)) {
    const captured = capture(sim, source, done.output)
    if (!captured.ok) return run.redaction.text(`${name} cannot be captured: ${captured.problem}`)
    run.captured[name] = captured.value
  }
  return undefined
}

type Attempt = Done & { readonly problem?: string }

const failedAction = (problem: string): Attempt => ({ problem })

function toldAction(
  step: Step,
  done: Attempt,
  late: string | undefined,
  { redaction, options }: Pick<Run, 'redaction' | 'options'>,
): ToldAction {
  const mismatches = done.output === undefined ? [] : outputMismatches(done.output, step.output)
  const problem = late ?? done.problem
  const hasPassed = mismatches.length === 0 && problem === undefined
  return {
    ...(hasPassed && options.failuresAlone === true ? nothingTold : toldStep(step, redaction)),
    output: done.output,
    mismatches: mismatches.map((mismatch) => redactedMismatch(mismatch, redaction)),
    problem: problem === undefined ? undefined : redaction.text(problem),
  }
}

/** What the library refuses is the scenario's mistake, found out only now. */
function* attempt<T>(work: Slices<T>, failed: (problem: string) => T): Slices<T> {
  try {
    return yield* work
  } catch (error) {
    if (error instanceof SimUsageError) return failed(error.message)
    throw error
  }
}

function* judge(sim: Sim, expectation: Expectation, isOver: SliceEnd): Slices<ExpectationResult> {
  const { place, source, subject } = expectation
  return yield* attempt(decide(sim, expectation, isOver), (found) => {
    const expected = `what is said of ${subject} can be looked at`
    return { place, passed: false, expected, found, because: source.because, at: sim.now() }
  })
}
