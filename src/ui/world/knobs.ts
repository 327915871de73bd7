import type { Scenario } from '../../scenario/model.ts'
import type { ScenarioSource } from '../../scenario/schema.ts'

/** Settings of the cluster that a fork may have otherwise; what is absent stays as the scenario has it. */
export interface Knobs {
  /** How kubelets learn of changed Secrets (U2). */
  readonly strategy?: 'Watch' | 'Cache' | 'Get'
  /** Time between syncs of a Pod: `10s`. */
  readonly syncFrequency?: string
  /** Seconds in the annotation of nodes that says how long a cached Secret is good. */
  readonly ttl?: number
  readonly version?: string
}

type ClusterSource = NonNullable<ScenarioSource['cluster']>

/** The scenario with these settings, on every node, also where the scenario says it of one node alone. */
export function withKnobs(scenario: Scenario, knobs: Knobs): Scenario {
  const { cluster = {} } = scenario.source
  if (Object.keys(knobs).length === 0) return scenario
  const turned: ClusterSource = {
    ...cluster,
    // A version out of the table of knobs, which has those that there are.
    ...(knobs.version === undefined ? {} : { version: knobs.version as NonNullable<ClusterSource['version']> }),
    kubelet: { ...cluster.kubelet, ...kubeletKnobs(knobs) },
    nodes: turnedNodes(cluster.nodes, knobs),
  }
  return { ...scenario, source: { ...scenario.source, cluster: turned } }
}

/** The knobs in words: `strategy Cache, ttl 120`. */
export function knobsText(knobs: Knobs): string {
  return Object.entries(knobs)
    .map(([name, value]) => `${names[name as keyof Knobs]} ${value}`) // the keys of Knobs
    .join(', ')
}

const names: Readonly<Record<keyof Knobs, string>> = {
  strategy: 'strategy',
  syncFrequency: 'sync every',
  ttl: 'ttl',
  version: 'Kubernetes',
}

function kubeletKnobs({ strategy, syncFrequency }: Knobs): NonNullable<ClusterSource['kubelet']> {
  return {
    ...(strategy === undefined ? {} : { configMapAndSecretChangeDetectionStrategy: strategy }),
    ...(syncFrequency === undefined ? {} : { syncFrequency }),
  }
}

function turnedNodes(nodes: ClusterSource['nodes'] = 1, knobs: Knobs): NonNullable<ClusterSource['nodes']> {
  if (knobs.ttl === undefined && typeof nodes === 'number') return nodes
  const each: Exclude<ClusterSource['nodes'], number | undefined> =
    typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => ({ name: `node-${i + 1}` })) : nodes
  if (each.length === 0) return 0
  return each.map((node) => ({
    ...node,
    ...(knobs.ttl === undefined ? {} : { ttl: knobs.ttl }),
    ...(node.kubelet === undefined ? {} : { kubelet: { ...node.kubelet, ...kubeletKnobs(knobs) } }),
  }))
}
