import type { TimelineFile, TimelineRow } from './timeline-format.ts'
import { playTimeline } from './timelines.ts'

/** Longer gaps are of other causes; a resync comes after 90 s at the latest, and later ones are to be seen. Seconds. */
const longestGap = 125

/**
 * Whole seconds between two set-ups that a resync of an idle Pod made: those of starts are closer, time-outs of mounts
 * farther. Of a Pod's volumes one tells, since all go together.
 */
export function setUpIntervals(rows: readonly TimelineRow[]): readonly number[] {
  const last = new Map<string, number>()
  const volumeOf = new Map<string, unknown>()
  const intervals: number[] = []
  for (const { t, what, detail } of rows) {
    if (what !== 'set-up ok') continue
    const pod = String(detail.pod)
    if (!volumeOf.has(pod)) volumeOf.set(pod, detail.volume)
    if (volumeOf.get(pod) !== detail.volume) continue
    const before = last.get(pod)
    last.set(pod, t)
    if (before !== undefined && t - before > 30 && t - before < longestGap) intervals.push(Math.round(t - before))
  }
  return intervals
}

/** Of each volume's start, up to the first accident: 1 where a third set-up follows upon the second within a pass of PLEG, else 0. */
export function thirdSetUps(rows: readonly TimelineRow[]): readonly number[] {
  const setUps = new Map<string, number[]>()
  for (const { t, actor, what, detail } of rows) {
    if (actor === 'operator') break
    if (what !== 'set-up ok') continue
    const volume = `${String(detail.pod)} ${String(detail.volume)}`
    setUps.set(volume, [...(setUps.get(volume) ?? []), t])
  }
  return [...setUps.values()].flatMap(([first, second, third]) => {
    if (first === undefined || second === undefined || second - first > startSeconds) return []
    return [third !== undefined && third - second < startSeconds ? 1 : 0]
  })
}

/** A start is over by then. */
const startSeconds = 2

/** Seconds between the attempts of a Pod whose environment cannot be made: gaps of its `Failed` events' syncs. */
export function retryGaps(rows: readonly TimelineRow[]): readonly number[] {
  const last = new Map<string, number>()
  const gaps: number[] = []
  for (const { t, actor, what, detail } of rows) {
    if (actor !== 'event' || what !== 'Failed' || !String(detail.message).includes('not found')) continue
    const pod = String(detail.pod)
    const before = last.get(pod)
    last.set(pod, t)
    if (before !== undefined && t - before > 5 && t - before < 17) gaps.push(Math.round(t - before))
  }
  return gaps
}

/** Whole seconds from a container's start until a status says that it runs: a look at the runtime, a sync, a patch. */
export function startsToStatuses(rows: readonly TimelineRow[]): readonly number[] {
  return statusDelays(rows, 'StartContainer', (state) => state === 'running')
}

/** Whole seconds from a container's end until a status no longer says that it runs. */
export function endsToStatuses(rows: readonly TimelineRow[]): readonly number[] {
  return statusDelays(rows, 'ContainerExited', (state) => state !== 'running')
}

function statusDelays(
  rows: readonly TimelineRow[],
  what: string,
  isTold: (state: string) => boolean,
): readonly number[] {
  const since = new Map<string, number>()
  const delays: number[] = []
  for (const row of rows) {
    const { t, actor, detail } = row
    const keyOf = (container: unknown) => `${String(detail.pod)}/${String(container)}`
    if (actor === 'operator') since.clear()
    if (actor === 'runtime' && row.what === what) since.set(keyOf(detail.container), t)
    if (actor !== 'api' || row.what !== 'pod status') continue
    const containers = (detail.containers ?? {}) as Readonly<Record<string, { readonly state: string }>> // of the format
    for (const [container, { state }] of Object.entries(containers)) {
      const begun = since.get(keyOf(container))
      if (begun === undefined || !isTold(state)) continue
      delays.push(Math.floor(t - begun))
      since.delete(keyOf(container))
    }
  }
  return delays
}

export interface UpdateSample {
  readonly pod: string
  readonly delay: number
  /** Set-ups from the update until it was visible. */
  readonly setUps: number
}

/**
 * How long each update of a Secret took to reach the volume of the Pod that mounts it (category update-delay: one Pod for
 * each Secret, a counter in key `rev`).
 */
export function updateSamples(file: TimelineFile, rows: readonly TimelineRow[]): readonly UpdateSample[] {
  const podOf = new Map<string, string>()
  for (const { what, detail } of file.timeline) {
    if (what !== 'create pod') continue
    const { spec } = detail.object as { spec?: { volumes?: { secret?: { secretName?: string } }[] } }
    for (const { secret } of spec?.volumes ?? []) podOf.set(secret?.secretName ?? '', String(detail.name))
  }
  const samples: UpdateSample[] = []
  for (const [index, { t, what, detail }] of rows.entries()) {
    const pod = podOf.get(String(detail.name))
    if (what !== 'update secret' || pod === undefined) continue
    const wanted = Number((detail.object as { stringData?: { rev?: string } }).stringData?.rev)
    let setUps = 0
    for (const row of rows.slice(index + 1)) {
      if (row.detail.pod !== pod) continue
      if (row.what === 'set-up ok') setUps++
      if (row.what !== 'content') continue
      const { files } = row.detail as { files?: { rev?: { content?: string } } }
      if (Number(files?.rev?.content) < wanted) continue
      // A later update that came first hides this one: its own sample tells.
      if (Number(files?.rev?.content) === wanted) samples.push({ pod, delay: row.t - t, setUps })
      break
    }
  }
  return samples
}

/**
 * Updates as they were measured: each next update comes U[0,120) s after the one before became visible, so that
 * its place between two syncs is not the recording's but drawn anew (README-timelines.md, Measured laws).
 */
export function measuredPlay(file: TimelineFile, seed: string): readonly TimelineRow[] {
  const { rows } = playTimeline(file, seed, {
    skip: ({ what }) => what === 'update secret',
    onLine({ what, detail }, { kernel, random }, act) {
      if (what !== 'content') return
      const { files } = detail as { files?: { rev?: { content?: string } } }
      const rev = Number(files?.rev?.content) + 1
      const name = secretOf(file, String(detail.pod))
      if (name === undefined || Number.isNaN(rev)) return
      const pauseMs = random.stream(`judge/updates/${name}`).integer(0, 120_000)
      const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { rev: String(rev) } }
      kernel.schedule(pauseMs, () => act('update secret', { name, object }))
    },
  })
  return rows
}

function secretOf(file: TimelineFile, pod: string): string | undefined {
  for (const { what, detail } of file.timeline) {
    if (what !== 'create pod' || detail.name !== pod) continue
    const { spec } = detail.object as { spec?: { volumes?: { secret?: { secretName?: string } }[] } }
    return spec?.volumes?.[0]?.secret?.secretName
  }
  return undefined
}
