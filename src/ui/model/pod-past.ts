import type { ClusterRecord } from '../../cluster/records.ts'
import type { RecordedStep, Recording } from '../world/recording.ts'

/** What the inspector asks of a Pod's past, by its uid: each record is sorted out once, not for each frame. */
export interface PodPast {
  readonly steps: readonly RecordedStep[]
  /** Records of its volumes. */
  readonly volumes: readonly ClusterRecord[]
}

interface Mutable {
  readonly steps: RecordedStep[]
  readonly volumes: ClusterRecord[]
}

/** As far as a recording was read. */
interface Sorted {
  readSteps: number
  readRecords: number
  readonly byUid: Map<string, Mutable>
}

const known = new WeakMap<Recording, Sorted>()
const nothing: PodPast = { steps: [], volumes: [] }

/** All of a Pod's past in a recording; what comes after a moment is the asker's to leave out. */
export function podPast(recording: Recording, uid: string | undefined): PodPast {
  const sorted: Sorted = known.get(recording) ?? { readSteps: 0, readRecords: 0, byUid: new Map() }
  known.set(recording, sorted)
  sortIn(sorted, recording)
  return sorted.byUid.get(uid ?? '') ?? nothing
}

function sortIn(sorted: Sorted, { steps, journal }: Recording): void {
  const of = (uid: string): Mutable => {
    const found = sorted.byUid.get(uid) ?? { steps: [], volumes: [] }
    sorted.byUid.set(uid, found)
    return found
  }
  for (; sorted.readSteps < steps.length; sorted.readSteps++) {
    const step = steps[sorted.readSteps]
    if (step?.podUid !== undefined) of(step.podUid).steps.push(step)
  }
  const { records, forgotten } = journal
  // What is read is counted from the first record that there ever was.
  const gone = forgotten?.records ?? 0
  for (
    sorted.readRecords = Math.max(sorted.readRecords, gone);
    sorted.readRecords < gone + records.length;
    sorted.readRecords++
  ) {
    const record = records[sorted.readRecords - gone]
    if (record?.object?.uid !== undefined && record.type.startsWith('volume.'))
      of(record.object.uid).volumes.push(record)
  }
}
