import { createRateLimiter, type RateLimiter } from '../../client/rate-limiter.ts'
import { type EventName, machineTable, type StateName } from '../../kernel/compiled-machine.ts'
import { Instance } from '../../kernel/instance.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Clockwork } from '../controller.ts'
import { createTicks } from '../ticks.ts'
import { nodeMachine } from './node.machine.ts'

/** Source: nodelifecycle/scheduler/rate_limited_queue.go: NodeEvictionPeriod, EvictionRateLimiterBurst. */
const periodMs = 100
const burst = 1

/** Nodes of one zone that wait for their NoExecute taint. Source: rate_limited_queue.go, RateLimitedTimedQueue. */
export interface ZoneTainter {
  /** `phase` as in Ticks. */
  begin(phase: VirtualMs): void
  /** Does nothing for a node that waits or has been served since it was last removed. */
  add(node: string): void
  remove(node: string): void
  /** Nodes a second; 0 stops it. */
  setRate(qps: number): void
  /** Whether it has this rate and nobody could tell it from a new one that has begun. */
  isFresh(qps: number): boolean
  /** In place of `begin`: its first look is over. */
  goOnFrom(phase: VirtualMs): void
}

const table = machineTable(nodeMachine)

/** A node that was lost sight of; it is forgotten when it is found. */
class LostNode extends Instance<StateName<typeof nodeMachine>, EventName<typeof nodeMachine>> {
  readonly name: string

  constructor(name: string) {
    super(table)
    this.name = name
  }
}

/** `taint` says whether it worked out; a node for which it did not stays in the queue. */
export function createZoneTainter(
  kernel: Kernel,
  clockwork: Pick<Clockwork, 'after' | 'run'>,
  initialQps: number,
  taint: (node: string) => Steps<boolean>,
): ZoneTainter {
  /** Those that are not reachable. */
  const lost = new Map<string, LostNode>()
  /** Those whose taint is due, in the order in which they were lost. */
  const waiting = new Set<LostNode>()
  let qps = initialQps
  let limiter: RateLimiter | undefined = qps > 0 ? createRateLimiter(kernel, qps, burst) : undefined
  let isBusy = false

  const serve = (): void => {
    const [node] = waiting
    if (isBusy || node === undefined || limiter === undefined) return
    if (!limiter.tryAccept()) {
      clockwork.after(limiter.delayMs, ticks.request)
      return
    }
    isBusy = true
    clockwork.run(
      () => taint(node.name),
      (isDone) => {
        isBusy = false
        if (isDone && waiting.delete(node)) node.send('tainted')
        if (waiting.size > 0) ticks.request()
      },
    )
  }
  const ticks = createTicks(kernel, clockwork, periodMs, serve)

  return {
    begin: ticks.begin,
    isFresh: (rate) => qps === rate && !isBusy && lost.size === 0 && limiter?.isFull !== false,
    goOnFrom: ticks.goOnFrom,
    add(node) {
      const known = lost.get(node)
      const life = known ?? new LostNode(node)
      life.send('lost')
      if (known !== undefined) return
      lost.set(node, life)
      waiting.add(life)
      ticks.request()
    },
    remove(node) {
      const life = lost.get(node)
      if (life === undefined) return
      lost.delete(node)
      waiting.delete(life)
      life.send('found')
    },
    setRate(next) {
      if (next === qps) return
      const isExhausted = limiter === undefined || !limiter.tryAccept()
      qps = next
      limiter = next > 0 ? createRateLimiter(kernel, next, burst) : undefined
      // Who has to wait under the old rate has to wait under the new one.
      if (isExhausted) limiter?.tryAccept()
      if (waiting.size > 0) ticks.request()
    },
  }
}
