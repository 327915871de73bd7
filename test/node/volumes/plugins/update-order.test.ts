import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type RecordedLine, recordedUpdates, simulatedUpdates } from '../../../judge/update-order.ts'

const fixtures = new URL('../../../fixtures/vectors/', import.meta.url)

describe.each([
  { version: 'v1.18', minor: 18, file: 'timelines/order.json' },
  { version: 'v1.26', minor: 26, file: 'v1.26/timelines/order.json' },
])('U1 file operations of a refresh are those of a real $version kubelet', ({ minor, file }) => {
  // The fixture's shape is told by README-timelines.md.
  const { timeline } = JSON.parse(readFileSync(new URL(file, fixtures), 'utf8')) as { timeline: RecordedLine[] }
  const recorded = recordedUpdates(timeline)
  const simulated = simulatedUpdates(timeline, minor)
  const rows = recorded.map((update, index) => ({ ...update, index }))

  test('every set-up of the recording is replayed, and some of them write', () => {
    expect(simulated.length).toBe(recorded.length)
    expect(recorded.filter(({ syscalls }) => syscalls.length > 0).length).toBeGreaterThanOrEqual(12)
  })

  test.each(rows)('$pod at $at s', ({ index, syscalls, inotify }) => {
    expect(simulated[index]?.syscalls).toEqual(syscalls)
    expect(simulated[index]?.inotify).toEqual(inotify)
  })
})
