import { safeText } from '../../bytes/terminal-text.ts'
import { isInPods, type RotationEffect, type RotationReport, type RotationRow } from '../../check/rotation.ts'
import { counted } from '../../check/words.ts'
import { formatDuration } from '../../sim/duration.ts'
import { joined, type Paint, plain, type TerminalText } from '../text.ts'

const nothing = plain``

/** A rotation for people: a line for each container, then how long both values live, then what to do. */
export function rotationText(report: RotationReport, paint: Paint): TerminalText {
  const { secret, key, version, strategy, runs, rows, assumed, cures } = report
  const what = key === undefined ? secret : `${secret}, key ${key}`
  const how = report.isImmutable ? 'it is immutable' : `${counted(runs, 'run')}, kubelets with ${strategy}`
  const told =
    rows.length === 0 ? plain`  nothing among the manifests uses it\n` : joined(rows.map((row) => rowText(row, paint)))
  return joined([
    plain`${paint('bold', `rotation of ${what}`)} on Kubernetes ${version} (${how})\n\n${told}\n${bothText(report)}\n`,
    listed('to bring it to everybody', cures, paint),
    listed(
      'otherwise',
      !rows.some(isInPods) ? [] : [`immutable: ${report.choices.immutable}`, `a new name: ${report.choices.newName}`],
      paint,
    ),
    listed('taken to be there', assumed, paint),
  ])
}

function listed(title: string, entries: readonly string[], paint: Paint): TerminalText {
  if (entries.length === 0) return nothing
  return plain`\n${paint('bold', title.toUpperCase())}\n${joined(entries.map((entry) => plain`  ${entry}\n`))}`
}

function rowText({ workload, container, way, where, effect, place }: RotationRow, paint: Paint): TerminalText {
  const use = [container, wayWords[way] ?? way, where].filter((text) => text !== '').join(' ')
  const at = `${place.file}:${place.line}:${place.column}`
  return plain`  ${workload}  ${paint('dim', `${use}  ${at}`)}\n    ${effectPaint(effect, paint)}\n`
}

const wayWords: Readonly<Partial<Record<RotationRow['way'], string>>> = {
  account: 'secrets',
  accountPull: 'imagePullSecrets',
}

function effectPaint(effect: RotationEffect, paint: Paint): TerminalText {
  const text = effectText(effect)
  return effect.kind === 'never'
    ? paint('red', text)
    : effect.kind === 'follows'
      ? paint('green', text)
      : plain`${text}`
}

/** One effect in words. */
function effectText(effect: RotationEffect): string {
  switch (effect.kind) {
    case 'follows':
      return `sees it after ${formatDuration(effect.p50Ms)} (half), ${formatDuration(effect.p99Ms)} (99 of 100), ${formatDuration(effect.worstMs)} at most; bound ${formatDuration(effect.boundMs)}; ${effect.measured} measured`
    case 'never':
      return `never: ${effect.reason}; until ${effect.until}`
    case 'next':
      return `sees it at ${effect.until}`
    case 'outside':
      return `${effect.reader} reads it over the API, when is its own affair: it is not simulated`
    case 'unaffected':
      return `not touched: ${effect.reason}`
    case 'notRunning':
      return 'its container does not run, so nothing can be said (podsim check says why)'
  }
}

function bothText({ rows, bothInUseMs }: RotationReport): string {
  if (rows.length === 0) return 'no container has an old value.'
  return bothInUseMs === undefined
    ? 'Old and new value are both in use until the containers that never follow are made anew: keep the old one valid until then.'
    : `Old and new value are both in use for up to ${formatDuration(bothInUseMs)}: keep the old one valid that long.`
}

/** Rotations of several Secrets as one table: a row for each Secret. */
export function rotationOverview(reports: readonly RotationReport[], paint: Paint): TerminalText {
  const heads = ['secret', 'uses', 'follow', 'at most', 'never', 'at a start', 'both in use']
  const rows = reports.map((report) => {
    const count = (kind: RotationEffect['kind']) => report.rows.filter(({ effect }) => effect.kind === kind).length
    const worst = Math.max(0, ...report.rows.map(({ effect }) => (effect.kind === 'follows' ? effect.worstMs : 0)))
    const both =
      report.rows.length === 0
        ? ''
        : report.bothInUseMs === undefined
          ? 'until restarts'
          : formatDuration(report.bothInUseMs)
    return [
      `${report.secret.replace(/^secret /, '')}${report.isImmutable ? ' (immutable)' : ''}`,
      ...[report.rows.length, count('follows')].map(String),
      worst === 0 ? '' : formatDuration(worst),
      ...[count('never'), count('next')].map(String),
      both,
    ]
  })
  return drawnTable(heads, rows, paint)
}

function drawnTable(heads: readonly string[], rows: readonly (readonly string[])[], paint: Paint): TerminalText {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const drawn = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd()
  return plain`${paint('bold', drawn(heads))}\n${joined(rows.map((row) => plain`${drawn(row)}\n`))}`
}

/** Several rotations as one table: strategies or versions side by side, a row for each container. */
export function rotationTable(
  reports: readonly RotationReport[],
  headOf: (report: RotationReport) => string,
  paint: Paint,
): TerminalText {
  const [first] = reports
  if (first === undefined) return nothing
  const heads = ['', ...reports.map(headOf)]
  const rows = first.rows.map(({ workload, container, way, where }, i) => [
    [workload, container, way, where].filter((text) => text !== '').join(' '),
    ...reports.map((report) => shortEffect(report.rows[i]?.effect)),
  ])
  const key = first.key === undefined ? '' : `, key ${first.key}`
  return plain`${paint('bold', `rotation of ${first.secret}${key}`)} (50 of 100 / at most)\n\n${drawnTable(heads, rows, paint)}`
}

function shortEffect(effect: RotationEffect | undefined): string {
  if (effect === undefined) return ''
  return effect.kind === 'follows' ? `${formatDuration(effect.p50Ms)} / ${formatDuration(effect.worstMs)}` : effect.kind
}

/** The reports as JSON. */
export function rotationJson(reports: readonly RotationReport[]): string {
  return `${JSON.stringify({ format: 1, rotations: reports }, null, 2)}\n`
}

/** The reports as Markdown tables. */
export function rotationMarkdown(reports: readonly RotationReport[]): string {
  return reports
    .map((report) => {
      const rows = report.rows.map(
        ({ workload, container, way, where, effect }) =>
          `| ${[workload, container, `${way} ${where}`.trim(), effectText(effect)].map(cell).join(' | ')} |\n`,
      )
      const cures = report.cures.length === 0 ? '' : `\n\`\`\`sh\n${safeText(report.cures.join('\n'))}\n\`\`\`\n`
      return `## ${cell(`Rotation of ${report.secret} (${report.version}, ${report.strategy})`)}\n\n| workload | container | how | when |\n| --- | --- | --- | --- |\n${rows.join('')}\n${bothText(report)}\n${cures}`
    })
    .join('\n')
}

function cell(text: string): string {
  return safeText(text)
    .replace(/[\\`*_{}[\]<>#|~]/g, '\\$&')
    .replace(/\n/g, '<br>')
}
