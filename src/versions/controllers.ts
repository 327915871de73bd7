import { changes } from './changes.ts'

/** What the controller manager does from a minor version on. */
export const controllers = changes({
  podsHearOfUnreadyNodes: [
    20,
    'Pods of a node that is not ready get an Event',
    'pkg/controller/util/node/controller_utils.go, MarkPodsNotReady',
  ],
  publishesRootCa: [
    20,
    'each namespace has a ConfigMap with the root certificate',
    'cmd/kube-controller-manager/app/certificates.go, RootCAConfigMap',
  ],
  ttlAfterFinished: [21, 'finished Jobs with a ttl are deleted', 'pkg/features/kube_features.go, TTLAfterFinished'],
  cronJobsV2: [
    21,
    'CronJobs are of batch/v1 and started at their time, not by polling',
    'pkg/controller/cronjob/cronjob_controllerv2.go',
  ],
  rootCaIsDescribed: [
    22,
    'that ConfigMap has a description',
    'pkg/controller/certificates/rootcacertpublisher/publisher.go',
  ],
  ttlsUpToFiveMinutes: [
    25,
    'the ttl that nodes are given ends at 300 s, where large clusters had 600 s',
    'pkg/controller/ttl/ttl_controller.go; between v1.21.3 and v1.25.10',
  ],
  longerNodeGrace: [
    31,
    'a node may be silent for 50 s, where it was 40 s',
    'pkg/controller/nodelifecycle/config/v1alpha1/defaults.go',
  ],
  countsReadyJobPods: [24, 'a Job counts its ready Pods', 'pkg/features/kube_features.go, JobReadyPods (beta)'],
  tellsScaleFrom: [
    28,
    'Events of Deployments say from how many Pods they scale',
    'pkg/controller/deployment/sync.go; recorded v1.36',
  ],
  statefulSetsTellInSentences: [
    28,
    'Events of StatefulSets begin with a capital',
    'pkg/controller/statefulset/stateful_pod_control.go, recordPodEvent; recorded v1.36',
  ],
  stableLabelsLead: [
    21,
    'beta.kubernetes.io/os and /arch of a node follow the names without beta, where it was the other way',
    'pkg/controller/nodelifecycle/node_lifecycle_controller.go, labelReconcileInfo; recorded v1.18 and v1.36',
  ],
})
