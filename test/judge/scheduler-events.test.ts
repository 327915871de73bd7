import { expect, test } from 'vitest'
import { judgeIdleEvents, type SchedulingEntry } from './files/scheduler-events.ts'

const pod = (t: number, seen: string, conditions: readonly object[]): SchedulingEntry => ({
  t,
  seen,
  pod: 'p',
  nodeName: null,
  conditions,
})
const event = (t: number, name: string, reason: string, message: string): SchedulingEntry => ({
  ...{ t, seen: 'ADDED', event: name, reason, message },
  ...{ count: null, series: null, firstTimestamp: null, hasEventTime: true },
})
const create = { t: 0.5, do: 'create pod p that asks for 2 CPU; the only node near has 1' }
const tooSmall = '0/1 nodes are available: 1 Insufficient cpu.'
const waiting = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: tooSmall }
const atFirst = [
  event(0.5, 'event-1', 'FailedScheduling', tooSmall),
  pod(0.5, 'ADDED', []),
  pod(0.5, 'MODIFIED', [waiting]),
  event(0.5, 'event-2', 'FailedScheduling', tooSmall),
]

test('D1 each step of the recording of a Pod that waits for a node is taken, not only the first', () => {
  const rows = judgeIdleEvents('far', [
    create,
    ...atFirst,
    { t: 20, do: 'delete pod p' },
    // Written with its time of deletion first.
    pod(20, 'MODIFIED', [waiting]),
    pod(20, 'DELETED', [waiting]),
  ])
  expect(rows.filter(({ passed }) => !passed).map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
})

test('a step that nobody understands is told', () => {
  const [row] = judgeIdleEvents('far', [create, ...atFirst, { t: 20, do: 'paint node near' }])
  expect(row?.diff).toBe('unknown step: paint node near')
})
