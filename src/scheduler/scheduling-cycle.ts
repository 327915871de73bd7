import type { Node, Pod } from '../api/types/core.ts'
import { settled } from '../kernel/all.ts'
import { Bell } from '../kernel/bell.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { process } from '../kernel/process.ts'
import { Scope } from '../kernel/scope.ts'
import { type Steps, sleep, wait } from '../kernel/steps.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { scheduler } from '../versions/scheduler.ts'
import { factAt } from '../versions/version.ts'
import { fitErrorMessage, type PlacementOptions, placePod } from './algorithm.ts'
import { type Binder, createBinder } from './binder.ts'
import { claimError, claimNames, isUnbound } from './claims.ts'
import { type FailureReason, statusWrite, truncatedNote } from './failure-handler.ts'
import { mayHelp } from './node-changes.ts'
import type { NodeInfo } from './node-info.ts'
import { NominatedPods } from './nominated-pods.ts'
import { podFacts, uidOf } from './pod-facts.ts'
import { createPreemptor, type Preemptor } from './preemptor.ts'
import { profileOf } from './profiles.ts'
import { createSchedulerCache, type SchedulerCache } from './scheduler-cache.ts'
import type { InputHandlers, SchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { createSchedulingQueue, type QueuedPod, type SchedulingQueue } from './scheduling-queue.ts'
import { createSeriesRecorder, type SeriesRecorder } from './series-recorder.ts'
import { createSpreadSelector } from './spread-listers.ts'
import { noNodesMessage, patchesStatus, unboundClaimMessage } from './version-facts.ts'

const actor = 'scheduler'

/** Tries the Pods of the queue one after the other and sees to what follows. Source: pkg/scheduler/scheduler.go. */
export interface SchedulingCycle extends InputHandlers {
  stop(): void
  /** Whether any Pod was ever told of. */
  readonly hasHadPods: boolean
  /** In place of `synced`: it waits for the first Pod. */
  goOn(): void
}

/** `startedAt`: when its clocks began to tick. */
export function createSchedulingCycle(
  options: SchedulerOptions,
  inputs: SchedulerInputs,
  startedAt: VirtualMs,
): SchedulingCycle {
  return new Cycle(options, inputs, startedAt)
}

/** A class, for its steps are generators: those of a closure would be made anew for each cluster. */
class Cycle implements SchedulingCycle {
  hasHadPods = false
  readonly #options: SchedulerOptions
  readonly #inputs: SchedulerInputs
  readonly #scope = new Scope()
  readonly #bell = new Bell()
  readonly #cache: SchedulerCache
  readonly #nominated = new NominatedPods()
  readonly #queue: SchedulingQueue
  readonly #recorder: SeriesRecorder
  readonly #binder: Binder
  readonly #preemptor: Preemptor
  readonly #placement: PlacementOptions

  constructor(options: SchedulerOptions, inputs: SchedulerInputs, startedAt: VirtualMs) {
    const { kernel, calendar, client, minor, random } = options
    const { schedulerName = 'default-scheduler', host = 'control-plane' } = options
    const scope = this.#scope
    const cache = createSchedulerCache(createSpreadSelector(inputs.spread))
    const nominated = this.#nominated
    const onActive = () => this.#bell.ring()
    const events = random.stream(`${schedulerName}/events`)
    const series = { kernel, calendar, client, controller: schedulerName, host, random: events, startedAt, scope }
    const recorder = createSeriesRecorder(series)
    this.#options = options
    this.#inputs = inputs
    this.#cache = cache
    this.#queue = createSchedulingQueue({ kernel, minor, startedAt, onActive, scope })
    this.#recorder = recorder
    this.#binder = createBinder(kernel, client, cache, scope)
    this.#preemptor = createPreemptor({ options, inputs, cache, nominated, recorder, scope })
    this.#placement = {
      profile: profileOf(minor),
      minor,
      random: random.stream(`${schedulerName}/ties`),
      nominations: nominated,
      position: { next: 0 },
    }
  }

  stop(): void {
    this.#scope.end()
  }

  synced(): void {
    this.#scope.start(process(this.#options.kernel, () => this.#schedulePods()))
  }

  goOn(): void {
    this.#scope.start(process(this.#options.kernel, () => this.#waitForPods()))
  }

  podWaiting(pod: Pod): void {
    this.hasHadPods = true
    const facts = podFacts(pod)
    this.#nominated.set(facts)
    this.#queue.add(facts)
  }

  waitingPodChanged(old: Pod, pod: Pod): void {
    const facts = podFacts(pod)
    if (this.#cache.isAssumed(facts.uid)) return
    this.#nominated.update(old, facts)
    this.#queue.update(old, facts)
  }

  waitingPodGone(pod: Pod): void {
    this.#nominated.delete(uidOf(pod))
    this.#queue.delete(pod)
  }

  podAssigned(pod: Pod): void {
    this.hasHadPods = true
    const confirmed = this.#cache.confirm(pod)
    const facts = confirmed ?? podFacts(pod)
    if (confirmed === undefined) this.#cache.setPod(facts, pod.spec.nodeName ?? '')
    this.#queue.assignedPod(facts)
  }

  assignedPodChanged(old: Pod, pod: Pod): void {
    // A kubelet's status updates change nothing that counts here; only a waiting Pod may care.
    if (countsTheSame(old, pod) && !this.#queue.hasUnschedulable()) return
    const facts = podFacts(pod)
    this.#cache.setPod(facts, pod.spec.nodeName ?? '')
    this.#queue.assignedPod(facts)
  }

  assignedPodGone(pod: Pod): void {
    this.#cache.removePod(uidOf(pod))
    this.#queue.moveAll()
  }

  nodeAdded(node: Node): void {
    this.#cache.setNode(node)
    this.#queue.moveAll()
  }

  nodeChanged(old: Node, node: Node): void {
    this.#cache.setNode(node)
    if (!this.#queue.hasUnschedulable() || mayHelp(old, node)) this.#queue.moveAll()
  }

  nodeGone(node: Node): void {
    this.#cache.removeNode(node.metadata.name)
  }

  somethingChanged(): void {
    this.#queue.moveAll()
  }

  /** 1. One Pod after the other, as long as there are any; then it waits for the next. */
  *#schedulePods(): Steps<never> {
    for (;;) {
      yield* sleep(0)
      for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
        this.#options.kernel.cause = next.cause
        yield* this.#scheduleOne(next)
      }
      yield* wait(this.#bell)
    }
  }

  *#waitForPods(): Steps<never> {
    yield* wait(this.#bell)
    return yield* this.#schedulePods()
  }

  /** 2. What it waits for here, all Pods behind it wait for: claims to be known, victims to be asked to go. */
  *#scheduleOne(queued: QueuedPod): Steps<void> {
    const { facts } = queued
    const { pod } = facts
    if (pod.metadata.deletionTimestamp) {
      const note = `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`
      this.#recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', note)
      return
    }
    if (this.#cache.isAssumed(facts.uid)) return
    const claims = claimNames(facts)
    if (claims.length === 0) {
      yield* this.#place(queued, false)
      return
    }
    const claimOf = yield* this.#inputs.claims()
    const found = claims.map((name) => claimOf(facts.namespace, name))
    const error = claimError(claims, found)
    if (error === undefined) yield* this.#place(queued, found.some(isUnbound))
    else this.#fail(queued, 'Unschedulable', error, error, this.#queue.cycle)
    yield* sleep(0)
  }

  /** 3. A node for it, or why there is none. */
  *#place(queued: QueuedPod, hasUnboundClaim: boolean): Steps<void> {
    const result = placePod(queued.facts, this.#cache, this.#placement)
    const cycle = this.#queue.cycle
    if (result.kind === 'fits' && hasUnboundClaim) {
      const message = factAt(unboundClaimMessage, this.#options.minor)(queued.facts.pod, this.#cache.nodes().length)
      this.#fail(queued, 'Unschedulable', message, message, cycle)
    } else if (result.kind === 'fits') {
      // Binding goes on beside: the next Pod need not wait for the API server.
      this.#scope.start(process(this.#options.kernel, () => this.#bind(queued, result.node, result.feasible, cycle)))
    } else if (result.kind === 'unschedulable') {
      const message = fitErrorMessage(this.#cache.nodes().length, result.failures)
      const tail = yield* this.#preemptor.preempt(queued.facts, result)
      this.#fail(queued, 'Unschedulable', message + tail, message + tail, cycle)
      yield* sleep(0)
    } else {
      const message = result.kind === 'error' ? result.message : factAt(noNodesMessage, this.#options.minor)
      this.#fail(queued, 'Unschedulable', message, message, cycle)
    }
  }

  /** 4. The API server is told. */
  *#bind(queued: QueuedPod, node: NodeInfo, feasible: number, cycle: number): Steps<void> {
    const { journal } = this.#options
    const { facts } = queued
    const { pod } = facts
    this.#nominated.delete(facts.uid)
    if (journal.keeps('story')) {
      journal.append({ actor, type: 'pod.assumed', object: podObject(pod), detail: { node: node.name, feasible } })
    }
    const error = yield* this.#binder.bind(facts, node.name)
    if (error === undefined) {
      const note = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node.name}`
      this.#recorder.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', note)
      return
    }
    journal.append({ actor, type: 'pod.binding-rejected', object: podObject(pod), detail: { message: error } })
    this.#fail(queued, 'SchedulerError', error, `Binding rejected: ${error}`, cycle)
  }

  /** The condition bears the error, the event the note. */
  #fail(queued: QueuedPod, reason: FailureReason, message: string, note: string, attempt: number): void {
    const { calendar, client, journal, kernel, minor } = this.#options
    const { pod } = queued.facts
    if (journal.keeps('story')) {
      journal.append({ actor, type: 'pod.unschedulable', object: podObject(pod), detail: { message } })
    }
    this.#queue.addUnschedulable(queued, attempt)
    this.#recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', truncatedNote(note))
    const now = rfc3339(calendar.at(kernel.now()))
    const { generation } = pod.metadata
    const isTold = generation !== undefined && has(minor, scheduler.conditionsTellGenerations)
    const condition = { reason, message, now, ...(isTold && { observedGeneration: generation }) }
    const write = statusWrite(client, pod, { condition }, factAt(patchesStatus, minor))
    if (write !== undefined) this.#scope.start(settled(write))
  }
}

function countsTheSame(old: Pod, pod: Pod): boolean {
  return (
    old.spec === pod.spec &&
    old.metadata.labels === pod.metadata.labels &&
    old.metadata.uid === pod.metadata.uid &&
    old.metadata.deletionTimestamp === pod.metadata.deletionTimestamp
  )
}

function podObject(pod: Pod) {
  const { name, namespace = '', uid = '' } = pod.metadata
  return { kind: 'Pod', namespace, name, uid }
}
