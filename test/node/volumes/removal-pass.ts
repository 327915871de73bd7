import { expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'
import type { KubernetesVersion } from '../../../src/versions/version.ts'

/** How long after its sandbox was stopped the volume of a Pod that was deleted while the kubelet was away is torn down, in ms. */
function waitedMs(version: KubernetesVersion, seed: string): number {
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
  const at = (type: string) =>
    sim.journal.records.find((record) => record.type === type && record.object?.name === 'goes')?.time ?? Number.NaN
  sim.runUntil(() => !Number.isNaN(at('volume.tear-down')), { within: '60s' })
  return at('volume.tear-down') - at('sandbox.stop')
}

/** Of loops whose phases differ. */
export const phases = ['a', 'b', 'c', 'd', 'e', 'f']

/** Whose volume is torn down by the pass after the one that found it in use. */
export function testTearDown(version: KubernetesVersion): void {
  test(`facts kubelet 2.2: ${version} tears down soon, though an earlier pass found the volume not mounted yet`, () => {
    for (const seed of phases) expect(waitedMs(version, seed)).toBeLessThan(700)
  })
}
