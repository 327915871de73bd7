import { expect, test } from 'podsim/vitest'
import { describe } from 'vitest'
import { passwords, secret, shop, story } from './cluster.ts'
import { reloader } from './reloader.ts'

describe.each(['v1.18', 'v1.36'] as const)('reloader in %s', (version) => {
  test('without it, variables stay as they were when the Pods began', () => {
    const sim = shop(version)
    sim.apply(secret('new'))
    sim.settle()
    expect(passwords(sim, 'web')).toEqual(['old', 'old'])
  })

  test('it replaces the Pods of those that ask for it, one revision a rotation', () => {
    const sim = shop(version)
    sim.controller('reloader', reloader, { serviceAccount: 'reloader' })
    sim.runFor('10s')
    const rollouts = () => sim.list('ReplicaSet').filter(({ metadata }) => metadata.labels?.app === 'web').length
    expect(rollouts()).toBe(1)
    sim.apply(secret('new'))
    sim.settle()
    expect(passwords(sim, 'web')).toEqual(['new', 'new'])
    expect(passwords(sim, 'legacy')).toEqual(['old', 'old'])
    expect(rollouts()).toBe(2)
    expect(sim).toBeReady('deploy/web')
    expect(sim).toHaveEvent({ reason: 'Reloaded', on: 'deployment/web', message: 'secret db changed' })
  })

  test('a rotation in its absence is made up for when it is back', () => {
    const sim = story(version)
    expect(passwords(sim, 'web')).toEqual(['new', 'new'])
    sim.runFor('3m')
    expect(passwords(sim, 'web')).toEqual(['newer', 'newer'])
  })
})
