import { keyOf, type PaneName, paneNames, paneWords } from './panes.ts'
import { type PlayState, worldOf } from './play-state.ts'

/** Where keys mean something of their own. */
export type KeyContext = 'play' | 'prompt' | 'menu' | 'question' | 'help' | 'course'

/** What a key can ask for. */
export type Command =
  | 'toggle'
  | 'next'
  | 'back'
  | 'nextMoment'
  | 'previousMoment'
  | 'first'
  | 'last'
  | 'jump'
  | 'search'
  | 'searchNext'
  | 'searchBack'
  | 'faster'
  | 'slower'
  | 'replay'
  | 'longer'
  | 'nextPane'
  | 'previousPane'
  | 'up'
  | 'down'
  | 'pageUp'
  | 'pageDown'
  | 'enter'
  | 'nextObject'
  | 'previousObject'
  | 'kubectl'
  | 'accident'
  | 'knobs'
  | 'fork'
  | 'offer'
  | 'nextWorld'
  | 'previousWorld'
  | 'compare'
  | 'save'
  | 'follow'
  | 'why'
  | 'yaml'
  | 'describe'
  | 'logs'
  | 'usedBy'
  | 'reveal'
  | 'glossary'
  | 'help'
  | 'quit'
  | 'close'
  | 'eraseBack'
  | 'eraseAll'
  | 'caretLeft'
  | 'caretRight'
  | 'caretHome'
  | 'caretEnd'
  | 'older'
  | 'newer'
  | 'predict'
  | 'answer'
  | 'sandbox'
  | 'manifests'
  | 'openFile'
  | `pane:${PaneName}`

/** The one table of keys: what they do, the help, the footer and the page on the player come from it. */
export interface KeyBinding {
  readonly context: KeyContext
  /** As the terminal tells it: a character, or the name of a key. */
  readonly keys: readonly string[]
  /** As people read it. */
  readonly label: string
  readonly does: string
  /** Short form for the footer; absent: only in the help. */
  readonly brief?: string
  readonly group: KeyGroup
  readonly command: Command
  /** Why the key does nothing just now; undefined: it does something. */
  readonly off?: (state: PlayState, selected: string | undefined) => string | undefined
}

/** Under these heads the help lists the keys. */
export type KeyGroup = 'time' | 'look' | 'do' | 'screen' | 'typing' | 'asked' | 'course'

/** Ends the player wherever it is, with the exit code of an interruption. */
export const interruptKey = 'ctrl+c'

type Row = readonly [
  keys: string,
  label: string,
  command: Command,
  does: string,
  brief?: string | undefined,
  off?: KeyBinding['off'],
]

const rows = (context: KeyContext, group: KeyGroup, table: readonly Row[]): readonly KeyBinding[] =>
  table.map(([keys, label, command, does, brief, off]) => ({
    ...{ context, group, label, command, does, keys: keys.split(' ').map((key) => (key === 'space' ? ' ' : key)) },
    ...(brief === undefined ? {} : { brief }),
    ...(off === undefined ? {} : { off }),
  }))

const notRunning = ({ running }: PlayState) =>
  running === undefined ? undefined : `${running.what} is still being run; escape stops it`
/** What is offered to clients goes on by itself: a run that can be repeated does not hold it. */
const repeatable = (state: PlayState) =>
  notRunning(state) ??
  (worldOf(state).recording.live === undefined ? undefined : 'what clients do cannot be run again here')
const offered = (state: PlayState) =>
  notRunning(state) ?? (state.canOffer ? undefined : 'podsim play --serve offers clusters to kubectl')
const doable = (state: PlayState) =>
  notRunning(state) ??
  (worldOf(state).recording.live?.isOver === true ? 'it is offered no more' : worldOf(state).recording.live?.off)
const isAnswered = ({ overlay }: PlayState) =>
  overlay?.kind === 'question' && overlay.answer !== undefined ? 'it is answered; enter goes on' : undefined
const isOpen = (state: PlayState) =>
  isAnswered(state) === undefined ? `first an answer, 1-${answersIn(state)}; esc goes on without one` : undefined
const searching = ({ search }: PlayState) => (search === '' ? 'nothing is searched for: / asks for a word' : undefined)
const severalWorlds = ({ worlds }: PlayState) =>
  worlds.length === 1 ? 'there is one world yet; f, i and : make others' : undefined
const selectedOf =
  (...kinds: readonly string[]) =>
  (state: PlayState, selected: string | undefined) =>
    notRunning(state) ??
    (selected === undefined
      ? 'nothing is selected: ( and ) choose an object'
      : kinds.length === 0 || kinds.includes(selected)
        ? undefined
        : `it is for a ${kinds.join(' or a ')}; a ${selected} is selected`)

/** All of it. */
export const keyBindings: readonly KeyBinding[] = [
  ...rows('play', 'time', [
    ['space .', 'space', 'toggle', 'play or pause; a sentence pauses by itself', 'play'],
    ['right pagedown', '→', 'next', 'one event on', 'on'],
    ['left pageup', '←', 'back', 'one event back, as far as you like; what it undoes is named', 'back'],
    [']', ']', 'nextMoment', 'to the next sentence, warning, accident, doing or arrival of a Secret', 'moment'],
    ['[', '[', 'previousMoment', 'to the one before'],
    ['home', 'home', 'first', 'to the beginning'],
    ['end', 'end', 'last', 'to the end'],
    ['t', 't', 'jump', 'to a time (2m15s, 02:15), a record (#120) or a moment (24)'],
    ['/', '/', 'search', 'to a moment that says a word'],
    ['n', 'n', 'searchNext', 'to the next such moment', undefined, searching],
    ['N', 'N', 'searchBack', 'to the one before', undefined, searching],
    ['r', 'r', 'replay', 'play the last sentence again'],
    ['+ =', '+', 'faster', 'play faster, up to an event a tick'],
    ['-', '-', 'slower', 'play slower'],
    ['>', '>', 'longer', 'let time go on for 5m after the end', undefined, doable],
  ]),
  ...rows('play', 'do', [
    [':', ':', 'kubectl', 'run kubectl or shell lines at this moment; @alice before it: as alice', 'kubectl', doable],
    ['i', 'i', 'accident', 'make an accident', 'accident', doable],
    ['f', 'f', 'fork', 'fork: a branch from this moment on', 'fork', repeatable],
    ['o', 'o', 'knobs', 'the same run with another strategy, ttl, sync period or version', undefined, repeatable],
    ['c', 'c', 'compare', 'Watch, Cache and Get side by side', 'compare', repeatable],
    [
      'K',
      'K',
      'offer',
      'offer the cluster of this moment to kubectl in another window (podsim play --serve)',
      'offer',
      (state) => offered(state) ?? repeatable(state),
    ],
    ['}', '}', 'nextWorld', 'the next branch, at the same time', undefined, severalWorlds],
    ['{', '{', 'previousWorld', 'the branch before', undefined, severalWorlds],
    ['T', 'T', 'save', 'save what was done, and what is so now, as a scenario that passes', 'save', repeatable],
  ]),
  ...rows('play', 'look', [
    [') s', ')', 'nextObject', 'select the next object'],
    ['( S', '(', 'previousObject', 'select the one before'],
    ['w', 'w', 'why', 'why did this happen', 'why'],
    ['p', 'p', 'predict', 'be asked what comes: predict, then see', 'predict', repeatable],
    ['b', 'b', 'follow', 'choose the Secret and key whose way is shown', 'follow'],
    ['y', 'y', 'yaml', 'the selected object as YAML', undefined, selectedOf()],
    ['d', 'd', 'describe', 'kubectl describe of it', undefined, selectedOf()],
    ['l', 'l', 'logs', 'logs of the selected Pod', undefined, selectedOf('Pod')],
    [
      'u',
      'u',
      'usedBy',
      'which Pods use it, or what it uses',
      undefined,
      selectedOf('Secret', 'ConfigMap', 'ServiceAccount', 'Pod'),
    ],
    ['x', 'x', 'reveal', "show or mask Secrets' values", 'values'],
    ['g', 'g', 'glossary', 'what the words mean'],
  ]),
  ...rows('play', 'screen', [
    ['tab', 'tab', 'nextPane', 'the next pane', 'pane'],
    ['shift+tab', '⇧tab', 'previousPane', 'the pane before'],
    ['up k', '↑', 'up', 'up in the pane: an event, an object, a branch, a line'],
    ['down j', '↓', 'down', 'down in it'],
    ['ctrl+u', 'ctrl-u', 'pageUp', 'half a page up'],
    ['ctrl+d', 'ctrl-d', 'pageDown', 'half a page down'],
    ['enter', 'enter', 'enter', 'in objects: look closely; in branches: go there'],
    ...paneNames.map((pane): Row => [keyOf(pane), keyOf(pane), `pane:${pane}`, `${pane}: ${paneWords[pane]}`]),
    ['escape', 'esc', 'close', 'close what is open; stop what is being run'],
    ['?', '?', 'help', 'all keys', 'keys'],
    ['q', 'q', 'quit', 'quit', 'quit'],
  ]),
  ...rows('prompt', 'typing', [
    ['enter', 'enter', 'enter', 'do it', 'do it'],
    ['escape', 'esc', 'close', 'leave it', 'leave it'],
    ['up', '↑', 'older', 'what was typed before', 'before'],
    ['down', '↓', 'newer', 'what was typed after that'],
    ['left', '←', 'caretLeft', 'a character left'],
    ['right', '→', 'caretRight', 'a character right'],
    ['home ctrl+a', 'home', 'caretHome', 'to the beginning of the line'],
    ['end ctrl+e', 'end', 'caretEnd', 'to its end'],
    ['backspace', 'backspace', 'eraseBack', 'erase a character'],
    ['ctrl+u', 'ctrl-u', 'eraseAll', 'erase all', 'erase'],
  ]),
  ...rows('question', 'asked', [
    ['1 2 3 4 5 6 7 8 9', '1-9', 'answer', 'the first answer, the second, and so on', 'answer', isAnswered],
    [
      'enter right space ] .',
      'enter',
      'enter',
      'after the answer: to the moment at which it is seen',
      'see it',
      isOpen,
    ],
    ['up k', '↑', 'up', 'a line up in what is asked'],
    ['down j', '↓', 'down', 'a line down in it'],
    ['escape q', 'esc', 'close', 'leave it', 'leave it'],
  ]),
  ...rows('menu', 'screen', [
    ['up k', '↑', 'up', 'up', 'choose'],
    ['down j', '↓', 'down', 'down'],
    ['enter', 'enter', 'enter', 'do it', 'do it'],
    ['escape q', 'esc', 'close', 'leave it', 'leave it'],
  ]),
  ...rows('course', 'course', [
    ['up k', '↑↓', 'up', 'the lesson or chapter before, the next one', 'choose'],
    ['down j', '↓', 'down', 'the next one'],
    ['enter', 'enter', 'enter', 'play the lesson; open or close the chapter', 'play'],
    ['right', '→', 'next', 'open the chapter'],
    ['left', '←', 'back', 'close it'],
    ['home', 'home', 'first', 'to the first chapter'],
    ['end', 'end', 'last', 'to the end of the list'],
    ['pageup ctrl+u', 'pgup', 'pageUp', 'a line up in what is told of the lesson'],
    ['pagedown ctrl+d', 'pgdn', 'pageDown', 'a line down in it'],
    ['/', '/', 'search', 'to a lesson that says a word: a reason, a clause such as U3', 'search'],
    ['N', 'N', 'searchNext', 'to the next such lesson'],
    ['n', 'n', 'sandbox', 'a sandbox: two nodes, and what you type', 'sandbox'],
    ['m', 'm', 'manifests', 'your own manifests: which container sees a new value when, and which never', 'manifests'],
    ['o', 'o', 'openFile', 'play a scenario file', 'open'],
    ['g', 'g', 'glossary', 'what the words mean', 'words'],
    ['?', '?', 'help', 'all keys', 'keys'],
    ['q escape', 'q', 'quit', 'leave', 'quit'],
  ]),
  ...rows('help', 'screen', [
    ['up k', '↑', 'up', 'up', 'scroll'],
    ['down j', '↓', 'down', 'down'],
    ['pageup ctrl+u', 'pgup', 'pageUp', 'a page up'],
    ['pagedown ctrl+d space', 'pgdn', 'pageDown', 'a page down'],
    ['? escape q', '?', 'close', 'close it', 'close'],
  ]),
]

/** Where the keys of a state are looked up. */
export function contextOf({ overlay }: PlayState): KeyContext {
  return overlay?.kind ?? 'play'
}

const byKey = new Map(
  keyBindings.flatMap((binding) => binding.keys.map((key) => [`${binding.context} ${key}`, binding] as const)),
)

/** The binding of a key in a state; undefined: it has none. */
export function bindingOf(key: string, state: PlayState): KeyBinding | undefined {
  return bindingIn(contextOf(state), key)
}

/** The binding of a key in a context; undefined: it has none. */
export function bindingIn(context: KeyContext, key: string): KeyBinding | undefined {
  return byKey.get(`${context} ${key}`)
}

/** What the footer says of the keys of a context in which none is ever off. */
export function briefKeys(context: KeyContext): readonly string[] {
  return keyBindings.flatMap((binding) =>
    binding.context === context && binding.brief !== undefined ? [`${binding.label} ${binding.brief}`] : [],
  )
}

/** The keys of the course, as a text to read. */
export function courseHelp(): string {
  return keyBindings
    .filter(({ context }) => context === 'course')
    .map(({ label, does }) => `${label.padEnd(7)} ${does}`)
    .join('\n')
}

function answersIn({ overlay }: PlayState): number {
  return overlay?.kind === 'question' ? overlay.question.choices.length : 0
}

function toggleWord(state: PlayState): string {
  if (state.isPlaying) return 'pause'
  return worldOf(state).recording.live === undefined ? 'play' : 'follow'
}

/** What the footer says of the keys of this moment: those that do something. */
export function footerKeys(state: PlayState, selectedKind: string | undefined): readonly string[] {
  const context = contextOf(state)
  return keyBindings.flatMap((binding) => {
    const { brief, label } = binding
    if (binding.context !== context || brief === undefined || binding.off?.(state, selectedKind) !== undefined)
      return []
    if (binding.command === 'answer') return [`1-${answersIn(state)} ${brief}`]
    return [`${label} ${binding.command === 'toggle' ? toggleWord(state) : brief}`]
  })
}
