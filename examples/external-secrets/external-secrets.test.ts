import { expect, test } from 'podsim/vitest'
import { describe } from 'vitest'
import { shop, story } from './cluster.ts'

describe.each(['v1.18', 'v1.36'] as const)('external secrets in %s', (version) => {
  test('the Pod waits as long as the store has nothing', () => {
    const { sim } = shop(version)
    sim.runFor('2m')
    expect(sim).toBeWaiting('app', { for: 'ContainerCreating' })
    expect(sim).toHaveEvent({ reason: 'FailedMount', message: 'secret "db" not found' })
    expect(sim).toHaveEvent({ reason: 'UpdateFailed', on: 'externalsecret/db', count: 2 })
  })

  test('a value in the store is a file within a refresh and a sync; the operator writes only what has changed', () => {
    const sim = story(version)
    expect(sim).toBeReady('app')
    expect(sim).toHaveFile('app', '/etc/db/password', 'second')
    const writes = sim.journal.query({ actor: 'controller/external-secrets', object: { kind: 'Secret', name: 'db' } })
    expect(writes.map(({ type }) => type)).toEqual(['object.created', 'object.updated'])
    expect((writes[1]?.time ?? 0) - 600_000).toBeLessThanOrEqual(61_000)
    expect(sim).toSeeSecretWithin('app', 'db', '92s')
  })
})
