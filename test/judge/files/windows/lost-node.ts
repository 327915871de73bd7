import type { RowScore } from '../../judge.ts'
import type { TimelineRow } from '../../timeline-format.ts'
import { judged, type Window } from './window.ts'

/** "NotReady 30..50 s after the kubelet went (40 s after the last lease renewal, which comes every 10 s; checked every 5 s)". */
const notReady: Window = { least: 30, most: 50 }
/** "the NoExecute taint one check (5 s) later; eviction at taint + tolerationSeconds (+0..0.1 s)". */
const taintAfter = 5
const evictionSlack = 0.1
/** What DefaultTolerationSeconds gives Pods that say nothing. */
const defaultToleration = 300
/** The ReplicaSet of the recording. */
const setName = 'web'
/** "replacement running within 2 s of the eviction". */
const replacement: Window = { least: 0, most: 2 }

/** Category node-lost: when the node is given up, its Pods are evicted, and the replacement runs. */
export function lostNodeRows(rows: readonly TimelineRow[]): readonly RowScore[] {
  const stopped = rows.find(({ actor, what }) => actor === 'operator' && what === 'kubelet stop')?.t ?? 0
  const lost = rows.find(({ what, detail }) => what === 'node condition Ready' && detail.status === 'Unknown')?.t
  const node = judged('node is not ready', stopped, lost, notReady)
  const evictions = rows.filter(({ what }) => what === 'TaintManagerEviction')
  if (lost === undefined || evictions.length === 0)
    return [node, judged('Pods are evicted', stopped, undefined, notReady)]
  const tolerations = tolerationsOf(rows)
  const evicted = evictions.map(({ t, detail }) => {
    const least = taintAfter + (tolerations.get(String(detail.pod)) ?? defaultToleration)
    return judged(`${setOf(detail.pod)} is evicted`, lost, t, { least, most: least + evictionSlack })
  })
  const replaced = evictions.find(({ detail }) => setOf(detail.pod) === setName)?.t ?? 0
  const started = rows.find(({ what, t }) => what === 'StartContainer' && t > replaced)?.t
  return [node, ...evicted, judged('replacement runs', replaced, started, replacement)]
}

/** Seconds, by Pod. */
function tolerationsOf(rows: readonly TimelineRow[]): ReadonlyMap<string, number> {
  return new Map(
    rows.flatMap(({ what, detail }) => {
      if (what !== 'create pod') return []
      // As the driver wrote it.
      const { spec } = detail.object as {
        readonly spec: { readonly tolerations?: readonly { readonly tolerationSeconds?: number }[] }
      }
      const seconds = (spec.tolerations ?? []).flatMap(({ tolerationSeconds }) => tolerationSeconds ?? [])
      return seconds.length === 0 ? [] : [[String(detail.name), Math.min(...seconds)] as const]
    }),
  )
}

/** A Pod of a ReplicaSet has a random name. */
function setOf(pod: unknown): string {
  return String(pod).replace(/^web-.*/, setName)
}
