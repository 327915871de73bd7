import type { Pod } from '../../api/types/core.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { RunningProgram } from '../../node/runtime/cri.ts'
import { toByteText } from '../../shell/byte-text.ts'
import type { Route, WireReply, WireRequest } from '../../shell/net/network.ts'
import type { ControlPlane } from '../control-plane.ts'
import type { Machine } from '../machine.ts'
import { indexOfHostIp, indexOfPodIp, isServiceIp } from './addresses.ts'
import type { NetworkObjects } from './names.ts'
import type { AssumedPort } from './network.ts'
import { type Backend, backendsOfAddress, backendsOfNodePort, type Proxied } from './proxy.ts'

/** Where a connection comes from. */
interface Origin {
  readonly node: string
  readonly ip: string
}

/** The ways between containers. */
export interface Routes {
  connect(from: Origin, ip: string, port: number): Route
  /** What is the matter with the machine that an address is on: `node-1 is powered off`. */
  problemOf(ip: string): string | undefined
  readonly assumed: readonly AssumedPort[]
}

/** What the ways lead through. */
export interface RoutesOptions {
  readonly random: RandomStreams
  readonly machines: ReadonlyMap<string, Machine>
  readonly controlPlane: ControlPlane
  readonly objects: NetworkObjects
}

const refused: Route = { kind: 'refused' }
const silent: Route = { kind: 'silent' }

/** Source: pkg/controlplane: where the endpoints of Service kubernetes are. */
const serverPort = 6443
const serverIp = '10.0.0.1'

/** The ways of a cluster whose machines may still be to come. */
export function createRoutes(options: RoutesOptions): Routes {
  return new ClusterRoutes(options)
}

class ClusterRoutes implements Routes {
  readonly #options: RoutesOptions
  readonly #assumed = new Map<string, AssumedPort>()

  constructor(options: RoutesOptions) {
    this.#options = options
  }

  get assumed(): readonly AssumedPort[] {
    return [...this.#assumed.values()]
  }

  connect(from: Origin, ip: string, port: number): Route {
    if (ip.startsWith('127.') || ip === from.ip) {
      const own = this.#options.machines.get(from.node)?.runtime.programsAt({ ip: from.ip })
      return own === undefined ? refused : this.#toPrograms(from, own, port, true)
    }
    const { objects } = this.#options
    if (isServiceIp(ip)) return this.#proxied(from, backendsOfAddress(objects, ip, port))
    return this.#direct(from, ip, port)
  }

  problemOf(ip: string): string | undefined {
    const machine = this.#machineAt(indexOfPodIp(ip) ?? indexOfHostIp(ip))
    if (machine === undefined) return undefined
    if (machine.isOff) return `${machine.name} is powered off`
    return machine.link.isPartitioned ? `${machine.name} is cut off` : undefined
  }

  /** One endpoint is drawn where there are several. Source: pkg/proxy/iptables/proxier.go, probability. */
  #proxied(from: Origin, found: Proxied): Route {
    if (found === 'nowhere') return silent
    if (found === 'none') return refused
    const backend = this.#drawn(from.node, found)
    if (backend === undefined) return refused
    if (backend.ip === from.ip) return this.connect(from, backend.ip, backend.port)
    return this.#direct(from, backend.ip, backend.port)
  }

  #drawn(node: string, backends: readonly Backend[]): Backend | undefined {
    if (backends.length < 2) return backends[0]
    return backends[this.#options.random.stream(`${node}/proxy/endpoint`).integer(0, backends.length)]
  }

  #direct(from: Origin, ip: string, port: number): Route {
    if (ip === serverIp) return this.#toServer(from, port)
    const ofPods = indexOfPodIp(ip)
    const machine = this.#machineAt(ofPods ?? indexOfHostIp(ip))
    if (machine === undefined || machine.isOff || this.#isCut(from, machine)) return silent
    if (ofPods === undefined) return this.#toHost(from, machine, port)
    const programs = machine.runtime.programsAt({ ip })
    return programs === undefined ? { kind: 'unreachable' } : this.#toPrograms(from, programs, port, false)
  }

  #machineAt(index: number | undefined): Machine | undefined {
    return index === undefined ? undefined : [...this.#options.machines.values()][index]
  }

  /** Between two machines of which one is cut off. */
  #isCut({ node }: Origin, to: Machine): boolean {
    const own = this.#options.machines.get(node)
    return own !== to && (own?.link.isPartitioned === true || to.link.isPartitioned)
  }

  /** Ports of a machine: those of Services, and of Pods that share its network. */
  #toHost(from: Origin, machine: Machine, port: number): Route {
    const proxied = backendsOfNodePort(this.#options.objects, port)
    if (proxied !== 'nowhere') return this.#proxied(from, proxied)
    const pods = this.#options.objects
      .list<Pod>('pods')
      .filter(({ spec }) => spec.nodeName === machine.name && spec.hostNetwork === true)
    const programs = pods.flatMap(({ metadata }) => machine.runtime.programsAt({ uid: metadata.uid ?? '' }) ?? [])
    return this.#toPrograms(from, programs, port, false)
  }

  #toPrograms(from: Origin, programs: readonly RunningProgram[], port: number, isOwn: boolean): Route {
    const program = programs.find((each) => this.#listens(each, port, isOwn))
    if (program === undefined) return refused
    const isAssumed = program.assumedPorts !== undefined
    return { kind: 'open', isAssumed, ask: (request) => program.ask({ ...request, port, from: from.ip }) }
  }

  /** `isOwn`: a container asks its own Pod, as probes do: what is not known of a program is then taken for granted. */
  #listens(program: RunningProgram, port: number, isOwn: boolean): boolean {
    const { assumedPorts, sandbox, container } = program
    if (assumedPorts === undefined) return program.listens(port)
    const { podNamespace: namespace, podName: name } = sandbox
    const pod = this.#options.objects.get<Pod>('pods', namespace, name)
    const { image = '', ports } = declared(pod, container)
    const isOpen = ports.includes(port) || assumedPorts.includes(port)
    if (!isOpen && !isOwn && (ports.length > 0 || assumedPorts.length > 0)) return false
    this.#assumed.set(`${image} ${port} ${namespace}/${name}`, { image, port, pod: `${namespace}/${name}` })
    return true
  }

  /** The API server speaks HTTPS alone. Source: Go net/http/server.go, tlsRecordHeaderLooksLikeHTTP. */
  #toServer({ node }: Origin, port: number): Route {
    const link = this.#options.machines.get(node)?.link
    if (link?.isPartitioned === true) return silent
    if (port !== serverPort || link?.isDown === true || link?.isRefusing === true) return refused
    const text = 'Client sent an HTTP request to an HTTPS server.\n'
    const answer: WireReply = { status: 400, body: toByteText(text) }
    return { kind: 'open', ask: (_request: Omit<WireRequest, 'port' | 'from'>) => answer }
  }
}

/** What a Pod says of one of its containers: image, and ports of TCP. */
function declared(
  pod: Pod | undefined,
  container: string,
): { readonly image?: string; readonly ports: readonly number[] } {
  const { containers = [], initContainers = [] } = pod?.spec ?? {}
  const found = [...initContainers, ...containers].find(({ name }) => name === container)
  const ports = (found?.ports ?? []).flatMap(({ containerPort, protocol = 'TCP' }) =>
    protocol === 'TCP' && containerPort !== undefined ? [containerPort] : [],
  )
  return { ...(found?.image === undefined ? {} : { image: found.image }), ports }
}
