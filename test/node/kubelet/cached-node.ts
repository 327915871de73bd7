import { expect, test } from 'vitest'
import type { Node } from '../../../src/api/types/core.ts'
import { createSim } from '../../../src/sim/create-sim.ts'
import type { KubernetesVersion } from '../../../src/versions/version.ts'

/** Whether a kubelet that comes back after an outage asks for its Node or looks at its copy: the tests of some versions. */

/** How long after an outage of its link a node is still called unready, in ms, to 100 ms. */
function unreadyMs(version: KubernetesVersion, seed: string): number {
  const sim = createSim({ journal: 'off', version, seed, nodes: 1 })
  sim.runFor('30s')
  sim.fault({ apiServer: 'unreachable', node: 'node-1', for: '90s' })
  const isReady = () =>
    sim.get<Node>('node', 'node-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status === 'True'
  sim.runFor('89s')
  expect(isReady()).toBe(false)
  const began = sim.now()
  expect(sim.runUntil(isReady, { within: '120s' })).toBe(true)
  return sim.now() - began
}

const seeds = Array.from({ length: 8 }, (_, at) => `seed ${at}`)

/** Up to v1.30 it asks. */
export function testAsking(...versions: readonly KubernetesVersion[]): void {
  test.each(versions)('%s: a kubelet asks for its Node with each look, and so puts it right within 10 s', (version) => {
    for (const seed of seeds) expect(unreadyMs(version, seed)).toBeLessThan(10_500)
  })
}

/** From v1.31 on it looks at what its watch told it. */
export function testLooking(...versions: readonly KubernetesVersion[]): void {
  test.each(versions)(
    'recorded v1.36 (outage-watch): with %s a kubelet looks at its copy of the Node, which comes as late as other watches',
    (version) => {
      const all = seeds.map((seed) => unreadyMs(version, seed))
      expect(Math.max(...all)).toBeGreaterThan(11_000)
      expect(Math.max(...all)).toBeLessThan(75_000)
    },
  )
}
