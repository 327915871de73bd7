import { Box, Text } from 'ink'
import type { ReactNode } from 'react'
import { formatInstant } from '../../sim/duration.ts'
import { inspect } from '../model/inspection.ts'
import { keyBindings } from '../model/keys.ts'
import type { ObjectRow } from '../model/objects.ts'
import type { PlayState } from '../model/play-state.ts'
import type { Recording } from '../model/recording.ts'
import { clip, fill } from './clip.ts'
import { Help } from './help.tsx'
import { Inspector } from './inspector.tsx'
import { layoutFor } from './layout.ts'
import { ObjectsPane } from './objects-pane.tsx'
import { Timeline } from './timeline.tsx'

export interface ScreenProps {
  readonly recording: Recording
  readonly state: PlayState
  readonly objects: readonly ObjectRow[]
  readonly columns: number
  readonly rows: number
}

/** The whole screen as plain data makes it: as many lines as the terminal has rows. */
export function Screen({ recording, state, objects, columns, rows }: ScreenProps): ReactNode {
  const layout = layoutFor(columns, rows)
  const selected = objects[Math.min(state.selected, objects.length - 1)]
  const lines = selected === undefined ? [] : inspect(recording, state.at, selected)
  const timeline = <Timeline recording={recording} state={state} size={layout.timeline} />
  const list = <ObjectsPane objects={objects} state={state} size={layout.objects} />
  const inspector = <Inspector lines={lines} state={state} size={layout.inspector} />
  return (
    <Box flexDirection="column" width={columns} height={rows}>
      <Header recording={recording} state={state} columns={columns} />
      {state.showsHelp ? (
        <Help columns={columns} rows={rows - 2} />
      ) : layout.kind === 'single' ? (
        { timeline, objects: list, inspector }[state.pane]
      ) : layout.kind === 'columns' ? (
        <Box>
          {timeline}
          <Box flexDirection="column">
            {list}
            {inspector}
          </Box>
        </Box>
      ) : (
        <Box flexDirection="column">
          {timeline}
          <Box>
            {list}
            {inspector}
          </Box>
        </Box>
      )}
      <Footer state={state} columns={columns} isSingle={layout.kind === 'single'} />
    </Box>
  )
}

function Header({ recording, state, columns }: { recording: Recording; state: PlayState; columns: number }): ReactNode {
  const { moments, scenario, result } = recording
  const time = formatInstant(Math.max(0, moments[state.at]?.time ?? 0))
  const right = ` ${time}  ${state.at + 1}/${moments.length}  ${state.isPlaying ? `▶ ${state.speed}x` : '❚❚ paused'}  seed ${result.seed} `
  const room = Math.max(0, columns - right.length)
  return <Text inverse>{fill(fill(` ${scenario.title}`, room) + right, columns)}</Text>
}

function Footer({ state, columns, isSingle }: { state: PlayState; columns: number; isSingle: boolean }): ReactNode {
  if (state.showsHelp) return <Text dimColor>{clip(' ? or q closes the help', columns)}</Text>
  const keys = keyBindings.filter(({ brief }) => brief !== undefined).map(({ label, brief }) => `${label} ${brief}`)
  const note = isSingle ? '  (small screen: one pane at a time)' : ''
  return <Text dimColor>{clip(` ${keys.join('  ')}${note}`, columns)}</Text>
}
