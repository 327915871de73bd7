import type { JournalRecord } from '../kernel/journal.ts'
import type { Told } from './told.ts'

/** What happens on nodes, in words. */
export function tellNodeRecord(record: JournalRecord): Told | undefined {
  const detail = record.detail ?? {}
  const text = (key: string) => String(detail[key] ?? '')
  const pod = record.object === undefined ? '' : `pod ${record.object.namespace ?? ''}/${record.object.name}`
  switch (record.type) {
    case 'container.start':
      return { text: `starts container ${text('container')} of ${pod}`, tone: 'chatter' }
    case 'container.exit':
      return {
        text: `container ${text('container')} of ${pod} ends with exit code ${text('exitCode')}`,
        tone: 'normal',
      }
    default:
      return undefined
  }
}
