import { catchError, config, defer, EMPTY, filter, map, NEVER, Observable, of, retry, Subject, timer } from 'rxjs'
import { timeoutProvider } from 'rxjs/internal/scheduler/timeoutProvider'
import { describe, expect, test } from 'vitest'
import { hear } from '../../src/kernel/hear.ts'
import { createKernel, type Kernel } from '../../src/kernel/kernel.ts'
import { process } from '../../src/kernel/process.ts'
import { rxScheduler } from '../../src/kernel/rx-scheduler.ts'
import { Scope } from '../../src/kernel/scope.ts'
import { attempt, type Steps, sleep, wait } from '../../src/kernel/steps.ts'

/** Runs what is arranged for a minute; tells the instant at which a bug ended it. */
function endOf(arrange: (kernel: Kernel) => void): string {
  const kernel = createKernel()
  kernel.schedule(1, () => arrange(kernel))
  try {
    kernel.runUntil(60_000)
  } catch (error) {
    return `${(error as Error).message} at ${kernel.now()}`
  }
  return 'went on'
}

const fail = (): never => {
  throw new Error('bug')
}

const once = <T>(value: T) => {
  const source = new Subject<T>()
  return { source, tell: () => source.next(value) }
}

describe('a bug ends the run at its instant, without a timer of the host', () => {
  test.each<[string, (kernel: Kernel) => void]>([
    ['in a handler', () => of(1).subscribe(fail)],
    [
      'in a handler below operators',
      () => {
        const { source, tell } = once(1)
        source.pipe(map((x) => x)).subscribe()
        source
          .pipe(
            map((x) => x),
            filter(() => true),
          )
          .subscribe(fail)
        tell()
      },
    ],
    ['in an operator', () => of(1).pipe(map(fail)).subscribe()],
    [
      'in a handler, though a catchError stands below',
      () =>
        of(1)
          .pipe(catchError(() => EMPTY))
          .subscribe(fail),
    ],
    ['in a process that is begun', (kernel) => process(kernel, buggy).begin({ answered() {}, failed() {} })],
    ['in a process that is subscribed to', (kernel) => process(kernel, buggy).subscribe()],
    ['in a process whose errors are heard', (kernel) => process(kernel, buggy).subscribe({ error() {} })],
    ['in a process of a scope', (kernel) => new Scope().start(process(kernel, buggy))],
    [
      'in a process under a retry',
      (kernel) =>
        process(kernel, buggy)
          .pipe(retry({ delay: () => timer(1000, rxScheduler(kernel)) }))
          .subscribe({ error() {} }),
    ],
    [
      'in a process that another attempts',
      (kernel) => process(kernel, () => attempting(process(kernel, buggy))).subscribe({ error() {} }),
    ],
    [
      'in an operator of a stream that a process waits for',
      (kernel) => process(kernel, () => attempting(hear(of(1).pipe(map(fail)), () => undefined))).subscribe(),
    ],
    [
      'in what hears a stream for a process',
      (kernel) => process(kernel, () => attempting(hear(of(1), fail))).subscribe({ error() {} }),
    ],
    [
      'after the stream has ended, where RxJS keeps silent',
      () =>
        new Observable((subscriber) => {
          subscriber.complete()
          fail()
        }).subscribe(),
    ],
    [
      'in a finally block',
      (kernel) => {
        const run = process(kernel, failingAtEnd).subscribe()
        run.unsubscribe()
      },
    ],
  ])('%s', (_, arrange) => {
    expect(endOf(arrange)).toBe('bug at 1')
  })

  test('in a process that has slept, at the instant at which it went on', () => {
    expect(endOf((kernel) => process(kernel, () => buggyAfter(500)).subscribe())).toBe('bug at 501')
  })

  test('a refusal that nobody handles is one', () => {
    expect(endOf(() => new Observable((s) => s.error({ reason: 'Gone' })).subscribe())).toBe(
      'a refusal that nobody took: {"reason":"Gone"} at 1',
    )
  })

  test('and the next run is its own', () => {
    const kernel = createKernel()
    kernel.schedule(1, () => of(1).subscribe(fail))
    kernel.schedule(2, () => {})
    expect(() => kernel.runUntil(10)).toThrow('bug')
    kernel.runUntil(10)
    expect(kernel.now()).toBe(10)
  })
})

test('a bug in the first stretch of a process that is subscribed to between runs comes out of the call', () => {
  expect(() => process(createKernel(), buggy).subscribe()).toThrow('bug')
})

test('RxJS is its old self outside of a run', () => {
  const before = [timeoutProvider.delegate, config.onUnhandledError, config.onStoppedNotification]
  const kernel = createKernel()
  kernel.schedule(1, () => of(1).subscribe(fail))
  expect(() => kernel.runUntil(10)).toThrow('bug')
  NEVER.subscribe()
  expect([timeoutProvider.delegate, config.onUnhandledError, config.onStoppedNotification]).toEqual(before)
})

test('a retry that waits on virtual time asks no host timer for what it was refused', () => {
  const kernel = createKernel()
  let tries = 0
  const answers: number[] = []
  defer(() => (++tries < 3 ? new Observable<number>((s) => s.error({ reason: 'Timeout' })) : of(tries)))
    .pipe(retry({ delay: () => timer(10, rxScheduler(kernel)) }))
    .subscribe((value) => answers.push(value))
  kernel.runUntil(100)
  expect(answers).toEqual([3])
})

function* buggy(): Steps<void> {
  fail()
  yield* sleep(0)
}

function* buggyAfter(ms: number): Steps<void> {
  yield* sleep(ms)
  fail()
}

function* failingAtEnd(): Steps<void> {
  try {
    yield* wait(NEVER)
  } finally {
    fail()
  }
}

function* attempting<T>(what: Parameters<typeof attempt<T, unknown>>[0]): Steps<void> {
  yield* attempt(what)
}
