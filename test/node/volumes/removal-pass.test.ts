import { expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'

/** How long after its sandbox was stopped the volume of a Pod that was deleted while the kubelet was away is torn down, in ms. */
function waited(version: 'v1.22' | 'v1.23' | 'v1.26' | 'v1.27' | 'v1.36', seed: string): number {
  const sim = createSim({ version, seed, nodes: 1 })
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { k: 'v' } },
    ...['goes', 'stays'].map((name) => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'v', mountPath: '/v' }] }],
        volumes: [{ name: 'v', secret: { secretName: 'tin' } }],
      },
    })),
  )
  sim.advance('30s')
  sim.fault({ kubelet: 'down', node: 'node-1', for: '20s' })
  sim.advance('5s')
  sim.kubectl('delete pod goes --wait=false')
  sim.advance('60s')
  const at = (type: string) =>
    sim.journal.records.filter((record) => record.type === type && JSON.stringify(record).includes('goes')).at(-1)
      ?.at ?? 0
  return at('volume.unmounted') - at('runtime.sandbox-stopped')
}

test.each(['v1.23', 'v1.26', 'v1.27', 'v1.36'] as const)(
  'facts kubelet 2.2: %s tears down at the next pass, though an earlier one found the volume not mounted yet',
  (version) => {
    for (const seed of ['a', 'b', 'c']) expect(waited(version, seed)).toBeLessThan(700)
  },
)
