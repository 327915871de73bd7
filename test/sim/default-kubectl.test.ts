import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

test.each([
  ['v1.18', 'v1.18.20'],
  ['v1.22', 'v1.22.0'],
  ['v1.26', 'v1.32.4'],
  ['v1.31', 'v1.31.9'],
  ['v1.36', 'v1.32.4'],
] as const)('a cluster of %s is asked by kubectl %s, unless another is wanted', (version, kubectl) => {
  const sim = createSim({ version, seed: 'kubectl' })
  expect(sim.kubectl('version --client -o json').stdout).toContain(`"gitVersion": "${kubectl}"`)
})

test('v1.31 has kubectl events, which v1.18 lacks', () => {
  expect(createSim({ version: 'v1.31' }).kubectl('events').exitCode).toBe(0)
  expect(createSim({ version: 'v1.18' }).kubectl('events').exitCode).toBe(1)
})
