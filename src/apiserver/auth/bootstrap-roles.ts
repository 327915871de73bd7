import type { PolicyRule } from '../../api/types/rbac.ts'
import { events, read, readUpdate, readWrite, rule, urls, write } from './rule-tables.ts'

/**
 * The default ClusterRoles but for those of controllers, as compact tables, gates at their defaults of v1.18.
 * Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go.
 */

/** What every kubelet may do, where the Node authorizer does not ask its graph. Source: policy.go, NodeRules. */
export const nodeRules: readonly PolicyRule[] = [
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
  rule('get patch update', '', 'persistentvolumeclaims/status'),
  rule('create', '', 'serviceaccounts/token'),
  rule(read, 'storage.k8s.io', 'csidrivers'),
  rule('create delete get patch update', 'storage.k8s.io', 'csinodes'),
  rule(read, 'node.k8s.io', 'runtimeclasses'),
]

export interface RoleTable {
  readonly name: string
  readonly rules: readonly PolicyRule[]
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
    rules: [rule('create', 'authorization.k8s.io', 'selfsubjectaccessreviews selfsubjectrulesreviews')],
  },
  { name: 'system:public-info-viewer', rules: [urls('get', '/healthz /livez /readyz /version /version/')] },
  { name: 'admin', aggregatesTo: 'admin', gathers: 'admin', rules: [] },
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
      rule(
        write,
        '',
        'configmaps endpoints persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
      ),
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
      rule(
        read,
        '',
        'bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
      ),
      rule(read, '', 'namespaces'),
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
    ],
  },
  {
    name: 'system:heapster',
    rules: [rule(read, '', 'events namespaces nodes pods'), rule(read, 'extensions', 'deployments')],
  },
  { name: 'system:node', rules: nodeRules },
  {
    name: 'system:node-problem-detector',
    rules: [rule('get', '', 'nodes'), rule('patch', '', 'nodes/status'), events],
  },
  {
    name: 'system:kubelet-api-admin',
    rules: [
      rule(read, '', 'nodes'),
      rule('proxy', '', 'nodes'),
      rule('*', '', 'nodes/log nodes/metrics nodes/proxy nodes/spec nodes/stats'),
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
      rule('create', '', 'endpoints'),
      rule('get update', '', 'endpoints', 'kube-controller-manager'),
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
    name: 'system:node-proxier',
    rules: [
      rule('list watch', '', 'endpoints services'),
      rule(read, '', 'nodes'),
      events,
      rule('list watch', 'discovery.k8s.io', 'endpointslices'),
    ],
  },
  {
    name: 'system:kube-scheduler',
    rules: [
      events,
      rule('create', 'coordination.k8s.io', 'leases'),
      rule('get update', 'coordination.k8s.io', 'leases', 'kube-scheduler'),
      rule('create', '', 'endpoints'),
      rule('get update', '', 'endpoints', 'kube-scheduler'),
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
    ],
  },
]

/** How the rules of a role changed later. */
export interface LaterRule {
  readonly since: number
  readonly role: string
  readonly rule: PolicyRule
  /** Where it stands among the rules that v1.18 has; absent: after them. */
  readonly at?: number
  /** It takes the place of the one there. */
  readonly replaces?: true
}

const edit = 'system:aggregate-to-edit'
const view = 'system:aggregate-to-view'
const claims = 'resourceclaims resourceclaimtemplates'

/** What who edits writes of the legacy group: without Endpoints since CVE-2021-25740, without Events since they are of two groups. */
const written = [
  'configmaps events persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
  'configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy',
] as const

/**
 * In the order of the rules; of two that replace one rule the later counts. Source: policy.go and testdata/cluster-roles.yaml of those versions; the
 * rules of v1.36 are recorded. Writing Events: kubernetes #102858; no Endpoints: #103704; EndpointSlices: #101202; evictions: #108738; leases: #111472
 * (v1.24.4 has them, too: #111515); claims: #130738, with DynamicResourceAllocation (on from v1.34); events.k8s.io: #133740.
 */
export const laterRules: readonly LaterRule[] = [
  { since: 28, role: 'system:basic-user', rule: rule('create', 'authentication.k8s.io', 'selfsubjectreviews') },
  { since: 24, role: edit, at: 3, rule: rule('create', '', 'pods/eviction') },
  { since: 22, role: edit, at: 3, replaces: true, rule: rule(write, '', written[0]) },
  { since: 35, role: edit, at: 3, replaces: true, rule: rule(write, '', written[1]) },
  { since: 22, role: edit, at: 4, rule: rule('create', '', 'serviceaccounts/token') },
  { since: 35, role: edit, at: 4, rule: rule(write, ' events.k8s.io', 'events') },
  { since: 25, role: edit, rule: rule(readWrite, 'coordination.k8s.io', 'leases') },
  { since: 34, role: edit, rule: rule(write, 'resource.k8s.io', claims) },
  {
    since: 35,
    role: view,
    at: 1,
    replaces: true,
    rule: rule(
      read,
      '',
      'bindings limitranges namespaces/status pods/log pods/status replicationcontrollers/status resourcequotas resourcequotas/status',
    ),
  },
  { since: 35, role: view, at: 3, rule: rule(read, ' events.k8s.io', 'events') },
  { since: 22, role: view, at: 3, rule: rule(read, 'discovery.k8s.io', 'endpointslices') },
  {
    since: 34,
    role: view,
    rule: rule(read, 'resource.k8s.io', 'resourceclaims resourceclaims/status resourceclaimtemplates'),
  },
]
