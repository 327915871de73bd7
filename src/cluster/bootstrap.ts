import type { KubeObject, ResourceRef } from '../api/types/meta.ts'
import type { Service } from '../api/types/services.ts'
import { bootstrapPolicy } from '../apiserver/auth/bootstrap-policy.ts'
import type { RunningApiServer } from '../apiserver/create-api-server.ts'
import { type EpochMs, rfc3339 } from '../kernel/calendar.ts'
import { extended } from '../kernel/extended.ts'
import type { RandomStream } from '../kernel/random.ts'
import { apiServer } from '../versions/api-server.ts'
import { has } from '../versions/changes.ts'
import { controllers } from '../versions/controllers.ts'

/**
 * What an API server and kubeadm have made before the first user comes: namespaces, RBAC policy, priority classes and the
 * service `kubernetes`. Source: pkg/master/controller.go, pkg/registry/rbac/rest/storage_rbac.go, scheduling storage.
 */
export function seedBootstrapObjects(
  server: RunningApiServer,
  now: EpochMs,
  random: RandomStream,
  minor: number,
): void {
  const seed = (resource: ResourceRef, object: KubeObject) => {
    const metadata = extended(object.metadata, { uid: uuid(random), creationTimestamp: rfc3339(now) })
    server.seed(resource, { ...object, metadata })
  }
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    // The label came with NamespaceDefaultLabelName (facts/apiserver.md 7.1).
    const labels = has(minor, apiServer.namespacesHaveTheirName)
      ? { labels: { 'kubernetes.io/metadata.name': name } }
      : {}
    seed(core('namespaces'), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, ...labels },
      ...{ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } },
    })
  }
  for (const [name, value] of [
    ['system-cluster-critical', 2_000_000_000],
    ['system-node-critical', 2_000_001_000],
  ] as const) {
    seed(
      { group: 'scheduling.k8s.io', version: 'v1', resource: 'priorityclasses' },
      {
        apiVersion: 'scheduling.k8s.io/v1',
        kind: 'PriorityClass',
        metadata: { name, generation: 1 },
        ...{ value, preemptionPolicy: 'PreemptLowerPriority', description: descriptions[name] },
      },
    )
  }
  seed(core('services'), kubernetesService(minor))
  const policy = bootstrapPolicy(minor)
  for (const role of policy.clusterRoles) seed(rbac('clusterroles'), role)
  for (const binding of policy.clusterRoleBindings) seed(rbac('clusterrolebindings'), binding)
  for (const role of policy.roles) seed(rbac('roles'), role)
  for (const binding of policy.roleBindings) seed(rbac('rolebindings'), binding)
  seedKubernetesEndpoints(seed, minor)
}

const descriptions = {
  'system-cluster-critical':
    'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
  'system-node-critical': 'Used for system critical pods that must not be moved from their current node.',
} as const

function kubernetesService(minor: number): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'kubernetes', namespace: 'default', labels: { component: 'apiserver', provider: 'kubernetes' } },
    spec: {
      clusterIP: '10.96.0.1',
      ...(has(minor, apiServer.servicesHaveFamilies) ? { ipFamilyPolicy: 'SingleStack' } : {}),
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: 6443 }],
      sessionAffinity: 'None',
      type: 'ClusterIP',
      ...(has(minor, apiServer.servicesHaveInternalPolicies) ? { internalTrafficPolicy: 'Cluster' } : {}),
    },
    status: { loadBalancer: {} },
  }
}

/** Where the API server itself is to be found. Source: pkg/controlplane/reconcilers/endpointsadapter.go, instancecount.go. */
function seedKubernetesEndpoints(seed: (resource: ResourceRef, object: KubeObject) => void, minor: number): void {
  const where = { name: 'kubernetes', namespace: 'default' }
  const port = { name: 'https', port: 6443, protocol: 'TCP' }
  const skip = has(minor, apiServer.marksItsEndpoints)
    ? { labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }
    : {}
  seed(core('endpoints'), {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { ...where, ...skip },
    ...{ subsets: [{ addresses: [{ ip: serverIp }], ports: [port] }] },
  })
  seed(
    {
      group: 'discovery.k8s.io',
      version: has(minor, controllers.slicesAreV1) ? 'v1' : 'v1beta1',
      resource: 'endpointslices',
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { ...where, labels: { 'kubernetes.io/service-name': 'kubernetes' }, generation: 1 },
      ...{
        addressType: 'IPv4',
        endpoints: [{ addresses: [serverIp], conditions: { ready: true } }],
        ports: [port],
      },
    },
  )
}

/** The address that kubeconfigs name, too. */
const serverIp = '10.0.0.1'

function core(resource: string): ResourceRef {
  return { group: '', version: 'v1', resource }
}

function rbac(resource: string): ResourceRef {
  return { group: 'rbac.authorization.k8s.io', version: 'v1', resource }
}

function uuid(random: RandomStream): string {
  return `${hex(random, 8)}-${hex(random, 4)}-4${hex(random, 3)}-${'89ab'[random.integer(0, 4)]}${hex(random, 3)}-${hex(random, 12)}`
}

function hex(random: RandomStream, digits: number): string {
  let text = ''
  for (let i = 0; i < digits; i++) text += '0123456789abcdef'[random.integer(0, 16)]
  return text
}
