import { type ClusterRecord, isRequest, type RequestRecord } from '../../cluster/records.ts'
import type { Recording } from '../world/recording.ts'

/** Requests by Secret, as far as the journal was read. */
interface Sorted {
  read: number
  readonly bySecret: Map<string, RequestRecord[]>
}

const known = new WeakMap<Recording, Sorted>()
const none: readonly RequestRecord[] = []

/** Requests for one Secret in order: each record is sorted out once, not for each frame. */
export function requestsFor(recording: Recording, namespace: string, secret: string): readonly RequestRecord[] {
  const sorted: Sorted = known.get(recording) ?? { read: 0, bySecret: new Map() }
  known.set(recording, sorted)
  const { records, forgotten } = recording.journal
  // What is read is counted from the first record that there ever was.
  const gone = forgotten?.records ?? 0
  for (sorted.read = Math.max(sorted.read, gone); sorted.read < gone + records.length; sorted.read++)
    sortIn(sorted.bySecret, records[sorted.read - gone])
  return sorted.bySecret.get(`${namespace}/${secret}`) ?? none
}

function sortIn(bySecret: Map<string, RequestRecord[]>, record: ClusterRecord | undefined): void {
  if (record === undefined || !isRequest(record) || record.detail.resource !== 'secrets') return
  const { namespace = '', name: secret = '' } = record.detail
  const name = `${namespace}/${secret}`
  const requests = bySecret.get(name)
  if (requests === undefined) bySecret.set(name, [record])
  else requests.push(record)
}
