import type { Pod, Secret } from '../api/types/core.ts'
import type { JournalReader, JournalRecord } from '../kernel/journal.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { type SecretUse, secretUses, updateDelay } from '../node/propagation.ts'

export interface UpdateDelay {
  readonly namespace: string
  readonly secret: string
  readonly resourceVersion: string
  readonly updatedAt: VirtualMs
  readonly node: string
  readonly pod: string
  readonly container: string
  /** How the container uses the Secret. */
  readonly way: 'volume' | 'subPath' | 'env' | 'envFrom'
  /** Path of the mount, or names of the variables. */
  readonly where: string
  /** Undefined: not yet, or never (see `never`). */
  readonly visibleAt: VirtualMs | undefined
  /** Why the container will never see it as it is: subPath, env, immutable. */
  readonly never: string | undefined
  /** Parts of the delay, which add up to it. */
  readonly parts:
    | { readonly toCacheMs: VirtualMs; readonly toSyncMs: VirtualMs; readonly toMountMs: VirtualMs }
    | undefined
  /** Sync period plus propagation delay of the node's cache (U3). */
  readonly boundMs: VirtualMs
}

export interface DelayQuestion {
  readonly journal: JournalReader
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
  const visible = journal
    .query({ type: 'object.visible' })
    .filter(({ detail }) => detail?.kind === 'Secret' && detail.name === secret && detail.volume !== undefined)
  return updates.flatMap((update) =>
    running(update.seq).flatMap((pod) =>
      secretUses(pod, secret, update.before as Secret).map((use) => delayOf(question, update, pod, use, visible)),
    ),
  )
}

function changesData({ before, after }: JournalRecord): boolean {
  return JSON.stringify((before as Secret).data) !== JSON.stringify((after as Secret).data)
}

/** Pods with a running container right after the record with a given seq. */
function podsByTime(journal: JournalReader, namespace: string): (seq: number) => readonly Pod[] {
  const changes = journal.query({ type: (type) => type.startsWith('object.'), object: { kind: 'Pod', namespace } })
  return (seq) => {
    const pods = new Map<string, Pod>()
    for (const { seq: at, object, type, after } of changes) {
      if (at > seq || object === undefined) break
      if (type === 'object.deleted') pods.delete(object.name)
      else if (after !== undefined) pods.set(object.name, after as Pod)
    }
    return [...pods.values()].filter(isRunning)
  }
}

function isRunning({ status }: Pod): boolean {
  return status?.containerStatuses?.some(({ state }) => state?.running !== undefined) ?? false
}

function delayOf(
  { namespace, secret, boundMs }: DelayQuestion,
  update: JournalRecord,
  pod: Pod,
  use: SecretUse,
  visible: readonly JournalRecord[],
): UpdateDelay {
  const node = pod.spec.nodeName ?? ''
  const version = (update.after as Secret).metadata.resourceVersion ?? ''
  const base = {
    namespace,
    secret,
    resourceVersion: version,
    updatedAt: update.time,
    node,
    pod: pod.metadata.name,
    container: use.container,
    way: use.route,
    where: use.at,
    never: use.never,
    boundMs: boundMs(node),
  }
  const seen = use.never !== undefined ? undefined : visible.find((record) => shows(record, update, pod, use, version))
  if (seen === undefined) return { ...base, visibleAt: undefined, parts: undefined }
  const parts = updateDelay({
    writtenAt: update.time,
    cachedAt: seen.time - Number(seen.detail?.copyAgeMs),
    syncedAt: seen.time - Number(seen.detail?.sinceSyncMs),
    visibleAt: seen.time,
  })
  return { ...base, visibleAt: seen.time, parts }
}

function shows(
  { seq, object, detail }: JournalRecord,
  update: JournalRecord,
  pod: Pod,
  use: SecretUse,
  version: string,
): boolean {
  if (seq < update.seq || object?.uid !== pod.metadata.uid || detail?.volume !== use.volume) return false
  return Number(detail?.resourceVersion) >= Number(version)
}
