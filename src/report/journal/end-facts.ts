import { plural } from '../words.ts'
import { essence, unnamed } from './align.ts'
import { inside } from './members.ts'
import type { JournalLine } from './run-journal.ts'

/** What a run came to, in words that can be laid beside those of another. */

/** What is compared at the end, and what each run has of it; absent: it has none. */
export interface EndDifference {
  readonly what: string
  readonly left?: string
  readonly right?: string
}

/** Kinds that change all the time or come by themselves. */
const quietKinds = new Set(['Event', 'Lease', 'Endpoints', 'EndpointSlice', 'ControllerRevision', 'Node'])

/** Where two runs do not come to the same: Pods by their state, Events by their number, other objects, delays of Secrets. */
export function endDifferences(left: readonly JournalLine[], right: readonly JournalLine[]): readonly EndDifference[] {
  const [a, b] = [endFacts(left), endFacts(right)]
  return [...new Set([...a.keys(), ...b.keys()])]
    .filter((what) => a.get(what) !== b.get(what))
    .map((what) => ({ what, ...member('left', a.get(what)), ...member('right', b.get(what)) }))
}

function member<K extends string>(name: K, value: string | undefined): { readonly [key in K]?: string } {
  // The one member that is asked for.
  return (value === undefined ? {} : { [name]: value }) as { readonly [key in K]?: string }
}

/** Facts by what they are about. Those about many of one name (the Pods of a ReplicaSet) are told together. */
function endFacts(lines: readonly JournalLine[]): ReadonlyMap<string, string> {
  const objects = new Map<string, { readonly name: string; readonly kind: string; readonly state: string }>()
  const events = new Map<string, { readonly about: string; readonly count: number }>()
  const delays = new Map<string, string[]>()
  for (const { type, object, after, story } of lines) {
    const [, delay] = story?.tone === 'visible' ? (/written (\S+) before/.exec(story.text) ?? []) : []
    if (story !== undefined && delay !== undefined) {
      const what = essence(story.text).replace(/, written .*/, '')
      delays.set(what, [...(delays.get(what) ?? []), delay])
    }
    if (object === undefined || !type.startsWith('object.')) continue
    const id = `${object.kind} ${object.namespace ?? ''}/${object.name}`
    if (object.kind === 'Event' && type !== 'object.deleted') events.set(id, eventOf(after))
    // What every cluster of a version is born with.
    if (quietKinds.has(object.kind) || object.name.startsWith('system:')) continue
    if (type === 'object.deleted') objects.delete(id)
    else if (type === 'object.created' || type === 'object.updated')
      objects.set(id, { name: nameOf(object), kind: object.kind, state: stateOf(object.kind, after) })
  }
  return new Map([
    ...together(objects.values()),
    ...counted(events.values()),
    ...[...delays].map(([what, each]) => [`delay: ${what}`, each.join(', ')] as const),
  ])
}

function nameOf({ kind, namespace, name }: NonNullable<JournalLine['object']>): string {
  return unnamed(`${kind.toLowerCase()} ${namespace === undefined ? '' : `${namespace}/`}${name}`)
}

function together(
  objects: Iterable<{ readonly name: string; readonly state: string }>,
): readonly (readonly [string, string])[] {
  const states = new Map<string, Map<string, number>>()
  for (const { name, state } of objects) {
    const counts = states.get(name) ?? new Map<string, number>()
    states.set(name, counts.set(state, (counts.get(state) ?? 0) + 1))
  }
  return [...states].map(([name, counts]) => [
    name,
    [...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([state, count]) => (count === 1 ? state : `${count} ${state}`))
      .join('; '),
  ])
}

function counted(
  events: Iterable<{ readonly about: string; readonly count: number }>,
): readonly (readonly [string, string])[] {
  const counts = new Map<string, number>()
  for (const { about, count } of events) counts.set(about, (counts.get(about) ?? 0) + count)
  return [...counts].map(([about, count]) => [`event ${about}`, `${count} times`.replace(/^1 times$/, 'once')])
}

/** `Warning FailedMount pod/app`, and how often it was told. */
function eventOf(event: unknown): { readonly about: string; readonly count: number } {
  const kind = text(event, 'involvedObject', 'kind')
  const name = text(event, 'involvedObject', 'name')
  const count = Number(inside(event, ['count']) ?? inside(event, ['series', 'count']) ?? 1)
  return {
    about: unnamed(`${text(event, 'type')} ${text(event, 'reason')} ${kind.toLowerCase()}/${name}`),
    count: Number.isFinite(count) ? count : 1,
  }
}

/** Of a Pod its phase, why it waits, whether it is ready and how often it was restarted; of others that they are there. */
function stateOf(kind: string, object: unknown): string {
  if (kind !== 'Pod') return 'is there'
  const statuses = [
    inside(object, ['status', 'initContainerStatuses']),
    inside(object, ['status', 'containerStatuses']),
  ]
  const containers = statuses.flatMap((list): readonly unknown[] => (Array.isArray(list) ? list : []))
  const waiting = containers.map((each) => text(each, 'state', 'waiting', 'reason')).find((reason) => reason !== '')
  const conditions = inside(object, ['status', 'conditions'])
  const isReady =
    Array.isArray(conditions) &&
    conditions.some((each: unknown) => text(each, 'type') === 'Ready' && text(each, 'status') === 'True')
  const restarts = containers.reduce<number>((sum, each) => sum + (Number(inside(each, ['restartCount'])) || 0), 0)
  return [
    text(object, 'status', 'phase') || 'Pending',
    ...(waiting === undefined ? [] : [waiting]),
    ...(isReady ? ['ready'] : []),
    ...(restarts === 0 ? [] : [`${restarts} ${plural(restarts, 'restart')}`]),
  ].join(', ')
}

function text(value: unknown, ...path: readonly string[]): string {
  const found = inside(value, path)
  return typeof found === 'string' ? found : ''
}
