import { describe, expect, test } from 'vitest'
import { createRateLimiter } from '../../src/client/rate-limiter.ts'
import { createWorkQueue } from '../../src/client/work-queue.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { sleep } from '../../src/kernel/steps.ts'

describe('the rate limiter', () => {
  test('lets a burst pass at once and the rest in order at its rate', () => {
    const kernel = createKernel()
    const limiter = createRateLimiter(kernel, 5, 10)
    const served: [number, number][] = []
    for (let i = 0; i < 15; i++) served.push([i, limiter.take()])
    kernel.runUntil(5000)
    expect(served.map(([i]) => i)).toEqual(Array.from({ length: 15 }, (_, i) => i))
    expect(served.slice(9).map(([, at]) => at)).toEqual([0, 200, 400, 600, 800, 1000])
    expect([limiter.tryAccept(), limiter.delayMs]).toEqual([true, 0])
  })

  test('has nothing scheduled while nobody waits', () => {
    const kernel = createKernel()
    const limiter = createRateLimiter(kernel, 1 / 300, 25)
    for (let i = 0; i < 25; i++) expect(limiter.tryAccept()).toBe(true)
    expect([limiter.tryAccept(), kernel.nextAt()]).toEqual([false, undefined])
    kernel.runUntil(300_000)
    expect([limiter.tryAccept(), limiter.tryAccept()]).toEqual([true, false])
  })
})

describe('the work queue', () => {
  test('works on a key once however often it was added, and again if it was added meanwhile', () => {
    const kernel = createKernel()
    const done: string[] = []
    const queue = createWorkQueue({
      kernel,
      workers: 1,
      *sync(key) {
        done.push(`${kernel.now()} ${key}`)
        yield* sleep(10)
        return 'done'
      },
    })
    for (const key of ['a', 'b', 'a']) queue.add(key)
    kernel.runUntil(5)
    queue.add('a')
    queue.add('a')
    kernel.runUntil(100)
    expect(done).toEqual(['0 a', '10 b', '20 a'])
  })

  test('retries after 5 ms, doubling, until it succeeds', () => {
    const kernel = createKernel()
    const tries: number[] = []
    const queue = createWorkQueue({
      kernel,
      workers: 1,
      *sync() {
        tries.push(kernel.now())
        yield* sleep(0)
        return tries.length < 5 ? 'retry' : 'done'
      },
    })
    queue.add('a')
    kernel.runUntil(1000)
    expect(tries).toEqual([0, 5, 15, 35, 75])
    expect(queue.retries('a')).toBe(0)
  })

  test('of two delays of a key the shorter counts; paused, keys wait', () => {
    const kernel = createKernel()
    const done: number[] = []
    const queue = createWorkQueue({
      kernel,
      workers: 2,
      *sync() {
        done.push(kernel.now())
        yield* sleep(0)
        return 'done'
      },
    })
    queue.addAfter('a', 100)
    queue.addAfter('a', 50)
    queue.addAfter('a', 80)
    kernel.runUntil(200)
    queue.pause()
    queue.add('b')
    kernel.runUntil(300)
    expect(done).toEqual([50])
    queue.resume()
    kernel.runUntil(300)
    expect(done).toEqual([50, 300])
  })
})
