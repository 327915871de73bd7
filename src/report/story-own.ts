import type { JournalRecord } from '../kernel/journal.ts'
import type { Told } from './told.ts'

const ends: Readonly<Record<string, string>> = {
  ended: 'has done its work',
  stopped: 'stops',
  crashed: 'crashes',
  failed: 'stops at a mistake of its own',
}

/** What code of somebody's own does inside the cluster, in words; its doings through the API are told as those of others. */
export function tellOwnRecord({ type, object, detail = {} }: JournalRecord): Told | undefined {
  const about =
    object === undefined
      ? ''
      : `${object.kind.toLowerCase()} ${object.namespace === undefined ? '' : `${object.namespace}/`}${object.name}`
  switch (type) {
    case 'controller.start':
      return { text: 'starts', tone: 'normal' }
    case 'controller.log':
      return { text: `says: ${String(detail.text)}`, tone: 'normal' }
    case 'controller.end':
      return {
        text: ends[String(detail.how)] ?? 'ends',
        tone: detail.how === 'crashed' || detail.how === 'failed' ? 'fault' : 'normal',
      }
    case 'admission.mutated':
      return { text: `changes ${about} on its way into the store`, tone: 'normal' }
    case 'admission.denied':
      return { text: `refuses ${about}: ${String(detail.message)}`, tone: 'warning' }
    default:
      return undefined
  }
}
