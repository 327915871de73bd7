import type { Selector } from '../api/label-selector.ts'
import { type NodeFilters, type Nominations, nodeFailure } from './algorithm.ts'
import type { Failure } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodFacts } from './pod-facts.ts'

/** A PodDisruptionBudget as preemption sees it. */
export interface DisruptionBudget {
  readonly namespace: string
  readonly selector: Selector
  readonly disruptionsAllowed: number
}

/** What preemption knows beside the Pod and the nodes that failed. */
export interface PreemptionContext {
  readonly nominations: Nominations
  readonly budgets: readonly DisruptionBudget[]
  /** Whether there is any Pod of lower priority at all. */
  readonly hasLowerPriority: boolean
  /** A Pod's start in ms; one that has not started counts as started now. */
  startOf(pod: PodFacts): number
}

export interface PreemptionPlan {
  readonly node: NodeInfo
  /** The most important first. */
  readonly victims: readonly PodFacts[]
}

export type PreemptionResult =
  /** Nothing could help, whatever were removed: a nomination of the Pod is void. */
  | { readonly kind: 'helpless'; readonly outcomes: ReadonlyMap<string, number> }
  /** No node has Pods of lower priority whose removal makes room. */
  | { readonly kind: 'no-victims'; readonly outcomes: ReadonlyMap<string, number> }
  | { readonly kind: 'plan'; readonly plan: PreemptionPlan }

const notHelpful = 'Preemption is not helpful for scheduling'
const noVictims = 'No preemption victims found for incoming pod'

/**
 * Finds the node where the fewest and least important Pods must go. Source: generic_scheduler.go, Preempt.
 */
export function planPreemption(
  pod: PodFacts,
  failures: ReadonlyMap<NodeInfo, Failure>,
  filters: NodeFilters,
  context: PreemptionContext,
): PreemptionResult {
  const outcomes = new Map<string, number>()
  const count = (outcome: string) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1)
  const candidates: Candidate[] = []
  let isHelpless = true
  for (const [node, { isResolvable }] of failures) {
    if (!isResolvable) {
      count(notHelpful)
      continue
    }
    isHelpless = false
    const candidate = context.hasLowerPriority ? victimsOn(node, pod, filters, context) : undefined
    if (candidate === undefined) count(noVictims)
    else candidates.push(candidate)
  }
  if (isHelpless) return { kind: 'helpless', outcomes }
  const best = bestCandidate(candidates, context.startOf)
  return best === undefined ? { kind: 'no-victims', outcomes } : { kind: 'plan', plan: best }
}

interface Candidate extends PreemptionPlan {
  readonly violations: number
}

/** Removes all Pods of lower priority, then puts back whom it can, the important first. Source: selectVictimsOnNode. */
function victimsOn(
  original: NodeInfo,
  pod: PodFacts,
  filters: NodeFilters,
  { nominations, budgets, startOf }: PreemptionContext,
): Candidate | undefined {
  const lower = [...original.pods.values()].filter(({ priority }) => priority < pod.priority)
  if (lower.length === 0) return undefined
  const node = original.clone()
  const states = filters.map((filter) => filter.clone?.() ?? filter)
  const move = (other: PodFacts, by: 1 | -1) => {
    if (by === 1) node.addPod(other)
    else node.removePod(other.uid)
    for (const state of states) state.withPod?.(other, node, by)
  }
  for (const other of lower) move(other, -1)
  if (nodeFailure(pod, node, states, nominations) !== undefined) return undefined
  lower.sort((a, b) => b.priority - a.priority || startOf(a) - startOf(b))
  const { violating, others } = splitByBudgets(lower, budgets)
  const victims: PodFacts[] = []
  const reprieve = (other: PodFacts): boolean => {
    move(other, 1)
    if (nodeFailure(pod, node, states, nominations) === undefined) return true
    move(other, -1)
    victims.push(other)
    return false
  }
  let violations = 0
  for (const other of violating) if (!reprieve(other)) violations++
  for (const other of others) reprieve(other)
  return { node: original, victims, violations }
}

function splitByBudgets(
  pods: readonly PodFacts[],
  budgets: readonly DisruptionBudget[],
): { readonly violating: readonly PodFacts[]; readonly others: readonly PodFacts[] } {
  const left = budgets.map(({ disruptionsAllowed }) => disruptionsAllowed)
  const violating: PodFacts[] = []
  const others: PodFacts[] = []
  for (const pod of pods) {
    const isViolated = budgets.some(({ namespace, selector }, at) => {
      const concerns = namespace === pod.namespace && selector.requirements.length > 0 && selector.matches(pod.labels)
      if (!concerns) return false
      const allowed = left[at] ?? 0
      left[at] = allowed - 1
      return allowed <= 0
    })
    if (isViolated) violating.push(pod)
    else others.push(pod)
  }
  return { violating, others }
}

/**
 * Fewest budget violations, then the lowest highest priority, the lowest sum, the fewest victims, the latest start of
 * the most important ones; the first of several. Source: pickOneNodeForPreemption.
 */
function bestCandidate(candidates: readonly Candidate[], startOf: (pod: PodFacts) => number): Candidate | undefined {
  const free = candidates.find(({ victims }) => victims.length === 0)
  if (free !== undefined) return free
  const ranks = candidates.map((candidate) => ({ candidate, rank: rankOf(candidate, startOf) }))
  return ranks.reduce<(typeof ranks)[number] | undefined>(
    (best, one) => (best === undefined || isLess(one.rank, best.rank) ? one : best),
    undefined,
  )?.candidate
}

const priorityOffset = 2 ** 31

function rankOf({ victims, violations }: Candidate, startOf: (pod: PodFacts) => number): readonly number[] {
  const highest = Math.max(...victims.map(({ priority }) => priority))
  const sum = victims.reduce((total, { priority }) => total + priority + priorityOffset, 0)
  const starts = victims.filter(({ priority }) => priority === highest).map(startOf)
  return [violations, victims[0]?.priority ?? 0, sum, victims.length, -Math.min(...starts)]
}

function isLess(a: readonly number[], b: readonly number[]): boolean {
  for (let at = 0; at < a.length; at++) {
    const difference = (a[at] ?? 0) - (b[at] ?? 0)
    if (difference !== 0) return difference < 0
  }
  return false
}

/**
 * Why the Pod may not preempt: it is not to, or those that it preempted are still going. Undefined: it may. Source: default_preemption.go,
 * PodEligibleToPreemptOthers.
 */
export function preemptionRefusal(
  pod: PodFacts,
  nominated: NodeInfo | undefined,
  honoursPolicy: boolean,
): string | undefined {
  if (honoursPolicy && pod.pod.spec.preemptionPolicy === 'Never') return 'not eligible due to preemptionPolicy=Never.'
  for (const other of nominated?.pods.values() ?? []) {
    if (other.pod.metadata.deletionTimestamp && other.priority < pod.priority)
      return 'not eligible due to a terminating pod on the nominated node.'
  }
  return undefined
}
