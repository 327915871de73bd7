import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { HistoricObject } from '../../kernel/history.ts'
import { objectName } from '../../kernel/journal.ts'
import type { Recording } from './recording.ts'

/** An object as the list shows it. */
export interface ObjectRow {
  readonly id: string
  readonly kind: string
  readonly name: string
  readonly namespace: string | undefined
  readonly object: KubeObject
  /** Phase and reason of a Pod, number of keys of a Secret, readiness of a node. */
  readonly summary: string
  readonly glyph: '✓' | '…' | '!' | ' '
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

/** The objects at a moment of the recording. */
export function objectsAt(recording: Recording, at: number): readonly ObjectRow[] {
  const first = recording.moments[0]
  const seq = at < 0 ? (first === undefined ? 0 : Math.max(0, first.seq - 1)) : (recording.moments[at]?.seq ?? 0)
  const rows: ObjectRow[] = []
  for (const historic of recording.history.at(seq).values()) {
    const row = rowOf(historic)
    if (row !== undefined) rows.push(row)
  }
  return rows.sort(byImportance)
}

function rowOf({ key, value }: HistoricObject): ObjectRow | undefined {
  const object = value as KubeObject
  if (!kinds.includes(key.kind) || key.namespace?.startsWith('kube-') === true) return undefined
  const rest = { id: objectName(key), kind: key.kind, name: key.name, namespace: key.namespace, object }
  switch (key.kind) {
    case 'Pod':
      return { ...rest, ...podSummary(object as Pod) }
    case 'Secret': {
      const { data = {}, immutable } = object as KubeObject & { readonly data?: object; readonly immutable?: boolean }
      const count = Object.keys(data).length
      return {
        ...rest,
        summary: `${count} ${count === 1 ? 'key' : 'keys'}${immutable === true ? ', immutable' : ''}`,
        glyph: ' ',
      }
    }
    case 'Node':
      return { ...rest, ...nodeSummary(object) }
    default:
      return { ...rest, summary: '', glyph: ' ' }
  }
}

function podSummary(pod: Pod): Pick<ObjectRow, 'summary' | 'glyph'> {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])]
  const reason = statuses
    .map(({ state }) => state?.waiting?.reason ?? state?.terminated?.reason)
    .find((each) => each !== undefined)
  const isReady = pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
  const phase = pod.metadata.deletionTimestamp === undefined ? (pod.status?.phase ?? 'Pending') : 'Terminating'
  const isBad = /Error|BackOff|Err|Failed/.test(`${reason ?? ''}${phase}`)
  return {
    summary: [phase, ...(isReady ? ['ready'] : []), ...(reason === undefined ? [] : [reason])].join(', '),
    glyph: isBad ? '!' : isReady || phase === 'Succeeded' ? '✓' : '…',
  }
}

function nodeSummary(node: KubeObject): Pick<ObjectRow, 'summary' | 'glyph'> {
  const { status } = node as KubeObject & {
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] }
  }
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')?.status ?? 'Unknown'
  return {
    summary: ready === 'True' ? 'Ready' : ready === 'False' ? 'NotReady' : 'Ready unknown',
    glyph: ready === 'True' ? '✓' : '!',
  }
}

function byImportance(a: ObjectRow, b: ObjectRow): number {
  const rank = (row: ObjectRow) => (isSystems(row) ? 100 : 0) + kinds.indexOf(row.kind)
  return rank(a) - rank(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}

function isSystems({ object }: ObjectRow): boolean {
  const { type } = object as KubeObject & { readonly type?: string }
  return type === 'kubernetes.io/service-account-token' || object.kind === 'ServiceAccount'
}
