import { safeJson, safeLine } from '../../bytes/terminal-text.ts'
import { formatInstant } from '../../sim/duration.ts'
import { joined, lines, type Paint, plain, type TerminalText } from '../text.ts'
import { plural } from '../words.ts'
import type { Comparison, Parting, Side, VersionStep } from './compare-runs.ts'
import type { EndDifference } from './end-facts.ts'

/** Where two runs part, for people and for programs. */

/** Rows that are shown of what differs at the end, and of what changed in one version. */
const mostRows = 20

/** The answer for people. `steps` are there where versions were compared. */
export function diffText(
  comparison: Comparison,
  steps: readonly VersionStep[] | undefined,
  paint: Paint,
): TerminalText {
  const { left, right, isSame, parting, untold, end } = comparison
  const head = plain`${paint('red', '-')} ${sideText(left)}\n${paint('green', '+')} ${sideText(right)}\n`
  if (isSame) return plain`${head}\nthe same: ${left.records} records, digest ${left.digest}\n`
  return joined([
    head,
    parting === undefined ? plain`` : partingText(parting, paint),
    untold === undefined
      ? plain``
      : plain`\nwhat is told is the same; record ${untold.record} differs${untold.path === '' ? '' : ` in ${safeLine(untold.path)}`}\n${paint('red', `- ${safeLine(untold.left)}`)}\n${paint('green', `+ ${safeLine(untold.right)}`)}\n`,
    endText(end, paint),
    steps === undefined ? plain`` : stepsText(steps, paint),
  ])
}

function sideText({ file, seed, version, digest }: Side): string {
  return safeLine(`${file}, seed ${seed}, ${version}, digest ${digest}`)
}

function partingText({ time, lines: pairs, differences, actors }: Parting, paint: Paint): TerminalText {
  const width = Math.max(...pairs.map(({ actor }) => actor.length))
  const line = (told: { readonly time: number; readonly text: string }, actor: string) =>
    safeLine(`${formatInstant(told.time)}  ${actor.padEnd(width)}  ${told.text}`)
  const texts = pairs.flatMap(({ actor, left, right, isSame }) => {
    if (isSame && left !== undefined) return [plain`  ${paint('dim', line(left, actor))}`]
    return [
      ...(left === undefined ? [] : [paint('red', `- ${line(left, actor)}`)]),
      ...(right === undefined ? [] : [paint('green', `+ ${line(right, actor)}`)]),
    ]
  })
  const what = `${differences} ${plural(differences, 'difference')} in the story, by ${actors.join(', ')}`
  return plain`\n${paint('bold', `the first difference, at ${formatInstant(time)}`)}\n${lines(texts)}  ${paint('dim', safeLine(what))}\n`
}

function endText(end: readonly EndDifference[], paint: Paint): TerminalText {
  if (end.length === 0) return plain`\n${paint('bold', 'at the end')}\n  both come to the same\n`
  const texts = end
    .slice(0, mostRows)
    .flatMap(({ what, left, right }) => [
      plain`  ${safeLine(what)}`,
      ...[paint('red', `    - ${safeLine(left ?? 'none')}`), paint('green', `    + ${safeLine(right ?? 'none')}`)],
    ])
  const more = end.length > mostRows ? [plain`  and ${end.length - mostRows} more`] : []
  return plain`\n${paint('bold', 'at the end')}\n${lines([...texts, ...more])}`
}

function stepsText(steps: readonly VersionStep[], paint: Paint): TerminalText {
  if (steps.length === 0)
    return plain`\n${paint('bold', 'versions')}\n  from one version to the next the story is the same\n`
  const note =
    'all rows of these versions in the tables of those who act otherwise; which of them did it the tables do not say'
  return plain`\n${paint('bold', 'versions at which the run changes')}\n${joined(steps.map((step) => stepText(step, paint)))}  ${paint('dim', note)}\n`
}

function stepText({ minor, actors, first, rows, ofApiServer }: VersionStep, paint: Paint): TerminalText {
  const more = rows.length > mostRows ? [`${rows.length - mostRows} more`] : []
  const others = ofApiServer > 0 ? [`${ofApiServer} of the API server, which all of them ask (docs/versions.md)`] : []
  const rest = [...more, ...others]
  return joined([
    plain`  ${paint('bold', `v1.${minor}`)}  ${paint('dim', safeLine(`otherwise than v1.${minor - 1}: ${actors.join(', ')}`))}\n`,
    lines([
      ...(first.left === undefined ? [] : [paint('red', safeLine(`    - ${first.left.text}`))]),
      ...(first.right === undefined ? [] : [paint('green', safeLine(`    + ${first.right.text}`))]),
    ]),
    lines(
      rows
        .slice(0, mostRows)
        .map(
          ({ component, what, source }) =>
            plain`    ${safeLine(`${component}: ${what}`)}  ${paint('dim', safeLine(source))}`,
        ),
    ),
    rest.length === 0 ? plain`` : plain`    ${rows.length === 0 ? '' : 'and '}${rest.join(', ')}\n`,
    rows.length === 0 && rest.length === 0 ? plain`    no row is dated here\n` : plain``,
  ])
}

/** The answer for programs. */
export function diffJson(comparison: Comparison, steps: readonly VersionStep[] | undefined): TerminalText {
  const answer = { format: 1, ...comparison, ...(steps === undefined ? {} : { versions: steps }) }
  return plain`${safeJson(answer, 2)}\n`
}
