import type { JournalRecord } from '../kernel/journal.ts'
import type { ContentSource } from '../node/volumes/plugin.ts'
import type {
  Attempt,
  ContainerTrace,
  CopyStep,
  NodeTrace,
  PodTrace,
  SubPathStep,
  SyncStep,
  VolumeStep,
} from './traces.ts'

/** Where facts about Pods and nodes go. */
export interface NodeTraces {
  pod(uid: string): PodTrace | undefined
  node(name: string): NodeTrace
}

/** Files what kubelets and runtimes tell, see their rooms' `records.ts`. */
export function readNodeRecord(record: JournalRecord, traces: NodeTraces): void {
  const { type, actor, object } = record
  if (type === 'copy.arrived' || type === 'copy.reused') {
    if (object?.kind === 'Secret') readCopy(record, traces.node(nodeOf(actor)))
    return
  }
  if (type === 'kubelet.start' || type === 'kubelet.stop') {
    traces.node(nodeOf(actor)).kubelet.push({ seq: record.seq, at: record.time, runs: type === 'kubelet.start' })
    return
  }
  const pod = object?.uid === undefined ? undefined : traces.pod(object.uid)
  if (pod === undefined) return
  if (type.startsWith('pod.sync')) pod.syncs.push(...syncSteps(record))
  else if (type.startsWith('volume.')) readVolume(record, pod)
  else if (type === 'subpath.bind') bindSubPath(record, pod)
  else if (type === 'object.visible') readEnvironment(record, pod)
  else if (type.startsWith('container.')) readContainer(record, pod)
  else if (type === 'image.pull')
    pod.pulls.push({ seq: record.seq, at: record.time, image: String(record.detail?.image ?? '') })
}

/** `kubelet/node-1` -> `node-1` */
function nodeOf(actor: string): string {
  return actor.slice(actor.indexOf('/') + 1)
}

function readCopy({ seq, time, type, object, detail = {} }: JournalRecord, node: NodeTrace): void {
  const key = `${object?.namespace ?? ''}/${object?.name ?? ''}`
  const { by } = detail
  const step: CopyStep = {
    seq,
    at: time,
    kind: type === 'copy.arrived' ? 'arrived' : 'reused',
    by: by === 'list' || by === 'watch' || by === 'get' ? by : undefined,
    version: textOf(detail.resourceVersion),
    changed: detail.changed === true,
    ageMs: numberOf(detail.ageMs),
    error: textOf(detail.error),
  }
  const known = node.copies.get(key)
  if (known === undefined) node.copies.set(key, [step])
  else known.push(step)
}

function syncSteps({ seq, time, type, detail = {} }: JournalRecord): readonly SyncStep[] {
  const inMs = numberOf(detail.nextInMs)
  const nextAt = inMs === undefined ? undefined : time + inMs
  const error = textOf(detail.error)
  if (type === 'pod.sync') {
    // Only syncs of a Pod that is to run look at its volumes.
    return detail.phase === 'running' ? [{ seq, at: time, kind: 'sync', nextAt, error }] : []
  }
  if (type === 'pod.synced') return [{ seq, at: time, kind: 'ended', nextAt, error }]
  const lastAgoMs = numberOf(detail.lastAgoMs)
  const due: SyncStep = { seq, at: time, kind: 'due', nextAt, error }
  return lastAgoMs === undefined
    ? [due]
    : [{ seq, at: time - lastAgoMs, kind: 'idle', nextAt: undefined, error: undefined }, due]
}

function readVolume({ seq, time, type, detail = {} }: JournalRecord, pod: PodTrace): void {
  const name = String(detail.volume ?? '')
  const kind = type === 'volume.set-up' ? 'set-up' : type === 'volume.tear-down' ? 'torn-down' : 'failed'
  const step: VolumeStep = {
    ...{ seq, at: time, kind, changed: detail.changed === true },
    ...{ versions: secretVersions(detail.sources), error: textOf(detail.error) },
  }
  const known = pod.volumes.get(name)
  if (known === undefined) pod.volumes.set(name, [step])
  else known.push(step)
}

function secretVersions(sources: unknown): ReadonlyMap<string, string | undefined> {
  if (!Array.isArray(sources)) return noVersions
  // The kubelet's records have the sources of a volume so.
  const secrets = (sources as readonly ContentSource[]).filter(({ kind }) => kind === 'Secret')
  return secrets.length === 0
    ? noVersions
    : new Map(secrets.map(({ name, resourceVersion }) => [name, resourceVersion] as const))
}

const noVersions: ReadonlyMap<string, string | undefined> = new Map()

function containerOf({ detail }: JournalRecord, pod: PodTrace): ContainerTrace {
  const name = String(detail?.container ?? '')
  let container = pod.containers.get(name)
  if (container === undefined) {
    container = { name, attempts: [], env: new Map(), subPaths: new Map() }
    pod.containers.set(name, container)
  }
  return container
}

function bindSubPath(record: JournalRecord, pod: PodTrace): void {
  const { seq, time, detail = {} } = record
  const container = containerOf(record, pod)
  const mountPath = String(detail.mountPath ?? '')
  const before = container.subPaths.get(mountPath)
  const step: SubPathStep = {
    ...{ seq, at: time, mountPath, volume: String(detail.volume ?? ''), subPath: String(detail.subPath ?? '') },
    versions: detail.isNew !== true && before !== undefined ? before.versions : secretVersions(detail.sources),
  }
  container.subPaths = new Map(container.subPaths).set(mountPath, step)
}

/** What volumes show is told by their set-ups; here only environments count. */
function readEnvironment(record: JournalRecord, pod: PodTrace): void {
  const { container, kind, name, resourceVersion } = record.detail ?? {}
  if (container === undefined || kind !== 'Secret') return
  const trace = containerOf(record, pod)
  trace.env = new Map(trace.env).set(String(name), String(resourceVersion))
}

function readContainer(record: JournalRecord, pod: PodTrace): void {
  const { seq, time, type, detail = {} } = record
  const container = containerOf(record, pod)
  if (type === 'container.create') {
    const attempt: Attempt = {
      ...{ attempt: numberOf(detail.attempt) ?? 0, createdAt: time, createdSeq: seq },
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
  } else if (type === 'container.exit') {
    attempt.exitedAt = time
    attempt.exitedSeq = seq
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined
}
