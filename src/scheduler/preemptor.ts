import { disruptionCondition } from '../api/disruption.ts'
import type { Pod } from '../api/types/core.ts'
import { resources } from '../client/client.ts'
import { settled } from '../kernel/all.ts'
import { parseRfc3339, rfc3339 } from '../kernel/calendar.ts'
import { Latch } from '../kernel/latch.ts'
import type { Once } from '../kernel/once.ts'
import { process } from '../kernel/process.ts'
import type { Scope } from '../kernel/scope.ts'
import { attempt, type Steps, wait } from '../kernel/steps.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { scheduler } from '../versions/scheduler.ts'
import { factAt } from '../versions/version.ts'
import type { Placement } from './algorithm.ts'
import { statusWrite } from './failure-handler.ts'
import type { NominatedPods } from './nominated-pods.ts'
import type { PodFacts } from './pod-facts.ts'
import { type PreemptionPlan, planPreemption, preemptionRefusal } from './preemption.ts'
import type { SchedulerCache } from './scheduler-cache.ts'
import type { SchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import type { SeriesRecorder } from './series-recorder.ts'
import { honoursPreemptionPolicy, patchesStatus, preemptorInEvent, tellsPreemption } from './version-facts.ts'

type Unschedulable = Extract<Placement, { kind: 'unschedulable' }>

/** Makes room for a Pod that fits nowhere. Source: pkg/scheduler/scheduler.go, preempt. */
export interface Preemptor {
  /** Answers what the message of the failure ends with: at once, or when the API server has answered. */
  preempt(pod: PodFacts, result: Unschedulable): Steps<string>
}

export interface PreemptorParts {
  readonly options: SchedulerOptions
  readonly inputs: SchedulerInputs
  readonly cache: SchedulerCache
  readonly nominated: NominatedPods
  readonly recorder: SeriesRecorder
  /** The scheduler's life. */
  readonly scope: Scope
}

export function createPreemptor(parts: PreemptorParts): Preemptor {
  const { options, inputs, cache, nominated, recorder, scope } = parts
  const { kernel, calendar, journal, client, minor } = options
  const usesPatch = factAt(patchesStatus, minor)
  const claims = has(minor, scheduler.deallocatesClaims) ? ' no new claims to deallocate,' : ''

  /** When a Pod started, in ms; one that has not counts as started now. */
  const startOf = ({ pod }: PodFacts): number => {
    const started = pod.status?.startTime
    return (started === undefined ? undefined : parseRfc3339(started)) ?? calendar.at(kernel.now())
  }
  /** The end of the message in later versions. Source: FitError.Error and the default preemption plugin. */
  const tailOf = (outcomes: ReadonlyMap<string, number>): string => {
    if (!factAt(tellsPreemption, minor)) return ''
    const counts = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).sort()
    const end = has(minor, scheduler.oneFullStop) ? '.' : '..'
    return `${claims} preemption: 0/${cache.nodes().length} nodes are available: ${counts.join(', ')}${end}`
  }
  /** For what nobody waits for. */
  const nominate = (pod: Pod, node: string): void => {
    const write = statusWrite(client, pod, { nominatedNodeName: node }, usesPatch)
    if (write !== undefined) scope.start(settled(write))
  }
  /** Deletes the victims; answers when the API server has answered for all of them. */
  const evict = (preemptor: Pod, victims: readonly PodFacts[], node: string): Once<void> => {
    const answered = new Latch()
    let missing = victims.length
    if (missing === 0) answered.open()
    const by = factAt(preemptorInEvent, minor)(preemptor)
    for (const { pod: victim } of victims) {
      scope.start(
        process(kernel, () => take(options, preemptor, victim)),
        () => {
          if (--missing === 0) answered.open()
        },
      )
      recorder.event(victim, preemptor, 'Normal', 'Preempted', 'Preempting', `Preempted by ${by} on node ${node}`)
    }
    return answered
  }
  /** Nominates the node, then deletes the victims; the Pod waits for them to go. */
  function* carryOut(facts: PodFacts, plan: PreemptionPlan): Steps<void> {
    const { pod } = facts
    const node = plan.node.name
    nominated.set(facts, node)
    const victims = plan.victims.map((victim) => `${victim.namespace}/${victim.pod.metadata.name}`)
    const { name, namespace = '' } = pod.metadata
    const object = { kind: 'Pod', namespace, name, uid: facts.uid }
    journal.append({ actor: 'scheduler', type: 'pod.preempting', object, detail: { node, victims } })
    const write = statusWrite(client, pod, { nominatedNodeName: node }, usesPatch)
    const reply = write === undefined ? undefined : yield* attempt(write)
    if (reply?.ok === false) {
      nominated.delete(facts.uid)
      return
    }
    const gone = evict(pod, plan.victims, node)
    for (const other of nominated.podsFor(node)) if (other.priority < facts.priority) nominate(other.pod, '')
    // The next attempt must see that they are going, or it would preempt once more.
    yield* wait(gone)
  }

  return {
    *preempt(facts, { failures, filters }) {
      const nomination = facts.pod.status?.nominatedNodeName
      const node = nomination ? cache.nodeInfo(nomination) : undefined
      const refusal = preemptionRefusal(facts, node, factAt(honoursPreemptionPolicy, minor))
      if (refusal !== undefined) return factAt(tellsPreemption, minor) ? `${claims} preemption: ${refusal}` : ''
      const budgets = cache.hasPodsBelow(facts.priority) ? yield* inputs.budgets() : []
      const hasLowerPriority = cache.hasPodsBelow(facts.priority)
      const context = { nominations: nominated, budgets, hasLowerPriority, startOf }
      const outcome = planPreemption(facts, failures, filters, context)
      if (outcome.kind === 'plan') {
        yield* carryOut(facts, outcome.plan)
        return ''
      }
      if (outcome.kind === 'helpless' && facts.pod.status?.nominatedNodeName) {
        nominated.delete(facts.uid)
        nominate(facts.pod, '')
      }
      return tailOf(outcome.outcomes)
    },
  }
}

/** Tells a victim why, then deletes it. Source: preemption.go, prepareCandidate. */
function* take({ client, minor, calendar, kernel }: SchedulerOptions, preemptor: Pod, victim: Pod): Steps<void> {
  const { name, namespace = '', uid = '' } = victim.metadata
  const message = `${preemptor.spec.schedulerName}: preempting to accommodate a higher priority pod`
  const why = { reason: 'PreemptionByScheduler', message }
  const condition = has(minor, controllers.tellsPodsOfDisruptions)
    ? disruptionCondition(victim, why, rfc3339(calendar.at(kernel.now())), minor)
    : undefined
  if (condition !== undefined) {
    const body = { metadata: { uid }, status: { conditions: [condition] } }
    const type = 'application/strategic-merge-patch+json'
    const key = { namespace, name }
    const told = yield* attempt(client.patch<Pod>(resources.pods, key, type, body, { subresource: 'status' }))
    if (!told.ok) return
  }
  yield* attempt(client.delete(resources.pods, { namespace, name }))
}
