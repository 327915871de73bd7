import type { CourseState } from './course/course-state.ts'
import { type CourseHost, createCourse } from './course/course-store.ts'
import { courseFrame, courseStage } from './course/course-view.ts'
import type { PlayState } from './model/play-state.ts'
import { createPlayer, type PlayerHost } from './model/player.ts'
import type { Ending, ScreenStreams } from './show-on-terminal.tsx'
import { frameOf, stageOf } from './views/frame.ts'
import type { ShownStore } from './views/screen.tsx'

/** The terminal that is played on. */
export interface TerminalStreams extends ScreenStreams {
  readonly isColoured: boolean
}

/** Plays from a state until the user quits; tells how that came and what the player was like then. */
export async function playOnTerminal(
  first: PlayState,
  host: PlayerHost,
  streams: TerminalStreams,
): Promise<{ readonly ending: Ending; readonly state: PlayState }> {
  const { stdout, isColoured } = streams
  const store = createPlayer(first, host, (state, look) => stageOf(state, look, stdout.columns, stdout.rows))
  try {
    const ending = await shown(
      {
        ...store,
        frame: (columns, rows) => frameOf(store.state(), store.look(), { columns, rows, isColoured }),
      },
      streams,
    )
    return { ending, state: store.state() }
  } finally {
    store.stop()
  }
}

/** The course until something is chosen in it, or its user quits. */
export async function courseOnTerminal(
  first: CourseState,
  host: CourseHost,
  streams: TerminalStreams,
): Promise<{ readonly ending: Ending; readonly state: CourseState }> {
  const { stdout, isColoured } = streams
  const store = createCourse(first, host, () => courseStage(store.state(), stdout))
  const ending = await shown(
    { ...store, frame: (columns, rows) => courseFrame(store.state(), { columns, rows, isColoured }) },
    streams,
  )
  return { ending, state: store.state() }
}

/** The renderer is loaded where a screen is shown, and looks at its environment then: see `prepareRenderer`. */
async function shown(store: ShownStore, streams: ScreenStreams): Promise<Ending> {
  const { showOnTerminal } = await import('./show-on-terminal.tsx')
  return showOnTerminal(store, streams)
}
