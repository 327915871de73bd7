/** Columns as Go's text/tabwriter lays them out. Source: Go text/tabwriter, format and writeLines; padding is always blanks. */
export interface TabSettings {
  readonly minWidth: number
  readonly padding: number
}

/** Tables of `get`, `api-resources`, custom columns. Source: cli-runtime pkg/printers/tabwriter.go. */
export const tableTabs: TabSettings = { minWidth: 6, padding: 3 }
/** Source: kubectl pkg/describe/describe.go, tabbedString. */
export const describeTabs: TabSettings = { minWidth: 0, padding: 2 }

/** Widths of columns that later flushes must not fall below. Source: github.com/liggitt/tabwriter, RememberWidths. */
export type RememberedWidths = number[]

/**
 * Lays out text whose cells end in tabs; a cell that ends a line has no column. A line without a tab ends the blocks of
 * columns above it.
 */
export function alignTabs(text: string, settings: TabSettings, remembered?: RememberedWidths): string {
  const lines = text.split('\n').map((line) => line.split('\t'))
  const output: string[] = lines.map(() => '')
  const widths: number[] = []
  const writeLines = (from: number, to: number): void => {
    for (let i = from; i < to; i++) {
      const cells = lines[i] ?? []
      output[i] = cells.map((cell, j) => (j < widths.length ? pad(cell, widths[j] ?? 0) : cell)).join('')
    }
  }
  const layOut = (from: number, to: number): void => {
    const column = widths.length
    let written = from
    for (let i = from; i < to; i++) {
      if (column >= (lines[i]?.length ?? 0) - 1) continue
      writeLines(written, i)
      written = i
      let width = settings.minWidth
      for (; i < to && column < (lines[i]?.length ?? 0) - 1; i++) {
        width = Math.max(width, length(lines[i]?.[column] ?? '') + settings.padding)
      }
      widths.push(remember(remembered, column, width))
      layOut(written, i)
      widths.pop()
      written = i
    }
    writeLines(written, to)
  }
  layOut(0, lines.length)
  return output.join('\n')
}

function remember(remembered: RememberedWidths | undefined, column: number, width: number): number {
  if (remembered === undefined) return width
  const widest = Math.max(width, remembered[column] ?? 0)
  remembered[column] = widest
  return widest
}

function length(cell: string): number {
  let n = 0
  for (const _ of cell) n++
  return n
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - length(cell)))
}
