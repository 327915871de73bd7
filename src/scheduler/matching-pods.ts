import { formatSelector, type Selector } from '../api/label-selector.ts'
import type { PodFacts } from './pod-facts.ts'

/** Counts kept at once; what was not asked for longest goes first. */
const countersMax = 256

/** The Pods of a namespace that are on nodes. */
export interface PlacedPods {
  readonly pods: ReadonlyMap<string, PodFacts>
  nodeOf(uid: string): string
}

interface Counter {
  readonly selector: Selector
  readonly counts: Map<string, number>
}

/**
 * How many Pods of a namespace a selector matches, by node. The first question for a selector counts those of the namespace, after
 * that each Pod that comes or goes is counted once, so that spreading 10,000 Pods does not look at all of them each time.
 */
export class MatchingPods {
  readonly #byNamespace = new Map<string, Map<string, Counter>>()
  #size = 0

  counts(namespace: string, selector: Selector, placed: PlacedPods): ReadonlyMap<string, number> {
    const key = formatSelector(selector)
    const counters = this.#byNamespace.get(namespace) ?? new Map<string, Counter>()
    this.#byNamespace.set(namespace, counters)
    const known = counters.get(key)
    if (known !== undefined) return known.counts
    const counter: Counter = { selector, counts: new Map() }
    // Called, for an iterator makes an object at each step.
    placed.pods.forEach((pod) => {
      if (isCounted(counter, pod)) add(counter, placed.nodeOf(pod.uid), 1)
    })
    if (this.#size >= countersMax) this.#forgetAll()
    this.#size++
    const current = this.#byNamespace.get(namespace) ?? new Map<string, Counter>()
    this.#byNamespace.set(namespace, current.set(key, counter))
    return counter.counts
  }

  update(pod: PodFacts, node: string, by: 1 | -1): void {
    const counters = this.#byNamespace.get(pod.namespace)
    if (counters === undefined) return
    for (const counter of counters.values()) if (isCounted(counter, pod)) add(counter, node, by)
  }

  #forgetAll(): void {
    this.#byNamespace.clear()
    this.#size = 0
  }
}

/** Pods that are being deleted do not count. */
function isCounted({ selector }: Counter, pod: PodFacts): boolean {
  return !pod.pod.metadata.deletionTimestamp && selector.matches(pod.labels)
}

function add({ counts }: Counter, node: string, by: 1 | -1): void {
  counts.set(node, (counts.get(node) ?? 0) + by)
}
