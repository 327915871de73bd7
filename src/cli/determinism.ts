import type { ClusterRecord } from '../cluster/records.ts'
import { objectName } from '../kernel/journal.ts'
import { type Redaction, revealed } from '../looks/redaction.ts'
import type { ScenarioResult } from '../scenario/result.ts'
import type { RunOptions } from '../scenario/run.ts'
import { formatInstant } from '../sim/duration.ts'

export interface ComparedRuns {
  readonly result: ScenarioResult
  /** How many runs had the digest of the first, itself included. */
  readonly agreeing: number
}

/**
 * Runs a scenario, by `runOnce`, `times` times and compares digests. The first run is the one that is told. Where a later one differs, the
 * result is failed, and says at which record they part.
 */
export async function runOften(
  options: RunOptions,
  times: number,
  runOnce: (options: RunOptions) => Promise<ScenarioResult>,
): Promise<ComparedRuns> {
  const kept = new KeptRecords()
  const result = await runOnce(times === 1 ? options : kept.keptBy(options))
  const { started: _1, stepping: _2, acted: _3, judged: _4, stepped: _5, ...silent } = options
  for (let run = 2; run <= times; run++) {
    if (result.outcome === 'interrupted') return { result, agreeing: run - 1 }
    const other = new KeptRecords()
    const again = await runOnce(other.keptBy(silent))
    if (again.outcome === 'interrupted') return { result: { ...result, ...endingOf(again) }, agreeing: run - 1 }
    if (again.digest === result.digest) continue
    const reason = differenceText({ run, times }, kept, other)
    return { result: { ...result, outcome: 'failed', reason }, agreeing: run - 1 }
  }
  return { result, agreeing: times }
}

function endingOf({ outcome, reason }: ScenarioResult): Pick<ScenarioResult, 'outcome' | 'reason'> {
  return { outcome, reason }
}

/**
 * Hears of a run, and keeps its records as long as somebody holds it. A class: a literal with getters would keep its simulation alive
 * (docs/decisions/0011-what-is-made-in-crowds.md).
 */
class KeptRecords {
  records: readonly ClusterRecord[] = []
  redaction: Redaction = revealed

  /** The same options, of whose run the records are kept. */
  keptBy(options: RunOptions): RunOptions {
    return {
      ...options,
      started: (sim, given) => {
        this.records = sim.journal.records
        this.redaction = given
        options.started?.(sim, given)
      },
    }
  }
}

/** Records before the first difference that are told. */
const contextRecords = 3

/** Where two runs of one seed part: the first record that differs, with those before it. */
export function differenceText(
  { run, times }: { readonly run: number; readonly times: number },
  first: Pick<KeptRecords, 'records' | 'redaction'>,
  other: Pick<KeptRecords, 'records' | 'redaction'>,
): string {
  const at = firstDifference(first.records, other.records)
  const head = `not deterministic: ${run - 1} of ${times} runs agreed, run ${run} differs`
  if (at === undefined) return `${head} in what its records do not show`
  const before = first.records.slice(Math.max(0, at - contextRecords), at).map((record) => `  both   ${lineOf(record)}`)
  const there = first.records[at]
  const here = other.records[at]
  const path = there === undefined || here === undefined ? undefined : firstDifferentPath(there, here)
  return [
    `${head} from record ${at + 1} on:`,
    ...before,
    ...[there, here].map((record, i) => {
      const name = i === 0 ? 'run 1  ' : `run ${run}`.padEnd(7)
      if (record === undefined) return `  ${name}ended`
      const { redaction } = i === 0 ? first : other
      return `  ${name}${lineOf(record)}${path === undefined ? '' : `, ${path.join('.')} ${shown(valueAt(redaction.value(record), path))}`}`
    }),
  ].join('\n')
}

function lineOf({ time, actor, type, object }: ClusterRecord): string {
  return `${formatInstant(time)} ${actor} ${type}${object === undefined ? '' : ` ${objectName(object)}`}`
}

function firstDifference(some: readonly ClusterRecord[], others: readonly ClusterRecord[]): number | undefined {
  const length = Math.max(some.length, others.length)
  for (let i = 0; i < length; i++) if (JSON.stringify(some[i]) !== JSON.stringify(others[i])) return i
  return undefined
}

/** Names that lead to the first member in which two values differ. */
function firstDifferentPath(left: unknown, right: unknown): readonly string[] {
  if (!isObject(left) || !isObject(right)) return []
  for (const name of new Set([...Object.keys(left), ...Object.keys(right)])) {
    if (JSON.stringify(left[name]) !== JSON.stringify(right[name]))
      return [name, ...firstDifferentPath(left[name], right[name])]
  }
  return []
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), value)
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent'
  return text.length > 200 ? `${text.slice(0, 197)}...` : text
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}
