import type { JournalRecord } from '../kernel/journal.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { formatDuration } from '../sim/duration.ts'
import type { Told } from './told.ts'

/** What a teller remembers of earlier records. */
export interface Past {
  /** When a version of a Secret or ConfigMap was written, by `versionKey`. */
  readonly writtenAt: Map<string, VirtualMs>
  /** Volumes of Pods that have had an object: what comes next is an update, and its time a delay. */
  readonly inVolumes: Set<string>
}

/** What happens on nodes, in words. */
export function tellNodeRecord(record: JournalRecord, past: Past): Told | undefined {
  return tellSync(record) ?? tellRuntime(record) ?? tellOther(record, past)
}

/** How the kubelet comes to know of an update and gets round to it. */
function tellSync(record: JournalRecord): Told | undefined {
  const { object, detail = {} } = record
  const pod = `pod ${object?.namespace ?? ''}/${object?.name ?? ''}`
  switch (record.type) {
    case 'copy.arrived':
      return tellArrival(record)
    case 'copy.reused':
      return { text: `uses its copy of ${objectWords(record)} again, ${duration(detail.ageMs)} old`, tone: 'chatter' }
    case 'pod.sync':
      return { text: `syncs ${pod}`, tone: 'chatter' }
    case 'pod.sync-due':
      return { text: `will sync ${pod} in ${duration(detail.nextInMs)}, when it is due`, tone: 'chatter' }
    case 'subpath.bind': {
      const { subPath, volume, mountPath, container } = detail
      const what = `${String(subPath)} of volume ${String(volume)}`
      return {
        text: `binds ${what} to ${String(mountPath)} of container ${String(container)} of ${pod}`,
        tone: 'chatter',
      }
    }
    default:
      return undefined
  }
}

/** What the container runtime does. */
function tellRuntime({ type, object, detail = {} }: JournalRecord): Told | undefined {
  const text = (key: string) => String(detail[key] ?? '')
  const pod = `pod ${object?.namespace ?? ''}/${object?.name ?? ''}`
  switch (type) {
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
    default:
      return undefined
  }
}

function tellOther(record: JournalRecord, past: Past): Told | undefined {
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
      return tellVisible(record, pod, past)
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

/**
 * A version of a Secret comes to a container: the moment that everybody waits for. The time since its writing is the delay of
 * an update; of what a new Pod starts with it is only the age.
 */
function tellVisible({ time, object, detail = {} }: JournalRecord, pod: string, past: Past): Told {
  const { kind, name, resourceVersion, volume, container } = detail
  const what = `${String(kind).toLowerCase()} ${String(name)}`
  const tone = isTokenName(String(name)) ? 'chatter' : 'visible'
  const written = past.writtenAt.get(versionKey(String(kind), String(name), resourceVersion))
  const took = written === undefined || written < 0 ? undefined : formatDuration(time - written)
  const age = took === undefined ? '' : `, written ${took} before`
  if (volume === undefined)
    return { text: `container ${String(container)} of ${pod} gets ${what} in its environment${age}`, tone }
  const place = `${object?.uid ?? ''} ${String(volume)} ${versionKey(String(kind), String(name), '')}`
  const isFirst = !past.inVolumes.has(place)
  past.inVolumes.add(place)
  if (isFirst) return { text: `${pod} has ${what} in volume ${String(volume)}${age}`, tone }
  const delay = took === undefined ? '' : `, ${took} after it was written`
  return { text: `${pod} sees ${what} in volume ${String(volume)}${delay}`, tone }
}

/** Only that a copy is another is news; how a node comes to its first is not. */
function tellArrival(record: JournalRecord): Told {
  const { by, changed, was, resourceVersion } = record.detail ?? {}
  const what = objectWords(record)
  const isUpdate = changed === true && was !== undefined && !isTokenName(record.object?.name ?? '')
  const how = by === 'watch' ? 'hears from its watch' : `${by === 'get' ? 'asks for' : 'lists'} ${what}`
  const subject = by === 'watch' ? what : 'it'
  const news = resourceVersion === undefined ? 'is gone' : changed === true ? 'has changed' : 'is as it was'
  return { text: `${how}: ${subject} ${news}`, tone: isUpdate ? 'normal' : 'chatter' }
}

function objectWords({ object }: JournalRecord): string {
  return `${(object?.kind ?? '').toLowerCase()} ${object?.namespace ?? ''}/${object?.name ?? ''}`
}

/** Token Secrets of accounts, and the volumes for them: every Pod has one. */
function isTokenName(name: string): boolean {
  return /-token-[a-z0-9]{5}$/.test(name) || /^kube-api-access-[a-z0-9]{5}$/.test(name)
}

function duration(ms: unknown): string {
  return typeof ms === 'number' ? formatDuration(ms) : 'some time'
}
