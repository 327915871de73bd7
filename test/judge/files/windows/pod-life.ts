import type { RowScore } from '../../judge.ts'
import { minorOfFile, type TimelineFile, type TimelineRow } from '../../timeline-format.ts'
import { judged, type Window } from './window.ts'

/** From a Pod's creation to its first container, but for pulls: "whole start within 1 s on this machine without pulls". */
const start: Window = { least: 0, most: 1 }
const pullSeconds = 0.2
/** From the end of the last container: "tear-down within 0..2.8 s after the exit was seen". */
const tearDown: Window = { least: 0, most: 2.8 }
/** From the tear-down: "object removal within 0.2..12 s (10 s batch)". */
const removal: Window = { least: 0, most: 12 }
/** From the later of the two: "the pod directory goes with the 2 s housekeeping"; directories are looked at every 0.1 s, and what goes is seen late. */
const directory: Window = { least: 0, most: 2.6 }

/**
 * Later kubelets wait for the unmount and then tell the API server at once: of a deleted Pod, from the end of its last container until its
 * volumes are torn down, its object and its directory go (v1.26/README.md rows 9 to 11 and v1.36/README.md, "Measured"). A look of PLEG lies
 * between, at what part of its second each file has its own: from none to a whole one.
 */
const ends: Readonly<Record<'volumes' | 'object' | 'directory', readonly VersionedWindow[]>> = {
  volumes: [
    { since: 36, window: { least: 0, most: 0.4 } },
    { since: 22, window: { least: 0, most: 0.3 } },
  ],
  object: [
    { since: 36, window: { least: 0, most: 1.4 } },
    { since: 22, window: { least: 0, most: 1.2 } },
  ],
  directory: [
    { since: 36, window: { least: 0.2, most: 3.2 } },
    { since: 22, window: { least: 0.2, most: 3.2 } },
  ],
}

/**
 * From the end of the last container of a Pod that is not restarted until its phase says so: "0.7 .. 0.9", "2.3 .. 2.7" and "1.17..1.41" s, each
 * a look of PLEG and what comes after it, unless the 10 s batch of statuses comes first.
 */
const terminal: readonly VersionedWindow[] = [
  { since: 36, window: { least: 0.9, most: 2.2 } },
  { since: 22, window: { least: 0.9, most: 3.2 } },
  { since: 0, window: { least: 0, most: 1.2 } },
]

interface VersionedWindow {
  readonly since: number
  readonly window: Window
}

function windowAt(windows: readonly VersionedWindow[], minor: number): Window | undefined {
  return windows.find(({ since }) => minor >= since)?.window
}

/** "third sync one PLEG interval (1 s) after the second"; a set-up is made by a loop of 0.1 s, which either may just have missed. */
const thirdSync: Window = { least: 0.9, most: 1.1 }
/** From here on there are "two or three, close together" (v1.36/README.md, row 9). */
const minorWithoutThirdSync = 36

/** Categories normal-start and pod-end: starts and ends of the Pods that a play is about. */
export function podLifeRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const created = rows.filter(({ actor, what }) => actor === 'user' && what === 'create pod')
  // Of two with one name the later is judged.
  const lives = new Map(created.map(({ t, detail }) => [String(detail.name), t]))
  const minor = minorOfFile(file)
  const pods = [...lives].map(([name, t]) => new PodTimes(rows, name, t))
  if (file.category === 'pod-end')
    return pods.flatMap((pod) => [...pod.ended(), ...pod.deleted(minor), ...pod.completed(minor)])
  const syncs = minorOfFile(file) < minorWithoutThirdSync
  return pods.flatMap((pod) => [...pod.started(), ...(syncs ? pod.synced() : [])])
}

/** What is written down of one Pod. */
class PodTimes {
  readonly #rows: readonly TimelineRow[]
  readonly #name: string
  readonly #createdAt: number

  constructor(rows: readonly TimelineRow[], name: string, createdAt: number) {
    this.#rows = rows
    this.#name = name
    this.#createdAt = createdAt
  }

  started(): readonly RowScore[] {
    const at = this.#times('runtime', 'StartContainer')[0]
    const pulls = this.#rows.filter(({ what, t }) => what === 'PullImageDone' && t >= this.#createdAt && t <= (at ?? 0))
    return [this.#judged('starts', this.#createdAt + pullSeconds * pulls.length, at, start)]
  }

  synced(): readonly RowScore[] {
    const setUps = this.#own('volume-manager', 'set-up ok')
    const ofOneVolume = setUps.filter(({ detail }) => detail.volume === setUps[0]?.detail.volume)
    const [, second, third] = ofOneVolume.map(({ t }) => t)
    return second === undefined ? [] : [this.#judged('is synced a third time', second, third, thirdSync)]
  }

  /** Nothing is asked of Pods that never ran, or that are there to the end. */
  ended(): readonly RowScore[] {
    const exit = this.#times('runtime', 'ContainerExited').at(-1)
    const tornDown = this.#times('volume-manager', 'tear-down ok').at(-1)
    const gone = this.#times('api', 'pod removed').at(-1)
    const cleaned = this.#times('files', 'pod directory removed').at(-1)
    if (exit === undefined) return []
    const rows = [this.#judged('volumes are torn down', exit, tornDown, tearDown)]
    if (tornDown === undefined || gone === undefined) return rows
    const deleted = this.#times('user', 'delete pod')[0] ?? gone
    rows.push(this.#judged('object goes', Math.max(tornDown, deleted), Math.max(gone, tornDown), removal))
    rows.push(this.#judged('directory goes', Math.max(tornDown, gone), cleaned, directory))
    return rows
  }

  /** What ran, was deleted, and then ended. */
  deleted(minor: number): readonly RowScore[] {
    const deleted = this.#times('user', 'delete pod').at(-1)
    const started = this.#times('runtime', 'StartContainer')[0]
    const exit = this.#times('runtime', 'ContainerExited').at(-1)
    if (deleted === undefined || exit === undefined || started === undefined || started > deleted || exit < deleted)
      return []
    const last = (actor: string, what: string) => this.#times(actor, what).findLast((t) => t >= deleted)
    const found = {
      volumes: last('volume-manager', 'tear-down ok'),
      object: last('api', 'pod removed'),
      directory: last('files', 'pod directory removed'),
    }
    return (['volumes', 'object', 'directory'] as const).flatMap((what) => {
      const window = windowAt(ends[what], minor)
      // The object of what was forced away went before.
      const isMeant = what !== 'object' || (found.object ?? 0) > exit
      return window === undefined || !isMeant ? [] : [this.#judged(`${what} after the end`, exit, found[what], window)]
    })
  }

  /** What ended by itself, for good. */
  completed(minor: number): readonly RowScore[] {
    const phase = this.#own('api', 'pod status').find(({ detail }) =>
      ['Succeeded', 'Failed'].includes(String(detail.phase)),
    )
    const exit = this.#times('runtime', 'ContainerExited').findLast((t) => t <= (phase?.t ?? 0))
    const window = windowAt(terminal, minor)
    const isDeleted = this.#times('user', 'delete pod').some((t) => t < (phase?.t ?? 0))
    if (phase === undefined || exit === undefined || window === undefined || isDeleted) return []
    return [this.#judged('has its last phase', exit, phase.t, window)]
  }

  #times(actor: string, what: string): readonly number[] {
    return this.#own(actor, what).map(({ t }) => t)
  }

  #own(actor: string, what: string): readonly TimelineRow[] {
    const own = this.#rows.filter((row) => row.actor === actor && row.what === what)
    return own.filter(({ detail }) => (detail.pod ?? detail.name) === this.#name)
  }

  #judged(what: string, from: number, at: number | undefined, window: Window): RowScore {
    return judged(`${this.#name} ${what}`, from, at, window)
  }
}
