import { factAt } from '../../versions/version.ts'
import { type ClusterView, type Failure, type FilterPlugin, label, type PreparedFilter } from '../framework.ts'
import type { NodeInfo } from '../node-info.ts'
import { type AffinityTerm, type PodFacts, termSelects } from '../pod-facts.ts'
import { affinityReasons } from '../version-facts.ts'

/** Number of Pods that match, by `key\0value` of a topology. */
type TopologyCounts = Map<string, number>

interface Refusals {
  readonly existing: Failure
  readonly affinity: Failure
  readonly antiAffinity: Failure
}

/**
 * Required affinity and anti-affinity between Pods, those of the Pods that are there included.
 * Source: framework/plugins/interpodaffinity/filtering.go.
 */
export const interPodAffinity: FilterPlugin = {
  name: 'InterPodAffinity',
  prepare(pod, view, minor) {
    const required = pod.affinity?.required ?? []
    const anti = pod.antiAffinity?.required ?? []
    const existing = countExisting(pod, view)
    if (required.length === 0 && anti.length === 0 && existing.size === 0) {
      // Anti-affinity of Pods that are only nominated for a node is not looked at then: it is a rare case of a rare one.
      return undefined
    }
    const near: TopologyCounts = new Map()
    const far: TopologyCounts = new Map()
    if (required.length > 0 || anti.length > 0) {
      for (const node of view.nodes())
        for (const other of node.pods.values()) countIncoming(pod, other, node, 1, near, far)
    }
    return createState(pod, { existing, near, far }, refusalsOf(minor))
  },
}

function refusalsOf(minor: number): Refusals {
  const { general, existing, affinity, antiAffinity } = factAt(affinityReasons, minor)
  const reasons = (own: string) => (general === undefined ? [own] : [general, own])
  return {
    existing: { reasons: reasons(existing), isResolvable: true },
    affinity: { reasons: reasons(affinity), isResolvable: false },
    antiAffinity: { reasons: reasons(antiAffinity), isResolvable: true },
  }
}

interface Counts {
  /** Topologies that existing Pods keep this Pod out of. */
  readonly existing: TopologyCounts
  /** Topologies with Pods that all affinity terms match. */
  readonly near: TopologyCounts
  /** Topologies with Pods that an anti-affinity term matches. */
  readonly far: TopologyCounts
}

function createState(pod: PodFacts, counts: Counts, refusals: Refusals): PreparedFilter {
  const required = pod.affinity?.required ?? []
  const anti = pod.antiAffinity?.required ?? []
  const { existing, near, far } = counts
  const hasAll = (node: NodeInfo) =>
    required.every((term) => {
      const pair = pairOf(node, term)
      return pair !== undefined && (near.get(pair) ?? 0) > 0
    })
  const hasAny = (node: NodeInfo) =>
    anti.some((term) => {
      const pair = pairOf(node, term)
      return pair !== undefined && (far.get(pair) ?? 0) > 0
    })
  // The first of a group of Pods that want to be together may go anywhere.
  const isFirst = () => near.size === 0 && required.every((term) => termSelects(term, pod))
  return {
    filter(node) {
      if (existing.size > 0 && isKeptOut(node, existing)) return refusals.existing
      if (required.length > 0 && !hasAll(node) && !isFirst()) return refusals.affinity
      if (anti.length > 0 && hasAny(node)) return refusals.antiAffinity
      return undefined
    },
    withPod(other, node, by) {
      for (const term of other.antiAffinity?.required ?? []) if (termSelects(term, pod)) add(existing, node, term, by)
      countIncoming(pod, other, node, by, near, far)
    },
    clone: () => createState(pod, { existing: new Map(existing), near: new Map(near), far: new Map(far) }, refusals),
  }
}

function isKeptOut(node: NodeInfo, existing: TopologyCounts): boolean {
  for (const [key, value] of Object.entries(node.labels)) if ((existing.get(`${key}\0${value}`) ?? 0) > 0) return true
  return false
}

function countExisting(pod: PodFacts, view: ClusterView): TopologyCounts {
  const counts: TopologyCounts = new Map()
  for (const node of view.nodesWithAntiAffinityPods) {
    for (const other of node.podsWithRequiredAntiAffinity.values()) {
      for (const term of other.antiAffinity?.required ?? []) if (termSelects(term, pod)) add(counts, node, term, 1)
    }
  }
  return counts
}

function countIncoming(
  pod: PodFacts,
  other: PodFacts,
  node: NodeInfo,
  by: 1 | -1,
  near: TopologyCounts,
  far: TopologyCounts,
): void {
  const required = pod.affinity?.required ?? []
  if (required.length > 0 && required.every((term) => termSelects(term, other))) {
    for (const term of required) add(near, node, term, by)
  }
  for (const term of pod.antiAffinity?.required ?? []) if (termSelects(term, other)) add(far, node, term, by)
}

function add(counts: TopologyCounts, node: NodeInfo, term: AffinityTerm, by: 1 | -1): void {
  const pair = pairOf(node, term)
  if (pair === undefined) return
  const next = (counts.get(pair) ?? 0) + by
  if (next === 0) counts.delete(pair)
  else counts.set(pair, next)
}

function pairOf(node: NodeInfo, term: AffinityTerm): string | undefined {
  const value = label(node.labels, term.topologyKey)
  return value === undefined ? undefined : `${term.topologyKey}\0${value}`
}
