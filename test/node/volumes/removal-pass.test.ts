import { expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'
import { phases, testTearDown } from './removal-pass.ts'

testTearDown('v1.36')

/** Time between the tear-downs of two Pods whose containers end 0.7 s apart, in ms. */
function apartMs(version: 'v1.21' | 'v1.23', seed: string): number {
  const sim = createSim({ version, seed, nodes: 1 })
  sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { k: 'v' } })
  for (const name of ['first', 'second'])
    sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        terminationGracePeriodSeconds: 2,
        containers: [
          { name: 'app', image: 'busybox', command: ['sleep', '999'], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
        ],
        volumes: [{ name: 'v', secret: { secretName: 'tin' } }],
      },
    })
  sim.runFor('30s')
  sim.kubectl('delete pod first --wait=false', { commandTime: 0 })
  sim.runFor('700ms')
  sim.kubectl('delete pod second --wait=false', { commandTime: 0 })
  const at = (name: string) =>
    sim.journal.records.find(({ type, object }) => type === 'volume.tear-down' && object?.name === name)?.time ??
    Number.NaN
  sim.runUntil(() => !Number.isNaN(at('second') + at('first')), { within: '60s' })
  return at('second') - at('first')
}

test('facts kubelet 2.2: v1.21 looks again 2 s after a pass that asked the runtime, v1.23 at the next', () => {
  const old = phases.map((seed) => apartMs('v1.21', seed))
  expect(old.every((ms) => ms === 0 || ms >= 2000)).toBe(true)
  expect(old.some((ms) => ms >= 2000)).toBe(true)
  for (const seed of phases) expect(apartMs('v1.23', seed)).toBeLessThan(1500)
})
