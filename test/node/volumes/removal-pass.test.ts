import { expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'

/** How long after its sandbox was stopped the volume of a Pod that was deleted while the kubelet was away is torn down, in ms. */
function waitedMs(version: 'v1.22' | 'v1.23' | 'v1.26' | 'v1.36', seed: string): number {
  const sim = createSim({ version, seed, nodes: 1 })
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { k: 'v' } })
  for (const name of ['goes', 'stays'])
    sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
        volumes: [{ name: 'v', secret: { secretName: 'tin' } }],
      },
    })
  sim.runFor('30s')
  sim.fault({ kubelet: 'stop', node: 'node-1', for: '20s' })
  sim.runFor('5s')
  sim.kubectl('delete pod goes --wait=false')
  sim.runFor('60s')
  const at = (type: string) =>
    sim.journal.records.find((record) => record.type === type && record.object?.name === 'goes')?.time ?? Number.NaN
  return at('volume.tear-down') - at('sandbox.stop')
}

const seeds = ['a', 'b', 'c', 'd', 'e', 'f']

test.each(['v1.23', 'v1.26', 'v1.36'] as const)(
  'facts kubelet 2.2: %s tears down soon, though an earlier pass found the volume not mounted yet',
  (version) => {
    for (const seed of seeds) expect(waitedMs(version, seed)).toBeLessThan(700)
  },
)

test('facts kubelet 2.2: v1.22 looks again 2 s after a pass that asked the runtime', () => {
  expect(seeds.map((seed) => waitedMs('v1.22', seed)).some((ms) => ms > 1500)).toBe(true)
})
