import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'
import { judged, type Window } from './window.ts'

/** Of v1.36 "about 2 s after the deletion (4 s on a busy machine)": a look or two of PLEG; forced ones at once. */
const soon: Window = { least: 0, most: 4 }
const minorWithContexts = 36
/** "gone at once", "within 0.1 s". */
const atOnce: Window = { least: 0, most: 0.2 }
/** From v1.22 on "stays until the 123 s wait is over, then goes within 0.6 s", at what part of PLEG's second it may be. */
const roundSeconds = 123
const afterRound: Window = { least: 0, most: 1.2 }
const minorWithWorkers = 22

/** Category pod-end: Pods that are deleted before any of their containers ran. */
export function waitingPodRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  return file.timeline.flatMap(({ t, actor, what, detail }) => {
    if (actor !== 'user' || what !== 'delete pod') return []
    const pod = String(detail.name)
    const first = (name: string, from: number) =>
      rows.find((row) => row.what === name && (row.detail.pod ?? row.detail.name) === pod && row.t >= from)?.t
    const started = first('StartContainer', 0)
    const created = file.timeline.findLast((row) => row.what === 'create pod' && row.detail.name === pod && row.t < t)
    if (created === undefined || (started !== undefined && started < t)) return []
    // A Secret that came while it was being deleted: the streams tell.
    if (started !== undefined) return []
    const gone = first('pod removed', t)
    // Between two rounds it goes at once; which round it is in hangs on a drawn pause.
    if (t > created.t + roundSeconds) return []
    const isForced = String(detail.options ?? '').includes('gracePeriodSeconds=0')
    const [from, window] = endOf(file, rows, pod, created.t, t, isForced)
    return [judged(`${pod} goes, which waited`, from, gone, window)]
  })
}

function endOf(
  file: TimelineFile,
  rows: readonly TimelineRow[],
  pod: string,
  created: number,
  deleted: number,
  isForced: boolean,
): readonly [from: number, window: Window] {
  const minor = minorOfFile(file)
  const isMounting = rows.some(({ what, detail }) => what === 'set-up failed' && detail.pod === pod)
  if (isForced || minor < minorWithWorkers) return [deleted, atOnce]
  if (minor >= minorWithContexts) return [deleted, soon]
  return isMounting ? [created + roundSeconds, afterRound] : [deleted, atOnce]
}
