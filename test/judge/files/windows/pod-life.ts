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

/** "third sync one PLEG interval (1 s) after the second"; a set-up is made by a loop of 0.1 s, which either may just have missed. */
const thirdSync: Window = { least: 0.9, most: 1.1 }
/** From here on there are "two or three, close together" (v1.36/README.md, row 9). */
const minorWithoutThirdSync = 36

/** Categories normal-start and pod-end: starts and ends of the Pods that a play is about. */
export function podLifeRows(file: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const created = rows.filter(({ actor, what }) => actor === 'user' && what === 'create pod')
  // Of two with one name the later is judged.
  const lives = new Map(created.map(({ t, detail }) => [String(detail.name), t]))
  const pods = [...lives].map(([name, t]) => new PodTimes(rows, name, t))
  if (file.category === 'pod-end') return pods.flatMap((pod) => pod.ended())
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
    const ends = [this.#judged('volumes are torn down', exit, tornDown, tearDown)]
    if (tornDown === undefined || gone === undefined) return ends
    const deleted = this.#times('user', 'delete pod')[0] ?? gone
    ends.push(this.#judged('object goes', Math.max(tornDown, deleted), Math.max(gone, tornDown), removal))
    ends.push(this.#judged('directory goes', Math.max(tornDown, gone), cleaned, directory))
    return ends
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
