import { expect, test } from 'vitest'
import { type Accident, accidents, oneOfEach, seenAndUnseen } from './accidents.ts'

const others = (Object.keys(accidents) as Accident[]) // its own keys
  .filter((accident) => !oneOfEach.includes(accident))

test.each(others)('S1, L5: to look is not to touch, %s', (accident) => {
  const [seen, unseen] = seenAndUnseen(accidents[accident])
  expect(seen).toBe(unseen)
})
