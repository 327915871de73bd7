import type { TermFacts } from './term.ts'

/** Why a container waits, and how it ended. */
export const states: Readonly<Record<string, TermFacts>> = {
  ContainerCreating: {
    means: 'The container does not run yet: its Pod has no sandbox or not all volumes, or its image is on the way.',
    when: 'For seconds it is normal. For minutes it is nearly always a volume: the FailedMount events of the Pod name it.',
    source: 'pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses',
    clauses: ['L3'],
    related: ['FailedMount', 'PodInitializing'],
  },
  PodInitializing: {
    means: 'The container waits for init containers, which run one after the other before it.',
    source: 'pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses',
    related: ['ContainerCreating', 'ContainersNotInitialized'],
  },
  CreateContainerConfigError: {
    means:
      'The environment of the container cannot be made: a Secret or ConfigMap of it is missing, or has not the key.',
    when: 'The kubelet tries again at every sync; once the Secret is there the container starts by itself. `optional: true` makes it start without.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, ErrCreateContainerConfig',
    clauses: ['E3', 'E4'],
    related: ['secretKeyRef', 'optional', 'Failed'],
  },
  CreateContainerError: {
    means: 'The runtime refused to make the container.',
    when: 'Among others a mount that cannot be: a `subPath` of a key that is not there, a file over a directory.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, ErrCreateContainer',
    related: ['RunContainerError', 'subPath'],
  },
  RunContainerError: {
    means:
      'The container was made, but its program could not be started: there is no such file, or it is not executable.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, ErrRunContainer',
    related: ['ContainerCannotRun', '127'],
  },
  PostStartHookError: {
    means: 'The postStart hook failed, and the container was killed for it.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, ErrPostStartHook',
    related: ['FailedPostStartHook'],
  },
  CrashLoopBackOff: {
    means:
      'The container ended, and waits until it may be started again: ten seconds at first, doubled each time, five minutes at most.',
    when: 'Look at its last exit code and at `kubectl logs --previous`. An old or wrong credential in its environment stays through every restart of a Pod whose Secret was not changed.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff',
    related: ['BackOff', 'exit code', 'restartPolicy'],
  },
  ErrImagePull: {
    means: 'The image could not be pulled just now.',
    when: 'The registry says no (no or wrong credentials, no such image) or cannot be reached.',
    source: 'pkg/kubelet/images/types.go, ErrImagePull',
    clauses: ['P1'],
    related: ['ImagePullBackOff', 'imagePullSecrets'],
  },
  ImagePullBackOff: {
    means:
      'The image could not be pulled, and the kubelet waits before it tries again: ten seconds, doubled up to five minutes.',
    source: 'pkg/kubelet/images/types.go, ErrImagePullBackOff',
    clauses: ['P1'],
    related: ['ErrImagePull', 'imagePullSecrets'],
  },
  ErrImageNeverPull: {
    means: 'The image is not on the node, and may not be pulled.',
    source: 'pkg/kubelet/images/types.go, ErrImageNeverPull',
    related: ['imagePullPolicy'],
  },
  InvalidImageName: {
    means: 'What `image` says cannot be read as the name of an image.',
    source: 'pkg/kubelet/images/types.go, ErrInvalidImageName',
    related: ['InspectFailed'],
  },
  PullSecretError: {
    means: 'A Secret of `imagePullSecrets` cannot be read; the status has the error itself as its reason.',
    when: 'From v1.33 on: before, the pull failed with it. Its type and JSON are right, or the API server would not have taken it: mostly an `auth` is no base64 of user:password.',
    source: 'pkg/kubelet/images/image_manager.go, makeLookupPullCredentialsFunc',
    related: ['ErrImagePull', 'imagePullSecrets'],
  },
  RegistryUnavailable: {
    means: 'The registry did not answer.',
    source: 'pkg/kubelet/images/types.go, RegistryUnavailable',
    related: ['ErrImagePull', 'registry'],
  },
  CreatePodSandboxError: {
    means: "The Pod's sandbox could not be made, so nothing of it starts.",
    source: 'pkg/kubelet/kuberuntime/kuberuntime_manager.go, ErrCreatePodSandbox',
    related: ['FailedCreatePodSandBox'],
  },
  Completed: {
    means: 'The container ended with exit code 0.',
    source: 'pkg/kubelet/dockershim, toRuntimeAPIContainerState',
    related: ['Error', 'exit code'],
  },
  Error: {
    means: 'The container ended with another exit code than 0.',
    source: 'pkg/kubelet/dockershim, toRuntimeAPIContainerState',
    related: ['exit code', 'CrashLoopBackOff'],
  },
  OOMKilled: {
    means: 'The kernel killed the container because it took more memory than its limit.',
    source: 'pkg/kubelet/dockershim, toRuntimeAPIContainerState',
    related: ['137', 'kill'],
  },
  ContainerCannotRun: {
    means: 'The program of the container could not be started, in the word of docker.',
    source: 'pkg/kubelet/dockershim, toRuntimeAPIContainerState',
    related: ['RunContainerError', 'StartError'],
  },
  StartError: {
    means:
      'The program of the container could not be started, in the word of containerd. Its exit code is 128, its start 1970.',
    source: 'containerd internal/cri/server/container_start.go, errorStartReason',
    related: ['RunContainerError', 'ContainerCannotRun'],
  },
  ContainerStatusUnknown: {
    means: 'A container ran, and nothing is left on the node that could tell how it ended.',
    source: 'pkg/kubelet/kubelet_pods.go, convertToAPIContainerStatuses',
    clauses: ['L6'],
    related: ['Rebooted', '137'],
  },
}

/** Conditions of Pods, Nodes, Deployments and namespaces, and why they are so. */
export const conditions: Readonly<Record<string, TermFacts>> = {
  PodScheduled: {
    means: 'Whether the Pod has a node.',
    source: 'pkg/apis/core/types.go, PodConditionType',
    related: ['Unschedulable'],
  },
  Initialized: {
    means: 'Whether all init containers have ended well.',
    source: 'pkg/apis/core/types.go, PodConditionType',
    related: ['ContainersNotInitialized'],
  },
  ContainersReady: {
    means: 'Whether all containers of the Pod are ready.',
    source: 'pkg/apis/core/types.go, PodConditionType',
    related: ['ContainersNotReady'],
  },
  Ready: {
    means:
      'Whether the Pod takes traffic: all containers are ready, and so are its readiness gates. Of a Node: whether it takes Pods.',
    source: 'pkg/kubelet/status/generate.go, GeneratePodReadyCondition',
    related: ['ContainersNotReady', 'Unhealthy'],
  },
  PodReadyToStartContainers: {
    means: 'Whether the sandbox of the Pod stands and its network is set up (later versions).',
    source: 'pkg/kubelet/status/generate.go, GeneratePodReadyToStartContainersCondition',
  },
  SchedulingGated: {
    means:
      'The Pod has `schedulingGates`: the scheduler does not look at it until whoever put them there takes them away.',
    source: 'pkg/registry/core/pod/strategy.go, applySchedulingGatedCondition',
    related: ['PodScheduled', 'Pending'],
  },
  Unschedulable: {
    means: 'No node takes the Pod; why stands beside it and in the FailedScheduling event.',
    source: 'pkg/scheduler/scheduler.go, recordSchedulingFailure',
    related: ['FailedScheduling'],
  },
  ContainersNotReady: {
    means: 'Some containers do not run or their readiness probe fails; the message lists them.',
    source: 'pkg/kubelet/status/generate.go',
    related: ['Ready'],
  },
  ContainersNotInitialized: {
    means: 'Some init containers have not ended yet; the message lists them.',
    source: 'pkg/kubelet/status/generate.go, GeneratePodInitializedCondition',
    related: ['PodInitializing'],
  },
  UnknownContainerStatuses: {
    means: 'Nothing is known of the containers yet.',
    source: 'pkg/kubelet/status/generate.go',
  },
  PodCompleted: {
    means: 'The Pod has done its work: it is ready for nothing any more.',
    source: 'pkg/kubelet/status/generate.go',
    related: ['Succeeded'],
  },
  PodFailed: {
    means: 'The Pod failed: it is ready for nothing any more.',
    source: 'pkg/kubelet/status/generate.go',
    related: ['Failed'],
  },
  DeletionByPodGC: {
    means: 'The Pod is taken away because its node is no longer there (condition DisruptionTarget, v1.26 on).',
    when: 'Some time after a Node was deleted with Pods still bound to it.',
    source: 'pkg/controller/podgc/gc_controller.go',
  },
  DeletionByTaintManager: {
    means:
      'The Pod is taken away because its node has a NoExecute taint that it does not tolerate (condition DisruptionTarget, v1.26 on).',
    when: 'Usually five minutes after a node was lost: Pods tolerate not-ready and unreachable for so long.',
    source: 'pkg/controller/tainteviction/taint_eviction.go',
  },
  EvictionByEvictionAPI: {
    means:
      'Somebody asked for the Pod to be evicted, and its disruption budget allowed it (condition DisruptionTarget, v1.26 on).',
    when: '`kubectl drain` does so for each Pod of a node.',
    source: 'pkg/registry/core/pod/storage/eviction.go',
  },
  SignerValidationFailure: {
    means:
      'An approved request for a certificate is not signed: its usages or its subject are not what the signer signs.',
    source: 'pkg/controller/certificates/signer/signer.go, handle',
  },
  SufficientPods: {
    means: 'A disruption budget allows another eviction (condition DisruptionAllowed, v1.21 on).',
    source: 'component-helpers apps/poddisruptionbudget/helpers.go, UpdateDisruptionAllowedCondition',
    related: ['InsufficientPods'],
  },
  InsufficientPods: {
    means: 'A disruption budget allows no eviction now (condition DisruptionAllowed, v1.21 on).',
    when: 'Too few of its Pods are ready, or the budget asks for all of them.',
    source: 'component-helpers apps/poddisruptionbudget/helpers.go, UpdateDisruptionAllowedCondition',
    related: ['SufficientPods'],
  },
  SyncFailed: {
    means: 'A disruption budget cannot tell how many Pods there should be, so it allows no eviction.',
    source: 'pkg/controller/disruption/disruption.go, failSafe',
    related: ['CalculateExpectedPodCountFailed'],
  },
  PreemptionByScheduler: {
    means: 'The Pod makes room for one of a higher priority (condition DisruptionTarget, v1.26 on).',
    when: 'A Pod with a PriorityClass fits nowhere unless Pods of lower priority go.',
    source: 'pkg/scheduler/framework/preemption/preemption.go',
  },
  TerminationByKubelet: {
    means: 'The node ended the Pod because it ran short of memory or disk.',
    source: 'pkg/kubelet/eviction/eviction_manager.go, synchronize',
    related: ['Evicted'],
  },
  ReadinessGatesNotReady: {
    means: 'All containers are ready, but a condition that the Pod names as readiness gate is not.',
    source: 'pkg/kubelet/status/generate.go, GeneratePodReadyCondition',
  },
  NodeStatusUnknown: {
    means: 'Nobody heard of the node for a while; its last word is kept.',
    source: 'pkg/controller/nodelifecycle/node_lifecycle_controller.go, tryUpdateNodeHealth',
    related: ['NodeNotReady'],
  },
  NodeStatusNeverUpdated: {
    means: 'The node never said how it is.',
    source: 'pkg/controller/nodelifecycle/node_lifecycle_controller.go, tryUpdateNodeHealth',
    related: ['NodeNotReady'],
  },
  Progressing: {
    means: 'Whether the rollout of a Deployment goes on or is done.',
    source: 'pkg/controller/deployment/progress.go',
    related: ['ProgressDeadlineExceeded', 'rollout'],
  },
  ProgressDeadlineExceeded: {
    means:
      'The rollout of a Deployment made no progress for `progressDeadlineSeconds` (ten minutes). Nothing is rolled back.',
    when: 'New Pods do not become ready: a Secret that they need is missing, say.',
    source: 'pkg/controller/deployment/util/deployment_util.go, TimedOutReason',
    related: ['rollout', 'CreateContainerConfigError'],
  },
  NewReplicaSetAvailable: {
    means: 'The rollout of a Deployment is done.',
    source: 'pkg/controller/deployment/util/deployment_util.go',
    related: ['Progressing'],
  },
  MinimumReplicasUnavailable: {
    means: 'A Deployment has fewer Pods that are available than it must have.',
    source: 'pkg/controller/deployment/util/deployment_util.go',
    related: ['Progressing'],
  },
}

/** Phases: the shortest word for how a Pod is. */
export const phases: Readonly<Record<string, TermFacts>> = {
  Pending: {
    means:
      'The Pod is accepted, but not all of its containers have been started: it has no node, waits for a volume or an image, or a variable of it cannot be had.',
    source: 'pkg/kubelet/kubelet_pods.go, getPhase',
    clauses: ['L1', 'L2'],
    related: ['ContainerCreating', 'FailedScheduling', 'FailedMount'],
  },
  Running: {
    means:
      'All containers were started, and one at least runs or is about to be started again. It does not say that they work.',
    source: 'pkg/kubelet/kubelet_pods.go, getPhase',
    related: ['Ready', 'CrashLoopBackOff'],
  },
  Succeeded: {
    means: 'All containers ended with exit code 0 and none will be started again.',
    source: 'pkg/kubelet/kubelet_pods.go, getPhase',
    related: ['Completed'],
  },
  Failed: {
    means:
      'All containers ended, one at least not well, and none will be started again; or the Pod was not taken, or evicted.',
    source: 'pkg/kubelet/kubelet_pods.go, getPhase',
    related: ['exit code', 'OutOfpods'],
  },
  Unknown: {
    means: 'Nobody knows how the Pod is: its node has not been heard of.',
    source: 'pkg/apis/core/types.go, PodUnknown',
    related: ['NodeNotReady'],
  },
  Terminating: {
    means: 'Not a phase, but what kubectl prints: the Pod is being deleted and has its grace period.',
    when: 'It stays where the node cannot be reached, or a finalizer holds it.',
    source: 'pkg/printers/internalversion/printers.go, printPod',
    clauses: ['L5'],
    related: ['terminationGracePeriodSeconds', 'Killing'],
  },
  Available: {
    means: 'A PersistentVolume is free: no claim has it.',
    source: 'pkg/controller/volume/persistentvolume/pv_controller.go, syncVolume',
    related: ['Bound', 'Released'],
  },
  Bound: {
    means: 'A claim and a PersistentVolume have each other.',
    source: 'pkg/controller/volume/persistentvolume/pv_controller.go, bind',
    related: ['Available', 'Lost'],
  },
  Released: {
    means: 'The claim of a PersistentVolume is gone. What was written is still there, so no other claim gets it.',
    when: 'With `persistentVolumeReclaimPolicy: Retain` it stays so; make the volume anew, or take its claimRef away, to use it again.',
    source: 'pkg/controller/volume/persistentvolume/pv_controller.go, syncVolume',
    related: ['Bound', 'VolumeFailedDelete'],
  },
  Lost: {
    means: 'The PersistentVolume of a claim is gone, and the data with it.',
    source: 'pkg/controller/volume/persistentvolume/pv_controller.go, syncBoundClaim',
    related: ['ClaimLost'],
  },
}
