import type { CommandResult } from '../looks/containers.ts'
import type { Command, CommandOptions, Fault, Sim } from '../sim/sim.ts'
import { SimUsageError } from '../sim/usage-error.ts'
import type { RequestSource } from './actions.ts'
import type { Expectation, StepAction } from './model.ts'
import { creationsOf, type PopulationSource, populationText } from './population.ts'
import { containersOf, oneContainer } from './select/select-pods.ts'
import { afterFirst, pass, rest, type SliceEnd, type Slices } from './slices.ts'
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
  switch (action.kind) {
    case 'kubectl':
      return { output: yield* ended(sim, { kubectl: action.line }, action, isOver) }
    case 'run':
      return { output: yield* ended(sim, { shell: action.script }, action, isOver) }
    case 'apply': {
      const { manifest: stdin, as, commandTime } = action
      const options = { stdin, as, commandTime }
      return { output: yield* ended(sim, { kubectl: ['apply', '-f', '-'] }, options, isOver) }
    }
    case 'exec':
      return { output: sim.exec(oneContainer(sim, action), execArguments(action.line)) }
    case 'request':
      return { output: answered(sim, action.request) }
    case 'populate':
      return { output: yield* populated(sim, action.population, isOver) }
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

/** Sends a request. What it answers with is printed; a watch that it would open is closed at once. */
function answered(sim: Sim, { user = 'admin', ...request }: RequestSource): CommandResult {
  const { groups, contentType, headers, body, method, path } = request
  const answer = sim.request({
    ...{ method, path, user, body },
    ...(groups === undefined ? {} : { groups }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(headers === undefined ? {} : { headers }),
  })
  const exitCode = answer.code < 400 ? 0 : 1
  if ('body' in answer) return { stdout: answer.body, stderr: '', exitCode }
  let stdout = ''
  answer
    .read({
      chunk(text) {
        stdout += text
      },
      end() {},
    })
    .stop()
  return { stdout, stderr: '', exitCode }
}

/** Creates all of it, until the API server refuses something; what stands in the answer to that is printed. */
function* populated(sim: Sim, population: PopulationSource, isOver: SliceEnd): Slices<CommandResult> {
  for (const { path, body } of creationsOf(population)) {
    const answer = sim.request({ method: 'POST', path, user: 'admin', body })
    if (answer.code >= 400) return { stdout: '', stderr: 'body' in answer ? `${answer.body}\n` : '', exitCode: 1 }
    if (isOver()) yield* rest()
  }
  return { stdout: `created ${populationText(population)}\n`, stderr: '', exitCode: 0 }
}

/** Runs a command to its end. */
function* ended(
  sim: Sim,
  command: Command,
  { stdin, as, editor, commandTime }: { readonly [K in keyof CommandOptions]?: CommandOptions[K] | undefined },
  isOver: SliceEnd,
): Slices<CommandResult> {
  const options = {
    ...(stdin === undefined ? {} : { stdin }),
    ...(as === undefined ? {} : { as }),
    ...(editor === undefined ? {} : { editor }),
    ...(commandTime === undefined ? {} : { commandTime }),
  }
  const running = sim.start(command, options)
  for (;;) {
    const result = running.goOn(afterFirst(isOver))
    if (result !== undefined) return result
    yield* rest()
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

/** Whether a step runs a command: that may make any word of its line a value of a Secret. */
export function isCommand({ kind }: StepAction): boolean {
  return kind === 'kubectl' || kind === 'run' || kind === 'apply' || kind === 'exec'
}
