import { describe } from 'vitest'
import { expect, test } from '../../src/testing/vitest.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'mypod' },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'redis',
        env: [{ name: 'USER', valueFrom: { secretKeyRef: { name: 'mysecret', key: 'username' } } }],
        volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }],
      },
    ],
    volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
  },
}

describe('podsim/vitest', () => {
  test('L2 matchers see Pods, events, files and variables', ({ createSim }) => {
    const sim = createSim({ seed: 'L2' })
    sim.apply(pod)
    sim.runFor('10s')
    expect(sim).toHavePod('mypod', { phase: 'Pending', reason: 'ContainerCreating', ready: false })
    expect(sim).toHaveEvent({ reason: 'FailedMount', on: 'pod/mypod', message: 'secret "mysecret" not found' })
    expect(sim).not.toHaveFile({ pod: 'mypod' }, '/etc/foo/username')
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret' }, stringData: { username: 'admin' } })
    expect(
      sim.runUntil(
        () =>
          sim.get<typeof pod & { status?: { phase?: string } } & { metadata: { name: string } }>('Pod', 'mypod')?.status
            ?.phase === 'Running',
        { within: '2m2s' },
      ),
    ).toBe(true)
    expect(sim).toHavePod('mypod', { phase: 'Running' })
    expect(sim).toHaveFile({ pod: 'mypod' }, '/etc/foo/username', 'admin')
    expect(sim).toHaveEnv({ pod: 'mypod' }, 'USER', 'admin')
    expect(sim).not.toHaveEnv({ pod: 'mypod' }, 'PASSWORD')
  })

  test('a matcher that fails says seed, time and what it found', ({ createSim }) => {
    const sim = createSim({ seed: 'told' })
    expect(() => expect(sim).toHavePod('nobody', { phase: 'Running' })).toThrow(
      /seed told, at 0 ms, digest [0-9a-f]{16}: expected pod nobody to be {"phase":"Running"}, found "no such pod"/,
    )
    expect(() => expect(sim).toHaveEvent({ reason: 'Never' })).toThrow(/expected an event/)
  })

  test('S2 a failure tells no value of a Secret, neither the one that was found nor one that was expected', ({
    createSim,
  }) => {
    const sim = createSim({ seed: 'S2' })
    const value = 's3cr3t-value'
    sim.apply(pod, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'mysecret' },
      stringData: { username: value },
    })
    sim.runFor('1m')
    const failures = [
      () => expect(sim).toHaveFile({ pod: 'mypod' }, '/etc/foo/username', 'other'),
      () => expect(sim).not.toHaveFile({ pod: 'mypod' }, '/etc/foo/username', value),
      () => expect(sim).toHaveEnv({ pod: 'mypod' }, 'USER', 'other'),
      () => expect(sim).not.toHaveEnv({ pod: 'mypod' }, 'USER', value),
    ].map((failing) => {
      try {
        failing()
      } catch (error) {
        return String(error)
      }
      throw new Error('it did not fail')
    })
    for (const failure of failures) {
      expect(failure).not.toContain(value)
      expect(failure).toMatch(/<12 bytes, [0-9a-f]{8}>/)
    }
  })
})
