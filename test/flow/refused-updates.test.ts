import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

const mount = { name: 'v', mountPath: '/v' }
const pod = (name: string, secret: object) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
  spec: { volumes: [{ name: 'v', secret }], containers: [{ name: 'app', image: 'nginx', volumeMounts: [mount] }] },
})

describe('U3 U4 which change a mount shows, and what it waited for', () => {
  test('an update that the volume refuses is not seen once a later change has taken its place: that one is', () => {
    const own = createSim({ seed: 'superseded' })
    own.kubectl('create secret generic s --from-literal=k=1 --from-literal=z=1')
    const items = [{ key: 'k', path: 'k' }]
    own.apply(pod('p', { secretName: 's', items }))
    own.runFor('2m')
    own.kubectl(['patch', 'secret', 's', '--type=json', '-p', '[{"op":"remove","path":"/data/k"}]'])
    own.runFor('3m')
    own.kubectl(['patch', 'secret', 's', '-p', '{"stringData":{"k":"2"}}'])
    own.runFor('5m')
    const [lacking, mended] = own.delays('s').map(({ never, until, visibleAt }) => ({ never, until, visibleAt }))
    expect(lacking).toMatchObject({ until: 'the Secret has the key k again', visibleAt: undefined })
    expect([mended?.never, mended?.visibleAt]).toEqual([undefined, expect.any(Number)])
  })

  test.each(['Watch', 'Cache', 'Get'] as const)(
    '%s: each Pod that reads for itself waits for its own sync',
    (strategy) => {
      const own = createSim({ seed: 'ways', kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } })
      own.kubectl('create secret generic s --from-literal=k=1')
      for (const name of ['a', 'b', 'c']) own.apply(pod(name, { secretName: 's' }))
      own.runFor('2m')
      own.kubectl(['patch', 'secret', 's', '-p', '{"stringData":{"k":"2"}}'])
      own.runFor('5m')
      for (const { parts, visibleAt = 0, updatedAt } of own.delays('s')) {
        const { toCacheMs = 0, toSyncMs = 0, toMountMs = 0 } = parts ?? {}
        expect(toCacheMs + toSyncMs + toMountMs).toBe(visibleAt - updatedAt)
        // The read is a moment behind the sync.
        if (strategy === 'Get') expect([toCacheMs < 500, toMountMs < 1500]).toEqual([true, true])
      }
    },
  )
})
