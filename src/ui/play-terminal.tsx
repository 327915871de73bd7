import { render } from 'ink'
import { interruptKey } from './model/keys.ts'
import type { Recording } from './model/recording.ts'
import { asciiOnly } from './screen/ascii.ts'
import { FrameStream } from './screen/frame-stream.ts'
import { keyName } from './screen/key-decoder.ts'
import { createPainter } from './screen/painter.ts'
import { holdTerminal } from './screen/terminal-session.ts'
import { createKeySource } from './views/key-source.ts'
import { Player } from './views/player.tsx'

/** 30 frames a second are enough for an eye, and few enough for a slow line. */
const minFrameMs = 33

export interface TerminalStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Whether the terminal's locale has more than ASCII. */
  readonly isUtf8: boolean
}

/** How playing ended: by the user's wish, or by ctrl-C or a signal. */
export type Ending = 'quit' | 'interrupted'

/**
 * Plays a recording on a terminal until the user quits. However it ends (key, signal, error), cursor, raw mode and the normal
 * screen are restored.
 */
export async function playOnTerminal(
  recording: Recording,
  { stdin, stdout, isUtf8 }: TerminalStreams,
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
  const frames = new FrameStream(stdout.columns, stdout.rows, (frame) =>
    painter.show(isUtf8 ? frame : asciiOnly(frame)),
  )
  const keys = createKeySource()
  const player = () => <Player recording={recording} keys={keys} columns={stdout.columns} rows={stdout.rows} />
  // The renderer asks of its streams only what FrameStream has; keys come from the session.
  const app = render(player(), {
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
      else keys.press(keyName(key))
    },
    interrupted,
  })
  const resized = () => {
    painter.resized(stdout.rows)
    frames.resize(stdout.columns, stdout.rows)
    app.rerender(player())
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
