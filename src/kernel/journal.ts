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
  /** What kind of thing happened, `noun.verb`; each room lists its types in its file `records.ts`. */
  readonly type: string
  readonly object?: JournalObject
  /** `seq` of the record that led to this one; 0 when nothing did. */
  readonly cause: number
  /** What a reader needs to know beyond type and object. Never a Secret's value in plain text. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** The object before and after the change; they share structure. They may hold Secret data: exporters redact. */
  readonly before?: unknown
  readonly after?: unknown
}

export type JournalEntry = Omit<JournalRecord, 'seq' | 'time' | 'cause'> & { readonly cause?: number }

/**
 * `full` keeps every record, `summary` leaves out the chatter (types that a room marks as detail), `off` keeps nothing
 * but the sequence numbers.
 */
export type JournalLevel = 'full' | 'summary' | 'off'

export interface Journal {
  readonly level: JournalLevel
  /** Whether records of this weight are kept. Ask before building a costly detail. */
  keeps(weight: 'story' | 'chatter'): boolean
  /** Appends a record at the kernel's now, caused by the kernel's current cause unless the entry names one. Returns its seq. */
  append(entry: JournalEntry, weight?: 'story' | 'chatter'): number
  readonly records: readonly JournalRecord[]
  record(seq: number): JournalRecord | undefined
}

export function createJournal(kernel: Kernel, level: JournalLevel): Journal {
  const records: JournalRecord[] = []
  const positions = new Map<number, number>()
  let seq = 0
  const keeps: Journal['keeps'] = (weight) => level === 'full' || (level === 'summary' && weight === 'story')
  return {
    level,
    records,
    keeps,
    record: (wanted) => records[positions.get(wanted) ?? -1],
    append(entry, weight = 'story') {
      seq++
      if (!keeps(weight)) return seq
      const cause = entry.cause ?? kernel.cause
      positions.set(seq, records.length)
      records.push({ ...entry, seq, time: kernel.now(), cause })
      kernel.cause = seq
      return seq
    },
  }
}
