import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import type { Informer } from '../client/informer.ts'
import { type Procedure, runProcedure } from '../client/procedure.ts'
import { createRateLimiter } from '../client/rate-limiter.ts'
import { controllerRetry, createWorkQueue, type Outcome, type WorkQueue } from '../client/work-queue.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel, Timer } from '../kernel/kernel.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import type { ControllerOptions } from './options.ts'

/** What a controller is given: its own view of the cluster, and nothing of the cluster's inside. */
export interface ControllerContext {
  readonly kernel: Kernel
  readonly calendar: Calendar
  readonly random: RandomStreams
  readonly minor: number
  readonly gates: FeatureGates
  readonly options: ControllerOptions
  /** A client of the controller's service account in kube-system. */
  clientFor(controller: string): Client
  /** The cache that all controllers share. */
  informer<T extends KubeObject>(resource: ResourceRef): Informer<T>
  /** An event recorder of its own for a controller; `component` is how its events are signed. */
  recorder(controller: string, component: string): EventRecorder
}

export interface Controller {
  start(): void
  /** It ends for good: whatever it waits for does not happen. */
  stop(): void
  pause(): void
  resume(): void
  /** Each key takes this much longer. */
  slowDown(extraMs: VirtualMs): void
}

export type ControllerFactory = (context: ControllerContext) => Controller

export interface QueueOptions {
  readonly context: ControllerContext
  /** Caches that are filled before the first key is worked on. */
  readonly informers: readonly Pick<Informer<KubeObject>, 'onSynced'>[]
  readonly workers?: number
  readonly baseDelayMs?: VirtualMs
  readonly maxDelayMs?: VirtualMs
  sync(key: string): Procedure<Outcome>
}

/** The work queue and loop that most controllers are. Keys wait until all caches are filled. */
export function createQueue(options: QueueOptions): { readonly queue: WorkQueue; readonly controller: Controller } {
  const { context, sync, informers, workers = 5 } = options
  const { kernel } = context
  const delays = {
    ...(options.baseDelayMs === undefined ? {} : { baseDelayMs: options.baseDelayMs }),
    ...(options.maxDelayMs === undefined ? {} : { maxDelayMs: options.maxDelayMs }),
  }
  const queue = createWorkQueue({
    kernel,
    workers,
    ...delays,
    limiter: createRateLimiter(kernel, controllerRetry.qps, controllerRetry.burst),
    process: (key, finish) => runProcedure(sync(key), finish),
  })
  let isReady = false
  let isPaused = false
  const update = (): void => (isReady && !isPaused ? queue.resume() : queue.pause())
  queue.pause()
  return {
    queue,
    controller: {
      start() {
        let missing = informers.length
        for (const informer of informers)
          informer.onSynced(() => {
            missing--
            isReady = missing === 0
            update()
          })
      },
      stop() {
        isReady = false
        queue.clear()
        update()
      },
      pause() {
        isPaused = true
        update()
      },
      resume() {
        isPaused = false
        update()
      },
      slowDown: (extraMs) => queue.slowDown(extraMs),
    },
  }
}

/** Several loops that are one controller to the outside. */
export function combine(...parts: readonly Controller[]): Controller {
  const each = (act: (part: Controller) => void) => (): void => {
    for (const part of parts) act(part)
  }
  return {
    start: each((part) => part.start()),
    stop: each((part) => part.stop()),
    pause: each((part) => part.pause()),
    resume: each((part) => part.resume()),
    slowDown: (extraMs) => each((part) => part.slowDown(extraMs))(),
  }
}

/** Timers of a controller: paused, they wait for `resume`; stopped, they never run. */
export interface Clockwork extends Controller {
  after(delayMs: VirtualMs, work: () => void): Timer
}

export function createClockwork(kernel: Kernel, onStart: () => void): Clockwork {
  let isPaused = false
  let isStopped = false
  let waiting: (() => void)[] = []
  return {
    start: onStart,
    stop() {
      isStopped = true
      waiting = []
    },
    pause() {
      isPaused = true
    },
    resume() {
      isPaused = false
      const due = waiting
      waiting = []
      for (const work of due) work()
    },
    slowDown() {},
    after: (delayMs, work) =>
      kernel.schedule(delayMs, () => {
        if (isStopped) return
        if (isPaused) waiting.push(work)
        else work()
      }),
  }
}
