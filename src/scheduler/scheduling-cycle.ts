import type { Pod } from '../api/types/core.ts'
import { settled } from '../kernel/all.ts'
import { Bell } from '../kernel/bell.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { process } from '../kernel/process.ts'
import { Scope } from '../kernel/scope.ts'
import { type Steps, sleep, wait } from '../kernel/steps.ts'
import { factAt } from '../versions/version.ts'
import { fitErrorMessage, placePod } from './algorithm.ts'
import { createBinder } from './binder.ts'
import { claimError, claimNames, isUnbound } from './claims.ts'
import { type FailureReason, statusWrite, truncatedNote } from './failure-handler.ts'
import { mayHelp } from './node-changes.ts'
import type { NodeInfo } from './node-info.ts'
import { NominatedPods } from './nominated-pods.ts'
import { podFacts, uidOf } from './pod-facts.ts'
import { createPreemptor } from './preemptor.ts'
import { profileOf } from './profiles.ts'
import { createSchedulerCache } from './scheduler-cache.ts'
import type { InputHandlers, SchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import { createSchedulingQueue, type QueuedPod } from './scheduling-queue.ts'
import { createSeriesRecorder } from './series-recorder.ts'
import { createSpreadSelector } from './spread-listers.ts'
import { noNodesMessage, patchesStatus, unboundClaimMessage } from './version-facts.ts'

const actor = 'scheduler'

/** Tries the Pods of the queue one after the other and sees to what follows. Source: pkg/scheduler/scheduler.go. */
export interface SchedulingCycle extends InputHandlers {
  stop(): void
}

export function createSchedulingCycle(options: SchedulerOptions, inputs: SchedulerInputs): SchedulingCycle {
  const { kernel, calendar, journal, client, minor, random } = options
  const { schedulerName = 'default-scheduler', host = 'control-plane' } = options
  const scope = new Scope()
  const bell = new Bell()
  const cache = createSchedulerCache(createSpreadSelector(inputs.spread))
  const nominated = new NominatedPods()
  const queue = createSchedulingQueue({ kernel, minor, startedAt: kernel.now(), onActive: () => bell.ring(), scope })
  const events = random.stream(`${schedulerName}/events`)
  const series = { kernel, calendar, client, controller: schedulerName, host, random: events, scope }
  const recorder = createSeriesRecorder(series)
  const binder = createBinder(kernel, client, cache, scope)
  const preemptor = createPreemptor({ options, inputs, cache, nominated, recorder, scope })
  const placement = {
    profile: profileOf(minor),
    minor,
    random: random.stream(`${schedulerName}/ties`),
    nominations: nominated,
    position: { next: 0 },
  }

  /** 1. One Pod after the other, as long as there are any; then it waits for the next. */
  function* schedulePods(): Steps<never> {
    for (;;) {
      yield* sleep(0)
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        kernel.cause = next.cause
        yield* scheduleOne(next)
      }
      yield* wait(bell)
    }
  }

  /** 2. What it waits for here, all Pods behind it wait for: claims to be known, victims to be asked to go. */
  function* scheduleOne(queued: QueuedPod): Steps<void> {
    const { facts } = queued
    const { pod } = facts
    if (pod.metadata.deletionTimestamp) {
      const note = `skip schedule deleting pod: ${pod.metadata.namespace}/${pod.metadata.name}`
      recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', note)
      return
    }
    if (cache.isAssumed(facts.uid)) return
    const claims = claimNames(facts)
    if (claims.length === 0) {
      yield* place(queued, false)
      return
    }
    const claimOf = yield* inputs.claims()
    const found = claims.map((name) => claimOf(facts.namespace, name))
    const error = claimError(claims, found)
    if (error === undefined) yield* place(queued, found.some(isUnbound))
    else fail(queued, 'Unschedulable', error, error, queue.cycle)
    yield* sleep(0)
  }

  /** 3. A node for it, or why there is none. */
  function* place(queued: QueuedPod, hasUnboundClaim: boolean): Steps<void> {
    const result = placePod(queued.facts, cache, placement)
    const cycle = queue.cycle
    if (result.kind === 'fits' && hasUnboundClaim) {
      const message = factAt(unboundClaimMessage, minor)(queued.facts.pod, cache.nodes().length)
      fail(queued, 'Unschedulable', message, message, cycle)
    } else if (result.kind === 'fits') {
      // Binding goes on beside: the next Pod need not wait for the API server.
      scope.start(process(kernel, () => bind(queued, result.node, result.feasible, cycle)))
    } else if (result.kind === 'unschedulable') {
      const message = fitErrorMessage(cache.nodes().length, result.failures)
      const tail = yield* preemptor.preempt(queued.facts, result)
      fail(queued, 'Unschedulable', message + tail, message + tail, cycle)
      yield* sleep(0)
    } else {
      const message = result.kind === 'error' ? result.message : factAt(noNodesMessage, minor)
      fail(queued, 'Unschedulable', message, message, cycle)
    }
  }

  /** 4. The API server is told. */
  function* bind(queued: QueuedPod, node: NodeInfo, feasible: number, cycle: number): Steps<void> {
    const { facts } = queued
    const { pod } = facts
    nominated.delete(facts.uid)
    if (journal.keeps('story')) {
      journal.append({ actor, type: 'pod.assumed', object: podObject(pod), detail: { node: node.name, feasible } })
    }
    const error = yield* binder.bind(facts, node.name)
    if (error === undefined) {
      const note = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node.name}`
      recorder.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', note)
      return
    }
    journal.append({ actor, type: 'pod.binding-rejected', object: podObject(pod), detail: { message: error } })
    fail(queued, 'SchedulerError', error, `Binding rejected: ${error}`, cycle)
  }

  /** The condition bears the error, the event the note. */
  const fail = (queued: QueuedPod, reason: FailureReason, message: string, note: string, attempt: number): void => {
    const { pod } = queued.facts
    if (journal.keeps('story')) {
      journal.append({ actor, type: 'pod.unschedulable', object: podObject(pod), detail: { message } })
    }
    queue.addUnschedulable(queued, attempt)
    recorder.event(pod, undefined, 'Warning', 'FailedScheduling', 'Scheduling', truncatedNote(note))
    const now = rfc3339(calendar.at(kernel.now()))
    const write = statusWrite(client, pod, { condition: { reason, message, now } }, factAt(patchesStatus, minor))
    if (write !== undefined) scope.start(settled(write))
  }

  return {
    stop() {
      scope.end()
    },
    synced() {
      scope.start(process(kernel, schedulePods))
    },
    podWaiting(pod) {
      const facts = podFacts(pod)
      nominated.set(facts)
      queue.add(facts)
    },
    waitingPodChanged(old, pod) {
      const facts = podFacts(pod)
      if (cache.isAssumed(facts.uid)) return
      nominated.update(old, facts)
      queue.update(old, facts)
    },
    waitingPodGone(pod) {
      nominated.delete(uidOf(pod))
      queue.delete(pod)
    },
    podAssigned(pod) {
      const confirmed = cache.confirm(pod)
      const facts = confirmed ?? podFacts(pod)
      if (confirmed === undefined) cache.setPod(facts, pod.spec.nodeName ?? '')
      queue.assignedPod(facts)
    },
    assignedPodChanged(old, pod) {
      // A kubelet's status updates change nothing that counts here; only a waiting Pod may care.
      if (countsTheSame(old, pod) && !queue.hasUnschedulable()) return
      const facts = podFacts(pod)
      cache.setPod(facts, pod.spec.nodeName ?? '')
      queue.assignedPod(facts)
    },
    assignedPodGone(pod) {
      cache.removePod(uidOf(pod))
      queue.moveAll()
    },
    nodeAdded(node) {
      cache.setNode(node)
      queue.moveAll()
    },
    nodeChanged(old, node) {
      cache.setNode(node)
      if (!queue.hasUnschedulable() || mayHelp(old, node)) queue.moveAll()
    },
    nodeGone: (node) => cache.removeNode(node.metadata.name),
    somethingChanged: () => queue.moveAll(),
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
