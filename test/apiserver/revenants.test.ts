import { describe, expect, test } from 'vitest'
import { Revenants } from '../../src/apiserver/watch/revenants.ts'

const asking = (revision: number) => {
  const revenant = { revision, warned: 0, warn: () => void revenant.warned++ }
  return revenant
}

/** Who comes back from some revision one day is warned before what it will ask for is forgotten. */
describe('revenants', () => {
  test('are warned when their revision goes, at the latest, and once', () => {
    const revenants = new Revenants()
    const [old, young] = [asking(10), asking(500)]
    expect([revenants.add(old), revenants.add(young)]).toEqual([true, true])
    revenants.forget(100)
    revenants.forget(400)
    expect([old.warned, young.warned]).toEqual([1, 0])
  })

  test('may come late, as long as their revision is not forgotten: all that lies behind it is there', () => {
    const revenants = new Revenants()
    revenants.forget(100)
    expect([98, 99, 110].map((revision) => revenants.add(asking(revision)))).toEqual([false, true, true])
  })

  test('who came late is warned in time, unless it has moved on or left', () => {
    const revenants = new Revenants()
    revenants.forget(100)
    const [stays, moves, leaves] = [asking(110), asking(110), asking(110)]
    for (const each of [stays, moves, leaves]) revenants.add(each)
    revenants.forget(111)
    expect(stays.warned).toBe(0)
    moves.revision = 1000
    revenants.remove(leaves)
    revenants.forget(112)
    expect([stays.warned, moves.warned, leaves.warned]).toEqual([1, 0, 0])
    revenants.forget(1100)
    expect(moves.warned).toBe(1)
  })
})
