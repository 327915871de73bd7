import { factAt, onceAVersion, type VersionedFact } from '../versions/version.ts'

/** What changed in the kubelet between versions, dated by minor. Sections name facts/kubelet.md; rows v1.26/README.md. */
export const kubeletFacts = {
  /** Who registers a Pod with the secret managers, and when (1.3). */
  registration: fact<'pod-manager' | 'every-sync' | 'first-sync'>('kubelet.md 1.3', 'pod-manager', [
    [22, 'every-sync'],
    [29, 'first-sync'],
  ]),
  /** Pods are told apart by uid, not only by name, when references are counted (1.3). */
  registrationKeyHasUid: fact('kubelet.md 1.3', false, [[22, true]]),
  /** Watches that nobody reads for 5 sync periods are closed (1.4). */
  stopsIdleWatches: fact('kubelet.md 1.4', false, [[21, true]]),
  /** An idle sweep also stops watches that never synced (1.4). */
  stopsUnsyncedWatches: fact('kubelet.md 1.4', false, [
    [21, true],
    [22, false],
  ]),
  /** Watch time-out that a reflector of one object asks for, in minutes: U[a, b) (1.4). */
  objectWatchMinutes: fact<readonly [number, number]>('kubelet.md 1.4', [5, 10], [[31, [30, 60]]]),
  /** A Pod passes through syncTerminatingPod and syncTerminatedPod (rows 6..15). */
  terminatingPhases: fact('v1.26/README.md rows 6..15; pod_workers.go since 1.22', false, [[22, true]]),
  /** A terminal phase waits until no container can be running any more (row 12). */
  terminalPhaseWaits: fact('v1.26/README.md row 12', false, [[22, true]]),
  /** Containers that are still to be removed do not hold back a Pod's deletion (v1.26/README.md rows 8, 10). */
  ignoresDeadContainers: fact('kubelet_pods.go, PodResourcesAreReclaimed', false, [[22, true]]),
  /** The status manager sends what is newest when it gets to it, not each status (v1.26 `burst` still sends each). */
  sendsLatestStatus: fact('status_manager.go, syncBatch (#116615, in #115331; CHANGELOG-1.27)', false, [[27, true]]),
  /** The object of a deleted Pod goes only when its worker is done. Source: status_manager.go, podIsFinished. */
  deletionWaitsForFinish: fact('status_manager.go, canBeDeleted (#115331; CHANGELOG-1.27)', false, [[27, true]]),
  /** A deleted Pod gets a terminal phase before its object goes. Source: kubelet_pods.go, getPhase(podIsTerminal). */
  terminalPhaseBeforeDeletion: fact(
    'kubelet_pods.go, getPhase; CHANGELOG-1.27, urgent upgrade notes (#115331)',
    false,
    [[27, true]],
  ),
  /**
   * Containers that never started count as ended in an unknown way once their Pod is over and had been initialized.
   * Source: status_manager.go, TerminatePod, as of v1.23.13 (#108366, and in v1.22, too); v1.21 passes over who waits.
   */
  waitingEndsWithPod: fact('status_manager.go, TerminatePod', false, [[22, true]]),
  /** The phase of a terminated Pod is terminal. Before, the object went first. Source: status_manager.go, TerminatePod; v1.36/README.md row 2. */
  terminatedPodsFail: fact('status_manager.go, TerminatePod (#115331; CHANGELOG-1.27)', false, [[27, true]]),
  /** How a container ended before its last start is told for good: before, until the runtime had removed it. */
  lastStateStays: fact('kube_features.go, RestartAllContainersOnContainerExits (beta in v1.36)', false, [[36, true]]),
  /** The status of a Pod whose containers were stopped has its address: before, it came back with the next. */
  stoppedPodsKeepAddress: fact('kubelet.go, preserveDataFromBeforeStopping (v1.28.3; not in v1.27.7)', false, [
    [28, true],
  ]),
  /** The end of a Pod ends the sync under way: it no longer waits for volumes. Source: pod_workers.go, UpdatePod, cancelFn. */
  terminationEndsSync: fact('v1.36/README.md row 2; v1.26 still waits', false, [[27, true]]),
  /** A grace period of 0 counts as 1 s, not as unset, and containers get at least 2 s in any case (row 25). */
  zeroGraceCounts: fact('v1.36/README.md row 25; pod_workers.go, calculateEffectiveGracePeriod', false, [[28, true]]),
  /**
   * Grace period of an evicted Pod, in seconds; undefined: its own, for v1.22 to v1.30 took 0 for unset. Source:
   * pod_workers.go, calculateEffectiveGracePeriod; eviction_manager.go, immediateEvictionGracePeriodSeconds (pull request
   * 124063; kubernetes/kubernetes issue 115819).
   */
  evictionGraceSeconds: fact<number | undefined>('pkg/kubelet/pod_workers.go', 0, [
    [22, undefined],
    [31, 1],
  ]),
  /** An evicted Pod has the condition DisruptionTarget. */
  disruptionCondition: fact('pkg/features/kube_features.go, PodDisruptionConditions (beta)', false, [[26, true]]),
  /** The status of a Pod that a node refuses keeps its quality of service. */
  rejectedKeepQos: fact('pkg/kubelet/kubelet.go, rejectPod (v1.32.13; not in v1.31.14)', false, [[32, true]]),
  /** How the message of a Pod begins that the node does not take. */
  rejectionPrefix: fact<string>('pkg/kubelet/kubelet.go, rejectPod (v1.25 and v1.26 looked up)', 'Pod ', [
    [26, 'Pod was rejected: '],
  ]),
  /** Reason of Ready=False of a Failed Pod (row 13). */
  podFailedReason: fact('v1.26/README.md row 13', false, [[22, true]]),
  /** Grace period of the containers of a Pod that is unknown to the API server, in seconds (row 15). */
  orphanGraceSeconds: fact<number | undefined>('v1.26/README.md row 15', undefined, [[22, 1]]),
  /** Text of the time-out event of a Pod's volumes; undefined: none is sent (3.4). */
  volumeTimeoutEvent: fact<'all-unattached' | 'failed-to-process' | undefined>('kubelet.md 3.4', 'all-unattached', [
    [27, 'failed-to-process'],
    [28, undefined],
  ]),
  /**
   * Shortest pause between two removal passes of the populator that asked the runtime, in ms (2.2). The limit stood in the code until v1.26 (#111982), but
   * pods' workers are asked instead, and nothing sets the time that it counts from: so in v1.23.13, populator/desired_state_of_world_populator.go; v1.22
   * was not looked up.
   */
  removalPassMs: fact('kubelet.md 2.2; desired_state_of_world_populator.go of v1.23.13', 2000, [[23, 0]]),
  /**
   * What a kubelet finds on the disk as it starts counts as possibly mounted until it is set up or torn down. v1.24 was not looked up.
   * Source: volumemanager/reconciler, processReconstructedVolumes (1.25.2), reconstructVolumes (later), which v1.23.1 has not.
   */
  keepsFoundVolumes: fact('volumemanager/reconciler/reconciler.go of v1.25.2', false, [[25, true]]),
  /**
   * The populator passes by Pods whose containers are to end: always, or but for its first pass, when they may still run.
   * Source: volumemanager/populator, findAndAddNewPods of v1.23.1, v1.25.2 and v1.26.1.
   */
  addsVolumesOfEnding: fact<'yes' | 'no' | 'first pass'>('populator/desired_state_of_world_populator.go', 'yes', [
    [22, 'no'],
    [26, 'first pass'],
  ]),
  /** The crash BackOff event names container and Pod (row 16). */
  backOffNamesPod: fact('kubelet.md 8.2', false, [[26, true]]),
  /** Errors of requests tell their URL in quotes. */
  quotesUrls: fact('net/url, Error of Go 1.14; v1.18 is built with Go 1.13', false, [[19, true]]),
  /** Hooks that ask over HTTP ask as probes do: over TLS where that is said, and then once more without. Source: lifecycle/handlers.go. */
  hooksSpeakTls: fact('gate ConsistentHTTPGetHandlers (#86139; CHANGELOG-1.26)', false, [[26, true]]),
  /** What is told of probes that could not be run. Source: prober.go, probe. */
  probeErrorText: fact<'errored' | 'errored and resulted in unknown state'>('prober.go, probe (#125901)', 'errored', [
    [33, 'errored and resulted in unknown state'],
  ]),
  /** A command of a probe that took too long is told with its time. Source: k8s.io/cri-client, remote_runtime.go, ErrCommandTimedOut. */
  tellsCommandTimeout: fact('k8s.io/cri-client v0.31.0, ExecSync', false, [[31, true]]),
  /** Commands of readiness probes are cancelled once their Pod is to end. Reported of v1.35 (kubernetes #130487), not of v1.36. */
  cancelsProbesOfEnding: fact('prober.go, worker.go (#130487)', false, [
    [35, true],
    [36, false],
  ]),
  /** Events of hooks that failed have only that to say: Secrets could be in what they printed. */
  hookEventsTellNothing: fact('kuberuntime_container.go of v1.26.1; v1.25.2 tells all', false, [[26, true]]),
  /** A missing pull secret is told by an event (7.1). */
  pullSecretEvent: fact('kubelet.md 7.1', false, [[28, true]]),
  /** Wording of Created and Started (3.5). */
  createdMessage: fact<'Created container %s' | 'Created container: %s' | 'Container created'>(
    'kubelet.md 3.5',
    'Created container %s',
    [
      [29, 'Created container: %s'],
      [35, 'Container created'],
    ],
  ),
  startedMessage: fact<'Started container %s' | 'Container started'>('kubelet.md 3.5', 'Started container %s', [
    [35, 'Container started'],
  ]),
  /** Errors of a sync carry the end of the crash back-off, and the next sync comes then (2.3). */
  syncsAtBackOffExpiry: fact('kubelet.md 2.3', false, [[35, true]]),
  /** A command of a probe that outlasts `timeoutSeconds` has failed; before, the docker runtime waited for its end. */
  timesOutExecProbes: fact('feature ExecProbeTimeout; pkg/kubelet/dockershim/exec.go (1.18)', false, [[20, true]]),
  /** Condition PodReadyToStartContainers: the Pod has a sandbox with its network (v1.36/README.md row 11). */
  readyToStartCondition: fact('gate PodReadyToStartContainersCondition; status/generate.go', false, [[29, true]]),
  /** And it is told as soon as the sandbox is there, while images are pulled (v1.36/README.md row 10). */
  tellsSandboxAtOnce: fact('kubelet.go, OnPodSandboxReady; v1.36/README.md row 10', false, [[36, true]]),
  /** A sync that did what it wanted has its Pod looked at without waiting for the next pass (v1.36/README.md rows 9, 10). */
  relistsOnDemand: fact('gate PLEGOnDemandRelist; pleg/generic.go, RequestRelist', false, [[36, true]]),
  /** Init containers that run as long as their Pod (gate SidecarContainers); once initialized, a Pod stays so. */
  sidecars: fact('gate SidecarContainers; KEP 753; v1.36/README.md row 26', false, [[29, true]]),
  /** `hostIPs` beside `hostIP` (gate PodHostIPs). Source: kubelet_pods.go, generateAPIPodStatus. */
  tellsHostIps: fact('gate PodHostIPs; pkg/features/kube_features.go', false, [[29, true]]),
  /** Statuses of containers tell their mounts. Source: kubelet_pods.go, convertToAPIContainerStatuses. */
  tellsMounts: fact('gate RecursiveReadOnlyMounts; pkg/features/kube_features.go', false, [[31, true]]),
  /** And what resources they have. Source: kubelet_pods.go, convertContainerStatusResources. */
  tellsResources: fact('gate InPlacePodVerticalScaling; pkg/features/kube_features.go', false, [[33, true]]),
  /** Pods are given other amounts while they run (gate InPlacePodVerticalScaling). Source: pkg/kubelet/allocation. */
  resizesInPlace: fact('gate InPlacePodVerticalScaling; pkg/features/kube_features.go', false, [[33, true]]),
  /** Which generation of the Pod a status and its conditions are of. Source: pkg/api/v1/pod/util.go, CalculatePodStatusObservedGeneration. */
  tellsGeneration: fact('gate PodObservedGenerationTracking; pkg/features/kube_features.go', false, [[34, true]]),
  /** Results of startup and readiness probes have their Pod synced, too. Source: kubelet.go, syncLoopIteration. */
  probeResultsSync: fact('kubelet.go, handleProbeSync; CHANGELOG-1.21 (#98376)', false, [[21, true]]),
  /**
   * A status that tells of a container that is not ready has its readiness probe run at once: while there is no verdict, later as long as that is bad.
   * Source: prober_manager.go, UpdatePodStatus.
   */
  asksUnreadyAtOnce: fact<'never' | 'without verdict' | 'while unready'>(
    'prober_manager.go (#98376, #101738)',
    'never',
    [
      [21, 'without verdict'],
      [22, 'while unready'],
    ],
  ),
  /** Probes begin after a random part of their period only while the kubelet is younger than that. Source: worker.go, run. */
  probesBeginAtOnce: fact('worker.go, run of v1.21 (#97126)', false, [[21, true]]),
  /** A readiness probe that ran out of turn has its next turn a period later. Source: worker.go, run, probeTicker.Reset. */
  countsPeriodsFromAsking: fact('worker.go of v1.32 (release-4.19 of openshift/microshift)', false, [[32, true]]),
  /** Whether containers have started and are ready outlasts the kubelet, until a probe says otherwise. Source: prober_manager.go. */
  keepsReadyOverRestart: fact('gate ChangeContainerStatusOnKubeletRestart, off; prober_manager.go', false, [
    [35, true],
  ]),
  /** Static Pods that refer to API objects are refused when they are read (9). */
  refusesStaticReferences: fact('kubelet.md 9', false, [[34, true]]),
} as const

export type KubeletFacts = { readonly [K in keyof typeof kubeletFacts]: FactValue<(typeof kubeletFacts)[K]> }
type FactValue<F> = F extends VersionedFact<infer T> ? T : never

/** All facts of one minor version. */
export const kubeletFactsOf = onceAVersion((minor): KubeletFacts => {
  const resolved: Record<string, unknown> = {}
  for (const [name, versioned] of Object.entries(kubeletFacts))
    resolved[name] = factAt(versioned as VersionedFact<unknown>, minor)
  // Every key of the table was filled with the value of its own fact.
  return resolved as KubeletFacts
})

function fact<T>(
  source: string,
  initially: T,
  since: readonly (readonly [minor: number, value: T])[],
): VersionedFact<T> {
  return { source, initially, since }
}
