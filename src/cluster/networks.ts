import type { KubeObject } from '../api/types/meta.ts'
import { drawLatencyMs, type Latency } from '../client/latency.ts'
import type { LinkLatencies } from '../client/link.ts'
import type { RandomStreams } from '../kernel/random.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { clientGo } from '../versions/client-go.ts'

/** How long things take on the ways of a cluster, and within its API server. */
export interface NetworkLatencies extends LinkLatencies {
  /** From the binding of a Pod until the Node authorizer knows it: a kubelet that asks for its Secrets before is refused. */
  readonly authorizer?: Latency
}

/**
 * Networks under names. There are no official medians: those of `lan` are choices that facts/apiserver.md 6.3 suggests,
 * those of `slo` follow from the limits that Kubernetes sets itself.
 */
export const networks = {
  /** Nothing takes time. */
  instant: {},
  /** A control plane in the same room: 5..10 ms a request, twice that for writes, which wait for etcd's disk; 5..50 ms until a watcher hears. */
  lan: {
    request: { kind: 'uniform', minMs: 5, maxMs: 10 },
    verbs: {
      create: { kind: 'uniform', minMs: 10, maxMs: 20 },
      update: { kind: 'uniform', minMs: 10, maxMs: 20 },
      patch: { kind: 'uniform', minMs: 10, maxMs: 20 },
      delete: { kind: 'uniform', minMs: 10, maxMs: 20 },
    },
    watchEvent: { kind: 'uniform', minMs: 5, maxMs: 50 },
    // Behind the kubelet's news and half a request in 7 % of draws, as `usualAuthorizer`.
    authorizer: { kind: 'exponential', meanMs: 10 },
  },
  /**
   * A cluster that just keeps its promises: of requests for one object 99 % take at most 1 s, of lists 30 s. Exponential,
   * so the mean is the limit divided by ln 100. Source: kubernetes/community sig-scalability/slos/slos.md; for watches it
   * has no number, a second is a choice.
   */
  slo: {
    request: { kind: 'exponential', meanMs: 217, maxMs: 60_000 },
    verbs: { list: { kind: 'exponential', meanMs: 6514, maxMs: 60_000 } },
    watchEvent: { kind: 'exponential', meanMs: 217, maxMs: 60_000 },
    // The same 7 %.
    authorizer: { kind: 'exponential', meanMs: 400 },
  },
} as const satisfies Readonly<Record<string, NetworkLatencies>>

/**
 * How late the Node authorizer is unless a network says otherwise: "in about 7 % of the cases (22 of 323) the first LIST of a new
 * Secret came before the node authorizer knew the pod" (README-timelines.md). Where kubelets ask by a watch, that is refused in 6 %
 * (13 of 211), and in one of five of these the LIST that follows at once is, too (v1.36/README.md row 5); without a way that takes
 * time both come at one instant, so only what refuses both is drawn.
 */
export function usualAuthorizer(minor: number): Latency {
  return { kind: 'seldom', share: has(minor, clientGo.streamsLists) ? 0.014 : 0.07, minMs: 1, maxMs: 20 }
}

/** Draws for each Pod by itself how late the authorizer knows it. */
export function graphDelayOf(authorizer: Latency, random: RandomStreams): (object: KubeObject) => VirtualMs {
  return ({ metadata: { namespace, name, uid } }) =>
    drawLatencyMs(authorizer, random.loose(`apiserver/node-graph/${namespace}/${name}/${uid}`))
}
