import { useApp } from 'ink'
import { type ReactNode, useEffect, useMemo, useReducer } from 'react'
import { commandOf } from '../model/keys.ts'
import { objectsAt } from '../model/objects.ts'
import { advanced, type Command, firstState, type PlayState } from '../model/play-state.ts'
import type { Recording } from '../model/recording.ts'
import type { KeySource } from './key-source.ts'
import { Screen } from './screen.tsx'

/** How often the clock moves while playing: faster than the eye, slower than the painter's limit. */
const tickMs = 50

/** The player: keys and clock change the state, the state draws the screen. Nothing ticks while it is paused. */
export function Player({
  recording,
  keys,
  columns,
  rows,
}: {
  recording: Recording
  keys: KeySource
  columns: number
  rows: number
}): ReactNode {
  const { exit } = useApp()
  const [state, send] = useReducer((before: PlayState, sent: Sent) => {
    const command = sent.kind === 'key' ? commandOf(sent.key, before) : sent
    return command === undefined ? before : advanced(before, command, recording, objectsAt(recording, before.at).length)
  }, firstState)
  const objects = useMemo(() => objectsAt(recording, state.at), [recording, state.at])

  useEffect(() => keys.listen((key) => send({ kind: 'key', key })), [keys])

  useEffect(() => {
    if (state.isOver) exit()
  }, [state.isOver, exit])

  useEffect(() => {
    if (!state.isPlaying) return undefined
    const timer = setInterval(() => send({ kind: 'tick', ms: tickMs * state.speed }), tickMs)
    return () => clearInterval(timer)
  }, [state.isPlaying, state.speed])

  return <Screen recording={recording} state={state} objects={objects} columns={columns} rows={rows} />
}

type Sent = Command | { readonly kind: 'key'; readonly key: string }
