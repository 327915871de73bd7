import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'
import { binomialProbability } from '../judge/binomial.ts'
import { tries } from '../tries.ts'

const pods = tries(600)

/** Pods whose first request for their own Secret was refused, of `pods` that come one after the other. */
function refused(options: SimOptions): number {
  // The client's limit would make requests wait until the authorizer knows.
  const kubelet = { kubeAPIQPS: 1000, kubeAPIBurst: 1000, configMapAndSecretChangeDetectionStrategy: 'Watch' } as const
  const sim = createSim({ seed: 'refused', nodes: 4, kubelet, ...options })
  for (let i = 0; i < pods; i++) {
    const name = `p-${i}`
    const containers = [{ name: 'app', image: 'app', volumeMounts: [{ name: 'v', mountPath: '/v' }] }]
    const volumes = [{ name: 'v', secret: { secretName: name } }]
    const spec = { automountServiceAccountToken: false, containers, volumes }
    sim.apply(
      { apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: { key: 'value' } },
      { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec },
    )
    sim.runFor(20)
  }
  sim.runFor(100)
  const names = sim.journal.records.flatMap((record) => {
    if (record.type !== 'request.refused') return []
    const { resource, name, code } = record.detail
    return resource === 'secrets' && code === 403 ? [name] : []
  })
  return new Set(names).size
}

describe('L3 README-timelines.md: the first LIST of a Secret comes before the Node authorizer knows the Pod in 7 % of cases', () => {
  test.each([
    ['where nothing takes time', {}, 0.07],
    ['in the same room', { network: 'lan' }, 0.07],
    ['from v1.35 on, where the LIST after a refused watch must be refused, too', { version: 'v1.36' }, 0.014],
  ] as const)('%s', (_, options, share) => {
    const found = refused(options)
    expect(binomialProbability(found, pods, share), `${found} of ${pods}`).toBeGreaterThan(0.01)
  })

  test('never, where the authorizer is told to be at once', () => {
    expect(refused({ network: { authorizer: 0 } })).toBe(0)
  })
})
