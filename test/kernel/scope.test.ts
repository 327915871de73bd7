import { EMPTY, Subject } from 'rxjs'
import { describe, expect, test } from 'vitest'
import { createKernel } from '../../src/kernel/kernel.ts'
import { process } from '../../src/kernel/process.ts'
import { Scope } from '../../src/kernel/scope.ts'
import { endable, type Steps, sleep } from '../../src/kernel/steps.ts'

function* work(name: string, ms: number, log: string[]): Steps<string> {
  try {
    yield* sleep(ms)
    return name
  } finally {
    log.push(`${name} over`)
  }
}

describe('a scope', () => {
  test('ends all that was started in it, in the order in which it was started', () => {
    const kernel = createKernel()
    const log: string[] = []
    const scope = new Scope()
    const source = new Subject<string>()
    for (const name of ['a', 'b']) scope.start(process(kernel, () => work(name, 50, log)))
    scope.start(source, (value) => log.push(value))
    source.next('heard')
    kernel.runUntil(10)
    scope.end()
    source.next('wrong')
    expect(log).toEqual(['heard', 'a over', 'b over'])
    expect([kernel.nextAt(), source.observed, scope.size]).toEqual([undefined, false, 0])
  })

  test('forgets what ended by itself, and tells its answer', () => {
    const kernel = createKernel()
    const log: string[] = []
    const scope = new Scope()
    scope.start(
      process(kernel, () => work('a', 5, log)),
      (answer) => log.push(`answered ${answer}`),
    )
    scope.start(EMPTY)
    expect(scope.size).toBe(1)
    kernel.runUntil(5)
    expect(log).toEqual(['a over', 'answered a'])
    expect(scope.size).toBe(0)
  })

  test('lets one piece of work be ended alone', () => {
    const kernel = createKernel()
    const log: string[] = []
    const scope = new Scope()
    const first = scope.start(process(kernel, () => work('first', 5, log)))
    scope.start(process(kernel, () => work('second', 5, log)))
    first.unsubscribe()
    expect(log).toEqual(['first over'])
    expect(scope.size).toBe(1)
  })

  test('starts nothing once it has ended, and ends at once what is added then', () => {
    const kernel = createKernel()
    const log: string[] = []
    const scope = new Scope()
    scope.end()
    scope.start(process(kernel, () => work('wrong', 5, log)))
    scope.add({ unsubscribe: () => log.push('ended at once') })
    expect(log).toEqual(['ended at once'])
    expect(kernel.nextAt()).toBeUndefined()
  })

  test('that is ended by what it just starts ends that too', () => {
    const kernel = createKernel()
    const log: string[] = []
    const scope = new Scope()
    function* ender(): Steps<void> {
      scope.end()
      yield* endable()
      log.push('wrong')
    }
    scope.start(process(kernel, ender))
    expect(log).toEqual([])
    expect(scope.size).toBe(0)
  })

  test('ends with the scope around it', () => {
    const log: string[] = []
    const outer = new Scope()
    const inner = outer.add(new Scope())
    inner.add({ unsubscribe: () => log.push('inner ended') })
    outer.end()
    expect(log).toEqual(['inner ended'])
    expect(inner.isEnded).toBe(true)
  })

  test('takes a refusal that nobody waits for as a bug', () => {
    const kernel = createKernel()
    function* refused(): Steps<void> {
      yield* sleep(5)
      throw { reason: 'Forbidden' }
    }
    new Scope().start(process(kernel, refused))
    expect(() => kernel.runUntil(10)).toThrow('nobody waits for what was refused: {"reason":"Forbidden"}')
    expect(kernel.now()).toBe(5)
  })
})
