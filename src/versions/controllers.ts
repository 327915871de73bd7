import { changes } from './changes.ts'

/** What the controller manager does from a minor version on. */
export const controllers = changes({
  tellsWhichUse: [
    20,
    'Events about resource metrics begin with `failed to get cpu utilization`',
    'pkg/controller/podautoscaler/horizontal.go, computeStatusForResourceMetric (in v1.23; absent in v1.19)',
  ],
  autoscalersAreV2: [
    23,
    'autoscalers are watched and written as autoscaling/v2, and Events name them so',
    'pkg/controller/podautoscaler/horizontal.go; CHANGELOG-1.23',
  ],
  readsExternalMetrics: [
    23,
    'the autoscaler controller may read external metrics',
    'plugin/pkg/auth/authorizer/rbac/bootstrappolicy/controller_policy.go; CHANGELOG-1.23',
  ],
  namesFailedMetrics: [
    25,
    'FailedComputeMetricsReplicas begins with `failed to get cpu resource metric value`',
    'pkg/controller/podautoscaler/horizontal.go, computeReplicasForMetric; between v1.23 and v1.28',
  ],
  autoscalersInParallel: [
    26,
    'five autoscalers are looked at at a time',
    'pkg/controller/podautoscaler/config/v1alpha1/defaults.go, ConcurrentHorizontalPodAutoscalerSyncs; CHANGELOG-1.26',
  ],
  autoscalersShareNoPods: [
    27,
    'Pods that several autoscalers select are scaled by none (AmbiguousSelector)',
    'pkg/controller/podautoscaler/horizontal.go, validateAndParseSelector; CHANGELOG-1.27',
  ],
  tellsUnknownMetrics: [
    29,
    'an autoscaler whose metrics fail has an empty reading for each',
    'pkg/controller/podautoscaler/horizontal.go, setCurrentReplicasAndMetricsInStatus (in v1.29; absent in v1.28)',
  ],
  appliesAggregatedRules: [
    21,
    'rules that a ClusterRole gathers are applied by the server, where the role was replaced',
    'pkg/controller/clusterroleaggregation; kubernetes #99462',
  ],
  podsHearOfUnreadyNodes: [
    20,
    'Pods of a node that is not ready get an Event',
    'pkg/controller/util/node/controller_utils.go, MarkPodsNotReady',
  ],
  evictsByItsOwnName: [
    29,
    'Events about Pods that a taint evicts, or spares, are those of `taint-eviction-controller`, not of `taint-controller`',
    'pkg/features/kube_features.go, SeparateTaintEvictionController (beta); recorded v1.36, outage-watch',
  ],
  taintsLostNodesAtOnce: [
    34,
    'a node that has fallen silent gets its NoExecute taint with the look that finds it so, not with the next one 5 s later',
    'pkg/controller/nodelifecycle/node_lifecycle_controller.go, monitorNodeHealth; kubernetes #120816',
  ],
  publishesRootCa: [
    20,
    'each namespace has a ConfigMap with the root certificate',
    'cmd/kube-controller-manager/app/certificates.go, RootCAConfigMap',
  ],
  ownersAreCompared: [
    20,
    'an owner counts only where kind, name and namespace of the reference are those of the object with its uid; a dependent in another namespace is told by an Event and deleted',
    'pkg/controller/garbagecollector/graph_builder.go, addDependentToOwners (in v1.28; absent in v1.18); CHANGELOG-1.20',
  ],
  ttlAfterFinished: [21, 'finished Jobs with a ttl are deleted', 'pkg/features/kube_features.go, TTLAfterFinished'],
  cronJobsV2: [
    21,
    'CronJobs are of batch/v1 and started at their time, not by polling',
    'pkg/controller/cronjob/cronjob_controllerv2.go',
  ],
  claimsHaveControllers: [
    31,
    'claims that go with a StatefulSet or its Pod have it as their controller, and other controllers of them are left alone',
    'pkg/controller/statefulset/stateful_set_utils.go, updateClaimOwnerRefForSetAndPod; kubernetes #122499, #126581',
  ],
  jobsTellTheirTime: [
    28,
    'a Job of a CronJob has its time as an annotation, in the time zone of the CronJob',
    'pkg/features/kube_features.go, CronJobsScheduledAnnotation (beta)',
  ],
  missedStartsAreNotCounted: [
    28,
    'the Event of a CronJob that missed more than 100 starts does not say how many',
    'pkg/controller/cronjob/utils.go, nextScheduleTime (in v1.28; with the number in v1.23)',
  ],
  mirrorsEndpoints: [
    19,
    'Endpoints of Services without a selector are mirrored to EndpointSlices',
    'pkg/controller/endpointslicemirroring; CHANGELOG-1.19',
  ],
  slicesHaveServiceLabels: [
    20,
    'EndpointSlices have the labels of their Service',
    'pkg/controller/endpointslice/utils.go, setEndpointSliceLabels; CHANGELOG-1.20',
  ],
  slicesAreV1: [
    21,
    'EndpointSlices are of discovery.k8s.io/v1 and tell node and zone, where they had a topology',
    'staging/src/k8s.io/api/discovery/v1/types.go',
  ],
  slicesTellTermination: [
    22,
    'EndpointSlices tell of Pods that are going, whether they serve and whether they terminate',
    'pkg/features/kube_features.go, EndpointSliceTerminatingCondition (beta); CHANGELOG-1.22',
  ],
  endpointsTellNoVersion: [
    24,
    'Endpoints and EndpointSlices leave out the resourceVersion of a Pod',
    'pkg/controller/endpoint/endpoints_controller.go, podToEndpointAddressForService; CHANGELOG-1.24',
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
  tellsZonesOfSchedules: [
    23,
    'each sync of a CronJob whose schedule has a time zone warns of it (UnsupportedSchedule)',
    'pkg/controller/cronjob/cronjob_controllerv2.go, syncCronJob (#106455)',
  ],
  jobsKeepNoMoreThanWanted: [
    22,
    'a Job deletes Pods beyond the completions that are left, not only beyond its parallelism',
    'pkg/controller/job/job_controller.go, manageJob; CHANGELOG-1.22 (#99963)',
  ],
  podsHaveDeletionCosts: [
    22,
    'ReplicaSets delete Pods of a low controller.kubernetes.io/pod-deletion-cost first',
    'pkg/features/kube_features.go, PodDeletionCost (beta)',
  ],
  comparesAgesByMagnitude: [
    22,
    'ReplicaSets compare ages of Pods by powers of two, then by uid',
    'pkg/features/kube_features.go, LogarithmicScaleDown (beta)',
  ],
  statefulSetsCountAvailable: [
    22,
    'StatefulSets count their available Pods',
    'k8s.io/api apps/v1/types.go, StatefulSetStatus.AvailableReplicas; CHANGELOG-1.22',
  ],
  statefulSetsWaitForAvailable: [
    23,
    'the minReadySeconds of StatefulSets',
    'pkg/features/kube_features.go, StatefulSetMinReadySeconds (beta)',
  ],
  statefulSetsBeginAnywhere: [
    27,
    'the Pods of a StatefulSet are counted from ordinals.start',
    'pkg/features/kube_features.go, StatefulSetStartOrdinal (beta)',
  ],
  statefulSetsAwaitClaims: [
    20,
    'a StatefulSet makes no Pod while a claim of it is being deleted',
    'pkg/controller/statefulset/stateful_pod_control.go, createPersistentVolumeClaims; CHANGELOG-1.20 (#93457)',
  ],
  statefulSetsMakeClaimsAgain: [
    27,
    'a StatefulSet makes claims anew that somebody deleted while their Pod is pending',
    'pkg/controller/statefulset/stateful_set_control.go, processReplica; CHANGELOG-1.27 (#113270)',
  ],
  statefulSetsMayBeUnavailable: [
    35,
    'a StatefulSet changes as many Pods at a time as its maxUnavailable allows',
    'pkg/features/kube_features.go, MaxUnavailableStatefulSet (beta)',
  ],
  statefulSetsAreUpdatedInTurn: [
    36,
    'a StatefulSet changes one Pod at a time again, whatever its maxUnavailable',
    'pkg/features/kube_features.go of v1.36.2, MaxUnavailableStatefulSet (beta, false)',
  ],
  endpointsNameTheirController: [
    33,
    'Endpoints have the label endpoints.kubernetes.io/managed-by',
    'pkg/controller/endpoint/endpoints_controller.go, LabelManagedBy; KEP 4974',
  ],
  budgetsHaveConditions: [
    21,
    'budgets tell in a condition whether Pods may be evicted',
    'pkg/controller/disruption/disruption.go, updatePdbStatus; CHANGELOG-1.21 (#98127)',
  ],
  budgetsPassOverStrays: [
    23,
    'Pods without a controller are passed over by budgets that need to know how many there should be',
    'pkg/controller/disruption/disruption.go, getExpectedScale (in v1.24.0-alpha.2); #103414',
  ],
  signsThroughV1: [
    19,
    'what is not signed is told in a condition',
    'pkg/controller/certificates/signer/signer.go, handle; CHANGELOG-1.19 (#90191)',
  ],
  leavesManagedJobs: [
    32,
    'Jobs that name another controller are left alone',
    'pkg/controller/job/job_controller.go, managedByExternalController; JobManagedBy (beta)',
  ],
  tracksJobPods: [
    25,
    'Pods of Jobs have the finalizer batch.kubernetes.io/job-tracking until they are counted: what was deleted from outside counts, and what is gone goes on counting',
    'pkg/features/kube_features.go, JobTrackingWithFinalizers (beta since v1.23, off again up to v1.24: #109487; on in v1.25: #110948)',
  ],
  batchesJobPods: [
    24,
    'a Job is looked at 1 s after news of its Pods, and only the first news of a failed Pod makes it wait longer',
    'pkg/controller/job/job_controller.go, podUpdateBatchPeriod, with the gate JobReadyPods; CHANGELOG-1.24 (#115021)',
  ],
  remembersJobFailures: [
    27,
    'a Job makes no Pod for 10 s after the first failure, twice as long after each further one, up to 10 minutes; a Pod that succeeds ends that',
    'pkg/controller/job/backoff_utils.go; CHANGELOG-1.27 (back-off decoupled from the workqueue)',
  ],
  batchesJobStatuses: [
    28,
    'a Job is looked at 1 s after news of its status, too, and again after 1 s to 1 minute when that failed',
    'pkg/controller/job/job_controller.go, syncJobBatchPeriod, DefaultJobApiBackOff; CHANGELOG-1.28 (#118470, #118615)',
  ],
  failsJobsAtEachSync: [
    28,
    'a Job fails as soon as more Pods have failed than it allows, however many are active',
    'pkg/controller/job/job_controller.go, syncJob, exceedsBackoffLimit (in v1.28; with jobHasNewFailure in v1.27)',
  ],
  jobsSpareActivePods: [
    31,
    'Pods that are being deleted are no reason to delete others of their Job',
    'pkg/controller/job/job_controller.go, manageJob, rmAtLeast (between v1.29 and v1.31)',
  ],
  tellsPodsOfDisruptions: [
    26,
    'Pods that are evicted, preempted or collected with their node have the condition DisruptionTarget',
    'pkg/features/kube_features.go, PodDisruptionConditions (beta)',
  ],
  failsJobsByFailedPods: [
    21,
    'a Job fails when more Pods failed than its backoffLimit, where retries of its controller counted',
    'pkg/controller/job/job_controller.go, syncJob, exceedsBackoffLimit (in v1.21; with previousRetry in v1.18)',
  ],
  countsTerminatingJobPods: [
    29,
    'a Job counts its Pods that are being deleted',
    'pkg/features/kube_features.go, JobPodReplacementPolicy (beta)',
  ],
  jobsEndWithTheirPods: [
    31,
    'a Job first tells that it will end (SuccessCriteriaMet, FailureTarget), and ends when its Pods have',
    'pkg/controller/job/job_controller.go, delayTerminalCondition; CHANGELOG-1.31',
  ],
  labelsPodIndexes: [
    28,
    'Pods of Indexed Jobs and StatefulSets have their index as a label',
    'pkg/features/kube_features.go, PodIndexLabel (beta)',
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
