import type { Place } from '../../check/given.ts'
import type { Assumption, Blocker, CheckReport, Refusal, Remark, Started, Waiting } from '../../check/report.ts'
import { allStarts } from '../../check/report.ts'
import { counted } from '../../check/words.ts'
import { formatDuration } from '../../sim/duration.ts'
import { joined, type Paint, plain, type TerminalText } from '../text.ts'

const nothing = plain``

/** A report of `podsim check` for people: what is refused and what does not start first, what starts last. */
export function checkText(report: CheckReport, paint: Paint): TerminalText {
  const { version, objects, forMs, seeds } = report
  const runs = seeds === 1 ? '' : `, ${counted(seeds, 'run')}`
  const unreadable = report.unreadable.map(
    ({ place, message }) => plain`  ${paint('red', message)}  ${at(place, paint)}\n`,
  )
  return joined([
    plain`${paint('bold', `${counted(objects, 'object')} on Kubernetes ${version}`)}, watched for ${formatDuration(forMs)}${runs}\n`,
    section('cannot be read', unreadable, paint),
    section(
      'refused',
      report.refused.map((each) => refusalText(each, paint)),
      paint,
    ),
    section(
      'will not start',
      report.blocked.map((each) => blockerText(each, seeds, paint)),
      paint,
    ),
    section(
      'starts, but',
      report.remarks.map((each) => remarkText(each, paint)),
      paint,
    ),
    section(
      'taken for granted',
      report.assumed.map((each) => assumptionText(each, paint)),
      paint,
    ),
    section(
      'starts',
      report.started.map((each) => startedText(each, paint)),
      paint,
    ),
    plain`\n${paint(allStarts(report) ? 'green' : 'red', verdict(report))}\n`,
  ])
}

function section(title: string, entries: readonly TerminalText[], paint: Paint): TerminalText {
  if (entries.length === 0) return nothing
  return plain`\n${paint('bold', `${title.toUpperCase()} (${entries.length})`)}\n${joined(entries)}`
}

function at({ file, line, column }: Place, paint: Paint): TerminalText {
  return paint('dim', `${file}:${line}:${column}`)
}

function refusalText({ object, place, reason, cure }: Refusal, paint: Paint): TerminalText {
  const words = joined(reason.split('\n').map((line) => plain`    ${line}\n`))
  const told = cure === undefined ? nothing : plain`    cure: ${cure}\n`
  return plain`  ${paint('red', `✗ ${object}`)}  ${at(place, paint)}\n${words}${told}`
}

function blockerText({ summary, place, hints, waits, runs }: Blocker, seeds: number, paint: Paint): TerminalText {
  const some = runs === seeds ? nothing : paint('dim', ` (in ${runs} of ${seeds} runs)`)
  const told = joined(hints.map((hint) => plain`    ${hint}\n`))
  const who = joined(waits.map((each) => waitingText(each, paint)))
  return plain`  ${paint('red', `✗ ${summary}`)}${some}  ${at(place, paint)}\n${told}${who}`
}

function waitingText({ workload, status, place, uses, event }: Waiting, paint: Paint): TerminalText {
  const details = [...uses, ...(event === undefined ? [] : [event])]
  const shown = status === '' ? nothing : plain`  ${paint('yellow', status)}`
  const below = joined(details.map((text) => plain`        ${paint('dim', text)}\n`))
  return plain`    waits: ${workload}${shown}  ${at(place, paint)}\n${below}`
}

function remarkText({ level, place, message }: Remark, paint: Paint): TerminalText {
  const mark = level === 'warning' ? paint('yellow', '! ') : plain`  `
  return plain`  ${mark}${message}  ${at(place, paint)}\n`
}

function assumptionText({ message, place }: Assumption, paint: Paint): TerminalText {
  return plain`  ${message}${place === undefined ? nothing : plain`  ${at(place, paint)}`}\n`
}

function startedText({ workload, afterMs }: Started, paint: Paint): TerminalText {
  return plain`  ${paint('green', '✓')} ${workload}  ${paint('dim', `after ${formatDuration(afterMs)}`)}\n`
}

/** One line that says it all. */
export function verdict(report: CheckReport): string {
  const { refused, blocked, unreadable, started, remarks } = report
  const waiting = new Set(blocked.flatMap(({ waits }) => waits.map(({ workload }) => workload))).size
  const warnings = remarks.filter(({ level }) => level === 'warning').length
  const rest = warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`
  if (allStarts(report)) return `✓ everything starts: ${counted(started.length, 'workload')}${rest}`
  const parts = [
    ...(unreadable.length === 0 ? [] : [`${counted(unreadable.length, 'document')} cannot be read`]),
    ...(refused.length === 0 ? [] : [`${counted(refused.length, 'object')} refused`]),
    ...(blocked.length === 0 ? [] : [`${counted(waiting, 'workload')} held up by ${counted(blocked.length, 'cause')}`]),
  ]
  return `✗ ${parts.join(', ')}; ${counted(started.length, 'workload')} started${rest}`
}
