import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { updateRows } from '../../../judge/files/update-rows.ts'
import type { TimelineFile } from '../../../judge/timeline-format.ts'

const fixtures = new URL('../../../fixtures/vectors/', import.meta.url)

describe.each([
  { version: 'v1.18', file: 'timelines/order.json' },
  { version: 'v1.26', file: 'v1.26/timelines/order.json' },
  { version: 'v1.36', file: 'v1.36/timelines/order.json' },
])('U1 file operations of a refresh are those of a real $version kubelet', ({ file }) => {
  // The fixture's shape is told by README-timelines.md.
  const rows = updateRows(JSON.parse(readFileSync(new URL(file, fixtures), 'utf8')) as TimelineFile, 'quick')

  test('every set-up of the recording is replayed', () => {
    expect(rows.filter(({ row }) => row.startsWith('operations')).length).toBeGreaterThanOrEqual(12)
  })

  test.each(rows)('$row', ({ passed, diff }) => {
    expect(passed, diff).toBe(true)
  })
})
