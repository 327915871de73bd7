import type { VirtualMs } from '../kernel/time.ts'
import type { FlowIndex } from './flow-index.ts'
import type { NeverFacts } from './places.ts'
import { type Revisions, revisionsOf } from './revisions.ts'
import type { PodTrace } from './traces.ts'

/** Which flow is asked for. */
export interface FlowQuery {
  readonly namespace: string
  readonly secret: string
  /** Only what changes this key counts, and only places that have it. */
  readonly key?: string
  /** First and last instant; all of the run unless given. */
  readonly from?: VirtualMs
  readonly to?: VirtualMs
  /** How many Pods get lanes at most, the earliest first. Delays are told of all. Default 50. */
  readonly pods?: number
}

/** What the journal does not say. */
export interface FlowFacts extends NeverFacts {
  /** How a node's kubelet comes by updates (U2). */
  strategyOf(node: string): 'Watch' | 'Cache' | 'Get'
  /** Whether it keeps the copy of an immutable object for ever (I3). */
  freezesImmutable(node: string): boolean
  /** Sync period plus propagation delay of the node's cache (U3). */
  boundMs(node: string): VirtualMs
  /** Virtual time now. */
  now(): VirtualMs
}

/** What the parts of a flow are made from. */
export interface FlowSources {
  readonly index: FlowIndex
  readonly facts: FlowFacts
  readonly query: FlowQuery
  readonly from: VirtualMs
  readonly to: VirtualMs
  readonly revisions: Revisions
  /** That use the Secret and lived within the range. */
  readonly pods: readonly PodTrace[]
}

/** Looks up what a query is about. */
export function sourcesOf(index: FlowIndex, facts: FlowFacts, query: FlowQuery): FlowSources {
  const { namespace, secret, key } = query
  const from = query.from ?? 0
  const to = query.to ?? Math.max(facts.now(), from)
  const revisions = revisionsOf(index.secret(namespace, secret), key)
  const pods = [...index.podsOf(namespace, secret)].filter(
    ({ createdAt, endedAt }) => createdAt <= to && (endedAt === undefined || endedAt >= from),
  )
  return { index, facts, query, from, to, revisions, pods }
}

/** Node of a Pod; empty while it has none. */
export function nodeOf({ pod }: PodTrace): string {
  return pod.spec.nodeName ?? ''
}

/** Ids of lanes. */
export const laneIds = {
  people: 'people',
  api: 'api',
  controllers: 'controllers',
  node: (node: string) => `node/${node}`,
  cache: (node: string) => `node/${node}/cache`,
  pod: (uid: string) => `pod/${uid}`,
  sync: (uid: string) => `pod/${uid}/sync`,
  place: (uid: string, container: string, kind: string, where: string) => `pod/${uid}/${container}/${kind}/${where}`,
} as const
