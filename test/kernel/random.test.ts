import fc from 'fast-check'
import seedrandom from 'seedrandom'
import { expect, test } from 'vitest'
import { digestUnits } from '../../src/kernel/digest.ts'
import { createLateStreams, createRandomStreams } from '../../src/kernel/random.ts'
import { anyText } from '../any-text.ts'

test('a stream gives the numbers of seedrandom.alea for a digest of seed and name, whatever is in them', () => {
  fc.assert(
    fc.property(anyText(), fc.string({ unit: 'grapheme' }), (seed, name) => {
      const stream = createRandomStreams(seed).stream(name)
      const original = seedrandom.alea(digestUnits([name, seed]))
      for (let i = 0; i < 20; i++) expect(stream.next()).toBe(original())
    }),
    { seed: 3 },
  )
})

test('streams whose names differ in one letter, or by their seed, have nothing in common', () => {
  const firsts = Array.from({ length: 20_000 }, (_, i) =>
    createRandomStreams(`${i % 2}`)
      .stream(`node-${i >> 1}/kubelet`)
      .next(),
  )
  expect(new Set(firsts).size).toBe(firsts.length)
  // In sixteen parts of a range each has its share: chi-square with 15 degrees of freedom, beyond 37.7 in one of a thousand draws.
  expect(chiSquare(firsts)).toBeLessThan(37.7)
  const distances = firsts.flatMap((value, i) => (i === 0 ? [] : [(value - (firsts[i - 1] ?? 0) + 1) % 1]))
  expect(chiSquare(distances)).toBeLessThan(37.7)
})

function chiSquare(values: readonly number[]): number {
  const counts = new Array<number>(16).fill(0)
  for (const value of values) counts[Math.floor(value * 16)] = (counts[Math.floor(value * 16)] ?? 0) + 1
  const expected = values.length / 16
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0)
}

test('32 bits are those of a whole number below 2 to the power of 32', () => {
  const [bits, integers] = [createRandomStreams('seed').stream('a'), createRandomStreams('seed').stream('a')]
  for (let i = 0; i < 50; i++) expect(bits.bits()).toBe(integers.integer(0, 2 ** 32))
})

test('the same name goes on where it stopped, until it is released', () => {
  const streams = createRandomStreams('seed')
  const first = streams.stream('a').next()
  expect(streams.stream('a').next()).not.toBe(first)
  streams.release('a')
  expect(streams.stream('a').next()).toBe(first)
})

test('a loose stream draws as the one of its name does, and is known to nobody else', () => {
  const streams = createRandomStreams('seed')
  const known = streams.stream('a')
  const loose = streams.loose('a')
  expect([loose.next(), loose.next()]).toEqual([known.next(), known.next()])
  expect(streams.loose('a').next()).toBe(createRandomStreams('seed').stream('a').next())
})

test("L5 until the seed is sown, streams are the same for all seeds, but for those that are the seed's all along", () => {
  const drawn = (seed: string) => {
    const streams = createLateStreams(seed, (name) => name === 'own')
    const [common, own] = [streams.stream('common'), streams.stream('own')]
    const before = [common.next(), own.next()]
    streams.sow()
    return { before, after: [common.next(), own.next(), streams.stream('new').next()] }
  }
  const [one, two] = [drawn('1'), drawn('2')]
  expect(one.before[0]).toBe(two.before[0])
  expect(one.before[1]).not.toBe(two.before[1])
  // What is sown begins; what was the seed's goes on.
  const plain = createRandomStreams('1')
  expect(one.before[1]).toBe(plain.stream('own').next())
  expect(one.after).toEqual([plain.stream('common').next(), plain.stream('own').next(), plain.stream('new').next()])
})

test('streams of a family are those of their whole names, and begin anew once they were let go', () => {
  const [whole, parts] = [createRandomStreams('seed'), createRandomStreams('seed')]
  const family = parts.family('node-1/kubelet/pod/')
  const drawn = [1, 2, 3].map(() => family.stream('u').next())
  expect(drawn).toEqual([1, 2, 3].map(() => whole.stream('node-1/kubelet/pod/u').next()))
  expect(parts.family('node-1/kubelet/pod/')).toBe(family)
  family.release('u')
  expect(family.stream('u').next()).toBe(drawn[0])
})

test('what a family drew before the seed counts is forgotten', () => {
  const late = createLateStreams('seed', () => false)
  late.family('a/').stream('b').next()
  late.sow()
  expect(late.family('a/').stream('b').next()).toBe(createRandomStreams('seed').stream('a/b').next())
})
