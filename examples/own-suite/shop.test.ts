import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { createSim, resources } from 'podsim'
import { plans, runPlan } from 'podsim/fast-check'
import { expect, scenarioTests, test } from 'podsim/vitest'
import { describe } from 'vitest'

/** A regression suite as somebody has it for their own manifests. */
const manifests = readFileSync(join(import.meta.dirname, 'app.yaml'), 'utf8')
const rotated = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'new' } }

describe('the shop', () => {
  test('starts, and keeps its password for itself', ({ createSim }) => {
    const sim = createSim({ nodes: 2 })
    sim.apply(manifests)
    expect(sim.settle()).toBe(true)
    expect(sim).toBeReady('shop')
    expect(sim).toHaveFile('shop', '/etc/db/password', { content: 'old', mode: 0o400 })
    const node = sim.get('Pod', 'shop')?.spec.nodeName
    for (const name of ['node-1', 'node-2']) {
      if (name === node) expect(sim).toHoldSecret(name, 'db')
      else expect(sim).not.toHoldSecret(name, 'db')
    }
  })

  test('sees a rotation in its file, but not in its variable', ({ createSim }) => {
    const sim = createSim()
    sim.apply(manifests)
    sim.settle()
    sim.apply(rotated)
    expect(sim).not.toSeeSecretWithin('shop', 'db', '2m')
    expect(sim).toHaveFile('shop', '/etc/db/password', 'new')
    expect(sim).toHaveEnv('shop', 'DB_PASSWORD', 'old')
  })

  test('is refused without a tag that is fixed', ({ createSim }) => {
    const sim = createSim()
    sim.admission({
      name: 'tags.shop.example.com',
      on: resources.pods,
      validate: ({ spec }) => spec.containers.every(({ image }) => image?.includes(':')) || 'images need a tag',
    })
    sim.apply(manifests)
    expect(() => sim.apply(manifests.replace('nginx:1.27', 'nginx').replaceAll('shop', 'store'))).toThrow(
      'admission webhook "tags.shop.example.com" denied the request: images need a tag',
    )
  })

  test('whatever happens, no node holds a Secret longer than a Pod there uses it', () => {
    fc.assert(
      fc.property(plans({ maxLength: 6, nodes: ['node-1', 'node-2'] }), (plan) => {
        const sim = createSim({ nodes: 2 })
        runPlan(sim, plan)
        sim.kubectl('delete pods --all --wait=false')
        sim.settle()
        for (const secret of ['db', 'api']) expect(sim).not.toHoldSecret('node-1', secret)
        sim.dispose()
      }),
      { numRuns: 5, seed: 7 },
    )
  })

  scenarioTests('scenarios', { cwd: import.meta.dirname })
})
