import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { plans } from '../invariants/plan.ts'
import { optionsOf } from '../invariants/run-plan.ts'
import { tries } from '../tries.ts'
import { accidents, oneOfEach, seenAndUnseen } from './accidents.ts'
import { readAll } from './readings.ts'

describe('S1, L5: to look is not to touch', () => {
  test('after a restart of its kubelet a Pod follows its Secret as it would have unseen', () => {
    const seenAfter = [false, true].map((isLookedAt) => {
      const sim = createSim({ seed: 'look' })
      sim.apply(
        { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { a: 'old' } },
        {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: 'eats' },
          spec: {
            containers: [
              {
                name: 'c',
                image: 'busybox',
                args: ['sleep', '9999'],
                volumeMounts: [{ name: 'v', mountPath: '/tin' }],
              },
            ],
            volumes: [{ name: 'v', secret: { secretName: 'tin' } }],
          },
        },
      )
      sim.runFor('10m')
      for (let i = 0; i < 5; i++) {
        sim.runFor(100)
        if (isLookedAt) sim.inspect({ kind: 'Pod', namespace: 'default', name: 'eats' })
      }
      sim.fault({ kubelet: 'restart' })
      sim.runFor('300s')
      const writtenAt = sim.now()
      sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'tin' }, stringData: { a: 'new' } })
      sim.runUntil(() => sim.file({ pod: 'eats' }, '/tin/a')?.content === 'new', { within: '5m' })
      return sim.now() - writtenAt
    })
    expect(seenAfter[1]).toBe(seenAfter[0])
  })

  /** So many random plans; each runs twice. */
  const runs = 4
  const looks = fc.array(fc.record({ inS: fc.constantFrom(0, 1, 7, 61, 200), pick: fc.nat({ max: 3 }) }), {
    minLength: 1,
    maxLength: 4,
  })

  test('nothing that the library can be asked changes what comes after, whatever happens', () => {
    fc.assert(
      fc.property(plans, fc.array(looks, { minLength: 4, maxLength: 12 }), (plan, between) => {
        const [unseen, seen] = [false, true].map((isLookedAt) => {
          const sim = createSim({ ...optionsOf(plan), journal: 'full' })
          const pass = (step: number): void => {
            for (const { inS, pick } of between[step % between.length] ?? []) {
              sim.runFor(inS * 1000)
              if (isLookedAt) readAll(sim, pick)
            }
          }
          plan.steps.forEach(({ waitS, action }, step) => {
            sim.runFor(waitS * 1000)
            if (action.kind === 'apply') sim.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(action.manifest) })
            else if (action.kind === 'kubectl') sim.kubectl(action.line.split(' '))
            else sim.fault(action.forS === undefined ? action.fault : { ...action.fault, for: action.forS * 1000 })
            pass(step)
          })
          // What was drawn too early or too late shows in the next life of the kubelets.
          for (let node = 1; node <= plan.nodes; node++) sim.fault({ kubelet: 'restart', node: `node-${node}` })
          sim.runFor('5m')
          for (const { metadata } of sim.list('Secret'))
            sim.kubectl([
              'patch',
              'secret',
              metadata.name,
              '-n',
              metadata.namespace ?? '',
              '-p',
              '{"stringData":{"a":"last"}}',
            ])
          sim.runFor('10m')
          return sim.journal.digest()
        })
        expect(seen).toBe(unseen)
      }),
      { numRuns: tries(runs, 'dear'), seed: 10 },
    )
  })

  /** The others: every-accident.soak.test.ts. */
  test.each(oneOfEach)('%s: whoever looks before, meanwhile and after finds and changes nothing', (accident) => {
    const [seen, unseen] = seenAndUnseen(accidents[accident])
    expect(seen).toBe(unseen)
  })
})
