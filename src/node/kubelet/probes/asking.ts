import type { Container, Handler, Pod } from '../../../api/types/core.ts'
import { goQuote } from '../../../go/quote.ts'
import type { ProbeAnswer, ProbeRequest } from '../../../shell/program.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'

type HttpGet = NonNullable<Handler['httpGet']>

/** What of a kubelet those have to do with who ask over the network. */
export interface AskingParts {
  readonly runtime: ContainerRuntime
  readonly hostIp: string
  readonly facts: Pick<KubeletFacts, 'quotesUrls'>
}

/** For whom somebody is asked: a container of a Pod. */
export interface Asked {
  readonly pod: Pod
  readonly container: Container
  /** Of the container, in the runtime. */
  readonly id: string
}

type Port = { readonly ok: true; readonly port: number } | { readonly ok: false; readonly error: string }

/** A port by number or by the container's name for it. Source: pkg/probe/util.go, ResolveContainerPort (prober.go, extractPort, in v1.18). */
export function portOf({ ports = [] }: Container, given: number | string): Port {
  const named = ports.find(({ name }) => name !== undefined && name === given)?.containerPort
  const port = named ?? Number(given)
  if (named === undefined && typeof given === 'string' && !/^[+-]?\d+$/.test(given))
    return { ok: false, error: `strconv.Atoi: parsing ${goQuote(given)}: invalid syntax` }
  return port > 0 && port < 65536 ? { ok: true, port } : { ok: false, error: `invalid port number: ${port}` }
}

/**
 * What is found at a port of the Pod, or of whoever `host` says. The Pod's containers have their ports in common; on the node's own address
 * those Pods listen that have its network. Another host is taken to be there and well. Source: pkg/kubelet/prober/prober.go, runProbe.
 */
export function askAt(parts: AskingParts, asked: Asked, host: string | undefined, request: ProbeRequest): ProbeAnswer {
  const { runtime, hostIp } = parts
  if (host === undefined || host === '' || host === addressOf(parts, asked)) return askPod(runtime, asked, request)
  if (host === hostIp || isLoopback(host)) return askNode(runtime, isLoopback(host) ? '127.0.0.1' : hostIp, request)
  return { ok: true, output: '' }
}

/**
 * The answer to a request over HTTP, where nobody hears as Go's client tells it: whom it asked, then why not. `scheme`: that of `action`, if nothing
 * else is said. Sources: pkg/probe/http/http.go, DoHTTPProbe; Go net/http Client.Do, net/url Error.
 */
export function askHttp(
  parts: AskingParts,
  asked: Asked,
  action: HttpGet,
  at: { readonly port: number; readonly path: string; readonly scheme?: string },
): ProbeAnswer {
  const { port, path } = at
  const scheme = (at.scheme ?? action.scheme ?? 'HTTP').toLowerCase()
  const answer = askAt(parts, asked, action.host, { kind: 'http', port, path })
  const url = `${scheme}://${hostIn(parts, asked, action.host)}:${port}${path}`
  const told = (problem: string) => ({
    ok: false,
    output: `Get ${parts.facts.quotesUrls ? goQuote(url) : url}: ${problem}`,
  })
  if (isRefused(answer)) return told(answer.output)
  return scheme === 'https' && answer.isPlain === true ? { ...told(plainText), isPlain: true } : answer
}

const plainText = 'http: server gave HTTP response to HTTPS client'

/** Whether somebody answered, be it that something is wrong: hooks look no further. Source: pkg/kubelet/lifecycle/handlers.go, runHTTPHandler. */
export function isAnswered({ ok, output }: ProbeAnswer): boolean {
  return ok || output.startsWith('HTTP probe failed with statuscode: ')
}

/** The path as it stands in the URL of a probe. Source: pkg/probe/util, formatURL: a URL's path begins with a slash. */
export function probePath({ path = '' }: HttpGet): string {
  return path.startsWith('/') ? path : `/${path}`
}

/** Where a Pod is reached. */
export function addressOf({ runtime }: AskingParts, { pod }: Asked): string {
  return runtime.podSandboxes(pod.metadata.uid ?? '').at(-1)?.ip ?? ''
}

function hostIn(parts: AskingParts, asked: Asked, host = ''): string {
  return host === '' ? addressOf(parts, asked) : host
}

/** The container itself comes first; what is not known of others listens on what they declare, or anywhere, if that is nothing. */
function askPod(runtime: ContainerRuntime, { pod, id }: Asked, request: ProbeRequest): ProbeAnswer {
  const own = runtime.probe(id, request)
  const { metadata, spec } = pod
  if (!isRefused(own) || spec.containers.length + (spec.initContainers?.length ?? 0) === 1) return own
  const { uid = '' } = metadata
  const running = runtime.podContainers(uid).filter(({ state }) => state === 'running')
  for (const { container, assumedPorts } of runtime.programsAt({ uid }) ?? []) {
    const ports =
      [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === container)?.ports ?? []
    const isOpen = ports.some(({ containerPort }) => containerPort === request.port)
    const known = assumedPorts === undefined || isOpen || assumedPorts.includes(request.port)
    if (!known && ports.length + (assumedPorts?.length ?? 0) > 0) continue
    const sibling = running.find(({ config }) => config.name === container)
    const answer = sibling === undefined || sibling.id === id ? own : runtime.probe(sibling.id, request)
    if (!isRefused(answer)) return answer
  }
  return own
}

function askNode(runtime: ContainerRuntime, ip: string, request: ProbeRequest): ProbeAnswer {
  for (const uid of runtime.podUids())
    for (const { id, state, config } of runtime.podContainers(uid)) {
      if (state !== 'running' || config.hosts?.isHostNetwork !== true) continue
      const answer = runtime.probe(id, request)
      if (!isRefused(answer)) return answer
    }
  return { ok: false, output: `dial tcp ${ip}:${request.port}: connect: connection refused` }
}

/** Nobody listens there. */
function isRefused({ ok, output }: ProbeAnswer): boolean {
  return !ok && output.startsWith('dial tcp ')
}

/** Names of the node itself: a kubelet's requests begin there. */
function isLoopback(host: string): boolean {
  return /^(?:localhost|127\..*|::1)$/.test(host)
}
