import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'
import { judged, type Window } from './window.ts'

/** "at the first sync after the back-off (10, 20, 40, 80, 160, 300 s) i.e. +0..16 s". */
const backOffSeconds = [10, 20, 40, 80, 160, 300] as const
const untilSync = 16
/** "container end is seen within 1 s": the first restart needs no more. */
const seen: Window = { least: 0, most: 1 }
/**
 * From here on a worker looks again when the back-off ends, not after its own pause (pkg/kubelet/pod_workers.go), and the recorded
 * restarts came up to 27 s later: no window is told of these.
 */
const minorOfExpiry = 35
/** Pulls that follow at once are those of one attempt with its next credentials. */
const sameAttempt = 0.1

/** Category crash-loop: when each container is started again. */
export function crashRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const ended = new Map<string, number>()
  const sync = minorOfFile(file) < minorOfExpiry ? untilSync : Number.POSITIVE_INFINITY
  return rows.flatMap(({ t, what, detail }) => {
    const container = `${String(detail.pod)} ${String(detail.container)}`
    if (what === 'ContainerExited') ended.set(container, t)
    const end = ended.get(container)
    const attempt = Number(detail.attempt)
    if (what !== 'StartContainer' || end === undefined) return []
    const window = attempt === 1 ? seen : backOffOf(attempt - 2, sync)
    return [judged(`${container} starts again, attempt ${attempt}`, end, t, window)]
  })
}

/** Category image-pull: when each image that could not be pulled is asked for again. */
export function pullRows(rows: readonly TimelineRow[]): readonly RowScore[] {
  const failed = new Map<string, { readonly at: number; readonly attempts: number }>()
  return rows.flatMap(({ t, what, detail }) => {
    const pull = `${String(detail.pod)} ${String(detail.image)}`
    const before = failed.get(pull)
    if (what === 'PullImageDone') {
      if (detail.result !== 'ok') failed.set(pull, { at: t, attempts: before?.attempts ?? 0 })
      else failed.delete(pull)
    }
    if (what !== 'PullImage' || before === undefined || t - before.at < sameAttempt) return []
    failed.set(pull, { ...before, attempts: before.attempts + 1 })
    return [judged(`${pull} is pulled again, attempt ${before.attempts + 1}`, before.at, t, backOffOf(before.attempts))]
  })
}

function backOffOf(index: number, sync = untilSync): Window {
  const least = backOffSeconds[Math.min(index, backOffSeconds.length - 1)] ?? 0
  return { least, most: least + sync }
}
