import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { orderToDelete } from '../../src/controllers/pods-to-delete.ts'
import { rfc3339 } from '../../src/kernel/calendar.ts'
import { createSim } from '../../src/sim/create-sim.ts'

const now = Date.UTC(2021, 0, 2)

/** A ready Pod that was made some seconds ago. */
function pod(name: string, agoSeconds: number, cost?: string): Pod {
  const made = rfc3339(now - agoSeconds * 1000)
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      creationTimestamp: made,
      ...(cost === undefined ? {} : { annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost } }),
    },
    spec: { containers: [], nodeName: 'node-1' },
    status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: made }] },
  }
}

const order = (pods: readonly Pod[], minor: number): string =>
  orderToDelete(pods, { related: [], minor, now })
    .map(({ metadata }) => metadata.name)
    .join(' ')

describe('which Pods of a ReplicaSet go first', () => {
  test.each([
    ['the cheapest, a negative cost first', 22, { dear: '10', cheap: '-5', plain: undefined }, 'cheap plain dear'],
    ['what is no number counts as 0', 22, { plus: '+7', zeros: '007', low: '-1' }, 'low plus zeros'],
    ['zeros behind a minus sign are none', 22, { plus: '+7', zeros: '-007', low: '-1' }, 'zeros low plus'],
    ['what has more than 32 bits counts as 0', 22, { big: '2147483648', one: '1' }, 'big one'],
    ['costs mean nothing before v1.22', 21, { b: '1', a: '2' }, 'b a'],
  ])('%s', (_what, minor, costs, expected) => {
    const pods = Object.entries(costs).map(([name, cost]) => pod(name, 100, cost))
    expect(order(pods, minor)).toBe(expected)
  })

  test('from v1.22 on ages of one magnitude are equal and the uid decides; before, the youngest goes', () => {
    // 2^37 ns are 137 s: 140 s and 200 s are of one magnitude, 100 s of the one below.
    const pods = [pod('c', 140), pod('b', 200), pod('d', 100)]
    expect([order(pods, 21), order(pods, 22)]).toEqual(['d c b', 'd b c'])
  })
})

test.each([
  ['v1.28', 'taint-controller'],
  ['v1.29', 'taint-eviction-controller'],
] as const)('L6 %s: who evicts by a taint is called %s', (version, component) => {
  const sim = createSim({ seed: 'evicted', version, nodes: 1 })
  sim.kubectl('run p --image=busybox -- sleep 9999'.split(' '))
  sim.runFor('5s')
  sim.kubectl('taint node node-1 a=b:NoExecute'.split(' '))
  sim.runFor('5s')
  const [told] = sim.events({ reason: 'TaintManagerEviction' })
  expect([told?.message, told?.source?.component]).toEqual(['Marking for deletion Pod default/p', component])
})
