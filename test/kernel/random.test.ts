import fc from 'fast-check'
import seedrandom from 'seedrandom'
import { expect, test } from 'vitest'
import { createRandomStreams } from '../../src/kernel/random.ts'

test('a stream gives the numbers of seedrandom.alea for seed and name, whatever is in them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), (seed, name) => {
      const stream = createRandomStreams(seed).stream(name)
      const original = seedrandom.alea(`${seed}/${name}`)
      for (let i = 0; i < 20; i++) expect(stream.next()).toBe(original())
    }),
    { seed: 3 },
  )
})

test('the same name goes on where it stopped, until it is released', () => {
  const streams = createRandomStreams('seed')
  const first = streams.stream('a').next()
  expect(streams.stream('a').next()).not.toBe(first)
  streams.release('a')
  expect(streams.stream('a').next()).toBe(first)
})
