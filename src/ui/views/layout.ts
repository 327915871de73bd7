/** How the screen is divided: columns and rows of each pane, borders included. */
export interface Layout {
  readonly kind: 'single' | 'stacked' | 'columns'
  readonly timeline: Size
  readonly objects: Size
  readonly inspector: Size
}

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** Below this, one pane is shown at a time. */
const smallest = { columns: 60, rows: 16 } as const
const wideFrom = 110

/** One row for the header and one for the footer go off first. */
export function layoutFor(columns: number, rows: number): Layout {
  const height = Math.max(3, rows - 2)
  if (columns < smallest.columns || rows < smallest.rows) {
    const whole = { columns, rows: height }
    return { kind: 'single', timeline: whole, objects: whole, inspector: whole }
  }
  if (columns >= wideFrom) {
    const left = Math.floor(columns * 0.58)
    const upper = Math.max(5, Math.floor(height * 0.34))
    return {
      kind: 'columns',
      timeline: { columns: left, rows: height },
      objects: { columns: columns - left, rows: upper },
      inspector: { columns: columns - left, rows: height - upper },
    }
  }
  const upper = Math.ceil(height * 0.55)
  const left = Math.floor(columns * 0.45)
  return {
    kind: 'stacked',
    timeline: { columns, rows: upper },
    objects: { columns: left, rows: height - upper },
    inspector: { columns: columns - left, rows: height - upper },
  }
}

/** The part of a list that fits, with the given index in it and, where there is room, a little of what follows. */
export function windowAround<T>(
  items: readonly T[],
  index: number,
  rows: number,
): { readonly from: number; readonly items: readonly T[] } {
  const room = Math.max(0, rows)
  const ahead = Math.min(2, Math.floor(room / 4))
  const from = Math.max(0, Math.min(items.length - room, index - room + 1 + ahead))
  return { from, items: items.slice(from, from + room) }
}
