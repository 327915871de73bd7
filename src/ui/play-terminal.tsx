import { render } from 'ink'
import { interruptKey } from './model/keys.ts'
import { firstState } from './model/play-state.ts'
import { createPlayer, type PlayerHost } from './model/player.ts'
import { asciiOnly } from './screen/ascii.ts'
import { createCompositor } from './screen/compositor.ts'
import { FrameStream } from './screen/frame-stream.ts'
import { keyName } from './screen/key-decoder.ts'
import { createPainter } from './screen/painter.ts'
import { holdTerminal } from './screen/terminal-session.ts'
import { stageOf } from './views/frame.ts'
import { Player } from './views/screen.tsx'
import type { World } from './world/world.ts'

/** 30 frames a second are enough for an eye, and few enough for a slow line. */
const minFrameMs = 33

/** The terminal that is played on. */
export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Whether the terminal's locale has more than ASCII. */
  readonly isUtf8: boolean
  readonly isColoured: boolean
  /** Whether values are shown from the beginning. */
  readonly isRevealed: boolean
}

/** How playing ended: by the user's wish, or by ctrl-C or a signal. */
export type Ending = 'quit' | 'interrupted'

/**
 * Plays a world on a terminal until the user quits. However it ends (key, signal, error), cursor, raw mode and the normal
 * screen are restored.
 */
export async function playOnTerminal(
  world: World,
  host: PlayerHost,
  { stdin, stdout, isUtf8, isColoured, isRevealed }: TerminalStreams,
): Promise<Ending> {
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
  const store = createPlayer({ ...firstState(world), isRevealed }, host, (state, look) =>
    stageOf(state, look, stdout.columns, stdout.rows),
  )
  const { columns: firstColumns, rows: firstRows } = stdout
  const player = (columns: number, rows: number) => (
    <Player store={store} compositor={compositor} columns={columns} rows={rows} isColoured={isColoured} />
  )
  const app = render(player(firstColumns, firstRows), {
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
      else if (key.name === 'paste') store.paste(key.text ?? '')
      else store.press(keyName(key))
    },
    interrupted,
  })
  const resized = () => {
    painter.resized(stdout.rows)
    frames.resize(stdout.columns, stdout.rows)
    app.rerender(player(stdout.columns, stdout.rows))
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
