import type { Journal, JournalRecord } from '../kernel/journal.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { Container, Pod, Secret } from '../objects/core.ts'
import type { UpdateDelay } from './sim.ts'

export interface DelayQuestion {
  readonly journal: Journal
  readonly namespace: string
  readonly secret: string
  /** Sync period plus propagation delay of a node's cache (U3). */
  readonly boundMs: (node: string) => VirtualMs
}

/** Every update of a Secret's data against every container that used the Secret then (U1, U3, U4), from the journal. */
export function updateDelays(question: DelayQuestion): readonly UpdateDelay[] {
  const { journal, namespace, secret } = question
  const updates = journal
    .query({ type: 'object.updated', object: { kind: 'Secret', namespace, name: secret } })
    .filter(changesData)
  if (updates.length === 0) return []
  const running = podsByTime(journal, namespace)
  const setUps = journal.query({ type: 'volume.set-up' })
  return updates.flatMap((update) => {
    const version = (update.after as Secret).metadata.resourceVersion ?? ''
    return running(update.seq).flatMap((pod) =>
      usesOf(pod, secret).map((use) => delayOf(question, update, version, pod, use, setUps)),
    )
  })
}

function changesData({ before, after }: JournalRecord): boolean {
  return JSON.stringify((before as Secret).data) !== JSON.stringify((after as Secret).data)
}

/** Pods with a running container right after the record with a given seq. */
function podsByTime(journal: Journal, namespace: string): (seq: number) => readonly Pod[] {
  const changes = journal.query({ type: (type) => type.startsWith('object.'), object: { kind: 'Pod', namespace } })
  return (seq) => {
    const pods = new Map<string, Pod>()
    for (const { seq: at, object, after } of changes) {
      if (at > seq || object === undefined) break
      if (after === undefined) pods.delete(object.name)
      else pods.set(object.name, after as Pod)
    }
    return [...pods.values()].filter(
      ({ status }) => status?.containerStatuses?.some(({ state }) => state?.running !== undefined) === true,
    )
  }
}

interface Use {
  readonly container: string
  readonly way: UpdateDelay['way']
  readonly where: string
  readonly volume: string | undefined
}

function usesOf({ spec }: Pod, secret: string): readonly Use[] {
  const volumes = new Set(
    (spec.volumes ?? [])
      .filter(
        ({ secret: source, projected }) =>
          source?.secretName === secret || projected?.sources?.some((part) => part.secret?.name === secret) === true,
      )
      .map(({ name }) => name),
  )
  return spec.containers.flatMap((container) => [...mounts(container, volumes), ...variables(container, secret)])
}

function mounts({ name: container, volumeMounts = [] }: Container, volumes: ReadonlySet<string>): readonly Use[] {
  return volumeMounts
    .filter(({ name }) => volumes.has(name))
    .map(({ name, mountPath, subPath, subPathExpr }) => ({
      container,
      way: (subPath ?? subPathExpr ?? '') === '' ? 'volume' : 'subPath',
      where: mountPath,
      volume: name,
    }))
}

function variables({ name: container, env = [], envFrom = [] }: Container, secret: string): readonly Use[] {
  const names = env.filter(({ valueFrom }) => valueFrom?.secretKeyRef?.name === secret).map(({ name }) => name)
  const all = envFrom.some(({ secretRef }) => secretRef?.name === secret) ? [...names, 'envFrom'] : names
  return all.length === 0 ? [] : [{ container, way: 'env', where: all.join(', '), volume: undefined }]
}

function delayOf(
  question: DelayQuestion,
  update: JournalRecord,
  version: string,
  pod: Pod,
  use: Use,
  setUps: readonly JournalRecord[],
): UpdateDelay {
  const node = pod.spec.nodeName ?? ''
  const base = {
    namespace: question.namespace,
    secret: question.secret,
    resourceVersion: version,
    updatedAt: update.time,
    node,
    pod: pod.metadata.name,
    container: use.container,
    way: use.way,
    where: use.where,
    boundMs: question.boundMs(node),
  }
  const never = neverBecause(use, update)
  if (never !== undefined) return { ...base, visibleAt: undefined, never, parts: undefined }
  const ofVolume = setUps.filter(
    ({ seq, object, detail }) => seq > update.seq && object?.uid === pod.metadata.uid && detail?.volume === use.volume,
  )
  const visible = ofVolume.find(({ detail }) => shows(detail?.sources, question.secret, version))
  if (visible === undefined) return { ...base, visibleAt: undefined, never: undefined, parts: undefined }
  // A refresh that still showed the old version was served from a cache that had not heard of the new one.
  const stale = ofVolume.filter(({ seq }) => seq < visible.seq)
  const cacheMs = (stale[stale.length - 1]?.time ?? update.time) - update.time
  return {
    ...base,
    visibleAt: visible.time,
    never: undefined,
    parts: { cacheMs, syncWaitMs: visible.time - update.time - cacheMs, mountMs: 0 },
  }
}

/** U4: what is resolved once, at the container's start, never changes in it. */
function neverBecause({ way }: Use, { before }: JournalRecord): string | undefined {
  if (way === 'subPath') return 'a subPath mount keeps the file that it was bound to'
  if (way === 'env') return 'the environment of a running container does not change'
  return (before as Secret).immutable === true ? 'the Secret is immutable: its node no longer watches it' : undefined
}

function shows(sources: unknown, secret: string, version: string): boolean {
  if (!Array.isArray(sources)) return false
  return sources.some(
    (source: { readonly kind?: string; readonly name?: string; readonly resourceVersion?: string }) => {
      return source.kind === 'Secret' && source.name === secret && Number(source.resourceVersion) >= Number(version)
    },
  )
}
