import { describe, expect, test } from 'vitest'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { mapWalks } from '../../../src/node/volumes/plugins/map-walks.ts'
import { binomialProbability } from '../../judge/binomial.ts'

const writes = 3000

/** How often each name comes first, over many writes of one volume. */
function firstNames(names: readonly string[], purpose: 'write' | 'link' | 'remove'): readonly number[] {
  const random = createRandomStreams('walks')
  const first = new Map(names.map((name) => [name, 0]))
  for (let now = 0; now < writes; now++) {
    const [name = ''] = mapWalks('/v', now, random)(names, purpose)
    first.set(name, (first.get(name) ?? 0) + 1)
  }
  return [...first.values()]
}

/** Chance that walks of so many names, each over the map that the one before filled, come out at the front. */
function frontAfter(walks: number, names: number): number {
  let front = 1
  for (let i = 0; i < walks; i++) front = (front * (9 - names)) / 8 + ((1 - front) * 1) / 8
  return front
}

describe('U1 README-timelines.md: files of one update are written in the order in which Go walks its maps', () => {
  test.each([
    [2, 'write', 3],
    [4, 'write', 3],
    [8, 'link', 3],
    [3, 'remove', 2],
  ] as const)('%i names are turned once for each map (%s)', (count, purpose, walks) => {
    const names = Array.from({ length: count }, (_, i) => `k${i}`)
    const [front = 0, ...others] = firstNames(names, purpose)
    const chance = frontAfter(walks, count)
    expect(binomialProbability(front, writes, chance)).toBeGreaterThan(0.001)
    for (const found of others)
      expect(binomialProbability(found, writes, (1 - chance) / (count - 1))).toBeGreaterThan(0.001)
  })

  test('an order hangs on directory, time and purpose only, and is that of both walks of one write', () => {
    const names = ['a', 'b', 'c', 'd', 'e']
    const orders = Array.from({ length: 50 }, (_, now) => {
      const of = () => mapWalks('/v', now, createRandomStreams('same'))
      expect(of()(names, 'write')).toEqual(of()(names, 'write'))
      return of()(names, 'write').join('')
    })
    expect(new Set(orders).size).toBe(5)
  })

  test('more than eight fall into buckets: each once, and in many orders', () => {
    const names = Array.from({ length: 20 }, (_, i) => `k${i}`)
    const orders = Array.from({ length: 50 }, (_, now) => mapWalks('/v', now, createRandomStreams('x'))(names, 'write'))
    for (const order of orders) expect([...order].sort()).toEqual([...names].sort())
    expect(new Set(orders.map((order) => order.join())).size).toBeGreaterThan(45)
  })

  test('one file is written without a draw', () => {
    const unreachable = () => expect.unreachable()
    const draws = { loose: unreachable, stream: unreachable, family: unreachable, release: () => {} }
    expect(mapWalks('/v', 0, draws)(['a'], 'write')).toEqual(['a'])
  })
})
