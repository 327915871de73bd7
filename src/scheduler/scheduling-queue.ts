import type { Unsubscribable } from 'rxjs'
import { equalJson } from '../api/json.ts'
import type { Pod } from '../api/types/core.ts'
import { after } from '../kernel/after.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { Scope } from '../kernel/scope.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { factAt } from '../versions/version.ts'
import { Heap } from './heap.ts'
import { type PodFacts, termSelects } from './pod-facts.ts'
import { podBackoff, queueTicks, statusChangeRequeues, unschedulableTimeoutMs } from './version-facts.ts'

/** A Pod that waits for a node. */
export interface QueuedPod {
  facts: PodFacts
  /** When it came to the queue it is in. */
  timestamp: VirtualMs
  attempts: number
  /** Seq of the journal record that it came with. */
  cause: number
  place: 'active' | 'backoff' | 'unschedulable' | 'taken'
  /** Counts changes of place: heap entries of another turn are void. */
  turn: number
}

interface Entry {
  readonly pod: QueuedPod
  readonly turn: number
  /** Time at which the back-off is over. */
  readonly readyAt: VirtualMs
  readonly sequence: number
}

/**
 * Pods that are to be tried now, by priority and then by age; those that failed and wait for their back-off; and those
 * that failed and wait for something to happen. Nothing runs while nobody waits.
 * Source: pkg/scheduler/internal/queue/scheduling_queue.go.
 */
export interface SchedulingQueue {
  add(pod: PodFacts): void
  update(old: Pod, pod: PodFacts): void
  delete(pod: Pod): void
  /** The next Pod to try, or undefined. */
  pop(): QueuedPod | undefined
  /** Takes back a Pod that found no node. `cycle`: see `cycle` at the time of its attempt. */
  addUnschedulable(pod: QueuedPod, cycle: number): void
  /** Number of the attempt that runs. */
  readonly cycle: number
  /** Something changed that may help: all that wait are tried again, after their back-off. */
  moveAll(): void
  /** A Pod got a node: those that want to be near it are tried again. */
  assignedPod(pod: PodFacts): void
  /** Whether any Pod waits until something changes. */
  hasUnschedulable(): boolean
}

export interface QueueOptions {
  readonly kernel: Kernel
  /** The scheduler's life: its timers end with it. */
  readonly scope: Scope
  readonly minor: number
  /** When the queue's clocks began to tick. */
  readonly startedAt: VirtualMs
  /** Called when a Pod came to an empty active queue. */
  readonly onActive: () => void
}

export function createSchedulingQueue({ kernel, minor, startedAt, onActive, scope }: QueueOptions): SchedulingQueue {
  const pods = new Map<string, QueuedPod>()
  const active = new Heap<Entry>(isMoreUrgent)
  const backoff = new Heap<Entry>(
    (a, b) => a.readyAt < b.readyAt || (a.readyAt === b.readyAt && a.sequence < b.sequence),
  )
  /** In the order in which they came. */
  const unschedulable = new Set<QueuedPod>()
  const timeoutMs = factAt(unschedulableTimeoutMs, minor)
  const statusRequeues = factAt(statusChangeRequeues, minor)
  let sequence = 0
  let moveCycle = -1
  let backoffTimer: { readonly at: VirtualMs; readonly wait: Unsubscribable } | undefined
  let leftoverTimer: Unsubscribable | undefined

  const place = (pod: QueuedPod, where: QueuedPod['place']): Entry => {
    pod.place = where
    pod.turn++
    unschedulable.delete(pod)
    return { pod, turn: pod.turn, readyAt: pod.timestamp + backoffOf(pod), sequence: sequence++ }
  }
  const activate = (pod: QueuedPod): void => {
    active.push(place(pod, 'active'))
    onActive()
  }
  const wait = (pod: QueuedPod): void => {
    backoff.push(place(pod, 'backoff'))
    scheduleBackoff()
  }
  const settle = (pod: QueuedPod): void => {
    place(pod, 'unschedulable')
    unschedulable.add(pod)
    scheduleLeftover()
  }
  /** The next tick of a clock with that period at or after an instant. */
  const tickFrom = (instant: VirtualMs, periodMs: VirtualMs): VirtualMs =>
    startedAt + Math.ceil((instant - startedAt) / periodMs) * periodMs

  const scheduleBackoff = (): void => {
    const next = peekLive(backoff)
    if (next === undefined) return
    const at = tickFrom(Math.max(next.readyAt, kernel.now()), queueTicks.backoffMs)
    if (backoffTimer !== undefined && backoffTimer.at <= at) return
    backoffTimer?.wait.unsubscribe()
    const over = (): void => {
      backoffTimer = undefined
      for (let entry = peekLive(backoff); entry !== undefined; entry = peekLive(backoff)) {
        if (entry.readyAt > kernel.now()) break
        backoff.pop()
        activate(entry.pod)
      }
      scheduleBackoff()
    }
    backoffTimer = { at, wait: scope.start(after(kernel, at - kernel.now()), over) }
  }
  const scheduleLeftover = (): void => {
    const [oldest] = unschedulable
    if (oldest === undefined || leftoverTimer !== undefined) return
    // A Pod must have waited longer than the time-out, not just as long.
    const at = tickFrom(oldest.timestamp + timeoutMs + 1, queueTicks.unschedulableMs)
    leftoverTimer = scope.start(after(kernel, Math.max(0, at - kernel.now())), () => {
      leftoverTimer = undefined
      move([...unschedulable].filter(({ timestamp }) => kernel.now() - timestamp > timeoutMs))
      scheduleLeftover()
    })
  }
  const move = (waiting: readonly QueuedPod[]): void => {
    for (const pod of waiting) {
      if (pod.timestamp + backoffOf(pod) > kernel.now()) wait(pod)
      else activate(pod)
    }
    moveCycle = queue.cycle
  }

  const add = (facts: PodFacts): void => {
    const key = keyOf(facts.pod)
    const known = pods.get(key)
    if (known !== undefined) place(known, 'taken')
    const queued: QueuedPod = {
      facts,
      timestamp: kernel.now(),
      attempts: 0,
      cause: kernel.cause,
      place: 'active',
      turn: 0,
    }
    pods.set(key, queued)
    activate(queued)
  }

  const queue = {
    cycle: 0,
    add,
    update(old: Pod, facts: PodFacts): void {
      const known = pods.get(keyOf(facts.pod))
      if (known === undefined || known.place === 'taken') {
        // It is being tried just now, or its failure has not come back: the newer version is tried afresh.
        add(facts)
        return
      }
      known.facts = facts
      if (known.place === 'backoff') activate(known)
      else if (known.place === 'active') active.push(place(known, 'active'))
      else if (statusRequeues || isUpdated(old, facts.pod)) activate(known)
    },
    delete(pod: Pod): void {
      const known = pods.get(keyOf(pod))
      if (known === undefined) return
      pods.delete(keyOf(pod))
      place(known, 'taken')
    },
    pop(): QueuedPod | undefined {
      const entry = peekLive(active)
      if (entry === undefined) return undefined
      active.pop()
      place(entry.pod, 'taken')
      entry.pod.attempts++
      queue.cycle++
      return entry.pod
    },
    addUnschedulable(pod: QueuedPod, podCycle: number): void {
      const key = keyOf(pod.facts.pod)
      const known = pods.get(key)
      // Deleted meanwhile, or a newer version waits already.
      if (known !== pod) return
      pod.timestamp = kernel.now()
      if (moveCycle >= podCycle) wait(pod)
      else settle(pod)
    },
    moveAll(): void {
      if (unschedulable.size > 0) move([...unschedulable])
      moveCycle = queue.cycle
    },
    assignedPod(assigned: PodFacts): void {
      if (unschedulable.size === 0) return
      const wanting = [...unschedulable].filter(({ facts }) =>
        facts.affinity?.required.some((term) => termSelects(term, assigned)),
      )
      move(wanting)
    },
    hasUnschedulable: () => unschedulable.size > 0,
  }
  return queue
}

/** Source: framework/plugins/queuesort/priority_sort.go. */
function isMoreUrgent(a: Entry, b: Entry): boolean {
  const priority = b.pod.facts.priority - a.pod.facts.priority
  if (priority !== 0) return priority < 0
  const age = a.pod.timestamp - b.pod.timestamp
  return age < 0 || (age === 0 && a.sequence < b.sequence)
}

/** Drops entries of Pods that have moved on. */
function peekLive(heap: Heap<Entry>): Entry | undefined {
  let entry = heap.peek()
  while (entry !== undefined && entry.pod.turn !== entry.turn) {
    heap.pop()
    entry = heap.peek()
  }
  return entry
}

/** Source: scheduling_queue.go, calculateBackoffDuration. */
function backoffOf({ attempts }: QueuedPod): VirtualMs {
  return Math.min(podBackoff.initialMs * 2 ** Math.max(0, attempts - 1), podBackoff.maxMs)
}

/** Whether more than the status changed. Source: scheduling_queue.go, isPodUpdated. */
function isUpdated(old: Pod, pod: Pod): boolean {
  return !equalJson(withoutStatus(old), withoutStatus(pod))
}

function withoutStatus(pod: Pod): object {
  const metadata = { ...pod.metadata, resourceVersion: undefined, generation: undefined, managedFields: undefined }
  return { ...pod, metadata, status: undefined }
}

function keyOf(pod: Pod): string {
  return `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`
}
