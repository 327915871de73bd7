import { of, Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { after } from '../../src/kernel/after.ts'
import { all, settled } from '../../src/kernel/all.ts'
import { firstOf } from '../../src/kernel/first-of.ts'
import { hear } from '../../src/kernel/hear.ts'
import { createKernel, type Kernel } from '../../src/kernel/kernel.ts'
import { process } from '../../src/kernel/process.ts'
import { attempt, forever, type Steps, sleep, wait } from '../../src/kernel/steps.ts'

function* answerIn(ms: number, value: string, log: string[] = []): Steps<string> {
  let isDone = false
  try {
    yield* sleep(ms)
    isDone = true
    return value
  } finally {
    if (!isDone) log.push(`${value} ended`)
  }
}

function* refuseIn(ms: number, reason: string): Steps<string> {
  yield* sleep(ms)
  throw { reason }
}

interface Refusal {
  readonly reason: string
}

const answering = (kernel: Kernel, ms: number, value: string, log?: string[]) =>
  process<string, Refusal>(kernel, () => answerIn(ms, value, log))
const refusing = (kernel: Kernel, ms: number, reason: string) =>
  process<string, Refusal>(kernel, () => refuseIn(ms, reason))

function outcome<T>(kernel: Kernel, body: () => Steps<T>): { value?: T; at?: number } {
  const seen: { value?: T; at?: number } = {}
  process(kernel, body).subscribe((value) => {
    seen.value = value
    seen.at = kernel.now()
  })
  kernel.runUntil(1000)
  return seen
}

describe('all', () => {
  test('waits for the last and keeps the order of the parts', () => {
    const kernel = createKernel()
    const parts = [answering(kernel, 30, 'a'), answering(kernel, 10, 'b'), answering(kernel, 20, 'c')]
    expect(outcome(kernel, () => attempted(all(parts)))).toEqual({
      value: { ok: true, value: ['a', 'b', 'c'] },
      at: 30,
    })
  })

  test('of nothing answers at once', () => {
    expect(outcome(createKernel(), () => attempted(all([])))).toEqual({ value: { ok: true, value: [] }, at: 0 })
  })

  test('is refused with the first refusal, which ends the others', () => {
    const kernel = createKernel()
    const log: string[] = []
    const parts = [answering(kernel, 30, 'a', log), refusing(kernel, 10, 'Gone'), answering(kernel, 5, 'c', log)]
    expect(outcome(kernel, () => attempted(all(parts)))).toEqual({
      value: { ok: false, error: { reason: 'Gone' } },
      at: 10,
    })
    expect(log).toEqual(['a ended'])
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('of settled parts waits for the refused ones too', () => {
    const kernel = createKernel()
    const parts = [refusing(kernel, 10, 'Gone'), answering(kernel, 20, 'b')].map(settled)
    expect(outcome(kernel, () => attempted(all(parts)))).toEqual({
      value: {
        ok: true,
        value: [
          { ok: false, error: { reason: 'Gone' } },
          { ok: true, value: 'b' },
        ],
      },
      at: 20,
    })
  })

  test('ends all parts when it is ended', () => {
    const kernel = createKernel()
    const log: string[] = []
    const run = all([answering(kernel, 30, 'a', log), answering(kernel, 10, 'b', log)]).subscribe()
    kernel.runUntil(15)
    run.unsubscribe()
    expect(log).toEqual(['a ended'])
    expect(kernel.nextAt()).toBeUndefined()
  })
})

describe('firstOf', () => {
  test('answers as the first that answers and ends the others', () => {
    const kernel = createKernel()
    const log: string[] = []
    const race = firstOf(answering(kernel, 30, 'slow', log), answering(kernel, 10, 'quick', log))
    expect(outcome(kernel, () => attempted(race))).toEqual({ value: { ok: true, value: 'quick' }, at: 10 })
    expect(log).toEqual(['slow ended'])
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('of two that are due at one instant takes the one that was begun first', () => {
    const kernel = createKernel()
    const race = firstOf(answering(kernel, 10, 'first'), answering(kernel, 10, 'second'))
    expect(outcome(kernel, () => attempted(race)).value).toEqual({ ok: true, value: 'first' })
  })

  test('begins nothing more once one has answered, and takes plain Observables', () => {
    const kernel = createKernel()
    const log: string[] = []
    const race = firstOf<string>(of('at once'), answering(kernel, 10, 'never begun', log))
    expect(outcome(kernel, () => waited(race))).toEqual({ value: 'at once', at: 0 })
    expect(log).toEqual([])
  })

  test('is a deadline with after', () => {
    const kernel = createKernel()
    const log: string[] = []
    const race = firstOf<unknown>(answering(kernel, 30, 'answer', log), after(kernel, 20))
    expect(outcome(kernel, () => waited(race))).toEqual({ value: undefined, at: 20 })
    expect(log).toEqual(['answer ended'])
  })
})

describe('hear', () => {
  test('hears a stream until it has heard enough', () => {
    const kernel = createKernel()
    const source = new Subject<number>()
    const heard: number[] = []
    const enough = hear(source, (value) => {
      heard.push(value)
      return value === 3 ? 'three' : undefined
    })
    for (const value of [1, 2, 3, 4]) kernel.schedule(value, () => source.next(value))
    expect(outcome(kernel, () => waited(enough))).toEqual({ value: 'three', at: 3 })
    expect(heard).toEqual([1, 2, 3])
    expect(source.observed).toBe(false)
  })

  test('answers undefined when the stream completes', () => {
    const kernel = createKernel()
    expect(outcome(kernel, () => waited(hear(of(1, 2), () => undefined)))).toEqual({ value: undefined, at: 0 })
  })

  test('is refused as the stream is', () => {
    const kernel = createKernel()
    const source = new Subject<number>()
    kernel.schedule(5, () => source.error({ reason: 'Expired' }))
    const heard = hear<number, never, Refusal>(source, () => undefined)
    expect(outcome(kernel, () => attempted(heard)).value).toEqual({ ok: false, error: { reason: 'Expired' } })
  })

  test('hears nothing after it was ended from within', () => {
    const kernel = createKernel()
    const source = new Subject<number>()
    const heard: number[] = []
    const run: { end?: () => void } = {}
    function* body(): Steps<never> {
      yield* wait(
        hear(source, (value) => {
          heard.push(value)
          run.end?.()
          return 'ignored'
        }),
      )
      heard.push(-1)
      return yield* forever()
    }
    const subscription = process(kernel, body).subscribe()
    run.end = () => subscription.unsubscribe()
    source.next(1)
    source.next(2)
    expect(heard).toEqual([1])
  })
})

function* attempted<T, E>(what: Parameters<typeof attempt<T, E>>[0]) {
  return yield* attempt(what)
}

function* waited<T>(what: Parameters<typeof hear<T, T>>[0]) {
  return yield* wait(what)
}
