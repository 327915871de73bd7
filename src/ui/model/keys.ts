import type { Command, PlayState } from './play-state.ts'

/** The one table of keys: what they do, the help screen, the footer and the README come from it. */
export interface KeyBinding {
  /** As the terminal tells it: a character, or the name of a key. */
  readonly keys: readonly string[]
  /** As people read it. */
  readonly label: string
  readonly does: string
  /** Short form for the footer; absent: only in the help. */
  readonly brief?: string
  readonly command: Command
}

/** Ends the player wherever it is, with the exit code of an interruption. */
export const interruptKey = 'ctrl+c'
export const keyBindings: readonly KeyBinding[] = [
  {
    keys: [' ', '.'],
    label: 'space',
    does: 'play or pause (narration pauses by itself)',
    brief: 'play',
    command: { kind: 'toggle' },
  },
  { keys: ['right'], label: '→', does: 'one event forwards', brief: 'next', command: { kind: 'step', by: 1 } },
  {
    keys: ['left'],
    label: '←',
    does: 'one event backwards, as far as you like',
    brief: 'back',
    command: { kind: 'step', by: -1 },
  },
  {
    keys: [']'],
    label: ']',
    does: 'to the next narration, warning, fault or arrival of a Secret',
    command: { kind: 'jump', by: 1 },
  },
  { keys: ['['], label: '[', does: 'to the one before', command: { kind: 'jump', by: -1 } },
  { keys: ['home'], label: 'home', does: 'to the beginning', command: { kind: 'first' } },
  { keys: ['end'], label: 'end', does: 'to the end', command: { kind: 'last' } },
  {
    keys: ['tab'],
    label: 'tab',
    does: 'next pane: timeline, objects, inspector',
    brief: 'pane',
    command: { kind: 'nextPane' },
  },
  { keys: ['shift+tab'], label: '⇧tab', does: 'the pane before', command: { kind: 'previousPane' } },
  {
    keys: ['up', 'k'],
    label: '↑',
    does: 'up in the pane with the focus: event, object, or scroll',
    command: { kind: 'up' },
  },
  { keys: ['down', 'j'], label: '↓', does: 'down in it', command: { kind: 'down' } },
  { keys: ['+', '='], label: '+', does: 'play faster', command: { kind: 'faster' } },
  { keys: ['-'], label: '-', does: 'play slower', command: { kind: 'slower' } },
  { keys: ['?', 'h'], label: '?', does: 'show or hide this help', brief: 'help', command: { kind: 'help' } },
  { keys: ['q', 'escape'], label: 'q', does: 'quit (in the help: close it)', brief: 'quit', command: { kind: 'quit' } },
]

const byKey = new Map(keyBindings.flatMap((binding) => binding.keys.map((key) => [key, binding.command] as const)))

/** What a key does in a state; undefined: nothing. */
export function commandOf(key: string, state: PlayState): Command | undefined {
  const command = byKey.get(key)
  if (state.showsHelp && (command?.kind === 'quit' || command?.kind === 'help')) return { kind: 'help' }
  return state.showsHelp ? undefined : command
}
