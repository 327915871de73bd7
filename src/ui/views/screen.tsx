import { Box, Text, useApp } from 'ink'
import { memo, type ReactNode, useEffect, useLayoutEffect, useSyncExternalStore } from 'react'
import type { Compositor } from '../screen/compositor.ts'
import type { Frame } from './frame.ts'

/** How often the clock moves while playing: faster than the eye, slower than the painter's limit. */
const tickMs = 50

/** What is shown, and hears keys: the player, or the course. */
export interface ShownStore {
  readonly state: () => { readonly isOver: boolean; readonly isPlaying?: boolean }
  readonly subscribe: (listener: () => void) => () => void
  frame(columns: number, rows: number): Frame
  press(key: string): void
  paste(text: string): void
  /** So much of the person's time has gone by; asked while it is playing. */
  tick?(ms: number): void
  /** The first picture is there: work that was put off for it may begin. */
  begin?(): void
}

/** What it is drawn on. */
export interface ScreenProps {
  readonly shown: ShownStore
  readonly compositor: Compositor
  readonly columns: number
  readonly rows: number
}

/** The store's state draws the screen. Nothing ticks while it is paused. */
export function Screen({ shown, compositor, columns, rows }: ScreenProps): ReactNode {
  const { exit } = useApp()
  const { isOver, isPlaying = false } = useSyncExternalStore(shown.subscribe, shown.state)

  useEffect(() => {
    if (isOver) exit()
  }, [isOver, exit])

  useEffect(() => shown.begin?.(), [shown])

  useEffect(() => {
    if (!isPlaying) return undefined
    const timer = setInterval(() => shown.tick?.(tickMs), tickMs)
    return () => clearInterval(timer)
  }, [isPlaying, shown])

  const places = placesOf(shown.frame(columns, rows))
  // The renderer draws places, not what is in them: where these stay, it has nothing to do at all.
  for (const { name, lines } of places.flat()) compositor.put(name, lines)
  useLayoutEffect(() => compositor.changed())

  const shape = JSON.stringify(
    places.map((column) => column.map(({ name, lines, width }) => [name, lines.length, width])),
  )
  return <Places shape={shape} compositor={compositor} columns={columns} rows={rows} />
}

/** A part of the screen: its name, what is in it, how wide it is. */
interface Place {
  readonly name: string
  readonly lines: readonly string[]
  readonly width: number
}

/** Header, sentence, columns of panes, footer: what stands beside one another is a list. */
function placesOf({ layout, header, sentence, panes, footer }: Frame): readonly (readonly Place[])[] {
  const width = layout.columns.reduce((sum, column) => sum + column.columns, 0)
  return [
    [{ name: 'header', lines: [header], width }],
    ...(sentence.length === 0 ? [] : [[{ name: 'sentence', lines: sentence, width }]]),
    panes.map((column, i) => ({
      ...{ name: `column ${i}`, lines: column.flat() },
      width: layout.columns[i]?.columns ?? width,
    })),
    [{ name: 'footer', lines: [footer], width }],
  ]
}

interface PlacesProps {
  /** Rows of places as JSON: `[name, rows, columns]` each. A text, so that the same is known to be the same. */
  readonly shape: string
  readonly compositor: Compositor
  readonly columns: number
  readonly rows: number
}

/** Where everything stands: drawn again only when that changes. */
const Places = memo(function Places({ shape, compositor, columns, rows }: PlacesProps): ReactNode {
  const places = JSON.parse(shape) as readonly (readonly (readonly [name: string, rows: number, width: number])[])[] // written above
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      {places.map((beside) => (
        <Box key={beside.map(([name]) => name).join()}>
          {beside.map(([name, height, width]) => (
            <Box key={name} width={width} height={height} flexShrink={0}>
              <Text>{compositor.mark(name)}</Text>
            </Box>
          ))}
        </Box>
      ))}
    </Box>
  )
})
