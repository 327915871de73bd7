import fc from 'fast-check'
import { expect, test } from 'vitest'
import { JsonReader } from '../../src/api/decoding/json-reader.ts'
import { tries } from '../tries.ts'

/** Texts that are hard to find the end of. */
const texts = fc.string({ unit: fc.constantFrom('"', '\\', 'a', '\n', '{', ',', '\u00e4'), maxLength: 12 })

/** Takes an object of texts and lists of them apart, as a decoder does. */
function readBack(json: string): unknown {
  const reader = new JsonReader(json)
  const found: [string, unknown][] = []
  for (const name of reader.members()) {
    if (reader.peek() === 'string') found.push([name, reader.text()])
    else found.push([name, JSON.parse(reader.take())])
  }
  return Object.fromEntries(found)
}

test('a text ends at the first quote that is not escaped, whatever stands before it', () => {
  fc.assert(
    fc.property(fc.dictionary(texts, fc.oneof(texts, fc.array(texts), fc.integer())), (value) => {
      expect(readBack(JSON.stringify(value))).toEqual({ ...value })
    }),
    { numRuns: tries(800) },
  )
})
