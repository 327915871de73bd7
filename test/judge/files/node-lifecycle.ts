import type { RowScore } from '../judge.ts'
import { createRecordedControlPlane } from '../recorded-control-plane.ts'
import { type LifecycleEntry, LifecycleReplay } from './lifecycle-replay.ts'

export type { LifecycleEntry }

/** How far instants may lie apart: the node monitor's period, and what a watcher adds (README-real-cluster.md). Seconds. */
const tolerance = 5.6
/** After the last thing that was done, the recording goes on to its own clean-up. Seconds. */
const afterwards = 60

type Change = readonly [value: string, t: number]
type Changes = ReadonlyMap<string, readonly Change[]>

/**
 * One row for each thing that changes (taints of a node, an event's text ...): its values must come in the recorded
 * order, each to within a look of the node monitor. When that looks is the recording's own: the best phase counts.
 */
export function judgeNodeLifecycle(name: string, timeline: readonly LifecycleEntry[]): readonly RowScore[] {
  const begun = timeline.find((entry) => entry.do !== undefined)?.t ?? 0
  // What a watcher is told at first was there before.
  const own = timeline.filter(({ t }) => t >= begun)
  const until = Math.max(...own.filter((entry) => entry.do !== undefined).map(({ t }) => t)) + afterwards
  const expected = changesOf(own.filter((entry) => entry.do === undefined && entry.t < until))
  let best: readonly RowScore[] | undefined
  for (let phaseMs = 0; phaseMs < 5000; phaseMs += 1000) {
    const found = changesOf(replay(own, until, phaseMs))
    const rows = rowsOf(name, expected, found)
    if (best === undefined || failures(rows) < failures(best)) best = rows
    if (failures(best) === 0) break
  }
  return best ?? []
}

function failures(rows: readonly RowScore[]): number {
  return rows.filter(({ passed }) => !passed).length
}

function replay(timeline: readonly LifecycleEntry[], until: number, phaseMs: number): readonly LifecycleEntry[] {
  const namespace = namespaceOf(timeline)
  const cluster = createRecordedControlPlane({ seed: 'lifecycle', namespace })
  cluster.advance(phaseMs)
  const beganAt = cluster.kernel.now()
  const run = new LifecycleReplay(cluster, namespace)
  for (const entry of timeline) {
    if (entry.do === undefined) continue
    cluster.kernel.runUntil(Math.max(cluster.kernel.now(), beganAt + Math.round(entry.t * 1000)))
    run.act(entry.do)
  }
  cluster.kernel.runUntil(beganAt + until * 1000)
  return run.seen
}

/** Events of the recorded Pods name it. */
function namespaceOf(timeline: readonly LifecycleEntry[]): string {
  for (const { on = '', message = '' } of timeline) {
    const named = on.startsWith('Pod/') ? /Pod ([^\s/]+)\//.exec(message)?.[1] : undefined
    if (named !== undefined) return named
  }
  return 'lifecycle'
}

function rowsOf(name: string, expected: Changes, found: Changes): readonly RowScore[] {
  const subjects = [...new Set([...expected.keys(), ...found.keys()])].sort()
  return subjects.map((subject) => {
    const recorded = expected.get(subject) ?? []
    const ours = found.get(subject) ?? []
    const problems: string[] = []
    for (let at = 0; at < Math.max(recorded.length, ours.length); at++) {
      const [value, t] = recorded[at] ?? []
      const [ourValue, ourT] = ours[at] ?? []
      const isClose = t !== undefined && ourT !== undefined && Math.abs(t - ourT) <= tolerance
      if (value !== ourValue || !isClose) problems.push(`expected ${value} at ${t} s, found ${ourValue} at ${ourT} s`)
    }
    return { row: `${name}#${subject}`, passed: problems.length === 0, diff: problems.join('\n') }
  })
}

/** For each thing that can change, its values one after the other: races between different things do not matter. */
function changesOf(entries: readonly LifecycleEntry[]): Changes {
  const all = new Map<string, Change[]>()
  const note = (what: string, value: unknown, t: number): void => {
    const list = all.get(what) ?? []
    all.set(what, list)
    const shown = JSON.stringify(value)
    if (list.at(-1)?.[0] !== shown) list.push([shown, t])
  }
  for (const entry of entries) {
    const { t, kind, name, event } = entry
    if (kind === 'event') note(`${entry.from} tells ${entry.on} ${entry.reason}`, [entry.type, entry.message], t)
    if (kind === 'node' && event !== 'DELETED')
      for (const field of ['taints', 'conditions', 'ttl', 'unschedulable'] as const)
        note(`${name} ${field}`, entry[field], t)
    if (kind === 'pod' && event !== 'DELETED')
      for (const field of ['phase', 'conditions', 'deleting'] as const) note(`${name} ${field}`, entry[field], t)
    if (event === 'DELETED') note(`${name} deleted`, true, t)
  }
  return all
}
