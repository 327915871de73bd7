import type { Sim } from 'podsim'
import { expect, test } from 'podsim/vitest'
import { describe } from 'vitest'
import { oneUser, twoUsers } from './cluster.ts'

const failures = (sim: Sim): number => sim.logs({ pod: 'service' }).split('authentication failed').length - 1

describe.each(['v1.18', 'v1.36'] as const)('a rotation in %s', (version) => {
  test('with one user sends the service away from the writing until the file has changed', () => {
    const sim = oneUser(version)
    const away = sim
      .delays('db')
      .filter(({ kind }) => kind === 'update')
      .reduce((total, { updatedAt, visibleAt = Number.NaN }) => total + visibleAt - updatedAt, 0)
    expect(failures(sim)).toBeGreaterThan(0)
    // It tries every five seconds.
    expect(Math.abs(failures(sim) - away / 5000)).toBeLessThanOrEqual(4)
  })

  test('with two users never does', () => {
    const sim = twoUsers(version)
    expect(sim).toBeReady('service')
    expect(sim).toHaveFile('service', '/etc/db/user', 'app-a')
    expect(failures(sim)).toBe(0)
  })
})
