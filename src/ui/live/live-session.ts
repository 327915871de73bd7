import type { KubeObject } from '../../api/types/meta.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Album } from '../../report/export/album.ts'
import { makeAlbum } from '../../report/export/make-album.ts'
import { loadScenario } from '../../scenario/load.ts'
import type { Scenario, StepAction } from '../../scenario/model.ts'
import { arrived, doingWish, knobsWish, type Wish } from '../model/forking.ts'
import { accidentMenu, knobMenu } from '../model/menus.ts'
import { firstState, momentBy, type PlayState, seqAt, worldOf } from '../model/play-state.ts'
import { savedText } from '../model/saving.ts'
import { typedAction } from '../world/doing.ts'
import { withKnobs } from '../world/knobs.ts'
import type { Recipe } from '../world/recipe.ts'
import type { Ran } from '../world/run-world.ts'
import { runSliced, type SliceHost } from '../world/sliced-run.ts'
import type { World } from '../world/world.ts'
import { keptSources, type LiveScenario } from './live-scenario.ts'
import { toldWorld } from './told-world.ts'

/** A scenario that goes on being played where there is no terminal: in a page. All that happens is told to `LiveNews`. */
export interface LiveSession {
  /** A line of kubectl or of the shell, at an instant of the world that is chosen. */
  type(line: string, at: VirtualMs): void
  /** Accidents that can happen at an instant of it. */
  accidents(at: VirtualMs): readonly LiveChoice[]
  /** One of them, by its place. */
  accident(index: number, at: VirtualMs): void
  /** The same run with another setting, by its place in `settings`. */
  setting(index: number): void
  /** Which worlds are shown: the one that is gone on with, and one beside it. */
  choose(world: number, beside: number | undefined): void
  /** Whose way is shown: a Secret, by its place in `secrets`. */
  follow(index: number): void
  /** The world as a scenario that passes, up to an instant. */
  saved(at: VirtualMs): string
  stop(): void
}

/** What whoever shows the session is told. */
export interface LiveNews {
  running(what: string, at: VirtualMs): void
  shows(shown: LiveShown): void
  /** The scenario can't be run here: why. */
  fails(why: string): void
}

/** Everything that is to be seen. */
export interface LiveShown {
  readonly album: Album
  /** The instant to be at; undefined: as it was. */
  readonly at: VirtualMs | undefined
  /** What a command printed, as the real one would have: nothing is masked in it. */
  readonly printed: string
  readonly notice: string
  readonly worlds: readonly LiveWorld[]
  readonly world: number
  readonly beside: number | undefined
  readonly settings: readonly LiveChoice[]
  readonly secrets: readonly string[]
  readonly followed: number
}

/** A branch in a list. */
export interface LiveWorld {
  readonly id: number
  readonly name: string
  /** Where it leaves which other, and what differs first; empty of the first. */
  readonly from: string
}

/** Something that can be chosen. */
export interface LiveChoice {
  readonly label: string
  readonly does: string
}

/** Runs the scenario of a page from its beginning and goes on from there. */
export function openLive(given: LiveScenario, host: SliceHost, news: LiveNews): LiveSession {
  const loaded = loadScenario(given.text, given.file, keptSources(given), given.settings)
  if (!loaded.ok) {
    news.fails(loaded.errors[0].message)
    return closed
  }
  return createSession(loaded.value, given, host, news)
}

const closed: LiveSession = {
  ...{ type: () => {}, accident: () => {}, setting: () => {}, choose: () => {}, follow: () => {}, stop: () => {} },
  ...{ saved: () => '', accidents: () => [] },
}

function createSession(scenario: Scenario, given: LiveScenario, host: SliceHost, news: LiveNews): LiveSession {
  let state: PlayState | undefined
  let beside: number | undefined
  let followed: { readonly namespace: string; readonly secret: string } | undefined
  const { runAll, stop } = createRuns(host, news)

  const show = (told: PlayState, at: VirtualMs | undefined): void => {
    state = told
    const shown = shownOf(told, beside, followed, given)
    if (typeof shown === 'string') news.fails(shown)
    else news.shows({ ...shown, at })
  }

  const wished = (before: PlayState, wish: Wish): void => {
    runAll(wish.what, wish.recipes, (ran) => {
      const recordings = ran.flatMap(({ recording }) => (recording === undefined ? [] : [recording]))
      if (recordings.length < ran.length) {
        news.fails(
          ran.find(({ recording }) => recording === undefined)?.result.reason ?? 'the simulation did not begin',
        )
        return
      }
      const after = arrived({ ...before, output: undefined, notice: undefined }, wish, recordings)
      if (after.cursor.world !== before.cursor.world) beside = before.cursor.world
      show(after, wish.purpose.kind === 'doing' ? after.cursor.clock : undefined)
    })
  }

  const doing = (action: StepAction | undefined, at: VirtualMs): void => {
    if (state === undefined || action === undefined) return
    const before = atInstant(state, at)
    wished(before, doingWish(before, action))
  }

  runAll('the scenario', firstRecipes(scenario, given), (ran) => {
    const worlds = ran.flatMap(({ recording, result }, i): World[] => {
      const recipe = firstRecipes(scenario, given)[i]
      if (recording === undefined || recipe === undefined) {
        news.fails(result.reason ?? 'the simulation did not begin')
        return []
      }
      return [{ id: i, name: given.compare[i] ?? 'main', recipe, recording, origin: undefined }]
    })
    const [first] = worlds
    if (first === undefined || worlds.length < ran.length) return
    beside = worlds[1]?.id
    show({ ...firstState(first), worlds }, undefined)
  })

  return {
    type: (line, at) => doing(typedAction(line), at),
    accidents: (at) =>
      state === undefined ? [] : accidentsAt(atInstant(state, at)).map(({ label, does }) => ({ label, does })),
    accident(index, at) {
      if (state === undefined) return
      const choice = accidentsAt(atInstant(state, at))[index]?.choice
      if (choice?.kind === 'doing') doing(choice.action, at)
    },
    setting(index) {
      const choice = knobMenu().items[index]?.choice
      if (state !== undefined && choice?.kind === 'knobs') wished(state, knobsWish(state, [choice.knobs], false))
    },
    choose(world, other) {
      if (state === undefined || !state.worlds.some(({ id }) => id === world)) return
      beside = other === world ? undefined : other
      show({ ...state, cursor: { ...state.cursor, world }, output: undefined, notice: undefined }, undefined)
    },
    follow(index) {
      if (state === undefined) return
      const secret = worldOf(state).recording.flows.secrets[index]
      if (secret !== undefined) followed = { namespace: secret.namespace, secret: secret.name }
      show(state, undefined)
    },
    saved: (at) => (state === undefined ? '' : savedText(worldOf(state), atInstant(state, at).cursor)),
    stop() {
      stop()
      if (state !== undefined) show({ ...state, notice: 'stopped' }, undefined)
    },
  }
}

/** Runs recipes one after the other; what is asked for anew ends what was under way. */
function createRuns(host: SliceHost, news: LiveNews) {
  let stopOne: (() => void) | undefined
  const stop = (): void => {
    stopOne?.()
    stopOne = undefined
  }
  const runAll = (what: string, recipes: readonly Recipe[], done: (ran: readonly Ran[]) => void): void => {
    stop()
    const ran: Ran[] = []
    const next = (): void => {
      const recipe = recipes[ran.length]
      if (recipe === undefined) {
        stopOne = undefined
        done(ran)
        return
      }
      news.running(what, 0)
      stopOne = runSliced(recipe, host, {
        progress: (at) => news.running(what, at),
        done(one) {
          ran.push(one)
          next()
        },
      })
    }
    next()
  }
  return { runAll, stop }
}

function firstRecipes(scenario: Scenario, { seed, compare }: LiveScenario): readonly Recipe[] {
  const recipe: Recipe = { scenario, seed, knobs: {}, doings: [], until: undefined }
  if (compare.length === 0) return [recipe]
  return compare.map((strategy) => ({ ...recipe, scenario: withKnobs(scenario, { strategy }) }))
}

function atInstant(state: PlayState, at: VirtualMs): PlayState {
  const { recording } = worldOf(state)
  return { ...state, cursor: { ...state.cursor, at: momentBy(recording, at), clock: at } }
}

function accidentsAt(state: PlayState) {
  const { recording } = worldOf(state)
  const objects = recording.history.at(seqAt(recording, state.cursor.at))
  return accidentMenu([...objects.values()].map(({ value }) => value as KubeObject)).items // the history's values are API objects
}

/** What is shown of a state, or why nothing can be. */
function shownOf(
  state: PlayState,
  beside: number | undefined,
  followed: { readonly namespace: string; readonly secret: string } | undefined,
  { choice, compare }: LiveScenario,
): Omit<LiveShown, 'at'> | string {
  const current = worldOf(state)
  const isBeginning = state.worlds.every(({ origin }) => origin === undefined)
  const others = isBeginning && compare.length > 0 ? state.worlds : state.worlds.filter(({ id }) => id === beside)
  const shown = state.worlds.filter((world) => world === current || others.includes(world))
  const [first, ...rest] = shown.map((world) => toldOf(world, shown.length > 1))
  const album = makeAlbum([first ?? toldOf(current, false), ...rest], { ...choice, ...followed })
  if ('problem' in album) return album.problem
  const { secrets } = current.recording.flows
  const [, about = ''] = /^secret ([^,]+)/.exec(album.about) ?? []
  return {
    album,
    ...{ printed: state.output?.text ?? '', notice: withoutKey(state.notice ?? '') },
    worlds: state.worlds.map((world) => ({ id: world.id, name: world.name, from: originText(world, state) })),
    ...{ world: current.id, beside: shown.length === 2 ? beside : undefined },
    settings: knobMenu().items.map(({ label, does }) => ({ label, does })),
    secrets: secrets.map(({ namespace, name }) => `${namespace}/${name}`),
    followed: secrets.findIndex(({ namespace, name }) => `${namespace}/${name}` === about),
  }
}

function toldOf(world: World, isNamed: boolean) {
  return toldWorld(isNamed ? world : { ...world, name: '' })
}

/** The player names its key; a page has a list of branches. */
function withoutKey(notice: string): string {
  return notice.replace(/; \{ goes back$/, '')
}

function originText({ origin }: World, { worlds }: PlayState): string {
  if (origin === undefined) return ''
  const parent = worlds.find(({ id }) => id === origin.parent)?.name ?? ''
  const seconds = (ms: VirtualMs) => `${(ms / 1000).toFixed(1)} s`
  const differs =
    origin.difference === undefined ? 'nothing differs' : `first differs at ${seconds(origin.difference.time)}`
  return `leaves ${parent} at ${seconds(origin.at)}: ${differs}`
}
