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
import { storage } from '../versions/storage.ts'
import { factAt } from '../versions/version.ts'
import { fitErrorMessage, type PlacementOptions, placePod } from './algorithm.ts'
import { type Binder, createBinder } from './binder.ts'
import { type FailureReason, statusWrite, truncatedNote } from './failure-handler.ts'
import { mayHelp } from './node-changes.ts'
import type { NodeInfo } from './node-info.ts'
import { NominatedPods } from './nominated-pods.ts'
import { type PodFacts, podFacts, uidOf } from './pod-facts.ts'
import { createPreemptor, type Preemptor } from './preemptor.ts'
import { profileOf } from './profiles.ts'
import { createSchedulerCache, type SchedulerCache } from './scheduler-cache.ts'
import type { InputHandlers, SchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { createSchedulingQueue, type QueuedPod, type SchedulingQueue } from './scheduling-queue.ts'
import { createSeriesRecorder, type SeriesRecorder } from './series-recorder.ts'
import { createSpreadSelector } from './spread-listers.ts'
import { claimMessage, noNodesMessage, patchesStatus, unboundClaims, volumeFilterError } from './version-facts.ts'
import { claimError, claimsOf } from './volumes/claims.ts'
import { PodClaims } from './volumes/pod-claims.ts'
import { StorageView } from './volumes/storage-view.ts'
import { VolumeBinding } from './volumes/volume-binding.ts'

const actor = 'scheduler'

/** Tries the Pods of the queue one after the other and sees to what follows. Source: pkg/scheduler/scheduler.go. */
export interface SchedulingCycle extends InputHandlers {
  stop(): void
  /** Whether any Pod was ever told of. */
  readonly hasHadPods: boolean
  /** In place of `synced`: it waits for the first Pod. */
  goOn(): void
}

interface KnownStorage {
  readonly view: StorageView
  readonly binding: VolumeBinding
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
  /** Since the first Pod that has claims. */
  #storage: KnownStorage | undefined
  /** Of the Pod that is being tried. */
  #claims: { readonly pod: PodFacts; readonly of: PodClaims } | undefined

  constructor(options: SchedulerOptions, inputs: SchedulerInputs, startedAt: VirtualMs) {
    const { kernel, calendar, client, minor, random } = options
    const { schedulerName = 'default-scheduler', host = 'control-plane' } = options
    const scope = this.#scope
    const claimsOf = (pod: PodFacts) => (this.#claims?.pod === pod ? this.#claims.of : undefined)
    const cache = createSchedulerCache(createSpreadSelector(inputs.spread), claimsOf)
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
    this.#storage?.binding.podGone(pod)
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

  storageChanged(mayHelp: boolean): void {
    if (mayHelp) this.#queue.moveAll()
    this.#storage?.binding.changed()
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
    const asked = claimsOf(facts)
    if (asked.length === 0) {
      yield* this.#place(queued, undefined)
      return
    }
    const { view } = yield* this.#knownStorage()
    const { minor } = this.#options
    const claims = asked.map(({ name }) => view.claim(facts.namespace, name))
    const error = claimError(facts, asked, claims, minor)
    if (error === undefined) {
      // None is missing: that would have been the error.
      const known = new PodClaims(
        claims.flatMap((claim) => claim ?? []),
        view,
        minor,
      )
      yield* this.#placeWithClaims(queued, known)
    } else this.#failFor(queued, error)
    yield* sleep(0)
  }

  *#knownStorage(): Steps<KnownStorage> {
    const told = yield* this.#inputs.storage()
    if (this.#storage !== undefined) return this.#storage
    const { kernel, client, minor } = this.#options
    const view = new StorageView(told)
    const nodeOf = (name: string) => this.#cache.nodeInfo(name)?.node
    this.#storage = { view, binding: new VolumeBinding({ kernel, client, minor, view, nodeOf }) }
    return this.#storage
  }

  /** Its claims may keep it from all nodes. */
  #failFor(queued: QueuedPod, reason: string): void {
    const message = factAt(claimMessage, this.#options.minor)?.(reason, this.#cache.nodes().length) ?? reason
    this.#fail(queued, 'Unschedulable', message, message, this.#queue.cycle)
  }

  *#placeWithClaims(queued: QueuedPod, claims: PodClaims): Steps<void> {
    const { facts } = queued
    if (claims.hasUnbound && has(this.#options.minor, storage.claimsComeFirst)) {
      this.#failFor(queued, unboundClaims)
      return
    }
    this.#claims = { pod: facts, of: claims }
    yield* this.#place(queued, claims)
    this.#claims = undefined
  }

  /** 3. A node for it, or why there is none. */
  *#place(queued: QueuedPod, claims: PodClaims | undefined): Steps<void> {
    const result = placePod(queued.facts, this.#cache, this.#placement)
    const cycle = this.#queue.cycle
    const claimProblem = claims?.hasUnbound === true ? unboundClaims : claims?.lostError
    if (result.kind === 'fits' && claimProblem !== undefined) {
      const message = volumeFilterError(queued.facts.pod, claimProblem)
      this.#fail(queued, 'Unschedulable', message, message, cycle)
    } else if (result.kind === 'fits') {
      // Binding goes on beside: the next Pod need not wait for the API server.
      const { node, feasible } = result
      this.#scope.start(process(this.#options.kernel, () => this.#bind(queued, node, feasible, cycle, claims)))
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
  *#bind(
    queued: QueuedPod,
    node: NodeInfo,
    feasible: number,
    cycle: number,
    claims: PodClaims | undefined,
  ): Steps<void> {
    const { journal } = this.#options
    const { facts } = queued
    const { pod } = facts
    this.#nominated.delete(facts.uid)
    if (journal.keeps('story')) {
      journal.append({ actor, type: 'pod.assumed', object: podObject(pod), detail: { node: node.name, feasible } })
    }
    const first = claims && this.#storage?.binding.reserve(pod, claims, node.name)
    const error = yield* this.#binder.bind(facts, node.name, first)
    if (error === undefined) {
      const note = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node.name}`
      this.#recorder.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', note)
      return
    }
    const { message, isEarly } = error
    journal.append({ actor, type: 'pod.binding-rejected', object: podObject(pod), detail: { message } })
    this.#fail(queued, 'SchedulerError', message, isEarly ? message : `Binding rejected: ${message}`, cycle)
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
