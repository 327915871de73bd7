import type { TermFacts } from './term.ts'

/** Reasons of Events that controllers of workloads send. */
export const workloadEvents: Readonly<Record<string, TermFacts>> = {
  ScalingReplicaSet: {
    means: 'A Deployment gives one of its ReplicaSets another number of Pods. A rollout is many of these.',
    source: 'pkg/controller/deployment/sync.go, scaleReplicaSet',
    related: ['rollout', 'SuccessfulCreate'],
  },
  ReplicaSetCreateError: {
    means: 'A Deployment could not make its new ReplicaSet; the message is what the API server said.',
    source: 'pkg/controller/deployment/util/deployment_util.go',
    related: ['Progressing'],
  },
  SelectingAll: {
    means: "A Deployment's selector is empty and would select every Pod of the namespace, so nothing is done.",
    source: 'pkg/controller/deployment/deployment_controller.go, syncDeployment',
  },
  SuccessfulCreate: {
    means: 'A controller made a Pod, or a CronJob a Job.',
    source: 'pkg/controller/controller_utils.go, createPods',
    related: ['FailedCreate'],
  },
  FailedCreate: {
    means:
      'A controller could not make a Pod, or a CronJob its Job. The message is the refusal: a quota, admission, a missing ServiceAccount, an invalid template.',
    when: 'Nothing of the Pod is to be seen then: look at the events of its ReplicaSet, Job or StatefulSet.',
    source: 'pkg/controller/controller_utils.go, createPods',
    related: ['SuccessfulCreate', 'Forbidden', 'ServiceAccount'],
  },
  SuccessfulDelete: {
    means: 'A controller deleted a Pod that is no longer wanted, or a CronJob an old Job.',
    source: 'pkg/controller/controller_utils.go, DeletePod',
    related: ['FailedDelete'],
  },
  FailedDelete: {
    means: 'A controller could not delete what is no longer wanted.',
    source: 'pkg/controller/controller_utils.go, DeletePod',
  },
  OwnerRefInvalidNamespace: {
    means:
      'An ownerReference names an owner that is not in the namespace of its dependent. Such an owner counts as absent, so the dependent is deleted.',
    when: 'From v1.20 on. References hold by namespace: an owner is cluster-scoped or lies beside what it owns.',
    source: 'pkg/controller/garbagecollector/garbagecollector.go',
    related: ['FailedDelete'],
  },
  SuccessfulUpdate: {
    means: 'A StatefulSet mended a Pod of its own whose labels had been changed.',
    source: 'pkg/controller/statefulset/stateful_pod_control.go, recordPodEvent',
    related: ['FailedUpdate'],
  },
  FailedUpdate: {
    means: 'A StatefulSet could not mend a Pod of its own.',
    source: 'pkg/controller/statefulset/stateful_pod_control.go, recordPodEvent',
    related: ['SuccessfulUpdate'],
  },
  RecreatingFailedPod: {
    means: 'A Pod of a StatefulSet ended; it is deleted so that one of the same name can take its place.',
    source: 'pkg/controller/statefulset/stateful_set_control.go',
  },
  FailedDaemonPod: {
    means: 'A Pod of a DaemonSet failed on its node and is deleted, so that a new one comes.',
    source: 'pkg/controller/daemon/daemon_controller.go, podsShouldBeOnNode',
  },
  BackoffLimitExceeded: {
    means: "A Job's Pods failed more often than its `backoffLimit` allows: the Job has failed.",
    source: 'pkg/controller/job/job_controller.go, syncJob',
    related: ['DeadlineExceeded'],
  },
  FailedIndexes: {
    means:
      'All indexes of a Job came to an end, and some of them failed more often than `backoffLimitPerIndex` allows: the Job has failed.',
    source: 'pkg/controller/job/job_controller.go; batch/v1 types.go, JobReasonFailedIndexes',
    related: ['MaxFailedIndexesExceeded'],
  },
  MaxFailedIndexesExceeded: {
    means:
      'More indexes of a Job failed than its `maxFailedIndexes` allows: the Job has failed, its other Pods are ended.',
    source: 'pkg/controller/job/job_controller.go; batch/v1 types.go, JobReasonMaxFailedIndexesExceeded',
    related: ['FailedIndexes'],
  },
  PodFailurePolicy: {
    means:
      "A Pod failed in a way at which the Job's `podFailurePolicy` gives up: the Job has failed, its other Pods are ended.",
    source: 'pkg/controller/job/job_controller.go; batch/v1 types.go, JobReasonPodFailurePolicy',
    related: ['BackoffLimitExceeded'],
  },
  SuccessPolicy: {
    means: "Indexes succeeded that are enough by the Job's `successPolicy`: it is complete, its other Pods are ended.",
    source: 'batch/v1 types.go, JobReasonSuccessPolicy',
    related: ['CompletionsReached'],
  },
  CompletionsReached: {
    means: 'A Job has as many Pods that succeeded as it wants, and none of them is still going.',
    source: 'batch/v1 types.go, JobReasonCompletionsReached',
    related: ['Completed'],
  },
  Completed: {
    means: 'A Job has as many Pods that succeeded as it wants.',
    source: 'pkg/controller/job/job_controller.go, syncJob (later versions)',
    related: ['BackoffLimitExceeded'],
  },
  Suspended: {
    means: 'A Job was told by `suspend: true` to stop: its active Pods are deleted.',
    source: 'pkg/controller/job/job_controller.go, syncJob (v1.22)',
    related: ['Resumed'],
  },
  Resumed: {
    means: 'A Job that was suspended goes on; its time of start is that of now.',
    source: 'pkg/controller/job/job_controller.go, syncJob (v1.22)',
    related: ['Suspended'],
  },
  TooManyActivePods: {
    means: 'A Job is complete while Pods of it still run.',
    source: 'pkg/controller/job/job_controller.go, syncJob',
  },
  TooManySucceededPods: {
    means: 'More Pods of a Job succeeded than it wants.',
    source: 'pkg/controller/job/job_controller.go, syncJob',
  },
  MissingJob: {
    means: 'A CronJob lists a Job as active that is no longer there.',
    source: 'pkg/controller/cronjob/cronjob_controller.go, syncOne',
  },
  SawCompletedJob: {
    means: 'A Job of a CronJob ended; the message says how.',
    source: 'pkg/controller/cronjob/cronjob_controller.go, syncOne',
  },
  UnexpectedJob: {
    means: 'A Job that a CronJob owns runs, and the CronJob did not know of it.',
    source: 'pkg/controller/cronjob/cronjob_controller.go, syncOne',
  },
  MissSchedule: {
    means: 'A CronJob came too late for a time of its schedule, later than `startingDeadlineSeconds`.',
    source: 'pkg/controller/cronjob/cronjob_controller.go, syncOne',
  },
  JobAlreadyActive: {
    means:
      'A CronJob was due, but a Job of an earlier time still runs, and its `concurrencyPolicy` is Forbid: this time is left out.',
    source: 'pkg/controller/cronjob/cronjob_controllerv2.go, syncCronJob',
    related: ['MissSchedule'],
  },
  TooManyMissedTimes: {
    means:
      'A CronJob missed more than a hundred times of its schedule, such as after a long rest; it goes on from the last of them.',
    source: 'pkg/controller/cronjob/cronjob_controllerv2.go, syncCronJob; utils.go, mostRecentScheduleTime',
    related: ['MissSchedule'],
  },
  UnsupportedSchedule: {
    means:
      'The schedule of a CronJob begins with `TZ=` or `CRON_TZ=`. It is kept to, but new CronJobs are refused so from v1.29 on: `timeZone` is the field for it.',
    source: 'pkg/controller/cronjob/cronjob_controllerv2.go, syncCronJob',
  },
  FailedNeedsStart: {
    means: 'A CronJob cannot tell which runs it missed: its schedule cannot be read, or there were too many.',
    source: 'pkg/controller/cronjob/cronjob_controller.go, syncOne',
  },
  FailedToCreateEndpoint: {
    means: 'The Endpoints of a Service could not be made; it is tried again.',
    source: 'pkg/controller/endpoint/endpoints_controller.go, syncService',
  },
  InvalidIPAddress: {
    means: 'Endpoints that somebody wrote have addresses that are none; they are not mirrored to EndpointSlices.',
    source: 'pkg/controller/endpointslicemirroring/reconciler.go, reconcile',
    related: ['TooManyAddressesToMirror'],
  },
  TooManyAddressesToMirror: {
    means: 'Endpoints that somebody wrote have more than 1,000 addresses; the rest is not mirrored to EndpointSlices.',
    source: 'pkg/controller/endpointslicemirroring/reconciler.go, reconcile',
    related: ['InvalidIPAddress'],
  },
  FailedToUpdateEndpointSlices: {
    means: 'The slices of a Service could not be written, or a Pod of it is on a node that nobody knows.',
    source: 'pkg/controller/endpointslice/endpointslice_controller.go, syncService',
    related: ['FailedToUpdateEndpoint'],
  },
  FailedToUpdateEndpoint: {
    means: 'The Endpoints of a Service could not be written; it is tried again.',
    source: 'pkg/controller/endpoint/endpoints_controller.go, syncService',
  },
  NoPods: {
    means: 'A PodDisruptionBudget selects no Pod.',
    source: 'pkg/controller/disruption/disruption.go',
  },
  NoControllers: {
    means:
      'A PodDisruptionBudget selects a Pod whose controller cannot be found, so that it cannot count how many are wanted.',
    source: 'pkg/controller/disruption/disruption.go, getExpectedScale',
    related: ['NoControllerRef'],
  },
  NoControllerRef: {
    means: 'A PodDisruptionBudget in percent selects a Pod that no controller owns.',
    source: 'pkg/controller/disruption/disruption.go, getExpectedScale',
    related: ['NoControllers'],
  },
  CalculateExpectedPodCountFailed: {
    means: 'A PodDisruptionBudget cannot tell how many Pods are wanted, and allows no disruption.',
    source: 'pkg/controller/disruption/disruption.go, trySync',
    related: ['NoControllers'],
  },
  NotDeleted: {
    means:
      'An eviction was granted, but the Pod is still there two minutes later; it counts again as one that may be disrupted.',
    source: 'pkg/controller/disruption/disruption.go, buildDisruptedPodMap',
    related: ['DisruptionBudget'],
  },
}
