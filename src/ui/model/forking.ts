import type { StepAction } from '../../scenario/model.ts'
import { actionText } from '../../scenario/telling.ts'
import { formatDuration } from '../../sim/duration.ts'
import type { Doing } from '../world/doing.ts'
import { type Knobs, knobsText } from '../world/knobs.ts'
import { afterwardsMs, type Recipe, withDoing } from '../world/recipe.ts'
import type { Recording } from '../world/recording.ts'
import { firstDifference, type Origin, type World } from '../world/world.ts'
import { momentIn } from './counterpart.ts'
import { type Output, type PlayState, worldOf } from './play-state.ts'

/** What the model wants to be run: whoever drives it runs the recipes, one after the other, and comes back with `arrived`. */
export interface Wish {
  /** For the line that says what is going on. */
  readonly what: string
  readonly recipes: readonly Recipe[]
  readonly purpose: Purpose
}

type Purpose =
  /** Something is done at the cursor; where it changes nothing it was a look. `pane`: what podsim asked for, not typed. */
  | { readonly kind: 'doing'; readonly doing: Doing; readonly asked: Pick<Output, 'title' | 'isMasked'> }
  /** Worlds from the beginning, with other settings; `compared`: they are shown side by side. */
  | { readonly kind: 'knobs'; readonly knobs: readonly Knobs[]; readonly isCompared: boolean }
  /** The same world for longer. */
  | { readonly kind: 'longer' }
  /** What the player begins with. */
  | { readonly kind: 'open' }
  /** The cluster of the cursor's moment, for clients from outside. */
  | { readonly kind: 'offer'; readonly moment: Pick<Doing, 'at' | 'moments'> }

/** What is wanted where something is done at the cursor. */
export function doingWish(state: PlayState, action: StepAction, asked?: Pick<Output, 'title' | 'isMasked'>): Wish {
  const { recipe } = worldOf(state)
  const doing = { at: Math.max(0, state.cursor.clock), moments: state.cursor.at + 1, action }
  const what = actionText(action).split('\n')[0] ?? ''
  // What came later in this branch is another future: a doing before it leaves it alone.
  const earlier = { ...recipe, doings: recipe.doings.filter((each) => isBefore(each, doing)) }
  return {
    what,
    recipes: [withDoing(earlier, doing)],
    purpose: { kind: 'doing', doing, asked: asked ?? { title: `$ ${what}`, isMasked: false } },
  }
}

function isBefore(one: Doing, other: Doing): boolean {
  return one.at < other.at || (one.at === other.at && one.moments <= other.moments)
}

/** What is wanted where settings are turned: one world for each. */
export function knobsWish(state: PlayState, knobs: readonly Knobs[], isCompared: boolean): Wish {
  const { recipe } = worldOf(state)
  return {
    what: knobs.map(knobsText).join(' | '),
    recipes: knobs.map((each) => ({ ...recipe, knobs: { ...recipe.knobs, ...each } })),
    purpose: { kind: 'knobs', knobs, isCompared },
  }
}

/** What is wanted where a world goes on beyond its end. */
export function longerWish(state: PlayState): Wish {
  const { recipe, recording } = worldOf(state)
  const until = recording.result.endedAt + afterwardsMs
  return {
    what: `${formatDuration(afterwardsMs)} more`,
    recipes: [{ ...recipe, until }],
    purpose: { kind: 'longer' },
  }
}

/** The state once what was wished for has run. */
export function arrived(state: PlayState, { recipes, purpose }: Wish, recordings: readonly Recording[]): PlayState {
  const [recipe] = recipes
  const [recording] = recordings
  const idle: PlayState = { ...state, running: undefined }
  if (recipe === undefined || recording === undefined) return idle
  switch (purpose.kind) {
    case 'doing':
      return withDone(idle, { recipe, recording }, purpose)
    case 'knobs':
      return withKnobWorlds(idle, recipes, recordings, purpose)
    case 'open':
      return idle
    case 'offer':
      return withOffered(idle, { recipe, recording }, purpose)
    case 'longer': {
      const world = worldOf(idle)
      return { ...withWorld(idle, { ...world, recipe, recording }), notice: undefined }
    }
  }
}

interface Made {
  readonly recipe: Recipe
  readonly recording: Recording
}

/** A doing that changed something is a branch, or goes on with the one that the cursor is in; else what it printed is all. */
function withDone(state: PlayState, made: Made, { doing, asked }: Extract<Purpose, { kind: 'doing' }>): PlayState {
  const parent = worldOf(state)
  const { recording } = made
  const done = recording.moments.findLastIndex(({ did, time }) => did?.by === 'player' && time >= doing.at)
  const difference = firstDifference(recording, parent.recording, doing.at)
  const printed = outputAfter(recording, done)
  const told: PlayState = {
    ...state,
    ...(printed === ''
      ? { output: undefined, focus: state.focus === 'output' ? 'story' : state.focus }
      : { output: { ...asked, text: printed }, focus: 'output', scroll: { ...state.scroll, output: 0 } }),
  }
  if (difference === undefined)
    return printed === '' ? { ...told, notice: 'done; it printed nothing and changed nothing' } : told
  const isMine = parent.origin !== undefined && parent.recipe.doings.every((each) => isBefore(each, doing))
  const origin: Origin =
    isMine && parent.origin !== undefined
      ? { ...parent.origin, difference: parent.origin.difference ?? difference }
      : { parent: parent.id, at: doing.at, what: asked.title.replace(/^\$ /, ''), difference }
  const world: World = isMine
    ? { ...parent, ...made, origin }
    : { id: nextId(state), name: nameFor(state, origin.what), ...made, origin }
  const at = Math.max(done, lastOf(recording, done))
  return {
    ...withWorld(told, world),
    cursor: { world: world.id, at, clock: recording.moments[at]?.time ?? doing.at },
    notice: isMine ? undefined : `a branch of ${parent.name}: ${world.name}; { goes back`,
    isPlaying: false,
  }
}

/** Moments of a doing are itself and what it printed or what was wrong with it. */
function lastOf({ moments }: Recording, done: number): number {
  let at = done
  for (let next = moments[at + 1]; next !== undefined; next = moments[at + 1]) {
    at++
    if (next.kind === 'output' || next.kind === 'verdict') return at
    if (next.kind !== 'story') break
  }
  return done
}

/** What a doing printed, or what was wrong with it; empty if nothing. */
export function outputAfter(recording: Recording, done: number): string {
  const moment = recording.moments[lastOf(recording, done)]
  return moment?.kind === 'output' || moment?.kind === 'verdict' ? moment.text : ''
}

function withKnobWorlds(
  state: PlayState,
  recipes: readonly Recipe[],
  recordings: readonly Recording[],
  { knobs, isCompared }: Extract<Purpose, { kind: 'knobs' }>,
): PlayState {
  const parent = worldOf(state)
  const made: World[] = recordings.flatMap((recording, i) => {
    const recipe = recipes[i]
    if (recipe === undefined) return []
    const what = knobsText(knobs[i] ?? {})
    const difference = firstDifference(recording, parent.recording, Number.NEGATIVE_INFINITY)
    return [
      { id: nextId(state) + i, name: what, recipe, recording, origin: { parent: parent.id, at: 0, what, difference } },
    ]
  })
  const [first] = made
  if (first === undefined) return state
  const shown = isCompared ? (made.find(({ recipe }) => recipe.knobs.strategy === 'Watch') ?? first) : first
  const { clock } = state.cursor
  return {
    ...{ ...state, worlds: [...state.worlds, ...made] },
    // Before the first moment nothing has happened in any of them.
    cursor: { world: shown.id, at: momentIn(shown.recording, parent.recording, state.cursor), clock },
    compared: isCompared ? made.map(({ id }) => id) : state.compared,
    focus: isCompared ? 'flow' : state.focus,
    notice: isCompared ? undefined : `a branch from the beginning: ${first.name}; { goes back`,
  }
}

/** What is wanted where clients from outside are to work in the cluster of the cursor's moment. */
export function offerWish(state: PlayState): Wish {
  const { recipe } = worldOf(state)
  const { at, clock } = state.cursor
  return {
    what: 'the cluster of this moment, for kubectl',
    recipes: [recipe],
    purpose: { kind: 'offer', moment: { at: Math.max(0, clock), moments: at + 1 } },
  }
}

/** The cluster of a moment goes on in a branch of its own, and the cursor with it. */
function withOffered(state: PlayState, made: Made, { moment }: Extract<Purpose, { kind: 'offer' }>): PlayState {
  const parent = worldOf(state)
  const id = nextId(state)
  const origin: Origin = { parent: parent.id, at: moment.at, what: 'offered to clients', difference: undefined }
  const world: World = { id, name: nameFor(state, 'offered'), ...made, origin }
  return {
    ...withWorld(state, world),
    cursor: { world: id, at: made.recording.moments.length - 1, clock: moment.at },
    ...{ compared: [], notice: undefined },
  }
}

/** A branch that is as its parent is, until something is done in it. */
export function forked(state: PlayState): PlayState {
  const parent = worldOf(state)
  const { clock } = state.cursor
  const id = nextId(state)
  const world: World = {
    ...{ id, name: `fork ${id}`, recipe: parent.recipe, recording: parent.recording },
    origin: { parent: parent.id, at: Math.max(0, clock), what: 'as it was', difference: undefined },
  }
  return {
    ...withWorld(state, world),
    cursor: { ...state.cursor, world: id },
    notice: `${world.name}: nothing differs yet; : runs a command, i makes an accident`,
  }
}

/** The world before or after this one in the list, at the same instant. */
export function otherWorld(state: PlayState, by: 1 | -1): PlayState {
  const at = state.worlds.findIndex(({ id }) => id === state.cursor.world)
  const next = state.worlds[(at + by + state.worlds.length) % state.worlds.length]
  return next === undefined || state.worlds.length === 1
    ? { ...state, notice: 'there is one world yet; f, i and : make others' }
    : inWorld(state, next)
}

/** In another world at the same instant, or at the end of it. */
export function inWorld(state: PlayState, world: World): PlayState {
  const { at } = state.cursor
  const clock = Math.min(state.cursor.clock, world.recording.result.endedAt)
  return {
    ...{ ...state, isPlaying: false, notice: undefined },
    cursor: { world: world.id, at: momentIn(world.recording, worldOf(state).recording, { at, clock }), clock },
  }
}

function withWorld(state: PlayState, world: World): PlayState {
  const isKnown = state.worlds.some(({ id }) => id === world.id)
  const worlds = isKnown ? state.worlds.map((each) => (each.id === world.id ? world : each)) : [...state.worlds, world]
  return { ...state, worlds }
}

function nextId({ worlds }: PlayState): number {
  return Math.max(...worlds.map(({ id }) => id)) + 1
}

/** Short enough for a list: the first words of what was done, told apart by a number. */
function nameFor({ worlds }: PlayState, what: string): string {
  const [first = ''] = what.replace(/^(kubectl|fault) /, '').split(/,|\n/)
  const words = /^.{0,28}(?=\s|$)/.exec(first)?.[0] || first.slice(0, 28)
  const same = worlds.filter(({ name }) => name === words || name.startsWith(`${words} (`)).length
  return same === 0 ? words : `${words} (${same + 1})`
}
