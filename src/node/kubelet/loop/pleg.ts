import type { Observable, Unsubscribable } from 'rxjs'
import { after } from '../../../kernel/after.ts'
import { type Grid, GridLoop, gridAfter, gridAtOrBefore } from '../../../kernel/grid.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { Once, Receiver } from '../../../kernel/once.ts'
import { onceOf } from '../../../kernel/once-of.ts'
import { Scope } from '../../../kernel/scope.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap, SparseSet } from '../../../kernel/sparse.ts'
import type { VirtualMs } from '../../../kernel/time.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import { emptyRuntimeStatus, inspectPod, type PodRuntimeStatus } from '../pods/runtime-status.ts'

export interface LifecycleEvent {
  readonly type: 'ContainerStarted' | 'ContainerDied' | 'ContainerRemoved'
  readonly podUid: string
  /** A sandbox counts as a container. */
  readonly id: string
  /** Its worker is told of it together with the one before: it has not yet taken that up. */
  readonly isMerged?: boolean
}

interface Entry {
  status: PodRuntimeStatus
  modifiedAt: VirtualMs
}

/** Who waits for a pass after `minTime`. */
interface Waiting extends Unsubscribable {
  readonly podUid: string
  readonly minTime: VirtualMs
  readonly receiver: Receiver<void, never>
}

/** From the request for a look at one Pod to what it shows: a few calls of the runtime. */
const onDemandMs: VirtualMs = 10

/**
 * Pod Lifecycle Event Generator: once a second it compares what the runtime has with what it had, and tells. It runs only
 * at those of its instants at which the runtime has news or a worker waits for a fresh look. Source: pkg/kubelet/pleg/generic.go.
 */
export class Pleg {
  readonly #entries = new SparseMap<string, Entry>()
  readonly #changed = new SparseSet<string>()
  readonly #waiting: Waiting[] = []
  readonly #loop: GridLoop
  readonly #kernel: Kernel
  readonly #runtime: ContainerRuntime
  readonly #events = new Source<readonly LifecycleEvent[]>()
  readonly #scope = new Scope()
  #stopObserving: (() => void) | undefined

  constructor(kernel: Kernel, runtime: ContainerRuntime, grid: Grid) {
    this.#kernel = kernel
    this.#runtime = runtime
    // What happens at the very instant of a pass has happened when the runtime is asked.
    this.#loop = new GridLoop(kernel, grid, () => {
      this.#scope.start(after(kernel, 0), () => this.#relist())
    })
  }

  start(): void {
    for (const uid of this.#runtime.podUids()) this.#changed.add(uid)
    this.goOn()
    this.#loop.wake()
  }

  /** In place of `start`, for a runtime without Pods whose first pass is over. */
  goOn(): void {
    this.#stopObserving = this.#runtime.observe((uid) => {
      this.#changed.add(uid)
      this.#loop.wake()
    })
  }

  stop(): void {
    this.#stopObserving?.()
    this.#loop.stop()
    this.#scope.end()
    this.#waiting.length = 0
  }

  /** What the last pass saw of a Pod. */
  get(podUid: string): PodRuntimeStatus {
    return this.#entries.get(podUid)?.status ?? emptyRuntimeStatus
  }

  /** What passes find, Pod by Pod, within the pass. */
  get events(): Observable<readonly LifecycleEvent[]> {
    return this.#events
  }

  /** Answers as soon as a pass has begun after `minTime`: at once if one has. Source: container/cache.go, GetNewerThan. */
  newerThan(podUid: string, minTime: VirtualMs): Once<void> {
    return onceOf((receiver) => {
      if (this.isNewerThan(podUid, minTime)) {
        receiver.answered()
        return undefined
      }
      const waiting: Waiting = { podUid, minTime, receiver, unsubscribe: () => this.#leave(waiting) }
      this.#waiting.push(waiting)
      this.#loop.wake(gridAfter(this.#loop.grid, minTime))
      return waiting
    })
  }

  /**
   * Looks at one Pod at once, unless a pass comes first. `isOneNews`: what it finds reaches the worker as one. Source: pleg/generic.go,
   * RequestRelist and relistPod (v1.36 on).
   */
  requestRelist(podUid: string, isOneNews: boolean): void {
    const requestedAt = this.#kernel.now()
    this.#scope.start(after(this.#kernel, onDemandMs), () => {
      const now = this.#kernel.now()
      const lastPass = gridAtOrBefore(this.#loop.grid, now)
      if (lastPass !== undefined && lastPass > requestedAt) return
      this.#changed.delete(podUid)
      this.#relistPod(podUid, now, isOneNews)
      const entry = this.#entries.get(podUid)
      if (entry !== undefined) entry.modifiedAt = now
      this.#release((waiting) => waiting.podUid === podUid && waiting.minTime < now)
    })
  }

  /** Answers those who have what they wait for, in their order. */
  #release(isServed: (waiting: Waiting) => boolean): void {
    const released = this.#waiting.filter(isServed)
    if (released.length === 0) return
    const rest = this.#waiting.filter((waiting) => !released.includes(waiting))
    this.#waiting.length = 0
    this.#waiting.push(...rest)
    for (const { receiver } of released) receiver.answered()
  }

  /** Whether a pass has begun after `minTime`. */
  isNewerThan(podUid: string, minTime: VirtualMs): boolean {
    const lastPass = gridAtOrBefore(this.#loop.grid, this.#kernel.now())
    const modifiedAt = this.#entries.get(podUid)?.modifiedAt
    const isNewer = lastPass !== undefined && lastPass > minTime && (!this.#isDue() || lastPass !== this.#kernel.now())
    return isNewer || (modifiedAt !== undefined && modifiedAt > minTime)
  }

  #leave(waiting: Waiting): void {
    const at = this.#waiting.indexOf(waiting)
    if (at !== -1) this.#waiting.splice(at, 1)
  }

  #isDue(): boolean {
    return this.#changed.size > 0
  }

  #relist(): void {
    const now = this.#kernel.now()
    const uids = [...this.#changed]
    this.#changed.clear()
    for (const uid of uids) this.#relistPod(uid, now)
    this.#release(({ minTime }) => minTime < now)
    if (this.#waiting.length > 0 || this.#changed.size > 0) this.#loop.wake()
  }

  #relistPod(uid: string, now: VirtualMs, isOneNews = false): void {
    let entry = this.#entries.get(uid)
    const status = withAddress(inspectPod(this.#runtime, uid), entry?.status.ip)
    const states = statesOf(status)
    const events = differences(uid, entry === undefined ? [] : statesOf(entry.status), states)
    if (events.length === 0) {
      // What its containers are given may be another.
      if (entry !== undefined) entry.status = status
      return
    }
    if (entry === undefined) {
      entry = { status, modifiedAt: now }
      this.#entries.set(uid, entry)
    }
    entry.status = status
    entry.modifiedAt = now
    if (states.length === 0) this.#entries.delete(uid)
    this.#events.next(isOneNews ? events.map((event, at) => ({ ...event, isMerged: at > 0 })) : events)
  }
}

/** A Pod without a sandbox that is ready, as one that has ended, keeps its address. Source: pkg/kubelet/pleg/generic.go, getPodIPs. */
function withAddress(status: PodRuntimeStatus, before: string | undefined): PodRuntimeStatus {
  const { sandboxes, containers, ip } = status
  if (ip !== undefined || before === undefined || sandboxes.some(({ state }) => state === 'ready')) return status
  return { sandboxes, containers, ip: before }
}

/** Ids and their states (`running`, `exited`, `unknown`) by turns, containers first. */
type States = readonly string[]

function statesOf({ containers, sandboxes }: PodRuntimeStatus): States {
  const states = new Array<string>(2 * (containers.length + sandboxes.length))
  let at = 0
  for (const { id, state } of containers) {
    states[at++] = id
    states[at++] = state === 'created' ? 'unknown' : state
  }
  for (const { id, state } of sandboxes) {
    states[at++] = id
    states[at++] = state === 'ready' ? 'running' : 'exited'
  }
  return states
}

/** The state of an id; undefined: it is not there. */
function stateIn(states: States, id: string | undefined): string | undefined {
  for (let at = 0; at < states.length; at += 2) if (states[at] === id) return states[at + 1]
  return undefined
}

/** Source: pleg/generic.go, generateEvents. */
function differences(podUid: string, before: States, after: States): readonly LifecycleEvent[] {
  const events: LifecycleEvent[] = []
  for (let at = 0; at < before.length; at += 2) {
    const id = before[at] ?? ''
    if (stateIn(after, id) !== undefined) continue
    if (before[at + 1] !== 'exited') events.push({ type: 'ContainerDied', podUid, id })
    events.push({ type: 'ContainerRemoved', podUid, id })
  }
  for (let at = 0; at < after.length; at += 2) {
    const [id = '', state] = [after[at], after[at + 1]]
    if (state === stateIn(before, id)) continue
    if (state === 'running') events.push({ type: 'ContainerStarted', podUid, id })
    if (state === 'exited') events.push({ type: 'ContainerDied', podUid, id })
  }
  return events
}
