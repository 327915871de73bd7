import { expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'

const podWith = (name: string, secretName: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
    volumes: [{ name: 'v', secret: { secretName } }],
  },
})

/** Whether a container of the static Pod `own` runs an hour after a Pod that uses the Secret `used` came to its node. */
function runsBeside(used: string): boolean {
  const sim = createSim({ invariants: true, nodes: [{ name: 'node-1', staticPods: [podWith('own', 'db')] }] })
  for (const name of ['db', 'other'])
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { a: 'b' } })
  sim.runFor('3m')
  sim.apply(podWith('of-the-api', used))
  sim.runFor('1h')
  return sim.journal.query({ type: 'container.create' }).some(({ object }) => object?.name === 'own-node-1')
}

test('S-27 R3 a static Pod has no Secret that nobody else on its node refers to, and may have one that somebody does', () => {
  expect(runsBeside('other')).toBe(false)
  expect(runsBeside('db')).toBe(true)
})
