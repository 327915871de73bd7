import type { Pod } from '../api/types/core.ts'
import { answered } from '../client/answered.ts'
import { resources } from '../client/client.ts'
import { parseRfc3339 } from '../kernel/calendar.ts'
import { factAt } from '../versions/version.ts'
import type { Placement } from './algorithm.ts'
import { writeStatus } from './failure-handler.ts'
import type { NominatedPods } from './nominated-pods.ts'
import type { PodFacts } from './pod-facts.ts'
import { type DisruptionBudget, mayPreempt, type PreemptionPlan, planPreemption } from './preemption.ts'
import type { SchedulerCache } from './scheduler-cache.ts'
import type { SchedulerInputs } from './scheduler-inputs.ts'
import type { SchedulerOptions } from './scheduler-options.ts'
import type { SeriesRecorder } from './series-recorder.ts'
import { honoursPreemptionPolicy, patchesStatus, preemptorInEvent, tellsPreemption } from './version-facts.ts'

type Unschedulable = Extract<Placement, { kind: 'unschedulable' }>

/** Makes room for a Pod that fits nowhere. Source: pkg/scheduler/scheduler.go, preempt. */
export interface Preemptor {
  /** `done` gets what the message of the failure ends with: at once, or when the API server has answered. */
  preempt(pod: PodFacts, result: Unschedulable, done: (tail: string) => void): void
  stop(): void
}

export interface PreemptorParts {
  readonly options: SchedulerOptions
  readonly inputs: SchedulerInputs
  readonly cache: SchedulerCache
  readonly nominated: NominatedPods
  readonly recorder: SeriesRecorder
}

export function createPreemptor({ options, inputs, cache, nominated, recorder }: PreemptorParts): Preemptor {
  const { kernel, calendar, journal, client, minor } = options
  const usesPatch = factAt(patchesStatus, minor)
  let isStopped = false

  /** When a Pod started, in ms; one that has not counts as started now. */
  const startOf = ({ pod }: PodFacts): number => {
    const started = pod.status?.startTime
    return (started === undefined ? undefined : parseRfc3339(started)) ?? calendar.at(kernel.now())
  }
  /** The end of the message in later versions. Source: FitError.Error and the default preemption plugin. */
  const tailOf = (outcomes: ReadonlyMap<string, number>): string => {
    if (!factAt(tellsPreemption, minor)) return ''
    const counts = [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).sort()
    const end = minor < 28 ? '..' : '.'
    return ` preemption: 0/${cache.nodes.length} nodes are available: ${counts.join(', ')}${end}`
  }
  const evict = (preemptor: Pod, victim: Pod, node: string, done: () => void): void => {
    const { name, namespace = '' } = victim.metadata
    answered(client.delete(resources.pods, { namespace, name }), done)
    const by = factAt(preemptorInEvent, minor)(preemptor)
    recorder.event(victim, preemptor, 'Normal', 'Preempted', 'Preempting', `Preempted by ${by} on node ${node}`)
  }
  /** Nominates the node, then deletes the victims; the Pod waits for them to go. */
  const carryOut = (facts: PodFacts, plan: PreemptionPlan, done: (tail: string) => void): void => {
    const { pod } = facts
    const node = plan.node.name
    nominated.set(facts, node)
    const victims = plan.victims.map((victim) => `${victim.namespace}/${victim.pod.metadata.name}`)
    const { name, namespace = '' } = pod.metadata
    const object = { kind: 'Pod', namespace, name, uid: facts.uid }
    journal.append({ actor: 'scheduler', type: 'pod.preempting', object, detail: { node, victims } })
    writeStatus(client, pod, { nominatedNodeName: node }, usesPatch, (reply) => {
      if (isStopped) return
      if (!reply.ok) {
        nominated.delete(facts.uid)
        done('')
        return
      }
      // The next attempt must see that they are going, or it would preempt once more.
      let left = plan.victims.length
      const evicted = () => {
        left--
        if (left <= 0 && !isStopped) done('')
      }
      for (const victim of plan.victims) evict(pod, victim.pod, node, evicted)
      for (const other of nominated.podsFor(node)) {
        if (other.priority < facts.priority) writeStatus(client, other.pod, { nominatedNodeName: '' }, usesPatch)
      }
      if (left === 0) done('')
    })
  }
  const decide = (
    facts: PodFacts,
    { failures, filters }: Unschedulable,
    budgets: readonly DisruptionBudget[],
    done: (tail: string) => void,
  ): void => {
    const hasLowerPriority = cache.hasPodsBelow(facts.priority)
    const context = { nominations: nominated, budgets, hasLowerPriority, startOf }
    const outcome = planPreemption(facts, failures, filters, context)
    if (outcome.kind === 'plan') {
      carryOut(facts, outcome.plan, done)
      return
    }
    if (outcome.kind === 'helpless' && facts.pod.status?.nominatedNodeName) {
      nominated.delete(facts.uid)
      writeStatus(client, facts.pod, { nominatedNodeName: '' }, usesPatch)
    }
    done(tailOf(outcome.outcomes))
  }

  return {
    preempt(facts, result, done) {
      const nomination = facts.pod.status?.nominatedNodeName
      const node = nomination ? cache.nodeInfo(nomination) : undefined
      if (!mayPreempt(facts, node, factAt(honoursPreemptionPolicy, minor))) {
        const tells = factAt(tellsPreemption, minor)
        done(tells ? ' preemption: not eligible due to a terminating pod on the nominated node.' : '')
        return
      }
      if (!cache.hasPodsBelow(facts.priority)) {
        decide(facts, result, [], done)
        return
      }
      inputs.withBudgets((budgets) => {
        if (!isStopped) decide(facts, result, budgets, done)
      })
    },
    stop() {
      isStopped = true
    },
  }
}
