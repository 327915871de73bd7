import { expect, test } from 'vitest'
import { bar, leastMs, left } from '../../src/cli/progress.ts'
import { loadScenarios } from '../../src/scenario/load.ts'

test.each([
  [0, '░░░░░░░░░░░░░░░░░░░░ 0 %'],
  [0.499, '█████████░░░░░░░░░░░ 49 %'],
  [1.2, '████████████████████ 100 %'],
])('a bar of %s', (done, drawn) => {
  expect(bar(done).toString()).toBe(drawn)
})

test.each([
  [0.5, 10_000, '10 s left'],
  [0.01, 10_000, '17 min left'],
])('%s done in %s ms', (done, elapsedMs, told) => {
  expect(left(done, elapsedMs)).toBe(told)
})

test('a scenario takes at least the times and pauses that it names', () => {
  const text = 'steps: [{ wait: 1m }, { after: 30s, say: hello }, { at: 5m, wait: 2m }]'
  const loaded = loadScenarios(`title: long\n${text}\n`, 'long.yaml', { readBeside: () => undefined })
  expect(loaded.ok && leastMs(loaded.value[0])).toBe(7 * 60_000)
})
