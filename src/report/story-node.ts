import {
  type ClusterRecord,
  isOfVolume,
  isRequest,
  type RecordOf,
  type RequestRecord,
  type VolumeRecord,
} from '../cluster/records.ts'
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
export function tellNodeRecord(record: ClusterRecord, past: Past): Told | undefined {
  return tellSync(record) ?? tellRuntime(record) ?? tellNetwork(record) ?? tellOther(record, past)
}

/** How the kubelet comes to know of an update and gets round to it. */
function tellSync(record: ClusterRecord): Told | undefined {
  const pod = podWords(record)
  switch (record.type) {
    case 'copy.arrived':
      return tellArrival(record)
    case 'copy.reused':
      return {
        text: `uses its copy of ${objectWords(record)} again, ${formatDuration(record.detail.ageMs)} old`,
        tone: 'chatter',
      }
    case 'pod.sync':
      return { text: `syncs ${pod}`, tone: 'chatter' }
    case 'pod.sync-due':
      return { text: `will sync ${pod} in ${formatDuration(record.detail.nextInMs)}, when it is due`, tone: 'chatter' }
    case 'subpath.bind': {
      const { subPath, volume, mountPath, container } = record.detail
      return {
        text: `binds ${subPath} of volume ${volume} to ${mountPath} of container ${container} of ${pod}`,
        tone: 'chatter',
      }
    }
    default:
      return undefined
  }
}

/** What programs want of each other. */
function tellNetwork(record: ClusterRecord): Told | undefined {
  if (record.type !== 'network.failed' && record.type !== 'network.reached') return undefined
  const { container, target } = record.detail
  const who = `container ${container} of ${podWords(record)}`
  if (record.type === 'network.reached') return { text: `${who} reaches ${target}`, tone: 'normal' }
  const { how, why } = record.detail
  return { text: `${who} wants ${target}: ${how}${why === undefined ? '' : `, for ${why}`}`, tone: 'warning' }
}

/** What the container runtime does. */
function tellRuntime(record: ClusterRecord): Told | undefined {
  const pod = podWords(record)
  switch (record.type) {
    case 'sandbox.run':
      return { text: `makes the sandbox of ${pod}`, tone: 'chatter' }
    case 'image.pull':
      return { text: `pulls ${record.detail.image}`, tone: 'chatter' }
    case 'container.create':
      return { text: `creates container ${record.detail.container} of ${pod}`, tone: 'chatter' }
    case 'container.start':
      // The event Started tells it.
      return { text: `starts container ${record.detail.container} of ${pod}`, tone: 'chatter' }
    case 'container.stop':
      return { text: `asks container ${record.detail.container} of ${pod} to end`, tone: 'chatter' }
    case 'container.exit':
      return {
        text: `container ${record.detail.container} of ${pod} ends with exit code ${record.detail.exitCode}`,
        tone: 'normal',
      }
    default:
      return undefined
  }
}

function tellOther(record: ClusterRecord, past: Past): Told | undefined {
  if (isOfVolume(record)) return tellVolume(record)
  if (isRequest(record)) return tellRequest(record)
  const pod = podWords(record)
  switch (record.type) {
    case 'object.visible':
      return tellVisible(record, past)
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
      return { text: `${pod} is refused: ${record.detail.message}`, tone: 'warning' }
    case 'fault.begin':
    case 'fault.end':
      return { text: record.detail.what, tone: 'fault' }
    default:
      return undefined
  }
}

function tellVolume(record: VolumeRecord): Told {
  const pod = podWords(record)
  const { volume } = record.detail
  const tone = isTokenName(volume) ? 'chatter' : 'normal'
  switch (record.type) {
    case 'volume.set-up': {
      const { refresh, changed } = record.detail
      if (!refresh) return { text: `mounts volume ${volume} of ${pod}`, tone }
      const news = changed ? ': its files change' : ''
      return { text: `refreshes volume ${volume} of ${pod}${news}`, tone: changed ? 'normal' : 'chatter' }
    }
    // The event FailedMount tells it with the words of the real thing.
    case 'volume.set-up-failed': {
      const again = formatDuration(record.detail.retryNotBeforeMs)
      return { text: `volume ${volume} of ${pod} is tried again in ${again}`, tone: 'chatter' }
    }
    case 'volume.tear-down':
      return {
        text: `unmounts volume ${volume} of ${pod}: what was in it is ${record.detail.isKept ? 'kept' : 'gone'}`,
        tone,
      }
  }
}

function tellRequest({ type, detail }: RequestRecord): Told {
  const { resource, name = '', code } = detail
  return { text: `${type.slice('request.'.length)} ${resource} ${name} -> ${code}`, tone: 'chatter' }
}

function podWords({ object }: ClusterRecord): string {
  return object === undefined ? '' : `pod ${object.namespace ?? ''}/${object.name}`
}

/** By which a version of an object is known among those that were written. */
export function versionKey(kind: string, name: string, resourceVersion: unknown): string {
  return `${kind}/${name}@${String(resourceVersion)}`
}

/**
 * A version of a Secret comes to a container: the moment that everybody waits for. The time since its writing is the delay of
 * an update; of what a new Pod starts with it is only the age.
 */
function tellVisible(record: RecordOf<'object.visible'>, past: Past): Told {
  const pod = podWords(record)
  const { time, object } = record
  const { kind, name, resourceVersion, volume, container = '' } = record.detail
  const what = `${kind.toLowerCase()} ${name}`
  const tone = isTokenName(name) ? 'chatter' : 'visible'
  const written = past.writtenAt.get(versionKey(kind, name, resourceVersion))
  const took = written === undefined || written < 0 ? undefined : formatDuration(time - written)
  const age = took === undefined ? '' : `, written ${took} before`
  if (volume === undefined)
    return { text: `container ${container} of ${pod} gets ${what} in its environment${age}`, tone }
  const place = `${object?.uid ?? ''} ${volume} ${versionKey(kind, name, '')}`
  const isFirst = !past.inVolumes.has(place)
  past.inVolumes.add(place)
  if (isFirst) return { text: `${pod} has ${what} in volume ${volume}${age}`, tone }
  const delay = took === undefined ? '' : `, ${took} after it was written`
  return { text: `${pod} sees ${what} in volume ${volume}${delay}`, tone }
}

/** Only that a copy is another is news; how a node comes to its first is not. */
function tellArrival(record: RecordOf<'copy.arrived'>): Told {
  const { by, changed, was, resourceVersion } = record.detail
  const what = objectWords(record)
  const isUpdate = changed && was !== undefined && !isTokenName(record.object?.name ?? '')
  const how = by === 'watch' ? 'hears from its watch' : `${by === 'get' ? 'asks for' : 'lists'} ${what}`
  const subject = by === 'watch' ? what : 'it'
  const news = resourceVersion === undefined ? 'is gone' : changed ? 'has changed' : 'is as it was'
  return { text: `${how}: ${subject} ${news}`, tone: isUpdate ? 'normal' : 'chatter' }
}

function objectWords({ object }: ClusterRecord): string {
  return `${(object?.kind ?? '').toLowerCase()} ${object?.namespace ?? ''}/${object?.name ?? ''}`
}

/** Token Secrets of accounts, and the volumes for them: every Pod has one. */
function isTokenName(name: string): boolean {
  return /-token-[a-z0-9]{5}$/.test(name) || /^kube-api-access-[a-z0-9]{5}$/.test(name)
}
