import type { JournalRecord } from '../kernel/journal.ts'
import { formatDuration } from '../sim/duration.ts'
import type { Told } from './told.ts'

/** What happens on nodes, in words. */
export function tellNodeRecord(record: JournalRecord): Told | undefined {
  const detail = record.detail ?? {}
  const text = (key: string) => String(detail[key] ?? '')
  const pod = record.object === undefined ? '' : `pod ${record.object.namespace ?? ''}/${record.object.name}`
  switch (record.type) {
    case 'volume.set-up':
      return detail.refresh === true
        ? {
            text: `refreshes volume ${text('volume')} of ${pod}${detail.changed === true ? ': its files change' : ''}`,
            tone: detail.changed === true ? 'normal' : 'chatter',
          }
        : { text: `mounts volume ${text('volume')} of ${pod}`, tone: 'normal' }
    // The event FailedMount tells it with the words of the real thing.
    case 'volume.set-up-failed':
      return {
        text: `volume ${text('volume')} of ${pod} is tried again in ${duration(detail.retryNotBeforeMs)}`,
        tone: 'chatter',
      }
    case 'volume.tear-down':
      return { text: `takes volume ${text('volume')} of ${pod} off its tmpfs`, tone: 'normal' }
    case 'secret.visible':
      return {
        text: `container ${text('container')} of ${pod} sees secret ${text('secret')}${delayText(detail)}`,
        tone: 'visible',
      }
    case 'pod-directory.create':
    case 'pod-directory.remove':
      return {
        text: `${record.type.endsWith('create') ? 'makes' : 'removes'} the directory of ${pod}`,
        tone: 'chatter',
      }
    case 'kubelet.start':
    case 'kubelet.stop':
      return {
        text: record.type === 'kubelet.start' ? 'starts, remembering nothing' : 'stops; containers and mounts stay',
        tone: 'fault',
      }
    case 'mirror-pod.refused':
    case 'static-pod.refused':
    case 'pod.refused':
      return { text: `${pod} is refused: ${text('message')}`, tone: 'warning' }
    case 'sandbox.run':
      return { text: `makes the sandbox of ${pod}`, tone: 'chatter' }
    case 'image.pull':
      return { text: `pulls ${text('image')}`, tone: 'chatter' }
    case 'container.create':
      return { text: `creates container ${text('container')} of ${pod}`, tone: 'chatter' }
    case 'container.start':
      return { text: `starts container ${text('container')} of ${pod}`, tone: 'normal' }
    case 'container.stop':
      return { text: `asks container ${text('container')} of ${pod} to end`, tone: 'chatter' }
    case 'container.exit':
      return {
        text: `container ${text('container')} of ${pod} ends with exit code ${text('exitCode')}`,
        tone: 'normal',
      }
    case 'fault.begin':
    case 'fault.end':
      return { text: text('what'), tone: 'fault' }
    default:
      return record.type.startsWith('request.')
        ? {
            text: `${record.type.slice('request.'.length)} ${text('resource')} ${text('name')} -> ${text('code')}`,
            tone: 'chatter',
          }
        : undefined
  }
}

function delayText(detail: Readonly<Record<string, unknown>>): string {
  const { delayMs, resourceVersion } = detail
  const version = resourceVersion === undefined ? '' : ` (version ${String(resourceVersion)})`
  return delayMs === undefined ? version : `${version}, ${duration(delayMs)} after it changed`
}

function duration(ms: unknown): string {
  return typeof ms === 'number' ? formatDuration(ms) : 'some time'
}
