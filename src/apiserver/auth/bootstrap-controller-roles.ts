import type { PolicyRule } from '../../api/types/rbac.ts'
import { events, read, readUpdate, rule } from './rule-tables.ts'

/**
 * Roles of the controllers, `system:controller:<name>`, each bound to the service account of that name in kube-system.
 * Source: plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go, gates at their defaults of v1.18.
 */
export const controllerRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  'attachdetach-controller': [
    rule('list watch', '', 'persistentvolumeclaims persistentvolumes'),
    rule(read, '', 'nodes'),
    rule('patch update', '', 'nodes/status'),
    rule('list watch', '', 'pods'),
    events,
    rule('create delete get list watch', 'storage.k8s.io', 'volumeattachments'),
    rule(read, 'storage.k8s.io', 'csidrivers'),
    rule(read, 'storage.k8s.io', 'csinodes'),
  ],
  'clusterrole-aggregation-controller': [
    rule('escalate get list patch update watch', 'rbac.authorization.k8s.io', 'clusterroles'),
  ],
  'cronjob-controller': [
    rule('get list update watch', 'batch', 'cronjobs'),
    rule('create delete get list patch update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'cronjobs/status'),
    rule('update', 'batch', 'cronjobs/finalizers'),
    rule('delete list', '', 'pods'),
    events,
  ],
  'daemon-set-controller': [
    rule(read, 'apps extensions', 'daemonsets'),
    rule('update', 'apps extensions', 'daemonsets/status'),
    rule('update', 'apps extensions', 'daemonsets/finalizers'),
    rule('list watch', '', 'nodes'),
    rule('create delete list patch watch', '', 'pods'),
    rule('create', '', 'pods/binding'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    events,
  ],
  'deployment-controller': [
    rule('get list update watch', 'apps extensions', 'deployments'),
    rule('update', 'apps extensions', 'deployments/status'),
    rule('update', 'apps extensions', 'deployments/finalizers'),
    rule('create delete get list patch update watch', 'apps extensions', 'replicasets'),
    rule('get list update watch', '', 'pods'),
    events,
  ],
  'disruption-controller': [
    rule(read, 'apps extensions', 'deployments'),
    rule(read, 'apps extensions', 'replicasets'),
    rule(read, '', 'replicationcontrollers'),
    rule(read, 'policy', 'poddisruptionbudgets'),
    rule(read, 'apps', 'statefulsets'),
    rule('update', 'policy', 'poddisruptionbudgets/status'),
    rule('get', '*', '*/scale'),
    events,
  ],
  'endpoint-controller': [
    rule(read, '', 'pods services'),
    rule('create delete get list update', '', 'endpoints'),
    rule('create', '', 'endpoints/restricted'),
    events,
  ],
  'endpointslice-controller': [
    rule(read, '', 'nodes pods services'),
    rule('update', '', 'services/finalizers'),
    rule('create delete get list update', 'discovery.k8s.io', 'endpointslices'),
    events,
  ],
  'expand-controller': [
    rule(readUpdate, '', 'persistentvolumes'),
    rule('patch update', '', 'persistentvolumeclaims/status'),
    rule(read, '', 'persistentvolumeclaims'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule('get', '', 'endpoints services'),
    rule('get', '', 'secrets'),
    events,
  ],
  'generic-garbage-collector': [rule('delete get list patch update watch', '*', '*'), events],
  'horizontal-pod-autoscaler': [
    rule(read, 'autoscaling', 'horizontalpodautoscalers'),
    rule('update', 'autoscaling', 'horizontalpodautoscalers/status'),
    rule('get update', '*', '*/scale'),
    rule('list', '', 'pods'),
    rule('get', '', 'services/proxy', 'http:heapster: https:heapster:'),
    rule('list', 'metrics.k8s.io', 'pods'),
    rule('get list', 'custom.metrics.k8s.io', '*'),
    events,
  ],
  'job-controller': [
    rule('get list update watch', 'batch', 'jobs'),
    rule('update', 'batch', 'jobs/status'),
    rule('update', 'batch', 'jobs/finalizers'),
    rule('create delete list patch watch', '', 'pods'),
    events,
  ],
  'namespace-controller': [
    rule('delete get list watch', '', 'namespaces'),
    rule('update', '', 'namespaces/finalize namespaces/status'),
    rule('delete deletecollection get list', '*', '*'),
  ],
  'node-controller': [
    rule('delete get list patch update', '', 'nodes'),
    rule('patch update', '', 'nodes/status'),
    rule('update', '', 'pods/status'),
    rule('delete list', '', 'pods'),
    events,
  ],
  'persistent-volume-binder': [
    rule('create delete get list update watch', '', 'persistentvolumes'),
    rule('update', '', 'persistentvolumes/status'),
    rule('get list update watch', '', 'persistentvolumeclaims'),
    rule('update', '', 'persistentvolumeclaims/status'),
    rule('create delete get list watch', '', 'pods'),
    rule(read, 'storage.k8s.io', 'storageclasses'),
    rule('create delete get update', '', 'endpoints'),
    rule('create delete get', '', 'services'),
    rule('get', '', 'secrets'),
    rule('get list', '', 'nodes'),
    rule('watch', '', 'events'),
    events,
  ],
  'pod-garbage-collector': [rule('delete list watch', '', 'pods'), rule('get list', '', 'nodes')],
  'replicaset-controller': [
    rule('get list update watch', 'apps extensions', 'replicasets'),
    rule('update', 'apps extensions', 'replicasets/status'),
    rule('update', 'apps extensions', 'replicasets/finalizers'),
    rule('create delete list patch watch', '', 'pods'),
    events,
  ],
  'replication-controller': [
    rule('get list update watch', '', 'replicationcontrollers'),
    rule('update', '', 'replicationcontrollers/status'),
    rule('update', '', 'replicationcontrollers/finalizers'),
    rule('create delete list patch watch', '', 'pods'),
    events,
  ],
  'resourcequota-controller': [rule('list watch', '*', '*'), rule('update', '', 'resourcequotas/status'), events],
  'route-controller': [rule('list watch', '', 'nodes'), rule('patch', '', 'nodes/status'), events],
  'service-account-controller': [rule('create', '', 'serviceaccounts'), events],
  'service-controller': [
    rule(read, '', 'services'),
    rule('patch update', '', 'services/status'),
    rule('list watch', '', 'nodes'),
    events,
  ],
  'statefulset-controller': [
    rule('list watch', '', 'pods'),
    rule(read, 'apps', 'statefulsets'),
    rule('update', 'apps', 'statefulsets/status'),
    rule('update', 'apps', 'statefulsets/finalizers'),
    rule('create delete get patch update', '', 'pods'),
    rule('create delete get list patch update watch', 'apps', 'controllerrevisions'),
    rule('create get', '', 'persistentvolumeclaims'),
    events,
  ],
  'ttl-controller': [rule('list patch update watch', '', 'nodes'), events],
  'certificate-controller': [
    rule('delete get list watch', 'certificates.k8s.io', 'certificatesigningrequests'),
    rule('update', 'certificates.k8s.io', 'certificatesigningrequests/approval certificatesigningrequests/status'),
    rule('approve', 'certificates.k8s.io', 'signers', 'kubernetes.io/kube-apiserver-client-kubelet'),
    rule(
      'sign',
      'certificates.k8s.io',
      'signers',
      'kubernetes.io/kube-apiserver-client kubernetes.io/kube-apiserver-client-kubelet kubernetes.io/kubelet-serving kubernetes.io/legacy-unknown',
    ),
    rule('create', 'authorization.k8s.io', 'subjectaccessreviews'),
    events,
  ],
  'pvc-protection-controller': [
    rule('get list update watch', '', 'persistentvolumeclaims'),
    rule(read, '', 'pods'),
    events,
  ],
  'pv-protection-controller': [rule('get list update watch', '', 'persistentvolumes'), events],
}

/**
 * Controllers that came later, with the minor version. Source: the same file in those versions; pkg/controller/
 * endpointslicemirroring (1.19), gates RootCAConfigMap (1.20), external metrics (1.23), PodDisruptionConditions (1.26), StatefulSetAutoDeletePVC (1.27), LegacyServiceAccountTokenCleanUp (1.29).
 */
export const laterControllerRoles: readonly {
  readonly since: number
  readonly name: string
  readonly rules: readonly PolicyRule[]
}[] = [
  {
    since: 19,
    name: 'endpointslicemirroring-controller',
    rules: [
      rule(read, '', 'endpoints services'),
      rule('update', '', 'services/finalizers'),
      rule('create delete get list update', 'discovery.k8s.io', 'endpointslices'),
      events,
    ],
  },
  { since: 20, name: 'root-ca-cert-publisher', rules: [rule('create update', '', 'configmaps'), events] },
  { since: 21, name: 'ttl-after-finished-controller', rules: [rule('delete get list watch', 'batch', 'jobs'), events] },
  {
    since: 23,
    name: 'horizontal-pod-autoscaler',
    rules: [
      ...(controllerRoles['horizontal-pod-autoscaler'] ?? []).filter((each) => each !== events),
      rule('get list', 'external.metrics.k8s.io', '*'),
      events,
    ],
  },
  {
    since: 26,
    name: 'node-controller',
    rules: [
      rule('delete get list patch update', '', 'nodes'),
      rule('patch update', '', 'nodes/status'),
      rule('patch update', '', 'pods/status'),
      rule('delete get list', '', 'pods'),
      events,
    ],
  },
  {
    since: 26,
    name: 'pod-garbage-collector',
    rules: [rule('delete list watch', '', 'pods'), rule('get list', '', 'nodes'), rule('patch', '', 'pods/status')],
  },
  {
    since: 27,
    name: 'statefulset-controller',
    rules: [...(controllerRoles['statefulset-controller'] ?? []), rule('delete update', '', 'persistentvolumeclaims')],
  },
  {
    since: 29,
    name: 'legacy-service-account-token-cleaner',
    rules: [
      rule('get', '', 'configmaps', 'kube-apiserver-legacy-service-account-token-tracking'),
      rule('delete patch', '', 'secrets'),
    ],
  },
]
