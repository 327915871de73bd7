import { describe, expect, test } from 'vitest'
import { goDuration, goSeconds } from '../../../src/go/duration-text.ts'
import { GridLoop, gridAfter, gridAtOrAfter, gridAtOrBefore } from '../../../src/kernel/grid.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { WorkQueue } from '../../../src/node/kubelet/loop/work-queue.ts'
import { BackOffTable } from '../../../src/node/kubelet/pods/back-off.ts'

describe('instants of a loop', () => {
  const grid = { phaseMs: 130, periodMs: 100 }

  test.each([
    { at: 0, orAfter: 130, after: 130, orBefore: undefined },
    { at: 130, orAfter: 130, after: 230, orBefore: 130 },
    { at: 131, orAfter: 230, after: 230, orBefore: 130 },
    { at: 230, orAfter: 230, after: 330, orBefore: 230 },
  ])('U3 seen from $at', ({ at, orAfter, after, orBefore }) => {
    expect(gridAtOrAfter(grid, at)).toBe(orAfter)
    expect(gridAfter(grid, at)).toBe(after)
    expect(gridAtOrBefore(grid, at)).toBe(orBefore)
  })

  test('L2 a loop runs only when it was asked to, once for all who asked, the earliest wish first', () => {
    const kernel = createKernel()
    const passes: number[] = []
    const loop = new GridLoop(kernel, grid, () => passes.push(kernel.now()))
    kernel.runUntil(1000)
    loop.wake(1500)
    loop.wake()
    loop.wake()
    kernel.runUntil(3000)
    expect(passes).toEqual([1030])
    expect(kernel.nextAt()).toBeUndefined()
  })
})

describe('the work queue', () => {
  const resync = { baseMs: 60_000, factor: 0.5 }
  const world = () => {
    const kernel = createKernel()
    const random = createRandomStreams('queue')
    const syncs: number[] = []
    const queue = new WorkQueue(kernel, { phaseMs: 250, periodMs: 1000 }, resync, () => random.stream('pod'))
    queue.due.subscribe(({ uid }) => {
      syncs.push(kernel.now())
      queue.enqueue(uid, resync.baseMs + Math.floor(random.stream('pod').next() * 30_000), false)
    })
    return { kernel, queue, syncs }
  }

  test('U3 syncs come on the 1 s tick, 61 to 90 whole seconds apart', () => {
    const { kernel, queue, syncs } = world()
    queue.enqueue('pod', 0, false)
    kernel.runUntil(24 * 3600_000)
    const gaps = syncs.slice(1).map((at, i) => at - (syncs[i] ?? 0))
    expect(gaps.length).toBeGreaterThan(1000)
    expect(gaps.every((gap) => gap % 1000 === 0)).toBe(true)
    expect(Math.min(...gaps)).toBe(61_000)
    expect(Math.max(...gaps)).toBe(90_000)
  })

  test('U3 the sync that is wanted after a time of idleness comes when it would have come anyway', () => {
    const busy = world()
    busy.queue.enqueue('pod', 0, false)
    busy.kernel.runUntil(3600_000)
    const lazy = world()
    lazy.queue.enqueue('pod', 0, true)
    lazy.kernel.runUntil(1_234_567)
    expect(lazy.kernel.nextAt()).toBeUndefined()
    lazy.queue.wantSync('pod')
    lazy.kernel.runUntil(3600_000)
    expect(lazy.syncs[0]).toBe(busy.syncs.find((at) => at > 1_234_567))
    expect(lazy.syncs).toEqual(busy.syncs.filter((at) => at > 1_234_567))
  })
})

describe('back-off tables', () => {
  test('L6 pauses double from 10 s to 5 minutes and begin anew after ten good minutes', () => {
    const table = new BackOffTable(10_000, 300_000)
    const pauses: number[] = []
    let now = 0
    for (let i = 0; i < 7; i++) {
      table.next('c', now, now)
      pauses.push(table.get('c') / 1000)
      expect(table.isInBackOffSince('c', now, now + table.get('c') - 1)).toBe(true)
      expect(table.isInBackOffSince('c', now, now + table.get('c'))).toBe(false)
      now += table.get('c')
    }
    expect(pauses).toEqual([10, 20, 40, 80, 160, 300, 300])
    now += 700_000
    expect(table.isInBackOffSince('c', now, now)).toBe(false)
    table.next('c', now, now)
    expect(table.get('c')).toBe(10_000)
  })

  test('L6 durations print as Go prints them', () => {
    expect([10_000, 80_000, 300_000, 3_600_000].map(goSeconds)).toEqual(['10s', '1m20s', '5m0s', '1h0m0s'])
    expect([500, 1000, 64_000, 122_000, 1500].map(goDuration)).toEqual(['500ms', '1s', '1m4s', '2m2s', '1.5s'])
  })
})
