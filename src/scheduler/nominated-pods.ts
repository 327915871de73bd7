import type { Pod } from '../api/types/core.ts'
import type { Nominations } from './algorithm.ts'
import type { PodFacts } from './pod-facts.ts'

/** Which Pods are to go to which node once their victims are gone. Source: scheduling_queue.go, nominatedPodMap. */
export class NominatedPods implements Nominations {
  readonly #byNode = new Map<string, Map<string, PodFacts>>()
  readonly #nodeOf = new Map<string, string>()

  get size(): number {
    return this.#nodeOf.size
  }

  podsFor(node: string): readonly PodFacts[] {
    const pods = this.#byNode.get(node)
    return pods === undefined ? [] : [...pods.values()]
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid)
  }

  /** Without a node: what the Pod's own status says. */
  set(pod: PodFacts, node: string | undefined = pod.pod.status?.nominatedNodeName): void {
    this.delete(pod.uid)
    if (!node) return
    this.#nodeOf.set(pod.uid, node)
    const pods = this.#byNode.get(node) ?? new Map<string, PodFacts>()
    this.#byNode.set(node, pods.set(pod.uid, pod))
  }

  /** Takes in a newer version; a nomination that the API server has not heard of yet stays. */
  update(old: Pod, pod: PodFacts): void {
    if (this.size === 0 && !pod.pod.status?.nominatedNodeName) return
    const isUntold = !old.status?.nominatedNodeName && !pod.pod.status?.nominatedNodeName
    this.set(pod, isUntold ? this.#nodeOf.get(pod.uid) : pod.pod.status?.nominatedNodeName)
  }

  delete(uid: string): void {
    const node = this.#nodeOf.get(uid)
    if (node === undefined) return
    this.#nodeOf.delete(uid)
    const pods = this.#byNode.get(node)
    pods?.delete(uid)
    if (pods?.size === 0) this.#byNode.delete(node)
  }
}
