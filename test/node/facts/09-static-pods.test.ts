import { describe, expect, test } from 'vitest'
import type { Sim } from '../../../src/sim/sim.ts'
import { podIn, simPod, simSecret, simTold } from './world.ts'

/** facts/kubelet.md, section 9: static Pods and Secrets. */

const withVolume = simPod(
  'static',
  { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }] },
  { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
)
const withEnv = simPod('static', { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }] })

function on(version: 'v1.18' | 'v1.26' | 'v1.36', manifest: object, ...others: readonly object[]): Sim {
  const sim = simTold(
    { version, nodes: [{ name: 'node-1', staticPods: [manifest] }] },
    simSecret({ a: '1' }),
    ...others,
  )
  sim.runFor('60s')
  return sim
}

const told = (sim: Sim, type: 'static-pod.refused' | 'mirror-pod.refused' | 'pod.refused') => [
  ...new Set(sim.journal.query({ type }).map(({ detail }) => detail.message)),
]
const runs = (sim: Sim) => sim.journal.query({ type: 'container.start' }).length > 0

describe('R3 a static Pod', () => {
  test.each(['v1.18', 'v1.26', 'v1.36'] as const)(
    'without Secrets runs and has a mirror, which kubectl shows (%s)',
    (version) => {
      const sim = on(version, simPod('static', {}, { automountServiceAccountToken: false }))
      expect(runs(sim)).toBe(true)
      expect(podIn(sim, 'static-node-1')?.status?.phase).toBe('Running')
      const [owner] = podIn(sim, 'static-node-1')?.metadata.ownerReferences ?? []
      expect(owner).toMatchObject({ kind: 'Node', name: 'node-1', controller: true })
      expect(podIn(sim, 'static-node-1')?.metadata.annotations).toHaveProperty(['kubernetes.io/config.mirror'])
    },
  )

  test('with a Secret volume gets neither mirror nor volume: refused by admission, then by the node authorizer (1.18)', () => {
    const sim = on('v1.18', withVolume)
    expect(podIn(sim, 'static-node-1')).toBeUndefined()
    expect(told(sim, 'mirror-pod.refused').join()).toMatch(
      /may not reference secrets|can not create pods that reference secrets/,
    )
    const errors = sim.journal.query({ type: 'volume.set-up-failed' }).map(({ detail }) => String(detail?.error))
    expect(errors[0]).toContain('failed to sync secret cache: timed out waiting for the condition')
    expect(runs(sim)).toBe(false)
  })

  test('with a Secret in its environment never starts (1.18)', () => {
    const sim = on('v1.18', withEnv)
    expect(podIn(sim, 'static-node-1')).toBeUndefined()
    expect(runs(sim)).toBe(false)
    expect(sim.journal.query({ type: 'container.create' })).toEqual([])
  })

  test('works by accident where a Pod of the API server brings the Secret to the node (1.18)', () => {
    const sim = on('v1.18', withEnv, simPod('p', {}, { imagePullSecrets: [{ name: 's' }] }))
    sim.runFor('60s')
    expect(sim.journal.query({ type: 'container.start' }).length).toBeGreaterThan(1)
    expect(podIn(sim, 'static-node-1')).toBeUndefined()
  })

  test.each([
    ['a volume', withVolume],
    ['a variable', withEnv],
    ['a pull secret', simPod('static', {}, { imagePullSecrets: [{ name: 's' }] })],
  ])('with a Secret in %s is refused when it is read (since 1.34)', (_where, manifest) => {
    const sim = on('v1.36', manifest)
    expect(told(sim, 'static-pod.refused')).toEqual(['static pods may not reference secrets'])
    expect(runs(sim)).toBe(false)
  })
})
