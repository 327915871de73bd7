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
    does: 'to the moment before: a sentence, a question, a change, a copy, an arrival',
    command: 'before',
  },
  { keys: [']'], label: ']', does: 'to the next moment', command: 'after' },
  { keys: ['Home'], label: 'Home', does: 'to the beginning', command: 'first' },
  { keys: ['End'], label: 'End', does: 'to the end', command: 'last' },
  { keys: ['m'], label: 'm', does: 'to the map of Secrets; Tab goes through it, Enter chooses', command: 'map' },
  { keys: [], label: '1-9', does: 'answer a question', command: 'close' },
  { keys: ['v'], label: 'v', does: 'hide or show what comes after the moment', command: 'veil' },
  { keys: ['?'], label: '?', does: 'show or hide the keys', command: 'help' },
  { keys: ['Escape'], label: 'Esc', does: 'hide them; go on without an answer', command: 'close' },
]

/** Keys of a page that has podsim inside. */
export const liveKeys: readonly Key[] = [
  { keys: [':'], label: ':', does: 'run kubectl or the shell at this moment', command: 'command' },
  { keys: ['i'], label: 'i', does: 'make an accident at this moment', command: 'accident' },
]

const byKey = new Map(
  [...keys, ...liveKeys].flatMap(({ keys: names, command }) => names.map((name) => [name, command] as const)),
)

/** Which answer of a question a digit chooses, counted from 0. */
export function answerOf(event: KeyboardEvent): number | undefined {
  return /^[1-9]$/.test(event.key) && !isField(event) ? Number(event.key) - 1 : undefined
}

function isField({ ctrlKey, metaKey, altKey, target }: KeyboardEvent): boolean {
  const isText = target instanceof HTMLInputElement && target.type === 'text'
  return ctrlKey || metaKey || altKey || isText || target instanceof HTMLSelectElement
}

/** What a key press asks for; undefined: nothing, or the field that has the focus wants it. */
export function commandOf(event: KeyboardEvent): Command | undefined {
  const { target } = event
  const isButton = target instanceof Element && target.closest('button, summary, [role=button]') !== null
  if (isField(event) || (isButton && event.key === ' ')) return undefined
  return byKey.get(event.key)
}
