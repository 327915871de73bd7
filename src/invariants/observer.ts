import type { Pod, Secret } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { RequestHandler, RunningApiServer } from '../apiserver/create-api-server.ts'
import type { EncodedRequest } from '../apiserver/encoded-request.ts'
import type { Client } from '../client/client.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { ClusterRecord } from '../cluster/records.ts'
import type { ClusterSeams } from '../cluster/seams.ts'
import { noteBug } from '../kernel/bugs.ts'
import type { Journal, JournalObject } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { mapped } from '../kernel/mapped.ts'
import { tapped } from '../kernel/tapped.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { ContainerRuntime } from '../node/runtime/cri.ts'
import type { ObjectManager } from '../node/secrets/object-manager.ts'
import { kubeletFactsOf } from '../node/version-facts.ts'
import type { FeatureGates } from '../versions/feature-gates.ts'
import { invariants } from './all.ts'
import { type Invariant, InvariantViolation, type Looks } from './invariant.ts'
import { SecretHistory, secretKey } from './secret-history.ts'
import { orderedWatchesTold, WatchLedger } from './watches.ts'
import type { ObservedNode, World } from './world.ts'

/** Watches over one simulated cluster. */
export interface InvariantObserver {
  /** What stands before the parts of the cluster. */
  readonly seams: ClusterSeams
  /** The cluster is made: from now on it can be looked at. */
  attach(cluster: Cluster): void
  /** An accident begins (1) or ends (-1). */
  fault(change: 1 | -1): void
  /** Throws the InvariantViolation that was noted first. It also comes out of the kernel, after the event it belongs to. */
  check(): void
  /** Looks at what must hold when everything has come to rest; see `Looks.settled`. */
  settle(): void
}

export interface ObserverOptions {
  readonly kernel: Kernel
  readonly journal: Journal<ClusterRecord>
  readonly minor: number
  readonly gates: FeatureGates
  /** Who may have an image, where not everybody may. */
  readonly privateRepository?: World['privateRepository']
  /** Kernel time at which the scenario begins. */
  readonly originMs: VirtualMs
}

/** How many records of what led there a violation carries. */
const chainLength = 20

export function observeInvariants(options: ObserverOptions): InvariantObserver {
  return new Observer(options)
}

class Observer implements InvariantObserver {
  readonly seams: ClusterSeams
  readonly #options: ObserverOptions
  readonly #pods = new Map<string, Pod>()
  readonly #nodes = new Map<string, ObservedNode>()
  readonly #secrets: SecretHistory
  readonly #looks: readonly Looks[]
  readonly #watches: WatchLedger
  #server: RunningApiServer | undefined
  #violation: InvariantViolation | undefined
  #faults = 0
  #lastFaultAt = Number.NEGATIVE_INFINITY

  constructor(options: ObserverOptions) {
    this.#options = options
    const { kernel, journal, minor, gates, privateRepository } = options
    this.#secrets = new SecretHistory(() => kernel.now())
    const world: World = {
      minor,
      gates,
      journal,
      kernel,
      server: () => this.#running(),
      nodes: this.#nodes,
      secrets: this.#secrets,
      pods: this.#pods,
      privateRepository,
      lastFaultAt: () => (this.#faults > 0 ? kernel.now() : this.#lastFaultAt),
    }
    this.#looks = invariants.map((invariant) =>
      invariant.watch(world, (found, objects = []) => this.#violated(invariant, found, objects)),
    )
    this.#watches = new WatchLedger(world, (found, objects = []) => this.#violated(orderedWatches, found, objects))
    this.seams = this.#createSeams()
    const told = this.#looks.filter((look) => look.told !== undefined)
    journal.records$.subscribe((record) => {
      for (const look of told) look.told?.(record)
    })
  }

  attach({ controlPlane, machines }: Cluster): void {
    this.#server = controlPlane.server
    for (const { name, fs, runtime } of machines.values()) this.#node(name, fs, runtime)
  }

  fault(change: 1 | -1): void {
    this.#lastFaultAt = this.#options.kernel.now()
    this.#faults += change
  }

  check(): void {
    if (this.#violation !== undefined) throw this.#violation
  }

  settle(): void {
    for (const look of this.#looks) look.settled?.()
    this.check()
  }

  #running(): RunningApiServer {
    if (this.#server === undefined) throw new Error('the cluster is not there yet')
    return this.#server
  }

  #violated(invariant: Invariant, found: string, objects: readonly JournalObject[]): void {
    if (this.#violation !== undefined) return
    const { journal, kernel, originMs } = this.#options
    const time = kernel.now() - originMs
    const records: readonly ClusterRecord[] = journal.causes(kernel.cause).slice(0, chainLength)
    // Whoever runs the kernel hears of it after the event to which it belongs.
    this.#violation = noteBug(new InvariantViolation(invariant, found, { time, objects, records }))
  }

  #createSeams(): ClusterSeams {
    const written = this.#looks.filter((look) => look.written !== undefined)
    return {
      written: (resource, event) => {
        if (resource === 'secrets') this.#secrets.written(event)
        if (resource === 'pods') this.#pods.set(event.object.metadata.uid ?? '', event.object as Pod)
        this.#watches.written(resource, event)
        for (const look of written) look.written?.(resource, event)
      },
      requests: (handle) => this.#requests(handle),
      client: (client) => this.#client(client),
      secrets: (manager, node) => this.#manager(manager, node),
    }
  }

  #requests(handle: RequestHandler): RequestHandler {
    const looks = this.#looks.filter((look) => look.requested !== undefined)
    return (request) => {
      const before = this.#before(request)
      const answer = handle(request)
      const body = before === undefined && request.verb !== 'create' ? undefined : bodyOf(request)
      for (const look of looks) look.requested?.(request, answer, before, body)
      return answer
    }
  }

  #before({ verb, resource, namespace = '', name = '' }: EncodedRequest): KubeObject | undefined {
    if (verb !== 'update' || this.#server === undefined) return undefined
    const stored = resource.group === '' ? resource.resource : `${resource.resource}.${resource.group}`
    return this.#server.store.collections.get(stored)?.get(namespace, name)
  }

  #client(client: Client): Client {
    const prefix = 'system:node:'
    const isNode = client.user.name.startsWith(prefix)
    const looks = this.#looks.filter((look) => look.secretRequested !== undefined)
    const asked = (verb: 'get' | 'list' | 'watch', resource: string, namespace = '', name = ''): void => {
      if (!isNode || resource !== 'secrets') return
      const node = this.#nodes.get(client.user.name.slice(prefix.length))
      if (node === undefined) return
      for (const look of looks) look.secretRequested?.({ node, verb, key: secretKey(namespace, name) })
    }
    return {
      user: client.user,
      create: (...args) => client.create(...args),
      update: (...args) => client.update(...args),
      patch: (...args) => client.patch(...args),
      delete: (...args) => client.delete(...args),
      deleteCollection: (...args) => client.deleteCollection(...args),
      get: <T extends KubeObject>(...[resource, key, given]: Parameters<Client['get']>) =>
        tapped(client.get<T>(resource, key, given), {
          begins: () => asked('get', resource.resource, key.namespace, key.name),
        }),
      list: <T extends KubeObject>(...[resource, given]: Parameters<Client['list']>) =>
        tapped(client.list<T>(resource, given), {
          begins: () => asked('list', resource.resource, given.namespace, nameIn(given.fieldSelector)),
        }),
      watch: <T extends KubeObject>(...[resource, given]: Parameters<Client['watch']>) =>
        this.#watches.watch(client.watch<T>(resource, given), client.user.name, resource, given, () =>
          asked('watch', resource.resource, given.namespace, nameIn(given.fieldSelector)),
        ),
    }
  }

  #manager(manager: ObjectManager<Secret>, name: string): ObjectManager<Secret> {
    const node = this.#nodes.get(name)
    if (node === undefined) return manager
    node.secrets = manager
    node.registered.clear()
    for (const look of this.#looks) look.forgot?.(node)
    const { registrationKeyHasUid } = kubeletFactsOf(this.#options.minor)
    const keyOf = ({ metadata }: Pod) =>
      `${metadata.namespace}/${metadata.name}${registrationKeyHasUid ? `/${metadata.uid}` : ''}`
    const given = this.#looks.filter((look) => look.given !== undefined)
    return {
      strategy: manager.strategy,
      registerPod: (pod) => {
        node.registered.set(keyOf(pod), pod)
        manager.registerPod(pod)
        for (const look of this.#looks) look.registered?.(node, pod)
      },
      unregisterPod: (pod) => {
        node.registered.delete(keyOf(pod))
        manager.unregisterPod(pod)
        for (const look of this.#looks) look.unregistered?.(node, pod)
      },
      readersMayHaveGone: () => manager.readersMayHaveGone?.(),
      get: (namespace, secret) =>
        mapped(manager.get(namespace, secret), (result) => {
          for (const look of given) look.given?.(node, secretKey(namespace, secret), result)
          return result
        }),
      peek: (namespace, secret) => manager.peek(namespace, secret),
      changes: manager.changes,
      cachedAt: (namespace, secret) => manager.cachedAt(namespace, secret),
      traffic: (namespace, secret) => manager.traffic(namespace, secret),
      inspect: () => manager.inspect(),
      stop: () => manager.stop(),
    }
  }

  #node(name: string, fs: ObservedNode['fs'], runtime: ContainerRuntime): void {
    const node: ObservedNode = { name, fs, runtime, secrets: undefined, registered: new Map() }
    this.#nodes.set(name, node)
    const files = this.#looks.filter((look) => look.fileChanged !== undefined)
    fs.observe((change) => {
      for (const look of files) look.fileChanged?.(node, change)
    })
    const containers = this.#looks.filter((look) => look.containerChanged !== undefined)
    const states = new Map<string, string>()
    runtime.observe((uid) => {
      for (const container of runtime.podContainers(uid)) {
        const { id, state } = container
        const before = states.get(id)
        if (before === state) continue
        states.set(id, state)
        if (before !== undefined && state !== 'running') continue
        for (const look of containers)
          look.containerChanged?.(node, container, this.#pods.get(uid), before !== undefined)
      }
    })
  }
}

/** S-09 looks at clients: what it needs is in watches.ts. */
const orderedWatches: Invariant = { ...orderedWatchesTold, watch: () => ({}) }

/** Every invariant once, in the order of their ids. */
export function listInvariants(): readonly Pick<Invariant, 'id' | 'sentence' | 'clauses'>[] {
  const byId = new Map([...invariants, orderedWatches].map((invariant) => [invariant.id, invariant]))
  return [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
}

function bodyOf(request: EncodedRequest): unknown {
  if (request.decode === undefined) return request.body
  const decoded = request.decode()
  return decoded.ok ? decoded.object : undefined
}

/** `metadata.name=X` makes X the name of a list or watch. */
function nameIn(fieldSelector: string | undefined): string {
  return /(?:^|,)metadata\.name==?([^,]+)/.exec(fieldSelector ?? '')?.[1] ?? ''
}
