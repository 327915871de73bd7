import type { RowScore } from '../judge.ts'
import type { TimelineFile, TimelineRow } from '../timeline-format.ts'

/** Times within which README-timelines.md ("Tolerances by category", "Measured laws") has what a Pod goes through. */

/** Seconds. */
interface Window {
  readonly least: number
  readonly most: number
}

/** From a Pod's creation to its first container, but for pulls: "whole start within 1 s on this machine without pulls". */
const start: Window = { least: 0, most: 1 }
const pullSeconds = 0.2
/** From the end of the last container: "tear-down within 0..2.8 s after the exit was seen". */
const tearDown: Window = { least: 0, most: 2.8 }
/** From the tear-down: "object removal within 0.2..12 s (10 s batch)". */
const removal: Window = { least: 0, most: 12 }
/** From the later of the two: "the pod directory goes with the 2 s housekeeping"; directories are looked at every 0.1 s, and what goes is seen late. */
const directory: Window = { least: 0, most: 2.6 }

/** Rows of one play of a recording that are judged by the clock, as far as its category says so. */
export function windowRows({ category }: TimelineFile, rows: readonly TimelineRow[]): readonly RowScore[] {
  const created = rows.filter(({ actor, what }) => actor === 'user' && what === 'create pod')
  const pods = created.map(({ t, detail }) => new PodTimes(rows, String(detail.name), t))
  if (category === 'normal-start') return pods.flatMap((pod) => pod.started())
  return category === 'pod-end' ? pods.flatMap((pod) => pod.ended()) : []
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
    const own = this.#rows.filter((row) => row.actor === actor && row.what === what)
    return own.filter(({ detail }) => (detail.pod ?? detail.name) === this.#name).map(({ t }) => t)
  }

  #judged(what: string, from: number, at: number | undefined, { least, most }: Window): RowScore {
    const seconds = at === undefined ? undefined : at - from
    // Times are told in ms, and those of a directory that goes first come a moment before.
    const passed = seconds !== undefined && seconds >= least - 0.3 && seconds <= most
    const diff = passed ? '' : `expected within ${least} to ${most} s, got ${seconds?.toFixed(3) ?? 'nothing'}`
    return { row: `window ${this.#name} ${what}`, passed, diff }
  }
}
