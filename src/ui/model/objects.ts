import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { HistoricObject } from '../../kernel/history.ts'
import { type JournalObject, objectName } from '../../kernel/journal.ts'

/** An object of a moment, as lists and the selection have it. */
export interface ObjectRow {
  readonly uid: string
  readonly key: JournalObject
  readonly object: KubeObject
}

/** Kinds that a learner looks at, in this order; the system's own Secrets and accounts come last. */
const kinds = [
  'Pod',
  'Secret',
  'ConfigMap',
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'Node',
  'ServiceAccount',
]
const rankOf = new Map(kinds.map((kind, i) => [kind, i]))

/** The objects of a moment that are worth a line, Pods first. */
export function objectRows(objects: ReadonlyMap<string, HistoricObject>): readonly ObjectRow[] {
  const rows: { readonly row: ObjectRow; readonly rank: number; readonly name: string }[] = []
  for (const { key, value } of objects.values()) {
    const rank = rankOf.get(key.kind)
    if (rank === undefined || key.namespace?.startsWith('kube-') === true) continue
    const object = value as KubeObject // what the journal keeps of an API object
    const uid = object.metadata.uid ?? objectName(key)
    rows.push({ row: { uid, key, object }, rank: rank + (isSystems(object) ? 100 : 0), name: objectName(key) })
  }
  rows.sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
  return rows.map(({ row }) => row)
}

function isSystems(object: KubeObject): boolean {
  const { type } = object as KubeObject & { readonly type?: string } // Secrets have one
  return type === 'kubernetes.io/service-account-token' || object.kind === 'ServiceAccount'
}

/** Phase and reason of a Pod, number of keys of a Secret, readiness of a node; with a glyph that says how it is. */
export interface Summary {
  readonly text: string
  readonly glyph: '✓' | '…' | '!' | ' '
}

/** How an object is, in a few words. */
export function summaryOf(object: KubeObject): Summary {
  switch (object.kind) {
    case 'Pod':
      return podSummary(object as Pod) // of this kind
    case 'Secret': {
      const { data = {}, immutable } = object as KubeObject & { readonly data?: object; readonly immutable?: boolean } // of this kind
      const count = Object.keys(data).length
      return { text: `${count} ${count === 1 ? 'key' : 'keys'}${immutable === true ? ', immutable' : ''}`, glyph: ' ' }
    }
    case 'Node':
      return nodeSummary(object)
    default:
      return { text: '', glyph: ' ' }
  }
}

function podSummary(pod: Pod): Summary {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const reason = statuses
    .map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
    .find((each) => each !== undefined)
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const phase = pod.metadata.deletionTimestamp === undefined ? (pod.status?.phase ?? 'Pending') : 'Terminating'
  const isBad = /Error|BackOff|Err|Failed/.test(`${reason ?? ''}${phase}`)
  return {
    text: [phase, ...(isReady ? ['ready'] : []), ...(reason === undefined ? [] : [reason])].join(', '),
    glyph: isBad ? '!' : isReady || phase === 'Succeeded' ? '✓' : '…',
  }
}

function nodeSummary(node: KubeObject): Summary {
  const { status } = node as KubeObject & {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  } // of kind Node
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown'
  return {
    text: ready === 'True' ? 'Ready' : ready === 'False' ? 'NotReady' : 'Ready unknown',
    glyph: ready === 'True' ? '✓' : '!',
  }
}
