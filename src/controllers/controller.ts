import type { Unsubscribable } from 'rxjs'
import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { Client } from '../client/client.ts'
import type { EventRecorder } from '../client/event-recorder.ts'
import type { Informer } from '../client/informer.ts'
import { createRateLimiter } from '../client/rate-limiter.ts'
import {
  controllerRetry,
  createWorkQueue,
  type Outcome,
  type RestingQueue,
  type WorkQueue,
} from '../client/work-queue.ts'
import { after } from '../kernel/after.ts'
import { all } from '../kernel/all.ts'
import type { Calendar } from '../kernel/calendar.ts'
import { invariant } from '../kernel/invariant.ts'
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
  /** A cache of a controller's own, which it starts, for kinds that come and go. */
  monitor<T extends KubeObject>(resource: ResourceRef): Informer<T>
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
  /** What a copy of it is to know beside the caches; undefined while it works, or will by itself. */
  atRest(): RestingController | undefined
  /** In place of `start`, once the caches are full: it has done what they would make it do. */
  goOnFrom(rest: RestingController): void
}

/** What a controller knows that has nothing to do. */
export type RestingController =
  | { readonly kind: 'queue'; readonly queue: RestingQueue }
  /** `own` is for the controller that gave it; nobody else looks into it. */
  | { readonly kind: 'clockwork'; readonly beganAt: VirtualMs; readonly own: unknown }
  | { readonly kind: 'combined'; readonly parts: readonly RestingController[] }

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
  const queue = createWorkQueue({
    kernel,
    workers,
    baseDelayMs: options.baseDelayMs,
    maxDelayMs: options.maxDelayMs,
    limiter: createRateLimiter(kernel, controllerRetry.qps, controllerRetry.burst),
    sync,
  })
  return { queue, controller: new QueueController(queue, informers) }
}

/** A class: a cluster has one for each of its queues, and closures in their place were a twentieth of what a copy of it allocates. */
class QueueController implements Controller {
  readonly #queue: WorkQueue
  readonly #informers: readonly Synced[]
  readonly #scope = new Scope()
  #isReady = false
  #isPaused = false

  constructor(queue: WorkQueue, informers: readonly Synced[]) {
    this.#queue = queue
    this.#informers = informers
    queue.pause()
  }

  start(): void {
    this.#scope.start(allSynced(this.#informers), () => {
      this.#isReady = true
      this.#update()
    })
  }

  stop(): void {
    this.#scope.end()
    this.#isReady = false
    this.#queue.clear()
    this.#update()
  }

  pause(): void {
    this.#isPaused = true
    this.#update()
  }

  resume(): void {
    this.#isPaused = false
    this.#update()
  }

  slowDown(extraMs: VirtualMs): void {
    this.#queue.slowDown(extraMs)
  }

  atRest(): RestingController | undefined {
    const rest = this.#queue.atRest()
    return rest && { kind: 'queue', queue: rest }
  }

  goOnFrom(rest: RestingController): void {
    invariant(rest.kind === 'queue', 'a queue goes on from a queue', rest.kind)
    this.#queue.goOnFrom(rest.queue)
    this.#isReady = true
    this.#update()
  }

  #update(): void {
    if (this.#isReady && !this.#isPaused) this.#queue.resume()
    else this.#queue.pause()
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
    atRest() {
      const resting = parts.flatMap((part) => part.atRest() ?? [])
      return resting.length === parts.length ? { kind: 'combined', parts: resting } : undefined
    },
    goOnFrom(rest) {
      invariant(rest.kind === 'combined', 'several loops go on from as many', rest.kind)
      rest.parts.forEach((part, at) => void parts[at]?.goOnFrom(part))
    },
  }
}

/** Timers and work of a controller: paused, its timers wait for `resume`; stopped, all of it ends. */
export interface Clockwork extends Controller {
  after(delayMs: VirtualMs, work: () => void): Unsubscribable
  /** Begins a piece of work that ends with the controller. */
  run<R>(body: () => Steps<R>, then?: (result: R) => void): void
}

/** What a controller with timers of its own does at its start and in a copied cluster. */
export interface ClockworkParts<T> {
  /** Called when the controller has started and all caches are filled. */
  begin(): void
  /** What it knows beside the caches and the instant at which it began; undefined while it works. */
  atRest(): T | undefined
  /** In place of `begin`. */
  goOnFrom(rest: T, beganAt: VirtualMs): void
}

export function createClockwork<T>(kernel: Kernel, informers: readonly Synced[], parts: ClockworkParts<T>): Clockwork {
  const scope = new Scope()
  let isPaused = false
  let beganAt: VirtualMs = -1
  let waiting: (() => void)[] = []
  return {
    start() {
      scope.start(allSynced(informers), () => {
        beganAt = kernel.now()
        parts.begin()
      })
    },
    atRest() {
      const own = beganAt < 0 || waiting.length > 0 ? undefined : parts.atRest()
      return own === undefined ? undefined : { kind: 'clockwork', beganAt, own }
    },
    goOnFrom(rest) {
      invariant(rest.kind === 'clockwork', 'a clockwork goes on from a clockwork', rest.kind)
      beganAt = rest.beganAt
      parts.goOnFrom(rest.own as T, beganAt) // what the same parts of another cluster gave
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
