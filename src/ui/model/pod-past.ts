import type { JournalRecord } from '../../kernel/journal.ts'
import type { RecordedStep, Recording } from '../world/recording.ts'

/** What the inspector asks of a Pod's past, by its uid: sorted out once for a recording, not for each frame. */
export interface PodPast {
  readonly steps: readonly RecordedStep[]
  /** Records of its volumes. */
  readonly volumes: readonly JournalRecord[]
}

interface Mutable {
  readonly steps: RecordedStep[]
  readonly volumes: JournalRecord[]
}

const known = new WeakMap<Recording, ReadonlyMap<string, Mutable>>()
const nothing: PodPast = { steps: [], volumes: [] }

/** All of a Pod's past in a recording; what comes after a moment is the asker's to leave out. */
export function podPast(recording: Recording, uid: string | undefined): PodPast {
  let byUid = known.get(recording)
  if (byUid === undefined) {
    byUid = sortedOut(recording)
    known.set(recording, byUid)
  }
  return byUid.get(uid ?? '') ?? nothing
}

function sortedOut({ steps, journal }: Recording): ReadonlyMap<string, Mutable> {
  const byUid = new Map<string, Mutable>()
  const of = (uid: string): Mutable => {
    const found = byUid.get(uid) ?? { steps: [], volumes: [] }
    byUid.set(uid, found)
    return found
  }
  for (const step of steps) if (step.podUid !== undefined) of(step.podUid).steps.push(step)
  for (const record of journal.records)
    if (record.type.startsWith('volume.') && record.object?.uid !== undefined)
      of(record.object.uid).volumes.push(record)
  return byUid
}
