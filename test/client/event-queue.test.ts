import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EventQueue } from '../../src/client/event-queue.ts'
import { EventRow, PartReference } from '../../src/client/event-row.ts'
import { tries } from '../tries.ts'

const teller = { source: { component: 'kubelet', host: 'node-1' }, namesItself: false }

/** The `number`-th event of a recorder; of some the name is no number. */
function event(number: number): EventRow {
  const about = { kind: 'Pod', namespace: 'default', name: `p-${number % 3}`, uid: 'u', apiVersion: 'v1' }
  const name = number % 7 === 0 ? `own-${number}` : `${about.name}.16${number.toString(16).padStart(14, '0')}`
  const at = `2020-05-01T00:00:${String(number % 60).padStart(2, '0')}Z`
  return new EventRow(teller, about, 'Normal', 'Started', `Started container c${number}`, name, at, at, 1)
}

test('R2 events leave in the order in which they came, as they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -40, max: 40 }), { maxLength: 20 }), (steps) => {
      const [queue, plain]: [EventQueue, EventRow[]] = [new EventQueue(teller), []]
      let made = 0
      for (const step of steps) {
        for (let i = 0; i < step; i++) {
          queue.push(event(made))
          plain.push(event(made++))
        }
        for (let i = 0; i < -step; i++) expect(queue.shift()).toEqual(plain.shift())
        expect(queue.length).toBe(plain.length)
      }
    }),
    { seed: 1, numRuns: tries(200) },
  )
})

test('R2 a queue that was emptied begins anew', () => {
  const queue = new EventQueue(teller)
  for (let i = 0; i < 100; i++) queue.push(event(i))
  queue.clear()
  expect([queue.length, queue.shift()]).toEqual([0, undefined])
  queue.push(event(7))
  expect(queue.shift()).toEqual(event(7))
})

test('R2 an event about a part of an object is written out with all that names it', () => {
  const pod = { kind: 'Pod', namespace: 'a', name: 'p', uid: 'u', apiVersion: 'v1', resourceVersion: '7' }
  const about = new PartReference(pod, 'spec.containers{c}')
  const row = new EventRow(teller, about, 'Normal', 'Started', 'Started container c', 'p.1', 'T', 'T', 1)
  expect(Object.entries(row.object.involvedObject)).toEqual(Object.entries({ ...pod, fieldPath: 'spec.containers{c}' }))
  expect(JSON.stringify(about)).toBe(JSON.stringify({ ...pod, fieldPath: 'spec.containers{c}' }))
})
