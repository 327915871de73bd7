import { concatMap, delay, interval, observeOn, of, retry, Subject, take, throwError, timer } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { createActor, createMachine } from 'xstate'
import { createKernel } from '../../src/kernel/kernel.ts'
import { rxScheduler } from '../../src/kernel/rx-scheduler.ts'
import { xstateClock } from '../../src/kernel/xstate-clock.ts'

describe('RxJS on the kernel', () => {
  test('timer, interval, delay and retry run on virtual time', () => {
    const kernel = createKernel()
    const scheduler = rxScheduler(kernel)
    const seen: [string, number][] = []
    timer(250, scheduler).subscribe(() => seen.push(['timer', kernel.now()]))
    interval(100, scheduler)
      .pipe(take(3))
      .subscribe(() => seen.push(['interval', kernel.now()]))
    of('x')
      .pipe(delay(120, scheduler))
      .subscribe(() => seen.push(['delay', kernel.now()]))
    let tries = 0
    of(1)
      .pipe(
        concatMap(() => (++tries < 3 ? throwError(() => new Error('again')) : of('done'))),
        retry({ delay: () => timer(70, scheduler) }),
      )
      .subscribe(() => seen.push(['retry', kernel.now()]))
    kernel.runUntil(1000)
    expect(seen).toEqual([
      ['interval', 100],
      ['delay', 120],
      ['retry', 140],
      ['interval', 200],
      ['timer', 250],
      ['interval', 300],
    ])
  })

  test('events observed on the scheduler keep their order and arrive in kernel events of their own', () => {
    const kernel = createKernel()
    const source = new Subject<number>()
    const seen: number[] = []
    source.pipe(observeOn(rxScheduler(kernel), 5)).subscribe((value) => seen.push(value))
    source.next(1)
    source.next(2)
    expect(seen).toEqual([])
    kernel.runUntil(5)
    expect(seen).toEqual([1, 2])
  })

  test('unsubscribing takes the work off the queue', () => {
    const kernel = createKernel()
    const subscription = interval(10, rxScheduler(kernel)).subscribe()
    kernel.runUntil(35)
    subscription.unsubscribe()
    expect(kernel.nextAt()).toBeUndefined()
  })
})

describe('XState on the kernel', () => {
  test('chained delayed transitions fire at their own instants', () => {
    const machine = createMachine({
      id: 'light',
      initial: 'red',
      states: { red: { after: { 1000: 'green' } }, green: { after: { 1000: 'off' } }, off: {} },
    })
    const kernel = createKernel()
    const actor = createActor(machine, { id: 'light', clock: xstateClock(kernel) })
    const seen: [unknown, number][] = []
    actor.subscribe((snapshot) => seen.push([snapshot.value, kernel.now()]))
    actor.start()
    kernel.runUntil(5000)
    expect(seen.slice(-2)).toEqual([
      ['green', 1000],
      ['off', 2000],
    ])
    actor.stop()
    expect(kernel.nextAt()).toBeUndefined()
  })
})
