import { outputAfter, type Wish } from './forking.ts'
import { type PlayState, worldOf } from './play-state.ts'

/** Worlds that go on while they are looked at: a cluster in which clients work. */

/** Whether the cursor's world goes on by itself. */
export function isLive(state: PlayState): boolean {
  const { live } = worldOf(state).recording
  return live !== undefined && !live.isOver
}

/** Where a world that goes on has come to; the clock goes by whole seconds, so that a second is drawn once. */
export function atPresent(state: PlayState): PlayState {
  const { moments, result } = worldOf(state).recording
  const at = moments.length - 1
  const clock = Math.max(moments[at]?.time ?? 0, Math.floor(result.endedAt / 1000) * 1000)
  const { cursor } = state
  return cursor.at === at && cursor.clock === clock ? state : { ...state, cursor: { ...cursor, at, clock } }
}

/** How the player begins to watch a cluster that goes on: with how clients come to it. */
export function watching(state: PlayState): PlayState {
  const { live } = worldOf(state).recording
  const now = atPresent({ ...state, isPlaying: true })
  return live === undefined
    ? now
    : { ...now, output: { title: 'for clients', text: live.told, isMasked: false }, focus: 'output' }
}

/** The state once something was done in a world that goes on: in its present, wherever the cursor was. */
export function doneLive(state: PlayState, { purpose, recipes }: Wish): PlayState {
  const { live, moments, result } = worldOf(state).recording
  const idle: PlayState = { ...state, running: undefined, isPlaying: true }
  if (live === undefined) return idle
  if (purpose.kind !== 'doing') {
    live.advance(Math.max(0, (recipes[0]?.until ?? 0) - result.endedAt))
    return atPresent(idle)
  }
  const before = moments.length
  live.act(purpose.doing.action)
  const done = moments.findIndex(({ did }, i) => i >= before && did?.by === 'player')
  const printed = done === -1 ? '' : outputAfter(worldOf(state).recording, done)
  const now = atPresent(idle)
  if (printed === '') return { ...now, output: undefined, focus: now.focus === 'output' ? 'story' : now.focus }
  return {
    ...now,
    ...{ output: { ...purpose.asked, text: printed }, focus: 'output', scroll: { ...now.scroll, output: 0 } },
  }
}
