import type { Pod } from '../api/types/core.ts'
import { rfc3339 } from '../kernel/calendar.ts'
import { factAt } from '../versions/version.ts'
import { fitErrorMessage, placePod } from './algorithm.ts'
import { createBinder } from './binder.ts'
import { claimError, claimNames, isUnbound } from './claims.ts'
import { type FailureReason, truncatedNote, writeStatus } from './failure-handler.ts'
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
  const cache = createSchedulerCache(createSpreadSelector(inputs.spread))
  const nominated = new NominatedPods()
  const queue = createSchedulingQueue({ kernel, minor, startedAt: kernel.now(), onActive: () => wake() })
  const events = random.stream(`${schedulerName}/events`)
  const recorder = createSeriesRecorder({ kernel, calendar, client, controller: schedulerName, host, random: events })
  const binder = createBinder(kernel, client, cache)
  const preemptor = createPreemptor({ options, inputs, cache, nominated, recorder })
  const placement = {
    profile: profileOf(minor),
    minor,
    random: random.stream(`${schedulerName}/ties`),
    nominations: nominated,
    position: { next: 0 },
  }
  let isAwake = false
  let isSynced = false
  let isStopped = false
  /** The real one waits for answers of the API server while it preempts: nothing else is scheduled meanwhile. */
  let isBusy = false

  const wake = (): void => {
    if (isAwake || isBusy || !isSynced || isStopped) return
    isAwake = true
    kernel.schedule(0, run)
  }
  const run = (): void => {
    isAwake = false
    while (!isStopped && !isBusy) {
      const next = queue.pop()
      if (next === undefined) return
      kernel.cause = next.cause
      scheduleOne(next)
    }
  }
  /** `work` calls its argument when the next Pod may be tried. */
  const whileBusy = (work: (resume: () => void) => void): void => {
    isBusy = true
    work(() => {
      isBusy = false
      wake()
    })
  }

  const scheduleOne = (queued: QueuedPod): void => {
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
      place(queued)
      return
    }
    whileBusy((resume) =>
      inputs.withClaims((claimOf) => {
        if (isStopped) return
        const found = claims.map((name) => claimOf(facts.namespace, name))
        const error = claimError(claims, found)
        resume()
        if (error === undefined) place(queued, found.some(isUnbound))
        else fail(queued, 'Unschedulable', error, error, queue.cycle)
      }),
    )
  }

  const place = (queued: QueuedPod, hasUnboundClaim = false): void => {
    const result = placePod(queued.facts, cache, placement)
    const attempt = queue.cycle
    if (result.kind === 'fits' && hasUnboundClaim) {
      const message = factAt(unboundClaimMessage, minor)(queued.facts.pod, cache.nodes.length)
      fail(queued, 'Unschedulable', message, message, attempt)
      return
    }
    if (result.kind === 'fits') {
      bind(queued, result.node, result.feasible, attempt)
      return
    }
    if (result.kind !== 'unschedulable') {
      const message = result.kind === 'error' ? result.message : factAt(noNodesMessage, minor)
      fail(queued, 'Unschedulable', message, message, attempt)
      return
    }
    const message = fitErrorMessage(cache.nodes.length, result.failures)
    whileBusy((resume) =>
      preemptor.preempt(queued.facts, result, (tail) => {
        fail(queued, 'Unschedulable', message + tail, message + tail, attempt)
        resume()
      }),
    )
  }

  const bind = (queued: QueuedPod, node: NodeInfo, feasible: number, attempt: number): void => {
    const { facts } = queued
    const { pod } = facts
    nominated.delete(facts.uid)
    if (journal.keeps('story')) {
      journal.append({ actor, type: 'pod.assumed', object: podObject(pod), detail: { node: node.name, feasible } })
    }
    binder.bind(facts, node.name, (error) => {
      if (error === undefined) {
        const note = `Successfully assigned ${pod.metadata.namespace}/${pod.metadata.name} to ${node.name}`
        recorder.event(pod, undefined, 'Normal', 'Scheduled', 'Binding', note)
        return
      }
      journal.append({ actor, type: 'pod.binding-rejected', object: podObject(pod), detail: { message: error } })
      fail(queued, 'SchedulerError', error, `Binding rejected: ${error}`, attempt)
    })
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
    writeStatus(client, pod, { condition: { reason, message, now } }, factAt(patchesStatus, minor))
  }

  return {
    stop() {
      isStopped = true
      for (const part of [queue, recorder, binder, preemptor]) part.stop()
    },
    synced() {
      isSynced = true
      wake()
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
      if (countsTheSame(old, pod) && queue.unschedulableCount === 0) return
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
      if (queue.unschedulableCount === 0 || mayHelp(old, node)) queue.moveAll()
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
