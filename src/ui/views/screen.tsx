import { Box, Text, useApp } from 'ink'
import { memo, type ReactNode, useEffect, useLayoutEffect, useSyncExternalStore } from 'react'
import type { PlayerStore } from '../model/player.ts'
import type { Compositor } from '../screen/compositor.ts'
import { frameOf } from './frame.ts'

/** How often the clock moves while playing: faster than the eye, slower than the painter's limit. */
const tickMs = 50

/** What the player is drawn on. */
export interface ScreenProps {
  readonly store: PlayerStore
  readonly compositor: Compositor
  readonly columns: number
  readonly rows: number
  readonly isColoured: boolean
}

/** The player: the store's state draws the screen. Nothing ticks while it is paused. */
export function Player({ store, compositor, columns, rows, isColoured }: ScreenProps): ReactNode {
  const { exit } = useApp()
  const state = useSyncExternalStore(store.subscribe, store.state)

  useEffect(() => {
    if (state.isOver) exit()
  }, [state.isOver, exit])

  useEffect(() => {
    if (!state.isPlaying) return undefined
    const timer = setInterval(() => store.tick(tickMs), tickMs)
    return () => clearInterval(timer)
  }, [state.isPlaying, store])

  // Where only what stands in the panes changed, the renderer has nothing to do.
  useLayoutEffect(() => compositor.changed())

  const { layout, header, sentence, panes, footer } = frameOf(state, store.look(), { columns, rows, isColoured })
  const lines = (key: string, content: readonly string[], width = columns) => (
    <Place key={key} mark={compositor.place(key, content)} columns={width} rows={content.length} />
  )
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {lines('header', [header])}
      {sentence.length === 0 ? null : lines('sentence', sentence)}
      <Box>
        {panes.map((column, i) => {
          const width = layout.columns[i]?.columns ?? columns
          return (
            <Box key={`column-${width}-${column.length}`} flexDirection="column" width={width}>
              {column.map((content, n) => lines(`${i}.${n}`, content, width))}
            </Box>
          )
        })}
      </Box>
      {lines('footer', [footer])}
    </Box>
  )
}

/** A pane's place: the renderer knows its size and where it stands, the compositor what is in it. */
const Place = memo(function Place({ mark, columns, rows }: { mark: string; columns: number; rows: number }): ReactNode {
  return (
    <Box width={columns} height={rows} flexShrink={0}>
      <Text>{mark}</Text>
    </Box>
  )
})
