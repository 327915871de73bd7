import type { JournalRecord } from '../kernel/journal.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { formatDuration } from '../sim/duration.ts'
import type { Told } from './told.ts'

/** What happens on nodes, in words. */
export function tellNodeRecord(record: JournalRecord, writtenAt: ReadonlyMap<string, VirtualMs>): Told | undefined {
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
        : {
            text: `mounts volume ${text('volume')} of ${pod}`,
            tone: isTokenName(text('volume')) ? 'chatter' : 'normal',
          }
    // The event FailedMount tells it with the words of the real thing.
    case 'volume.set-up-failed':
      return {
        text: `volume ${text('volume')} of ${pod} is tried again in ${duration(detail.retryNotBeforeMs)}`,
        tone: 'chatter',
      }
    case 'volume.tear-down':
      return {
        text: `unmounts volume ${text('volume')} of ${pod}: what was in it is gone`,
        tone: isTokenName(text('volume')) ? 'chatter' : 'normal',
      }
    case 'object.visible':
      return tellVisible(record, pod, writtenAt)
    case 'pod-directory.create':
    case 'pod-directory.remove':
      return {
        text: `${record.type.endsWith('create') ? 'makes' : 'removes'} the directory of ${pod}`,
        tone: 'chatter',
      }
    case 'kubelet.start':
    case 'kubelet.stop':
      return {
        text: record.type === 'kubelet.start' ? 'starts, remembering nothing' : 'stops',
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
      // The event Started tells it.
      return { text: `starts container ${text('container')} of ${pod}`, tone: 'chatter' }
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

/** By which a version of an object is known among those that were written. */
export function versionKey(kind: string, name: string, resourceVersion: unknown): string {
  return `${kind}/${name}@${String(resourceVersion)}`
}

/** A container sees a version of a Secret: the moment that everybody waits for. */
function tellVisible(
  { time, detail = {} }: JournalRecord,
  pod: string,
  writtenAt: ReadonlyMap<string, VirtualMs>,
): Told {
  const { kind, name, resourceVersion, volume, container } = detail
  const what = `${String(kind).toLowerCase()} ${String(name)}`
  const how =
    volume === undefined ? `in the environment of container ${String(container)}` : `in volume ${String(volume)}`
  const written = writtenAt.get(versionKey(String(kind), String(name), resourceVersion))
  const age = written === undefined || written < 0 ? '' : `, ${formatDuration(time - written)} after it was written`
  return { text: `${pod} sees ${what} ${how}${age}`, tone: isTokenName(String(name)) ? 'chatter' : 'visible' }
}

/** Token Secrets of accounts, and the volumes for them: every Pod has one. */
function isTokenName(name: string): boolean {
  return /-token-[a-z0-9]{5}$/.test(name) || /^kube-api-access-[a-z0-9]{5}$/.test(name)
}

function duration(ms: unknown): string {
  return typeof ms === 'number' ? formatDuration(ms) : 'some time'
}
