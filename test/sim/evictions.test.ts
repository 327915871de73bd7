import { describe, expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/types/core.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** L6: a node that runs short of memory or disk ends Pods. Source: pkg/kubelet/eviction. */

const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData: { password },
})

interface Asked {
  readonly memory?: string
  readonly priority?: number
  readonly node?: string
}

const podOf = (name: string, { memory, priority, node = 'node-1' }: Asked = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'a' } },
  spec: {
    nodeName: node,
    ...(priority === undefined ? {} : { priorityClassName: 'system-cluster-critical' }),
    containers: [
      {
        name: 'app',
        image: 'busybox:1',
        command: ['sleep', 'infinity'],
        ...(memory === undefined ? {} : { resources: { requests: { memory } } }),
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
  },
})

function begun(version: 'v1.18' | 'v1.26' | 'v1.36', ...pods: readonly object[]): Sim {
  const sim = createSim({ seed: 'evictions', version, nodes: 2 })
  sim.apply(secret('old'))
  sim.apply(...pods)
  sim.runFor('15s')
  return sim
}

const statusOf = (sim: Sim, name: string) => sim.get<Pod>('Pod', name)?.status
const condition = (sim: Sim, type: string, node = 'node-1') =>
  sim.get<Node>('Node', node)?.status?.conditions?.find((each) => each.type === type)

describe('a node that is low on memory', () => {
  test.each([
    ['v1.18', 'The node was low on resource: memory. Container app was using 1Mi, which exceeds its request of 0. '],
    [
      'v1.36',
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container app was using 1Mi, request is 0, has larger consumption of memory. ',
    ],
  ] as const)('%s evicts first who uses more than was asked for, tells the pressure, and says why', (version, why) => {
    const sim = begun(version, podOf('asks', { memory: '64Mi' }), podOf('asks-nothing'))
    const shortage = sim.fault({ memory: 'low', node: 'node-1' })
    expect(sim.runUntil(() => sim.events({ reason: 'Evicted' }).length > 0, { within: '12s' })).toBe(true)
    shortage.clear()
    sim.runFor(version === 'v1.18' ? '5s' : '20s')
    expect(statusOf(sim, 'asks-nothing')).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: why })
    expect(statusOf(sim, 'asks')?.phase).toBe('Running')
    expect(sim.events({ reason: 'Evicted', on: 'pod/asks-nothing' })).toMatchObject([{ type: 'Warning', message: why }])
    expect(sim.events({ reason: 'EvictionThresholdMet' })[0]).toMatchObject({
      type: 'Warning',
      message: 'Attempting to reclaim memory',
    })
    expect(condition(sim, 'MemoryPressure')).toMatchObject({
      status: 'True',
      reason: 'KubeletHasInsufficientMemory',
      message: 'kubelet has insufficient memory available',
    })
    expect(condition(sim, 'MemoryPressure', 'node-2')?.status).toBe('False')
    const disruption = statusOf(sim, 'asks-nothing')?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(disruption?.reason).toBe(version === 'v1.18' ? undefined : 'TerminationByKubelet')
  })

  test('takes no Pod that asks for nothing while the pressure is told: five minutes longer than it lasts', () => {
    const sim = begun('v1.18')
    sim.fault({ memory: 'low', node: 'node-1', for: '30s' })
    sim.runFor('25s')
    sim.apply(podOf('asks-nothing'), podOf('asks', { memory: '64Mi' }))
    sim.runFor('10s')
    expect(statusOf(sim, 'asks-nothing')).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod The node had condition: [MemoryPressure]. ',
    })
    expect(statusOf(sim, 'asks')?.phase).toBe('Running')
    expect(sim.kubectl('get pod asks-nothing').stdout).toContain('Evicted')
    const taints = () => sim.get<Node>('Node', 'node-1')?.spec?.taints?.map(({ key }) => key) ?? []
    expect(taints()).toEqual(['node.kubernetes.io/memory-pressure'])
    sim.runFor('4m')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('True')
    sim.runFor('90s')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('False')
    expect(taints()).toEqual([])
    expect(sim.events({ reason: 'NodeHasSufficientMemory' }).length).toBeGreaterThan(0)
  })

  test('never evicts critical Pods', () => {
    const sim = begun('v1.26', podOf('critical', { priority: 1 }))
    sim.fault({ memory: 'low', node: 'node-1' })
    sim.runFor('2m')
    expect(statusOf(sim, 'critical')?.phase).toBe('Running')
  })

  test('with enough left evicts nobody', () => {
    const sim = begun('v1.18', podOf('a'))
    sim.fault({ memory: 'low', available: '100Mi', node: 'node-1' })
    sim.runFor('2m')
    expect(statusOf(sim, 'a')?.phase).toBe('Running')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('False')
  })
})

describe('a disk that is full', () => {
  test('S2 Secrets lie in memory: they are mounted and rotated as before; what is written to disk finds no room', () => {
    const sim = begun('v1.18', podOf('a', { priority: 1 }))
    sim.fault({ disk: 'full', node: 'node-1' })
    sim.apply(secret('new'))
    sim.runFor('2m')
    expect(sim.file({ pod: 'a' }, '/v/password')?.content).toBe('new')
    expect(sim.exec({ pod: 'a' }, ['sh', '-c', 'echo x > /tmp/x'])).toMatchObject({
      stderr: 'sh: write error: No space left on device\n',
    })
    expect(condition(sim, 'DiskPressure')).toMatchObject({ status: 'True', reason: 'KubeletHasDiskPressure' })
  })

  test('Pods are evicted one after the other until it has room again, and a Deployment makes others elsewhere', () => {
    const sim = begun('v1.26')
    const { metadata, spec } = podOf('a')
    const { nodeName: _any, ...template } = spec
    sim.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 4,
        selector: { matchLabels: metadata.labels },
        template: { metadata: { labels: metadata.labels }, spec: template },
      },
    })
    sim.runFor('20s')
    sim.fault({ disk: 'full', node: 'node-1', for: '2m' })
    sim.runFor('3m')
    const pods = sim.list<Pod>('Pod')
    const running = pods.filter(({ status }) => status?.phase === 'Running')
    expect(running.map(({ spec: { nodeName } }) => nodeName)).toEqual(['node-2', 'node-2', 'node-2', 'node-2'])
    const evicted = pods.filter(({ status }) => status?.reason === 'Evicted')
    expect(evicted.map(({ status }) => status?.message)).toEqual([
      'The node was low on resource: ephemeral-storage. ',
      'The node was low on resource: ephemeral-storage. ',
    ])
    expect(new Set(evicted.map(({ status }) => status?.startTime)).size).toBe(1)
    // The Secret of an evicted Pod is gone from the node.
    expect(sim.file({ pod: evicted[0]?.metadata.name ?? '' }, '/v/password')).toBeUndefined()
  })
})
