import type { DelayRow, Flow, Lane, Revision } from '../../flow/flow.ts'
import { flowUntil, type Now } from '../../flow/flow-until.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import { type ValueLetters, valueLetters } from '../../report/value-letters.ts'
import type { Recording } from '../world/recording.ts'
import type { World } from '../world/world.ts'
import { momentIn } from './counterpart.ts'
import { followedOf } from './following.ts'
import type { Look } from './look.ts'
import { type Followed, type PlayState, seqAt, worldOf } from './play-state.ts'
import { hasOpenQuestions } from './teaching.ts'

/** Pods that get lanes: more are no picture. */
const mostPods = 30

/** The whole flow of what is followed: the cursor is drawn into it, so that it is the same at every moment of a world. */
export function flowIn({ flows }: Recording, { namespace, secret, key }: Followed): Flow {
  return flows.of({ namespace, secret, key, pods: mostPods })
}

/** Letters of the values of what is followed, by their masks; made once for each key. */
export function lettersIn(recording: Recording, followed: Followed): ValueLetters {
  const { revisions } = flowIn(recording, followed)
  const known = letters.get(revisions) ?? valueLetters(revisions, recording, followed.key)
  letters.set(revisions, known)
  return known
}

const letters = new WeakMap<Flow['revisions'], ValueLetters>()

/** Where the cursor is in a world: in its own, and at the same place in another that is shown beside it. */
export function nowIn({ recording, id }: World, state: PlayState): Now {
  const { cursor } = state
  const at = id === cursor.world ? cursor.at : momentIn(recording, worldOf(state).recording, cursor)
  return { clock: cursor.clock, seq: seqAt(recording, at) }
}

/** What views draw. */
export interface FlowNow {
  readonly flow: Flow
  readonly followed: Followed
  /** Somebody is asked what comes, or will be: nothing may tell it before the answer. */
  readonly isGuess: boolean
}

/** The flow of what is followed, as far as the cursor has come; undefined: nothing can be followed yet. */
export function flowNow(state: PlayState, look: Look): FlowNow | undefined {
  const followed = followedOf(look, state.followed)
  if (followed === undefined) return undefined
  const past = flowUntil(flowIn(look.recording, followed), { clock: state.cursor.clock, seq: look.seq })
  const isGuess = isGuessing(state)
  return { followed, isGuess, flow: isGuess ? untold(past) : past }
}

/** A lesson's answer is to be seen where one goes from it, not at its gate. */
function isGuessing(state: PlayState): boolean {
  const { overlay } = state
  if (overlay?.kind !== 'question') return hasOpenQuestions(state)
  return overlay.answer === undefined || overlay.question.lesson !== undefined
}

/** Without what says how it goes on: reasons of places that never change, and what became of revisions. */
function untold(flow: Flow): Flow {
  return { ...flow, delays: [], lanes: flow.lanes.map((lane) => ({ ...lane, never: undefined })) }
}

/** The newest revision of a flow that was cut at a moment; undefined: there is none yet. */
export function newestOf({ revisions }: Flow): Revision | undefined {
  return revisions.at(-1)
}

/** Index of a lane by its id: hops and rows name lanes so. */
export function laneOf({ lanes }: Flow, id: string | undefined): Lane | undefined {
  return id === undefined ? undefined : lanes.find((lane) => lane.id === id)
}

/** Seconds as people say them, so that delays of some minutes can be compared and added up: `13.6 s`, `168.7 s`, `61m 1s`. */
export function secondsText(ms: VirtualMs): string {
  if (ms < 600_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes}m ${Math.round((ms % 60_000) / 1000)}s`
}

/** What became of a revision in a place: the last row about it; undefined: the place did not run then. */
export function delayOf(flow: Flow, lane: string, letter: string): DelayRow | undefined {
  let known = delays.get(flow.delays)
  if (known === undefined) {
    known = new Map(flow.delays.map((row) => [`${row.lane ?? ''} ${row.letter}`, row] as const))
    delays.set(flow.delays, known)
  }
  return known.get(`${lane} ${letter}`)
}

const delays = new WeakMap<readonly DelayRow[], ReadonlyMap<string, DelayRow>>()

/** Rows about a revision, in order. */
export function delaysOf(flow: Flow, letter: string): readonly DelayRow[] {
  let known = byLetter.get(flow.delays)
  if (known === undefined) {
    const sorted = new Map<string, DelayRow[]>()
    for (const row of flow.delays) {
      const rows = sorted.get(row.letter)
      if (rows === undefined) sorted.set(row.letter, [row])
      else rows.push(row)
    }
    known = sorted
    byLetter.set(flow.delays, known)
  }
  return known.get(letter) ?? []
}

const byLetter = new WeakMap<readonly DelayRow[], ReadonlyMap<string, readonly DelayRow[]>>()
