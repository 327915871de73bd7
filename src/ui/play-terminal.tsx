import { render } from 'ink'
import type { CourseState } from './course/course-state.ts'
import { type CourseHost, createCourse } from './course/course-store.ts'
import { courseFrame, courseStage } from './course/course-view.ts'
import { interruptKey } from './model/keys.ts'
import type { PlayState } from './model/play-state.ts'
import { createPlayer, type PlayerHost } from './model/player.ts'
import { asciiOnly } from './screen/ascii.ts'
import { createCompositor } from './screen/compositor.ts'
import { FrameStream } from './screen/frame-stream.ts'
import { keyName } from './screen/key-decoder.ts'
import { createPainter } from './screen/painter.ts'
import { holdTerminal } from './screen/terminal-session.ts'
import { frameOf, stageOf } from './views/frame.ts'
import { Screen, type ShownStore } from './views/screen.tsx'

/** 30 frames a second are enough for an eye, and few enough for a slow line. */
const minFrameMs = 33

/** The terminal that is played on. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Whether the terminal's locale has more than ASCII. */
  readonly isUtf8: boolean
  readonly isColoured: boolean
}

/** How playing ended: by the user's wish, or by ctrl-C or a signal. */
export type Ending = 'quit' | 'interrupted'

/** Plays from a state until the user quits; tells how that came and what the player was like then. */
export async function playOnTerminal(
  first: PlayState,
  host: PlayerHost,
  streams: TerminalStreams,
): Promise<{ readonly ending: Ending; readonly state: PlayState }> {
  const { stdout, isColoured } = streams
  const store = createPlayer(first, host, (state, look) => stageOf(state, look, stdout.columns, stdout.rows))
  const ending = await showOnTerminal(
    {
      ...store,
      frame: (columns, rows) => frameOf(store.state(), store.look(), { columns, rows, isColoured }),
    },
    streams,
  )
  return { ending, state: store.state() }
}

/** The course until something is chosen in it, or its user quits. */
export async function courseOnTerminal(
  first: CourseState,
  host: CourseHost,
  streams: TerminalStreams,
): Promise<{ readonly ending: Ending; readonly state: CourseState }> {
  const { stdout, isColoured } = streams
  const store = createCourse(first, host, () => courseStage(store.state(), stdout))
  const ending = await showOnTerminal(
    { ...store, frame: (columns, rows) => courseFrame(store.state(), { columns, rows, isColoured }) },
    streams,
  )
  return { ending, state: store.state() }
}

/**
 * Shows a screen on a terminal until it is over. However it ends (key, signal, error), cursor, raw mode and the normal
 * screen are restored.
 */
async function showOnTerminal(shown: ShownStore, { stdin, stdout, isUtf8 }: TerminalStreams): Promise<Ending> {
  const painter = createPainter({
    write: (text) => void stdout.write(text),
    rows: stdout.rows,
    minIntervalMs: minFrameMs,
    later(work, ms) {
      const timer = setTimeout(work, ms)
      return () => clearTimeout(timer)
    },
    now: () => performance.now(),
  })
  const restore = () => painter.close()
  process.once('exit', restore)
  const compositor = createCompositor((frame) => painter.show(isUtf8 ? frame : asciiOnly(frame)))
  const frames = new FrameStream(stdout.columns, stdout.rows, compositor.frame)
  const screen = () => <Screen shown={shown} compositor={compositor} columns={stdout.columns} rows={stdout.rows} />
  const app = render(screen(), {
    // The renderer asks of its streams only what FrameStream has; keys come from the session.
    stdout: frames as unknown as NodeJS.WriteStream,
    stdin,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
  })
  let ending: Ending = 'quit'
  const interrupted = (): void => {
    ending = 'interrupted'
    app.unmount()
  }
  const letGo = holdTerminal(stdin, painter, {
    key(key) {
      if (keyName(key) === interruptKey) interrupted()
      else if (key.name === 'paste') shown.paste(key.text ?? '')
      else shown.press(keyName(key))
    },
    interrupted,
  })
  const resized = () => {
    painter.resized(stdout.rows)
    frames.resize(stdout.columns, stdout.rows)
    app.rerender(screen())
  }
  stdout.on('resize', resized)
  try {
    await app.waitUntilExit()
  } finally {
    stdout.off('resize', resized)
    letGo()
    restore()
    process.off('exit', restore)
  }
  return ending
}
