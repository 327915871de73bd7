import type { ClusterRecord } from '../../cluster/records.ts'
import { objectName } from '../../kernel/journal.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Recipe } from './recipe.ts'
import type { Recording } from './recording.ts'

/** A run of a recipe: complete, so that one moves freely in it. Worlds form a tree. */
export interface World {
  /** 0 is the scenario as it is; forks count on. */
  readonly id: number
  readonly name: string
  readonly recipe: Recipe
  readonly recording: Recording
  readonly origin: Origin | undefined
}

/** Where a fork comes from. */
export interface Origin {
  readonly parent: number
  /** Instant of the parent at which it leaves; 0 where a knob was turned before anything began. */
  readonly at: VirtualMs
  /** What is otherwise: `kubectl delete secret mysecret`. */
  readonly what: string
  readonly difference: Difference | undefined
}

/** The first record in which two worlds differ. At least one of them has one there. */
export interface Difference {
  readonly time: VirtualMs
  readonly ours: ClusterRecord | undefined
  readonly theirs: ClusterRecord | undefined
}

/**
 * The first difference of two worlds in what happens from an instant on; undefined: there is none. Requests alone are none:
 * who only looks changes nothing. Nor is it one that a world was run on for longer.
 */
export function firstDifference(ours: Recording, theirs: Recording, from: VirtualMs): Difference | undefined {
  const horizon = Math.min(ours.result.endedAt, theirs.result.endedAt)
  const a = tellingRecords(ours, from)
  const b = tellingRecords(theirs, from)
  for (;;) {
    const one = a.next().value
    const other = b.next().value
    if (one === undefined && other === undefined) return undefined
    if (one === undefined || other === undefined || !isSame(one, other)) {
      const time = Math.min(one?.time ?? Number.POSITIVE_INFINITY, other?.time ?? Number.POSITIVE_INFINITY)
      const isBeyond = time >= horizon && (one === undefined || other === undefined)
      return isBeyond ? undefined : { time, ours: one, theirs: other }
    }
  }
}

function* tellingRecords({ journal }: Recording, from: VirtualMs): Generator<ClusterRecord, undefined> {
  for (const record of journal.records) if (record.time >= from && !record.type.startsWith('request.')) yield record
  return undefined
}

function isSame(a: ClusterRecord, b: ClusterRecord): boolean {
  return (
    a.time === b.time &&
    a.type === b.type &&
    a.actor === b.actor &&
    nameOf(a) === nameOf(b) &&
    JSON.stringify(a.after) === JSON.stringify(b.after)
  )
}

function nameOf({ object }: ClusterRecord): string {
  return object === undefined ? '' : objectName(object)
}
