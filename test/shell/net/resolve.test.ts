import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { candidatesOf, dotsOf } from '../../../src/shell/net/resolve.ts'

const searches = ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local']
const usual = { servers: ['10.96.0.10'], searches, options: ['ndots:5'] }
const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,8}[a-z0-9])?$/)
const name = fc.array(label, { minLength: 1, maxLength: 9 }).map((labels) => labels.join('.'))

describe('names are looked for in the order that resolv.conf says', () => {
  test('a short name in the search list first, then as it is', () => {
    expect(candidatesOf('db', usual)).toEqual([
      'db.default.svc.cluster.local',
      'db.svc.cluster.local',
      'db.cluster.local',
      'db',
    ])
  })

  test('a name with as many dots as ndots, first as it is', () => {
    fc.assert(
      fc.property(name, fc.integer({ min: 0, max: 15 }), (asked, dots) => {
        const found = candidatesOf(asked, { ...usual, options: [`ndots:${dots}`] })
        const isWhole = asked.split('.').length - 1 >= dots
        expect(found.at(isWhole ? 0 : -1)).toBe(asked)
        expect(found.filter((each) => each !== asked)).toEqual(searches.map((domain) => `${asked}.${domain}`))
      }),
    )
  })

  test('a dot at its end makes it whole', () => {
    fc.assert(
      fc.property(name, (asked) => {
        expect(candidatesOf(`${asked}.`, usual)).toEqual([asked])
      }),
    )
  })

  test('ndots is 1 unless it is said, and 15 at most', () => {
    expect(dotsOf({ ...usual, options: [] })).toBe(1)
    expect(dotsOf({ ...usual, options: ['edns0', 'ndots:99'] })).toBe(15)
  })
})
