import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'
import { isWithin, judged, type Window } from './window.ts'

/** "U[123,124] + U[10,15) + tick for the time-out event": the first round, and from one event to the next. */
const firstRound: Window = { least: 123, most: 124 }
const laterRound: Window = { least: 133, most: 140 }
/** From here on nobody tells of a wait that ran out (v1.36/README.md row 1). */
const minorWithoutTimeOuts = 36

/** "A changed annotation refreshes the pod's volumes within 0.2 s"; the event and the volume manager's line have clocks of their own. */
const refreshed: Window = { least: 0, most: 0.3 }

/** "reflector back-off 0.8..1.6 s"; another two requests may stand before it at the client's limit. */
const refusalPause: Window = { least: 0.8, most: 2 }

/**
 * "Every gap is a whole number of seconds": 61 to 90 of an idle Pod, 11 to 15 of one in error, told by an event that was up to 0.3 s on
 * its way, in v1.36 up to 0.8 s. A first one begins between two ticks of the kubelet's second (v1.26/README.md).
 */
const idleGap: Gaps = { first: { least: 60, most: 91 }, later: { least: 60.8, most: 90.2 } }
const errorGap: Gaps = { first: { least: 9.8, most: 16.2 }, later: { least: 10.8, most: 15.2 } }
const busyErrorGap: Gaps = { first: { least: 9.6, most: 16.4 }, later: { least: 10.6, most: 15.8 } }
const minorOfBusyMachine = 36

/** Rows up to the first accident: what comes after it has other causes. */
function quiet(rows: readonly TimelineRow[]): readonly TimelineRow[] {
  const accident = rows.findIndex(({ actor }) => actor === 'operator')
  return accident < 0 ? rows : rows.slice(0, accident)
}

/** When each Pod that waits for its volumes tells that it has waited. */
export function timeOutRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  if (minorOfFile(file) >= minorWithoutTimeOuts) return []
  const last = new Map<string, number>()
  return quiet(rows).flatMap(({ t, actor, what, detail }) => {
    if (actor === 'user' && what === 'create pod') last.delete(String(detail.name))
    if (actor !== 'event' || !String(detail.message).startsWith('Unable to attach or mount volumes')) return []
    const pod = String(detail.pod)
    const before = last.get(pod)
    last.set(pod, t)
    const created = rows.findLast((row) => row.what === 'create pod' && row.detail.name === pod && row.t <= t)?.t ?? 0
    return before === undefined
      ? [judged(`${pod} tells of its first wait`, created, t, firstRound)]
      : [judged(`${pod} tells of its next wait, at ${Math.round(t)} s`, before, t, laterRound)]
  })
}

/** When a Pod is synced whose annotations change (category refresh). */
export function annotationRows(rows: readonly TimelineRow[]): readonly RowScore[] {
  const patches = rows.filter(({ actor, what }) => actor === 'user' && what === 'patch pod')
  return patches.map(({ t, detail: { name } }, at) => {
    const setUp = rows.find((row) => row.t > t && row.what === 'set-up ok' && row.detail.pod === name)
    return judged(`${String(name)} is refreshed, no. ${at + 1}`, t, setUp?.t, refreshed)
  })
}

/** How long a reflector waits that was refused before the authorizer knew the Pod. */
export function refusalPauseRows(rows: readonly TimelineRow[]): readonly RowScore[] {
  const refused = new Map<string, number | undefined>()
  return quiet(rows).flatMap(({ t, actor, what, detail }) => {
    if (actor !== 'request' || what !== 'list') return []
    const list = `${String(detail.secret)} ${String(detail.node)}`
    const since = refused.get(list)
    // Only the first pause is the first of its back-off.
    if (!refused.has(list)) refused.set(list, detail.code === 403 ? t : undefined)
    if (since === undefined) return []
    refused.set(list, undefined)
    return [judged(`${list} is listed again`, since, t, refusalPause)]
  })
}

/**
 * "Closed after 5 min without a read, looked at every 60 s": watches of Secrets whose Pods read them only when a container is made (category
 * refresh). Not those that end by their time-out and are opened again.
 */
const idleClose: Window = { least: 300, most: 361 }
const reopened = 1

/** When a watch is given up that nobody needs (v1.26/README.md row 2). */
export function idleWatchRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  if (file.strategy !== 'Watch') return []
  return quiet(rows).flatMap(({ t, actor, what, detail: { secret } }) => {
    if (actor !== 'request' || what !== 'watch closed') return []
    const isOpen = rows.some((row) => {
      const isSame = row.actor === 'request' && row.what !== 'watch closed' && row.detail.secret === secret
      return isSame && row.t >= t && row.t <= t + reopened
    })
    const pods = rows.filter((row) => row.what === 'create pod' && JSON.stringify(row.detail).includes(`"${secret}"`))
    const names = new Set(pods.map(({ detail }) => detail.name))
    const reads = rows.filter((row) => row.what === 'CreateContainer' && names.has(row.detail.pod) && row.t <= t)
    const last = reads.at(-1)?.t
    if (isOpen || last === undefined) return []
    return [judged(`${String(secret)} is watched no more`, last, t, idleClose)]
  })
}

/** Gaps between syncs must be possible ones: of an idle Pod (category update-delay) and of one that lacks a variable. */
export function gapRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const gaps = file.category === 'update-delay' ? idleGaps(rows) : errorGaps(rows)
  const inError = minorOfFile(file) < minorOfBusyMachine ? errorGap : busyErrorGap
  const window = file.category === 'update-delay' ? idleGap : inError
  const wrong = gaps.filter(({ to, from, isFirst }) => !isWithin(to - from, isFirst ? window.first : window.later))
  if (gaps.length === 0) return []
  const diff = wrong.map(({ pod, from, to }) => `${pod}: ${(to - from).toFixed(2)} s after ${from} s`).join('\n')
  return [{ row: 'window gaps between syncs', passed: wrong.length === 0, diff }]
}

interface Gaps {
  readonly first: Window
  readonly later: Window
}

interface Gap {
  readonly pod: string
  readonly from: number
  readonly to: number
  /** After the syncs of a start. */
  readonly isFirst: boolean
}

/** Closer ones are those of a start. Seconds. */
const leastIdleGap = 30
const leastErrorGap = 5

function idleGaps(rows: readonly TimelineRow[]): readonly Gap[] {
  const last = new Map<string, { readonly t: number; readonly isStart: boolean }>()
  return rows.flatMap(({ t, what, detail }) => {
    if (what !== 'set-up ok') return []
    const pod = String(detail.pod)
    const before = last.get(pod)
    const isStart = before === undefined || t - before.t < leastIdleGap
    last.set(pod, { t, isStart })
    return isStart ? [] : [{ pod, from: before.t, to: t, isFirst: before.isStart }]
  })
}

/** Only of Pods that never ran: others have a crash back-off. */
function errorGaps(rows: readonly TimelineRow[]): readonly Gap[] {
  const last = new Map<string, { readonly t: number; readonly count: number; readonly isStart: boolean }>()
  return quiet(rows).flatMap(({ t, actor, what, detail }) => {
    if (actor !== 'event' || what !== 'Failed' || !/^Error: secret .* not found$/.test(String(detail.message)))
      return []
    const pod = String(detail.pod)
    const count = Number(detail.count)
    const before = last.get(pod)
    const isStart = before === undefined || t - before.t < leastErrorGap
    last.set(pod, { t, count, isStart })
    // The spam filter lets some go by untold.
    return isStart || count !== before.count + 1 ? [] : [{ pod, from: before.t, to: t, isFirst: before.isStart }]
  })
}
