import type { Step } from '../scenario/model.ts'
import { type ScenarioResult, type StepResult, stepPassed } from '../scenario/result.ts'
import { actionText } from '../scenario/run.ts'
import { formatDuration, formatInstant } from '../sim/duration.ts'
import type { StoryLine } from './story.ts'
import { indent, type Paint, type Style, safeText } from './text.ts'
import type { Tone } from './told.ts'
import { plural } from './words.ts'

/** Pretty reports: texts with their line ends, ready for a terminal, a pipe or a file. */

const styles: Readonly<Record<Tone, Style | undefined>> = {
  normal: undefined,
  warning: 'yellow',
  good: 'green',
  visible: 'cyan',
  fault: 'red',
  chatter: 'dim',
}

/** A glyph beside the colour: nothing is told by colour alone. */
const glyphs: Readonly<Record<Tone, string>> = {
  normal: ' ',
  warning: '!',
  good: '✓',
  visible: '◆',
  fault: '↯',
  chatter: '·',
}

const lead = ' '.repeat(14)

export function titleText(
  result: { readonly title: string; readonly file: string },
  seed: string,
  paint: Paint,
): string {
  return `${paint('bold', safeText(result.title))}\n${paint('dim', `${result.file}, seed ${seed}`)}\n\n`
}

export function stepText(step: Step, at: number, paint: Paint): string {
  const said =
    step.say === undefined ? '' : `\n${indent(wrap(safeText(step.say), 100), `${lead}${paint('dim', '│')} `)}\n`
  if (step.action === undefined || step.action.kind === 'wait' || step.action.kind === 'waitFor') return said
  const text = safeText(actionText(step.action))
  const [first = '', ...rest] = text.split('\n')
  const continued = rest.map((line) => `${lead}  ${paint('bold', line)}\n`).join('')
  return `${said}${paint('dim', formatInstant(at))}  ${paint('bold', `$ ${first}`)}\n${continued}`
}

export function outputText({ output }: StepResult, paint: Paint): string {
  if (output === undefined) return ''
  const shown = safeText(output.stdout + output.stderr)
  return shown === '' ? '' : `${indent(shown, `${lead}${paint('dim', '|')} `)}\n`
}

export function storyText(line: StoryLine, paint: Paint): string {
  const style = styles[line.tone]
  const text = safeText(`${glyphs[line.tone]} ${line.actor.padEnd(20)} ${line.text}`)
  return `${paint('dim', formatInstant(line.time))}  ${style === undefined ? text : paint(style, text)}\n`
}

/** What a step's command and expectations came to; nothing when all is well and nothing was expected. */
export function verdictText(file: string, step: StepResult, paint: Paint): string {
  const at = ({ line, column }: { readonly line: number; readonly column: number }) => `${file}:${line}:${column}`
  const lines = step.mismatches.map(
    ({ what, expected, found }) =>
      `${paint('red', `✗ ${what} of ${safeText(step.action?.split('\n')[0] ?? 'the step')}`)}  ${at(step.place)}\n${indent(safeText(`expected ${expected}`), '    ')}\n${indent(safeText(`found    ${found}`), '    ')}`,
  )
  if (step.problem !== undefined)
    lines.push(
      `${paint('red', `✗ ${safeText(step.action?.split('\n')[0] ?? 'the step')}`)}  ${at(step.place)}\n    ${safeText(step.problem)}`,
    )
  for (const { passed, expected, found, because, place } of step.expectations) {
    const reason = because === undefined ? '' : `\n    because ${safeText(because)}`
    lines.push(
      passed
        ? `${paint('green', '✓')} ${safeText(expected)}`
        : `${paint('red', `✗ ${safeText(expected)}`)}  ${at(place)}\n    found: ${safeText(found)}${reason}`,
    )
  }
  return lines.map((line) => `${indent(line, `${lead}`)}\n`).join('')
}

/** One line a scenario: outcome, title, how much virtual time, digest. */
export function resultLine(result: ScenarioResult, paint: Paint): string {
  const mark = {
    passed: paint('green', '✓'),
    failed: paint('red', '✗'),
    inconclusive: paint('yellow', '?'),
    broken: paint('red', '‼'),
  }[result.outcome]
  const facts = `${formatDuration(result.endedAt)} of virtual time, seed ${result.seed}, digest ${result.digest}`
  const why = result.reason === undefined ? '' : `\n  ${paint('yellow', result.reason)}`
  return `${mark} ${safeText(result.scenario.title)}  ${paint('dim', `${result.scenario.file}: ${facts}`)}${why}\n`
}

/** The failed steps of a scenario, for runs that do not tell the story. */
export function failuresText(result: ScenarioResult, paint: Paint): string {
  return result.steps
    .filter((step) => !stepPassed(step))
    .map((step) =>
      verdictText(
        result.scenario.file,
        { ...step, expectations: step.expectations.filter(({ passed }) => !passed) },
        paint,
      ),
    )
    .join('')
}

/** The command that repeats a run. */
export function repeatText(result: ScenarioResult): string {
  return `  repeat with: podsim run ${result.scenario.file} --seed ${result.seed}\n`
}

export function summaryText(results: readonly ScenarioResult[], invalid: number, paint: Paint): string {
  const count = (outcome: ScenarioResult['outcome']) => results.filter((result) => result.outcome === outcome).length
  const parts = [
    paint('green', `${count('passed')} passed`),
    ...(count('failed') > 0 ? [paint('red', `${count('failed')} failed`)] : []),
    ...(count('inconclusive') > 0 ? [paint('yellow', `${count('inconclusive')} inconclusive`)] : []),
    ...(count('broken') > 0 ? [paint('red', `${count('broken')} broke podsim`)] : []),
    ...(invalid > 0 ? [paint('red', `${invalid} not loaded`)] : []),
  ]
  const all = results.length + invalid
  return `\n${all} ${plural(all, 'scenario')}: ${parts.join(', ')}\n`
}

/** Breaks at blanks so that lines stay readable; what has no blank stays whole. */
function wrap(text: string, width: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const lines: string[] = []
      let current = ''
      for (const word of line.split(' ')) {
        if (current !== '' && current.length + 1 + word.length > width) {
          lines.push(current)
          current = word
        } else current = current === '' ? word : `${current} ${word}`
      }
      return [...lines, current].join('\n')
    })
    .join('\n')
}
