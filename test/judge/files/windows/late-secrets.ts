import type { RowScore } from '../../judge.ts'
import type { TimelineFile, TimelineRow } from '../../timeline-format.ts'
import { judged, type Window } from './window.ts'

/** "the first success: at the first attempt after the secret exists": the next sync of a Pod in error is 11 to 15 s away. */
const nextSync: Window = { least: 0, most: 16 }
/** What was asked for before the Secret was there may fail after it. Seconds. */
const underWay = 0.3

interface PodObject {
  readonly spec: {
    readonly containers: readonly object[]
    readonly initContainers?: readonly object[]
    readonly imagePullSecrets?: readonly object[]
    readonly volumes?: readonly object[]
  }
}

/** Category late-secret: what becomes of Pods that waited, once all that they wait for is there. */
export function lateSecretRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const made = new Map<string, number>()
  for (const { t, actor, what, detail } of file.timeline)
    if (actor === 'user' && what === 'create secret' && !made.has(String(detail.name))) made.set(String(detail.name), t)
  return file.timeline.flatMap(({ t, actor, what, detail }) => {
    if (actor !== 'user' || what !== 'create pod') return []
    const { spec } = detail.object as PodObject // as the driver sent it
    const text = JSON.stringify([spec.volumes ?? [], spec.containers])
    const since = Math.max(...[...made].filter(([name]) => text.includes(`"${name}"`)).map(([, at]) => at))
    // Of Pods with init containers and pull secrets the attempts stand one behind another.
    const isPlain = spec.initContainers === undefined && spec.imagePullSecrets === undefined
    if (!isPlain || text.includes('"optional":true') || since < t + 1) return []
    const pod = String(detail.name)
    return [...startRows(rows, pod, since, text), ...lateFailures(rows, pod, since)]
  })
}

/** A Pod that waits for variables alone is tried again with its next sync. */
function startRows(rows: readonly TimelineRow[], pod: string, since: number, text: string): readonly RowScore[] {
  if (text.includes('"secretName"')) return []
  const start = rows.find((row) => row.what === 'StartContainer' && row.detail.pod === pod && row.t > since)
  return [judged(`${pod} starts once its Secrets are there`, since, start?.t, nextSync)]
}

/** No set-up fails any more that begins then. */
function lateFailures(rows: readonly TimelineRow[], pod: string, since: number): readonly RowScore[] {
  const failed = rows.find((row) => row.what === 'set-up failed' && row.detail.pod === pod && row.t > since + underWay)
  const diff = failed === undefined ? '' : `${failed.t} ${String(failed.detail.error)}`
  return [{ row: `window ${pod} fails no more once its Secrets are there`, passed: failed === undefined, diff }]
}
