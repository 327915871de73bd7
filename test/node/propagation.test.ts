import { describe, expect, test } from 'vitest'
import type { Pod, Secret } from '../../src/api/types/core.ts'
import { neverReasons, secretUses, updateDelay } from '../../src/node/propagation.ts'

const pod: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p' },
  spec: {
    containers: [
      {
        name: 'app',
        envFrom: [{ prefix: 'P_', secretRef: { name: 's' } }],
        env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
        volumeMounts: [
          { name: 'v', mountPath: '/etc/v' },
          { name: 'v', mountPath: '/etc/one', subPath: 'one' },
          { name: 'other', mountPath: '/etc/other' },
        ],
      },
      { name: 'side', volumeMounts: [{ name: 'all', mountPath: '/all' }] },
    ],
    volumes: [
      { name: 'v', secret: { secretName: 's' } },
      { name: 'other', secret: { secretName: 'else' } },
      { name: 'all', projected: { sources: [{ secret: { name: 's' } }] } },
    ],
  },
}

describe('who sees an update of a Secret', () => {
  test('U4 volumes follow; subPath and environment never do, each for its reason', () => {
    expect(secretUses(pod, 's').map(({ container, route, at, never }) => [container, route, at, never])).toEqual([
      ['app', 'volume', '/etc/v', undefined],
      ['app', 'subPath', '/etc/one', neverReasons.subPath],
      ['app', 'envFrom', 'P_', neverReasons.env],
      ['app', 'env', 'X', neverReasons.env],
      ['side', 'volume', '/all', undefined],
    ])
  })

  test('I4 of an immutable Secret the node keeps the copy that it has', () => {
    const frozen = { immutable: true } as Secret
    expect(secretUses(pod, 's', frozen)[0]?.never).toBe(neverReasons.immutable)
  })
})

describe('where the time of an update went', () => {
  test.each([
    // Watch: the cache has it at once, the sync is waited for.
    { times: [1000, 1005, 61_000, 61_150], parts: [5, 59_995, 150] },
    // Get: the sync comes first, and its refresh reads.
    { times: [1000, 61_100, 61_000, 61_150], parts: [100, 60_000, 50] },
    // The sync was under way when the Secret changed.
    { times: [1000, 1005, 900, 1050], parts: [5, 0, 45] },
  ])('U3 $times splits into $parts', ({ times, parts }) => {
    const [writtenAt = 0, cachedAt = 0, syncedAt = 0, visibleAt = 0] = times
    const delay = updateDelay({ writtenAt, cachedAt, syncedAt, visibleAt })
    expect([delay.toCacheMs, delay.toSyncMs, delay.toMountMs]).toEqual(parts)
    expect(delay.toCacheMs + delay.toSyncMs + delay.toMountMs).toBe(visibleAt - writtenAt)
  })
})
