import type { KubeObject } from '../../api/types/meta.ts'
import { actionText } from '../../scenario/telling.ts'
import { typedAction } from '../world/doing.ts'
import { answered, asking as askedOf } from './answering.ts'
import { whyText } from './explaining.ts'
import { followMenu } from './following.ts'
import { doingWish, forked, inWorld, knobsWish, longerWish, offerWish, otherWorld, type Wish } from './forking.ts'
import { glossaryText } from './glossary.ts'
import { bindingOf, type Command, type KeyBinding } from './keys.ts'
import { atPresent, isLive } from './living.ts'
import type { Look } from './look.ts'
import { accidentMenu, knobMenu } from './menus.ts'
import { isInteresting, jumped, jumpedTo, movedTo, replayed, searched, stepped } from './moving.ts'
import { type PaneName, paneNames } from './panes.ts'
import { type Choice, type Output, type PlayState, speeds, worldOf } from './play-state.ts'
import { edited, openPrompt, type Prompt, withText } from './prompt.ts'
import { suggestedFile } from './saving.ts'
import { taught } from './teaching.ts'
import { usesText } from './uses.ts'

/** What a key leads to: the next state, and what whoever drives the player is to do. */
export interface Turn {
  readonly state: PlayState
  readonly wish?: Wish
  /** Stop what is being run. */
  readonly stops?: boolean
  /** Save the world as a scenario under this name. */
  readonly saves?: string
}

/** What a key means where the screen shows so much. */
export interface Stage {
  readonly look: Look
  /** Panes on the screen, in the order of tab. */
  readonly panes: readonly PaneName[]
  /** Lines of the pane with the focus. */
  readonly page: number
  /** By how many lines it can be scrolled: at the least, at the most. */
  readonly reach: readonly [least: number, most: number]
}

/** The state after a key. A key without a meaning changes nothing; one that is off says why. */
export function pressed(state: PlayState, key: string, stage: Stage): Turn {
  const binding = bindingOf(key, state)
  const { overlay } = state
  if (binding === undefined)
    return overlay?.kind === 'prompt' && [...key].length === 1 ? typing(state, overlay, key) : { state }
  const why = binding.off?.(state, stage.look.selected?.key.kind)
  if (why !== undefined) return { state: { ...state, notice: `${binding.label}: ${why}` } }
  if (overlay === undefined) return playing(state, binding, stage)
  switch (overlay.kind) {
    case 'prompt':
      return prompting(state, overlay, binding.command)
    case 'question':
      return { state: answered({ ...state, notice: undefined }, overlay, binding, { name: key, reach: stage.reach }) }
    case 'menu':
      return choosing(state, overlay, binding.command)
    case 'help':
      return helping(state, overlay.scroll, binding.command, stage.reach)
  }
}

/** Text that was pasted: only a line that is being typed takes it. */
export function pasted(state: PlayState, text: string): Turn {
  return state.overlay?.kind === 'prompt' ? typing(state, state.overlay, text) : { state }
}

function typing(state: PlayState, prompt: Prompt, text: string): Turn {
  return { state: { ...state, overlay: withText(prompt, text) } }
}

function playing(state: PlayState, { command }: KeyBinding, stage: Stage): Turn {
  if (command.startsWith('pane:')) return { state: focused(state, command.slice(5) as PaneName) } // what is after `pane:`
  const turn = moving(state, command) ?? doing(state, command, stage) ?? looking(state, command, stage) ?? { state }
  return turn.wish === undefined ? { ...turn, state: taught(state, turn.state) } : turn
}

function moving(state: PlayState, command: Command): Turn | undefined {
  switch (command) {
    case 'toggle':
      return { state: toggled(state) }
    case 'next':
      return { state: stepped(state, 1) }
    case 'back':
      return { state: stepped(state, -1) }
    case 'nextMoment':
      return { state: jumped(state, 1, isInteresting) }
    case 'previousMoment':
      return { state: jumped(state, -1, isInteresting) }
    case 'first':
      return { state: movedTo({ ...state, isPlaying: false }, -1) }
    case 'last':
      return { state: movedTo({ ...state, isPlaying: false }, Number.MAX_SAFE_INTEGER) }
    case 'searchNext':
      return { state: searched(state, 1) }
    case 'searchBack':
      return { state: searched(state, -1) }
    case 'faster':
    case 'slower': {
      const i = speeds.findIndex((speed) => speed >= state.speed)
      const next = speeds[Math.max(0, Math.min(speeds.length - 1, i + (command === 'faster' ? 1 : -1)))]
      return { state: { ...state, speed: next ?? state.speed } }
    }
    case 'replay':
      return { state: replayed(state) }
    case 'longer':
      return wished(state, longerWish(state))
    default:
      return undefined
  }
}

/** From the end playing begins anew. */
function toggled(state: PlayState): PlayState {
  if (isLive(state))
    return { ...(state.isPlaying ? state : atPresent(state)), isPlaying: !state.isPlaying, notice: undefined }
  const { moments, result } = worldOf(state).recording
  const isAtEnd = state.cursor.at >= moments.length - 1 && state.cursor.clock >= result.endedAt
  return isAtEnd
    ? { ...movedTo(state, -1), isPlaying: true }
    : { ...state, isPlaying: !state.isPlaying, notice: undefined }
}

function doing(state: PlayState, command: Command, { look }: Stage): Turn | undefined {
  const opened = (overlay: PlayState['overlay']): Turn => ({
    state: { ...state, overlay, isPlaying: false, notice: undefined },
  })
  switch (command) {
    case 'jump':
      return opened(openPrompt('jump'))
    case 'search':
      return opened(openPrompt('search', state.search))
    case 'kubectl':
      return opened(openPrompt('command'))
    case 'save':
      return opened(openPrompt('save', suggestedFile(worldOf(state))))
    case 'accident':
      return opened(accidentMenu(objectsOf(look)))
    case 'knobs':
      return opened(knobMenu())
    case 'follow':
      return opened(followMenu(look))
    case 'predict':
      return { state: askedOf(state, look) }
    case 'help':
      return opened({ kind: 'help', scroll: 0 })
    case 'fork':
      return { state: forked(state) }
    case 'offer':
      return wished(state, offerWish(state))
    case 'nextWorld':
      return { state: otherWorld(state, 1) }
    case 'previousWorld':
      return { state: otherWorld(state, -1) }
    case 'compare':
      return comparing(state)
    case 'quit':
      return { state: { ...state, isOver: true, isPlaying: false }, stops: true }
    case 'close':
      return closed(state)
    default:
      return undefined
  }
}

function* objectsOf({ objects }: Look): Iterable<KubeObject> {
  for (const { value } of objects.values()) yield value as KubeObject // the history's values are API objects
}

const strategies = ['Watch', 'Cache', 'Get'] as const

/** Three worlds that differ in one setting; a second time back to one. */
function comparing(state: PlayState): Turn {
  if (state.compared.length > 0) return { state: { ...state, compared: [], notice: 'one world again' } }
  return wished(
    state,
    knobsWish(
      state,
      strategies.map((strategy) => ({ strategy })),
      true,
    ),
  )
}

/** Escape closes one thing after the other; it does not quit. */
function closed(state: PlayState): Turn {
  if (state.isOpening) return { state }
  if (state.running !== undefined) return { state: { ...state, running: undefined, notice: 'stopped' }, stops: true }
  if (state.notice !== undefined) return { state: { ...state, notice: undefined } }
  if (state.output !== undefined)
    return { state: { ...state, output: undefined, focus: state.focus === 'output' ? 'flow' : state.focus } }
  return { state: { ...state, notice: 'q quits' } }
}

function looking(state: PlayState, command: Command, stage: Stage): Turn | undefined {
  const { look } = stage
  switch (command) {
    case 'nextObject':
    case 'previousObject':
      return { state: selecting(state, look, command === 'nextObject' ? 1 : -1) }
    case 'why':
      return { state: shown(state, whyText(state, look)) }
    case 'glossary':
      return { state: shown(state, glossaryText) }
    case 'usedBy':
      return { state: shown(state, usesText(look)) }
    case 'reveal':
      return {
        state: {
          ...state,
          isRevealed: !state.isRevealed,
          notice: state.isRevealed ? 'values are masked' : 'values are shown',
        },
      }
    case 'yaml':
    case 'describe':
    case 'logs':
      return asking(state, command, look)
    default:
      return moveInPane(state, command, stage)
  }
}

/** Asks with kubectl itself, at this moment. */
function asking(state: PlayState, command: 'yaml' | 'describe' | 'logs', { selected }: Look): Turn {
  if (selected === undefined) return { state: { ...state, notice: 'the selected object is not there at this moment' } }
  const { kind, name, namespace } = selected.key
  const where = namespace === undefined || namespace === 'default' ? '' : ` -n ${namespace}`
  const object = `${kind.toLowerCase()} ${name}${where}`
  const line = {
    yaml: `get ${object} -o yaml`,
    describe: `describe ${object}`,
    logs: `logs ${name}${where} --all-containers`,
  }[command]
  const title = `$ kubectl ${line}`
  return wished(
    state,
    doingWish(state, { kind: 'kubectl', line, as: undefined, editor: undefined }, { title, isMasked: true }),
  )
}

function selecting(state: PlayState, { rows, selected }: Look, by: 1 | -1): PlayState {
  const at = rows.findIndex(({ uid }) => uid === selected?.uid)
  const next = rows[Math.max(0, Math.min(rows.length - 1, at + by))]
  return next === undefined
    ? { ...state, notice: 'there is no object yet' }
    : { ...state, selection: next.uid, scroll: { ...state.scroll, inspector: 0, manifest: 0 } }
}

function shown(state: PlayState, output: Output): PlayState {
  return { ...state, output, focus: 'output', scroll: { ...state.scroll, output: 0 } }
}

function focused(state: PlayState, focus: PaneName): PlayState {
  return { ...state, focus, notice: undefined }
}

function moveInPane(state: PlayState, command: Command, { panes, page, reach, look }: Stage): Turn | undefined {
  switch (command) {
    case 'nextPane':
    case 'previousPane': {
      const order = panes.length > 1 ? panes : paneNames
      const by = command === 'nextPane' ? 1 : order.length - 1
      return { state: focused(state, order[(order.indexOf(state.focus) + by) % order.length] ?? 'flow') }
    }
    case 'up':
    case 'down':
      return { state: movedInPane(state, command === 'up' ? -1 : 1, look, reach) }
    case 'pageUp':
    case 'pageDown':
      return { state: scrolled(state, (command === 'pageUp' ? -1 : 1) * Math.max(1, Math.floor(page / 2)), reach) }
    case 'enter':
      return { state: state.focus === 'objects' ? focused(state, 'inspector') : state }
    default:
      return undefined
  }
}

/** Up and down move what the pane with the focus shows. */
function movedInPane(state: PlayState, by: 1 | -1, look: Look, reach: Stage['reach']): PlayState {
  switch (state.focus) {
    case 'story':
      return stepped(state, by)
    case 'objects':
      return selecting(state, look, by)
    case 'branches':
      return state.worlds.length === 1 ? state : branchChosen(state, by)
    default:
      return scrolled(state, by, reach)
  }
}

function branchChosen(state: PlayState, by: 1 | -1): PlayState {
  const at = state.worlds.findIndex(({ id }) => id === state.cursor.world)
  const next = state.worlds[at + by]
  return next === undefined ? state : inWorld(state, next)
}

function scrolled(state: PlayState, by: number, [least, most]: Stage['reach']): PlayState {
  const lines = Math.max(least, Math.min(most, (state.scroll[state.focus] ?? 0) + by))
  return { ...state, scroll: { ...state.scroll, [state.focus]: lines } }
}

function prompting(state: PlayState, prompt: Prompt, command: Command): Turn {
  if (command === 'close') return { state: { ...state, overlay: undefined } }
  if (command !== 'enter') return { state: { ...state, overlay: edited(prompt, command, state) } }
  const left: PlayState = { ...state, overlay: undefined }
  const { text } = prompt
  if (text.trim() === '') return { state: left }
  switch (prompt.prompt) {
    case 'search':
      return { state: taught(state, searched({ ...left, search: text.trim() }, 1)) }
    case 'jump':
      return { state: taught(state, jumpedTo(left, text)) }
    case 'save':
      return { state: left, saves: text.trim() }
    case 'file':
    case 'manifests':
      return { state: left }
    case 'command': {
      const action = typedAction(text)
      const typed = [...state.typed.filter((line) => line !== text), text].slice(-100)
      return action === undefined ? { state: left } : wished({ ...left, typed }, doingWish(left, action))
    }
  }
}

function choosing(state: PlayState, menu: Extract<PlayState['overlay'], { kind: 'menu' }>, command: Command): Turn {
  switch (command) {
    case 'up':
    case 'down': {
      const chosen = menu.chosen + (command === 'up' ? -1 : 1)
      const within = Math.max(0, Math.min(menu.items.length - 1, chosen))
      return { state: { ...state, overlay: { ...menu, chosen: within } } }
    }
    case 'enter': {
      const item = menu.items[menu.chosen]
      const left = { ...state, overlay: undefined }
      return item === undefined ? { state: left } : chosen(left, item.choice)
    }
    default:
      return { state: { ...state, overlay: undefined } }
  }
}

function chosen(state: PlayState, choice: Choice): Turn {
  switch (choice.kind) {
    case 'doing':
      return wished(state, doingWish(state, choice.action, { title: actionText(choice.action), isMasked: false }))
    case 'knobs':
      return wished(state, knobsWish(state, [choice.knobs], false))
    case 'follow':
      return { state: { ...state, followed: choice.followed, focus: 'flow' } }
  }
}

/** Lines that a page key goes on in the help. */
const helpPage = 10

function helping(state: PlayState, scroll: number, command: Command, [least, most]: Stage['reach']): Turn {
  if (command === 'close') return { state: { ...state, overlay: undefined } }
  const by = command === 'up' ? -1 : command === 'pageUp' ? -helpPage : command === 'pageDown' ? helpPage : 1
  const lines = Math.max(least, Math.min(most, scroll + by))
  return { state: { ...state, overlay: { kind: 'help', scroll: lines } } }
}

function wished(state: PlayState, wish: Wish): Turn {
  return { state: { ...state, isPlaying: false, notice: undefined, running: { what: wish.what, at: 0 } }, wish }
}
