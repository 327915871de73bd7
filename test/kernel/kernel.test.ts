import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defineHandler } from '../../src/kernel/handler.ts'
import { createKernel, EventBudgetError } from '../../src/kernel/kernel.ts'
import { hour } from '../../src/kernel/time.ts'
import { tries } from '../tries.ts'

const noteRun = defineHandler('note', ({ ran, id }: { ran: number[]; id: number }) => ran.push(id))

describe('kernel', () => {
  test('runs events in the order of time, then of asking', () => {
    const kernel = createKernel()
    const ran: string[] = []
    kernel.schedule(10, () => ran.push('b'))
    kernel.schedule(0, () => {
      ran.push('a')
      kernel.schedule(0, () => ran.push('a, asked during a'))
      kernel.schedule(10, () => ran.push('c'))
    })
    kernel.schedule(10, () => ran.push('b, asked before c'))
    kernel.runUntil(10)
    expect(ran).toEqual(['a', 'a, asked during a', 'b', 'b, asked before c', 'c'])
    expect(kernel.now()).toBe(10)
  })

  test('agrees with sorting, whatever is scheduled, cancelled and run in between', () => {
    const delay = fc.oneof(
      fc.integer({ min: 0, max: 600 }),
      fc.integer({ min: 0, max: 100 * hour }),
      fc.constant(2 ** 33),
    )
    const command = fc.oneof(
      { weight: 5, arbitrary: fc.record({ kind: fc.constant('schedule' as const), value: delay }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), value: fc.nat() }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('run' as const), value: delay }) },
    )
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const kernel = createKernel()
        const ran: number[] = []
        const model: { id: number; at: number; cancelled: boolean; ran: boolean }[] = []
        const timers: { cancel(): void }[] = []
        const expected: number[] = []
        const runModel = (end: number) => {
          const due = model.filter((event) => event.at <= end && !event.cancelled && !event.ran)
          due.sort((a, b) => a.at - b.at || a.id - b.id)
          for (const event of due) {
            event.ran = true
            expected.push(event.id)
          }
        }
        for (const { kind, value } of commands) {
          if (kind === 'schedule') {
            const id = model.length
            model.push({ id, at: kernel.now() + value, cancelled: false, ran: false })
            if (id % 2 === 0) timers.push(kernel.schedule(value, () => ran.push(id)))
            else {
              const ticket = kernel.post(value, noteRun, { ran, id })
              timers.push({ cancel: () => kernel.cancel(ticket) })
            }
          } else if (kind === 'cancel' && timers.length > 0) {
            const chosen = value % timers.length
            timers[chosen]?.cancel()
            const event = model[chosen]
            if (event !== undefined && !event.ran) event.cancelled = true
          } else if (kind === 'run') {
            const end = kernel.now() + value
            const pending = model.filter((event) => !event.cancelled && !event.ran).map(({ at }) => at)
            expect(kernel.nextAt()).toBe(pending.length === 0 ? undefined : Math.min(...pending))
            runModel(end)
            kernel.runUntil(end)
            expect(kernel.now()).toBe(end)
          }
        }
        runModel(Number.POSITIVE_INFINITY)
        while (kernel.step());
        expect(ran).toEqual(expected)
      }),
      { numRuns: tries(600) },
    )
  })

  test('runs until a condition holds and leaves the clock at that event', () => {
    const kernel = createKernel()
    let count = 0
    for (let at = 100; at <= 500; at += 100) kernel.schedule(at, () => count++)
    expect(kernel.runUntilTrue(() => count === 3, 1000)).toBe(true)
    expect(kernel.now()).toBe(300)
    expect(kernel.runUntilTrue(() => count === 9, 1000)).toBe(false)
    expect(kernel.now()).toBe(1000)
  })

  test('work inherits the cause in force when it was scheduled', () => {
    const kernel = createKernel()
    const seen: number[] = []
    kernel.cause = 7
    kernel.schedule(5, () => seen.push(kernel.cause))
    kernel.cause = 8
    kernel.schedule(5, () => {
      seen.push(kernel.cause)
      kernel.schedule(1, () => seen.push(kernel.cause))
    })
    kernel.runUntil(10)
    expect(seen).toEqual([7, 8, 8])
    expect(kernel.cause).toBe(0)
  })

  test('a livelock is an error that names the cycle', () => {
    const kernel = createKernel({ maxEventsPerInstant: 500 })
    const ping = () => void kernel.schedule(0, pong)
    const pong = () => void kernel.schedule(0, ping)
    kernel.schedule(3, ping)
    const thrown = captured(() => kernel.runUntil(10))
    expect(thrown).toBeInstanceOf(EventBudgetError)
    expect(String(thrown)).toMatch(/at 3 ms without time moving; they repeat (ping -> pong|pong -> ping)/)
  })

  test('a budget of events ends a run that goes on for too long', () => {
    const kernel = createKernel()
    const tick = () => void kernel.schedule(10, tick)
    tick()
    kernel.runUntil(1000)
    kernel.limitEvents(50)
    expect(() => kernel.runUntil(10_000)).toThrow('more than 50 events ran by')
    expect(kernel.now()).toBeLessThan(1600)
  })

  test('a delay that is no whole number of ms is a bug of the caller', () => {
    const kernel = createKernel()
    for (const delay of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => kernel.schedule(delay, () => {})).toThrow(/a delay is a whole number/)
    }
  })
})

function captured(work: () => void): unknown {
  try {
    work()
  } catch (error) {
    return error
  }
  return undefined
}
