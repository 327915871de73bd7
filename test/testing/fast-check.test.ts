import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { faults, type Plan, plans, pods, runPlan, secrets } from '../../src/testing/fast-check.ts'
import { tries } from '../tries.ts'

describe('podsim/fast-check', () => {
  test('what is drawn is taken by the API server', () => {
    const sim = createSim({ seed: 'drawn' })
    fc.assert(
      fc.property(secrets(), pods(), (secret, pod) => {
        for (const object of [secret, pod]) {
          sim.kubectl([
            'delete',
            `${object.kind}/${object.metadata.name}`,
            '--ignore-not-found',
            '--wait=false',
            '--force',
            '--grace-period=0',
          ])
          const applied = sim.kubectl('apply -f -', { stdin: JSON.stringify(object) })
          expect([applied.stderr, applied.exitCode]).toEqual(['', 0])
        }
      }),
      { numRuns: tries(40), seed: 1 },
    )
    fc.assert(
      fc.property(faults(), (fault) => {
        sim.fault(fault)
        sim.runFor('2m')
      }),
      { numRuns: tries(12), seed: 1 },
    )
  })

  test('L5 U1 a property of plans: a container that reads a file sees what is stored once all is at rest', () => {
    fc.assert(
      fc.property(plans({ secrets: ['db'], keys: ['password'], pods: ['app'], maxLength: 6 }), (plan) => {
        const sim = createSim({ seed: 'property' })
        runPlan(sim, plan)
        sim.settle()
        for (const row of sim.delays('db')) expect(row.never === undefined || row.cure !== undefined).toBe(true)
      }),
      { numRuns: tries(8), seed: 2 },
    )
  })

  test('a failing plan shrinks to the shortest that fails', () => {
    const fails = (plan: Plan) => plan.some((step) => 'fault' in step)
    const { counterexample } = fc.check(
      fc.property(plans(), (plan) => !fails(plan)),
      { seed: 3, numRuns: 200 },
    )
    expect(counterexample).toEqual([[{ after: '0s', fault: { watches: 'drop' } }]])
  })
})
