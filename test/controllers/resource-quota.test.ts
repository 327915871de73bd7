import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** Source: pkg/controller/resourcequota/resource_quota_controller.go, Run: enqueueAll every ResourceQuotaSyncPeriod. */
describe('quotas are counted again', () => {
  test.each(['v1.24', 'v1.36'] as const)(
    '%s: what admission charged for creates that came to nothing is given back within 5 minutes',
    (version) => {
      const sim = createSim({ version })
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
