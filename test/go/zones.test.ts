import { expect, test } from 'vitest'
import { offsetAt, zoneProblem } from '../../src/go/zones.ts'
import { parseRfc3339 } from '../../src/kernel/calendar.ts'

/** Source: the IANA time zone database; the rules of the years are those of its files europe, northamerica, africa, australasia. */
test.each([
  ['UTC', '2020-05-01T00:00:00Z', 0],
  ['Europe/Berlin', '2024-03-31T00:59:59Z', 60],
  ['Europe/Berlin', '2024-03-31T01:00:00Z', 120],
  ['Europe/Berlin', '2024-10-27T01:00:00Z', 60],
  ['America/Vancouver', '2024-07-01T00:00:00Z', -420],
  ['America/Sao_Paulo', '2019-02-01T00:00:00Z', -120],
  ['America/Sao_Paulo', '2020-12-01T00:00:00Z', -180],
  ['Africa/Cairo', '2020-07-01T00:00:00Z', 120],
  ['Africa/Cairo', '2024-07-01T00:00:00Z', 180],
  ['Africa/Casablanca', '2024-03-20T00:00:00Z', 0],
  ['Africa/Casablanca', '2024-05-01T00:00:00Z', 60],
  ['Australia/Lord_Howe', '2024-01-01T00:00:00Z', 660],
  ['Australia/Lord_Howe', '2024-07-01T00:00:00Z', 630],
  ['Asia/Kathmandu', '2020-05-01T00:00:00Z', 345],
  ['Etc/GMT+5', '2020-05-01T00:00:00Z', -300],
  ['US/Pacific', '2045-01-01T00:00:00Z', -480],
])('clocks in %s are at %s ahead of UTC by %d minutes', (zone, at, minutes) => {
  expect(zoneProblem(zone)).toBeUndefined()
  expect(offsetAt(zone, parseRfc3339(at) ?? 0)).toBe(minutes * 60_000)
})

test('names are those of the database, as they are written', () => {
  expect(zoneProblem('europe/berlin')).toBe('unknown time zone europe/berlin')
})
