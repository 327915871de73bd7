import type { LinkLatencies } from '../client/link.ts'

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
  },
} as const satisfies Readonly<Record<string, LinkLatencies>>
