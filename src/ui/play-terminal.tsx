import { render } from 'ink'
import type { Recording } from './model/recording.ts'
import { FrameStream } from './screen/frame-stream.ts'
import { createPainter } from './screen/painter.ts'
import { Player } from './views/player.tsx'

/** 30 frames a second are enough for an eye, and few enough for a slow line. */
const minFrameMs = 33

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly isColoured: boolean
}

/** How playing ended: by the user's wish, or by ctrl-C or a signal. */
export type Ending = 'quit' | 'interrupted'

/**
 * Plays a recording on a terminal until the user quits. However it ends (key, signal, error), cursor, raw mode and the normal
 * screen are restored.
 */
export async function playOnTerminal(recording: Recording, { stdin, stdout }: TerminalStreams): Promise<Ending> {
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
  const frames = new FrameStream(stdout.columns, stdout.rows, (frame) => painter.show(frame))
  const player = () => <Player recording={recording} columns={stdout.columns} rows={stdout.rows} />
  // The renderer asks of its streams only what FrameStream has.
  const app = render(player(), {
    stdout: frames as unknown as NodeJS.WriteStream,
    stdin,
    debug: true,
    exitOnCtrlC: true,
    patchConsole: false,
  })
  const resized = () => {
    painter.resized(stdout.rows)
    frames.resize(stdout.columns, stdout.rows)
    app.rerender(player())
  }
  const ended = () => app.unmount()
  stdout.on('resize', resized)
  process.once('SIGTERM', ended)
  process.once('SIGHUP', ended)
  try {
    await app.waitUntilExit()
  } finally {
    stdout.off('resize', resized)
    process.off('SIGTERM', ended)
    process.off('SIGHUP', ended)
    restore()
    process.off('exit', restore)
  }
  return 'quit'
}
