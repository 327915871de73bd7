import { safeLine } from '../bytes/terminal-text.ts'
import { judgeTogether, type Together } from '../report/aggregate.ts'
import { placeText } from '../report/failures.ts'
import { repeatCommand, togetherText } from '../report/pretty.ts'
import { indented, joined, type Paint, plain, type TerminalText } from '../report/text.ts'
import { plural } from '../report/words.ts'
import type { Outcome } from '../scenario/result.ts'
import { quantile } from '../scenario/thresholds.ts'
import { formatDuration } from '../sim/duration.ts'
import { joined as joinedGroups } from './delay-groups.ts'
import { histogram } from './histogram.ts'
import { type DelayGroup, missingIn, type Sweep, type SweepCell, type SweepRow } from './sweep.ts'

/** What a sweep came to, in words: all of it is in its rows. */

/** Runs that failed and are told one by one; of more only their seeds. */
const mostFailures = 10
const mostSeeds = 40
const barWidth = 40

/** What only all runs together say. */
export function judgedTogether({ file, cells, thresholds, rows }: Sweep): readonly Together[] {
  const scenarios = cells.map(({ title }) => ({ file, title, thresholds }))
  return judgeTogether(
    scenarios,
    rows.map(({ cell, measured, sometimes }) => ({
      scenario: { file, title: cells[cell]?.title ?? '' },
      measured,
      sometimes,
    })),
  )
}

/** The report of a sweep. */
export function sweepReport(sweep: Sweep, paint: Paint): TerminalText {
  const { cells, rows } = sweep
  const perCell = cells.map((cell, i) => {
    const own = rows.filter((row) => row.cell === i)
    return joined([
      plain`${paint('bold', safeLine(cell.title))}  ${paint('dim', safeLine(sweep.file))}\n`,
      outcomesText(own, paint),
      failedText(sweep, cell, own, paint),
      delaysText(joinedGroups(own.flatMap(({ delays }) => delays)), paint),
    ])
  })
  const left = missingIn(sweep).length
  const cut = left === 0 ? plain`` : plain`${paint('yellow', `${left} ${plural(left, 'run')} not made`)}\n`
  return joined([joined(perCell, '\n'), togetherText(judgedTogether(sweep), paint), cut])
}

const marks: Readonly<Record<Outcome, 'green' | 'red' | 'yellow'>> = {
  passed: 'green',
  failed: 'red',
  inconclusive: 'yellow',
  broken: 'red',
  interrupted: 'yellow',
}

function outcomesText(rows: readonly SweepRow[], paint: Paint): TerminalText {
  const parts = Object.entries(marks).flatMap(([outcome, colour]) => {
    const { length } = rows.filter((row) => row.outcome === outcome)
    return length === 0 && outcome !== 'passed' ? [] : [paint(colour, `${length} ${outcome}`)]
  })
  return plain`  ${rows.length} ${plural(rows.length, 'run')}: ${joined(parts, ', ')}\n`
}

function failedText(
  { file, options: { version, maxEvents } }: Sweep,
  { settings }: SweepCell,
  rows: readonly SweepRow[],
  paint: Paint,
): TerminalText {
  const failed = rows.filter(({ outcome }) => outcome !== 'passed')
  const options = { ...(version === undefined ? {} : { version }), ...(maxEvents === undefined ? {} : { maxEvents }) }
  const told = failed
    .slice(0, mostFailures)
    .map(({ seed, outcome, failures }) =>
      joined([
        plain`  ${paint(marks[outcome], safeLine(`seed ${seed} ${outcome}`))}\n`,
        ...failures.map(
          ({ place, what, found }) =>
            plain`    ${safeLine(what)}  ${paint('dim', safeLine(placeText(file, place)))}\n${indented(`found: ${found}`, '      ')}\n`,
        ),
        plain`    repeat with: ${safeLine(repeatCommand({ seed, scenario: { file, settings } }, options))}\n`,
      ]),
    )
  const more = failed.slice(mostFailures).map(({ seed }) => seed)
  const seeds = [...more.slice(0, mostSeeds), ...(more.length > mostSeeds ? [`${more.length - mostSeeds} more`] : [])]
  return joined([...told, seeds.length === 0 ? plain`` : plain`  and seeds ${safeLine(seeds.join(', '))}\n`])
}

function delaysText(groups: readonly DelayGroup[], paint: Paint): TerminalText {
  return joined(groups.map((group) => groupText(group, paint)))
}

function groupText({ strategy, secret, container, seenMs, open, never }: DelayGroup, paint: Paint): TerminalText {
  const sorted = [...seenMs].sort((a, b) => a - b)
  const name = plain`\n  ${safeLine(secret)} in ${safeLine(container)}, ${strategy}\n`
  const unseen = [
    ...(open === 0 ? [] : [`${open} not seen when the run ended`]),
    ...(never === 0 ? [] : [`${never} never seen`]),
  ]
  const rest = unseen.length === 0 ? plain`` : plain`    ${paint('yellow', unseen.join(', '))}\n`
  if (sorted.length === 0) return joined([name, rest])
  const of = (part: number) => formatDuration(quantile(sorted, part) ?? 0)
  const [min, max] = [formatDuration(sorted[0] ?? 0), formatDuration(sorted[sorted.length - 1] ?? 0)]
  const figures = `${sorted.length} ${plural(sorted.length, 'update')}: min ${min}, p50 ${of(0.5)}, p90 ${of(0.9)}, p99 ${of(0.99)}, max ${max}`
  return joined([name, plain`    ${figures}\n`, rest, barsText(sorted, paint)])
}

function barsText(sorted: readonly number[], paint: Paint): TerminalText {
  const bars = histogram(sorted)
  const highest = Math.max(...bars.map(({ count }) => count))
  return joined(
    bars.map(({ fromMs, count }) => {
      const length = count === 0 ? 0 : Math.max(1, Math.round((count / highest) * barWidth))
      const bar = '█'.repeat(length)
      return plain`    ${formatDuration(fromMs).padStart(9)} ${paint('cyan', bar)}${bar === '' ? '' : ' '}${count}\n`
    }),
  )
}
