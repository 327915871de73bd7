import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { nodesToFind, placePod, scoreNodes } from '../../src/scheduler/algorithm.ts'
import { podFacts } from '../../src/scheduler/pod-facts.ts'
import { profileOf } from '../../src/scheduler/profiles.ts'
import { createSchedulerCache } from '../../src/scheduler/scheduler-cache.ts'
import { balancedAllocation, leastAllocated } from '../../src/scheduler/scores/resource-allocation.ts'
import { node, pod } from './cluster.ts'

const named = (one: Pod, namespace = 'default') => podFacts({ ...one, metadata: { ...one.metadata, namespace } })

function cacheWith(...nodes: readonly ReturnType<typeof node>[]) {
  const cache = createSchedulerCache(() => undefined)
  for (const one of nodes) cache.setNode(one)
  return cache
}

describe('9.3 scores', () => {
  // 4 CPU and 8Gi. A Pod without requests counts as 100m and 200 MiB, on the node as well as when it comes.
  test.each([
    [18, 'least', 95, [pod('x')], pod('p')],
    [18, 'balanced', 99, [pod('x')], pod('p')],
    [18, 'least', 50, [pod('x', { cpu: '1', memory: '2Gi' })], pod('p', { cpu: '1', memory: '2Gi' })],
    [18, 'balanced', 100, [pod('x', { cpu: '1', memory: '2Gi' })], pod('p', { cpu: '1', memory: '2Gi' })],
    [18, 'balanced', 75, [], pod('p', { cpu: '2', memory: '2Gi' })],
    [23, 'balanced', 87, [], pod('p', { cpu: '2', memory: '2Gi' })],
    [18, 'balanced', 0, [], pod('p', { cpu: '4', memory: '2Gi' })],
  ] as const)('v1.%i %s: %i', (minor, which, score, existing, incoming) => {
    const cache = cacheWith(node('a'))
    for (const one of existing) cache.setPod(named(one), 'a')
    const plugin = which === 'least' ? leastAllocated : balancedAllocation
    const info = cache.nodeInfo('a')
    expect(info && plugin.prepare(named(incoming), cache, [info], minor)?.score(info)).toBe(score)
  })

  test('a Pod that goes takes what it asked for with it', () => {
    const cache = cacheWith(node('a'))
    const fresh = { ...cache.nodeInfo('a')?.requested }
    const one = named(pod('x', { cpu: '1', memory: '2Gi' }))
    cache.assume(one, 'a')
    expect(cache.nodeInfo('a')?.requested.milliCpu).toBe(1000)
    cache.removePod(one.uid)
    expect({ ...cache.nodeInfo('a')?.requested }).toEqual(fresh)
    expect(cache.nodeInfo('a')?.nonZeroCpu).toBe(0)
  })

  test('untolerated soft taints lower a node, three times as much from v1.23 on', () => {
    const tainted = node('b', {}, { spec: { taints: [{ key: 'slow', effect: 'PreferNoSchedule' }] } })
    const cache = cacheWith(node('a'), tainted)
    const difference = (minor: number) => {
      const [a = 0, b = 0] = scoreNodes(named(pod('p')), cache, cache.nodes(), { profile: profileOf(minor), minor })
      return a - b
    }
    expect(difference(18)).toBe(100)
    expect(difference(26)).toBe(300)
  })
})

test.each([
  [99, 99],
  [100, 100],
  [1000, 420],
  [5000, 500],
  [10_000, 500],
])('9.1 of %i nodes, %i that fit are enough', (nodes, enough) => {
  expect(nodesToFind(nodes)).toBe(enough)
})

test('9.2 init containers and overhead count for what fits: the largest init container, then overhead on top', () => {
  const containers = [{ name: 'c', image: 'r', resources: { requests: { cpu: '1' } } }]
  const initContainers = [{ name: 'i', image: 'r', resources: { requests: { cpu: '3' } } }]
  const facts = named({ ...pod('p'), spec: { containers, initContainers, overhead: { cpu: '500m' } } })
  expect(facts.request.milliCpu).toBe(3500)
  const options = {
    profile: profileOf(18),
    minor: 18,
    random: { next: () => 0, integer: () => 0, bits: () => 0 },
    nominations: { size: 0, podsFor: () => [] },
    position: { next: 0 },
  }
  expect(placePod(facts, cacheWith(node('a', { cpu: '3' })), options).kind).toBe('unschedulable')
  expect(placePod(facts, cacheWith(node('a', { cpu: '4' })), options).kind).toBe('fits')
})
