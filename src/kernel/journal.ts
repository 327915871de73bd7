import { Observable, Subject, type Subscriber } from 'rxjs'
import { createDigest, type Digest } from './digest.ts'
import { extended } from './extended.ts'
import type { Kernel } from './kernel.ts'
import type { VirtualMs } from './time.ts'

/** What a record is about. Cluster-scoped objects have no namespace. */
export interface JournalObject {
  readonly kind: string
  readonly namespace?: string
  readonly name: string
  readonly uid?: string
}

/** One thing that happened. Whoever reads the story (UI, reports, assertions, `why`) reads these and nothing else. */
export interface JournalRecord {
  /** 1, 2, 3, ... in the order in which things happened. */
  readonly seq: number
  readonly time: VirtualMs
  /** Who did it: `user/admin`, `kubelet/node-1`, `scheduler`, `controller/replicaset`, `apiserver`, `fault`. */
  readonly actor: string
  /** What kind of thing happened, `noun.verb`; each room lists its types in its file `records.ts` (`record-table.ts`). */
  readonly type: string
  readonly object?: JournalObject
  /** `seq` of the record that led to this one; 0 when nothing did. */
  readonly cause: number
  /** What a reader needs to know beyond type and object. Never a Secret's value in plain text. */
  readonly detail?: object
  /** The object before and after the change; they share structure. They may hold Secret data: exporters redact. */
  readonly before?: unknown
  readonly after?: unknown
}

/** A record as it is handed in: the journal numbers it, and knows the time and what caused it. */
export type EntryOf<Record extends JournalRecord> = Record extends JournalRecord
  ? Omit<Record, 'seq' | 'time' | 'cause'> & { readonly cause?: number }
  : never

/** `story` is what a reader wants to be told, `chatter` what only a close look asks for (single requests, idle refreshes). */
export type Weight = 'story' | 'chatter'

/** `full` keeps every record, `summary` leaves out the chatter, `off` keeps nothing but the sequence numbers. */
export type JournalLevel = 'full' | 'summary' | 'off'

/** All that is given must match; `object` matches kind, namespace and name as far as they are given. */
export interface JournalQuery {
  readonly type?: string | ((type: string) => boolean)
  readonly actor?: string
  readonly object?: Partial<JournalObject>
  /** First and last instant, both included. */
  readonly from?: VirtualMs
  readonly to?: VirtualMs
}

/** What happened, for whoever reads it. */
export interface JournalReader<Record extends JournalRecord = JournalRecord> extends Iterable<Record> {
  readonly level: JournalLevel
  readonly records: readonly Record[]
  record(seq: number): Record | undefined
  query<Type extends Record['type']>(query: JournalQuery & { readonly type: Type }): readonly OfType<Record, Type>[]
  query(query: JournalQuery): readonly Record[]
  /** The record and what led to it, back to the first cause that was kept. */
  causes(seq: number): readonly Record[]
  /** What is kept no longer; undefined while nothing is. */
  readonly forgotten: Forgotten | undefined
  /** Told, before records are let go, of the last of them: who reads as it goes reads on until there. */
  readonly forgetting$: Observable<Forgotten>
  /** Each record that is kept from now on, once it is. Who hears of it reads: it neither appends nor schedules. */
  readonly records$: Observable<Record>
  /** 16 hexadecimal digits over all records kept so far, be they forgotten, objects included: the same run gives the same digest anywhere. */
  digest(): string
}

/** The records that a bounded journal has let go. */
export interface Forgotten {
  readonly records: number
  /** Of the last of them. */
  readonly seq: number
  readonly time: VirtualMs
}

type OfType<Record extends JournalRecord, Type extends string> = Record extends { readonly type: infer Own }
  ? string extends Own
    ? Record
    : Own extends Type
      ? Record
      : never
  : never

/** For whoever makes things happen: a room tells records of its own table. */
export interface JournalWriter<Record extends JournalRecord = JournalRecord> {
  /** Whether records of this weight are kept. Ask before building a costly detail. */
  keeps(weight: Weight): boolean
  /** Appends a record at the kernel's now, caused by the kernel's current cause unless the entry names one. Returns its seq. */
  append(entry: EntryOf<Record>, weight?: Weight): number
}

export interface Journal<Record extends JournalRecord = JournalRecord>
  extends JournalReader<Record>,
    JournalWriter<Record> {
  /** What it holds by now, for others that begin with the same. */
  past(): JournalPast<Record>
}

/** What a journal begins with: records that were kept, and the number of the last that was or was not. */
export interface JournalPast<Record extends JournalRecord = JournalRecord> {
  readonly records: readonly Record[]
  readonly seq: number
  /** Over the records; worked out when it is first asked for. */
  readonly digest: () => Digest
}

/**
 * A journal on the clock of `kernel`. Records go by `seq`; with level `summary` some numbers are missing. Times are told
 * from `originMs` of the kernel on: what came before (a cluster's bring-up) has negative times. Of its records the newest `keep` are
 * there, and up to a quarter more: they are let go in pieces.
 */
export function createJournal<Record extends JournalRecord = JournalRecord>(
  kernel: Kernel,
  level: JournalLevel,
  originMs: VirtualMs = 0,
  past: JournalPast<Record> = emptyPast,
  keep: number = Number.POSITIVE_INFINITY,
): Journal<Record> {
  const records: Record[] = [...past.records]
  const listeners = new Set<Subscriber<Record>>()
  /** Over the first of its records, once it is asked for. */
  let digest: Digest | undefined
  const forgetting = new Subject<Forgotten>()
  const most = keep + Math.ceil(keep / 4)
  let digested = records.length
  let { seq } = past
  const digestAll = (): Digest => {
    digest ??= past.digest().copy()
    for (; digested < records.length; digested++) digest.add(JSON.stringify(records[digested]))
    return digest
  }
  const keeps = (weight: Weight) => level === 'full' || (level === 'summary' && weight === 'story')
  const record = (wanted: number): Record | undefined => {
    const position = level === 'full' ? wanted - 1 - (journal.forgotten?.records ?? 0) : positionOf(records, wanted)
    const found = records[position]
    return found?.seq === wanted ? found : undefined
  }
  const forget = (count: number): void => {
    const last = records[count - 1]
    if (last === undefined) return
    const next: Forgotten = { records: (journal.forgotten?.records ?? 0) + count, seq: last.seq, time: last.time }
    forgetting.next(next)
    digestAll()
    records.splice(0, count)
    digested -= count
    journal.forgotten = next
  }
  const journal: Omit<Journal<Record>, 'forgotten'> & { forgotten: Forgotten | undefined } = {
    [Symbol.iterator]: () => records[Symbol.iterator](),
    level,
    records,
    // Kept up to date: a getter would keep the simulation alive (docs/decisions/0011).
    forgotten: undefined,
    forgetting$: forgetting.asObservable(),
    keeps,
    record,
    append(entry, weight = 'story') {
      seq++
      if (!keeps(weight)) return seq
      const time = kernel.now() - originMs
      // An entry is a record but for these three.
      const kept = extended(entry, { seq, time, cause: entry.cause ?? kernel.cause }) as unknown as Record
      records.push(kept)
      kernel.cause = seq
      for (const listener of listeners) listener.next(kept)
      if (records.length > most) forget(records.length - keep)
      return seq
    },
    // Those of the types that are asked for, as the signature says.
    query: (query: JournalQuery) => records.filter((candidate) => matches(candidate, query)) as never[],
    causes(from) {
      const chain: Record[] = []
      for (let next = record(from); next !== undefined; next = record(next.cause)) chain.push(next)
      return chain
    },
    records$: new Observable((listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    }),
    digest: () => digestAll().value(),
    past() {
      const kept = [...records]
      return { records: kept, seq, digest: lateDigest(digest?.copy() ?? past.digest, kept, digested) }
    },
  }
  return journal
}

/** The digest so far and that of the records from `from` on. Many a run is never asked for it, and it costs an eighth of a boot. */
function lateDigest(soFar: Digest | (() => Digest), records: readonly JournalRecord[], from: number): () => Digest {
  let whole: Digest | undefined
  return () => {
    if (whole === undefined) {
      whole = typeof soFar === 'function' ? soFar().copy() : soFar
      for (const record of records.slice(from)) whole.add(JSON.stringify(record))
    }
    return whole
  }
}

const emptyPast: JournalPast<never> = { records: [], seq: 0, digest: createDigest }

/** `Kind namespace/name`, the way journal and reports call an object. */
export function objectName({ kind, namespace, name }: JournalObject): string {
  return namespace === undefined ? `${kind} ${name}` : `${kind} ${namespace}/${name}`
}

/** Binary search: where `seq` stands, or would stand. */
function positionOf(records: readonly JournalRecord[], seq: number): number {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((records[middle]?.seq ?? 0) < seq) low = middle + 1
    else high = middle
  }
  return low
}

function matches(record: JournalRecord, query: JournalQuery): boolean {
  if (query.from !== undefined && record.time < query.from) return false
  if (query.to !== undefined && record.time > query.to) return false
  if (query.actor !== undefined && record.actor !== query.actor) return false
  if (typeof query.type === 'string' && record.type !== query.type) return false
  if (typeof query.type === 'function' && !query.type(record.type)) return false
  const { object } = query
  if (object === undefined) return true
  return (
    record.object !== undefined &&
    (object.kind === undefined || object.kind === record.object.kind) &&
    (object.namespace === undefined || object.namespace === record.object.namespace) &&
    (object.name === undefined || object.name === record.object.name) &&
    (object.uid === undefined || object.uid === record.object.uid)
  )
}
