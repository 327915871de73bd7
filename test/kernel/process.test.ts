import { EMPTY, NEVER, Observable, of, Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { createKernel, type Kernel } from '../../src/kernel/kernel.ts'
import { Once, type Receiver } from '../../src/kernel/once.ts'
import { process } from '../../src/kernel/process.ts'
import { attempt, endable, forever, type Steps, sleep, wait } from '../../src/kernel/steps.ts'

/** A request that is answered in `ms`, or refused, and notes when it is cancelled. */
class Request extends Once<string, { readonly reason: string }> {
  private readonly kernel: Kernel
  private readonly ms: number
  private readonly refusal: string | undefined
  private readonly log: string[]

  constructor(kernel: Kernel, ms: number, refusal?: string, log: string[] = []) {
    super()
    this.kernel = kernel
    this.ms = ms
    this.refusal = refusal
    this.log = log
  }

  override begin(receiver: Receiver<string, { readonly reason: string }>) {
    const { kernel, refusal } = this
    const timer = kernel.schedule(this.ms, () =>
      refusal === undefined ? receiver.answered('yes') : receiver.failed({ reason: refusal }),
    )
    return {
      unsubscribe: () => {
        this.log.push('request cancelled')
        timer.cancel()
      },
    }
  }
}

function ran(body: (kernel: Kernel, log: string[]) => Steps<unknown>): readonly string[] {
  const kernel = createKernel()
  const log: string[] = []
  process(kernel, () => body(kernel, log)).subscribe({
    next: (value) => log.push(`${kernel.now()} answered ${String(value)}`),
    error: (refusal) => log.push(`${kernel.now()} refused ${refusal.reason}`),
    complete: () => log.push('complete'),
  })
  kernel.runUntil(1000)
  return log
}

describe('a process', () => {
  test('reads from top to bottom while virtual time passes', () => {
    const log = ran(function* (kernel, log) {
      log.push(`${kernel.now()} begins`)
      yield* sleep(10)
      const answer = yield* wait(new Request(kernel, 20))
      log.push(`${kernel.now()} ${answer}`)
      return 'done'
    })
    expect(log).toEqual(['0 begins', '30 yes', '30 answered done', 'complete'])
  })

  test('does nothing before it is subscribed to, and goes anew for each who subscribes', () => {
    const kernel = createKernel()
    let begun = 0
    function* body(): Steps<number> {
      begun++
      yield* sleep(1)
      return begun
    }
    const work = process(kernel, body)
    expect(begun).toBe(0)
    const answers: number[] = []
    work.subscribe((value) => answers.push(value))
    work.subscribe((value) => answers.push(value))
    kernel.runUntil(1)
    expect(answers).toEqual([2, 2])
  })

  test('has a refusal as data by attempt', () => {
    const log = ran(function* (kernel, log) {
      const reply = yield* attempt(new Request(kernel, 5, 'Conflict'))
      log.push(reply.ok ? reply.value : reply.error.reason)
      const second = yield* attempt(new Request(kernel, 5))
      return second.ok && second.value
    })
    expect(log).toEqual(['Conflict', '10 answered yes', 'complete'])
  })

  test('is refused as what it waits for is, unless it catches that', () => {
    const log = ran(function* (kernel, log) {
      try {
        yield* wait(new Request(kernel, 5, 'Gone'))
      } catch (refusal) {
        log.push(`caught ${(refusal as { reason: string }).reason}`)
      }
      yield* wait(new Request(kernel, 5, 'Forbidden'))
    })
    expect(log).toEqual(['caught Gone', '10 refused Forbidden'])
  })

  test('waits for the first value of any Observable, and hears that there is none', () => {
    const log = ran(function* (_, log) {
      log.push(String(yield* wait(of('a', 'b'))))
      log.push(String(yield* wait(EMPTY)))
    })
    expect(log).toEqual(['a', 'undefined', '0 answered undefined', 'complete'])
  })

  test('does not nest when answers come within the call, however many', () => {
    const log = ran(function* () {
      let sum = 0
      for (let i = 0; i < 50_000; i++) sum += (yield* wait(of(1))) ?? 0
      return sum
    })
    expect(log[0]).toBe('0 answered 50000')
  })

  test('runs within the event that answers it: what follows has the cause of the answer', () => {
    const kernel = createKernel()
    const causes: number[] = []
    const source = new Subject<void>()
    function* body(): Steps<void> {
      yield* wait(source)
      causes.push(kernel.cause)
      yield* sleep(3)
      causes.push(kernel.cause)
    }
    process(kernel, body).subscribe()
    kernel.schedule(1, () => {
      kernel.cause = 7
      source.next()
    })
    kernel.runUntil(10)
    expect(causes).toEqual([7, 7])
  })
})

describe('ending a process', () => {
  test('cancels what it waits for and runs its finally blocks from the inside out', () => {
    const kernel = createKernel()
    const log: string[] = []
    function* inner(): Steps<void> {
      try {
        yield* wait(new Request(kernel, 100, undefined, log))
      } finally {
        log.push('inner finally')
      }
    }
    function* outer(): Steps<void> {
      try {
        yield* sleep(10)
        yield* inner()
      } finally {
        log.push('outer finally')
      }
    }
    const run = process(kernel, outer).subscribe(() => log.push('wrong'))
    kernel.runUntil(50)
    run.unsubscribe()
    expect(log).toEqual(['request cancelled', 'inner finally', 'outer finally'])
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('takes its sleep off the queue', () => {
    const kernel = createKernel()
    const run = process(kernel, () => sleepOnce(1000)).subscribe()
    run.unsubscribe()
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('from within lets it run on to where it waits, or to where it says that it may be ended', () => {
    const kernel = createKernel()
    const log: string[] = []
    const run: { end?: () => void } = {}
    function* body(stops: boolean): Steps<void> {
      try {
        yield* sleep(1)
        run.end?.()
        log.push('still runs')
        if (stops) yield* endable()
        log.push(stops ? 'wrong' : 'and on')
        yield* sleep(1)
        log.push('wrong')
      } finally {
        log.push('finally')
      }
    }
    for (const stops of [false, true]) {
      const subscription = process(kernel, () => body(stops)).subscribe(() => log.push('wrong'))
      run.end = () => subscription.unsubscribe()
      kernel.runUntil(kernel.now() + 20)
    }
    expect(log).toEqual(['still runs', 'and on', 'finally', 'still runs', 'finally'])
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('within its first stretch works too, and through whoever waits for it', () => {
    const kernel = createKernel()
    const log: string[] = []
    const end = new Subject<void>()
    function* inner(): Steps<void> {
      end.next()
      yield* endable()
      log.push('wrong')
      yield* forever()
    }
    function* outer(): Steps<void> {
      try {
        yield* wait(process(kernel, inner))
      } finally {
        log.push('outer finally')
      }
    }
    const receiver: Receiver<void> = {
      begun: (run) => end.subscribe(() => run.unsubscribe()),
      answered: () => log.push('wrong'),
      failed: () => log.push('wrong'),
    }
    process(kernel, outer).begin(receiver)
    expect(log).toEqual(['outer finally'])
  })

  test('while it is just asking ends what it asked', () => {
    const kernel = createKernel()
    const log: string[] = []
    const run: { end?: () => void } = {}
    const asked = new Observable<void>(() => {
      run.end?.()
      return () => log.push('request cancelled')
    })
    function* body(): Steps<void> {
      yield* sleep(1)
      yield* wait(asked)
    }
    const subscription = process(kernel, body).subscribe()
    run.end = () => subscription.unsubscribe()
    kernel.runUntil(5)
    expect(log).toEqual(['request cancelled'])
  })

  test('is the only way on from forever', () => {
    const kernel = createKernel()
    const log: string[] = []
    function* body(): Steps<never> {
      try {
        return yield* forever()
      } finally {
        log.push('finally')
      }
    }
    const run = process(kernel, body).subscribe(() => log.push('wrong'))
    kernel.runUntil(1000)
    expect(kernel.nextAt()).toBeUndefined()
    run.unsubscribe()
    expect(log).toEqual(['finally'])
  })

  test('does not wait in a finally block: that is a bug', () => {
    const kernel = createKernel()
    function* body(): Steps<void> {
      try {
        yield* wait(NEVER)
      } finally {
        yield* sleep(1)
      }
    }
    const run = process(kernel, body).begin({ answered: () => {}, failed: () => {} })
    expect(() => run?.unsubscribe()).toThrow('the finally block of a process does not wait')
    // It was told to who ended it, so the next run, which may be of another simulation, is none the worse.
    createKernel().runUntil(1)
  })
})

function* sleepOnce(ms: number): Steps<void> {
  yield* sleep(ms)
}
