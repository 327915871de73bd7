import { describe, expect, test } from 'vitest'
import type { Secret } from '../../src/api/types/core.ts'
import { letterOf, revisionsOf } from '../../src/flow/revisions.ts'
import { updateParts } from '../../src/flow/update-parts.ts'

describe('U3 where the time of an update went', () => {
  test.each([
    ['Watch: the copy comes at once, the sync is waited for', true, 1005, [61_000], 61_150, [5, 59_995, 150]],
    ['Watch: a sync before the event found nothing', true, 70_000, [61_000, 130_000], 130_100, [69_000, 60_000, 100]],
    ['Get: the sync asks', false, 61_100, [61_000], 61_150, [100, 60_000, 50]],
    [
      'Cache: the copy is too young at the first sync',
      false,
      162_505,
      [81_500, 162_500],
      162_600,
      [81_005, 80_500, 95],
    ],
    ['Cache: another Pod had it read before the sync', false, 30_000, [61_000], 61_100, [29_000, 31_000, 100]],
    [
      'Cache: another Pod had it read between two syncs',
      false,
      90_000,
      [61_000, 130_000],
      130_100,
      [29_000, 100_000, 100],
    ],
    ['a sync under way when the Secret changed', true, 1005, [900], 1050, [5, 0, 45]],
    ['nothing is known but the ends', false, 1500, [], 1500, [500, 0, 0]],
  ] as const)('%s', (_case, isPushed, copiedAt, syncs, visibleAt, expected) => {
    const parts = updateParts({ writtenAt: 1000, copiedAt, isPushed, syncs, visibleAt })
    expect([parts.toCacheMs, parts.toSyncMs, parts.toMountMs]).toEqual(expected)
    expect(parts.toCacheMs + parts.toSyncMs + parts.toMountMs).toBe(visibleAt - 1000)
  })
})

describe('revisions', () => {
  const write = (version: string, data?: Readonly<Record<string, string>>) => ({
    ...{ seq: Number(version), at: Number(version), by: 'user/admin' },
    kind: data === undefined ? ('deleted' as const) : ('updated' as const),
    secret: data && ({ metadata: { name: 's', resourceVersion: version }, data } as object as Secret),
  })

  test('are letters without end', () => {
    expect([0, 1, 25, 26, 27, 51, 52, 701, 702].map(letterOf)).toEqual([
      'A',
      'B',
      'Z',
      'AA',
      'AB',
      'AZ',
      'BA',
      'ZZ',
      'AAA',
    ])
  })

  test('count what changes the key that is looked at; other writes are the same revision (U4)', () => {
    const writes = [
      write('1', { k: 'MQ==', z: 'MQ==' }),
      write('2', { k: 'MQ==', z: 'Mg==' }),
      write('3', { k: 'Mg==', z: 'Mg==' }),
      write('4', { z: 'Mg==' }),
      write('5'),
      write('6', { k: 'MQ==' }),
    ]
    const trace = { namespace: 'default', name: 's', writes }
    const ofKey = revisionsOf(trace, 'k')
    expect(ofKey.all.map(({ letter, at, hasKey }) => [letter, at, hasKey])).toEqual([
      ['A', 1, true],
      ['B', 3, true],
      ['C', 4, false],
      ['D', 6, true],
    ])
    expect(['1', '2', '3', '4', '6', '7'].map((version) => ofKey.of(version)?.letter)).toEqual([
      'A',
      'A',
      'B',
      'C',
      'D',
      undefined,
    ])
    expect(ofKey.all.map(({ deletedAt }) => deletedAt)).toEqual([undefined, undefined, 5, undefined])
    expect(revisionsOf(trace).all.map(({ keys }) => keys)).toEqual([['k', 'z'], ['z'], ['k'], ['k'], ['k']])
  })
})
