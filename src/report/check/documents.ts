import { safeText } from '../../bytes/terminal-text.ts'
import type { Place } from '../../check/given.ts'
import type { Blocker, CheckReport } from '../../check/report.ts'
import { counted } from '../../check/words.ts'
import { formatDuration } from '../../sim/duration.ts'
import { verdict } from './text.ts'

/** The report as Markdown, for a comment or a page. */
export function checkMarkdown(report: CheckReport): string {
  return sectionsOf(report)
    .map(({ title, intro, rows, head }) => {
      const table = rows.map((row) => `| ${row.map(markdownCell).join(' | ')} |\n`).join('')
      const top = `| ${head.join(' | ')} |\n| ${head.map(() => '---').join(' | ')} |\n`
      return `${title === '' ? '' : `\n## ${title}\n\n`}${intro === '' ? '' : `${markdownCell(intro)}\n`}${rows.length === 0 ? '' : `${title === '' ? '\n' : ''}${top}${table}`}`
    })
    .join('')
}

/** Text from outside as a cell: no mark-up of its own, on one line. */
function markdownCell(text: string): string {
  return safeText(text)
    .replace(/[\\`*_{}[\]<>()#+!|~]/g, '\\$&')
    .replace(/\n/g, '<br>')
}

/** The report as one page of HTML that needs nothing else. */
export function checkHtml(report: CheckReport): string {
  const body = sectionsOf(report)
    .map(({ title, intro, head, rows }) => {
      const table =
        rows.length === 0
          ? ''
          : `<table><thead><tr>${head.map((cell) => `<th scope="col">${html(cell)}</th>`).join('')}</tr></thead><tbody>${rows
              .map((row) => `<tr>${row.map((cell) => `<td>${html(cell)}</td>`).join('')}</tr>`)
              .join('')}</tbody></table>`
      return `<section>${title === '' ? '<h1>podsim check</h1>' : `<h2>${html(title)}</h2>`}${intro === '' ? '' : `<p>${html(intro)}</p>`}${table}</section>\n`
    })
    .join('')
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>podsim check</title><style>
:root { color-scheme: light dark; font: 15px/1.45 system-ui, sans-serif }
body { max-width: 78rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #8886; white-space: pre-line; overflow-wrap: anywhere }
</style></head><body>
${body}</body></html>
`
}

function html(text: string): string {
  return safeText(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;')
}

interface Section {
  readonly title: string
  readonly intro: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}

/** The report as tables; empty ones are left out. */
function sectionsOf(report: CheckReport): readonly Section[] {
  const { version, objects, forMs } = report
  const all: readonly Section[] = [
    {
      title: 'Cannot be read',
      intro: '',
      head: ['where', 'why'],
      rows: report.unreadable.map(({ place, message }) => [at(place), message]),
    },
    {
      title: 'Refused',
      intro: '',
      head: ['object', 'where', 'why', 'cure'],
      rows: report.refused.map(({ object, place, reason, cure }) => [object, at(place), reason, cure ?? '']),
    },
    { title: 'Will not start', intro: '', head: ['cause', 'where', 'who waits'], rows: report.blocked.map(blockerRow) },
    {
      title: 'Starts, but',
      intro: '',
      head: ['', 'where', 'what'],
      rows: report.remarks.map(({ level, place, message }) => [level, at(place), message]),
    },
    {
      title: 'Taken for granted',
      intro: '',
      head: ['where', 'what'],
      rows: report.assumed.map(({ place, message }) => [place === undefined ? '' : at(place), message]),
    },
    {
      title: 'Starts',
      intro: '',
      head: ['workload', 'after'],
      rows: report.started.map(({ workload, afterMs }) => [workload, formatDuration(afterMs)]),
    },
  ]
  const intro = `${verdict(report)} (${counted(objects, 'object')} on Kubernetes ${version}, watched for ${formatDuration(forMs)})`
  return [{ title: '', intro, head: [], rows: [] }, ...all.filter(({ rows }) => rows.length > 0)]
}

function blockerRow({ summary, hints, place, waits }: Blocker): readonly string[] {
  const who = waits.map(({ workload, status, uses, event }) =>
    [
      `${workload}${status === '' ? '' : ` (${status})`}`,
      ...uses.map((use) => `  ${use}`),
      ...(event === undefined ? [] : [`  ${event}`]),
    ].join('\n'),
  )
  return [[summary, ...hints].join('\n'), at(place), who.join('\n')]
}

function at({ file, line, column }: Place): string {
  return `${file}:${line}:${column}`
}
