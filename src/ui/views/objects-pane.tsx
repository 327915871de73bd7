import { Text } from 'ink'
import type { ReactNode } from 'react'
import type { ObjectRow } from '../model/objects.ts'
import type { PlayState } from '../model/play-state.ts'
import { fill } from './clip.ts'
import { type Size, windowAround } from './layout.ts'
import { Pane } from './pane.tsx'

/** The objects there are now: Pods first, with phase and reason. */
export function ObjectsPane({
  objects,
  state,
  size,
}: {
  objects: readonly ObjectRow[]
  state: PlayState
  size: Size
}): ReactNode {
  const inner = size.columns - 2
  const { from, items } = windowAround(objects, Math.min(state.selected, objects.length - 1), size.rows - 2)
  return (
    <Pane title={`Objects (${objects.length})`} size={size} isFocused={state.pane === 'objects'}>
      {items.length === 0 ? <Text dimColor>{fill(' none yet', inner)}</Text> : null}
      {items.map((row, i) => {
        const isSelected = from + i === Math.min(state.selected, objects.length - 1)
        const colour = row.glyph === '!' ? { color: 'yellow' } : row.glyph === '✓' ? { color: 'green' } : {}
        return (
          <Text key={row.id} bold={isSelected} inverse={isSelected && state.pane === 'objects'} {...colour}>
            {fill(`${isSelected ? '▸' : ' '}${row.glyph} ${row.kind} ${row.name}  ${row.summary}`, inner)}
          </Text>
        )
      })}
    </Pane>
  )
}
