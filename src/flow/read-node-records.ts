import type { ClusterRecord, RecordOf } from '../cluster/records.ts'
import type { ContentSource } from '../node/volumes/plugin.ts'
import type { Attempt, ContainerTrace, CopyStep, NodeTrace, PodTrace, SubPathStep, VolumeStep } from './traces.ts'

/** Where facts about Pods and nodes go. */
export interface NodeTraces {
  pod(uid: string): PodTrace | undefined
  node(name: string): NodeTrace
}

/** Files what kubelets and runtimes tell, see their rooms' `records.ts`. */
export function readNodeRecord(record: ClusterRecord, traces: NodeTraces): void {
  switch (record.type) {
    case 'copy.arrived':
    case 'copy.reused':
      if (record.object?.kind === 'Secret') readCopy(record, traces.node(nodeOf(record.actor)))
      return
    case 'kubelet.start':
    case 'kubelet.stop':
      traces
        .node(nodeOf(record.actor))
        .kubelet.push({ seq: record.seq, at: record.time, runs: record.type === 'kubelet.start' })
      return
    default: {
      const uid = record.object?.uid
      const pod = uid === undefined ? undefined : traces.pod(uid)
      if (pod !== undefined) readPodRecord(record, pod)
    }
  }
}

/** `kubelet/node-1` -> `node-1` */
function nodeOf(actor: string): string {
  return actor.slice(actor.indexOf('/') + 1)
}

function readPodRecord(record: ClusterRecord, pod: PodTrace): void {
  switch (record.type) {
    case 'pod.sync':
    case 'pod.synced':
    case 'pod.sync-due':
      readSync(record, pod)
      return
    case 'volume.set-up':
    case 'volume.set-up-failed':
    case 'volume.tear-down':
      readVolume(record, pod)
      return
    case 'subpath.bind':
      bindSubPath(record, pod)
      return
    case 'object.visible':
      readEnvironment(record, pod)
      return
    case 'container.create':
    case 'container.start':
    case 'container.exit':
      readContainer(record, pod)
      return
    case 'image.pull':
      pod.pulls.push({ seq: record.seq, at: record.time, image: record.detail.image })
      return
    default:
  }
}

function readCopy(record: RecordOf<'copy.arrived' | 'copy.reused'>, node: NodeTrace): void {
  const { seq, time, object } = record
  const key = `${object?.namespace ?? ''}/${object?.name ?? ''}`
  const version = record.detail.resourceVersion
  const step: CopyStep =
    record.type === 'copy.arrived'
      ? {
          ...{ seq, at: time, kind: 'arrived', by: record.detail.by, version },
          ...{ changed: record.detail.changed, ageMs: undefined, error: undefined },
        }
      : {
          ...{ seq, at: time, kind: 'reused', by: undefined, version },
          ...{ changed: false, ageMs: record.detail.ageMs, error: record.detail.error },
        }
  const known = node.copies.get(key)
  if (known === undefined) node.copies.set(key, [step])
  else known.push(step)
}

function readSync(record: RecordOf<'pod.sync' | 'pod.synced' | 'pod.sync-due'>, { syncs }: PodTrace): void {
  const { seq, time } = record
  switch (record.type) {
    case 'pod.sync':
      // Only syncs of a Pod that is to run look at its volumes.
      if (record.detail.phase === 'running')
        syncs.push({ seq, at: time, kind: 'sync', nextAt: undefined, error: undefined })
      return
    case 'pod.synced': {
      const { error, nextInMs } = record.detail
      syncs.push({ seq, at: time, kind: 'ended', nextAt: nextInMs === undefined ? undefined : time + nextInMs, error })
      return
    }
    case 'pod.sync-due': {
      const { lastAgoMs, nextInMs } = record.detail
      if (lastAgoMs !== undefined)
        syncs.push({ seq, at: time - lastAgoMs, kind: 'idle', nextAt: undefined, error: undefined })
      syncs.push({ seq, at: time, kind: 'due', nextAt: time + nextInMs, error: undefined })
    }
  }
}

function readVolume(
  record: RecordOf<'volume.set-up' | 'volume.set-up-failed' | 'volume.tear-down'>,
  pod: PodTrace,
): void {
  const step = volumeStep(record)
  const known = pod.volumes.get(record.detail.volume)
  if (known === undefined) pod.volumes.set(record.detail.volume, [step])
  else known.push(step)
}

function volumeStep(record: RecordOf<'volume.set-up' | 'volume.set-up-failed' | 'volume.tear-down'>): VolumeStep {
  const { seq, time } = record
  switch (record.type) {
    case 'volume.set-up': {
      const { changed, sources } = record.detail
      return { seq, at: time, kind: 'set-up', changed, versions: secretVersions(sources), error: undefined }
    }
    case 'volume.set-up-failed':
      return { seq, at: time, kind: 'failed', changed: false, versions: noVersions, error: record.detail.error }
    case 'volume.tear-down':
      return { seq, at: time, kind: 'torn-down', changed: false, versions: noVersions, error: undefined }
  }
}

function secretVersions(sources: readonly ContentSource[]): ReadonlyMap<string, string | undefined> {
  const secrets = sources.filter(({ kind }) => kind === 'Secret')
  return secrets.length === 0
    ? noVersions
    : new Map(secrets.map(({ name, resourceVersion }) => [name, resourceVersion] as const))
}

const noVersions: ReadonlyMap<string, string | undefined> = new Map()

function containerOf(name: string, pod: PodTrace): ContainerTrace {
  let container = pod.containers.get(name)
  if (container === undefined) {
    container = { name, attempts: [], env: new Map(), subPaths: new Map() }
    pod.containers.set(name, container)
  }
  return container
}

function bindSubPath({ seq, time, detail }: RecordOf<'subpath.bind'>, pod: PodTrace): void {
  const { mountPath, volume, subPath, isNew, sources } = detail
  const container = containerOf(detail.container, pod)
  const before = container.subPaths.get(mountPath)
  const step: SubPathStep = {
    ...{ seq, at: time, mountPath, volume, subPath },
    versions: !isNew && before !== undefined ? before.versions : secretVersions(sources),
  }
  container.subPaths = new Map(container.subPaths).set(mountPath, step)
}

/** What volumes show is told by their set-ups; here only environments count. */
function readEnvironment({ detail }: RecordOf<'object.visible'>, pod: PodTrace): void {
  const { container, kind, name, resourceVersion } = detail
  if (container === undefined || kind !== 'Secret') return
  const trace = containerOf(container, pod)
  trace.env = new Map(trace.env).set(name, String(resourceVersion))
}

function readContainer(
  record: RecordOf<'container.create' | 'container.start' | 'container.exit'>,
  pod: PodTrace,
): void {
  const { seq, time, type, detail } = record
  const container = containerOf(detail.container, pod)
  if (type === 'container.create') {
    const attempt: Attempt = {
      ...{ attempt: detail.attempt, createdAt: time, createdSeq: seq },
      ...{ env: container.env, subPaths: container.subPaths },
      ...{ startedAt: undefined, startedSeq: undefined, exitedAt: undefined, exitedSeq: undefined },
    }
    container.attempts.push(attempt)
    container.env = new Map()
    return
  }
  const attempt = container.attempts.findLast(({ attempt: number }) => number === detail.attempt)
  if (attempt === undefined) return
  if (type === 'container.start') {
    attempt.startedAt = time
    attempt.startedSeq = seq
  } else {
    attempt.exitedAt = time
    attempt.exitedSeq = seq
  }
}
