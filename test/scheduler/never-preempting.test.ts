import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

test.each(['v1.26', 'v1.36'] as const)('%s: a Pod that is not to preempt is told so, and not of others', (version) => {
  const sim = createSim({ seed: 'never', version, nodes: 2 })
  const priority = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', preemptionPolicy: 'Never', value: 100 }
  sim.apply([
    { ...priority, metadata: { name: 'calm' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'a' },
      spec: {
        priorityClassName: 'calm',
        nodeSelector: { disk: 'ssd' },
        containers: [{ name: 'c', image: 'nginx' }],
      },
    },
  ])
  sim.runFor('10s')
  const { message = '' } = sim.events().find(({ reason }) => reason === 'FailedScheduling') ?? {}
  expect(message).toMatch(/preemption: not eligible due to preemptionPolicy=Never\.$/)
})
