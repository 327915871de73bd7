import type { Pod } from '../../api/types/core.ts'
import type { KubeObject } from '../../api/types/meta.ts'
import type { JournalWriter } from '../../kernel/journal.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStreams } from '../../kernel/random.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { NetworkUser, NodeNetwork } from '../../node/runtime/runtime-options.ts'
import { hostsAddress } from '../../shell/net/hosts-file.ts'
import type { ContainerNetwork, ResolverConfig } from '../../shell/net/network.ts'
import type { ControlPlane } from '../control-plane.ts'
import type { Machine } from '../machine.ts'
import type { ClusterRecord } from '../records.ts'
import { endingText, reasonOf, wantedText } from './diagnose.ts'
import { clusterAnswer, dnsAddress, isOutside, type NetworkKind, type NetworkObjects, nameOfAddress } from './names.ts'
import type { AssumedPort, ClusterNetwork, LastWish } from './network.ts'
import { resolvConfText, resolverOf } from './resolver-config.ts'
import { createRoutes, type Routes } from './routes.ts'

/** What of a cluster its network is made of. */
export interface ClusterNetworkOptions {
  readonly kernel: Kernel
  readonly journal: JournalWriter<ClusterRecord>
  readonly random: RandomStreams
  readonly minor: number
  /** May be filled later. */
  readonly machines: ReadonlyMap<string, Machine>
  readonly controlPlane: ControlPlane
}

/** A hop within a cluster takes less than a millisecond, there and back: the least that virtual time has. */
const hopMs: VirtualMs = 1

/** The network of a cluster whose machines may still be to come. */
export function createClusterNetwork(options: ClusterNetworkOptions): ClusterNetwork {
  return new SimulatedNetwork(options)
}

class SimulatedNetwork implements ClusterNetwork, NetworkObjects {
  readonly minor: number
  readonly #options: ClusterNetworkOptions
  readonly #routes: Routes
  /** Of each container, by what it wants; the last comes last. */
  readonly #wishes = new WeakMap<object, Map<string, LastWish>>()

  constructor(options: ClusterNetworkOptions) {
    this.#options = options
    this.minor = options.minor
    const { random, machines, controlPlane } = options
    this.#routes = createRoutes({ random, machines, controlPlane, objects: this })
  }

  get<T extends KubeObject>(kind: NetworkKind, namespace: string, name: string): T | undefined {
    // Collections hold objects of their kind.
    return this.#options.controlPlane.server.store.collection(kind).get(namespace, name) as T | undefined
  }

  list<T extends KubeObject>(kind: NetworkKind, namespace?: string): readonly T[] {
    return this.#options.controlPlane.server.store.collection(kind).list(namespace) as readonly T[] // as above
  }

  onNode(node: string, isDocker: boolean): NodeNetwork {
    return {
      resolvConf: ({ podNamespace, podName }) => resolvConfText(this.#resolverOf(podNamespace, podName), isDocker),
      of: (user, isInstant) => this.#of(node, user, isInstant),
    }
  }

  lastWish(container: object): LastWish | undefined {
    return [...(this.#wishes.get(container)?.values() ?? [])].at(-1)
  }

  reason(namespace: string, { wanted, ending, resolver }: LastWish): string | undefined {
    return reasonOf(this, { namespace, wanted, ending, resolver, problemOf: (ip) => this.#routes.problemOf(ip) })
  }

  assumedPorts(): readonly AssumedPort[] {
    return this.#routes.assumed
  }

  #resolverOf(namespace: string, name: string): ResolverConfig {
    return resolverOf(this.get<Pod>('pods', namespace, name)?.spec ?? {}, namespace)
  }

  #of(node: string, user: NetworkUser, isInstant: boolean): ContainerNetwork {
    const { sandbox, config } = user
    const { podNamespace, podName, ip } = sandbox
    const resolver = this.#resolverOf(podNamespace, podName)
    return {
      resolver,
      ip,
      image: config.image,
      hopMs: isInstant ? 0 : hopMs,
      query: (server, name) => {
        // Name servers run on none of the nodes that are simulated.
        if (this.#options.machines.get(node)?.link.isPartitioned === true) return { kind: 'silent' }
        if (server === dnsAddress) return clusterAnswer(this, name)
        return { kind: isOutside(name) ? 'outside' : 'unknown' }
      },
      hostsAddress: (name) => hostsAddress(user.files, name),
      nameOf: (address) => nameOfAddress(this, address),
      connect: (address, port) => this.#routes.connect({ node, ip }, address, port),
      tell: (wanted, ending) => this.#tell(node, user, { wanted, ending, resolver }),
    }
  }

  /** Only what ends otherwise than before is news. */
  #tell(node: string, user: NetworkUser, wish: LastWish): void {
    const { sandbox, config } = user
    const wishes = this.#wishes.get(user) ?? new Map<string, LastWish>()
    this.#wishes.set(user, wishes)
    const target = wantedText(wish.wanted)
    const before = wishes.get(target)
    wishes.delete(target)
    wishes.set(target, wish)
    const how = endingText(wish.ending)
    if (before !== undefined && endingText(before.ending) === how) return
    const { podNamespace: namespace, podName: name, podUid: uid } = sandbox
    const common = { actor: `runtime/${node}`, object: { kind: 'Pod', namespace, name, uid } }
    const detail = { container: config.name, attempt: config.attempt, target }
    const why = wish.ending.kind === 'reached' ? undefined : this.reason(namespace, wish)
    this.#options.journal.append(
      wish.ending.kind === 'reached'
        ? { ...common, type: 'network.reached', detail }
        : { ...common, type: 'network.failed', detail: { ...detail, how, ...(why === undefined ? {} : { why }) } },
    )
  }
}
