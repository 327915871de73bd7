/** What a key does: the table that the page listens by, and shows when it is asked. */
export interface Key {
  readonly keys: readonly string[]
  readonly label: string
  readonly does: string
  readonly command: Command
}

/** What can be asked of the page. */
export type Command =
  | 'back'
  | 'next'
  | 'before'
  | 'after'
  | 'first'
  | 'last'
  | 'play'
  | 'map'
  | 'veil'
  | 'help'
  | 'close'
  | 'command'
  | 'accident'

export const keys: readonly Key[] = [
  { keys: [' '], label: 'space', does: 'play, or pause', command: 'play' },
  { keys: ['ArrowLeft'], label: '←', does: 'one event back', command: 'back' },
  { keys: ['ArrowRight'], label: '→', does: 'one event on', command: 'next' },
  {
    keys: ['['],
    label: '[',
    does: 'to the moment before: a change, a copy, an arrival, an accident',
    command: 'before',
  },
  { keys: [']'], label: ']', does: 'to the next moment', command: 'after' },
  { keys: ['Home'], label: 'Home', does: 'to the beginning', command: 'first' },
  { keys: ['End'], label: 'End', does: 'to the end', command: 'last' },
  { keys: ['m'], label: 'm', does: 'to the map of Secrets; Tab goes through it, Enter chooses', command: 'map' },
  { keys: ['v'], label: 'v', does: 'hide or show what comes after the moment', command: 'veil' },
  { keys: ['?'], label: '?', does: 'show or hide the keys', command: 'help' },
  { keys: ['Escape'], label: 'Esc', does: 'hide them', command: 'close' },
]

/** Keys of a page that has podsim inside. */
export const liveKeys: readonly Key[] = [
  { keys: [':'], label: ':', does: 'run kubectl or the shell at this moment', command: 'command' },
  { keys: ['i'], label: 'i', does: 'make an accident at this moment', command: 'accident' },
]

const byKey = new Map(
  [...keys, ...liveKeys].flatMap(({ keys: names, command }) => names.map((name) => [name, command] as const)),
)

/** What a key press asks for; undefined: nothing, or the field that has the focus wants it. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined
  const { target } = event
  const isText = target instanceof HTMLInputElement && target.type === 'text'
  const isField = isText || target instanceof HTMLSelectElement
  const isButton = target instanceof Element && target.closest('button, summary, [role=button]') !== null
  if (isField || (isButton && event.key === ' ')) return undefined
  return byKey.get(event.key)
}
