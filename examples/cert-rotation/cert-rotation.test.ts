import { expect, test } from 'podsim/vitest'
import { describe } from 'vitest'
import { story } from './cluster.ts'

describe.each(['v1.18', 'v1.36'] as const)('certificates in %s', (version) => {
  test('who reloads the file serves for ever; who does not, and who mounts it by subPath, until the first one ends', () => {
    const sim = story(version)
    const issued = sim.journal.query({ actor: 'controller/certificates', type: 'object.updated' })
    expect(issued.map(({ time }) => Math.floor(time / 60_000))).toEqual([0, 80])
    expect(sim).toBeReady('reloads')
    expect(sim.logs({ pod: 'reloads' })).toContain('reloaded the certificate')
    for (const stale of ['reads-once', 'sub-path']) {
      expect(sim).toBeRunning(stale)
      expect(sim).not.toBeReady(stale)
      expect(sim).toHaveEvent({
        reason: 'Unhealthy',
        on: `pod/${stale}`,
        message: 'HTTP probe failed with statuscode: 525',
      })
    }
    expect(sim.file({ pod: 'reads-once' }, '/etc/tls/tls.crt')?.content).toBe(
      sim.file({ pod: 'reloads' }, '/etc/tls/tls.crt')?.content,
    )
    expect(sim).not.toSeeSecretWithin('sub-path', 'tls', '10m')
  })
})
