import type { Unsubscribable } from 'rxjs'
import { allContainerStatuses, allContainers } from '../api/pod-references.ts'
import type { ContainerStatus, Node, Pod, PodStatus } from '../api/types/core.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { goQuote } from '../go/quote.ts'
import { type Calendar, rfc3339Micro } from '../kernel/calendar.ts'
import { clientVersion } from '../kubectl/client-version.ts'
import type {
  AttachAnswer,
  AttachEars,
  ContainerTarget,
  ExecAnswer,
  ExecRequest,
  LogAnswer,
  LogRequest,
} from '../kubectl/host.ts'
import { type FoundContainer, findContainer } from '../looks/containers.ts'
import { withoutUnknownCode } from '../node/runtime/error-texts.ts'
import type { LogLine } from '../node/runtime/log-buffer.ts'
import { bytesToByteText, fromByteText } from '../shell/byte-text.ts'
import { apiServer } from '../versions/api-server.ts'
import { has } from '../versions/changes.ts'
import { find } from './objects.ts'
import type { SimSettings } from './resolve-options.ts'
import { type NodeProblem, nodeProblem } from './unreachable-node.ts'

/** What of the simulation kubectl's requests to a container need. */
export interface ContainerWorld {
  readonly cluster: Cluster
  readonly calendar: Calendar
  readonly podOf: (namespace: string, name: string) => Pod | undefined
}

/** What decides how a stream gets to a container. */
export interface StreamWorld extends ContainerWorld {
  readonly settings: Pick<SimSettings, 'minor' | 'kubectl'>
}

interface Refusal {
  readonly ok: false
  /** The API server's; absent: the kubelet says no. */
  readonly reason?: string
  readonly message: string
}

function refused(message: string): Required<Refusal> {
  return { ok: false, reason: 'BadRequest', message }
}

/** The API server's own refusals come before the kubelet's. Source: pkg/registry/core/pod/strategy.go, streamLocation. */
function streamed(world: StreamWorld, target: ContainerTarget, missing: MissingText): FoundContainer | Refusal {
  const { cluster, podOf } = world
  const pod = podOf(target.namespace, target.pod)
  if (pod !== undefined && !allContainers(pod).some(({ name }) => name === target.container))
    return refused(`container ${target.container} is not valid for pod ${target.pod}`)
  if (pod !== undefined && (pod.spec.nodeName ?? '') === '')
    return refused(`pod ${target.pod} does not have a host assigned`)
  const problem = cluster.machines.has(pod?.spec.nodeName ?? '') ? undefined : problemOf(cluster, pod)
  // What comes while a connection is upgraded is read as text.
  if (problem !== undefined) return { ok: false, message: `unable to upgrade connection: ${problem.message}` }
  const found = findContainer(cluster, pod, target.container)
  return found === undefined || found.container.state !== 'running' ? notFound(world, missing(target)) : found
}

type MissingText = (target: Pick<ContainerTarget, 'namespace' | 'pod' | 'container'>) => string

/** What a kubelet says of a container that does not run. Source: pkg/kubelet/kubelet_pods.go, GetExec. */
export const notExecuted: MissingText = ({ container }) => `container not found (${goQuote(container)})`

/** The same for who wants to join it. Source: kubelet_pods.go, GetAttach, which names the Pod by its full name. */
export const notAttached: MissingText = ({ namespace, pod, container }) =>
  `container ${container} not found in pod ${pod}_${namespace}`

/**
 * A kubelet that has no such container running. What it answers to an API server that carries the streams itself is that server's error.
 * Source: apiserver pkg/util/proxy/streamtranslator.go, ServeHTTP.
 */
function notFound({ settings }: StreamWorld, missing: string): Refusal {
  const isCarried = has(settings.minor, apiServer.carriesStreams) && clientVersion(settings.kubectl).streamsByWebSocket
  const message = `unable to upgrade connection: ${missing}`
  return { ok: false, message: isCarried ? `Internal error occurred: ${message}` : message }
}

/** Of a Pod on a node that is no machine. */
function problemOf({ controlPlane }: Cluster, pod: Pod | undefined): NodeProblem | undefined {
  return nodeProblem(pod, (name) => find<Node>(controlPlane.server, 'Node', name, ''))
}

/** Joins a container's first process. */
export function attachToContainer(world: StreamWorld, target: ContainerTarget, ears: AttachEars): AttachAnswer {
  const found = streamed(world, target, notAttached)
  if ('ok' in found) return found
  const attachment = found.machine.runtime.attach(found.container.id, ears)
  return attachment === undefined ? notFound(world, notAttached(target)) : { ok: true, attachment }
}

export function execInContainer(world: StreamWorld, request: ExecRequest): ExecAnswer {
  const found = streamed(world, request, notExecuted)
  if ('ok' in found) return found
  const input = request.stdin === undefined ? '' : bytesToByteText(request.stdin)
  const result = found.machine.runtime.execBytes(found.container.id, request.argv, input)
  if (!result.ok) return { ok: false, message: execFailedText(result.message) }
  const { stdout, stderr, exitCode } = result.value
  return { ok: true, stdout: fromByteText(stdout), stdoutBytes: stdout, stderr: fromByteText(stderr), exitCode }
}

/**
 * How a kubelet hands on why a runtime did not run a command: without the words of gRPC, for the streaming server speaks no gRPC.
 * Source: kubelet pkg/cri/streaming/remotecommand/exec.go, ServeExec; apimachinery pkg/api/errors, NewInternalError.
 */
export function execFailedText(message: string): string {
  return `Internal error occurred: error executing command in container: ${withoutUnknownCode(message)}`
}

/** A Pod without a node has no logs, and no error. Source: pkg/registry/core/pod/strategy.go, LogLocation. */
export function logsOfContainer(world: ContainerWorld, request: LogRequest): LogAnswer {
  const found = loggedContainer(world, request)
  if (!('machine' in found)) return found
  const { machine, container } = found
  const { sinceMs, tailLines, timestamps } = request
  const { calendar } = world
  const lines = machine.runtime
    .logs(container.id)
    .filter(({ at }) => sinceMs === undefined || calendar.at(at) >= sinceMs)
  const shown = tailLines === undefined ? lines : lines.slice(Math.max(0, lines.length - tailLines))
  const text = shown.map((line) => logText(line, calendar, timestamps)).join('')
  return { ok: true, text, ended: container.state !== 'running' }
}

/** Tells each line that a container writes from now on, as its log shows it, and undefined at its end. */
export function followLog(
  world: ContainerWorld,
  request: LogRequest,
  heard: (text: string | undefined) => void,
): Unsubscribable | undefined {
  const found = loggedContainer(world, request)
  if (!('machine' in found) || found.container.state !== 'running') return undefined
  return found.machine.runtime.followLogs(found.container.id, (line) =>
    heard(line === undefined ? undefined : logText(line, world.calendar, request.timestamps)),
  )
}

function logText({ at, line }: LogLine, calendar: Calendar, timestamps: boolean): string {
  return `${timestamps ? `${nanoTime(calendar.at(at))} ` : ''}${line}\n`
}

/** The container whose log is meant; or the answer, where there is none. */
function loggedContainer({ cluster, podOf }: ContainerWorld, request: LogRequest): FoundContainer | LogAnswer {
  const pod = podOf(request.namespace, request.pod)
  const machine = cluster.machines.get(pod?.spec.nodeName ?? '')
  if (pod === undefined || machine === undefined) return problemOf(cluster, pod) ?? { ok: true, text: '', ended: true }
  // The kubelet asks itself first, then the Pod. Source: pkg/kubelet/kubelet.go, GetKubeletContainerLogs.
  const uid = pod.metadata.uid ?? ''
  const chosen = containerOfLogs(machine.kubelet.context?.statuses.get(uid) ?? pod.status, request)
  if (!chosen.ok) return chosen
  const container = machine.runtime.podContainers(uid).find(({ id }) => chosen.id.endsWith(`://${id}`))
  // Told into the log itself: the answer has begun. Source: kuberuntime_container.go, GetContainerLogs.
  if (container === undefined)
    return { ok: true, text: `unable to retrieve container logs for ${chosen.id}`, ended: true }
  return { machine, container }
}

type Chosen = { readonly ok: true; readonly id: string } | ReturnType<typeof refused>

/** Whose log it is, by the Pod's status. Source: pkg/kubelet/kubelet_pods.go, validateContainerLogStatus. */
function containerOfLogs(status: PodStatus | undefined, { pod, container, previous }: LogRequest): Chosen {
  const what = `container ${goQuote(container)} in pod ${goQuote(pod)}`
  const found = allContainerStatuses(status).find(({ name }) => name === container)
  if (found === undefined) return refused(`${what} is not available`)
  const last = found.lastState?.terminated?.containerID || undefined
  if (previous) return last === undefined ? refused(`previous terminated ${what} not found`) : { ok: true, id: last }
  const { waiting, running, terminated } = found.state ?? {}
  if (running !== undefined) return { ok: true, id: found.containerID ?? '' }
  if (terminated !== undefined || found.lastState?.terminated !== undefined) {
    const id = terminated?.containerID || last
    return id === undefined ? refused(`${what} is terminated`) : { ok: true, id }
  }
  return refused(waiting === undefined ? `${what} is waiting to start - no logs yet` : waitingText(what, waiting))
}

function waitingText(
  what: string,
  { reason = '' }: NonNullable<NonNullable<ContainerStatus['state']>['waiting']>,
): string {
  const words: Readonly<Record<string, string>> = {
    ErrImagePull: "image can't be pulled",
    ImagePullBackOff: 'trying and failing to pull image',
  }
  return `${what} is waiting to start: ${words[reason] ?? reason}`
}

/** RFC 3339 with nine digits, as container runtimes stamp lines. */
function nanoTime(epochMs: number): string {
  return rfc3339Micro(epochMs).replace(/Z$/, '000Z')
}
