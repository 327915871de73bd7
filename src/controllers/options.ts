import { discoveryOf } from '../api/schema/discovery.ts'
import type { ResourceRef } from '../api/types/meta.ts'
import type { VirtualMs } from '../kernel/time.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'
import { onceAVersion } from '../versions/version.ts'
import { exampleCertificate, legacyToken, type TokenClaims } from './credentials.ts'

/** A resource that the server serves, as discovery tells it. */
export interface ApiResource extends ResourceRef {
  readonly kind: string
  readonly namespaced: boolean
}

/** Flags of kube-controller-manager. Source: cmd/kube-controller-manager/app/options. */
export interface ControllerOptions {
  /** PEM text of `--root-ca-file`, put into token Secrets and kube-root-ca.crt. */
  readonly rootCa: string
  /** The signed token of an account's Secret. */
  readonly signToken: (claims: TokenClaims) => string
  /** `--controllers`: names that do not run. */
  readonly disabled: readonly string[]
  /** Resources that the garbage collector and the namespace controller go through. */
  readonly apiResources: readonly ApiResource[]
  /** Those that CustomResourceDefinitions define at this moment; only the namespace controller goes through them. */
  readonly customResources: () => readonly ApiResource[]
  readonly nodeMonitorPeriodMs: VirtualMs
  readonly nodeMonitorGracePeriodMs: VirtualMs
  readonly nodeStartupGracePeriodMs: VirtualMs
  readonly podEvictionTimeoutMs: VirtualMs
  readonly nodeEvictionRate: number
  readonly secondaryNodeEvictionRate: number
  readonly largeClusterSizeThreshold: number
  readonly unhealthyZoneThreshold: number
  readonly terminatedPodGcThreshold: number
  readonly enableTaintManager: boolean
  /**
   * Whether a node's signs of life are known to come without being told one by one: while they are, no grace period runs.
   * When that ends, the node's lease is renewed once, and from then on counts.
   */
  readonly livesUnseen: (nodeName: string) => boolean
  /** From when on that sign of life of the node was to be seen, if the API server was told of it later; otherwise undefined. */
  readonly signSeenAt: (nodeName: string, renewTime: string) => VirtualMs | undefined
  /** Asked by whoever acts on updates of Nodes: kubelets whose reports are only computed tell the next one. */
  readonly tellNextReports: () => void
}

/**
 * What can be deleted, listed and watched, each in the version that its group prefers.
 * Source: pkg/controller/garbagecollector/garbagecollector.go, GetDeletableResources.
 */
const deletableResources = onceAVersion((minor): readonly ApiResource[] => {
  const { resources, versions } = discoveryOf(minor)
  const able = resources.filter(({ verbs }) => ['delete', 'list', 'watch'].every((verb) => verbs.includes(verb)))
  const preferred = new Map<string, ApiResource>()
  for (const resource of able) {
    // The one resource of this group is served, and stored, under another group too.
    if (resource.group === 'extensions') continue
    const key = `${resource.group}/${resource.resource}`
    const known = preferred.get(key)
    const order = versions(resource.group)
    if (known === undefined || order.indexOf(resource.version) < order.indexOf(known.version))
      preferred.set(key, resource)
  }
  return [...preferred.values()].map(({ group, version, resource, kind, namespaced }) => ({
    group,
    version,
    resource,
    kind,
    namespaced,
  }))
})

const rootCa = exampleCertificate('kubernetes')

/** Defaults of the flags by version. Source: facts/apiserver.md 8.1, 11; nodelifecycle config defaults. */
export function defaultControllerOptions(minor: number): ControllerOptions {
  return {
    rootCa,
    signToken: legacyToken,
    disabled: [],
    apiResources: deletableResources(minor),
    customResources: () => [],
    nodeMonitorPeriodMs: 5000,
    nodeMonitorGracePeriodMs: has(minor, controllers.longerNodeGrace) ? 50_000 : 40_000,
    nodeStartupGracePeriodMs: 60_000,
    podEvictionTimeoutMs: 300_000,
    nodeEvictionRate: 0.1,
    secondaryNodeEvictionRate: 0.01,
    largeClusterSizeThreshold: 50,
    unhealthyZoneThreshold: 0.55,
    terminatedPodGcThreshold: 12_500,
    enableTaintManager: true,
    livesUnseen: () => false,
    signSeenAt: () => undefined,
    tellNextReports: () => {},
  }
}
