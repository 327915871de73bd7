import type { Unsubscribable } from 'rxjs'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import type { Informer } from '../client/informer.ts'
import { createRateLimiter } from '../client/rate-limiter.ts'
import { controllerRetry, createWorkQueue, type Outcome, type WorkQueue } from '../client/work-queue.ts'
import { after } from '../kernel/after.ts'
import { all } from '../kernel/all.ts'
import type { Calendar } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Once } from '../kernel/once.ts'
import { process } from '../kernel/process.ts'
import type { RandomStreams } from '../kernel/random.ts'
import { Scope } from '../kernel/scope.ts'
import type { Steps } from '../kernel/steps.ts'
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
  readonly informers: readonly Synced[]
  readonly workers?: number
  readonly baseDelayMs?: VirtualMs
  readonly maxDelayMs?: VirtualMs
  sync(key: string): Outcome | Steps<Outcome>
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
    sync,
  })
  const scope = new Scope()
  let isReady = false
  let isPaused = false
  const update = (): void => (isReady && !isPaused ? queue.resume() : queue.pause())
  queue.pause()
  return {
    queue,
    controller: {
      start() {
        scope.start(allSynced(informers), () => {
          isReady = true
          update()
        })
      },
      stop() {
        scope.end()
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

/** Timers and work of a controller: paused, its timers wait for `resume`; stopped, all of it ends. */
export interface Clockwork extends Controller {
  after(delayMs: VirtualMs, work: () => void): Unsubscribable
  /** Begins a piece of work that ends with the controller. */
  run<R>(body: () => Steps<R>, then?: (result: R) => void): void
}

/** `begin` is called when the controller has started and all caches are filled. */
export function createClockwork(kernel: Kernel, informers: readonly Synced[], begin: () => void): Clockwork {
  const scope = new Scope()
  let isPaused = false
  let waiting: (() => void)[] = []
  return {
    start() {
      scope.start(allSynced(informers), begin)
    },
    stop() {
      scope.end()
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
      scope.start(after(kernel, delayMs), () => {
        if (isPaused) waiting.push(work)
        else work()
      }),
    run(body, then) {
      scope.start(process(kernel, body), then)
    },
  }
}

type Synced = Pick<Informer<KubeObject>, 'synced'>

function allSynced(informers: readonly Synced[]): Once<unknown> {
  return all(informers.map(({ synced }) => synced))
}
