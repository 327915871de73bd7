import { isObject, member } from '../api/json.ts'
import {
  type Requirement,
  type Selector,
  selectorFromObject,
  selectorFromSet,
  selectorOf,
} from '../api/label-selector.ts'
import type { KubeObject, LabelSelector, ResourceRef } from '../api/types/meta.ts'
import type { Informer } from '../client/informer.ts'
import type { PodFacts } from './pod-facts.ts'

/** Resources whose selectors say which Pods belong together. */
export const spreadResources: Readonly<Record<SpreadKind, ResourceRef>> = {
  services: { group: '', version: 'v1', resource: 'services' },
  replicationControllers: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  replicaSets: { group: 'apps', version: 'v1', resource: 'replicasets' },
  statefulSets: { group: 'apps', version: 'v1', resource: 'statefulsets' },
}

export type SpreadKind = 'services' | 'replicationControllers' | 'replicaSets' | 'statefulSets'

/** Index of the informers below. */
export const namespaceIndex = 'namespace'

/**
 * What all Services and controllers that select a Pod ask for together; undefined when there are none.
 * Source: pkg/scheduler/framework/plugins/helper/spread.go, DefaultSelector.
 */
export function createSpreadSelector(
  informers: ReadonlyMap<SpreadKind, Informer<KubeObject>>,
): (pod: PodFacts) => Selector | undefined {
  const selectors = new WeakMap<KubeObject, Selector | undefined>()
  const selectorOfOwner = (kind: SpreadKind, owner: KubeObject): Selector | undefined => {
    if (selectors.has(owner)) return selectors.get(owner)
    const selector = ownerSelector(kind, owner)
    selectors.set(owner, selector)
    return selector
  }
  return (pod) => {
    let requirements: Requirement[] | undefined
    for (const [kind, informer] of informers) {
      if (informer.size === 0) continue
      for (const owner of informer.byIndex(namespaceIndex, pod.namespace)) {
        const selector = selectorOfOwner(kind, owner)
        if (selector === undefined || !selector.matches(pod.labels)) continue
        requirements ??= []
        for (const one of selector.requirements) addOnce(requirements, one)
      }
    }
    return requirements === undefined || requirements.length === 0 ? undefined : selectorOf(requirements)
  }
}

/** Services and ReplicationControllers have plain maps; one without any selects nothing. */
function ownerSelector(kind: SpreadKind, owner: KubeObject): Selector | undefined {
  const spec = member(owner, 'spec')
  const selector = isObject(spec) ? member(spec, 'selector') : undefined
  if (!isObject(selector) || Object.keys(selector).length === 0) return undefined
  // Both shapes were validated by the API server.
  if (kind === 'services' || kind === 'replicationControllers') {
    return selectorFromSet(selector as Readonly<Record<string, string>>)
  }
  return selectorFromObject(selector as LabelSelector)
}

function addOnce(requirements: Requirement[], one: Requirement): void {
  const isKnown = requirements.some(
    ({ key, operator, values }) => key === one.key && operator === one.operator && values.join() === one.values.join(),
  )
  if (!isKnown) requirements.push(one)
}
