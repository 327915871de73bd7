import { describe, expect, test } from 'vitest'
import { createSim, type Sim } from '../../src/index.ts'

const pod = (name: string, node: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'web' } },
  spec: { nodeName: node, terminationGracePeriodSeconds: 1, containers: [{ name: 'c', image: 'nginx' }], ...spec },
})
const budget = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web' },
  spec: { minAvailable: 2, selector: { matchLabels: { app: 'web' } } },
}
const violates = "Cannot evict pod as it would violate the pod's disruption budget."

const clients = { 'v1.18': '1.18.20', 'v1.26': '1.26.0', 'v1.36': '1.36.0' } as const

function begun(version: 'v1.18' | 'v1.26' | 'v1.36', ...pods: readonly object[]): Sim {
  const sim = createSim({ journal: 'off', seed: 'drain', version, nodes: 2, kubectl: clients[version] })
  for (const each of pods) sim.apply(each)
  sim.runFor('30s')
  return sim
}
const lines = (text: string): readonly string[] => text.split('\n').filter((line) => line !== '')

describe('facts/kubectl.md 8: drain', () => {
  test('evicts all Pods of a node at once, and waits for each', () => {
    const sim = begun('v1.18', pod('a', 'node-1'), pod('b', 'node-1'), pod('c', 'node-2'))
    const { stdout, stderr, exitCode } = sim.kubectl('drain node-1 --force')
    const [cordoned, first, second, ...rest] = lines(stdout)
    expect([cordoned, first, second]).toEqual([
      'node/node-1 cordoned',
      'evicting pod default/a',
      'evicting pod default/b',
    ])
    expect(rest.slice(0, 2).toSorted()).toEqual(['pod/a evicted', 'pod/b evicted'])
    expect(rest.slice(2)).toEqual(['node/node-1 evicted'])
    expect(stderr).toContain('WARNING: deleting Pods not managed by ')
    expect([exitCode, sim.get('Pod', 'c') !== undefined]).toEqual([0, true])
  })

  test('a budget holds it: tried again each 5 s until one may go', () => {
    const sim = begun(
      'v1.18',
      { ...budget, spec: { ...budget.spec, minAvailable: 1 } },
      pod('a', 'node-1'),
      pod('b', 'node-1'),
    )
    sim.at('50s', () => sim.apply(pod('c', 'node-2')))
    const { stdout, stderr } = sim.kubectl('drain node-1 --force')
    const retries = lines(stderr).filter((line) => line.includes('will retry'))
    expect(new Set(retries)).toEqual(new Set([`error when evicting pod "b" (will retry after 5s): ${violates}`]))
    expect(retries.length).toBeGreaterThan(1)
    expect(lines(stdout).filter((line) => line === 'evicting pod default/b')).toHaveLength(retries.length + 1)
    expect(lines(stdout).at(-1)).toBe('node/node-1 evicted')
  })

  test.each([
    [
      'v1.18',
      'error when evicting pod "a": global timeout reached: 12s',
      'error: unable to drain node "node-1", aborting command...',
    ],
    [
      'v1.26',
      'error when evicting pods/"a" -n "default": global timeout reached: 12s',
      'error: unable to drain node "node-1" due to error:error when evicting pods/"a" -n "default": global timeout reached: 12s, continuing command...',
    ],
    [
      'v1.36',
      'error when evicting pods/"a" -n "default": global timeout reached: 12s',
      'error: unable to drain node "node-1" due to error: error when evicting pods/"a" -n "default": global timeout reached: 12s, continuing command...',
    ],
  ] as const)('%s: the time is over while a budget forbids it', (version, why, told) => {
    const apiVersion = version === 'v1.18' ? 'policy/v1beta1' : 'policy/v1'
    const sim = begun(version, { ...budget, apiVersion }, pod('a', 'node-1'))
    const { stdout, stderr, exitCode } = sim.kubectl('drain node-1 --force --timeout=12s')
    expect(lines(stdout).filter((line) => line === 'evicting pod default/a')).toHaveLength(4)
    expect(lines(stderr).slice(-6)).toEqual([
      `There are pending pods in node "node-1" when an error occurred: ${why}`,
      'pod/a',
      told,
      'There are pending nodes to be drained:',
      ' node-1',
      `error: ${why}`,
    ])
    expect(exitCode).toBe(1)
  })

  test('--disable-eviction deletes, whatever a budget says; the words say so', () => {
    const sim = begun('v1.26', { ...budget, apiVersion: 'policy/v1' }, pod('a', 'node-1'))
    const { stdout } = sim.kubectl('drain node-1 --force --disable-eviction')
    expect(lines(stdout)).toEqual(['node/node-1 cordoned', 'pod/a deleted', 'node/node-1 drained'])
  })

  test.each([
    ['v1.18', 'timed out waiting for the condition'],
    ['v1.36', 'context deadline exceeded'],
  ] as const)('%s: a deletion that takes too long', (version, why) => {
    const slow = {
      terminationGracePeriodSeconds: 120,
      containers: [{ name: 'c', image: 'busybox', command: ['sleep', '9999'] }],
    }
    const sim = begun(version, pod('a', 'node-1', slow))
    const { stderr, exitCode } = sim.kubectl('drain node-1 --force --disable-eviction --timeout=10s')
    expect(lines(stderr).at(-1)).toBe(`error: ${why}`)
    expect(exitCode).toBe(1)
  })

  test('emptyDir, DaemonSets, and one that is gone', () => {
    const volumes = [{ name: 'e', emptyDir: {} }]
    const ownerReferences = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'gone', uid: 'u', controller: true }]
    const owned = { ...pod('d', 'node-1'), metadata: { name: 'd', ownerReferences } }
    const sim = begun('v1.36')
    sim.fault({ controller: 'garbagecollector' })
    for (const each of [pod('a', 'node-1', { volumes }), owned]) sim.apply(each)
    const { stderr } = sim.kubectl('drain node-1')
    expect(stderr).toContain(
      'cannot delete Pods with local storage (use --delete-emptydir-data to override): default/a',
    )
    expect(stderr).toContain('cannot delete daemonsets.apps "gone" not found: default/d')
  })

  test.each([
    ['v1.18', false, false],
    ['v1.26', true, true],
  ] as const)(
    '%s: what does not count for the budget may go: %s if it is pending, %s if it is not ready',
    (version, pending, unready) => {
      const apiVersion = version === 'v1.18' ? 'policy/v1beta1' : 'policy/v1'
      const spec = { ...budget.spec, minAvailable: 1 }
      const readinessProbe = { exec: { command: ['false'] } }
      const sick = { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '9999'], readinessProbe }] }
      const waiting = { containers: [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'none' } }] }] }
      const sim = begun(version, { ...budget, apiVersion, spec }, pod('well', 'node-2'), pod('sick', 'node-1', sick))
      sim.apply(pod('waits', 'node-1', waiting))
      sim.runFor('10s')
      const { stdout } = sim.kubectl('drain node-1 --force --timeout=40s')
      expect(stdout.includes('pod/waits evicted')).toBe(pending)
      expect(stdout.includes('pod/sick evicted')).toBe(unready)
    },
  )

  test('a dry run evicts nothing', () => {
    const sim = begun('v1.36', pod('a', 'node-1'))
    expect(lines(sim.kubectl('drain node-1 --force --dry-run=client').stdout)).toEqual([
      'node/node-1 cordoned (dry run)',
      'evicting pod default/a (dry run)',
      'node/node-1 drained (dry run)',
    ])
    expect(lines(sim.kubectl('drain node-1 --force --dry-run=server').stdout)).toEqual([
      'node/node-1 cordoned (server dry run)',
      'evicting pod default/a (server dry run)',
      'node/node-1 drained (server dry run)',
    ])
    expect(sim.get('Pod', 'a')?.metadata.deletionTimestamp).toBeUndefined()
  })
})
