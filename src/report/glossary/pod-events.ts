import type { TermFacts } from './term.ts'

/** Reasons of Events about Pods that kubelets and the scheduler send. */
export const podEvents: Readonly<Record<string, TermFacts>> = {
  FailedMount: {
    means:
      'A volume of the Pod could not be made, so none of its containers starts yet. The kubelet tries again by itself.',
    when: 'Its Secret or ConfigMap is missing, lacks a key that `items` names, or cannot be read because the API server is out of reach. The waits double from half a second to about two minutes; once what was missing is there, the next try succeeds.',
    source: 'pkg/kubelet/volumemanager, pkg/util/goroutinemap/exponentialbackoff',
    clauses: ['L2', 'V4'],
    related: ['ContainerCreating', 'back-off', 'optional', 'why'],
  },
  FailedScheduling: {
    means: 'No node takes the Pod. The message counts the nodes by what speaks against each.',
    when: 'Requests are too large, a selector or an affinity fits no node, or a taint is not tolerated. The scheduler looks again when something changes in the cluster.',
    source: 'pkg/scheduler/scheduler.go',
    related: ['Scheduled', 'Unschedulable', 'Pending'],
  },
  Scheduled: {
    means:
      'The scheduler chose a node and bound the Pod to it. From now on that node may read the Secrets that the Pod names.',
    source: 'pkg/scheduler/scheduler.go, bind',
    clauses: ['S1'],
    related: ['FailedScheduling', 'node authorizer'],
  },
  Preempted: {
    means: 'The Pod was deleted to make room for one of higher priority.',
    source: 'pkg/scheduler/framework/plugins/defaultpreemption',
    related: ['FailedScheduling'],
  },
  Pulling: {
    means: 'The kubelet asks a registry for an image, with the credentials of the Pod if it has any.',
    source: 'pkg/kubelet/images/image_manager.go',
    clauses: ['P1'],
    related: ['Pulled', 'imagePullSecrets'],
  },
  Pulled: {
    means: 'The image is on the node: it came from the registry, or was there already.',
    source: 'pkg/kubelet/images/image_manager.go',
    related: ['Pulling', 'imagePullPolicy'],
  },
  Created: {
    means:
      'A container was made. Its environment is fixed from here on: a Secret that changes later does not reach it.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer',
    clauses: ['U4'],
    related: ['Started', 'environment', 'subPath'],
  },
  Started: {
    means: 'The program of a container runs.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer',
    related: ['Created', 'Running'],
  },
  Killing: {
    means: 'A container is told to end; it has its grace period to do so.',
    when: 'The Pod is deleted or evicted, a liveness probe failed, or the container is to be made anew.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, killContainer',
    related: ['Unhealthy', 'terminationGracePeriodSeconds'],
  },
  BackOff: {
    means:
      'A container is not started, or its image not pulled, because it went wrong a short time ago: the kubelet waits.',
    when: 'The waits double from ten seconds to five minutes. A container that ran for ten minutes begins anew.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_manager.go, doBackOff; pkg/kubelet/images/image_manager.go',
    related: ['CrashLoopBackOff', 'ImagePullBackOff'],
  },
  Failed: {
    means: 'A container could not be started, or its image not be had; the message says why.',
    when: '`Error: secret "x" not found` is a variable whose Secret is missing; `Failed to pull image` is the registry or its credentials.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer',
    clauses: ['E3', 'P1'],
    related: ['CreateContainerConfigError', 'ErrImagePull'],
  },
  InvalidEnvironmentVariableNames: {
    means:
      'Keys of a Secret or ConfigMap were left out of the environment because they are no names of variables. The container starts all the same.',
    when: '`envFrom` takes a Secret that has such keys; the message lists them. From v1.30 on nearly every key is taken.',
    source: 'pkg/kubelet/kubelet_pods.go, makeEnvironmentVariables',
    clauses: ['E2'],
    related: ['envFrom'],
  },
  FailedToRetrieveImagePullSecret: {
    means:
      'Secrets that `imagePullSecrets` names are not there. The pull is tried without them and may succeed for a public image.',
    source: 'pkg/kubelet/kubelet.go, syncPod (later versions; in v1.18 the kubelet only logs it)',
    clauses: ['P1'],
    related: ['imagePullSecrets', 'ErrImagePull'],
  },
  InspectFailed: {
    means: 'The name of an image is no name of an image, so nothing is asked for.',
    source: 'pkg/kubelet/images/image_manager.go, EnsureImageExists',
    related: ['InvalidImageName'],
  },
  ErrImageNeverPull: {
    means: 'The image is not on the node, and `imagePullPolicy: Never` forbids to get it.',
    source: 'pkg/kubelet/images/image_manager.go',
    related: ['imagePullPolicy'],
  },
  Unhealthy: {
    means:
      'A probe of a container failed. A failing readiness probe takes the Pod out of Services, a failing liveness probe has the container killed.',
    source: 'pkg/kubelet/prober/prober.go',
    related: ['Killing', 'Ready'],
  },
  FailedPostStartHook: {
    means: 'What a container is to do right after its start went wrong; the container is killed.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, startContainer',
    related: ['PostStartHookError'],
  },
  FailedPreStopHook: {
    means: 'What a container is to do before it ends went wrong; it is ended all the same.',
    source: 'pkg/kubelet/kuberuntime/kuberuntime_container.go, executePreStopHook',
    related: ['Killing'],
  },
  FailedCreatePodSandBox: {
    means: "The runtime could not make the Pod's sandbox, in which its containers share a network.",
    source: 'pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod',
    related: ['SandboxChanged'],
  },
  SandboxChanged: {
    means:
      "The Pod's sandbox is gone or ended, as after a reboot of its node: it is made anew, and with it all containers.",
    source: 'pkg/kubelet/kuberuntime/kuberuntime_manager.go, SyncPod',
    clauses: ['L6'],
    related: ['Rebooted'],
  },
  FailedKillPod: {
    means: 'Not all of a Pod could be ended; the kubelet tries again at the next sync.',
    source: 'pkg/kubelet/kubelet.go, syncPod',
    related: ['Killing'],
  },
  DeadlineExceeded: {
    means: 'The Pod, or the Job, ran longer than its `activeDeadlineSeconds`: it is ended and counts as failed.',
    source: 'pkg/kubelet/active_deadline.go; pkg/controller/job/job_controller.go',
    related: ['BackoffLimitExceeded'],
  },
  SupplementalGroupsPolicyNotSupported: {
    means:
      'A Pod asks for `supplementalGroupsPolicy: Strict` on a node whose runtime does not know it: that Pod fails.',
    when: 'From v1.33 on; here in v1.33 alone, whose runtime is containerd 1.',
    source: 'pkg/kubelet/lifecycle/predicate.go, Admit',
    related: ['OutOfcpu', 'Failed'],
  },
  LifecycleHTTPFallback: {
    means: 'A hook asked for HTTPS where plain HTTP was answered; it was asked once more without TLS.',
    source: 'pkg/kubelet/lifecycle/handlers.go, runHTTPHandler',
    related: ['FailedPostStartHook', 'FailedPreStopHook'],
  },
  OutOfcpu: {
    means: 'The node has less CPU left than a Pod asks for that was bound to it, and does not take it: that Pod fails.',
    when: 'A Pod names its node itself (`nodeName`), so that the scheduler was not asked.',
    source: 'pkg/kubelet/lifecycle/predicate.go, InsufficientResourceError',
    related: ['FailedScheduling', 'OutOfmemory'],
  },
  OutOfmemory: {
    means:
      'The node has less memory left than a Pod asks for that was bound to it, and does not take it: that Pod fails.',
    when: 'As of OutOfcpu.',
    source: 'pkg/kubelet/lifecycle/predicate.go, InsufficientResourceError',
    related: ['OutOfcpu', 'OOMKilled'],
  },
  'OutOfephemeral-storage': {
    means:
      'The node has less disk left than a Pod asks for that was bound to it, and does not take it: that Pod fails.',
    when: 'As of OutOfcpu.',
    source: 'pkg/kubelet/lifecycle/predicate.go, InsufficientResourceError',
    related: ['OutOfcpu', 'Evicted'],
  },
  OutOfpods: {
    means: 'The node has as many Pods as it may have and does not take one more that was bound to it: that Pod fails.',
    when: 'A Pod names its node itself (`nodeName`), so that the scheduler was not asked.',
    source: 'pkg/kubelet/lifecycle/predicate.go, InsufficientResourceError',
    related: ['FailedScheduling', 'Failed'],
  },
}

/** Reasons of Events about Nodes. */
export const nodeEvents: Readonly<Record<string, TermFacts>> = {
  Starting: {
    means:
      'A kubelet begins. It remembers nothing: what it knew of Secrets it reads again; containers and mounts are as they were.',
    source: 'pkg/kubelet/kubelet.go, BirthCry',
    clauses: ['L6'],
    related: ['kubelet', 'Rebooted'],
  },
  Rebooted: {
    means:
      'The machine was down. All that lay in memory is gone, the files of Secrets with it; Pods get new sandboxes and mounts.',
    source: 'pkg/kubelet/nodestatus/setters.go, MachineInfo',
    clauses: ['L6', 'S2'],
    related: ['SandboxChanged', 'tmpfs'],
  },
  NodeReady: {
    means: 'The node is ready to take Pods.',
    source: 'pkg/kubelet/nodestatus/setters.go, ReadyCondition',
    related: ['NodeNotReady'],
  },
  NodeNotReady: {
    means:
      'Nobody heard of the node for forty seconds. Its Pods count as not ready; after five minutes they are evicted.',
    when: 'The kubelet is stopped, the machine is off, or the way to the API server is cut.',
    source: 'pkg/controller/nodelifecycle/node_lifecycle_controller.go',
    clauses: ['L6'],
    related: ['TaintManagerEviction', 'NodeStatusUnknown', 'partition'],
  },
  NodeHasSufficientMemory: {
    means: 'The node does not lack memory; told when its kubelet registers, and when it is known again.',
    source: 'pkg/kubelet/nodestatus/setters.go, MemoryPressureCondition',
  },
  NodeHasNoDiskPressure: {
    means: 'The node does not lack room on its disk; told when its kubelet registers, and when it is known again.',
    source: 'pkg/kubelet/nodestatus/setters.go, DiskPressureCondition',
  },
  NodeHasSufficientPID: {
    means: 'The node does not lack numbers for processes; told when its kubelet registers, and when it is known again.',
    source: 'pkg/kubelet/nodestatus/setters.go, PIDPressureCondition',
  },
  RegisteredNode: {
    means: 'The node lifecycle controller met a node for the first time.',
    source: 'pkg/controller/nodelifecycle/node_lifecycle_controller.go',
    related: ['RemovingNode'],
  },
  RemovingNode: {
    means: 'A Node object was deleted: its Pods will be collected.',
    source: 'pkg/controller/nodelifecycle/node_lifecycle_controller.go',
    related: ['RegisteredNode'],
  },
  Evicted: {
    means:
      'The node runs short of memory or disk, and its kubelet ended the Pod, or did not take it; or the Pod took more of the disk than it may.',
    when: 'The message says of what there is too little, and which containers use more than they asked for; or which limit was exceeded: the `sizeLimit` of an emptyDir, or `ephemeral-storage`. The Pod stays as Failed; whoever made it makes another one.',
    source: 'pkg/kubelet/eviction/eviction_manager.go',
    related: ['EvictionThresholdMet', 'memory', 'disk', 'inodes'],
  },
  EvictionThresholdMet: {
    means: 'Less memory or disk is left on the node than its kubelet wants to keep: it begins to free some.',
    source: 'pkg/kubelet/eviction/eviction_manager.go, synchronize',
    related: ['Evicted', 'NodeHasInsufficientMemory', 'NodeHasDiskPressure'],
  },
  NodeHasInsufficientMemory: {
    means: 'The node tells MemoryPressure: nothing new comes to it that does not tolerate that.',
    source: 'pkg/kubelet/nodestatus/setters.go, MemoryPressureCondition',
    related: ['EvictionThresholdMet', 'memory'],
  },
  NodeHasInsufficientPID: {
    means: 'The node tells PIDPressure: nothing new comes to it that does not tolerate that.',
    source: 'pkg/kubelet/nodestatus/setters.go, PIDPressureCondition',
  },
  NodeHasDiskPressure: {
    means: 'The node tells DiskPressure: nothing new comes to it that does not tolerate that.',
    source: 'pkg/kubelet/nodestatus/setters.go, DiskPressureCondition',
    related: ['EvictionThresholdMet', 'disk'],
  },
  TaintManagerEviction: {
    means:
      'A Pod is deleted because its node has a taint that it does not tolerate, or no longer; or that deletion was called off.',
    source: 'pkg/controller/nodelifecycle/scheduler/taint_manager.go',
    clauses: ['L6'],
    related: ['NodeNotReady'],
  },
}
