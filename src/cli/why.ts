import { safeLine } from '../bytes/terminal-text.ts'
import { createSim, type Sim } from '../index.ts'
import type { Redaction } from '../looks/redaction.ts'
import { placeText } from '../report/failures.ts'
import { createPaint, plain, type TerminalText } from '../report/text.ts'
import { toldChain, whyJson, whyText } from '../report/why-text.ts'
import type { Scenario, Step } from '../scenario/model.ts'
import { type StepResult, stepPassed } from '../scenario/result.ts'
import type { Settings } from '../scenario/variables/parameters.ts'
import { parseDuration } from '../sim/duration.ts'
import { closest } from '../sim/input/closest.ts'
import { SimUsageError } from '../sim/usage-error.ts'
import type { KubernetesVersion } from '../versions/version.ts'
import { drive, listenForStop, type StopSignal } from './drive.ts'
import { exitCodes } from './exit-codes.ts'
import { oneRun } from './one-run.ts'
import type { Output } from './output.ts'
import { readScenarioFile } from './scenario-files.ts'

/** Flags of `podsim why`, as commander hands them over. */
export interface WhyFlags {
  readonly at?: string
  readonly seed?: string
  readonly set?: Settings
  readonly namespace: string
  readonly version?: KubernetesVersion
  readonly reveal?: boolean
  readonly output: 'text' | 'json'
}

/** An answer, or why there is none. */
type Answer = { readonly text: TerminalText; readonly code: number } | { readonly problem: string }

/** `podsim why`: runs a scenario until a moment, and tells what led to the state that an object is in then. */
export async function why(file: string, asked: readonly string[], flags: WhyFlags, output: Output): Promise<number> {
  const scenario = oneRun(readScenarioFile(file, flags.set), flags.set, output)
  if (scenario === undefined) return exitCodes.usage
  const atMs = flags.at === undefined ? undefined : parseDuration(flags.at)
  if (flags.at !== undefined && atMs === undefined)
    return refused(`--at is ${JSON.stringify(flags.at)}; expected a time such as 2m15.5s`, output)
  const object = objectAsked(asked, flags.namespace)
  if (object === undefined)
    return refused(`${JSON.stringify(asked.join(' '))} names no object; expected kind/name, such as pod/app`, output)
  const answer = await answerOf(scenario, { object, atMs, flags, output })
  if ('code' in answer) {
    output.out(answer.text)
    return answer.code
  }
  return refused(answer.problem, output)
}

function refused(problem: string, output: Output): number {
  output.err(plain`error: ${problem}\n`)
  return exitCodes.usage
}

/** `pod/app`, `pod app`, `secret/prod/db`, and `app` for a Pod. */
function objectAsked(asked: readonly string[], namespace: string): string | undefined {
  const parts = asked.flatMap((each) => each.split('/'))
  if (parts.length === 0 || parts.length > 3 || parts.includes('')) return undefined
  const [kind = '', name = kind, last] = parts
  if (last !== undefined) return parts.join('/')
  return `${parts.length === 1 ? 'pod' : kind}/${namespace}/${name}`
}

interface Question {
  readonly object: string
  /** Undefined: the end of the run. */
  readonly atMs: number | undefined
  readonly flags: WhyFlags
  readonly output: Output
}

async function answerOf(scenario: Scenario, { object, atMs, flags, output }: Question): Promise<Answer> {
  let answer: Answer | undefined
  let redaction: Redaction | undefined
  const seed = flags.seed ?? scenario.seed
  const look = (sim: Sim): void => {
    if (answer !== undefined || redaction === undefined) return
    answer = lookedAt(sim, { file: scenario.file, seed, at: sim.now(), object }, redaction, { flags, output })
  }
  const last = lastStep(scenario, atMs)
  const extended = { ...scenario, finally: [...scenario.finally, last] }
  const stop = listenForStop(() => process.exit(exitCodes.interrupted))
  // What comes after the answer need not run.
  const enough: StopSignal = {
    ...stop,
    get isStopped() {
      return stop.isStopped || answer !== undefined
    },
  }
  try {
    const options = {
      createSim,
      seed,
      ...(flags.version === undefined ? {} : { version: flags.version }),
      ...(flags.reveal === undefined ? {} : { reveal: flags.reveal }),
      started: (sim: Sim, given: Redaction) => {
        redaction = given
        if (atMs !== undefined) sim.at(atMs, () => look(sim))
      },
      stepped: (step: Step, done: StepResult, sim: Sim) => {
        if (step === last) look(sim)
        else if (answer === undefined && !stepPassed(done))
          output.err(plain`note: the step at ${placeText(scenario.file, done.place)} failed before that\n`)
      },
    }
    const result = await drive(extended, options, { output, stop: enough })
    if (answer !== undefined) return answer
    const code = result.outcome === 'interrupted' ? exitCodes.interrupted : exitCodes.failed
    return {
      text: plain`${result.reason ?? result.outcome}\n`,
      code: result.crash === undefined ? code : exitCodes.internal,
    }
  } finally {
    stop.close()
  }
}

/** A step that does nothing, at the moment that is asked about. */
function lastStep({ steps }: Scenario, atMs: number | undefined): Step {
  return {
    place: steps.at(-1)?.place ?? { line: 1, column: 1 },
    time: atMs === undefined ? { kind: 'after', ms: 0 } : { kind: 'at', ms: atMs },
    ...{ say: undefined, ask: undefined, action: undefined, output: undefined },
    ...{ expectations: [], capture: {}, continues: true },
  }
}

interface Form {
  readonly flags: WhyFlags
  readonly output: Output
}

function lookedAt(
  sim: Sim,
  asked: Parameters<typeof whyText>[0],
  redaction: Redaction,
  { flags, output }: Form,
): Answer {
  try {
    const explanation = sim.why(asked.object)
    // Nobody ever had it, and nobody asks for it: a slip of the pen.
    if (/, and there never was$/.test(explanation.summary) && explanation.details.length === 0)
      return { problem: `${explanation.summary}${nearby(sim, asked.object)}` }
    const chain = toldChain(sim.journal, explanation.chain, redaction)
    const text =
      flags.output === 'json'
        ? whyJson(asked, explanation, chain, redaction)
        : whyText(asked, explanation, chain, redaction, createPaint(output.isColoured))
    return { text, code: exitCodes.passed }
  } catch (error) {
    if (error instanceof SimUsageError) return { problem: error.message }
    throw error
  }
}

/** Objects of that kind that there are then, or the one that was meant. */
function nearby(sim: Sim, asked: string): string {
  const [kind = '', namespace = '', name = ''] = asked.split('/')
  const all = sim.list(kind).map(({ metadata }) => metadata)
  const here = all.filter((each) => (each.namespace ?? namespace) === namespace).map((each) => each.name)
  const meant = closest(name, here)
  if (meant !== undefined) return `; did you mean ${kind}/${meant}?`
  const elsewhere = all.find((each) => each.name === name)
  if (elsewhere !== undefined) return `; there is one in namespace ${elsewhere.namespace ?? ''} (-n)`
  return here.length === 0 ? `; there is no ${safeLine(kind)} then` : `; there is ${here.slice(0, 5).join(', ')}`
}
