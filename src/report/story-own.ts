import type { ClusterRecord } from '../cluster/records.ts'
import type { Told } from './told.ts'

const ends = {
  ended: 'has done its work',
  stopped: 'stops',
  crashed: 'crashes',
  failed: 'stops at a mistake of its own',
} as const

/** What code of somebody's own does inside the cluster, in words; its doings through the API are told as those of others. */
export function tellOwnRecord(record: ClusterRecord): Told | undefined {
  const { object } = record
  const about =
    object === undefined
      ? ''
      : `${object.kind.toLowerCase()} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`
  switch (record.type) {
    case 'controller.start':
      return { text: 'starts', tone: 'normal' }
    case 'controller.log':
      return { text: `says: ${record.detail.text}`, tone: 'normal' }
    case 'controller.end': {
      const { how } = record.detail
      return { text: ends[how], tone: how === 'crashed' || how === 'failed' ? 'fault' : 'normal' }
    }
    case 'admission.mutated':
      return { text: `changes ${about} on its way into the store`, tone: 'normal' }
    case 'admission.denied':
      return { text: `refuses ${about}: ${record.detail.message}`, tone: 'warning' }
    default:
      return undefined
  }
}
