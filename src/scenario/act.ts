import type { CommandResult } from '../looks/containers.ts'
import type { Fault, Sim } from '../sim/sim.ts'
import { SimUsageError } from '../sim/usage-error.ts'
import type { Expectation, StepAction } from './model.ts'
import { containersOf, oneContainer } from './select/select-pods.ts'
import { endless, pass, rest, type SliceEnd, type Slices } from './slices.ts'
import { execArguments } from './telling.ts'

/** What came of an action. */
export interface Done {
  /** What a command printed and returned. */
  readonly output?: CommandResult
  /** What is still to be waited for. */
  readonly waitsFor?: Expectation
}

/** Carries out what a step says. Throws a SimUsageError where only now can be known that it means nothing. */
export function* act(sim: Sim, action: StepAction, isOver: SliceEnd): Slices<Done> {
  if (isOver === endless || !isCommand(action)) return yield* carryOut(sim, action, isOver)
  yield* rest('command')
  const done = yield* carryOut(sim, action, isOver)
  // The command is over: whoever drives listens again before anything else goes on.
  yield* rest('time')
  return done
}

function* carryOut(sim: Sim, action: StepAction, isOver: SliceEnd): Slices<Done> {
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
      return {
        output: sim.kubectl(['apply', '-f', '-'], {
          stdin: action.manifest,
          ...(action.as === undefined ? {} : { as: action.as }),
        }),
      }
    case 'exec':
      return { output: sim.exec(oneContainer(sim, action), execArguments(action.line)) }
    case 'wait':
      yield* pass(sim, action.ms, isOver)
      return {}
    case 'waitFor': {
      const { expectation } = action
      // Without a limit of its own a wait gives up after ten virtual minutes, as a learner would.
      const timing = expectation.timing.kind === 'now' ? ({ kind: 'within', ms: 600_000 } as const) : expectation.timing
      return { waitsFor: { ...expectation, timing } }
    }
    case 'fault':
      for (const fault of faultsOf(sim, action.fault)) sim.fault(fault)
      return {}
  }
}

/** A fault that names several containers is one for each of them. */
export function faultsOf(sim: Sim, fault: Fault): readonly Fault[] {
  if (!('kill' in fault) || fault.kill === undefined) return [fault]
  const chosen = containersOf(sim, { in: fault.kill, namespace: fault.namespace })
  const refs = chosen.kind === 'one' ? [chosen.item] : chosen.items.map(({ item }) => item)
  if (refs.length === 0) throw new SimUsageError(`there is no Pod of ${chosen.text}`)
  return refs.map(({ pod, container }) => ({ ...fault, kill: container === undefined ? pod : `${pod}/${container}` }))
}

/** Whether a step runs a command: that is done in one, and may make any word of its line a value of a Secret. */
export function isCommand({ kind }: StepAction): boolean {
  return kind === 'kubectl' || kind === 'run' || kind === 'apply' || kind === 'exec'
}
