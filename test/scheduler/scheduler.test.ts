import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/types/core.ts'
import { resources } from '../../src/client/client.ts'
import { tries } from '../tries.ts'
import { node, pod, testCluster } from './cluster.ts'

const priorityClasses = { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' }
const notTolerated = { spec: { taints: [{ key: 'k', value: 'v', effect: 'NoSchedule' }] } }

function failing(nodes: readonly Node[], waiting: Pod, minor = 18) {
  const cluster = testCluster(minor)
  cluster.scheduler.start()
  for (const one of nodes) cluster.create(resources.nodes, one)
  cluster.advance(300)
  cluster.create(resources.pods, waiting, 'default')
  cluster.advance(400)
  expect(cluster.pod('p')?.spec.nodeName).toBeUndefined()
  return cluster
}

/** Seconds until the Pod has a node. */
function secondsUntilBound({ kernel, pod: get }: ReturnType<typeof testCluster>): number {
  const from = kernel.now()
  kernel.runUntilTrue(() => get('p')?.spec.nodeName !== undefined, from + 100_000)
  return (kernel.now() - from) / 1000
}

describe('9.4 a Pod that found no node is tried again when something changes', () => {
  test.each([
    [
      'a node is added',
      () => failing([node('a', { cpu: '1' })], pod('p', { cpu: '2' })),
      (cluster: ReturnType<typeof testCluster>) => cluster.create(resources.nodes, node('late')),
    ],
    [
      'a taint is removed',
      () => failing([node('a', {}, notTolerated)], pod('p')),
      (cluster: ReturnType<typeof testCluster>) => cluster.update(resources.nodes, node('a')),
    ],
    [
      'a label is added',
      () => failing([node('a')], pod('p', {}, { nodeSelector: { disk: 'ssd' } })),
      (cluster: ReturnType<typeof testCluster>) =>
        cluster.update(resources.nodes, { ...node('a'), metadata: { name: 'a', labels: { disk: 'ssd' } } }),
    ],
  ] as const)('%s: after the back-off of its second attempt', (_, make, change) => {
    const cluster = make()
    change(cluster)
    const seconds = secondsUntilBound(cluster)
    // Recorded: 2.0 and 2.2 s. The back-off is 2 s, and its end is looked for once a second.
    expect(seconds).toBeGreaterThanOrEqual(1.5)
    expect(seconds).toBeLessThanOrEqual(2.7)
  })

  test('a change that cannot help does not wake it', () => {
    const cluster = failing([node('a', { cpu: '1' })], pod('p', { cpu: '2' }))
    const { metadata, status } = node('a', { cpu: '1' })
    cluster.update(resources.nodes, {
      ...node('a'),
      metadata: { ...metadata, annotations: { x: 'y' } },
      status,
    } as Node)
    cluster.advance(20_000)
    expect(cluster.events()).toHaveLength(2)
  })

  test('a Pod that ends makes room', () => {
    const cluster = testCluster()
    cluster.scheduler.start()
    cluster.create(resources.nodes, node('a', { cpu: '1' }))
    cluster.create(resources.pods, pod('first', { cpu: '1' }), 'default')
    cluster.advance(100)
    cluster.create(resources.pods, pod('p', { cpu: '1' }), 'default')
    cluster.advance(400)
    cluster.remove(resources.pods, 'first', 'default')
    expect(secondsUntilBound(cluster)).toBeLessThanOrEqual(2.7)
  })
})

test('corrections.md API server 11, scheduler.json failed-scheduling-events-idle: two events at once, then a series', () => {
  const cluster = failing([node('fold-a', { cpu: '1' })], pod('p', { cpu: '2' }))
  const shown = () => cluster.events().map(({ reason, series }) => [reason, series?.count ?? null])
  expect(shown()).toEqual([
    ['FailedScheduling', null],
    ['FailedScheduling', null],
  ])
  cluster.advance(59_000)
  expect(shown()[1]).toEqual(['FailedScheduling', null])
  cluster.advance(31_000)
  expect(shown()).toEqual([
    ['FailedScheduling', null],
    ['FailedScheduling', 1],
  ])
  // Later repetitions are only counted in memory.
  cluster.advance(200_000)
  expect(shown()[1]).toEqual(['FailedScheduling', 1])
})

test('9.4 later versions fail once, tell what preemption found, and wait five minutes', () => {
  const cluster = failing([node('a', { cpu: '1' })], pod('p', { cpu: '2' }), 36)
  const text =
    '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'
  expect(cluster.events().map(({ message }) => message)).toEqual([text])
  expect(cluster.pod('p')?.status?.conditions?.[0]).toMatchObject({ status: 'False', message: text })
})

describe('9.4 preemption', () => {
  function crowded(cpu = '1') {
    const cluster = testCluster()
    cluster.scheduler.start()
    for (const [name, value] of [
      ['high', 1000],
      ['low', 10],
    ] as const) {
      const kind = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name }, value }
      cluster.create(priorityClasses, kind)
    }
    cluster.create(resources.nodes, node('a', { cpu: '2' }))
    cluster.create(resources.nodes, node('b', { cpu: '2' }))
    const low = { priorityClassName: 'low', terminationGracePeriodSeconds: 30 }
    cluster.create(resources.pods, pod('big', { cpu: '2' }, { ...low, nodeName: 'a' }), 'default')
    cluster.create(resources.pods, pod('small-1', { cpu: '1' }, { ...low, nodeName: 'b' }), 'default')
    cluster.create(resources.pods, pod('small-2', { cpu: '1' }, { ...low, nodeName: 'b' }), 'default')
    cluster.advance(300)
    cluster.create(resources.pods, pod('p', { cpu }, { priorityClassName: 'high' }), 'default')
    cluster.advance(400)
    return cluster
  }

  test('as few as possible must go, and the Pod waits for the place', () => {
    const cluster = crowded()
    const vip = cluster.pod('p')
    const node = vip?.status?.nominatedNodeName
    expect(['a', 'b']).toContain(node)
    expect(vip?.spec.nodeName).toBeUndefined()
    const going = ['big', 'small-1', 'small-2'].filter((name) => cluster.pod(name)?.metadata.deletionTimestamp)
    expect(going).toHaveLength(1)
    const events = cluster.events().filter(({ reason }) => reason === 'Preempted')
    expect(events.map(({ message, involvedObject }) => [involvedObject.name, message])).toEqual([
      [going[0], `Preempted by default/p on node ${node}`],
    ])
    // One for each version of the Pod that was tried: as created, nominated, and with its condition.
    expect(cluster.events().filter(({ reason }) => reason === 'FailedScheduling')).toHaveLength(3)
    expect(cluster.journal.records.filter(({ type }) => type === 'pod.preempting')).toHaveLength(1)
    expect(vip?.status?.conditions?.[0]).toMatchObject({ message: '0/2 nodes are available: 2 Insufficient cpu.' })
    cluster.remove(resources.pods, going[0] ?? '', 'default')
    expect(secondsUntilBound(cluster)).toBeLessThanOrEqual(3)
    expect(cluster.pod('p')?.spec.nodeName).toBe(node)
  })

  test('another Pod does not take the place that was made', () => {
    const cluster = crowded('2')
    expect(cluster.pod('p')?.status?.nominatedNodeName).toBe('a')
    cluster.remove(resources.pods, 'big', 'default')
    cluster.create(resources.pods, pod('thief', { cpu: '1' }), 'default')
    cluster.advance(300)
    expect(cluster.pod('thief')?.spec.nodeName).toBeUndefined()
    cluster.advance(10_000)
    expect(cluster.pod('p')?.spec.nodeName).toBe('a')
  })
})

describe('9 properties', () => {
  const sizes = fc.array(fc.record({ cpu: fc.integer({ min: 1, max: 4 }), hasTaint: fc.boolean() }), {
    minLength: 1,
    maxLength: 6,
  })
  const requests = fc.array(fc.integer({ min: 100, max: 3000 }), { minLength: 1, maxLength: 15 })

  function run(nodes: readonly { readonly cpu: number; readonly hasTaint: boolean }[], pods: readonly number[]) {
    const cluster = testCluster()
    cluster.scheduler.start()
    nodes.forEach(({ cpu, hasTaint }, at) => {
      cluster.create(resources.nodes, node(`n${at}`, { cpu: `${cpu}` }, hasTaint ? notTolerated : {}))
    })
    pods.forEach((cpu, at) => {
      cluster.create(resources.pods, pod(`p${at}`, { cpu: `${cpu}m` }), 'default')
    })
    cluster.advance(5000)
    return pods.map((_, at) => cluster.pod(`p${at}`)?.spec.nodeName)
  }

  test('no node gets more than it has or a Pod that does not tolerate it, and nobody who fits waits', () => {
    fc.assert(
      fc.property(sizes, requests, (nodes, pods) => {
        const free = nodes.map(({ cpu }) => cpu * 1000)
        const placed = run(nodes, pods)
        placed.forEach((name, at) => {
          if (name === undefined) return
          const index = Number(name.slice(1))
          expect(nodes[index]?.hasTaint).toBe(false)
          free[index] = (free[index] ?? 0) - (pods[at] ?? 0)
          expect(free[index]).toBeGreaterThanOrEqual(0)
        })
        placed.forEach((name, at) => {
          const fits = nodes.some(({ hasTaint }, index) => !hasTaint && (free[index] ?? 0) >= (pods[at] ?? 0))
          if (fits) expect(name).toBeDefined()
        })
      }),
      { numRuns: tries(30) },
    )
  })

  test('the same cluster is scheduled the same way each time', () => {
    const nodes = Array.from({ length: 5 }, () => ({ cpu: 4, hasTaint: false }))
    const pods = Array.from({ length: 12 }, () => 100)
    expect(run(nodes, pods)).toEqual(run(nodes, pods))
  })

  test('Pods of one controller are spread', () => {
    const cluster = testCluster()
    cluster.scheduler.start()
    for (const name of ['a', 'b', 'c']) cluster.create(resources.nodes, node(name))
    const template = { metadata: { labels: { app: 'w' } }, spec: { containers: [{ name: 'c', image: 'redis' }] } }
    const spec = { replicas: 3, selector: { matchLabels: { app: 'w' } }, template }
    const set = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { name: 'w' }, spec }
    cluster.create({ group: 'apps', version: 'v1', resource: 'replicasets' }, set, 'default')
    cluster.advance(300)
    const found = ['x', 'y', 'z'].map((name) => {
      const labelled = { ...pod(name), metadata: { name, labels: { app: 'w' } } }
      cluster.create(resources.pods, labelled, 'default')
      cluster.advance(100)
      return cluster.pod(name)?.spec.nodeName
    })
    expect([...found].sort()).toEqual(['a', 'b', 'c'])
  })

  test('decision 8: nothing is due while nobody waits', () => {
    const cluster = testCluster()
    cluster.create(resources.nodes, node('a'))
    cluster.scheduler.start()
    cluster.create(resources.pods, pod('p'), 'default')
    cluster.advance(20 * 60_000)
    const before = cluster.kernel.nextAt() ?? Number.POSITIVE_INFINITY
    // Only the watches' own ends are left.
    expect(before - cluster.kernel.now()).toBeGreaterThan(1000)
  })
})
