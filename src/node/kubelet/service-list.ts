import type { KubeObject } from '../../api/types/meta.ts'
import { type Client, resources } from '../../client/client.ts'
import { Reflector, type ReflectorStore } from '../../client/reflector.ts'
import type { Reopening, WatchesAtRest } from '../../client/reopening.ts'
import type { RestingReflector } from '../../client/resting.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { RandomStream } from '../../kernel/random.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import type { ServiceForEnv } from '../env/service-env.ts'

type Service = KubeObject & ServiceForEnv

/** What is known of Services once they are listed. */
export interface RestingServices {
  readonly services: readonly Service[]
  readonly reflector: RestingReflector
}

/** The Services of the cluster, for containers' environments. Source: pkg/kubelet/kubelet.go, serviceLister. */
export class ServiceList implements ReflectorStore<Service> {
  readonly #services = new SparseMap<string, Service>()
  readonly #reflector: Reflector<Service>
  #isListed = false
  /** Until one changes. */
  #all: readonly Service[] | undefined

  constructor(options: {
    readonly kernel: Kernel
    readonly client: Client
    readonly minor: number
    readonly random: RandomStream
  }) {
    const { kernel, client, minor, random } = options
    const kind = { kernel, client, minor, resource: resources.services }
    this.#reflector = new Reflector<Service>(kind, { random, store: this })
  }

  replace(services: readonly Service[]): void {
    this.#isListed = true
    this.#services.clear()
    this.#all = undefined
    for (const service of services) this.update(service)
  }

  add(service: Service): void {
    this.update(service)
  }

  update(service: Service): void {
    this.#services.set(keyOf(service), service)
    this.#all = undefined
  }

  delete(service: Service): void {
    this.#services.delete(keyOf(service))
    this.#all = undefined
  }

  start(): void {
    this.#reflector.start()
  }

  atRest(watches: WatchesAtRest): RestingServices | undefined {
    const reflector = this.#reflector.atRest(watches)
    return reflector && { services: this.list() ?? [], reflector }
  }

  /** In place of `start`. */
  goOnFrom({ services, reflector }: RestingServices, reopening: Reopening): void {
    this.#isListed = true
    for (const service of services) this.update(service)
    this.#reflector.goOnFrom(reflector, reopening)
  }

  stop(): void {
    this.#reflector.stop()
  }

  /** The very same list until a Service changes; undefined: not listed yet. */
  list(): readonly Service[] | undefined {
    if (!this.#isListed) return undefined
    this.#all ??= [...this.#services.values()]
    return this.#all
  }
}

function keyOf({ metadata }: Service): string {
  return `${metadata.namespace}/${metadata.name}`
}
