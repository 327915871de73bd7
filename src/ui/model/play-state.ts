import type { VirtualMs } from '../../kernel/time.ts'
import type { StepAction } from '../../scenario/model.ts'
import type { Knobs } from '../world/knobs.ts'
import type { Moment, Recording } from '../world/recording.ts'
import type { World } from '../world/world.ts'
import type { PaneName } from './panes.ts'

/** What the player shows; changed by keys and by the clock, drawn by the views. Plain data. */
export interface PlayState {
  readonly worlds: readonly World[]
  readonly cursor: Cursor
  /** The object that is looked at, by its uid: what comes and goes beside it does not change what is selected. */
  readonly selection: string | undefined
  /** The Secret's key whose way is shown. */
  readonly followed: Followed | undefined
  readonly isPlaying: boolean
  /** Virtual seconds a second; infinite: a moment a tick. */
  readonly speed: number
  readonly focus: PaneName
  /** Lines by which panes are scrolled. */
  readonly scroll: Readonly<Partial<Record<PaneName, number>>>
  readonly overlay: Overlay | undefined
  /** What the output pane shows. */
  readonly output: Output | undefined
  /** A line for the person: what a step undid, why a key does nothing. */
  readonly notice: string | undefined
  readonly search: string
  /** Worlds that are shown side by side, by their ids. */
  readonly compared: readonly number[]
  readonly isRevealed: boolean
  /** Whether clusters can be offered to clients from outside. */
  readonly canOffer: boolean
  /** Questions that were answered, and how many of them rightly. */
  readonly score: { readonly asked: readonly string[]; readonly right: number }
  /** What came of the questions of a lesson, by `Question.about`. */
  readonly taught: Readonly<Record<string, Taught>>
  /** How far a lesson is: `seen` to its end; `told` what to try next, too. */
  readonly ending: 'ahead' | 'seen' | 'told'
  /** What is being run: its name and the virtual time it has come to. */
  readonly running: { readonly what: string; readonly at: VirtualMs } | undefined
  /** The scenario itself is being run: there is nothing to play yet. */
  readonly isOpening: boolean
  /** Lines typed before, newest last. */
  readonly typed: readonly string[]
  readonly isOver: boolean
}

/** One place that every view is at. */
export interface Cursor {
  /** Id of the world. */
  readonly world: number
  /** Index of the moment that happened last; -1 is the beginning. */
  readonly at: number
  /** Virtual time: that of the moment, or between it and the next. */
  readonly clock: VirtualMs
}

/** A Secret's key. */
export interface Followed {
  readonly namespace: string
  readonly secret: string
  readonly key: string
}

/** What became of a question of a lesson. */
export type Taught = 'right' | 'wrong' | 'skipped'

/** A question about what comes, whose answer the run knows: nobody wrote it down. */
export interface Question {
  /** By which the place and the revision are known to have been asked about. */
  readonly about: string
  readonly text: string
  readonly choices: readonly string[]
  /** Index of the right choice. */
  readonly right: number
  readonly because: string
  /** When it is to be seen; undefined: nothing is to be seen in this run. */
  readonly seenAt: number | undefined
  /** Of a lesson: what is said beside it. */
  readonly lesson?: AskedInLesson
}

/** What a question of a lesson has of its own. */
export interface AskedInLesson {
  /** What is told before it is asked. */
  readonly lead: string
  /** The moment after which the answer is to be seen. */
  readonly told: number
  /** Id of the world that is asked about. */
  readonly world: number
  /** Which question of the lesson it is, from 1, and how many there are. */
  readonly number: number
  readonly of: number
}

/** What stands over the panes and takes the keys. */
export type Overlay =
  | { readonly kind: 'help'; readonly scroll: number }
  | {
      readonly kind: 'prompt'
      readonly prompt: PromptKind
      readonly text: string
      readonly caret: number
      readonly past: number
    }
  /** `answer`: what was chosen. */
  | { readonly kind: 'question'; readonly question: Question; readonly answer: number | undefined }
  | { readonly kind: 'menu'; readonly title: string; readonly items: readonly MenuItem[]; readonly chosen: number }

/** What is typed for. */
export type PromptKind = 'command' | 'search' | 'jump' | 'save' | 'file' | 'manifests'

/** A line of a menu and what choosing it does. */
export interface MenuItem {
  readonly label: string
  readonly does: string
  readonly choice: Choice
}

/** What a menu can lead to: an accident, or a setting turned. */
export type Choice =
  | { readonly kind: 'doing'; readonly action: StepAction }
  | { readonly kind: 'knobs'; readonly knobs: Knobs }
  | { readonly kind: 'follow'; readonly followed: Followed }

/** Text to read in full. */
export interface Output {
  readonly title: string
  readonly text: string
  /** Values of Secrets in it are masked until they are revealed: what podsim itself asked for. */
  readonly isMasked: boolean
}

/** Speeds to choose from, in virtual seconds a second. */
export const speeds = [1, 2, 5, 10, 30, 60, 300, Number.POSITIVE_INFINITY] as const

/** How a world's player begins. */
export function firstState(world: World): PlayState {
  return {
    worlds: [world],
    cursor: { world: world.id, at: -1, clock: 0 },
    ...{ selection: undefined, followed: undefined, isPlaying: false, speed: 10, focus: 'flow', scroll: {} },
    ...{
      overlay: undefined,
      output: undefined,
      notice: undefined,
      search: '',
      compared: [],
      isRevealed: false,
      canOffer: false,
    },
    ...{ score: { asked: [], right: 0 }, taught: {}, ending: 'ahead' },
    ...{ running: undefined, isOpening: false, typed: [], isOver: false },
  }
}

/** The world that the cursor is in. */
export function worldOf({ worlds, cursor }: PlayState): World {
  const found = worlds.find(({ id }) => id === cursor.world)
  if (found === undefined) throw new Error(`the cursor is in world ${cursor.world}, which there is not`)
  return found
}

/** Worlds that are shown side by side; none where one is shown alone. */
export function comparedWorlds({ worlds, compared }: PlayState): readonly World[] {
  return compared.length > 1 ? worlds.filter(({ id }) => compared.includes(id)) : []
}

/** The moment that happened last; undefined at the beginning. */
export function momentOf(state: PlayState): Moment | undefined {
  return worldOf(state).recording.moments[state.cursor.at]
}

/** The record right after which everything is shown. */
export function seqAt({ moments, journal }: Recording, at: number): number {
  if (at >= 0) return moments[at]?.seq ?? 0
  const [first] = moments
  // Before the first moment stands what the cluster was brought up with.
  return first === undefined ? (journal.records.at(-1)?.seq ?? 0) : Math.max(0, first.seq - 1)
}

/** Index of the last moment that had happened by an instant; -1: none had. Moments go by time. */
export function momentBy({ moments }: Pick<Recording, 'moments'>, time: VirtualMs): number {
  let low = 0
  let high = moments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((moments[middle]?.time ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Index of the last moment at or before a record. */
export function momentBySeq({ moments }: Recording, seq: number): number {
  let low = 0
  let high = moments.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((moments[middle]?.seq ?? 0) <= seq) low = middle + 1
    else high = middle
  }
  return low - 1
}
