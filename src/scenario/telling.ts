import type { InvariantViolation } from '../invariants/invariant.ts'
import { objectName } from '../kernel/journal.ts'
import type { Redaction } from '../looks/redaction.ts'
import type { Fault } from '../sim/sim.ts'
import type { Scenario, Step, StepAction } from './model.ts'
import { populationText } from './population.ts'
import { type ExpectationResult, type OutputMismatch, type StepResult, stepPassed } from './result.ts'
import { nameOf } from './select/select-pods.ts'
import { shellQuoted } from './shell-quote.ts'

/** What a run says of itself. Where values of Secrets could be in it, they are masked here and nowhere else. */

/** What a step is about to do. */
export type ToldStep = Pick<StepResult, 'action' | 'say'>

/** What it did. The output is the command's own: nothing is masked in it. */
export type ToldAction = ToldStep & Pick<StepResult, 'output' | 'mismatches' | 'problem' | 'lesson'>

/** A step in words. Best asked once its action is done: what that made a Secret's value is known only then. */
export function toldStep({ action, say }: Step, redaction: Redaction): ToldStep {
  return {
    action: action === undefined ? undefined : redaction.text(actionText(action)),
    say: say === undefined ? undefined : redaction.prose(say),
  }
}

/** What is told of a step of which nobody wants to hear. */
export const nothingTold: ToldStep = { action: undefined, say: undefined }

/** What a step does, as the story heads it: the command line as it ran. */
export function actionText(action: StepAction): string {
  switch (action.kind) {
    case 'kubectl':
      return `kubectl ${action.line}`
    case 'run':
      return action.script.trimEnd()
    case 'apply':
      return `kubectl apply -f - <<EOF\n${action.shown.trimEnd()}\nEOF`
    case 'exec': {
      const namespace = action.namespace === undefined ? '' : ` -n ${action.namespace}`
      const { pods, container: which } = nameOf(action)
      const container = which === undefined ? '' : ` -c ${which}`
      return `kubectl exec${namespace} ${pods}${container} -- ${execArguments(action.line).map(shellQuoted).join(' ')}`
    }
    case 'request': {
      const { method, path, user } = action.request
      return `${method} ${path}${user === undefined ? '' : ` as ${user}`}`
    }
    case 'populate':
      return `populate ${populationText(action.population)}`
    case 'wait':
    case 'waitFor':
      return 'wait'
    case 'fault':
      return `fault ${faultWords(action.fault)}`
  }
}

/** As the story has it before a command of somebody else than the one who does nearly all. */
export function userLead(action: StepAction | undefined): string {
  return action !== undefined && 'as' in action && action.as !== undefined ? `(as ${action.as}) ` : ''
}

/** What runs in the container for the line of an `exec:`. */
export function execArguments(line: string): readonly string[] {
  return ['sh', '-c', line]
}

/** `partition node-1, for 2m`: as the scenario has it. */
function faultWords(fault: Fault): string {
  return Object.entries(fault)
    .map(([key, value]) => `${key} ${String(value)}`)
    .join(', ')
}

export function redactedExpectation(result: ExpectationResult, redaction: Redaction): ExpectationResult {
  return {
    ...result,
    expected: shortened(redaction.text(result.expected)),
    found: shortened(redaction.text(result.found)),
    because: result.because === undefined ? undefined : redaction.prose(result.because),
  }
}

export function redactedMismatch({ what, expected, found }: OutputMismatch, redaction: Redaction): OutputMismatch {
  return { what, expected: redaction.text(expected), found: redaction.text(found) }
}

/** A broken invariant and what led there, a line for each record. */
export function violationText({ message, time, objects, records }: InvariantViolation): string {
  const about = objects.map((object) => `\n    ${objectName(object)}`)
  const chain = records.map((record) => {
    const object = record.object === undefined ? '' : ` ${objectName(record.object)}`
    return `\n    ${record.time} ms ${record.actor} ${record.type}${object}`
  })
  return `${message}, at ${time} ms${about.join('')}${chain.length === 0 ? '' : `\n  what led there:${chain.join('')}`}`
}

/** Quotations are cut where they are long: after masking, lest half a value stays. */
const quotation = /"(?:[^"\\]|\\.)*"/g
const longestQuotation = 120
const longestPhrase = 2000

function shortened(phrase: string): string {
  const cut = phrase.replace(quotation, (text) =>
    text.length > longestQuotation ? `${text.slice(0, longestQuotation - 3)}...` : text,
  )
  return cut.length > longestPhrase ? `${cut.slice(0, longestPhrase - 3)}...` : cut
}

/** The same without its words: of it nobody wants to hear. */
export function untold(result: ExpectationResult): ExpectationResult {
  return { ...result, expected: '', found: '', because: undefined }
}

/** How far a run that was stopped had come. */
export function interruptedText(scenario: Scenario, steps: readonly StepResult[]): string {
  const failed = steps.filter((step) => !stepPassed(step)).length
  return `interrupted after ${steps.length} of ${scenario.steps.length} steps${failed === 0 ? '' : `, ${failed} of them failed`}`
}
