import { InvariantViolation } from '../invariants/invariant.ts'
import { objectName } from '../kernel/journal.ts'
import { EventBudgetError } from '../kernel/kernel.ts'
import type { CommandResult } from '../looks/containers.ts'
import { formatDuration } from '../sim/duration.ts'
import { type SimOptions, SimUsageError } from '../sim/options.ts'
import type { Fault, Sim } from '../sim/sim.ts'
import { decide } from './expect/expect.ts'
import { outputMismatches } from './expect/output.ts'
import type { Expectation, Scenario, Step, StepAction } from './model.ts'
import {
  type ExpectationResult,
  type OutputMismatch,
  type ScenarioResult,
  type StepResult,
  stepPassed,
} from './result.ts'
import type { FaultSource } from './schema.ts'

export interface RunOptions {
  readonly seed?: string
  readonly maxEvents?: number
  /** Check podsim's own invariants after every event. Default: in clusters of up to 20 nodes. */
  readonly invariants?: boolean
  /** Makes the simulation: the public library's `createSim`. */
  readonly createSim: (options: SimOptions) => Sim
  /** Told of the simulation before the first step, so that a story can listen. */
  readonly started?: (sim: Sim) => void
  /** Called before each step's narration and action, at the step's time. */
  readonly stepping?: (step: Step, sim: Sim) => void
  readonly stepped?: (step: Step, result: StepResult, sim: Sim) => void
}

/**
 * Runs a scenario to its end, through the public library and not past it. A failed step does not stop it, and nothing that
 * a scenario says or that podsim does wrong makes this throw: mistakes fail their step, podsim's own are told as `broken`.
 */
export function runScenario(scenario: Scenario, options: RunOptions): ScenarioResult {
  const seed = options.seed ?? scenario.seed
  const progress: Progress = { steps: [], sim: undefined, step: undefined }
  let ending: Ending = {}
  try {
    runSteps(scenario, seed, options, progress)
  } catch (error) {
    ending = endingOf(error, scenario, progress)
  }
  const { sim, steps } = progress
  const result: ScenarioResult = {
    scenario,
    seed,
    digest: sim?.journal.digest() ?? '',
    outcome: ending.outcome ?? (steps.every(stepPassed) ? 'passed' : 'failed'),
    reason: ending.reason,
    ...(ending.crash === undefined ? {} : { crash: ending.crash }),
    steps,
    endedAt: sim?.now() ?? 0,
    records: sim?.journal.records.length ?? 0,
  }
  sim?.dispose()
  return result
}

/** How far a run has come: what is left of it when it ends early. */
interface Progress {
  readonly steps: StepResult[]
  sim: Sim | undefined
  step: Step | undefined
}

interface Ending {
  readonly outcome?: ScenarioResult['outcome']
  readonly reason?: string
  readonly crash?: Error
}

function runSteps(scenario: Scenario, seed: string, options: RunOptions, progress: Progress): void {
  const sim = options.createSim(simOptions(scenario, seed, options))
  progress.sim = sim
  options.started?.(sim)
  for (const step of scenario.steps) {
    progress.step = step
    const late = comeTo(sim, step)
    options.stepping?.(step, sim)
    const result = runStep(sim, step, late)
    progress.steps.push(result)
    options.stepped?.(step, result, sim)
  }
}

/** What an error that ended a run early means. */
function endingOf(error: unknown, scenario: Scenario, { steps, sim, step }: Progress): Ending {
  if (error instanceof EventBudgetError)
    return { outcome: steps.every(stepPassed) ? 'inconclusive' : 'failed', reason: error.message }
  if (error instanceof InvariantViolation) return { outcome: 'failed', reason: violationText(error) }
  // What createSim refuses although the file was loaded; a step's own mistakes are caught with the step.
  if (error instanceof SimUsageError && sim === undefined) return { outcome: 'failed', reason: error.message }
  const place = step === undefined ? scenario.file : `${scenario.file}:${step.place.line}:${step.place.column}`
  const what = step?.action === undefined ? '' : ` (${actionText(step.action).split('\n')[0]})`
  const crash = error instanceof Error ? error : new Error(String(error))
  return { outcome: 'broken', reason: `podsim is broken at ${place}${what}: ${crash.name}: ${crash.message}`, crash }
}

/** Larger clusters are for speed. */
const invariantNodes = 20

/** A broken invariant and what led there, a line for each record. */
function violationText({ message, time, objects, records }: InvariantViolation): string {
  const about = objects.map((object) => `\n    ${objectName(object)}`)
  const chain = records.map((record) => {
    const object = record.object === undefined ? '' : ` ${objectName(record.object)}`
    return `\n    ${record.time} ms ${record.actor} ${record.type}${object}`
  })
  return `${message}, at ${time} ms${about.join('')}${chain.length === 0 ? '' : `\n  what led there:${chain.join('')}`}`
}

/** What a scenario's `cluster` says, as the library takes it. The library checks names and values. */
function simOptions(
  { source, files }: Scenario,
  seed: string,
  { maxEvents, invariants }: Pick<RunOptions, 'maxEvents' | 'invariants'>,
): SimOptions {
  const { nodes = 1 } = source.cluster ?? {}
  const isSmall = (typeof nodes === 'number' ? nodes : nodes.length) <= invariantNodes
  return {
    invariants: invariants ?? isSmall,
    // Checked by the schema as far as shapes go; exact optional types are what the cast is for.
    ...(source.cluster as SimOptions | undefined),
    seed,
    files,
    ...(source.kubectl === undefined ? {} : { kubectl: source.kubectl }),
    ...(maxEvents === undefined ? {} : { maxEvents }),
  }
}

/** Lets time pass until the step is due. Says so if its time has gone by: then it runs at once. */
function comeTo(sim: Sim, step: Step): string | undefined {
  const due = step.time.kind === 'at' ? step.time.ms : sim.now() + step.time.ms
  if (due < sim.now())
    return `its time, ${formatDuration(due)}, had gone by: the steps before it took until ${formatDuration(sim.now())}`
  if (due > sim.now()) sim.runFor(due - sim.now())
  return undefined
}

function runStep(sim: Sim, step: Step, late: string | undefined): StepResult {
  const startedAt = sim.now()
  const { action } = step
  const done: Done = action === undefined ? {} : attempt(() => act(sim, action))
  const mismatches: readonly OutputMismatch[] =
    done.output === undefined ? [] : outputMismatches(done.output, step.output)
  const expectations = [
    ...(done.expectation === undefined ? [] : [done.expectation]),
    ...(done.problem === undefined ? step.expectations.map((expectation) => judge(sim, expectation)) : []),
  ]
  return {
    place: step.place,
    startedAt,
    endedAt: sim.now(),
    action: action === undefined ? undefined : actionText(action),
    say: step.say,
    output: done.output,
    mismatches,
    expectations,
    problem: late ?? done.problem,
  }
}

/** What the library refuses is the scenario's mistake, found out only now. */
function attempt(work: () => Done): Done {
  try {
    return work()
  } catch (error) {
    if (error instanceof SimUsageError) return { problem: error.message }
    throw error
  }
}

function judge(sim: Sim, expectation: Expectation): ExpectationResult {
  const { expectation: result, problem = '' } = attempt(() => ({ expectation: decide(sim, expectation) }))
  if (result !== undefined) return result
  const { place, source } = expectation
  const expected = `what is said of ${expectation.subject} can be looked at`
  return { place, passed: false, expected, found: problem, because: source.because, at: sim.now() }
}

interface Done {
  readonly output?: CommandResult
  readonly expectation?: ExpectationResult
  readonly problem?: string
}

function act(sim: Sim, action: StepAction): Done {
  switch (action.kind) {
    case 'kubectl':
      return {
        output: sim.kubectl(action.line, {
          ...(action.as === undefined ? {} : { as: action.as }),
          ...(action.editor === undefined ? {} : { editor: action.editor }),
        }),
      }
    case 'run':
      return { output: sim.shell(action.script, action.as === undefined ? {} : { as: action.as }) }
    case 'apply':
      return { output: sim.kubectl(['apply', '-f', '-'], { stdin: action.manifest }) }
    case 'exec': {
      const target = {
        pod: action.pod,
        ...(action.container === undefined ? {} : { container: action.container }),
        ...(action.namespace === undefined ? {} : { namespace: action.namespace }),
      }
      return { output: sim.exec(target, ['sh', '-c', action.line]) }
    }
    case 'wait':
      sim.runFor(action.ms)
      return {}
    case 'waitFor': {
      const { expectation } = action
      // Without a limit of its own a wait gives up after ten virtual minutes, as a learner would.
      const timing = expectation.timing.kind === 'now' ? ({ kind: 'within', ms: 600_000 } as const) : expectation.timing
      return { expectation: judge(sim, { ...expectation, timing }) }
    }
    case 'fault':
      sim.fault({ ...action.fault, ...(action.forMs === undefined ? {} : { for: action.forMs }) } as Fault)
      return {}
  }
}

/** What a step does, as the story heads it. */
export function actionText(action: StepAction): string {
  switch (action.kind) {
    case 'kubectl':
      return `kubectl ${action.line}`
    case 'run':
      return action.script.trimEnd()
    case 'apply':
      return `kubectl apply -f - <<EOF\n${action.manifest.trimEnd()}\nEOF`
    case 'exec':
      return `kubectl exec ${action.pod}${action.container === undefined ? '' : ` -c ${action.container}`} -- ${action.line}`
    case 'wait':
    case 'waitFor':
      return 'wait'
    case 'fault':
      return `fault ${faultWords(action.fault)}`
  }
}

/** `partition node-1, for 2m`: as the scenario has it. */
function faultWords(fault: FaultSource): string {
  return Object.entries(fault)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ')
}
