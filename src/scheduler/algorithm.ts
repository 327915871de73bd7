import type { RandomStream } from '../kernel/random.ts'
import type { ClusterView, Failure, PreparedFilter } from './framework.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodFacts } from './pod-facts.ts'
import type { Profile } from './profiles.ts'

/** Pods that preemption has made room for, by node: they count as there for Pods of lower or equal priority. */
export interface Nominations {
  readonly size: number
  podsFor(node: string): readonly PodFacts[]
}

export type Placement =
  | { readonly kind: 'fits'; readonly node: NodeInfo; readonly feasible: number; readonly evaluated: number }
  | { readonly kind: 'no-nodes' }
  | { readonly kind: 'unschedulable'; readonly failures: ReadonlyMap<NodeInfo, Failure>; readonly filters: NodeFilters }
  | { readonly kind: 'error'; readonly message: string }

export type NodeFilters = readonly PreparedFilter[]

/** Where the search for nodes goes on with the next Pod. */
export interface SearchPosition {
  next: number
}

export interface PlacementOptions {
  readonly profile: Profile
  readonly minor: number
  /** Draws among nodes that are equally good. */
  readonly random: RandomStream
  readonly nominations: Nominations
  readonly position: SearchPosition
}

/**
 * Chooses a node for a Pod: filters until enough nodes fit, scores these, takes the best, any one of several.
 * Source: pkg/scheduler/core/generic_scheduler.go, Schedule.
 */
export function placePod(pod: PodFacts, view: ClusterView, options: PlacementOptions): Placement {
  if (view.nodes().length === 0) return { kind: 'no-nodes' }
  const filters: PreparedFilter[] = []
  for (const plugin of options.profile.filters) {
    const prepared = plugin.prepare(pod, view, options.minor)
    if (prepared === undefined) continue
    if ('error' in prepared) return { kind: 'error', message: prepared.error }
    filters.push(prepared)
  }
  const failures = new Map<NodeInfo, Failure>()
  const fitting = fittingNodes(pod, view, filters, failures, options)
  const [only] = fitting
  if (only === undefined) return { kind: 'unschedulable', failures, filters }
  const evaluated = fitting.length + failures.size
  const node = fitting.length === 1 ? only : bestNode(pod, view, fitting, options)
  return { kind: 'fits', node, feasible: fitting.length, evaluated }
}

function fittingNodes(
  pod: PodFacts,
  view: ClusterView,
  filters: NodeFilters,
  failures: Map<NodeInfo, Failure>,
  { nominations, position }: PlacementOptions,
): NodeInfo[] {
  const nodes = view.nodes()
  const wanted = nodesToFind(nodes.length)
  const start = position.next % nodes.length
  const fitting: NodeInfo[] = []
  let seen = 0
  while (seen < nodes.length && fitting.length < wanted) {
    const node = nodes[(start + seen) % nodes.length]
    seen++
    if (node === undefined) continue
    const refusal = nodeFailure(pod, node, filters, nominations)
    if (refusal === undefined) fitting.push(node)
    else failures.set(node, refusal)
  }
  position.next = (start + seen) % nodes.length
  return fitting
}

/**
 * How many fitting nodes are enough: all of fewer than 100, then a share of 50 % that sinks to 5 % in large clusters.
 * Source: generic_scheduler.go, numFeasibleNodesToFind.
 */
export function nodesToFind(count: number): number {
  if (count < 100) return count
  const percentage = Math.max(50 - Math.trunc(count / 125), 5)
  return Math.max(Math.trunc((count * percentage) / 100), 100)
}

/** The failure of the first filter that refuses a node. With nominated Pods it must fit with and without them. */
export function nodeFailure(
  pod: PodFacts,
  node: NodeInfo,
  filters: NodeFilters,
  nominations: Nominations,
): Failure | undefined {
  const nominated = nominations.size === 0 ? [] : nominations.podsFor(node.name)
  const rivals = nominated.filter((one) => one.priority >= pod.priority && one.uid !== pod.uid)
  if (rivals.length > 0) {
    const crowded = node.clone()
    const states = filters.map((filter) => filter.clone?.() ?? filter)
    for (const rival of rivals) {
      crowded.addPod(rival)
      for (const state of states) state.withPod?.(rival, crowded, 1)
    }
    const refusal = firstFailure(crowded, states)
    if (refusal !== undefined) return refusal
  }
  return firstFailure(node, filters)
}

function firstFailure(node: NodeInfo, filters: NodeFilters): Failure | undefined {
  for (const filter of filters) {
    const refusal = filter.filter(node)
    if (refusal !== undefined) return refusal
  }
  return undefined
}

/** Sums of weighted scores, node by node. Source: framework/v1alpha1/framework.go, RunScorePlugins. */
export function scoreNodes(
  pod: PodFacts,
  view: ClusterView,
  nodes: readonly NodeInfo[],
  { profile, minor }: Pick<PlacementOptions, 'profile' | 'minor'>,
): Float64Array {
  const totals = new Float64Array(nodes.length)
  const scores = new Float64Array(nodes.length)
  for (const { plugin, weight } of profile.scores) {
    const prepared = plugin.prepare(pod, view, nodes, minor)
    if (prepared === undefined) continue
    let at = 0
    for (const node of nodes) scores[at++] = prepared.score(node)
    prepared.normalize?.(scores, nodes)
    for (let i = 0; i < totals.length; i++) totals[i] = (totals[i] ?? 0) + weight * (scores[i] ?? 0)
  }
  return totals
}

function bestNode(pod: PodFacts, view: ClusterView, nodes: readonly NodeInfo[], options: PlacementOptions): NodeInfo {
  const totals = scoreNodes(pod, view, nodes, options)
  let best: NodeInfo[] = []
  let max = Number.NEGATIVE_INFINITY
  nodes.forEach((node, at) => {
    const total = totals[at] ?? 0
    if (total > max) {
      max = total
      best = [node]
    } else if (total === max) best.push(node)
  })
  const index = best.length > 1 ? options.random.integer(0, best.length) : 0
  return best[index] ?? (nodes[0] as NodeInfo) // `nodes` has at least two
}

/**
 * `0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable.`
 * Source: generic_scheduler.go, FitError.Error.
 */
export function fitErrorMessage(nodes: number, failures: ReadonlyMap<NodeInfo, Failure>): string {
  const counts = new Map<string, number>()
  for (const { reasons } of failures.values()) {
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  const texts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort()
  return `0/${nodes} nodes are available: ${texts.join(', ')}.`
}
