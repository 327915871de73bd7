import type { TerminalText } from '../report/text.ts'

/**
 * Where the command writes: the only place that has the process' streams, and it takes only text that can do a terminal no
 * harm. While a long run goes on, a line that tells how far it is may stand below; what is written takes its place.
 */
export interface Output {
  readonly isColoured: boolean
  out(text: TerminalText): void
  err(text: TerminalText): void
  /** On a terminal, a line that stays until the next; elsewhere one of its own each half a minute. Undefined takes it away. */
  progress(line: TerminalText | undefined): void
  /** On a terminal, an empty screen; what was on it can be scrolled back to. Elsewhere nothing. */
  clear?(): void
}

/** Between two lines of progress where none can be taken away: a log is read when all is over. */
const plainEveryMs = 30_000

type Stream = Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>

/** An output on the given streams. Progress is told where standard error is a terminal that can move its cursor. */
function createOutput(
  stdout: Stream,
  stderr: Stream,
  { isColoured, moves }: { readonly isColoured: boolean; readonly moves: boolean },
): Output {
  let isShown = false
  let toldAt = performance.now()
  const clearLine = (): void => {
    if (isShown) stderr.write('\r\u001b[K')
    isShown = false
  }
  return {
    isColoured,
    out(text) {
      clearLine()
      stdout.write(text.toString())
    },
    err(text) {
      clearLine()
      stderr.write(text.toString())
    },
    progress(line) {
      if (!moves || stderr.isTTY !== true) {
        if (line === undefined || performance.now() - toldAt < plainEveryMs) return
        toldAt = performance.now()
        stderr.write(`${line.toString()}\n`)
        return
      }
      clearLine()
      if (line === undefined) return
      // A line that breaks could not be taken away.
      stderr.write(line.toString().slice(0, Math.max(0, (stderr.columns || 80) - 1)))
      isShown = true
    },
    clear() {
      if (moves && stdout.isTTY === true) stdout.write('\u001b[H\u001b[2J')
    },
  }
}

/** The process' own streams. */
export function processOutput(isColoured: boolean): Output {
  return createOutput(process.stdout, process.stderr, { isColoured, moves: process.env.TERM !== 'dumb' })
}
