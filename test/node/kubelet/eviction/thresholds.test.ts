import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../../src/api/types/core.ts'
import { kubeletConfiguration } from '../../../../src/node/kubelet/configuration.ts'
import { ranked, type Usage } from '../../../../src/node/kubelet/eviction/ranking.ts'
import { evictionMessage } from '../../../../src/node/kubelet/eviction/texts.ts'
import { isMet, leastOf, thresholdsOf } from '../../../../src/node/kubelet/eviction/thresholds.ts'

const mebi = 1024 ** 2
const gibi = 1024 ** 3

const shown = (settings: Partial<Parameters<typeof thresholdsOf>[0]>, capacity = 10 * gibi) =>
  thresholdsOf({ ...kubeletConfiguration(18), ...settings }).map((each) => [
    each.resource,
    leastOf(each, capacity),
    each.graceMs,
    ...(each.reclaim === undefined ? [] : [leastOf(each.reclaim, capacity)]),
  ])

/** Source: pkg/kubelet/eviction/helpers_test.go, TestParseThresholdConfig. */
describe('the thresholds of a kubelet', () => {
  test('are those of DefaultEvictionHard unless it is told otherwise', () => {
    // Shares are floats of 32 bits: 15% and 10% are a little more than that, and 5% is, too.
    expect(shown({})).toEqual([
      ['memory', 100 * mebi, undefined],
      ['ephemeral-storage', 1610612800, undefined],
      ['ephemeral-storage', 1073741840, undefined],
      ['inodes', 536870920, undefined],
    ])
  })

  test('hard ones stand before soft ones, each with its minimum reclaim', () => {
    expect(
      shown({
        evictionHard: { 'memory.available': '150Mi' },
        evictionSoft: { 'memory.available': '300Mi' },
        evictionSoftGracePeriod: { 'memory.available': 30_000 },
        evictionMinimumReclaim: { 'memory.available': '0' },
      }),
    ).toEqual([
      ['memory', 150 * mebi, undefined, 0],
      ['memory', 300 * mebi, 30_000, 0],
    ])
  })

  test('are seen to in this order: memory first, then the others by name', () => {
    expect(
      shown({
        evictionHard: { 'nodefs.available': '100Mi', 'imagefs.available': '150Mi', 'memory.available': '10%' },
        evictionSoft: { 'nodefs.available': '200Mi', 'memory.available': '30%' },
        evictionSoftGracePeriod: { 'nodefs.available': 1000, 'memory.available': 2000 },
        evictionMinimumReclaim: { 'imagefs.available': '2Gi' },
      }),
    ).toEqual([
      ['memory', 1073741840, undefined],
      ['memory', 3221225600, 2000],
      ['ephemeral-storage', 150 * mebi, undefined, 2 * gibi],
      ['ephemeral-storage', 100 * mebi, undefined],
      ['ephemeral-storage', 200 * mebi, 1000],
    ])
  })

  test.each(['0%', '100%'])('%s is no threshold', (share) => {
    expect(shown({ evictionHard: { 'memory.available': share } })).toEqual([])
  })

  test.each([
    [999, false, true],
    [1000, false, false],
    [1000, true, true],
    [1499, true, true],
    [1500, true, false],
  ])('with %i left and, if %s, the minimum reclaim, one of 1000 is met: %s', (available, withReclaim, expected) => {
    const [threshold] = thresholdsOf({
      ...kubeletConfiguration(18),
      evictionHard: { 'memory.available': '1000' },
      evictionMinimumReclaim: { 'memory.available': '500' },
    })
    expect(threshold && isMet(threshold, 10_000, available, withReclaim)).toBe(expected)
  })
})

const podOf = (name: string, priority: number, memory: string | undefined, init?: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    priority,
    containers: [{ name: 'c', image: 'i', ...(memory === undefined ? {} : { resources: { requests: { memory } } }) }],
    ...(init === undefined
      ? {}
      : { initContainers: [{ name: 'i', image: 'i', resources: { requests: { memory: init } } }] }),
  },
})

const used = (amounts: Readonly<Record<string, number>>): Usage => ({
  ofPod: ({ metadata: { name } }) => amounts[name] ?? 0,
  ofContainer: ({ metadata: { name } }) => amounts[name] ?? 0,
})

describe('Pods that may be evicted', () => {
  /** Source: pkg/kubelet/eviction/eviction_manager_test.go, TestMemoryPressure. */
  test('come first if they use more than they asked for, then by priority, then by how much more it is', () => {
    const pods = [
      podOf('guaranteed-low-priority-high-usage', -1, '1Gi'),
      podOf('burstable-below-requests', 0, '100Mi'),
      podOf('burstable-above-requests', 0, '100Mi'),
      podOf('best-effort-high-priority-high-usage', 1, undefined),
      podOf('best-effort-low-priority-low-usage', -1, undefined),
    ]
    const usage = used({
      'guaranteed-low-priority-high-usage': 900 * mebi,
      'burstable-below-requests': 50 * mebi,
      'burstable-above-requests': 400 * mebi,
      'best-effort-high-priority-high-usage': 400 * mebi,
      'best-effort-low-priority-low-usage': 100 * mebi,
    })
    expect(ranked(pods, 'memory', usage).map(({ metadata: { name } }) => name)).toEqual([
      'best-effort-low-priority-low-usage',
      'burstable-above-requests',
      'best-effort-high-priority-high-usage',
      'guaranteed-low-priority-high-usage',
      'burstable-below-requests',
    ])
  })

  test('an init container asks for the whole Pod, if it asks for more', () => {
    const pods = [podOf('with-init', 0, '1Mi', '100Mi'), podOf('plain', 0, '1Mi')]
    const usage = used({ 'with-init': 50 * mebi, plain: 2 * mebi })
    expect(ranked(pods, 'memory', usage).map(({ metadata: { name } }) => name)).toEqual(['plain', 'with-init'])
  })
})

describe('why a Pod is evicted', () => {
  const [, imageShare] = thresholdsOf(kubeletConfiguration(18))
  test.each([
    [
      18,
      'The node was low on resource: ephemeral-storage. Container c was using 2Mi, which exceeds its request of 0. ',
    ],
    [
      36,
      'The node was low on resource: ephemeral-storage. Threshold quantity: 1610612800, available: 1025. Container c was using 2Mi, request is 0, has larger consumption of ephemeral-storage. ',
    ],
  ])('in v1.%i', (minor, message) => {
    if (imageShare === undefined) throw new Error('there is none')
    const seen = { capacity: 10 * gibi, available: 1025 }
    expect(evictionMessage(podOf('a', 0, undefined), imageShare, seen, used({ a: 2 * mebi }), minor)).toBe(message)
  })
})
