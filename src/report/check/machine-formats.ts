import { safeText } from '../../bytes/terminal-text.ts'
import type { CheckReport } from '../../check/report.ts'
import { sarifLog } from '../sarif.ts'
import { findingsOf } from './findings.ts'

/** The whole report as JSON; `format` counts up when its shape changes. */
export function checkJson(report: CheckReport): string {
  return `${JSON.stringify({ format: 1, ...report }, null, 2)}\n`
}

/** Workflow commands of GitHub Actions, one a finding. Source: docs.github.com, workflow commands, and @actions/core's escapes. */
export function checkGithub(report: CheckReport): string {
  return findingsOf(report)
    .map(({ level, place, rule, message }) => {
      const where = `file=${property(place.file)},line=${place.line},col=${place.column},title=${property(rule)}`
      return `::${level === 'note' ? 'notice' : level} ${where}::${data(message)}\n`
    })
    .join('')
}

function data(text: string): string {
  return safeText(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}

/** SARIF 2.1.0, a finding each. */
export function checkSarif(report: CheckReport, toolVersion: string): string {
  return `${JSON.stringify(sarifLog(findingsOf(report), toolVersion), null, 2)}\n`
}

/** JUnit XML: a test case for each workload and each refused object. */
export function checkJunit(report: CheckReport): string {
  const failed = new Map<string, string[]>()
  const fail = (name: string, message: string) => failed.set(name, [...(failed.get(name) ?? []), message])
  for (const { object, reason } of report.refused) fail(object, `refused: ${reason}`)
  for (const { place, message } of report.unreadable) fail(`${place.file}:${place.line}`, message)
  for (const { summary, waits } of report.blocked)
    for (const { workload, event } of waits) fail(workload, event === undefined ? summary : `${summary}\n${event}`)
  const passed = report.started.filter(({ workload }) => !failed.has(workload))
  const cases = [
    ...[...failed].map(([name, messages]) => {
      const [first = ''] = messages
      return `    <testcase classname="podsim.check" name="${xml(name)}"><failure message="${xml(first.split('\n')[0] ?? '')}">${xml(messages.join('\n'))}</failure></testcase>\n`
    }),
    ...passed.map(
      ({ workload, afterMs }) =>
        `    <testcase classname="podsim.check" name="${xml(workload)}" time="${afterMs / 1000}"/>\n`,
    ),
  ]
  const counts = `tests="${cases.length}" failures="${failed.size}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites ${counts}>\n  <testsuite name="podsim check" ${counts}>\n${cases.join('')}  </testsuite>\n</testsuites>\n`
}

/** Characters that XML 1.0 has no way to write are shown by their code. */
function xml(text: string): string {
  return text
    .replace(
      /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g,
      (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
}
