import { formatSelector, type Selector } from '../api/label-selector.ts'
import type { NodeInfo } from './node-info.ts'
import type { PodFacts } from './pod-facts.ts'

/** Counts kept at once; what was not asked for longest goes first. */
const countersMax = 256

interface Counter {
  readonly selector: Selector
  readonly counts: Map<string, number>
}

/**
 * How many Pods of a namespace a selector matches, by node. The first question for a selector counts all Pods, after
 * that each Pod that comes or goes is counted once, so that spreading 10,000 Pods does not look at all of them each time.
 */
export class MatchingPods {
  readonly #byNamespace = new Map<string, Map<string, Counter>>()
  #size = 0

  counts(namespace: string, selector: Selector, nodes: Iterable<NodeInfo>): ReadonlyMap<string, number> {
    const key = formatSelector(selector)
    const counters = this.#byNamespace.get(namespace) ?? new Map<string, Counter>()
    this.#byNamespace.set(namespace, counters)
    const known = counters.get(key)
    if (known !== undefined) return known.counts
    const counter: Counter = { selector, counts: new Map() }
    for (const node of nodes) for (const pod of node.pods.values()) count(counter, namespace, pod, node.name, 1)
    if (this.#size >= countersMax) this.#forgetAll()
    this.#size++
    const current = this.#byNamespace.get(namespace) ?? new Map<string, Counter>()
    this.#byNamespace.set(namespace, current.set(key, counter))
    return counter.counts
  }

  update(pod: PodFacts, node: string, by: 1 | -1): void {
    const counters = this.#byNamespace.get(pod.namespace)
    if (counters === undefined) return
    for (const counter of counters.values()) count(counter, pod.namespace, pod, node, by)
  }

  #forgetAll(): void {
    this.#byNamespace.clear()
    this.#size = 0
  }
}

/** Pods that are being deleted do not count. */
function count({ selector, counts }: Counter, namespace: string, pod: PodFacts, node: string, by: 1 | -1): void {
  if (pod.namespace !== namespace || pod.pod.metadata.deletionTimestamp || !selector.matches(pod.labels)) return
  counts.set(node, (counts.get(node) ?? 0) + by)
}
