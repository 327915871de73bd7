/** Rows of the API server's table (api-server.ts) about kinds that make Pods, and what scales them. */
export const workloadRows = {
  jobsHaveGenerations: [
    22,
    'Jobs, CronJobs and PodTemplates count changes of their spec',
    'pkg/registry/batch/job/strategy.go, PrepareForCreate; between v1.21 and v1.23, and asked by the warnings of v1.22',
  ],
  setsCountAvailable: [
    23,
    'the status of a StatefulSet always tells availableReplicas',
    'k8s.io/api apps/v1 types.go, StatefulSetStatus, commit 8da00a013',
  ],
  setsCheckTheirPods: [
    34,
    'the Pod template of a StatefulSet is checked like that of any workload, unless the old one was wrong already',
    'pkg/apis/apps/validation/validation.go, ValidatePodTemplateSpecForStatefulSet; CHANGELOG-1.34 (#131790)',
  ],
  limitsCountSidecars: [
    28,
    'a LimitRange of type Pod adds up what containers and sidecars have, also where some have nothing',
    'plugin/pkg/admission/limitranger/admission.go, podRequests, podLimits',
  ],
  setsMayBeUnavailable: [
    35,
    'StatefulSets have a maxUnavailable, 1 unless it is given',
    'pkg/features/kube_features.go, MaxUnavailableStatefulSet (beta); pkg/apis/apps/v1/defaults.go',
  ],
  setsAreUpdatedInTurn: [
    36,
    'that maxUnavailable is off again: it is dropped, and has no default',
    'pkg/features/kube_features.go of v1.36.2, MaxUnavailableStatefulSet (beta, false); kubectl-session-workloads.json of v1.36, describe sts',
  ],
  setsWaitForReadiness: [
    23,
    'StatefulSets have minReadySeconds',
    'pkg/features/kube_features.go, StatefulSetMinReadySeconds (beta); CHANGELOG-1.23',
  ],
  daemonsSurge: [
    22,
    'DaemonSets have a maxSurge, and it or maxUnavailable is not zero',
    'pkg/features/kube_features.go, DaemonSetUpdateSurge (beta); CHANGELOG-1.22',
  ],
  jobsNameRestartPolicies: [
    22,
    'a Job without a restartPolicy is told which there are',
    'pkg/apis/batch/validation/validation.go, validateJobSpec; between v1.19 and v1.23',
  ],
  jobsAreMarkedAsTracked: [
    25,
    'new Jobs get the annotation batch.kubernetes.io/job-tracking; before, it is taken from them',
    'pkg/registry/batch/job/strategy.go, addJobTrackingAnnotation, dropJobTrackingAnnotation',
  ],
  jobsAreNotMarked: [
    27,
    'new Jobs get no such annotation any more',
    'pkg/registry/batch/job/strategy.go (absent in v1.28); CHANGELOG-1.26 says that it is deprecated',
  ],
  jobsHaveFailurePolicies: [
    26,
    'the podFailurePolicy of Jobs',
    'pkg/features/kube_features.go, JobPodFailurePolicy (beta)',
  ],
  jobsCountByIndex: [
    29,
    'backoffLimitPerIndex and maxFailedIndexes of Jobs',
    'pkg/features/kube_features.go, JobBackoffLimitPerIndex (beta)',
  ],
  cronJobsHaveZones: [25, 'the timeZone of CronJobs', 'pkg/features/kube_features.go, CronJobTimeZone (beta)'],
  cronJobsShowZones: [
    30,
    'CronJobs have a column Timezone',
    'pkg/printers/internalversion/printers.go, printCronJob; kubernetes #122231',
  ],
  jobsHaveReplacementPolicies: [
    29,
    'the podReplacementPolicy of Jobs',
    'pkg/features/kube_features.go, JobPodReplacementPolicy (beta)',
  ],
  jobsNameTheirManager: [
    32,
    'Jobs name the controller that counts them',
    'pkg/features/kube_features.go, JobManagedBy (beta)',
  ],
  suspendedJobsMove: [
    23,
    'node selector, node affinity, tolerations, labels and annotations of a suspended Job that never ran may change',
    'pkg/features/kube_features.go, JobMutableNodeSchedulingDirectives (beta)',
  ],
  suspendedJobsResize: [
    36,
    'resources of a suspended Job may change, and where its Pods go even after it has run',
    'pkg/features/kube_features.go, MutablePodResourcesForSuspendedJobs, MutableSchedulingDirectivesForSuspendedJobs (beta)',
  ],
  setsCheckTheirServices: [
    33,
    'serviceName of a new StatefulSet must be a DNS label',
    'pkg/apis/apps/validation/validation.go, ValidateStatefulSetSpec; #130233',
  ],
  setsCheckTheirClaims: [
    34,
    'claims of a new StatefulSet are checked',
    'pkg/apis/apps/validation/validation.go, validateVolumeClaimTemplates; #132212',
  ],
  jobsHaveSuccessPolicies: [31, 'the successPolicy of Jobs', 'pkg/features/kube_features.go, JobSuccessPolicy (beta)'],
  knowsContainerMetrics: [
    20,
    'autoscalers know metrics of single containers',
    'pkg/apis/autoscaling/validation/validation.go, validMetricSourceTypes; CHANGELOG-1.20',
  ],
  scalesByContainers: [
    27,
    'metrics of single containers are kept',
    'pkg/features/kube_features.go, HPAContainerMetrics (beta); CHANGELOG-1.27',
  ],
  autoscalersNameResources: [
    30,
    'the table of autoscalers names the resource before current and wanted use: `cpu: 10%/80%`',
    'pkg/printers/internalversion/printers.go, formatHPAMetrics; CHANGELOG-1.30',
  ],
  autoscalersTolerate: [
    35,
    'rules of autoscalers may have a tolerance',
    'pkg/features/kube_features.go, HPAConfigurableTolerance (beta)',
  ],
  claimsHaveRetentionPolicies: [
    27,
    'StatefulSets say what becomes of their claims, by default that they stay',
    'pkg/features/kube_features.go, StatefulSetAutoDeletePVC (beta); pkg/apis/apps/v1/defaults.go',
  ],
  jobsHaveTtl: [21, 'ttlSecondsAfterFinished is kept', 'pkg/features/kube_features.go, TTLAfterFinished'],
  jobsHaveModes: [
    22,
    'Jobs have a completionMode and may be suspended',
    'pkg/features/kube_features.go, IndexedJob, SuspendJob (beta)',
  ],
  indexedJobsScale: [
    27,
    'completions of an Indexed Job change together with its parallelism',
    'pkg/features/kube_features.go, ElasticIndexedJob (beta)',
  ],
  indexedJobsHaveHostnames: [
    22,
    'the name of an Indexed Job must make a hostname with its last index',
    'pkg/apis/batch/validation/validation.go, ValidateJob (v1.23.13 has it; hostnames came with v1.22, #101601)',
  ],
  jobLabelsHaveDomains: [
    27,
    'Jobs label their Pods under batch.kubernetes.io, too, and select by that',
    'pkg/registry/batch/job/strategy.go, generateSelector',
  ],
  jobsShowStatus: [
    31,
    'the table of Jobs has a column Status',
    'pkg/printers/internalversion/printers.go; recorded v1.36',
  ],
  schedulesTakeZones: [
    22,
    'the schedule of a CronJob may begin with TZ= or CRON_TZ=, and what is wrong with one is told in lower case',
    'github.com/robfig/cron v3.0.1, parser.go; CHANGELOG-1.22 (#102735)',
  ],
  schedulesWarnOfZones: [
    23,
    'a time zone in a schedule gets a warning',
    'pkg/registry/batch/cronjob/strategy.go, WarningsOnCreate; CHANGELOG-1.23 (#106455)',
  ],
  schedulesRefuseZones: [
    29,
    'a time zone in a schedule is refused, unless there was one before',
    'pkg/apis/batch/validation/validation.go, validateScheduleFormat (#116252)',
  ],
  requestConditionsAreChecked: [
    19,
    'Approved and Denied of a signing request exclude each other and stay; conditions have a status and times',
    'pkg/apis/certificates/validation/validation.go, validateConditions; CHANGELOG-1.19 (#90191)',
  ],
  requestsAreV1: [
    22,
    'signing requests have to tell usages and signer: v1beta1, which said them for itself, is gone',
    'pkg/apis/certificates/v1beta1/defaults.go; CHANGELOG-1.19 (#91685)',
  ],
  requestsShowDurations: [
    22,
    'the table of signing requests has a column RequestedDuration',
    'pkg/printers/internalversion/printers.go, printCertificateSigningRequest; CHANGELOG-1.22 (CSRDuration)',
  ],
} as const
