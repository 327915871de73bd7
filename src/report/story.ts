import type { ContainerStatus, Event, Pod, Secret } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type Past, tellNodeRecord, versionKey } from './story-node.ts'
import { tellOwnRecord } from './story-own.ts'
import { storageChange } from './story-storage.ts'
import type { Told, Tone } from './told.ts'
import { decodedSize, plural, shortName } from './words.ts'

/** One line of the story: who did what to whom. */
export interface StoryLine {
  readonly seq: number
  readonly time: VirtualMs
  readonly actor: string
  readonly text: string
  readonly tone: Tone
  readonly cause: number
}

/** Tells one run: asked of every record in order, it remembers what later ones refer to. */
export type Teller = (record: ClusterRecord) => StoryLine | undefined

/** A teller says what a record means to a reader; undefined when another record says it better. */
export function createTeller(): Teller {
  const past: Past = { writtenAt: new Map(), inVolumes: new Set() }
  return (record) => {
    rememberVersion(record, past.writtenAt)
    const told = toldOf(record, past)
    if (told === undefined) return undefined
    const { seq, time, actor, cause } = record
    return { seq, time, cause, actor: told.actor ?? actor, text: told.text, tone: told.tone }
  }
}

/** When a version of a Secret or ConfigMap was written, so that its arrival can be told with its delay. */
function rememberVersion(record: ClusterRecord, writtenAt: Map<string, VirtualMs>): void {
  if (record.type !== 'object.created' && record.type !== 'object.updated') return
  const { kind, metadata } = record.after
  if (kind === 'Secret' || kind === 'ConfigMap')
    writtenAt.set(versionKey(kind, metadata.name, metadata.resourceVersion), record.time)
}

function toldOf(record: ClusterRecord, past: Past): Told | undefined {
  switch (record.type) {
    case 'object.created':
      return tellCreated(record, record.after)
    case 'object.updated':
      return tellUpdated(record, record.before, record.after)
    case 'object.deleted':
      return tellDeleted(record, record.before)
    default:
      return tellOwnRecord(record) ?? tellNodeRecord(record, past)
  }
}

/** Kinds of which only a close look wants to hear: they change all the time or before anything happens. */
const quietKinds = new Set([
  'Lease',
  'Node',
  'Endpoints',
  'EndpointSlice',
  'ClusterRole',
  'ClusterRoleBinding',
  'Role',
  'RoleBinding',
  'PriorityClass',
  'Namespace',
  'FlowSchema',
])

function tellCreated(record: ClusterRecord, object: KubeObject): Told | undefined {
  if (object.kind === 'Event') return tellEvent(object as Event)
  if (object.kind === 'Secret') {
    return {
      text: `creates ${shortName(object)} with ${keysOf(object as Secret)}`,
      tone: isSystem(record.actor) ? 'chatter' : 'normal',
    }
  }
  const isQuiet =
    quietKinds.has(object.kind) || (isSystem(record.actor) && object.kind !== 'Pod' && object.kind !== 'ReplicaSet')
  return { text: `creates ${shortName(object)}`, tone: isQuiet && record.actor !== 'user/admin' ? 'chatter' : 'normal' }
}

function tellUpdated(record: ClusterRecord, before: KubeObject, after: KubeObject): Told | undefined {
  switch (after.kind) {
    case 'Event':
      return tellEvent(after as Event)
    case 'Pod':
      return tellPodChange(before as Pod, after as Pod)
    case 'Secret':
      return {
        text: `updates ${shortName(after)}: ${changedKeys(before as Secret, after as Secret)}`,
        tone: isSystem(record.actor) ? 'chatter' : 'normal',
      }
    case 'PersistentVolume':
    case 'PersistentVolumeClaim': {
      const text = storageChange(before, after)
      return text === undefined ? tellAnyUpdate(record, after) : { text, tone: 'normal' }
    }
    default:
      return tellAnyUpdate(record, after)
  }
}

function tellAnyUpdate(record: ClusterRecord, after: KubeObject): Told {
  return {
    text: `updates ${shortName(after)}`,
    tone: isSystem(record.actor) || quietKinds.has(after.kind) ? 'chatter' : 'normal',
  }
}

function tellDeleted(record: ClusterRecord, object: KubeObject): Told | undefined {
  if (object.kind === 'Event') return undefined
  return {
    text: `deletes ${shortName(object)}`,
    tone: quietKinds.has(object.kind) || (isSystem(record.actor) && object.kind !== 'Pod') ? 'chatter' : 'normal',
  }
}

/** Reasons of events that say what another record has said already, or hardly anything. */
const toldElsewhere = new Set(['Scheduled', 'Created', 'SuccessfulCreate', 'SuccessfulDelete', 'TaintManagerEviction'])

function tellEvent(event: Event): Told | undefined {
  const about = `${(event.involvedObject.kind ?? '').toLowerCase()}/${event.involvedObject.name ?? ''}`
  const count = event.count ?? 1
  const source = event.source?.component ?? event.reportingComponent ?? ''
  const host = event.source?.host
  return {
    // What was said once need not be said in full again.
    text: `${event.type === 'Warning' ? 'Warning ' : ''}${event.reason ?? ''} ${about}${count > 1 ? ` again (x${count})` : `: ${event.message ?? ''}`}`,
    tone: event.type === 'Warning' ? 'warning' : toldElsewhere.has(event.reason ?? '') ? 'chatter' : 'normal',
    actor: eventActor(source, host),
  }
}

/** Who tells an event, under the name that its other doings have. */
function eventActor(source: string, host: string | undefined): string {
  if (source === '') return 'apiserver'
  if (source === 'default-scheduler') return 'scheduler'
  if (host !== undefined && host !== '') return `${source}/${host}`
  if (source === 'persistentvolume-controller') return 'controller/persistent-volume-binder'
  const provisioner = /^(.+)_control-plane_[0-9a-f-]{36}$/.exec(source)?.[1]
  if (provisioner !== undefined) return `provisioner/${provisioner}`
  return source.endsWith('-controller') ? `controller/${source.slice(0, -'-controller'.length)}` : source
}

/** The most important of the changes of a Pod; one that changes nothing a reader sees is chatter. */
function tellPodChange(before: Pod, after: Pod): Told | undefined {
  const name = shortName(after)
  if (before.spec.nodeName === undefined && after.spec.nodeName !== undefined) {
    return { text: `assigns ${name} to ${after.spec.nodeName}`, tone: 'normal' }
  }
  if (before.metadata.deletionTimestamp === undefined && after.metadata.deletionTimestamp !== undefined) {
    const grace = after.metadata.deletionGracePeriodSeconds ?? 0
    return { text: `asks ${name} to end within ${grace} ${plural(grace, 'second')}`, tone: 'normal' }
  }
  const was = summaryOf(before)
  const is = summaryOf(after)
  if (was === is) return { text: `updates ${name}`, tone: 'chatter' }
  return {
    text: `${name}: ${was} -> ${is}`,
    tone: is.startsWith('Running, ready') || is.startsWith('Succeeded') ? 'good' : 'normal',
  }
}

/** `Pending, ContainerCreating`: what `kubectl get pods` would make of it, in words. */
function summaryOf(pod: Pod): string {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const reasons = [...new Set(statuses.map(reasonOf).filter((reason) => reason !== undefined))]
  const restarts = statuses.reduce((sum, { restartCount }) => sum + restartCount, 0)
  return [
    pod.status?.phase ?? 'Pending',
    ...(isReady ? ['ready'] : []),
    ...(isReady ? [] : reasons.length === 0 && pod.status?.phase === 'Running' ? ['not ready'] : reasons),
    ...(restarts > 0 ? [`${restarts} ${plural(restarts, 'restart')}`] : []),
  ].join(', ')
}

function reasonOf({ state }: ContainerStatus): string | undefined {
  return state?.waiting?.reason ?? state?.terminated?.reason
}

function keysOf({ data = {} }: Secret): string {
  const keys = Object.entries(data).map(([key, value]) => `${key} (${decodedSize(value)} bytes)`)
  return keys.length === 0 ? 'no data' : keys.join(', ')
}

function changedKeys(before: Secret, after: Secret): string {
  const old = before.data ?? {}
  const now = after.data ?? {}
  const changes = [
    ...Object.keys(now)
      .filter((key) => !Object.hasOwn(old, key))
      .map((key) => `${key} added`),
    ...Object.keys(now)
      .filter((key) => Object.hasOwn(old, key) && old[key] !== now[key])
      .map((key) => `${key} changed`),
    ...Object.keys(old)
      .filter((key) => !Object.hasOwn(now, key))
      .map((key) => `${key} removed`),
  ]
  return changes.length === 0 ? 'its data stays as it is' : changes.join(', ')
}

function isSystem(actor: string): boolean {
  return !actor.startsWith('user/')
}
