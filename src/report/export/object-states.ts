import { allContainerStatuses } from '../../api/pod-references.ts'
import type { Event, Pod, Secret } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { ClusterRecord } from '../../cluster/records.ts'
import type { Flow } from '../../flow/flow.ts'
import type { VolumeFile } from '../../looks/volume-files.ts'
import { decodedSize, shortName } from '../words.ts'
import type { AlbumObject, ObjectState } from './album.ts'
import type { Transcript } from './transcript.ts'
import { clock } from './words.ts'

/** The Secret of a flow and the Pods that have lanes in it, each as it was from moment to moment. */
export function objectStates(transcript: Transcript, flow: Flow): readonly AlbumObject[] {
  const uids = new Set(flow.lanes.flatMap(({ uid }) => (uid === undefined ? [] : [uid])))
  return [...uids].flatMap((uid) => {
    const found = statesOf(transcript, uid, flow.secret)
    return found === undefined ? [] : [found]
  })
}

/** What is remembered of an object while its records are read. */
interface Past {
  /** Only volumes with it are shown. */
  readonly secret: string
  object: KubeObject | undefined
  readonly events: Map<string, { readonly event: Event; readonly at: number }>
  readonly volumes: Map<string, readonly string[]>
}

function statesOf(
  { journal, flows, files, entries }: Transcript,
  uid: string,
  secret: string,
): AlbumObject | undefined {
  // Who reads the story line by line sees what was so at each.
  const isToldBetween = (from: number, to: number) => entries.some((entry) => entry.seq >= from && entry.seq < to)
  const past: Past = { secret, object: undefined, events: new Map(), volumes: new Map() }
  const states: ObjectState[] = []
  let name = ''
  for (const seq of flows.index.recordsOf(uid)) {
    const record = journal.record(seq)
    if (record === undefined || !take(record, past, files)) continue
    if (past.object !== undefined) name = shortName(past.object)
    const lines = linesOf(past)
    const last = states[states.length - 1]
    if (last !== undefined && last.lines.join('\n') === lines.join('\n')) continue
    if (last?.at === record.time && !isToldBetween(last.seq, seq)) states.pop()
    states.push({ at: record.time, seq, lines })
  }
  return name === '' ? undefined : { uid, name, states }
}

/** Whether the record says something that the lines would show. */
function take(record: ClusterRecord, past: Past, files: Transcript['files']): boolean {
  const { seq, time, object, after } = record
  if (object?.kind === 'Event') {
    const event = after as Event | undefined // a record about an Event
    if (event !== undefined) past.events.set(event.metadata.name, { event, at: time })
    return event !== undefined
  }
  if (record.type === 'object.created' || record.type === 'object.updated') past.object = record.after
  else if (record.type === 'object.deleted') past.object = undefined
  else if (record.type === 'volume.set-up' && holds(record.detail.sources, past.secret))
    past.volumes.set(record.detail.volume, (files.get(seq) ?? []).map(fileLine))
  else if (record.type === 'volume.tear-down') past.volumes.delete(record.detail.volume)
  else return false
  return true
}

function holds(sources: unknown, secret: string): boolean {
  // The kubelet's records have the sources of a volume so.
  const all = Array.isArray(sources) ? (sources as readonly { readonly kind: string; readonly name: string }[]) : []
  return all.some(({ kind, name }) => kind === 'Secret' && name === secret)
}

function linesOf({ object, events, volumes }: Past): readonly string[] {
  if (object === undefined) return ['(it is gone)']
  return [
    ...(object.kind === 'Pod'
      ? podLines(object as Pod)
      : object.kind === 'Secret'
        ? secretLines(object as Secret)
        : []),
    ...[...volumes].filter(([, lines]) => lines.length > 0).flatMap(([name, lines]) => [`volume ${name}`, ...lines]),
    ...(events.size === 0 ? [] : ['events']),
    ...[...events.values()].map(({ event, at }) => eventLine(event, at)),
  ]
}

function podLines({ metadata, spec, status }: Pod): readonly string[] {
  const isReady = status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
  const phase = metadata.deletionTimestamp === undefined ? (status?.phase ?? 'Pending') : 'Terminating'
  const where = spec.nodeName === undefined ? 'on no node yet' : `on ${spec.nodeName}`
  const statuses = allContainerStatuses(status)
  return [
    `${phase}${isReady ? ', ready' : ''}, ${where}`,
    ...statuses.map(({ name, state, restartCount }) => {
      const { waiting, running, terminated } = state ?? {}
      const is = running
        ? 'running'
        : terminated
          ? `terminated: ${terminated.reason ?? ''}`
          : `waiting: ${waiting?.reason ?? ''}`
      const why = waiting?.message === undefined ? '' : ` (${waiting.message})`
      return `container ${name}  ${is}${restartCount > 0 ? `, ${restartCount} restarts` : ''}${why}`
    }),
  ]
}

function secretLines({ type = 'Opaque', immutable, data = {}, metadata }: Secret): readonly string[] {
  return [
    `type ${type}${immutable === true ? ', immutable' : ''}, version ${metadata.resourceVersion ?? ''}`,
    ...Object.entries(data).map(([key, value]) => `key ${key}  ${decodedSize(value)} bytes`),
  ]
}

function eventLine({ type, reason = '', message = '', count = 1 }: Event, at: number): string {
  return `  ${clock(at)} ${type ?? ''} ${reason}${count > 1 ? ` x${count}` : ''}: ${message}`
}

function fileLine({ path, type, mode, size, link }: VolumeFile): string {
  const kind = { file: '-', directory: 'd', symlink: 'l' }[type]
  const bits = [...'rwxrwxrwx'].map((letter, i) => ((mode >> (8 - i)) & 1 ? letter : '-')).join('')
  const tail = link !== undefined ? ` -> ${link}` : type === 'file' ? `  ${size} bytes` : ''
  return `  ${kind}${bits} ${path}${tail}`
}
