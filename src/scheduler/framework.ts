import type { Selector } from '../api/label-selector.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodFacts } from './pod-facts.ts'

/** Why a node does not fit. */
export interface Failure {
  /** Each counts on its own in the message. */
  readonly reasons: readonly string[]
  /** Whether removing Pods from the node could help; `UnschedulableAndUnresolvable` otherwise. */
  readonly isResolvable: boolean
}

/** The cluster as plugins see it during one cycle. */
export interface ClusterView {
  /** Nodes that exist, in the order in which they are looked at. */
  nodes(): readonly NodeInfo[]
  readonly nodesWithAffinityPods: ReadonlySet<NodeInfo>
  readonly nodesWithAntiAffinityPods: ReadonlySet<NodeInfo>
  /** Images on nodes, by normalised name. */
  readonly images: ReadonlyMap<string, ImageState>
  /** Nodes with the annotation that asks controllers to stay away. */
  readonly nodesToAvoid: ReadonlySet<NodeInfo>
  readonly nodesWithSoftTaints: ReadonlySet<NodeInfo>
  /** Number of Pods of a namespace that a selector matches and that are not being deleted, by node; 0 for all others. */
  matchingPods(namespace: string, selector: Selector): ReadonlyMap<string, number>
  /** What the claims of the Pod that is being tried leave it; undefined when it has none. */
  claimsOf?(pod: PodFacts): PreparedFilter | undefined
  /** What Services and controllers that select the Pod have in common, or undefined when there are none. */
  spreadSelector(pod: PodFacts): Selector | undefined
}

export interface ImageState {
  readonly size: number
  readonly nodes: ReadonlySet<string>
}

/** A filter made ready for one Pod. */
export interface PreparedFilter {
  filter(node: NodeInfo): Failure | undefined
  /** The state with a Pod more or less on a node, for trying preemption. Absent: the filter reads only the node. */
  withPod?(pod: PodFacts, node: NodeInfo, by: 1 | -1): void
  /** A copy for `withPod`. */
  clone?(): PreparedFilter
}

export type Prepared = PreparedFilter | { readonly error: string } | undefined

/** Rules out nodes. Undefined from `prepare`: the filter has nothing to say about this Pod. */
export interface FilterPlugin {
  readonly name: string
  prepare(pod: PodFacts, view: ClusterView, minor: number): Prepared
}

/** Scores of one plugin for one Pod, 0 to 100 after `normalize`. */
export interface PreparedScore {
  score(node: NodeInfo): number
  /** Changes the scores, which are in the order of `nodes`. */
  normalize?(scores: Float64Array, nodes: readonly NodeInfo[]): void
}

/** Ranks nodes. Undefined from `prepare`: all nodes score the same. */
export interface ScorePlugin {
  readonly name: string
  prepare(pod: PodFacts, view: ClusterView, nodes: readonly NodeInfo[], minor: number): PreparedScore | undefined
}

/** Source: pkg/scheduler/framework/v1alpha1/interface.go, MaxNodeScore. */
export const maxNodeScore = 100

/** A failure with one reason. Kept as a constant where the text is one, for thousands of nodes may fail alike. */
export function failure(reason: string, isResolvable: boolean): Failure {
  return { reasons: [reason], isResolvable }
}

/**
 * Scales scores to 0..100 by the highest; `reverse` makes the lowest best.
 * Source: framework/plugins/helper/normalize_score.go.
 */
export function normalizeByMax(scores: Float64Array, reverse: boolean): void {
  let max = 0
  for (const score of scores) if (score > max) max = score
  if (max === 0) {
    if (reverse) scores.fill(maxNodeScore)
    return
  }
  for (let i = 0; i < scores.length; i++) {
    const scaled = Math.trunc((maxNodeScore * (scores[i] ?? 0)) / max)
    scores[i] = reverse ? maxNodeScore - scaled : scaled
  }
}

/** The value of a label, or undefined. */
export function label(labels: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined
}
