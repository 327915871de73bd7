import { InvariantViolation } from '../invariants/invariant.ts'
import { objectName } from '../kernel/journal.ts'
import { EventBudgetError } from '../kernel/kernel.ts'
import type { CommandResult } from '../looks/containers.ts'
import type { SimOptions } from '../sim/options.ts'
import type { Fault, Sim } from '../sim/sim.ts'
import { decide } from './expect/expect.ts'
import { outputMismatches } from './expect/output.ts'
import type { Scenario, Step, StepAction } from './model.ts'
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

/** Runs a scenario to its end, through the public library and not past it. A failed step does not stop it. */
export function runScenario(scenario: Scenario, options: RunOptions): ScenarioResult {
  const seed = options.seed ?? scenario.seed
  const sim = options.createSim(simOptions(scenario, seed, options))
  options.started?.(sim)
  const steps: StepResult[] = []
  let reason: string | undefined
  let broken: InvariantViolation | undefined
  try {
    for (const step of scenario.steps) {
      comeTo(sim, step)
      options.stepping?.(step, sim)
      const result = runStep(sim, step)
      steps.push(result)
      options.stepped?.(step, result, sim)
    }
  } catch (error) {
    if (error instanceof InvariantViolation) broken = error
    else if (!(error instanceof EventBudgetError)) throw error
    reason = broken === undefined ? String((error as Error).message) : violationText(broken)
  }
  const passed = broken === undefined && steps.every(stepPassed)
  const result: ScenarioResult = {
    scenario,
    seed,
    digest: sim.journal.digest(),
    outcome: !passed ? 'failed' : reason === undefined ? 'passed' : 'inconclusive',
    reason,
    steps,
    endedAt: sim.now(),
    records: sim.journal.records.length,
  }
  sim.dispose()
  return result
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

/** Lets time pass until the step is due. A step whose time has gone by runs at once, as a shell script would. */
function comeTo(sim: Sim, step: Step): void {
  const due = step.time.kind === 'at' ? step.time.ms : sim.now() + step.time.ms
  if (due > sim.now()) sim.runFor(due - sim.now())
}

function runStep(sim: Sim, step: Step): StepResult {
  const startedAt = sim.now()
  const done = step.action === undefined ? {} : act(sim, step.action)
  const mismatches: readonly OutputMismatch[] =
    done.output === undefined ? [] : outputMismatches(done.output, step.output)
  const expectations = [
    ...(done.expectation === undefined ? [] : [done.expectation]),
    ...step.expectations.map((expectation) => decide(sim, expectation)),
  ]
  return {
    place: step.place,
    startedAt,
    endedAt: sim.now(),
    action: step.action === undefined ? undefined : actionText(step.action),
    say: step.say,
    output: done.output,
    mismatches,
    expectations,
  }
}

interface Done {
  readonly output?: CommandResult
  readonly expectation?: ExpectationResult
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
      return { expectation: decide(sim, { ...expectation, timing }) }
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
