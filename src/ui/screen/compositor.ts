/**
 * The renderer lays panes out, podsim draws them: in a pane's place the renderer writes one character of its own, and here the
 * pane's lines are put where that character stands. What the renderer would do for each character of the screen (measure it,
 * look for styles in it) took 25 ms a frame; a place takes none of it (docs/decisions/0004-own-painter.md).
 */
export interface Compositor {
  /** The text that stands for a place in the renderer's frame. */
  mark(place: string): string
  /** What stands in a place from now on: lines as wide as it is. */
  put(place: string, lines: readonly string[]): void
  /** A frame of the renderer: it is shown with the lines of its places in it. */
  frame(text: string): void
  /** Lines changed, and perhaps nothing of where they stand: the last frame is shown anew. */
  changed(): void
}

/** Private use characters: no text of a frame comes near them, for frames are made of places alone. */
const firstMark = 0xe000
const lastMark = 0xf8ff

interface Put {
  readonly column: number
  readonly text: string
}

/** A compositor for one screen, which is shown whole frames. */
export function createCompositor(show: (text: string) => void): Compositor {
  const marks = new Map<string, number>()
  const contents = new Map<number, readonly string[]>()
  let last: string | undefined
  const markOf = (place: string): number => {
    const mark = marks.get(place) ?? firstMark + marks.size
    marks.set(place, mark)
    return mark
  }
  return {
    mark: (place) => String.fromCharCode(markOf(place)),
    put: (place, lines) => void contents.set(markOf(place), lines),
    frame(text) {
      // Taking the tree down draws nothing: the last screen stays.
      if (!text.includes('\n')) return
      last = text
      show(composed(text, contents))
    },
    changed() {
      if (last !== undefined) show(composed(last, contents))
    },
  }
}

function composed(frame: string, contents: ReadonlyMap<number, readonly string[]>): string {
  const rows: Put[][] = []
  for (const [row, text] of frame.split('\n').entries()) {
    rows[row] ??= []
    for (let column = 0; column < text.length; column++) {
      const code = text.charCodeAt(column)
      if (code < firstMark || code > lastMark) continue
      for (const [i, line] of (contents.get(code) ?? []).entries()) {
        rows[row + i] ??= []
        rows[row + i]?.push({ column, text: line })
      }
    }
  }
  // Places come row by row: one that began higher up may stand to the right.
  return rows.map((puts) => joined(puts.sort((a, b) => a.column - b.column))).join('\n')
}

function joined(puts: readonly Put[]): string {
  return puts.map(({ text }) => text).join('')
}
