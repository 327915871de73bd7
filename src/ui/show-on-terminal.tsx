import { render } from 'ink'
import { interruptKey } from './model/keys.ts'
import { asciiOnly } from './screen/ascii.ts'
import { createCompositor } from './screen/compositor.ts'
import { FrameStream } from './screen/frame-stream.ts'
import { keyName } from './screen/key-decoder.ts'
import { createPainter } from './screen/painter.ts'
import { holdTerminal } from './screen/terminal-session.ts'
import { Screen, type ShownStore } from './views/screen.tsx'

/** 30 frames a second are enough for an eye, and few enough for a slow line. */
const minFrameMs = 33

/** The terminal that is drawn on. */
export interface ScreenStreams {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  /** Whether the terminal's locale has more than ASCII. */
  readonly isUtf8: boolean
}

/** How playing ended: by the user's wish, or by ctrl-C or a signal. */
export type Ending = 'quit' | 'interrupted'

/**
 * Shows a screen on a terminal until it is over. It knows the renderer and nothing of what is shown, so that a command loads podsim
 * once: scripts/bundle.ts puts this module and what it needs into a file of their own. However it ends (key, signal, error), cursor, raw mode and the normal
 * screen are restored.
 */
export async function showOnTerminal(shown: ShownStore, { stdin, stdout, isUtf8 }: ScreenStreams): Promise<Ending> {
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
