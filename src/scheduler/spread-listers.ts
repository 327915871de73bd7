import { isObject, member } from '../api/json.ts'
import {
  type Requirement,
  type Selector,
  selectorFromObject,
  selectorFromSet,
  selectorOf,
} from '../api/label-selector.ts'
import type { KubeObject, LabelSelector, ResourceRef } from '../api/types/meta.ts'
import type { Indexer, Informer } from '../client/informer.ts'
import { flat } from '../kernel/flat-text.ts'
import type { PodFacts } from './pod-facts.ts'

/** Resources whose selectors say which Pods belong together. */
export const spreadResources: Readonly<Record<SpreadKind, ResourceRef>> = {
  services: { group: '', version: 'v1', resource: 'services' },
  replicationControllers: { group: '', version: 'v1', resource: 'replicationcontrollers' },
  replicaSets: { group: 'apps', version: 'v1', resource: 'replicasets' },
  statefulSets: { group: 'apps', version: 'v1', resource: 'statefulsets' },
}

export type SpreadKind = 'services' | 'replicationControllers' | 'replicaSets' | 'statefulSets'

const selectedIndex = 'selected'

/** Of the informers below: found by a label that Pods have to have, for of thousands of owners in a namespace one or two select a Pod. */
export function spreadIndexers(kind: SpreadKind): Readonly<Record<string, Indexer<KubeObject>>> {
  return {
    [selectedIndex]: (owner) => {
      const selector = selectorMember(owner)
      if (selector === undefined) return []
      const labels = isPlain(kind) ? selector : (member(selector, 'matchLabels') ?? {})
      const { namespace = '' } = owner.metadata
      const [first] = Object.entries(labels)
      return [first === undefined ? anyOf(namespace) : placeOf(namespace, first[0], first[1])]
    },
  }
}

function placeOf(namespace: string, key: string, value: unknown): string {
  return flat(`${namespace} ${key}=${value}`)
}

/** Where those are that ask for no one label. */
function anyOf(namespace: string): string {
  return `${namespace} `
}

/**
 * What all Services and controllers that select a Pod ask for together; undefined when there are none.
 * Source: pkg/scheduler/framework/plugins/helper/spread.go, DefaultSelector.
 */
export function createSpreadSelector(
  informers: ReadonlyMap<SpreadKind, Informer<KubeObject>>,
): (pod: PodFacts) => Selector | undefined {
  return (pod) => {
    const requirements: Requirement[] = []
    for (const [kind, informer] of informers) {
      if (informer.size === 0) continue
      addOfOwners(requirements, pod, kind, informer.byIndex(selectedIndex, anyOf(pod.namespace)))
      for (const [key, value] of Object.entries(pod.labels))
        addOfOwners(requirements, pod, kind, informer.byIndex(selectedIndex, placeOf(pod.namespace, key, value)))
    }
    return requirements.length === 0 ? undefined : selectorOf(requirements)
  }
}

function addOfOwners(found: Requirement[], pod: PodFacts, kind: SpreadKind, owners: readonly KubeObject[]): void {
  for (const owner of owners) {
    const selector = ownerSelector(kind, owner)
    if (selector?.matches(pod.labels)) for (const one of selector.requirements) addOnce(found, one)
  }
}

/** Services and ReplicationControllers have plain maps; one without any selects nothing. */
function ownerSelector(kind: SpreadKind, owner: KubeObject): Selector | undefined {
  const selector = selectorMember(owner)
  if (selector === undefined) return undefined
  // Both shapes were validated by the API server.
  return isPlain(kind)
    ? selectorFromSet(selector as Readonly<Record<string, string>>)
    : selectorFromObject(selector as LabelSelector)
}

function selectorMember(owner: KubeObject): object | undefined {
  const spec = member(owner, 'spec')
  const selector = isObject(spec) ? member(spec, 'selector') : undefined
  return isObject(selector) && Object.keys(selector).length > 0 ? selector : undefined
}

function isPlain(kind: SpreadKind): boolean {
  return kind === 'services' || kind === 'replicationControllers'
}

function addOnce(requirements: Requirement[], one: Requirement): void {
  const isKnown = requirements.some(
    ({ key, operator, values }) => key === one.key && operator === one.operator && values.join() === one.values.join(),
  )
  if (!isKnown) requirements.push(one)
}
