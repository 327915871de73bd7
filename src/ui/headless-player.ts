import { firstState, type PlayState } from './model/play-state.ts'
import { createPlayer, type PlayerHost, type PlayerStore } from './model/player.ts'
import { frameOf, stageOf } from './views/frame.ts'
import type { World } from './world/world.ts'

/** The player without a terminal: keys are pressed, the screen is read as text. For tests, pictures in the docs, recordings. */
export interface HeadlessPlayer extends PlayerStore {
  /** A key by its name, or several one after the other; returns itself, so that its screen can be asked at once. */
  press(...keys: readonly string[]): HeadlessPlayer
  /** Each character as a key. */
  type(text: string): HeadlessPlayer
  /** All lines of the screen, as wide as it is; without colours. */
  lines(): readonly string[]
  screen(): string
  resize(columns: number, rows: number): HeadlessPlayer
}

/** A player of a world, or of what it is like already, on a screen of a size. */
export function createHeadlessPlayer(
  of: World | PlayState,
  size: { readonly columns: number; readonly rows: number },
  host: PlayerHost,
): HeadlessPlayer {
  let { columns, rows } = size
  const store = createPlayer('cursor' in of ? of : firstState(of), host, (state, look) =>
    stageOf(state, look, columns, rows),
  )
  const lines = (): readonly string[] => {
    const frame = frameOf(store.state(), store.look(), { columns, rows, isColoured: false })
    const [left = [], right = []] = frame.panes.map((column) => column.flat())
    const body = left.map((each, i) => each + (right[i] ?? ''))
    return [frame.header, ...frame.sentence, ...body, frame.footer].map((each) => each.replace(/\u001b\[[0-9;]*m/g, ''))
  }
  const player: HeadlessPlayer = {
    ...store,
    lines,
    screen: () => lines().join('\n'),
    press(...keys) {
      for (const key of keys) store.press(key)
      return player
    },
    type: (text) => player.press(...text),
    resize(newColumns, newRows) {
      columns = newColumns
      rows = newRows
      return player
    },
  }
  return player
}
