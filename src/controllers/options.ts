import type { VirtualMs } from '../kernel/time.ts'
import type { ResourceRef } from '../objects/meta.ts'

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
}

export interface TokenClaims {
  readonly namespace: string
  readonly serviceAccountName: string
  readonly serviceAccountUid: string
  readonly secretName: string
}

const core = (kind: string, resource: string, namespaced = true): ApiResource => ({
  group: '',
  version: 'v1',
  resource,
  kind,
  namespaced,
})
const apps = (kind: string, resource: string): ApiResource => ({
  group: 'apps',
  version: 'v1',
  resource,
  kind,
  namespaced: true,
})

/** What a cluster is likely to serve; a cluster that serves more or less says so. */
export const defaultApiResources: readonly ApiResource[] = [
  core('ConfigMap', 'configmaps'),
  core('Endpoints', 'endpoints'),
  core('Event', 'events'),
  core('Pod', 'pods'),
  core('ReplicationController', 'replicationcontrollers'),
  core('ResourceQuota', 'resourcequotas'),
  core('Secret', 'secrets'),
  core('ServiceAccount', 'serviceaccounts'),
  core('Service', 'services'),
  apps('ControllerRevision', 'controllerrevisions'),
  apps('DaemonSet', 'daemonsets'),
  apps('Deployment', 'deployments'),
  apps('ReplicaSet', 'replicasets'),
  apps('StatefulSet', 'statefulsets'),
  { group: 'batch', version: 'v1', resource: 'jobs', kind: 'Job', namespaced: true },
]

/** Stands for the cluster's certificate where a cluster gives none. */
const exampleCa =
  '-----BEGIN CERTIFICATE-----\nMIIC5zCCAc+gAwIBAgIBATANBgkqhkiG9w0BAQsFADAVMRMwEQYDVQQDEwpwb2Rz\n-----END CERTIFICATE-----\n'

/** Defaults of the flags by version. Source: facts/apiserver.md 8.1, 11; nodelifecycle config defaults. */
export function defaultControllerOptions(minor: number): ControllerOptions {
  return {
    rootCa: exampleCa,
    signToken: ({ namespace, serviceAccountName, secretName }) =>
      ['podsim', namespace, serviceAccountName, secretName].join('.'),
    disabled: [],
    apiResources: defaultApiResources,
    nodeMonitorPeriodMs: 5000,
    nodeMonitorGracePeriodMs: minor >= 31 ? 50_000 : 40_000,
    nodeStartupGracePeriodMs: 60_000,
    podEvictionTimeoutMs: 300_000,
    nodeEvictionRate: 0.1,
    secondaryNodeEvictionRate: 0.01,
    largeClusterSizeThreshold: 50,
    unhealthyZoneThreshold: 0.55,
    terminatedPodGcThreshold: 12_500,
    enableTaintManager: true,
  }
}
