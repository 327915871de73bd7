import type { Recording } from './recording.ts'

/** What the player shows; changed by keys and by the clock, drawn by the views. Plain data. */
export interface PlayState {
  /** Index of the moment that happened last; -1 is the beginning. */
  readonly at: number
  /** Virtual time that playing has come to: at `at`'s time or between it and the next. */
  readonly clock: number
  readonly isPlaying: boolean
  /** Seconds of virtual time a second. */
  readonly speed: number
  readonly pane: Pane
  /** Index into the list of objects. */
  readonly selected: number
  /** Lines by which the inspector is scrolled. */
  readonly scroll: number
  readonly showsHelp: boolean
  readonly isOver: boolean
}

export const panes = ['timeline', 'objects', 'inspector'] as const
export type Pane = (typeof panes)[number]

const speeds = [1, 2, 5, 10, 30, 60, 300] as const

export const firstState: PlayState = {
  at: -1,
  clock: 0,
  isPlaying: false,
  speed: 10,
  pane: 'timeline',
  selected: 0,
  scroll: 0,
  showsHelp: false,
  isOver: false,
}

export type Command =
  | {
      readonly kind:
        | 'toggle'
        | 'nextPane'
        | 'previousPane'
        | 'help'
        | 'quit'
        | 'faster'
        | 'slower'
        | 'first'
        | 'last'
        | 'up'
        | 'down'
    }
  | { readonly kind: 'step'; readonly by: number }
  /** To the next or previous narration, warning or moment at which a container sees a Secret. */
  | { readonly kind: 'jump'; readonly by: 1 | -1 }
  /** Virtual milliseconds that have gone by while playing. */
  | { readonly kind: 'tick'; readonly ms: number }

/** The state after a command. `objectCount` bounds the selection. */
export function advanced(state: PlayState, command: Command, recording: Recording, objectCount: number): PlayState {
  const last = recording.moments.length - 1
  const goTo = (wanted: number, isPlaying = false): PlayState => {
    const at = Math.max(-1, Math.min(last, wanted))
    return { ...state, at, clock: recording.moments[Math.max(0, at)]?.time ?? 0, isPlaying, scroll: 0 }
  }
  switch (command.kind) {
    case 'toggle':
      return state.at >= last ? { ...goTo(-1), isPlaying: true } : { ...state, isPlaying: !state.isPlaying }
    case 'step':
      return goTo(state.at + command.by)
    case 'first':
      return goTo(-1)
    case 'last':
      return goTo(last)
    case 'jump':
      return goTo(nextOfInterest(recording, state.at, command.by))
    case 'tick':
      // A tick may be on its way when the player pauses.
      return state.isPlaying ? played(state, state.clock + command.ms, recording) : state
    case 'nextPane':
    case 'previousPane': {
      const by = command.kind === 'nextPane' ? 1 : panes.length - 1
      return { ...state, pane: panes[(panes.indexOf(state.pane) + by) % panes.length] ?? 'timeline' }
    }
    case 'up':
    case 'down':
      return moved(state, command.kind === 'up' ? -1 : 1, objectCount, goTo)
    case 'faster':
    case 'slower': {
      const i = speeds.findIndex((speed) => speed >= state.speed)
      const next = speeds[Math.max(0, Math.min(speeds.length - 1, i + (command.kind === 'faster' ? 1 : -1)))]
      return { ...state, speed: next ?? state.speed }
    }
    case 'help':
      return { ...state, showsHelp: !state.showsHelp, isPlaying: false }
    case 'quit':
      return { ...state, isOver: true, isPlaying: false }
  }
}

/** Up and down move what the pane with the focus shows. */
function moved(state: PlayState, by: 1 | -1, objectCount: number, goTo: (at: number) => PlayState): PlayState {
  switch (state.pane) {
    case 'timeline':
      return goTo(state.at + by)
    case 'objects':
      return { ...state, selected: Math.max(0, Math.min(objectCount - 1, state.selected + by)), scroll: 0 }
    case 'inspector':
      return { ...state, scroll: Math.max(0, state.scroll + by) }
  }
}

/** Plays on to an instant; narration stops the player, as a teacher would. */
function played(state: PlayState, until: number, recording: Recording): PlayState {
  let at = state.at
  for (
    let next = recording.moments[at + 1];
    next !== undefined && next.time <= until;
    next = recording.moments[at + 1]
  ) {
    at++
    if (next.kind === 'say') return { ...state, at, clock: next.time, isPlaying: false, scroll: 0 }
  }
  return { ...state, at, clock: until, isPlaying: at < recording.moments.length - 1 }
}

function nextOfInterest({ moments }: Recording, from: number, by: 1 | -1): number {
  for (let at = from + by; at >= 0 && at < moments.length; at += by) {
    const { kind, tone } = moments[at] ?? {}
    if (kind === 'say' || tone === 'visible' || tone === 'warning' || tone === 'fault') return at
  }
  return by === 1 ? moments.length - 1 : -1
}
