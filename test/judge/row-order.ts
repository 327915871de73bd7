/** Which lines of a printed table may change places (README-real-cluster.md, "kubectl sessions"). */

/**
 * Lines that may come in any order among themselves, one list after another: rows "sorted by a masked name", and events of one object,
 * whose names end in their time ("rows of one second"). All others stand where they were recorded.
 */
export function freeBlocks(text: string, isOfEvents: boolean): readonly (readonly string[])[] {
  const blocks: string[][] = []
  let column: Column | undefined
  let last: string | undefined
  for (const line of text.split('\n')) {
    const head = headOf(line, isOfEvents ? 'OBJECT' : 'NAME')
    if (head !== undefined) column = head
    const group = head === undefined ? groupOf(cellAt(line, column), isOfEvents) : undefined
    if (group !== undefined && group === last) blocks.at(-1)?.push(line)
    else blocks.push([line])
    last = group
  }
  return blocks
}

interface Column {
  readonly from: number
  readonly to: number | undefined
}

/** Where the column stands, if this is the line that names them. */
function headOf(line: string, name: string): Column | undefined {
  const match = new RegExp(`(?<!\\S)${name}(?: +|$)`).exec(line)
  if (match === null || line !== line.toUpperCase()) return undefined
  const to = match.index + match[0].length
  return { from: match.index, to: to === line.length ? undefined : to }
}

/** Without a header (`-o name`) a line is a name. */
function cellAt(line: string, column: Column | undefined): string {
  return (column === undefined ? line : line.slice(column.from, column.to)).trim()
}

/** What rows that may change places have in common: the name as far as it is not masked; of events, that of their object. */
function groupOf(cell: string, isOfEvents: boolean): string | undefined {
  const name = isOfEvents ? cell.replace(/^[^/]*\//, '') : cell
  const masked = name.indexOf('#')
  if (masked >= 0) return name.slice(0, masked)
  return isOfEvents && name !== '' ? name : undefined
}
