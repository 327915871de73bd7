import type { PolicyRule } from '../../api/types/rbac.ts'
import {
  before,
  between,
  changed,
  events,
  from,
  read,
  readUpdate,
  readWrite,
  rule,
  rulesAt,
  type TableRules,
  urls,
  write,
} from './rule-tables.ts'

/**
 * The default ClusterRoles but for those of controllers, as compact tables, gates at their defaults of each version.
 * Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go and testdata/cluster-roles.yaml (in v1.18, v1.20.2, v1.24, v1.30, v1.33); the rules
 * of edit and view in v1.36 are recorded. What lies between is dated by the changes that made it:
 * system:monitoring: kubernetes #93311, its metrics of kubelets: #132178, statusz and flagz: #137384, #137386; nodes/spec: #113267; paths of the issuer with a slash: #117455;
 * leader election without Endpoints: #117140, #117414; VolumeAttachments: #127757; ResourceClaims: DynamicResourceAllocation (on from v1.34), their binding: #134947;
 * writing Events: #102858; no Endpoints: #103704; EndpointSlices: #101202; evictions: #108738; leases: #111472 (v1.24.4 has them, too: #111515);
 * claims: #130738; events.k8s.io: #133740; kubelets' paths: KubeletFineGrainedAuthz (on from v1.33); candidates for leases: #124012.
 */

/** What who edits writes of the legacy group, and what who looks reads of it, in every version. */
const written =
  'persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy'
const seen =
  'limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status'

/** What every kubelet may do, where the Node authorizer does not ask its graph. Source: policy.go, NodeRules. */
const nodeTable: TableRules = [
  rule('create', 'authentication.k8s.io', 'tokenreviews'),
  rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews subjectaccessreviews'),
  rule(read, '', 'services'),
  rule('create get list watch', '', 'nodes'),
  rule('patch update', '', 'nodes/status'),
  rule('patch update', '', 'nodes'),
  rule('create patch update', '', 'events'),
  rule(read, '', 'pods'),
  rule('create delete', '', 'pods'),
  rule('patch update', '', 'pods/status'),
  rule('create', '', 'pods/eviction'),
  rule(read, '', 'configmaps secrets'),
  rule('get', '', 'persistentvolumeclaims persistentvolumes'),
  rule('get', '', 'endpoints'),
  rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
  rule('create delete get patch update', 'coordination.k8s.io', 'leases'),
  rule('get', 'storage.k8s.io', 'volumeattachments'),
  from(20, rule('create', '', 'serviceaccounts/token')),
  rule('get patch update', '', 'persistentvolumeclaims/status'),
  before(20, rule('create', '', 'serviceaccounts/token')),
  rule(read, 'storage.k8s.io', 'csidrivers'),
  rule('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  rule(read, 'node.k8s.io', 'runtimeclasses'),
  from(34, rule('get', 'resource.k8s.io', 'resourceclaims')),
  from(34, rule('deletecollection', 'resource.k8s.io', 'resourceslices')),
  // Gate KubeletServiceAccountTokenForCredentialProviders.
  from(34, rule('get', '', 'serviceaccounts')),
]

/** The rules of nodes as the Node authorizer begins with them. */
export const nodeRules: readonly PolicyRule[] = rulesAt(nodeTable, 18)

export interface RoleTable {
  readonly name: string
  /** The minor version that brought it; absent: v1.18 has it. */
  readonly since?: number
  readonly rules: TableRules
  /** The role whose rules include this one's: `edit` for the label `rbac.authorization.k8s.io/aggregate-to-edit`. */
  readonly aggregatesTo?: string
  /** Gathers the rules of the roles that aggregate to this name. */
  readonly gathers?: string
}

export const clusterRoleTables: readonly RoleTable[] = [
  { name: 'cluster-admin', rules: [rule('*', '*', '*'), urls('*', '*')] },
  {
    name: 'system:discovery',
    rules: [urls('get', '/api /api/* /apis /apis/* /healthz /livez /openapi /openapi/* /readyz /version /version/')],
  },
  {
    name: 'system:basic-user',
    rules: [
      rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews'),
      from(27, rule('create', 'authentication.k8s.io', 'selfsubjectreviews')),
    ],
  },
  {
    name: 'system:monitoring',
    since: 20,
    rules: [
      ...changed(
        27,
        urls('get', '/healthz /healthz/* /livez /livez/* /metrics /readyz /readyz/*'),
        urls('get', '/healthz /healthz/* /livez /livez/* /metrics /metrics/slis /readyz /readyz/*'),
      ),
      from(34, rule('get', '', 'nodes/metrics')),
      from(36, urls('get', '/flagz')),
      from(36, urls('get', '/statusz')),
    ],
  },
  { name: 'system:public-info-viewer', rules: [urls('get', '/healthz /livez /readyz /version /version/')] },
  { name: 'admin', gathers: 'admin', rules: [] },
  { name: 'edit', aggregatesTo: 'admin', gathers: 'edit', rules: [] },
  { name: 'view', aggregatesTo: 'edit', gathers: 'view', rules: [] },
  {
    name: 'system:aggregate-to-admin',
    aggregatesTo: 'admin',
    rules: [
      rule('create', 'authorization.k8s.io', 'localsubjectaccessreviews'),
      rule(readWrite, 'rbac.authorization.k8s.io', 'rolebindings roles'),
    ],
  },
  {
    name: 'system:aggregate-to-edit',
    aggregatesTo: 'edit',
    rules: [
      rule(read, '', 'pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy'),
      rule('impersonate', '', 'serviceaccounts'),
      rule(write, '', 'pods pods/attach pods/exec pods/portforward pods/proxy'),
      from(24, rule('create', '', 'pods/eviction')),
      // Without Endpoints since CVE-2021-25740, without Events since they are of two groups.
      before(22, rule(write, '', `configmaps endpoints ${written}`)),
      between(22, 35, rule(write, '', `configmaps events ${written}`)),
      from(35, rule(write, '', `configmaps ${written}`)),
      from(22, rule('create', '', 'serviceaccounts/token')),
      from(35, rule(write, ' events.k8s.io', 'events')),
      rule(
        write,
        'apps',
        'daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets statefulsets/scale',
      ),
      rule(write, 'autoscaling', 'horizontalpodautoscalers'),
      rule(write, 'batch', 'cronjobs jobs'),
      rule(
        write,
        'extensions',
        'daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets replicasets/scale replicationcontrollers/scale',
      ),
      rule(write, 'policy', 'poddisruptionbudgets'),
      rule(write, 'networking.k8s.io', 'ingresses networkpolicies'),
      from(25, rule(readWrite, 'coordination.k8s.io', 'leases')),
      from(34, rule(write, 'resource.k8s.io', 'resourceclaims resourceclaimtemplates')),
    ],
  },
  {
    name: 'system:aggregate-to-view',
    aggregatesTo: 'view',
    rules: [
      rule(
        read,
        '',
        'configmaps endpoints persistentvolumeclaims persistentvolumeclaims/status pods replicationcontrollers replicationcontrollers/scale serviceaccounts services services/status',
      ),
      ...changed(35, rule(read, '', `bindings events ${seen}`), rule(read, '', `bindings ${seen}`)),
      rule(read, '', 'namespaces'),
      from(35, rule(read, ' events.k8s.io', 'events')),
      from(22, rule(read, 'discovery.k8s.io', 'endpointslices')),
      rule(
        read,
        'apps',
        'controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status',
      ),
      rule(read, 'autoscaling', 'horizontalpodautoscalers horizontalpodautoscalers/status'),
      rule(read, 'batch', 'cronjobs cronjobs/status jobs jobs/status'),
      rule(
        read,
        'extensions',
        'daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale',
      ),
      rule(read, 'policy', 'poddisruptionbudgets poddisruptionbudgets/status'),
      rule(read, 'networking.k8s.io', 'ingresses ingresses/status networkpolicies'),
      from(34, rule(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates')),
    ],
  },
  {
    name: 'system:heapster',
    rules: [rule(read, '', 'events namespaces nodes pods'), rule(read, 'extensions', 'deployments')],
  },
  { name: 'system:node', rules: nodeTable },
  {
    name: 'system:node-problem-detector',
    rules: [rule('get', '', 'nodes'), rule('patch', '', 'nodes/status'), events],
  },
  {
    name: 'system:kubelet-api-admin',
    rules: [
      rule(read, '', 'nodes'),
      rule('proxy', '', 'nodes'),
      ...changed(
        27,
        rule('*', '', 'nodes/log nodes/metrics nodes/proxy nodes/spec nodes/stats'),
        rule('*', '', 'nodes/log nodes/metrics nodes/proxy nodes/stats'),
      ),
      from(33, rule('*', '', 'nodes/configz nodes/healthz nodes/pods')),
    ],
  },
  {
    name: 'system:node-bootstrapper',
    rules: [rule('create get list watch', 'certificates.k8s.io', 'certificatesigningrequests')],
  },
  {
    name: 'system:auth-delegator',
    rules: [
      rule('create', 'authentication.k8s.io', 'tokenreviews'),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    ],
  },
  { name: 'system:kube-aggregator', rules: [rule(read, '', 'endpoints services')] },
  {
    name: 'system:kube-controller-manager',
    rules: [
      events,
      rule('create', 'coordination.k8s.io', 'leases'),
      rule('get update', 'coordination.k8s.io', 'leases', 'kube-controller-manager'),
      before(28, rule('create', '', 'endpoints')),
      before(28, rule('get update', '', 'endpoints', 'kube-controller-manager')),
      rule('create', '', 'secrets serviceaccounts'),
      rule('delete', '', 'secrets'),
      rule('get', '', 'configmaps namespaces secrets serviceaccounts'),
      rule('update', '', 'secrets serviceaccounts'),
      rule('create', 'authentication.k8s.io', 'tokenreviews'),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
      rule('list watch', '*', '*'),
      rule('create', '', 'serviceaccounts/token'),
    ],
  },
  { name: 'system:kube-dns', rules: [rule('list watch', '', 'endpoints services')] },
  {
    name: 'system:persistent-volume-provisioner',
    rules: [
      rule('create delete get list watch', '', 'persistentvolumes'),
      rule('get list update watch', '', 'persistentvolumeclaims'),
      rule(read, 'storage.k8s.io', 'storageclasses'),
      rule('watch', '', 'events'),
      events,
    ],
  },
  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:nodeclient',
    rules: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/nodeclient')],
  },
  {
    name: 'system:certificates.k8s.io:certificatesigningrequests:selfnodeclient',
    rules: [rule('create', 'certificates.k8s.io', 'certificatesigningrequests/selfnodeclient')],
  },
  {
    name: 'system:volume-scheduler',
    rules: [
      rule(readUpdate, '', 'persistentvolumes'),
      rule(read, 'storage.k8s.io', 'storageclasses'),
      rule(readUpdate, '', 'persistentvolumeclaims'),
    ],
  },
  {
    name: 'system:certificates.k8s.io:legacy-unknown-approver',
    rules: [rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/legacy-unknown')],
  },
  {
    name: 'system:certificates.k8s.io:kubelet-serving-approver',
    rules: [rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kubelet-serving')],
  },
  {
    name: 'system:certificates.k8s.io:kube-apiserver-client-approver',
    rules: [rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client')],
  },
  {
    name: 'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver',
    rules: [rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet')],
  },
  {
    name: 'system:service-account-issuer-discovery',
    since: 20,
    rules: changed(
      28,
      urls('get', '/.well-known/openid-configuration /openid/v1/jwks'),
      urls(
        'get',
        '/.well-known/openid-configuration /.well-known/openid-configuration/ /openid/v1/jwks /openid/v1/jwks/',
      ),
    ),
  },
  {
    name: 'system:node-proxier',
    rules: [
      rule('list watch', '', 'endpoints services'),
      rule(read, '', 'nodes'),
      events,
      from(33, rule('list watch', 'networking.k8s.io', 'servicecidrs')),
      rule('list watch', 'discovery.k8s.io', 'endpointslices'),
    ],
  },
  {
    name: 'system:kube-scheduler',
    rules: [
      events,
      rule('create', 'coordination.k8s.io', 'leases'),
      ...changed(
        31,
        rule('get update', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
        rule('get list update watch', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
      ),
      from(31, rule(readWrite, 'coordination.k8s.io', 'leasecandidates')),
      before(28, rule('create', '', 'endpoints')),
      before(28, rule('get update', '', 'endpoints', 'kube-scheduler')),
      rule(read, '', 'nodes'),
      rule('delete get list watch', '', 'pods'),
      rule('create', '', 'bindings pods/binding'),
      rule('patch update', '', 'pods/status'),
      rule(read, '', 'replicationcontrollers services'),
      rule(read, 'apps extensions', 'replicasets'),
      rule(read, 'apps', 'statefulsets'),
      rule(read, 'policy', 'poddisruptionbudgets'),
      rule(read, '', 'persistentvolumeclaims persistentvolumes'),
      rule('create', 'authentication.k8s.io', 'tokenreviews'),
      rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
      rule(read, 'storage.k8s.io', 'csinodes'),
      from(32, rule(read, 'storage.k8s.io', 'volumeattachments')),
      // Gates PodAffinityNamespaceSelector and CSIStorageCapacity.
      from(21, rule(read, '', 'namespaces')),
      from(21, rule(read, 'storage.k8s.io', 'csidrivers')),
      from(21, rule(read, 'storage.k8s.io', 'csistoragecapacities')),
      from(34, rule(read, 'resource.k8s.io', 'deviceclasses')),
      from(34, rule(readUpdate, 'resource.k8s.io', 'resourceclaims')),
      from(34, rule(readUpdate, 'resource.k8s.io', 'resourceclaims/status')),
      from(34, rule(readUpdate, '', 'pods/finalizers')),
      from(34, rule(read, 'resource.k8s.io', 'resourceslices')),
      from(36, rule('patch update', 'resource.k8s.io', 'resourceclaims/binding')),
    ],
  },
]
