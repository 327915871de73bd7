/**
 * Paints whole frames of text on a terminal: only lines that changed are written, with absolute positions, inside the
 * alternate screen and inside a bracket that the terminal shows at once (DEC mode 2026). The normal screen and its
 * scrollback come back as they were. Why not the renderer's own output: docs/decisions/0004-own-painter.md.
 */
export interface Painter {
  /** Shows a frame; lines beyond the screen's height are left out. At most one paint a `minIntervalMs`, the last one wins. */
  show(frame: string): void
  /** The terminal changed its size: the next frame is painted anew, on a cleared screen, in one. */
  resized(rows: number): void
  /** Back to the normal screen for a while: what is shown meanwhile is painted when `resume` comes. */
  suspend(): void
  /** Takes the screen again and paints all of it anew. */
  resume(): void
  /** Back to the normal screen, cursor shown. Does nothing a second time. */
  close(): void
}

export interface PainterOptions {
  readonly write: (text: string) => void
  readonly rows: number
  readonly minIntervalMs: number
  /** Runs `work` later; the host's timer. Returns how to call it off. */
  readonly later: (work: () => void, ms: number) => () => void
  readonly now: () => number
}

/** Alternate screen, cursor hidden, pasted text in brackets (DEC modes 1049, 25 and 2004). */
const clear = '\u001b[2J'
const enter = `\u001b[?1049h\u001b[?25l\u001b[?2004h${clear}`
const leave = '\u001b[?2004l\u001b[?25h\u001b[?1049l'
const beginUpdate = '\u001b[?2026h'
const endUpdate = '\u001b[?2026l'

export function createPainter({ write, rows: givenRows, minIntervalMs, later, now }: PainterOptions): Painter {
  let rows = givenRows
  let shown: readonly string[] = []
  let pending: string | undefined
  let cancel: (() => void) | undefined
  let paintedAt = Number.NEGATIVE_INFINITY
  let isOpen = true
  let isSuspended = false
  /** What stands on the screen was of another size. */
  let isStale = false
  /** The frame that was painted last. */
  let last: string | undefined
  write(enter)

  const paint = (): void => {
    cancel = undefined
    if (pending === undefined || !isOpen || isSuspended) return
    last = pending
    const lines = onlyStyles(pending).replace(/\n$/, '').split('\n').slice(0, rows)
    pending = undefined
    paintedAt = now()
    let changes = isStale ? clear : ''
    isStale = false
    for (let row = 0; row < Math.max(lines.length, shown.length); row++) {
      const line = lines[row] ?? ''
      if (line !== shown[row]) changes += `\u001b[${row + 1};1H${line}\u001b[0m\u001b[K`
    }
    shown = lines
    if (changes !== '') write(`${beginUpdate}${changes}${endUpdate}`)
  }
  return {
    show(frame) {
      pending = frame
      if (cancel !== undefined || !isOpen) return
      const wait = paintedAt + minIntervalMs - now()
      if (wait <= 0) paint()
      else cancel = later(paint, wait)
    },
    resized(newRows) {
      rows = newRows
      shown = []
      isStale = true
    },
    suspend() {
      if (!isOpen || isSuspended) return
      isSuspended = true
      write(leave)
    },
    resume() {
      if (!isOpen) return
      isSuspended = false
      shown = []
      pending ??= last
      write(enter)
      paint()
    },
    close() {
      if (!isOpen) return
      cancel?.()
      paint()
      isOpen = false
      if (!isSuspended) write(leave)
    },
  }
}

/** Colours and weights of text are all that a frame may say beside text. */
function onlyStyles(frame: string): string {
  return frame.replace(/\u001b(?!\[[0-9;:]*m)|[\u0000-\u0008\u000b-\u001a\u001c-\u001f\u007f-\u009f]/g, '')
}
