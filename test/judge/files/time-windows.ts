import type { RowScore, VectorFile } from '../judge.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'
import { crashRows, pullRows } from './windows/back-offs.ts'
import { kubeletStartRows } from './windows/kubelet-starts.ts'
import { lateSecretRows } from './windows/late-secrets.ts'
import { lostNodeRows } from './windows/lost-node.ts'
import { podLifeRows } from './windows/pod-life.ts'
import { immutableRows, rebootRows } from './windows/reactions.ts'
import { spamRows } from './windows/spam-filter.ts'
import { annotationRows, gapRows, idleWatchRows, refusalPauseRows, timeOutRows } from './windows/syncs.ts'
import { waitingPodRows } from './windows/waiting-pods.ts'

/** Times within which README-timelines.md ("Tolerances by category", "Measured laws") has what Pods and nodes go through. */

type Rows = (file: TimelineFile, rows: readonly TimelineRow[]) => readonly RowScore[]

const ofCategory: Readonly<Record<string, readonly Rows[]>> = {
  'crash-loop': [crashRows],
  deletion: [kubeletStartRows],
  'image-pull': [(_, rows) => pullRows(rows)],
  immutable: [kubeletStartRows, immutableRows],
  'kubelet-restart': [kubeletStartRows],
  'late-secret': [lateSecretRows, gapRows],
  'missing-10min': [gapRows],
  'node-lost': [kubeletStartRows, (_, rows) => lostNodeRows(rows)],
  'node-reboot': [kubeletStartRows, rebootRows],
  'normal-start': [podLifeRows],
  'pod-end': [podLifeRows, waitingPodRows],
  refresh: [(_, rows) => annotationRows(rows), idleWatchRows],
  'update-delay': [gapRows],
}

/** Bursts are raced on purpose. */
const ofAll: Rows = (file, rows) =>
  file.category === 'burst' ? [] : [...timeOutRows(file, rows), ...refusalPauseRows(rows), ...spamRows(file, rows)]

/** Rows of one play of a recording, or of the recording itself, that are judged by the clock, as far as its category says so. */
export function windowRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  return [...(ofCategory[file.category] ?? []), ofAll].flatMap((judge) => judge(file, rows))
}

/** Windows that a recording misses, as its machine was busy: the first event came late (v1.36/README.md, "Resolution and noise"). */
const missed: ReadonlySet<string> = new Set([
  "v1.36/timelines/restart.json: window first request after the kubelet's start at 60 s",
])

/** The recordings beside their own windows: a window that these do not meet is not the README's. */
export function recordedWindowRows(files: readonly VectorFile[]): readonly RowScore[] {
  return files.flatMap(({ path, content }) => {
    const file = content as TimelineFile // those of timelines are given
    const named = windowRows(file, file.timeline).map((score) => ({ ...score, row: `${path}: ${score.row}` }))
    return named.filter(({ row }) => !missed.has(row))
  })
}
