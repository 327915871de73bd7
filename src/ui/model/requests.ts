import type { JournalRecord } from '../../kernel/journal.ts'
import type { Recording } from '../world/recording.ts'

const known = new WeakMap<Recording, ReadonlyMap<string, JournalRecord[]>>()
const none: readonly JournalRecord[] = []

/** Requests for one Secret in order: sorted out once for a recording, not for each frame. */
export function requestsFor(recording: Recording, namespace: string, secret: string): readonly JournalRecord[] {
  let bySecret = known.get(recording)
  if (bySecret === undefined) {
    bySecret = sortedOut(recording)
    known.set(recording, bySecret)
  }
  return bySecret.get(`${namespace}/${secret}`) ?? none
}

function sortedOut({ journal }: Recording): ReadonlyMap<string, JournalRecord[]> {
  const found = new Map<string, JournalRecord[]>()
  for (const record of journal.records) {
    const { type, detail } = record
    if (!type.startsWith('request.') || detail?.resource !== 'secrets') continue
    const name = `${String(detail.namespace ?? '')}/${String(detail.name ?? '')}`
    const requests = found.get(name)
    if (requests === undefined) found.set(name, [record])
    else requests.push(record)
  }
  return found
}
