import { safeLine } from '../bytes/terminal-text.ts'
import type { Outcome, ScenarioResult } from '../scenario/result.ts'
import type { Together } from './aggregate.ts'
import { failuresOf, failureText, placeText } from './failures.ts'
import type { InvalidFile } from './junit.ts'
import { indented, joined, plain, type TerminalText } from './text.ts'

/** TAP 14: a line for each run, with a YAML block where it failed. */

/** What stands before the first line. */
export const tapHeader: TerminalText = plain`TAP version 14\n`

const marks: Readonly<Record<Outcome, 'ok' | 'not ok'>> = {
  passed: 'ok',
  failed: 'not ok',
  inconclusive: 'ok',
  broken: 'not ok',
  interrupted: 'ok',
}

/** The line of a run; `number` counts from 1. */
export function tapResult(result: ScenarioResult, number: number, repeat: string): TerminalText {
  const { scenario, seed, outcome, reason } = result
  const skip = outcome === 'inconclusive' || outcome === 'interrupted' ? ` # SKIP ${tapText(reason ?? outcome)}` : ''
  const head = plain`${marks[outcome]} ${number} - ${tapText(`${scenario.title} (${scenario.file}, seed ${seed})`)}${skip}\n`
  if (marks[outcome] === 'ok') return head
  const failures = failuresOf(result).map((failure) => ({
    at: placeText(scenario.file, failure.place),
    message: `${failure.what}\n${failureText(failure)}`,
  }))
  return joined([
    head,
    yamlBlock([
      ...failures.map(({ at, message }) => `at: ${quoted(at)}\nmessage: ${quoted(message)}`),
      `repeat: ${quoted(repeat)}`,
    ]),
  ])
}

/** A file that does not load. */
export function tapInvalid({ errors }: InvalidFile, number: number): TerminalText {
  const [first] = errors
  return joined([
    plain`not ok ${number} - ${tapText(`${first?.file ?? ''} loads`)}\n`,
    yamlBlock(errors.map(({ code, message }) => `code: ${code}\nmessage: ${quoted(message)}`)),
  ])
}

/** What is to be true of all runs together. */
export function tapTogether({ file, title, judged }: Together, from: number): TerminalText {
  return joined(
    judged.map(({ expected, outcome, found, place }, i) => {
      const skip = outcome === 'inconclusive' ? ` # SKIP ${tapText(found)}` : ''
      const head = plain`${outcome === 'failed' ? 'not ok' : 'ok'} ${from + i} - ${tapText(`${title}: ${expected}`)}${skip}\n`
      return outcome === 'failed'
        ? joined([head, yamlBlock([`at: ${quoted(placeText(file, place))}\nmessage: ${quoted(`found ${found}`)}`])])
        : head
    }),
  )
}

/** How many lines there were. */
export function tapPlan(count: number): TerminalText {
  return plain`1..${count}\n`
}

/** The first map of a block is its own; more are told in a list, as one key stands once. */
function yamlBlock(parts: readonly string[]): TerminalText {
  const items = parts.map((part) =>
    part
      .split('\n')
      .map((line, i) => `${i === 0 ? '- ' : '  '}${line}`)
      .join('\n'),
  )
  return plain`  ---\n${indented(items.join('\n'), '  ')}\n  ...\n`
}

function quoted(text: string): string {
  return JSON.stringify(text)
}

/** A description: a # would begin a directive. */
function tapText(text: string): string {
  return safeLine(text).replace(/\\/g, '\\\\').replace(/#/g, '\\#')
}
