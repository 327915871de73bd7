import type { Look } from '../model/look.ts'
import { type ObjectRow, summaryOf } from '../model/objects.ts'
import { type Line, line, type PaneContent, windowAround } from './lines.ts'

/** The objects there are now: Pods first, with phase and reason. Only those on the screen are summed up. */
export function objectsView({ rows, selected }: Look, size: number): PaneContent {
  const title = `objects (${rows.length})`
  if (rows.length === 0) return { title, lines: [line(' none yet', 'dim')] }
  const at = Math.max(
    0,
    rows.findIndex(({ uid }) => uid === selected?.uid),
  )
  const { from, to } = windowAround(rows.length, at, size)
  const lines = rows.slice(from, to).map((row) => rowLine(row, row.uid === selected?.uid))
  return rows.length <= size ? { title, lines } : { title, lines, part: `${from + 1}-${to} of ${rows.length}` }
}

function rowLine({ key, object }: ObjectRow, isSelected: boolean): Line {
  const { text, glyph } = summaryOf(object)
  const namespace = key.namespace === undefined || key.namespace === 'default' ? '' : `${key.namespace}/`
  const look = glyph === '!' ? 'warning' : glyph === '✓' ? 'good' : 'plain'
  return [
    { text: isSelected ? '▸' : ' ', look: isSelected ? 'bold' : 'plain' },
    { text: `${glyph} `, look },
    { text: `${key.kind} ${namespace}${key.name}  `, look: isSelected ? 'bold' : 'plain' },
    { text, look },
  ]
}
