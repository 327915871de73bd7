import type { Event, Node, Pod } from '../../../src/api/types/core.ts'
import type { KubeList, KubeObject, ResourceRef } from '../../../src/api/types/meta.ts'
import { resources } from '../../../src/client/client.ts'
import { adminUser } from '../../../src/cluster/control-plane.ts'
import { isListOf, type Judge, type RowScore } from '../judge.ts'
import { createRecordedControlPlane, type RecordedControlPlane } from '../recorded-control-plane.ts'
import { Bindings, unify, unifyUnordered } from '../unify.ts'
import { explainingChange } from './scheduler-changes.ts'
import { judgeIdleEvents, type SchedulingEntry } from './scheduler-events.ts'

interface ExpectedEvent {
  readonly type: string
  readonly reason: string
  readonly message: string
  readonly count?: null
}

interface ExpectedPod {
  readonly pod: string
  readonly nodeName: string | null
  readonly podScheduled: object | null
  readonly nominatedNodeName: string | null
  readonly events: readonly ExpectedEvent[]
}

interface Afterwards extends Partial<ExpectedPod> {
  readonly secondsUntilBound?: number
  readonly pods?: readonly {
    readonly name: string
    readonly nodeName: string | null
    readonly terminating: boolean
    readonly nominatedNodeName: string | null
  }[]
  readonly events: readonly (ExpectedEvent & { readonly on: string })[]
}

interface SchedulerVector {
  readonly name: string
  readonly group: string
  readonly namespace: string
  readonly note?: string
  readonly nodes?: readonly Node[]
  readonly existingPods?: readonly Pod[]
  readonly pods?: readonly Pod[]
  readonly otherObjects?: readonly { readonly path: string; readonly body: KubeObject }[]
  readonly expected?: readonly ExpectedPod[]
  readonly afterwards?: Afterwards
  readonly timeline?: readonly SchedulingEntry[]
}

/** Nodes, Pods, and where the scheduler put them (README-real-cluster.md, scheduler.json). */
export const schedulerVectors: Judge = {
  claims: ({ content }) =>
    isListOf(content, 'name', 'group') &&
    (content as readonly object[]).some((vector) => Object.hasOwn(vector, 'existingPods')),
  parts(file) {
    const vectors = file.content as readonly SchedulerVector[] // claimed
    return vectors.map((vector) => ({ name: vector.name, score: () => ({ rows: schedulerRows(vector) }) }))
  },
}

/** Time from the creation of a Pod until the recording looked. */
const lookMs = 400
/** What was measured of a retry hangs on the phase of the scheduler's own 1 s loop. Seconds. */
const retryTolerance = 1.1

function schedulerRows(vector: SchedulerVector): readonly RowScore[] {
  if (vector.timeline !== undefined) return judgeIdleEvents(vector.name, vector.timeline)
  const { namespace } = vector
  const cluster = createRecordedControlPlane({ seed: vector.name, namespace, runsScheduler: true })
  prepare(cluster, vector)
  const rows = (vector.pods ?? []).map((pod, at) => {
    create(cluster, resources.pods, pod, namespace)
    cluster.advance(lookMs)
    const { pod: name, ...expected } = vector.expected?.[at] ?? { pod: pod.metadata.name }
    return row(`${vector.name}#${at}`, () => compareShown(expected, shown(cluster, namespace, name), isTie(vector)))
  })
  return [...rows, ...afterwardsRows(cluster, vector)]
}

function row(name: string, compare: () => string | undefined): RowScore {
  const diff = compare() ?? ''
  return { row: name, passed: diff === '', diff }
}

/** Any of the nodes is right where two tie, which the vector's note states. */
function isTie({ note = '' }: SchedulerVector): boolean {
  return /\btie/.test(note)
}

function compareShown(expected: unknown, actual: unknown, isTied: boolean): string | undefined {
  const either = (value: unknown): unknown => {
    if (!isTied) return value
    const text = JSON.stringify(value).replace(/"nodeName":"[^"]+"/, '"nodeName":"any"')
    return JSON.parse(text.replace(/(Successfully assigned \S+ to )[^"]+/g, '$1any')) as unknown
  }
  return unify(either(expected), either(actual), new Bindings())
}

function afterwardsRows(cluster: RecordedControlPlane, vector: SchedulerVector): readonly RowScore[] {
  const { afterwards, namespace, name } = vector
  if (afterwards === undefined) return []
  if (afterwards.secondsUntilBound !== undefined)
    return [row(`${name}#retry`, () => retry(cluster, vector, afterwards))]
  const pods = (afterwards.pods ?? []).map((expected) =>
    row(`${name}#afterwards ${expected.name}`, () => {
      const found = podOf(cluster, namespace, expected.name)
      const { nodeName, nominatedNodeName } = shown(cluster, namespace, expected.name)
      const terminating = found?.metadata.deletionTimestamp !== undefined
      return unify(expected, { name: expected.name, nodeName, terminating, nominatedNodeName }, new Bindings())
    }),
  )
  const events = row(`${name}#afterwards events`, () => {
    const all = eventsOf(cluster, namespace).map(({ type, reason, message, involvedObject }) => ({
      type,
      reason,
      message,
      on: involvedObject.name,
    }))
    return unifyUnordered(afterwards.events, all, new Bindings(), 'events')
  })
  return [...pods, events]
}

/** The vector does not say what was changed so that the Pod fits: the least that explains its binding is. */
function retry(cluster: RecordedControlPlane, vector: SchedulerVector, afterwards: Afterwards): string | undefined {
  const { namespace } = vector
  const { secondsUntilBound = 0, pod: name = '', pods: _pods, ...expected } = afterwards
  const change = explainingChange(vector, afterwards.nodeName ?? '')
  if (change === undefined) return 'nothing explains the binding'
  if (change.kind === 'create') create(cluster, change.resource, change.object)
  else send(cluster, change.kind, change.resource, change.name, change.namespace, change.object)
  const changedAt = cluster.kernel.now()
  const isBound = () => (podOf(cluster, namespace, name)?.spec.nodeName ?? '') !== ''
  cluster.kernel.runUntilTrue(isBound, changedAt + 60_000)
  const seconds = (cluster.kernel.now() - changedAt) / 1000
  cluster.advance(lookMs)
  const different = unify(expected, shown(cluster, namespace, name), new Bindings())
  if (different !== undefined) return different
  if (Math.abs(seconds - secondsUntilBound) <= retryTolerance) return undefined
  return `secondsUntilBound: expected ${secondsUntilBound}, got ${seconds}`
}

function prepare(cluster: RecordedControlPlane, vector: SchedulerVector): void {
  for (const { path, body } of vector.otherObjects ?? []) create(cluster, resourceOf(path), body, namespaceOf(path))
  for (const node of vector.nodes ?? []) create(cluster, resources.nodes, node)
  // The node lifecycle controller takes the taint of new nodes away.
  cluster.advance(1000)
  for (const pod of vector.existingPods ?? []) create(cluster, resources.pods, pod, vector.namespace)
  cluster.advance(300)
}

function resourceOf(path: string): ResourceRef {
  const parts = path.replace(/^\//, '').split('/')
  const [group = '', version = ''] = parts[0] === 'api' ? ['', parts[1]] : [parts[1], parts[2]]
  const rest = parts.slice(parts[0] === 'api' ? 2 : 3)
  return { group, version, resource: (rest[0] === 'namespaces' ? rest[2] : undefined) ?? rest[0] ?? '' }
}

function namespaceOf(path: string): string | undefined {
  return /\/namespaces\/([^/]+)\/./.exec(path)?.[1]
}

function create(cluster: RecordedControlPlane, resource: ResourceRef, body: object, namespace?: string): void {
  const scope = namespace === undefined ? {} : { namespace }
  const answer = cluster.plane.server.handle({ user: adminUser, verb: 'create', resource, body, ...scope })
  if (!answer.ok) throw new Error(answer.status.message)
}

function send(
  cluster: RecordedControlPlane,
  verb: 'patch' | 'delete',
  resource: ResourceRef,
  name: string,
  namespace: string | undefined,
  body: object | undefined,
): void {
  const answer = cluster.plane.server.handle({
    user: adminUser,
    verb,
    resource,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    ...(verb === 'patch' ? { body, patchType: 'application/merge-patch+json' } : { delete: { gracePeriodSeconds: 0 } }),
  })
  if (!answer.ok) throw new Error(answer.status.message)
}

function podOf({ plane }: RecordedControlPlane, namespace: string, name: string): Pod | undefined {
  const answer = plane.server.handle({ user: adminUser, verb: 'get', resource: resources.pods, name, namespace })
  return answer.ok ? (answer.object as Pod) : undefined // the resource says the type
}

function eventsOf({ plane }: RecordedControlPlane, namespace: string): readonly Event[] {
  const answer = plane.server.handle({ user: adminUser, verb: 'list', resource: resources.events, namespace })
  return answer.ok ? (answer.object as unknown as KubeList<Event>).items : [] // a list of that resource
}

function shown(cluster: RecordedControlPlane, namespace: string, name: string): Omit<ExpectedPod, 'pod'> {
  const pod = podOf(cluster, namespace, name)
  const condition = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  const { status, reason, message } = condition ?? {}
  const scheduled = {
    status,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
  const events = eventsOf(cluster, namespace)
    .filter(({ involvedObject }) => involvedObject.name === name)
    .map(({ type = '', reason: why = '', message: what = '', action, reportingComponent, source, count }) =>
      JSON.stringify({ type, reason: why, message: what, action, reportingComponent, source, count: count ?? null }),
    )
  return {
    nodeName: pod?.spec.nodeName ?? null,
    podScheduled: condition === undefined ? null : scheduled,
    nominatedNodeName: pod?.status?.nominatedNodeName ?? null,
    // One that a retry repeated is listed once.
    events: [...new Set(events)].map((text) => JSON.parse(text) as ExpectedEvent),
  }
}
