import type { Event, Node, Pod } from '../../../src/api/types/core.ts'
import type { ResourceRef } from '../../../src/api/types/meta.ts'
import { resources } from '../../../src/client/client.ts'
import { adminUser } from '../../../src/cluster/control-plane.ts'
import type { RowScore } from '../judge.ts'
import { createRecordedControlPlane, type RecordedControlPlane, readyNode } from '../recorded-control-plane.ts'

/** One line of the timeline of a Pod that stays unschedulable. `t` in seconds. */
export interface SchedulingEntry {
  readonly t: number
  readonly do?: string
  readonly seen?: string
  readonly event?: string
  readonly pod?: string
  readonly [field: string]: unknown
}

const namespace = 'idle'
/** "Times are good to about a second". */
const tolerance = 1.2
/** A retry waits for a look of the scheduler's queue, every 30 s; the phase of that is the recording's own. */
const phases = Array.from({ length: 15 }, (_, at) => at * 2000)

/** One row for each thing that was seen, and for each step that is not understood; that of one second in any order. */
export function judgeIdleEvents(name: string, timeline: readonly SchedulingEntry[]): readonly RowScore[] {
  const steps = timeline.flatMap(({ t, do: words }) => (words === undefined ? [] : [{ t, words }]))
  const [first] = steps
  const [, node = '', has = ''] = /; the only node (\S+) has (\d+)$/.exec(first?.words ?? '') ?? []
  const unknown = steps.filter(({ words }) => changesOf(words).length === 0)
  if (first === undefined || node === '' || unknown.length > 0) {
    const told = [...unknown, ...(node === '' ? steps.slice(0, 1) : [])]
    return told.map(({ words }, at) => ({ row: `${name}#do ${at}`, passed: false, diff: `unknown step: ${words}` }))
  }
  const expected = timeline.filter((entry) => entry.seen !== undefined)
  const until = Math.max(...expected.map(({ t }) => t)) + tolerance
  let best: readonly RowScore[] | undefined
  for (const phaseMs of phases) {
    const seen = observed({ steps, node, has, until: until - first.t, phaseMs })
    const rows = compare(name, expected, seen, first.t)
    if (best === undefined || failures(rows) < failures(best)) best = rows
    if (failures(best) === 0) break
  }
  return best ?? []
}

interface Change {
  readonly verb: 'create' | 'patch' | 'delete'
  readonly resource: ResourceRef
  readonly body?: object
  readonly name?: string
}

/** What the words of a step are in requests; none: they are not understood. */
function changesOf(words: string): readonly Change[] {
  const pod = /^create pod (\S+) that asks for (\d+) CPU(?:; the only node \S+ has \d+)?$/.exec(words)
  if (pod !== null) return [{ verb: 'create', resource: resources.pods, body: podThatAsks(pod[1] ?? '', pod[2] ?? '') }]
  const node = /^create node (\S+) with (\d+) CPU$/.exec(words)
  if (node !== null)
    return [{ verb: 'create', resource: resources.nodes, body: nodeWith(node[1] ?? '', node[2] ?? '') }]
  const cordon = /^(un)?cordon (\S+)/.exec(words)
  const body = { spec: { unschedulable: cordon?.[1] === undefined ? true : null } }
  if (cordon !== null) return [{ verb: 'patch', resource: resources.nodes, name: cordon[2] ?? '', body }]
  const gone = /^delete (pod|node) (\S+)$/.exec(words)
  if (gone !== null)
    return [{ verb: 'delete', resource: gone[1] === 'pod' ? resources.pods : resources.nodes, name: gone[2] ?? '' }]
  return []
}

function podThatAsks(name: string, cpu: string): object {
  const spec = { containers: [{ name: 'c', image: 'redis', resources: { requests: { cpu } } }] }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec }
}

function nodeWith(name: string, cpu: string): object {
  const whole = readyNode(name, '2020-05-01T00:00:00Z') as Node
  const amounts = { ...whole.status?.allocatable, cpu }
  return { ...whole, status: { ...whole.status, capacity: amounts, allocatable: amounts } }
}

function failures(rows: readonly RowScore[]): number {
  return rows.filter(({ passed }) => !passed).length
}

function compare(
  name: string,
  expected: readonly SchedulingEntry[],
  seen: readonly SchedulingEntry[],
  offset: number,
): readonly RowScore[] {
  const left = [...seen]
  const rows = expected.map((entry, at): RowScore => {
    const { t, ...rest } = entry
    const wanted = JSON.stringify(rest)
    const found = left.findIndex(({ t: ours, ...other }) => {
      return Math.abs(ours + offset - t) <= tolerance && JSON.stringify(other) === wanted
    })
    if (found >= 0) left.splice(found, 1)
    const diff = found >= 0 ? '' : `expected ${wanted} at ${t} s, left were\n${left.map(show(offset)).join('\n')}`
    return { row: `${name}#${at}`, passed: found >= 0, diff }
  })
  const more = left.map(show(offset)).join('\n')
  return [...rows, { row: `${name}#nothing else`, passed: more === '', diff: more }]
}

function show(offset: number) {
  return ({ t, ...rest }: SchedulingEntry): string => `${t + offset} s ${JSON.stringify(rest)}`
}

interface Situation {
  readonly steps: readonly { readonly t: number; readonly words: string }[]
  readonly node: string
  readonly has: string
  readonly until: number
  readonly phaseMs: number
}

function observed({ steps, node, has, until, phaseMs }: Situation): readonly SchedulingEntry[] {
  const cluster = createRecordedControlPlane({ seed: 'idle', namespace, runsScheduler: true })
  const { kernel, plane } = cluster
  ask(cluster, { verb: 'create', resource: resources.nodes, body: nodeWith(node, has) })
  cluster.keepLease(node)
  cluster.advance(1000 + phaseMs)
  const seen: SchedulingEntry[] = []
  const names = new Map<string, string>()
  const beganAt = kernel.now()
  const watch = <T>(resource: ResourceRef, show: (object: T) => object): void => {
    plane.server.watch(
      adminUser,
      resource,
      { namespace },
      {
        event(event) {
          if (event.type === 'ERROR' || event.type === 'BOOKMARK') return
          // The watch is of that resource.
          seen.push({ t: (kernel.now() - beganAt) / 1000, seen: event.type, ...show(event.object as unknown as T) })
        },
        closed: () => {},
      },
    )
  }
  watch<Event>(resources.events, (event) => {
    const known = names.get(event.metadata.name) ?? `event-${names.size + 1}`
    names.set(event.metadata.name, known)
    return shownEvent(known, event)
  })
  watch<Pod>(resources.pods, shownPod)
  for (const { t, words } of steps) {
    kernel.runUntil(beganAt + (t - (steps[0]?.t ?? 0)) * 1000)
    for (const change of changesOf(words)) {
      ask(cluster, change)
      const { metadata } = (change.body ?? {}) as Partial<Node> // of a Node, if it is one that is made
      if (change.verb === 'create' && change.resource === resources.nodes) cluster.keepLease(metadata?.name ?? '')
    }
  }
  kernel.runUntil(beganAt + until * 1000)
  return seen
}

function shownEvent(name: string, event: Event): object {
  const { reason, message, count, firstTimestamp, eventTime } = event
  const { series } = event as { readonly series?: { readonly count: number } } // of events.k8s.io
  return {
    event: name,
    reason,
    message,
    count: count ?? null,
    series: series === undefined ? null : { count: series.count },
    firstTimestamp: firstTimestamp ?? null,
    hasEventTime: eventTime !== undefined && eventTime !== null,
  }
}

function shownPod({ metadata, spec, status }: Pod): object {
  const conditions = (status?.conditions ?? []).map(({ type, status: is, reason, message }) => ({
    type,
    status: is,
    reason,
    message,
  }))
  return { pod: metadata.name, nodeName: spec.nodeName ?? null, conditions }
}

function ask({ plane }: RecordedControlPlane, { verb, resource, body, name }: Change): void {
  const place = resource === resources.nodes ? {} : { namespace }
  const patchType = verb === 'patch' ? { patchType: 'application/merge-patch+json' as const } : {}
  const forced = verb === 'delete' ? { delete: { gracePeriodSeconds: 0 } } : {}
  const named = name === undefined ? {} : { name }
  const answer = plane.server.handle({
    ...{ user: adminUser, verb, resource, ...place, ...named, ...patchType, ...forced },
    ...(body === undefined ? {} : { body }),
  })
  if (!answer.ok) throw new Error(answer.status.message)
}
