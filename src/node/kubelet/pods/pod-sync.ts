import { allContainers } from '../../../api/pod-references.ts'
import type { Pod, PodStatus, Secret } from '../../../api/types/core.ts'
import { resources } from '../../../client/client.ts'
import { errorText } from '../../../client/refusals.ts'
import { settled } from '../../../kernel/all.ts'
import { parseRfc3339 } from '../../../kernel/calendar.ts'
import { firstOf } from '../../../kernel/first-of.ts'
import { mapped } from '../../../kernel/mapped.ts'
import type { Once } from '../../../kernel/once.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import { second } from '../../../kernel/time.ts'
import { mountedNames } from '../../volumes/volume-manager.ts'
import type { KubeletContext } from '../context.ts'
import type { Eviction } from '../eviction/eviction-rows.ts'
import { evictedReason } from '../eviction/texts.ts'
import { apiPodStatus } from '../status/api-status.ts'
import { isTerminal } from '../status/status-manager.ts'
import { killPod } from './kill-pod.ts'
import { makePodDirectories } from './pod-directories.ts'
import { syncPodRuntime } from './pod-runtime.ts'
import type { PodWorker } from './pod-worker.ts'
import type { SyncOutcome } from './pod-workers.ts'
import { inspectPod, type PodRuntimeStatus } from './runtime-status.ts'
import { isStatic } from './static-pod.ts'
import { hasFailed, type SyncResult } from './sync-result.ts'

/** What a sync works with: all of a kubelet but those who order it. */
type SyncParts = Omit<KubeletContext, 'workers'>

/** The instant at which `activeDeadlineSeconds` is over, if the Pod has one. Source: active_deadline.go. */
export function deadlineOf(context: Pick<KubeletContext, 'statuses' | 'calendar'>, pod: Pod): number | undefined {
  const seconds = pod.spec.activeDeadlineSeconds
  if (seconds === undefined) return undefined
  const started = parseRfc3339((context.statuses.get(pod.metadata.uid ?? '') ?? pod.status)?.startTime ?? '')
  return started === undefined ? undefined : started - context.calendar.epochMs + seconds * second
}

/** Each status of a Pod whose deadline is over comes with an event. Source: kubelet_pods.go, generateAPIPodStatus; active_deadline.go, ShouldEvict. */
function statusOf(context: SyncParts, pod: Pod, seen: PodRuntimeStatus, isOver: boolean): PodStatus {
  const uid = pod.metadata.uid ?? ''
  const deadline = deadlineOf(context, pod)
  const isLate = deadline !== undefined && context.kernel.now() >= deadline
  if (isLate) context.events.pod(pod, 'Normal', 'DeadlineExceeded', lateness.message)
  const status = apiPodStatus(pod, seen, {
    calendar: context.calendar,
    runtimeType: context.runtime.runtimeType,
    facts: context.facts,
    hostIp: context.hostIp,
    knownStatus: context.statuses.get(uid),
    failureOf: (container) => context.containers.get(uid, container)?.failure,
    readiness: (container, id) => context.prober.toldReadiness(pod, container, id),
    eviction: isLate ? lateness : undefined,
    resizes: isOver ? [] : context.resizes.conditions.of(uid, context.facts.tellsGeneration),
    isOver: isOver && context.facts.terminalPhaseBeforeDeletion,
  })
  const evicted = context.evictions.of(uid)
  return evicted === undefined ? status : evictedStatus(status, evicted, context.facts)
}

const lateness = {
  reason: 'DeadlineExceeded',
  message: 'Pod was active on the node longer than the specified deadline',
} as const

/**
 * What an eviction makes of a Pod's status: up to v1.21 nothing else is left of it. Source: eviction_manager.go, evictPod;
 * kubelet.go, syncPod of v1.18, PodStatusFunc.
 */
function evictedStatus(status: PodStatus, { message, isForNode }: Eviction, facts: SyncParts['facts']): PodStatus {
  const evicted = { phase: 'Failed', reason: evictedReason, message } as const
  if (!facts.terminatingPhases) return evicted
  const others = (status.conditions ?? []).filter(({ type }) => type !== 'DisruptionTarget')
  // Under the gate PodDisruptionConditions; not of a Pod that took more than it may.
  const condition = { type: 'DisruptionTarget', status: 'True', reason: 'TerminationByKubelet', message } as const
  return { ...status, ...evicted, conditions: facts.disruptionCondition && isForNode ? [...others, condition] : others }
}

/**
 * One sync of a Pod that is to run: status, mirror, directories, volumes, pull secrets, containers. Source:
 * pkg/kubelet/kubelet.go, syncPod (SyncPod from v1.22 on); facts/kubelet.md 8.1.
 */
export function* syncPod(context: SyncParts, worker: PodWorker, pod: Pod, seen: PodRuntimeStatus): Steps<SyncOutcome> {
  const { facts, volumes, events } = context
  context.resizes.look(pod)
  const status = statusOf(context, pod, seen, false)
  const isNewStatus = context.statuses.setPodStatus(pod, status)
  if (facts.terminatingPhases && isTerminal(status.phase)) return { isTerminal: true }
  if (!facts.terminatingPhases && (pod.metadata.deletionTimestamp !== undefined || status.phase === 'Failed')) {
    worker.send('killing')
    const failure = yield* kill(context, pod, seen, context.evictions.of(worker.uid)?.graceSeconds)
    volumes.podMayBeLeaving(worker.uid)
    return failure === undefined ? {} : { error: `error killing pod: ${failure}` }
  }
  if (facts.registration !== 'pod-manager') {
    context.secrets.registerPod(pod)
    context.configMaps.registerPod(pod)
  }
  if (isStatic(pod)) ensureMirror(context, pod)
  expectContainers(context, pod)
  if (makePodDirectories(context.fs, worker.uid)) context.record('pod-directory.create', pod, {}, 'chatter')
  if (!facts.terminatingPhases && context.ends.isTerminated(pod)) return yield* runPod(context, pod, seen, isNewStatus)
  if (mountedNames(pod).length > 0) worker.send('volumes.needed')
  const error = yield* wait(firstOf(volumes.waitForAttachAndMount(pod), wasCancelled(worker)))
  if (error === cancelled) return { error }
  if (error !== undefined) {
    if (facts.volumeTimeoutEvent !== undefined)
      events.pod(pod, 'Warning', 'FailedMount', `Unable to attach or mount volumes: ${error}`)
    return { error }
  }
  if (worker.state === 'waitingForVolumes') worker.send('volumes.ready')
  return yield* runPod(context, pod, seen, isNewStatus)
}

/** Source: volume_manager.go, WaitForAttachAndMount, whose wait ends with the sync's context (v1.27 on). */
const cancelled = 'context canceled'

function wasCancelled({ cancelled: end }: PodWorker): Once<string> {
  return mapped(end, () => cancelled)
}

function* kill(
  context: SyncParts,
  pod: Pod,
  seen: PodRuntimeStatus,
  graceSeconds: number | undefined,
): Steps<string | undefined> {
  const { killer } = context.podRuntime
  const error = yield* killPod(killer, pod, seen, graceSeconds)
  if (error !== undefined) context.events.pod(pod, 'Warning', 'FailedKillPod', `error killing pod: ${error}`)
  return error
}

function* runPod(context: SyncParts, pod: Pod, seen: PodRuntimeStatus, isNewStatus: boolean): Steps<SyncOutcome> {
  const { facts, config, events, podRuntime } = context
  const hasPullSecrets = (pod.spec.imagePullSecrets?.length ?? 0) > 0
  const { secrets, missing } = hasPullSecrets ? yield* pullSecrets(context, pod) : noPullSecrets
  if (missing.length > 0 && facts.pullSecretEvent)
    events.pod(
      pod,
      'Warning',
      'FailedToRetrieveImagePullSecret',
      `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`,
    )
  const results = yield* syncPodRuntime(podRuntime, pod, seen, secrets)
  const resize = results.find(({ action }) => action === 'ResizePodInPlace')
  if (resize?.message !== undefined) context.resizes.failed(pod, resize.message)
  if (hasFailed(results)) {
    const failure = results.find(({ error }) => error !== undefined)
    const error = `failed to "${failure?.action}" for "${failure?.target}" with ${failure?.error}: "${failure?.message}"`
    const retryAt = facts.syncsAtBackOffExpiry ? backOffEnd(results) : undefined
    return retryAt === undefined ? { error } : { error, retryAt }
  }
  // Only an untouched Pod can do without its next syncs: with sources that tell of changes, or that would say the same again.
  const didNothing = results.every(({ action }) => action === 'ConfigPodSandbox')
  const readsObjects = config.configMapAndSecretChangeDetectionStrategy !== 'Watch'
  const isQuiet = didNothing && !isNewStatus && !context.recordIdleSyncs && missing.length === 0
  const wantsLook = facts.relistsOnDemand && !didNothing
  return {
    isIdle: isQuiet && !readsObjects,
    rests: isQuiet && context.polls.mayRest(pod),
    wantsLook,
    ...(resize && { isAgain: true }),
  }
}

/** When the last crash back-off ends, if nothing but such back-offs failed. */
function backOffEnd(results: readonly SyncResult[]): number | undefined {
  let end: number | undefined
  for (const { error, retryAt } of results) {
    if (error === undefined) continue
    if (retryAt === undefined) return undefined
    end = end === undefined ? retryAt : Math.min(end, retryAt)
  }
  return end
}

const noPullSecrets = { secrets: [], missing: [] } as const

/** Those that cannot be had are left out: the pull may work without. Source: kubelet_pods.go, getPullSecretsForPod. */
function* pullSecrets(
  { secrets }: SyncParts,
  pod: Pod,
): Steps<{ readonly secrets: readonly Secret[]; readonly missing: readonly string[] }> {
  const found: Secret[] = []
  const missing: string[] = []
  for (const { name = '' } of pod.spec.imagePullSecrets ?? []) {
    if (name === '') continue
    const result = yield* wait(secrets.get(pod.metadata.namespace ?? '', name))
    if (result.ok) found.push(result.object)
    else missing.push(name)
  }
  return { secrets: found, missing }
}

/** From now on each container of the Pod has a life on the node. */
function expectContainers({ containers }: SyncParts, pod: Pod): void {
  for (const { name } of allContainers(pod)) containers.of(pod, name)
}

/** From v1.22 on. Source: kubelet.go, syncTerminatingPod. */
export function* syncTerminatingPod(
  context: SyncParts,
  worker: PodWorker,
  pod: Pod,
  seen: PodRuntimeStatus,
): Steps<SyncOutcome> {
  if (!worker.isRemoved || context.pods.get(worker.uid) !== undefined)
    context.statuses.setPodStatus(pod, statusOf(context, pod, seen, false))
  context.prober.stopLivenessAndStartup(worker.uid)
  const error = yield* kill(context, pod, seen, worker.graceSeconds)
  if (error !== undefined) return { error }
  context.prober.removePod(worker.uid)
  // How the containers ended is told before anything of them is removed.
  if (context.facts.terminatedPodsFail && context.pods.get(worker.uid) !== undefined) {
    const stopped = inspectPod(context.runtime, worker.uid)
    const told = context.facts.stoppedPodsKeepAddress ? { ...stopped, ip: seen.ip } : stopped
    context.statuses.setPodStatus(pod, statusOf(context, pod, told, true))
  }
  return {}
}

/** From v1.22 on: volumes, registration, then the last status. Source: kubelet.go, syncTerminatedPod. */
export function* syncTerminatedPod(
  context: SyncParts,
  worker: PodWorker,
  pod: Pod,
  seen: PodRuntimeStatus,
): Steps<SyncOutcome> {
  const { pods, statuses, volumes, secrets, configMaps } = context
  const isKnown = pods.get(worker.uid) !== undefined
  if (isKnown) statuses.setPodStatus(pod, statusOf(context, pod, seen, true))
  const error = yield* wait(volumes.waitForUnmount(pod))
  if (error !== undefined) return { error }
  secrets.unregisterPod(pod)
  configMaps.unregisterPod(pod)
  if (isKnown) statuses.terminatePod(pods.get(worker.uid) ?? pod)
  return {}
}

/** Source: pkg/kubelet/pod/mirror_client.go, CreateMirrorPod; a refusal is only logged and tried again at the next sync. */
function ensureMirror(context: SyncParts, pod: Pod): void {
  const nodeUid = context.nodeUid()
  if (context.pods.mirrorOf(pod) !== undefined || nodeUid === undefined) return
  const annotations = {
    ...pod.metadata.annotations,
    'kubernetes.io/config.mirror': pod.metadata.annotations?.['kubernetes.io/config.hash'] ?? '',
  }
  const { uid: _uid, ...metadata } = pod.metadata
  const owner = { apiVersion: 'v1', kind: 'Node', name: context.nodeName, uid: nodeUid, controller: true }
  const mirror = { ...pod, metadata: { ...metadata, annotations, ownerReferences: [owner] } }
  context.scope.start(settled(context.client.create<Pod>(resources.pods, mirror)), (reply) => {
    if (!reply.ok) context.record('mirror-pod.refused', pod, { message: errorText(reply.error) })
  })
}
