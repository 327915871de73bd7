import fc from 'fast-check'
import { expect, test } from 'vitest'
import { correlation, EventCorrelator } from '../../src/client/event-correlator.ts'
import { EventRow } from '../../src/client/event-row.ts'
import { second } from '../../src/kernel/time.ts'
import { tries } from '../tries.ts'

const teller = { source: { component: 'kubelet', host: 'node-1' }, namesItself: false }

const event = (uid: string, reason: string, message: string): EventRow => {
  const about = { kind: 'Pod', namespace: 'default', name: 'p', uid, apiVersion: 'v1' }
  return new EventRow(teller, about, 'Normal', reason, message, 'e', '0', '0', 1)
}

const happenings = fc.array(
  fc.record({
    afterMs: fc.constantFrom(
      0,
      second,
      60 * second,
      301 * second,
      correlation.aggregateIntervalMs + 1,
      10_000 * second,
    ),
    uid: fc.constantFrom('a', 'b'),
    reason: fc.constantFrom('Failed', 'Pulled'),
    message: fc.constantFrom('1', '2', '3', '4', '5', '6', '7', '8', '9', '10', '11', '12'),
    times: fc.constantFrom(1, 1, 30),
  }),
  { maxLength: 40 },
)

test('R2 what is pruned would have made no difference', () => {
  fc.assert(
    fc.property(happenings, (all) => {
      const [keeping, pruned] = [new EventCorrelator(18, (name) => name), new EventCorrelator(18, (name) => name)]
      let now = 0
      const seen: [pruned: unknown, keeping: unknown][] = []
      for (const { afterMs, uid, reason, message, times } of all) {
        now += afterMs
        for (let i = 0; i < times; i++) {
          pruned.prune(now)
          const told = event(uid, reason, message)
          seen.push([pruned.correlate(told, now, `${now}`), keeping.correlate(told, now, `${now}`)])
        }
      }
      expect(seen.map(([pruned]) => pruned)).toEqual(seen.map(([, keeping]) => keeping))
    }),
    { seed: 1, numRuns: tries(300) },
  )
})

test('R2 after the aggregation interval and once the spam filter is full again, nothing is left to prune', () => {
  const correlator = new EventCorrelator(18, (name) => name)
  for (let i = 0; i < 20; i++) correlator.correlate(event('a', 'Failed', `${i}`), 0, '0')
  expect(correlator.prune(correlation.aggregateIntervalMs + 1)).toBe(true)
  expect(correlator.prune(correlation.spamBurst * correlation.spamRefillMs)).toBe(false)
})

test('R2 of a Pod that is gone nothing is counted on, of others it is', () => {
  const correlator = new EventCorrelator(18, (name) => name)
  for (const uid of ['a', 'b']) correlator.correlate(event(uid, 'Failed', 'x'), 0, '0')
  correlator.forget('a')
  expect(correlator.correlate(event('a', 'Failed', 'x'), 1, '1').kind).toBe('create')
  expect(correlator.correlate(event('b', 'Failed', 'x'), 1, '1').kind).toBe('patch')
})
