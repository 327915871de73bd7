import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** Source: pkg/controller/resourcequota/resource_quota_controller.go, Run: enqueueAll every ResourceQuotaSyncPeriod. */
describe('quotas are counted again', () => {
  test.each(['v1.24', 'v1.36'] as const)(
    '%s: what admission charged for creates that came to nothing is given back within 5 minutes',
    (version) => {
      const sim = createSim({ journal: 'off', version })
      const used = () => sim.kubectl('get quota q -o jsonpath={.status.used.secrets}').stdout
      sim.kubectl('create quota q --hard=secrets=10')
      sim.kubectl('create secret generic a')
      for (let tries = 0; tries < 2; tries++) sim.kubectl('create secret generic a')
      sim.runFor('1s')
      expect(used()).toBe('3')
      sim.runFor('5m')
      expect(used()).toBe('1')
      sim.kubectl('delete secret a')
      sim.runFor('1s')
      expect(used()).toBe('0')
    },
  )
})

/** Source: pkg/printers/internalversion/printers.go, resourceQuotaColumnDefinitions; kubernetes/kubernetes#129419 (v1.33). */
test.each([
  ['v1.32', /^NAME +AGE +REQUEST +LIMIT\nq +\d+s +pods: 0\/2 +limits.cpu: 0\/1$/],
  ['v1.33', /^NAME +REQUEST +LIMIT +AGE\nq +pods: 0\/2 +limits.cpu: 0\/1 +\d+s$/],
] as const)('%s: where the table of quotas has its column Age', (version, table) => {
  const sim = createSim({ journal: 'off', version })
  sim.kubectl('create quota q --hard=pods=2,limits.cpu=1')
  sim.runFor('1s')
  expect(sim.kubectl('get quota').stdout.trim()).toMatch(table)
})
