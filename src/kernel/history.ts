import { type JournalObject, type JournalReader, type JournalRecord, objectName } from './journal.ts'

/**
 * All objects at any moment, from the `before` and `after` of the journal's records. The past costs a map copied now and
 * then and the changes since; stepping to a neighbouring moment costs that one change, forwards or backwards.
 */
export interface History {
  /** The objects right after the record with this seq (0: before the first), by `Kind namespace/name`. */
  at(seq: number): ReadonlyMap<string, HistoricObject>
  /** A place in the past that is moved around, as a player does. */
  cursor(): HistoryCursor
}

export interface HistoricObject {
  readonly key: JournalObject
  readonly value: unknown
}

export interface HistoryCursor {
  readonly seq: number
  readonly objects: ReadonlyMap<string, HistoricObject>
  /** Moves to the moment right after the record with this seq. */
  moveTo(seq: number): void
}

interface Checkpoint {
  /** How many records it includes. */
  readonly position: number
  readonly objects: ReadonlyMap<string, HistoricObject>
}

/** Reads the journal as far as it goes at each call; the journal may go on growing. */
export function createHistory(journal: JournalReader): History {
  const checkpoints: Checkpoint[] = [{ position: 0, objects: new Map() }]
  const newest = new Map<string, HistoricObject>()
  let read = 0
  const catchUp = () => {
    for (; read < journal.records.length; read++) {
      apply(newest, journal.records[read] as JournalRecord)
      const last = checkpoints[checkpoints.length - 1] as Checkpoint
      // A copy costs as much as the objects in it: far enough apart, it adds a constant to each change.
      if (read + 1 - last.position >= Math.max(256, newest.size)) {
        checkpoints.push({ position: read + 1, objects: new Map(newest) })
      }
    }
  }
  const at = (seq: number): Map<string, HistoricObject> => {
    catchUp()
    const position = positionAfter(journal.records, seq)
    let nearest = checkpoints[0] as Checkpoint
    for (const checkpoint of checkpoints) {
      if (Math.abs(checkpoint.position - position) < Math.abs(nearest.position - position)) nearest = checkpoint
    }
    const objects = new Map(nearest.objects)
    walk(journal.records, objects, nearest.position, position)
    return objects
  }
  return {
    at,
    cursor() {
      let seq = 0
      let position = 0
      let objects = new Map<string, HistoricObject>()
      return {
        get seq() {
          return seq
        },
        get objects() {
          return objects
        },
        moveTo(target) {
          const wanted = positionAfter(journal.records, target)
          if (Math.abs(wanted - position) > 2000) objects = at(target)
          else walk(journal.records, objects, position, wanted)
          position = wanted
          seq = target
        },
      }
    },
  }
}

function walk(records: readonly JournalRecord[], objects: Map<string, HistoricObject>, from: number, to: number): void {
  for (let i = from; i < to; i++) apply(objects, records[i] as JournalRecord)
  for (let i = from - 1; i >= to; i--) undo(objects, records[i] as JournalRecord)
}

function apply(objects: Map<string, HistoricObject>, { object, before, after }: JournalRecord): void {
  if (object !== undefined) put(objects, object, before, after)
}

function undo(objects: Map<string, HistoricObject>, { object, before, after }: JournalRecord): void {
  if (object !== undefined) put(objects, object, after, before)
}

function put(objects: Map<string, HistoricObject>, key: JournalObject, from: unknown, to: unknown): void {
  if (to !== undefined) objects.set(objectName(key), { key, value: to })
  else if (from !== undefined) objects.delete(objectName(key))
}

/** How many records have happened by the one with this seq, that one included. */
function positionAfter(records: readonly JournalRecord[], seq: number): number {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((records[middle] as JournalRecord).seq <= seq) low = middle + 1
    else high = middle
  }
  return low
}
