import type { KubeObject, ResourceRef, Status, WatchEvent } from '../api/types/meta.ts'
import type { Kernel, Timer } from '../kernel/kernel.ts'
import type { RandomStream } from '../kernel/random.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import { Backoff, reflectorBackoff } from './backoff.ts'
import type { Client, RequestError, WatchHandle, WatchOptions, WatchRenewal } from './client.ts'
import { nextReflectorState, type ReflectorEvent, type ReflectorState } from './reflector.machine.ts'

/** Where a reflector puts what it sees. `replace` comes first, with everything that there is. */
export interface ReflectorStore<T extends KubeObject> {
  replace(objects: readonly T[], resourceVersion: string): void
  add(object: T): void
  update(object: T): void
  /** The object as it was last. */
  delete(object: T): void
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly kernel: Kernel
  readonly client: Client
  readonly resource: ResourceRef
  readonly store: ReflectorStore<T>
  /** Draws watch time-outs and back-offs. */
  readonly random: RandomStream
  /** Minor version of the component that watches. */
  readonly minor: number
  readonly namespace?: string
  readonly fieldSelector?: string
  readonly labelSelector?: string
  /** Watches are asked for this long, up to twice as long. Default 5 minutes. */
  readonly minWatchTimeoutSeconds?: number
  /** Told of every change of state. */
  readonly onState?: (state: ReflectorState) => void
  /** Told why a list or watch failed; the reflector goes on by itself. */
  readonly onError?: (error: RequestError) => void
}

/** Source: client-go tools/cache/reflector.go, minWatchTimeout. */
const defaultMinWatchTimeoutSeconds = 300

/** An empty watch that was shorter is an error. Source: reflector.go, watchHandler, "very short watch". */
const veryShortWatchMs: VirtualMs = second

/** Up to v1.19 a refused watch is asked for again after this. Source: reflector.go, ListAndWatch, time.Sleep. */
const refusedWatchPauseMs: VirtualMs = second

/**
 * Keeps a store up to date with the server: lists once, then watches from there, for ever. One of these exists for
 * every watched Secret of every node, hence a class with few fields.
 *
 * 1. List: with version `0`, later with the last one seen; after a 410 or a version too large with none, at once.
 * 2. Watch from the version of the list, for a random time. An end in time begins the next watch from the last version.
 * 3. Whatever else ends the watch leads to a back-off and to 1. A refused connection is waited for: up to v1.19 a
 *    second at a time, later with a back-off of its own.
 */
export class Reflector<T extends KubeObject> {
  state: ReflectorState = 'idle'
  /** Empty until the first list has succeeded: that is what v1.18 takes for "synced". */
  lastSyncResourceVersion = ''
  readonly #options: ReflectorOptions<T>
  readonly #backoff: Backoff
  #refusedBackoff: Backoff | undefined
  #isLastVersionUnavailable = false
  #watch: WatchHandle | undefined
  #timer: Timer | undefined
  /** Answers to what was asked before the last stop are not heard. */
  #epoch = 0

  constructor(options: ReflectorOptions<T>) {
    this.#options = options
    this.#backoff = new Backoff(reflectorBackoff, options.kernel.now())
  }

  /** Begins, or begins again after `stop` with what it knows. */
  start(): void {
    if (this.state !== 'idle' && this.state !== 'stopped') return
    this.#epoch++
    this.#step('start')
    this.#list()
  }

  /** Ends the watch; nothing reaches the store any more. */
  stop(): void {
    this.#epoch++
    this.#watch?.stop()
    this.#watch = undefined
    this.#timer?.cancel()
    this.#step('stop')
  }

  #step(event: ReflectorEvent['type']): void {
    const next = nextReflectorState(this.state, event)
    if (next === this.state) return
    this.state = next
    this.#options.onState?.(next)
  }

  #selection() {
    const { namespace, fieldSelector, labelSelector } = this.#options
    return {
      ...(namespace === undefined ? {} : { namespace }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
    }
  }

  #list(): void {
    const epoch = this.#epoch
    const isConsistentRead = this.#isLastVersionUnavailable
    const version = isConsistentRead ? {} : { resourceVersion: this.lastSyncResourceVersion || '0' }
    const { client, resource } = this.#options
    client.list<T>(resource, { ...this.#selection(), ...version }, (reply) => {
      if (epoch !== this.#epoch) return
      if (reply.ok) {
        this.#isLastVersionUnavailable = false
        const listed = reply.value.metadata.resourceVersion ?? ''
        this.#options.store.replace(reply.value.items, listed)
        // Whoever hears of the objects may stop the reflector.
        if (epoch !== this.#epoch) return
        this.lastSyncResourceVersion = listed
        this.#step('list.succeeded')
        this.#openWatch()
        return
      }
      this.#options.onError?.(reply.error)
      if (isVersionUnavailable(reply.error)) {
        this.#isLastVersionUnavailable = true
        if (!isConsistentRead) {
          this.#list()
          return
        }
      }
      this.#backOff('list.failed')
    })
  }

  #openWatch(): void {
    const epoch = this.#epoch
    const { kernel, client, resource, random } = this.#options
    const minSeconds = this.#options.minWatchTimeoutSeconds ?? defaultMinWatchTimeoutSeconds
    let began = kernel.now()
    let isOpen = false
    let received = 0
    let error: Status | undefined
    const ask = (): WatchOptions => ({
      ...this.#selection(),
      resourceVersion: this.lastSyncResourceVersion,
      timeoutSeconds: Math.floor(minSeconds * (1 + random.next())),
      allowWatchBookmarks: true,
      renewal,
    })
    const renewal: WatchRenewal = {
      random,
      renew(at) {
        began = at
        isOpen = false
        received = 0
        return ask()
      },
    }
    this.#watch = client.watch<T>(resource, ask(), {
      opened: () => {
        isOpen = true
      },
      event: (event) => {
        if (epoch !== this.#epoch || error !== undefined) return
        isOpen = true
        if (event.type === 'ERROR') {
          error = event.object
          this.#watch?.stop()
          this.#afterWatch({ kind: 'status', status: error })
        } else {
          received++
          this.#apply(event)
        }
      },
      closed: (reason) => {
        if (epoch !== this.#epoch || error !== undefined) return
        if (!isOpen) {
          this.#notOpened(reason)
          return
        }
        const isVeryShort = received === 0 && kernel.now() - began < veryShortWatchMs
        if (reason?.kind === 'status') this.#afterWatch(reason)
        else if (isVeryShort) this.#backOff('watch.failed')
        else this.#watchAgain()
      },
    })
  }

  #apply(event: Exclude<WatchEvent<T>, { type: 'ERROR' }>): void {
    const { store } = this.#options
    // The version is noted first: a store that stops the reflector has seen this event.
    this.lastSyncResourceVersion = event.object.metadata.resourceVersion ?? this.lastSyncResourceVersion
    switch (event.type) {
      case 'ADDED':
        store.add(event.object)
        break
      case 'MODIFIED':
        store.update(event.object)
        break
      case 'DELETED':
        store.delete(event.object)
        break
      case 'BOOKMARK':
        break
    }
  }

  #watchAgain(): void {
    this.#step('watch.ended')
    this.#openWatch()
  }

  #notOpened(reason: RequestError | undefined): void {
    if (reason === undefined) {
      this.#backOff('watch.failed')
      return
    }
    this.#options.onError?.(reason)
    const { minor } = this.#options
    const isRefused = reason.kind === 'network' && reason.cause === 'refused'
    const isTooMany = minor >= 22 && reason.kind === 'status' && reason.status.code === 429
    if (isRefused || isTooMany) this.#waitForServer()
    // A connection that broke while the watch was asked for counts as an empty watch. Source: rest/request.go, Watch.
    else this.#backOff('watch.failed')
  }

  #afterWatch(reason: RequestError): void {
    this.#options.onError?.(reason)
    this.#backOff('watch.failed')
  }

  #waitForServer(): void {
    this.#step('watch.refused')
    const { kernel, minor, random } = this.#options
    let waitMs = refusedWatchPauseMs
    if (minor >= 20) {
      this.#refusedBackoff ??= new Backoff(reflectorBackoff, kernel.now())
      waitMs = this.#refusedBackoff.next(kernel.now(), random)
    }
    this.#timer = kernel.schedule(waitMs, () => {
      this.#step('waited')
      this.#openWatch()
    })
  }

  #backOff(event: 'list.failed' | 'watch.failed'): void {
    this.#watch = undefined
    this.#step(event)
    const { kernel, random } = this.#options
    this.#timer = kernel.schedule(this.#backoff.next(kernel.now(), random), () => {
      this.#step('waited')
      this.#list()
    })
  }
}

/** Source: reflector.go, isExpiredError and isTooLargeResourceVersionError. */
function isVersionUnavailable(error: RequestError): boolean {
  if (error.kind !== 'status') return false
  const { code, reason, details } = error.status
  if (code === 410 || reason === 'Expired' || reason === 'Gone') return true
  return details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') ?? false
}
