import { safeLine } from '../bytes/terminal-text.ts'
import { lineAndColumn } from '../scenario/diagnostic.ts'
import type { Outcome, ScenarioResult } from '../scenario/result.ts'
import { formatDuration } from '../sim/duration.ts'
import type { Together } from './aggregate.ts'
import { failuresOf, failureText, placeText } from './failures.ts'
import type { InvalidFile } from './junit.ts'
import { plain, type TerminalText } from './text.ts'

/** A page of Markdown, as GITHUB_STEP_SUMMARY takes it: a table of all runs, and what went wrong. */

const marks: Readonly<Record<Outcome, string>> = {
  passed: '✓ passed',
  failed: '✗ failed',
  inconclusive: '? inconclusive',
  broken: '‼ broke podsim',
  interrupted: '■ interrupted',
}

/** All of a run. */
export function markdownPage(
  results: readonly ScenarioResult[],
  invalid: readonly InvalidFile[],
  together: readonly Together[],
  repeat: (result: ScenarioResult) => string,
): TerminalText {
  const passed = results.filter(({ outcome }) => outcome === 'passed').length
  const rows = results.map(({ scenario, seed, digest, outcome, endedAt }) =>
    row([marks[outcome], scenario.title, code(scenario.file), code(seed), formatDuration(endedAt), code(digest)]),
  )
  const failed = results.filter(({ outcome }) => outcome !== 'passed')
  const parts = [
    `## podsim: ${passed} of ${results.length} passed${invalid.length === 0 ? '' : `, ${invalid.length} not loaded`}\n`,
    ...(rows.length === 0
      ? []
      : [
          `| outcome | scenario | file | seed | virtual time | digest |\n| --- | --- | --- | --- | --- | --- |\n${rows.join('\n')}\n`,
        ]),
    ...invalid.flatMap(invalidText),
    ...failed.map((result) => failureSection(result, repeat(result))),
    ...together.map(togetherSection),
  ]
  return plain`${`${parts.join('\n')}`}`
}

function failureSection(result: ScenarioResult, repeat: string): string {
  const failures = failuresOf(result).map(
    (failure) =>
      `- ${text(failure.what)} (${code(placeText(result.scenario.file, failure.place))})\n\n${fenced(failureText(failure))}\n`,
  )
  return `### ${text(result.scenario.title)}\n\n${failures.join('')}\nRepeat with ${code(repeat)}\n`
}

function togetherSection({ file, title, runs, judged }: Together): string {
  const rows = judged.map(({ outcome, expected, found, place }) =>
    row([marks[outcome], expected, found, code(placeText(file, place))]),
  )
  return `### ${text(title)}: ${runs} runs together\n\n| outcome | expected | found | at |\n| --- | --- | --- | --- |\n${rows.join('\n')}\n`
}

function invalidText({ text: loaded, errors }: InvalidFile): readonly string[] {
  return errors.map((error) => {
    const { line, column } = lineAndColumn(error.text ?? loaded, error.range[0])
    return `- ${code(`${error.file}:${line}:${column}`)} ${error.code}: ${text(error.message)}\n`
  })
}

function row(cells: readonly string[]): string {
  return `| ${cells.map((cell) => (cell.startsWith('`') ? cell : text(cell)).replace(/\|/g, '\\|')).join(' | ')} |`
}

function code(given: string): string {
  return `\`${safeLine(given).replace(/`/g, "'")}\``
}

/** Nothing in it is markup. */
function text(given: string): string {
  return safeLine(given).replace(/[\\`*_{}[\]<>#]/g, '\\$&')
}

function fenced(given: string): string {
  return `  \`\`\`\`\n${given
    .split('\n')
    .map((line) => `  ${safeLine(line).replace(/`{4,}/g, "'")}`)
    .join('\n')}\n  \`\`\`\``
}
