import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/types/core.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { retryDelayMs } from '../../../src/node/volumes/operation-back-off.ts'
import { rotated, rotatedTwice } from '../../../src/node/volumes/rotation.ts'
import { mountedNames } from '../../../src/node/volumes/volume-manager.ts'
import { VolumeUse } from '../../../src/node/volumes/volume-use.ts'

test('L2 the pause of a failing volume operation doubles from half a second to 2m2s', () => {
  const pauses = Array.from({ length: 11 }, (_, i) => retryDelayMs(i + 1) / 1000)
  expect(pauses).toEqual([0.5, 1, 2, 4, 8, 16, 32, 64, 122, 122, 122])
  expect(retryDelayMs(10_000)).toBe(122_000)
})

describe('the order of names in a time-out event', () => {
  const counts = (n: number): readonly number[] => {
    const names = Array.from({ length: n }, (_, i) => i)
    const random = createRandomStreams('rotation').stream('r')
    const first = names.map(() => 0)
    // 8000 orders, and which there are: there are few, and each is looked at once.
    const orders = new Set<string>()
    for (let i = 0; i < 8000; i++) {
      const order = rotated(names, random)
      orders.add(order.join())
      first[order[0] ?? 0] = (first[order[0] ?? 0] ?? 0) + 1
    }
    const rotations = names.map((from) => [...names.slice(from), ...names.slice(0, from)].join())
    expect([...orders].sort()).toEqual(rotations.sort())
    return first
  }

  test.each([2, 4, 8])('L2 is a rotation of %i names that begins at the front with chance (9-n)/8', (n) => {
    const [front = 0, ...others] = counts(n)
    expect(Math.abs(front / 8000 - (9 - n) / 8)).toBeLessThan(0.02)
    for (const count of others) expect(Math.abs(count / 8000 - 1 / 8)).toBeLessThan(0.02)
  })

  test.each([2, 4, 8])('L2 of %i names is one rotation after another, as README-timelines.md says', (n) => {
    const names = Array.from({ length: n }, (_, i) => i)
    const random = createRandomStreams('rotation').stream('twice')
    const draws = 8000
    const found = names.map(() => 0)
    for (let i = 0; i < draws; i++) {
      const [first = 0] = rotatedTwice(names, random)
      found[first] = (found[first] ?? 0) + 1
    }
    // The starts of the two add up.
    const once = names.map((from) => (from === 0 ? (9 - n) / 8 : 1 / 8))
    const twice = names.map((from) =>
      names.reduce((sum, by) => sum + (once[by] ?? 0) * (once[(from - by + n) % n] ?? 0), 0),
    )
    const deviation = names.reduce((sum, from) => {
      const expected = draws * (twice[from] ?? 0)
      return sum + ((found[from] ?? 0) - expected) ** 2 / expected
    }, 0)
    // 99.9 % of chi-square with at most 7 degrees of freedom.
    expect(deviation).toBeLessThan(24.3)
  })
})

test('L3 only volumes that a container mounts are waited for, in the order of the mounts', () => {
  const mount = (name: string) => ({ name, mountPath: `/${name}` })
  const pod: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      initContainers: [{ name: 'i', volumeMounts: [mount('c')] }],
      containers: [{ name: 'a', volumeMounts: [mount('b'), mount('a'), mount('c')] }],
      volumes: ['a', 'b', 'c', 'unused'].map((name) => ({ name })),
    },
  }
  expect(mountedNames(pod)).toEqual(['c', 'b', 'a'])
})

test('L4 a volume whose refresh fails still counts as mounted; one that never was does not', () => {
  const use = new VolumeUse({} as Pod, { name: 'v' }, {} as VolumeUse['plugin'])
  const seen = (event: Parameters<VolumeUse['send']>[0]) => {
    use.send(event)
    return [use.state, use.isMounted, use.isBusy]
  }
  expect(seen('attached')).toEqual(['attached', false, false])
  expect(seen('mount.started')).toEqual(['mounting', false, true])
  expect(seen('mount.failed')).toEqual(['mountBackOff', false, false])
  use.send('mount.started')
  expect(seen('mount.succeeded')).toEqual(['mounted', true, false])
  use.send('remount.required')
  use.send('mount.started')
  expect(seen('mount.failed')).toEqual(['remountBackOff', true, false])
  use.send('unmount.started')
  expect(seen('unmount.succeeded')).toEqual(['gone', false, false])
  expect(() => use.send('attached')).toThrow('a volume that is gone takes no attached')
})
