import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { commandOf, keyBindings } from '../../src/ui/model/keys.ts'
import { objectsAt } from '../../src/ui/model/objects.ts'
import { advanced, firstState, type PlayState } from '../../src/ui/model/play-state.ts'
import { type Recording, record } from '../../src/ui/model/recording.ts'
import { FrameStream } from '../../src/ui/screen/frame-stream.ts'
import { createPainter } from '../../src/ui/screen/painter.ts'
import { prepareRenderer } from '../../src/ui/screen/prepare-renderer.ts'
import { layoutFor } from '../../src/ui/views/layout.ts'

// Ink looks at the environment as it is loaded.
prepareRenderer(process.env, false)
const { render } = await import('ink')
const { Screen } = await import('../../src/ui/views/screen.tsx')

const lesson = `
title: a lesson
steps:
  - say: a Pod comes
    apply: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: nginx}]}}
  - wait: {pod: p, ready: true}
  - say: and goes
    kubectl: delete pod p --wait=false
  - wait: 1m
`

function recorded(): Recording {
  const loaded = loadScenario(lesson, 'lesson.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors[0].message)
  return record(loaded.value, { createSim })
}

const recording = recorded()
const press = (state: PlayState, ...keys: string[]): PlayState =>
  keys.reduce((now, key) => {
    const command = commandOf(key, now)
    return command === undefined ? now : advanced(now, command, recording, objectsAt(recording, now.at).length)
  }, state)

describe('the player', () => {
  test('steps forwards and backwards through the same states', () => {
    const there = press(firstState, ...Array<string>(6).fill('right'))
    const seen = objectsAt(recording, there.at).map(({ id, summary }) => `${id} ${summary}`)
    const back = press(press(there, 'right', 'right', 'right'), 'left', 'left', 'left')
    expect(objectsAt(recording, back.at).map(({ id, summary }) => `${id} ${summary}`)).toEqual(seen)
    expect(press(firstState, 'left').at).toBe(-1)
    expect(press(firstState, 'end', 'right').at).toBe(recording.moments.length - 1)
  })

  test('shows the objects of the moment, not of the end', () => {
    expect(objectsAt(recording, -1).some(({ kind }) => kind === 'Pod')).toBe(false)
    const ready = recording.moments.findIndex(({ text }) => text.includes('Running, ready'))
    expect(objectsAt(recording, ready).find(({ kind }) => kind === 'Pod')?.summary).toBe('Running, ready')
    expect(objectsAt(recording, recording.moments.length - 1).some(({ kind }) => kind === 'Pod')).toBe(false)
  })

  test('plays on virtual time and pauses by itself at narration', () => {
    let state = press(firstState, ' ')
    for (let i = 0; i < 1000 && state.isPlaying; i++) state = advanced(state, { kind: 'tick', ms: 500 }, recording, 1)
    expect(recording.moments[state.at]).toMatchObject({ kind: 'say', text: 'a Pod comes' })
    expect(advanced(state, { kind: 'tick', ms: 60_000 }, recording, 1)).toBe(state)
    state = press(state, ' ')
    for (let i = 0; i < 1000 && state.isPlaying; i++) state = advanced(state, { kind: 'tick', ms: 500 }, recording, 1)
    expect(recording.moments[state.at]).toMatchObject({ kind: 'say', text: 'and goes' })
  })

  test('every key does something, and no key is bound twice', () => {
    const keys = keyBindings.flatMap((binding) => binding.keys)
    expect(new Set(keys).size).toBe(keys.length)
    expect(press({ ...firstState, showsHelp: true }, 'q')).toMatchObject({ showsHelp: false, isOver: false })
    expect(press(firstState, 'q').isOver).toBe(true)
  })
})

describe('the screen', () => {
  const frameOf = (state: PlayState, columns: number, rows: number): readonly string[] => {
    let frame = ''
    const stream = new FrameStream(columns, rows, (text) => {
      // Taking the tree down writes an empty frame: the last real one counts.
      if (text.includes('\n')) frame = text
    })
    const screen = (
      <Screen
        recording={recording}
        state={state}
        objects={objectsAt(recording, state.at)}
        columns={columns}
        rows={rows}
      />
    )
    const app = render(screen, { stdout: stream as unknown as NodeJS.WriteStream, debug: true, patchConsole: false })
    app.unmount()
    // Colours are no part of what is tested here.
    return frame.replace(/\u001b\[[0-9;]*m/g, '').split('\n')
  }

  test.each([
    [60, 16],
    [80, 24],
    [140, 40],
    [200, 60],
    [40, 10],
  ])('fills %i x %i exactly, at every moment and in the help', (columns, rows) => {
    for (const state of [
      firstState,
      press(firstState, 'right', 'right', 'right'),
      press(firstState, 'end'),
      press(firstState, '?'),
    ]) {
      const lines = frameOf(state, columns, rows)
      expect(lines).toHaveLength(rows)
      for (const line of lines) expect([...line].length).toBeLessThanOrEqual(columns)
    }
  })

  test('panes tile the screen', () => {
    for (const [columns, rows] of [
      [80, 24],
      [140, 40],
      [110, 30],
    ] as const) {
      const { kind, timeline, objects, inspector } = layoutFor(columns, rows)
      if (kind === 'columns') {
        expect(timeline.columns + objects.columns).toBe(columns)
        expect(objects.rows + inspector.rows).toBe(timeline.rows)
      } else {
        expect(objects.columns + inspector.columns).toBe(columns)
        expect(timeline.rows + objects.rows).toBe(rows - 2)
      }
    }
  })

  test('says where the Pod stands', () => {
    expect(frameOf(press(firstState, 'right', 'right', 'right'), 140, 40).join('\n')).toContain('[waiting')
  })
})

describe('the painter', () => {
  const painted = () => {
    const written: string[] = []
    let clock = 0
    let later: (() => void) | undefined
    const painter = createPainter({
      write: (text) => written.push(text),
      rows: 3,
      minIntervalMs: 33,
      now: () => clock,
      later(work) {
        later = work
        return () => {
          later = undefined
        }
      },
    })
    const advance = (ms: number) => {
      clock += ms
      later?.()
    }
    return { painter, written, advance }
  }

  test('writes only lines that changed, and gives the normal screen back', () => {
    const { painter, written, advance } = painted()
    painter.show('a\nb\nc')
    advance(50)
    painter.show('a\nB\nc')
    advance(50)
    painter.close()
    painter.close()
    expect(written[0]).toContain('[?1049h')
    expect(written[2]).toContain('[2;1HB')
    expect(written[2]).not.toContain('[1;1H')
    expect(written.filter((text) => text.includes('[?1049l'))).toHaveLength(1)
  })

  test('drops frames that come too fast, but never the last one', () => {
    const { painter, written, advance } = painted()
    for (const frame of ['1', '2', '3', '4']) painter.show(frame)
    advance(40)
    expect(written.join('')).not.toContain('[1;1H3')
    expect(written.join('')).toContain('[1;1H4')
  })
})
