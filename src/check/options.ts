import type { Duration } from '../sim/input/formats.ts'
import type { SimOptions } from '../sim/options.ts'

/** A Secret or ConfigMap that is in the cluster already, though no manifest makes it. */
export interface HadObject {
  /** Default `Secret`. */
  readonly kind?: 'Secret' | 'ConfigMap'
  /** Undefined: the namespace that is applied to. */
  readonly namespace?: string
  readonly name: string
  /** Its keys; empty: every key that somebody asks of it. */
  readonly keys: readonly string[]
}

export interface CheckOptions {
  /** Default `v1.36`. */
  readonly version?: NonNullable<SimOptions['version']>
  /** Default 3. */
  readonly nodes?: number
  /** Of every node. Default 8 cores and 32Gi. */
  readonly nodeSize?: { readonly cpu: string; readonly memory: string }
  /** What every node offers beside: `{'nvidia.com/gpu': '1'}`. */
  readonly nodeResources?: Readonly<Record<string, string>>
  /** Labels of every node. */
  readonly nodeLabels?: Readonly<Record<string, string>>
  /** Registries, or parts of them (`ghcr.io`, `registry.example.com/team`), that give images to nobody without credentials. */
  readonly privateRegistries?: readonly string[]
  /** Whether the operators run that make Secrets of custom resources among the manifests. Default `run`. */
  readonly operators?: 'run' | 'absent'
  readonly strategy?: 'Watch' | 'Cache' | 'Get'
  /** Where objects go that name no namespace. Default `default`. */
  readonly namespace?: string
  /** Namespaces that objects name and no manifest makes are made. */
  readonly createNamespaces?: boolean
  /** `kubectl apply --server-side` instead of `kubectl apply`. */
  readonly serverSide?: boolean
  readonly have?: readonly HadObject[]
  /** Images that each node has already, as Pods name them: those that nobody pulls (`imagePullPolicy: Never`). */
  readonly presentImages?: readonly string[]
  /** StorageClasses that are in the cluster already, beside its default; `all`: whichever claims ask for. */
  readonly storageClasses?: readonly string[] | 'all'
  /** Whether programs of images of which nothing is known are taken to do their duty. Default `succeed`. */
  readonly unknownImages?: 'succeed' | 'strict' | 'refuse'
  /** How long the cluster is watched. Default `10m`. */
  readonly for?: Duration
  /** Runs, each with a seed of its own. Default 1. */
  readonly seeds?: number
}
