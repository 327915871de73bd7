import type { Event, Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { ClusterJournal, ClusterRecord } from '../cluster/records.ts'
import type { JournalObject } from '../kernel/journal.ts'

export interface Explanation {
  /** One sentence: what is the matter. */
  readonly summary: string
  /** More of it, a line each: containers that do not run, with exit code and last log line; what is needed and not there; who uses a Secret. */
  readonly details: readonly string[]
  /** Records that led there, newest first. */
  readonly chain: readonly ClusterRecord[]
  /** What podsim takes for granted of it: sentences about images and storage that it does not know. */
  readonly assumed: readonly string[]
}

/** Why an object is as it is: its last telling record, and what led to that (newest first). */
export function explain(
  journal: ClusterJournal,
  object: KubeObject | undefined,
  asked: JournalObject,
): Omit<Explanation, 'assumed' | 'details'> {
  const name = `${asked.kind.toLowerCase()} ${asked.namespace === undefined ? '' : `${asked.namespace}/`}${asked.name}`
  if (object === undefined) {
    const deleted = last(journal, ({ type, object: about }) => type === 'object.deleted' && sameName(about, asked))
    if (deleted === undefined) return { summary: `there is no ${name}, and ${neverWas(journal)}`, chain: [] }
    return { summary: `${name} was deleted by ${deleted.actor}`, chain: journal.causes(deleted.seq) }
  }
  const { uid } = object.metadata
  const warning = last(journal, (record) => isWarningAbout(record, uid))
  const change = last(journal, ({ object: about, type }) => about?.uid === uid && type.startsWith('object.'))
  const isWell = object.kind !== 'Pod' || isReady(object as Pod)
  const telling = isWell ? change : (warning ?? change)
  const message = telling === undefined ? undefined : (telling.after as Event | undefined)?.message
  const state = object.kind === 'Pod' ? podState(object as Pod) : 'exists'
  return {
    summary: `${name} ${state}${!isWell && message !== undefined ? `: ${message}` : ''}`,
    chain: telling === undefined ? [] : journal.causes(telling.seq),
  }
}

function neverWas({ forgotten }: ClusterJournal): string {
  return forgotten === undefined
    ? 'there never was'
    : `no record that is kept tells of one: those of the first ${forgotten.time / 1000}s are gone`
}

/** What a bounded journal can't say of what led to something, if so. */
export function notKept({ forgotten }: ClusterJournal, chain: Explanation['chain']): readonly string[] {
  const first = chain.at(-1)
  if (forgotten === undefined || (first !== undefined && (first.cause === 0 || first.cause > forgotten.seq))) return []
  return [`what led there is not all kept: the records of the first ${forgotten.time / 1000}s are gone`]
}

function podState(pod: Pod): string {
  const scheduled = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled')
  if (scheduled?.status === 'False') return `is not scheduled: ${scheduled.message ?? scheduled.reason ?? ''}`
  const waiting = pod.status?.containerStatuses
    ?.map(({ state }) => state?.waiting?.reason)
    .find((reason) => reason !== undefined)
  if (waiting !== undefined) return `is ${pod.status?.phase}, waiting (${waiting})`
  return `is ${pod.status?.phase ?? 'Pending'}${isReady(pod) ? ' and ready' : ''}`
}

/** Whether a Pod says that it is ready. */
export function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false
}

function isWarningAbout({ after }: ClusterRecord, uid: string | undefined): boolean {
  const event = after as Partial<Event> | undefined
  return event?.kind === 'Event' && event.type === 'Warning' && event.involvedObject?.uid === uid
}

function last(journal: ClusterJournal, wanted: (record: ClusterRecord) => boolean): ClusterRecord | undefined {
  for (let i = journal.records.length - 1; i >= 0; i--) {
    const record = journal.records[i]
    if (record !== undefined && wanted(record)) return record
  }
  return undefined
}

function sameName(about: JournalObject | undefined, asked: JournalObject): boolean {
  return (
    about !== undefined && about.kind === asked.kind && about.namespace === asked.namespace && about.name === asked.name
  )
}
