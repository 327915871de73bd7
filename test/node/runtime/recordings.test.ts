import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { createRecordingRegistry, recordedProgram } from '../../../src/node/runtime/recording-profile.ts'
import type { ProcessContext } from '../../../src/shell/program.ts'

interface Line {
  readonly t: number
  readonly actor: string
  readonly what: string
  readonly detail: Readonly<Record<string, unknown>>
}

const folder = (path: string) => new URL(`../../fixtures/vectors/${path}/`, import.meta.url)
const recordings = ['timelines', 'v1.26/timelines'].flatMap((path) =>
  readdirSync(folder(path))
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      // The fixtures' shape is told by README-timelines.md.
      const { timeline } = JSON.parse(readFileSync(new URL(name, folder(path)), 'utf8')) as { timeline: Line[] }
      return { file: `${path}/${name}`, lines: timeline.filter(({ actor }) => actor === 'runtime') }
    }),
)
/** A runtime that was busy answered late by so much at most. */
const lateSeconds = 0.25

describe('P1 every pull of the recordings', () => {
  const registry = createRecordingRegistry()
  const pulls = recordings.flatMap(({ file, lines }) => {
    const open = new Map<string, Line>()
    return lines.flatMap((line) => {
      const key = `${line.detail.pod}/${line.detail.image}`
      if (line.what === 'PullImage') open.set(key, line)
      const began = open.get(key)
      return line.what === 'PullImageDone' && began !== undefined ? [{ file, began, ended: line }] : []
    })
  })

  test('there are some', () => expect(pulls.length).toBeGreaterThan(100))

  test('ends with the recorded result, after the recorded time', () => {
    for (const { file, began, ended } of pulls) {
      const image = String(began.detail.image)
      const [username = '', password = ''] = String(began.detail.credentials ?? '').split(':')
      const outcome = registry.pull(image, began.detail.credentials === undefined ? undefined : { username, password })
      expect(`${file} ${outcome.ok ? 'ok' : outcome.message}`).toBe(`${file} ${ended.detail.result}`)
      const took = ended.t - began.t
      expect(took).toBeGreaterThan(registry.pullMs(image, false) / 1000 - 0.005)
      expect(took).toBeLessThan(registry.pullMs(image, false) / 1000 + lateSeconds)
    }
  })
})

describe('every end of a container in the recordings', () => {
  const context = {} as ProcessContext // the recorded programs look at nothing
  const lives = recordings.flatMap(({ file, lines }) => {
    const created = new Map<string, Line>()
    const started = new Map<string, Line>()
    const stopped = new Map<string, Line>()
    return lines.flatMap((line) => {
      const { pod, container, attempt } = line.detail
      const key = `${pod}/${container}/${attempt}`
      if (line.what === 'CreateContainer') created.set(key, line)
      if (line.what === 'StartContainer') started.set(key, line)
      if (line.what === 'StopContainer') stopped.set(`${pod}/${container}`, line)
      const stop = stopped.get(`${pod}/${container}`)
      const start = started.get(key)
      const command = created.get(key)?.detail.command as string[] | undefined
      if (line.what !== 'ContainerExited' || start === undefined || command === undefined) return []
      const wasStopped = stop !== undefined && stop.t >= start.t
      return [{ file, command, start, stop: wasStopped ? stop : undefined, exit: line }]
    })
  })
  const byItself = lives.filter(
    ({ stop, exit }) => stop === undefined && exit.detail.exitCode !== 255 && exit.detail.exitCode !== 137,
  )
  const byOrder = lives.filter(({ stop }) => stop !== undefined)

  test('there are some of both kinds', () => {
    expect(byItself.length).toBeGreaterThan(100)
    expect(byOrder.length).toBeGreaterThan(20)
  })

  test('by itself: after the seconds of its command, with its code', () => {
    for (const { file, command, start, exit } of byItself) {
      const run = recordedProgram(command).run(context)
      const { value } = run.next()
      const waits = typeof value === 'number' && value > 0 ? value / 1000 : 0
      expect(`${file} ${command} ${run.next().value}`).toBe(`${file} ${command} ${exit.detail.exitCode}`)
      expect(Math.abs(exit.t - start.t - waits)).toBeLessThan(lateSeconds)
    }
  })

  test('by order: after what its program needs or the grace period allows, with 143, 0 or 137', () => {
    for (const { file, command, stop, exit } of byOrder) {
      const termination = recordedProgram(command).onTerm(context)
      const grace = Number(stop?.detail.timeout) * 1000
      const needs = termination === 'ignored' ? Number.POSITIVE_INFINITY : termination.afterMs
      const isKilled = needs > grace
      const code = isKilled || termination === 'ignored' ? 137 : termination.exitCode
      expect(`${file} ${command} ${code}`).toBe(`${file} ${command} ${exit.detail.exitCode}`)
      // A second order to stop does not begin the wait anew.
      expect(exit.t - (stop?.t ?? 0)).toBeLessThan((isKilled ? grace : needs) / 1000 + lateSeconds)
    }
  })
})
