import { expect, test } from 'vitest'
import { RecentTexts } from '../../src/kernel/recent-texts.ts'

test('a text that was asked for lately is not remembered twice, and what is asked for stays what it is', () => {
  const texts = new RecentTexts()
  const asked = Array.from({ length: 40 }, (_, i) => `Created container c${i % 20}`)
  expect(asked.map((text) => texts.one(text))).toEqual(asked)
  expect(texts.one('Created container c19')).toBe('Created container c19')
})
