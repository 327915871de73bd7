import type { Taint } from '../api/types/core.ts'
import type { Latency } from '../client/latency.ts'
import type { Verb } from '../client/server.ts'
import type { NetworkName } from '../cluster/networks.ts'
import type { JournalLevel } from '../kernel/journal.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import type { KubernetesVersion } from '../versions/version.ts'

/** A duration as people write it (`90s`, `1m30s`), or whole milliseconds. */
export type Duration = string | VirtualMs

/** Fields of KubeletConfiguration under their real names; durations may be texts. */
export type KubeletOptions = Readonly<Record<string, unknown>>

/**
 * A named network (`instant`, `lan`, `slo`), or how long things take: `request` from request to answer, `verbs` for single
 * verbs instead, `watchEvent` from a change to the watcher. A duration, or a distribution; what is absent takes no time.
 */
export type NetworkOptions =
  | NetworkName
  | {
      readonly request?: Duration | Latency
      readonly verbs?: Readonly<Partial<Record<Verb | 'watch', Duration | Latency>>>
      readonly watchEvent?: Duration | Latency
    }

/** Settings of one node; what is absent has a default. */
export interface NodeOptions {
  readonly name: string
  /** Cores, as a quantity: `4`, `500m`. Default 4. */
  readonly cpu?: string | number
  /** Default `8Gi`. */
  readonly memory?: string
  /** Default 110. */
  readonly pods?: number
  readonly labels?: Readonly<Record<string, string>>
  readonly taints?: readonly Taint[]
  /** Seconds in the annotation `node.alpha.kubernetes.io/ttl`; absent: what the ttl controller sets. */
  readonly ttl?: number
  /** Manifests in the node's own directory of static Pods (R3). */
  readonly staticPods?: readonly object[]
  /** Between this node and the API server, instead of the cluster's. */
  readonly network?: NetworkOptions
  /** Fields of KubeletConfiguration, over those of the cluster. */
  readonly kubelet?: KubeletOptions
}

/** An image that Pods can name. */
export interface ImageOptions {
  /** Without tag: all tags. */
  readonly name: string
  /** What its containers do when the Pod gives no command; one of `programNames`. Default: they run until stopped. */
  readonly program?: string
  /** Decides how long a pull takes. Default `20Mi`. */
  readonly size?: string
  /** How long a pull takes, instead of what its size would make of it; at least 300ms. */
  readonly pull?: string
  /** Only who presents these credentials may pull. */
  readonly private?: { readonly username: string; readonly password: string }
  /** Every node has it already. */
  readonly present?: boolean
}

/** All optional. Wrong arguments throw a SimUsageError that says what was found and what was expected. */
export interface SimOptions {
  /** Everything random is drawn from it. Default `podsim`. */
  readonly seed?: string | number
  /** Default `v1.18`. */
  readonly version?: KubernetesVersion
  readonly featureGates?: Partial<FeatureGates>
  /** How many nodes (`node-1`, `node-2`, ...), or each one. Default 1. */
  readonly nodes?: number | readonly NodeOptions[]
  readonly kubelet?: KubeletOptions
  /** How long requests and watch events take. Default `instant`. */
  readonly network?: NetworkOptions
  readonly images?: readonly ImageOptions[]
  /** Files of kubectl's working directory. */
  readonly files?: Readonly<Record<string, string | Uint8Array>>
  /** How much is told to the journal. Default `full`. */
  readonly journal?: JournalLevel
  /** Version of the kubectl that command lines run in. Default: the one that fits `version`. */
  readonly kubectl?: string
  readonly admission?: { readonly podPreset?: boolean; readonly nodeRestriction?: boolean }
  /** Secrets are encrypted before they are written to etcd (aescbc). Default off, as in a cluster that nobody configured. */
  readonly encryptionAtRest?: boolean
  /**
   * Whether podsim's own invariants are checked after every event; one that does not hold throws an InvariantViolation.
   * Costs as much again as what happens. Default false; `podsim run` checks them in clusters of up to 20 nodes.
   */
  readonly invariants?: boolean
  /** Events after which a run is given up. */
  readonly maxEvents?: number
  /** Start of virtual time as RFC 3339. Default `2020-05-01T00:00:00Z`. */
  readonly epoch?: string
}

/** The caller's mistake, told in words. */
export class SimUsageError extends Error {
  override readonly name = 'SimUsageError'
}
