import { safeLine } from '../bytes/terminal-text.ts'
import type { AskedQuestion } from '../scenario/asking.ts'
import type { ScenarioFacts, Step } from '../scenario/model.ts'
import type { Place } from '../scenario/place.ts'
import {
  type ExpectationResult,
  type Lesson,
  type Outcome,
  type ScenarioResult,
  type StepResult,
  stepPassed,
} from '../scenario/result.ts'
import { shellQuoted } from '../scenario/shell-quote.ts'
import type { ToldAction, ToldStep } from '../scenario/telling.ts'
import { formatDuration, formatInstant } from '../sim/duration.ts'
import type { Together } from './aggregate.ts'
import { diffText, firstLines } from './line-diff.ts'
import type { StoryLine } from './story.ts'
import { indented, joined, lines, type Paint, plain, type Style, type TerminalText } from './text.ts'
import type { Tone } from './told.ts'
import { plural, wrap } from './words.ts'

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
const nothing = plain``

export function titleText(
  result: { readonly title: string; readonly file: string },
  seed: string,
  paint: Paint,
): TerminalText {
  return plain`${paint('bold', safeLine(result.title))}\n${paint('dim', safeLine(`${result.file}, seed ${seed}`))}\n\n`
}

/** Narration and command of a step, at its time. */
export function stepText(step: Step, { say, action }: ToldStep, at: number, paint: Paint): TerminalText {
  const said = say === undefined ? nothing : plain`\n${indented(wrap(say, 100), plain`${lead}${paint('dim', '│')} `)}\n`
  if (action === undefined || step.action?.kind === 'wait' || step.action?.kind === 'waitFor') return said
  const [first = '', ...rest] = action.split('\n')
  const continued = lines(rest.map((line) => plain`${lead}  ${paint('bold', line)}`))
  return plain`${said}${paint('dim', formatInstant(at))}  ${paint('bold', `$ ${first}`)}\n${continued}`
}

export function outputText({ output }: ToldAction, paint: Paint): TerminalText {
  const shown = output === undefined ? '' : output.stdout + output.stderr
  return shown === '' ? nothing : plain`${indented(firstLines(shown, paint), plain`${lead}${paint('dim', '|')} `)}\n`
}

/** A question, its answers, and then which is right and why: a page or player waits in between. */
export function questionText({ question, choices, because }: AskedQuestion, paint: Paint): TerminalText {
  const answers = choices.map(
    ({ text, holds }, i) => plain`${lead}${holds ? paint('green', '✓') : ' '} ${i + 1}  ${text}`,
  )
  const why =
    because === undefined ? nothing : plain`${indented(wrap(because, 100), plain`${lead}${paint('dim', '│')} `)}\n`
  return plain`${lead}${paint('bold', `? ${safeLine(question)}`)}\n${lines(answers)}${why}`
}

export function storyText(line: StoryLine, paint: Paint): TerminalText {
  const style = styles[line.tone]
  const text = safeLine(`${glyphs[line.tone]} ${line.actor.padEnd(20)} ${line.text}`)
  return plain`${paint('dim', formatInstant(line.time))}  ${style === undefined ? text : paint(style, text)}\n`
}

/** What was wrong with a step's command; nothing when all is well. */
export function mismatchText(file: string, step: ToldAction & { readonly place: Place }, paint: Paint): TerminalText {
  const name = safeLine(step.action?.split('\n')[0] ?? 'the step')
  const wrong = step.mismatches.map(
    (mismatch) =>
      plain`${paint('red', `✗ ${safeLine(mismatch.what)} of ${name}`)}  ${at(file, step.place)}\n${differenceText(mismatch, paint)}`,
  )
  const problem =
    step.problem === undefined
      ? []
      : [plain`${paint('red', `✗ ${name}`)}  ${at(file, step.place)}\n${indented(step.problem, '    ')}`]
  const all = lines([...wrong, ...problem].map((text) => indented(text, lead)))
  return wrong.length + problem.length === 0 ? all : joined([all, lessonText(step.lesson, paint)])
}

/** Expected and found; whole outputs line by line, the lines of one alone marked. */
function differenceText({ what, expected, found }: StepResult['mismatches'][number], paint: Paint): TerminalText {
  if ((what === 'stdout' || what === 'stderr') && (expected + found).includes('\n'))
    return indented(diffText(expected, found, paint), '    ')
  const [wanted, actual] = [`expected ${expected}`, `found    ${found}`].map((text) => firstLines(text, paint))
  return plain`${indented(wanted ?? '', '    ')}\n${indented(actual ?? '', '    ')}`
}

/** What an expectation came to. */
export function verdictText(file: string, result: ExpectationResult, paint: Paint): TerminalText {
  const { passed, place } = result
  const [expected, found, because] = [result.expected, result.found, result.because ?? ''].map(safeLine)
  if (passed) return plain`${lead}${paint('green', '✓')} ${expected ?? ''}\n`
  const reason = result.because === undefined ? nothing : plain`\n${lead}    because ${because ?? ''}`
  const texts = quotedTexts(result.expected, result.found)
  const difference =
    texts === undefined ? nothing : plain`${indented(diffText(texts.expected, texts.found, paint), `${lead}    `)}\n`
  return plain`${lead}${paint('red', `✗ ${expected}`)}  ${at(file, place)}\n${lead}    found: ${found ?? ''}${reason}\n${difference}${lessonText(result.lesson, paint)}`
}

/** The texts of several lines that two phrases quote last; undefined where there are none, or they were cut. */
function quotedTexts(
  expected: string,
  found: string,
): { readonly expected: string; readonly found: string } | undefined {
  const [wanted, actual] = [lastQuoted(expected), lastQuoted(found)]
  if (wanted === undefined || actual === undefined || !(wanted + actual).includes('\n')) return undefined
  return { expected: wanted, found: actual }
}

function lastQuoted(phrase: string): string | undefined {
  const quotation = phrase.match(/"(?:[^"\\]|\\.)*"/g)?.at(-1)
  try {
    const text: unknown = quotation === undefined ? undefined : JSON.parse(quotation)
    return typeof text === 'string' ? text : undefined
  } catch {
    return undefined
  }
}

/** Where a failure stands, what is the matter with what it is about, and what happened to that last. */
function lessonText(lesson: Lesson | undefined, paint: Paint): TerminalText {
  if (lesson === undefined) return nothing
  const { frame, why, touched } = lesson
  const before = `${lead}    `
  const width = Math.max(0, ...touched.map(({ actor }) => actor.length))
  const last = touched.map(({ time, actor, text }) =>
    safeLine(`${formatInstant(time)}  ${actor.padEnd(width)}  ${text}`),
  )
  const block = (title: string, told: readonly string[]) =>
    told.length === 0
      ? nothing
      : plain`${before}${title}${lines(told.map((line, i) => plain`${i === 0 && title !== '' ? '' : before}${title !== '' && i > 0 ? '     ' : ''}${line}`))}`
  return joined([
    lines(frame.map((line) => plain`${before}${paint('dim', safeLine(line))}`)),
    block('why: ', why.map(safeLine)),
    last.length === 0 ? nothing : plain`${before}last:\n${lines(last.map((line) => plain`${before}  ${line}`))}`,
  ])
}

function at(scenarioFile: string, { file = scenarioFile, line, column }: Place): string {
  return `${safeLine(file)}:${line}:${column}`
}

/**
 * One line a scenario: outcome, title, how much virtual time, digest; `agreeing` runs had that digest. Below it stands what
 * was taken for granted.
 */
export function resultLine(result: ScenarioResult, agreeing: number, paint: Paint): TerminalText {
  const mark: Readonly<Record<Outcome, TerminalText>> = {
    passed: paint('green', '✓'),
    failed: paint('red', '✗'),
    inconclusive: paint('yellow', '?'),
    broken: paint('red', '‼'),
    interrupted: paint('yellow', '■'),
  }
  const runs = agreeing < 2 ? '' : `, ${agreeing} runs agree`
  const facts = `${formatDuration(result.endedAt)} of virtual time, seed ${result.seed}, digest ${result.digest}${runs}`
  const why = result.reason === undefined ? nothing : plain`\n${indented(paint('yellow', result.reason), '  ')}`
  const where = paint('dim', safeLine(`${result.scenario.file}: ${facts}`))
  const assumed = (result.assumed ?? []).map(
    (text) => plain`\n  ${paint('dim', safeLine(`taken for granted: ${text}`))}`,
  )
  return plain`${mark[result.outcome]} ${safeLine(result.scenario.title)}  ${where}${why}${joined(assumed)}\n`
}

/** The failed steps of a scenario, for runs that do not tell the story. */
export function failuresText(result: ScenarioResult, paint: Paint): TerminalText {
  const { file } = result.scenario
  return joined(result.steps.filter((step) => !stepPassed(step)).map((step) => failureText(file, step, paint)))
}

function failureText(file: string, step: StepResult, paint: Paint): TerminalText {
  const failed = step.expectations.filter(({ passed }) => !passed)
  return joined([mismatchText(file, step, paint), ...failed.map((each) => verdictText(file, each, paint))])
}

/** What beside file and seed decides how a run goes, or what is told of it. */
export interface RepeatOptions {
  readonly maxEvents?: number
  readonly reveal?: boolean
  /** In place of the scenario's. */
  readonly version?: string
  /** Runs that were compared. */
  readonly runs?: number
}

/** What a run is repeated by. */
interface Repeatable {
  readonly seed: string
  readonly scenario: Pick<ScenarioFacts, 'file' | 'settings'>
}

/** The command that repeats a run, ready to be pasted into a POSIX shell. */
export function repeatCommand(result: Repeatable, { maxEvents, reveal, runs, version }: RepeatOptions): string {
  const { file } = result.scenario
  const words = [
    'podsim',
    'run',
    // A name that begins with a dash is no option.
    file.startsWith('-') && file !== '-' ? `./${file}` : file,
    ...(result.seed.startsWith('-') ? [`--seed=${result.seed}`] : ['--seed', result.seed]),
    ...Object.entries(result.scenario.settings).flatMap(([name, value]) => ['--set', `${name}=${value}`]),
    ...(version === undefined ? [] : ['--version', version]),
    ...(maxEvents === undefined ? [] : ['--max-events', String(maxEvents)]),
    ...(runs === undefined || runs < 2 ? [] : ['--verify-determinism', ...(runs === 2 ? [] : [String(runs)])]),
    ...(reveal === true ? ['--reveal'] : []),
  ]
  return words.map(shellQuoted).join(' ')
}

export function repeatText(result: ScenarioResult, options: RepeatOptions): TerminalText {
  return plain`  repeat with: ${repeatCommand(result, options)}\n`
}

/** What several runs of a scenario say together. */
export function togetherText(all: readonly Together[], paint: Paint): TerminalText {
  const marks = { passed: paint('green', '✓'), failed: paint('red', '✗'), inconclusive: paint('yellow', '?') }
  return joined(
    all.map(({ file, title, runs, judged }) =>
      joined([
        plain`\n${safeLine(title)}, ${runs} ${plural(runs, 'run')} together\n`,
        ...judged.map(
          ({ place, outcome, expected, found }) =>
            plain`  ${marks[outcome]} ${safeLine(expected)}  ${paint('dim', at(file, place))}\n      ${safeLine(found)}\n`,
        ),
      ]),
    ),
  )
}

export function summaryText(
  results: readonly ScenarioResult[],
  invalid: number,
  left: number,
  paint: Paint,
): TerminalText {
  const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length
  const parts: readonly (readonly [number: number, style: Style, what: string])[] = [
    [count('passed'), 'green', 'passed'],
    [count('failed'), 'red', 'failed'],
    [count('inconclusive'), 'yellow', 'inconclusive'],
    [count('broken'), 'red', 'broke podsim'],
    [count('interrupted'), 'yellow', 'interrupted'],
    [left, 'yellow', 'not run'],
    [invalid, 'red', 'not loaded'],
  ]
  const told = parts.filter(([number, , what]) => number > 0 || what === 'passed')
  const all = results.length + left + invalid
  const list = joined(
    told.map(([number, style, what]) => paint(style, `${number} ${what}`)),
    ', ',
  )
  return plain`\n${all} ${plural(all, 'scenario')}: ${list}\n`
}
