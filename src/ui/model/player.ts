import type { VirtualMs } from '../../kernel/time.ts'
import type { Doing } from '../world/doing.ts'
import type { Recipe } from '../world/recipe.ts'
import type { Ran } from '../world/run-world.ts'
import { arrived, type Wish } from './forking.ts'
import { bindingOf } from './keys.ts'
import { doneLive, isLive, watching } from './living.ts'
import { createLooker, type Look } from './look.ts'
import { played } from './moving.ts'
import { isTooEarly, notOpened, opened, openWish } from './opening.ts'
import { type PlayState, worldOf } from './play-state.ts'
import { savedText } from './saving.ts'
import { taught } from './teaching.ts'
import { pasted, pressed, type Stage, type Turn } from './turn.ts'

/** What is told of a run. */
export interface RunNews {
  progress(at: VirtualMs): void
  done(ran: Ran): void
}

/** What the player needs of the world outside. */
export interface PlayerHost {
  /** Runs a recipe, in slices or at once; tells how far it is, then what came of it. Returns how to stop it. */
  run(recipe: Recipe, news: RunNews): () => void
  /** Offers the cluster of a recipe's moment to clients from outside, instead of what was offered before; undefined: it cannot. */
  readonly offer?: (recipe: Recipe, moment: Pick<Doing, 'at' | 'moments'>, news: RunNews) => () => void
  /** Writes a scenario that passes; says what came of it, in words for the person. */
  save(name: string, text: string, done: (said: string) => void): void
}

/** The player without a screen: keys and ticks in, states out. */
export interface PlayerStore {
  readonly state: () => PlayState
  readonly subscribe: (listener: () => void) => () => void
  /** What the present state shows. */
  look(): Look
  /** A key by its name. */
  press(key: string): void
  paste(text: string): void
  /** So much of the person's time has gone by. */
  tick(ms: number): void
  /** Runs what the player begins with, if that has not run yet. */
  begin(): void
  /** Stops what is being run. */
  stop(): void
}

/** A player that begins with a state. */
export function createPlayer(
  first: PlayState,
  host: PlayerHost,
  stageOf: (state: PlayState, look: Look) => Stage,
): PlayerStore {
  let state = first
  const listeners = new Set<() => void>()
  const lookAt = createLooker()
  let stop: (() => void) | undefined
  /** Keys that wait until there is something to play. */
  const early: string[] = []
  const set = (next: PlayState): void => {
    if (next === state) return
    state = next
    for (const listener of listeners) listener()
  }
  const run = (wish: Wish): void => {
    if (isLive(state) && (wish.purpose.kind === 'doing' || wish.purpose.kind === 'longer')) {
      set(doneLive(state, wish))
      return
    }
    const recordings: Ran[] = []
    const begin = (recipe: Recipe, news: RunNews): (() => void) =>
      wish.purpose.kind === 'offer' && host.offer !== undefined
        ? host.offer(recipe, wish.purpose.moment, news)
        : host.run(recipe, news)
    const next = (): void => {
      const recipe = wish.recipes[recordings.length]
      if (recipe === undefined) {
        finish(wish, recordings)
        return
      }
      stop = begin(recipe, {
        progress(at) {
          if (state.running !== undefined) set({ ...state, running: { ...state.running, at } })
        },
        done(ran) {
          recordings.push(ran)
          next()
        },
      })
    }
    next()
  }
  const finish = (wish: Wish, ran: readonly Ran[]): void => {
    stop = undefined
    const recordings = ran.flatMap(({ recording }) => (recording === undefined ? [] : [recording]))
    const failed = ran.find(({ recording }) => recording === undefined)
    if (wish.purpose.kind === 'open') {
      set(failed === undefined ? opened(state, recordings) : notOpened(state, failed.result))
      for (const key of early.splice(0)) press(key)
      return
    }
    if (failed !== undefined)
      set({ ...state, running: undefined, notice: failed.result.reason ?? 'the simulation did not begin' })
    else {
      const next = arrived(state, wish, recordings)
      set(wish.purpose.kind === 'offer' ? watching(next) : next)
    }
  }
  const stopRun = (): void => {
    stop?.()
    stop = undefined
  }
  const take = ({ state: next, wish, stops, saves }: Turn): void => {
    set(next)
    if (stops === true) stopRun()
    if (wish !== undefined) run(wish)
    if (saves !== undefined) save(saves)
  }
  const save = (name: string): void => {
    set({ ...state, running: { what: 'the scenario, to see that it passes', at: 0 } })
    host.save(name, savedText(worldOf(state), state.cursor), (said) =>
      set({ ...state, running: undefined, notice: said }),
    )
  }
  const look = (): Look => lookAt(state)
  const press = (key: string): void => {
    if (isTooEarly(state, bindingOf(key, state)?.command)) early.push(key)
    else take(pressed(state, key, stageOf(state, look())))
  }
  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    look,
    press,
    begin() {
      if (state.isOpening) run(openWish(state))
    },
    stop: stopRun,
    paste: (text) => take(pasted(state, text)),
    tick: (ms) => set(taught(state, played(state, ms))),
  }
}
