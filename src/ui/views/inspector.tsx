import { Text } from 'ink'
import type { ReactNode } from 'react'
import type { InspectorLine } from '../model/inspection.ts'
import type { PlayState } from '../model/play-state.ts'
import { fill, wrapTo } from './clip.ts'
import type { Size } from './layout.ts'
import { Pane } from './pane.tsx'

/** One object closely: where it stands in its life ("you are here" in brackets), its files, its events. */
export function Inspector({
  lines,
  state,
  size,
}: {
  lines: readonly InspectorLine[]
  state: PlayState
  size: Size
}): ReactNode {
  const inner = size.columns - 2
  const height = size.rows - 2
  const laid = lines.flatMap(({ text, style }, n) =>
    wrapTo(text, inner - 2).map((line, i) => ({ id: `${n}.${i}`, line: i === 0 ? line : `  ${line}`, style })),
  )
  const scroll = Math.min(state.scroll, Math.max(0, laid.length - height))
  const more = laid.length > height ? ` ${scroll + 1}-${Math.min(laid.length, scroll + height)} of ${laid.length}` : ''
  return (
    <Pane title={`Inspector${more}`} size={size} isFocused={state.pane === 'inspector'}>
      {laid.slice(scroll, scroll + height).map(({ id, line, style }) => (
        <Text
          key={id}
          bold={style === 'heading' || style === 'here'}
          dimColor={style === 'dim'}
          {...(style === 'warning' ? { color: 'yellow' } : style === 'here' ? { color: 'cyan' } : {})}
        >
          {fill(`${style === 'heading' ? '' : ' '}${line}`, inner)}
        </Text>
      ))}
    </Pane>
  )
}
