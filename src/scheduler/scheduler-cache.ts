import { equalJson } from '../api/json.ts'
import type { Selector } from '../api/label-selector.ts'
import type { Node, Pod } from '../api/types/core.ts'
import type { ClusterView, ImageState } from './framework.ts'
import { MatchingPods } from './matching-pods.ts'
import { NodeInfo } from './node-info.ts'
import { type PodFacts, uidOf } from './pod-facts.ts'
import { avoidPodsAnnotation } from './scores/prefer-avoid-pods.ts'

/**
 * The nodes with the Pods on them, bound and assumed, kept up to date event by event. It is its own snapshot: nothing
 * changes while a Pod is being scheduled. Source: pkg/scheduler/internal/cache/cache.go.
 */
export interface SchedulerCache extends ClusterView {
  setNode(node: Node): void
  removeNode(name: string): void
  /** Puts a Pod on a node, or takes in a newer version of one that is there. */
  setPod(pod: PodFacts, node: string): void
  removePod(uid: string): void
  /** Counts a Pod as on the node that was chosen for it, until the API server confirms or `removePod` takes it back. */
  assume(pod: PodFacts, node: string): void
  isAssumed(uid: string): boolean
  /**
   * Takes the API server's word for a Pod that was assumed to be on that node: nothing moves, for a binding changes
   * nothing else that counts. Answers its facts with the new version, or undefined when the Pod was not assumed there.
   */
  confirm(pod: Pod): PodFacts | undefined
  /** Whether any Pod has a lower priority. */
  hasPodsBelow(priority: number): boolean
  nodeInfo(name: string): NodeInfo | undefined
}

interface Images {
  size: number
  readonly nodes: Set<string>
}

/** `spreadSelector` and `claimsOf`: see ClusterView; who knows of Services, controllers and claims provides them. */
export function createSchedulerCache(
  spreadSelector: (pod: PodFacts) => Selector | undefined,
  claimsOf: NonNullable<ClusterView['claimsOf']> = () => undefined,
): SchedulerCache {
  const infos = new Map<string, NodeInfo>()
  const nodeOfPod = new Map<string, NodeInfo>()
  const podsIn = new Map<string, Map<string, PodFacts>>()
  const assumed = new Set<string>()
  const podsByPriority = new Map<number, number>()
  const matching = new MatchingPods()
  const images = new Map<string, Images>()
  const nodesWithAffinityPods = new Set<NodeInfo>()
  const nodesWithAntiAffinityPods = new Set<NodeInfo>()
  const nodesToAvoid = new Set<NodeInfo>()
  const nodesWithSoftTaints = new Set<NodeInfo>()
  let nodes: readonly NodeInfo[] | undefined = []
  const nodeOf = (uid: string): string => nodeOfPod.get(uid)?.name ?? ''

  const infoOf = (name: string): NodeInfo => {
    const known = infos.get(name)
    if (known !== undefined) return known
    const created = new NodeInfo(name)
    infos.set(name, created)
    return created
  }
  const forget = (info: NodeInfo): void => {
    if (info.node === undefined && info.pods.size === 0) infos.delete(info.name)
  }
  const noteAffinity = (info: NodeInfo): void => {
    toggle(nodesWithAffinityPods, info, info.podsWithAffinity.size > 0)
    toggle(nodesWithAntiAffinityPods, info, info.podsWithRequiredAntiAffinity.size > 0)
  }
  const countPriority = (priority: number, by: 1 | -1): void => {
    const count = (podsByPriority.get(priority) ?? 0) + by
    if (count > 0) podsByPriority.set(priority, count)
    else podsByPriority.delete(priority)
  }
  const removePod = (uid: string): void => {
    const info = nodeOfPod.get(uid)
    const pod = info?.pods.get(uid)
    if (info === undefined || pod === undefined) return
    nodeOfPod.delete(uid)
    const inNamespace = podsIn.get(pod.namespace)
    inNamespace?.delete(uid)
    if (inNamespace?.size === 0) podsIn.delete(pod.namespace)
    assumed.delete(uid)
    info.removePod(uid)
    countPriority(pod.priority, -1)
    matching.update(pod, info.name, -1)
    noteAffinity(info)
    forget(info)
  }
  const addPod = (pod: PodFacts, node: string): void => {
    removePod(pod.uid)
    const info = infoOf(node)
    nodeOfPod.set(pod.uid, info)
    podsIn.set(pod.namespace, (podsIn.get(pod.namespace) ?? new Map<string, PodFacts>()).set(pod.uid, pod))
    info.addPod(pod)
    countPriority(pod.priority, 1)
    matching.update(pod, node, 1)
    if (pod.affinity !== undefined || pod.antiAffinity !== undefined) noteAffinity(info)
  }
  const setNodeOf = (info: NodeInfo, node: Node | undefined): void => {
    setImages(images, info.node, node)
    if ((info.node === undefined) !== (node === undefined)) nodes = undefined
    info.setNode(node)
    toggle(nodesToAvoid, info, node?.metadata.annotations?.[avoidPodsAnnotation] !== undefined)
    const hasSoftTaint = info.taints.some(({ effect }) => effect === 'PreferNoSchedule')
    toggle(nodesWithSoftTaints, info, hasSoftTaint)
  }

  return {
    nodes() {
      nodes ??= [...infos.values()].filter(({ node }) => node !== undefined)
      return nodes
    },
    nodesWithAffinityPods,
    nodesWithAntiAffinityPods,
    nodesToAvoid,
    nodesWithSoftTaints,
    images: images satisfies ReadonlyMap<string, ImageState>,
    matchingPods: (namespace, selector) =>
      matching.counts(namespace, selector, { pods: podsIn.get(namespace) ?? noPods, nodeOf }),
    spreadSelector,
    claimsOf,
    setNode: (node) => setNodeOf(infoOf(node.metadata.name), node),
    removeNode(name) {
      const info = infos.get(name)
      if (info === undefined) return
      setNodeOf(info, undefined)
      forget(info)
    },
    setPod(pod, node) {
      assumed.delete(pod.uid)
      addPod(pod, node)
    },
    removePod,
    assume(pod, node) {
      addPod(pod, node)
      assumed.add(pod.uid)
    },
    isAssumed: (uid) => assumed.has(uid),
    confirm(pod) {
      const uid = uidOf(pod)
      const info = nodeOfPod.get(uid)
      const known = info?.pods.get(uid)
      if (info === undefined || known === undefined || info.name !== pod.spec.nodeName) return undefined
      const { deletionTimestamp, labels } = known.pod.metadata
      const isSame = deletionTimestamp === pod.metadata.deletionTimestamp && equalJson(labels, pod.metadata.labels)
      if (!isSame || !assumed.delete(uid)) return undefined
      const confirmed: PodFacts = { ...known, pod }
      info.replacePod(confirmed)
      podsIn.get(confirmed.namespace)?.set(uid, confirmed)
      return confirmed
    },
    hasPodsBelow(priority) {
      for (const other of podsByPriority.keys()) if (other < priority) return true
      return false
    },
    nodeInfo: (name) => infos.get(name),
  }
}

const noPods: ReadonlyMap<string, PodFacts> = new Map()

function toggle<T>(set: Set<T>, value: T, isIn: boolean): void {
  if (isIn) set.add(value)
  else set.delete(value)
}

function setImages(images: Map<string, Images>, before: Node | undefined, after: Node | undefined): void {
  if (before?.status?.images === after?.status?.images) return
  for (const { names = [] } of before?.status?.images ?? []) {
    for (const name of names) {
      const state = images.get(name)
      state?.nodes.delete(before?.metadata.name ?? '')
      if (state?.nodes.size === 0) images.delete(name)
    }
  }
  for (const { names = [], sizeBytes = 0 } of after?.status?.images ?? []) {
    for (const name of names) {
      const state = images.get(name) ?? { size: sizeBytes, nodes: new Set() }
      images.set(name, state)
      state.nodes.add(after?.metadata.name ?? '')
    }
  }
}
