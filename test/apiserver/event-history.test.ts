import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { createEventHistory, type EventHistory, historySizeOf } from '../../src/apiserver/watch/event-history.ts'

/** A cache of secrets that began with a list at revision 10, and a clock that is set by hand. */
function world(minor: number) {
  const clock = { now: 0 }
  const history = createEventHistory(historySizeOf(minor, () => clock.now)('secrets'), 10)
  let revision = 10
  const object: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } }
  /** Events, `gapMs` apart. */
  const come = (count: number, gapMs = 0) => {
    for (let index = 0; index < count; index++) {
      history.append({ type: 'MODIFIED', object, old: object, revision: ++revision })
      clock.now += gapMs
    }
  }
  return { clock, history, come }
}

/** From which revision on a watch may begin. */
function reach(history: EventHistory): number {
  const found = history.since(1)
  return found.ok ? 1 : Number(/\((\d+)\)/.exec(found.message)?.[1])
}

describe('facts apiserver 6.2: how far back a watch may begin', () => {
  test('v1.18: a full cache of 100 lets one go for each that comes', () => {
    const { history, come } = world(18)
    come(99)
    expect(reach(history)).toBe(10)
    come(1)
    expect(reach(history)).toBe(10)
    come(5)
    expect(reach(history)).toBe(15)
  })

  test.each([19, 27, 36])('v1.%i: a cache whose events are all of the last 75 s grows instead', (minor) => {
    const { history, come } = world(minor)
    come(5000, 10)
    expect(reach(history)).toBe(10)
    expect(history.since(5009)).toMatchObject({ ok: true, events: [{ revision: 5010 }] })
  })

  test('it does not grow for events that are older', () => {
    const { history, come } = world(19)
    come(100, 1000)
    expect(reach(history)).toBe(10)
    come(7, 1000)
    expect(reach(history)).toBe(17)
  })

  test('it shrinks by half once the newest quarter is older, and never below 100', () => {
    const { clock, history, come } = world(30)
    come(300)
    clock.now += 80_000
    // Grown to 400, of which 300 are there: it must be full before anything goes.
    come(100)
    expect(reach(history)).toBe(10)
    clock.now += 80_000
    come(1)
    expect(reach(history)).toBe(10 + 201)
    clock.now += 80_000
    come(1)
    expect(reach(history)).toBe(10 + 302)
    for (let minute = 0; minute < 120; minute++) come(2, 60_000)
    const before = reach(history)
    come(100, 60_000)
    expect(reach(history)).toBe(before + 100)
  })

  test('it holds 102,400 events at most', () => {
    const { history, come } = world(36)
    come(102_400)
    expect(reach(history)).toBe(10)
    come(3)
    expect(reach(history)).toBe(13)
  })

  test('a copy goes on as the first would', () => {
    const { clock, history, come } = world(36)
    come(250, 100)
    const copy = createEventHistory({ now: () => clock.now }, 0)
    copy.goOnFrom(history.atRest())
    expect(copy.atRest()).toEqual(history.atRest())
    expect(copy.since(200)).toEqual(history.since(200))
  })
})
