import { EMPTY, type Observable, Subject } from 'rxjs'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { ordered } from '../../kernel/ordered.ts'
import { process } from '../../kernel/process.ts'
import { Scope } from '../../kernel/scope.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import { attempt, type Steps, sleep, wait } from '../../kernel/steps.ts'
import { minute, second, type VirtualMs } from '../../kernel/time.ts'
import type { KubeletFacts } from '../version-facts.ts'
import {
  type CopyReports,
  errorOfRequest,
  notRegistered,
  type ObjectError,
  type ObjectKind,
  type ObjectManager,
  type ObjectResult,
  type ObjectTraffic,
  type ObjectView,
  objectKey,
  type TakeToken,
  type UnseenGet,
  valueBytes,
} from './object-manager.ts'
import { PodRegistry } from './pod-registry.ts'

/** How long a copy counts as fresh when the node has no ttl annotation. Source: pkg/kubelet/secret/secret_manager.go, defaultTTL. */
const defaultTtlMs: VirtualMs = minute

/** Source: k8s.io/api core/v1 annotation_key_constants.go, ObjectTTLAnnotationKey. */
const ttlAnnotation = 'node.alpha.kubernetes.io/ttl'

/** The ttl that a node's annotations ask for. Source: cache_based_manager.go, GetObjectTTLFromNodeFunc. */
export function ttlFromAnnotations(annotations: Readonly<Record<string, string>> | undefined): VirtualMs {
  const text = annotations?.[ttlAnnotation]
  return text !== undefined && /^[+-]?\d+$/.test(text) ? Number(text) * second : defaultTtlMs
}

/** What one object's last reading left behind. A new one begins at each registration. */
interface Data<T> {
  object: T | undefined
  error: ObjectError | undefined
  updatedAt: VirtualMs | undefined
  /** Told when the reading under way is over; undefined: none is. */
  reading: Observable<void> | undefined
  /** Until when a reading is under way that is not carried out. */
  busyUntil: VirtualMs
  /** What readings that are not carried out would find, where this is not known yet. */
  readonly last: Pick<Data<T>, 'object' | 'error'> | undefined
}

interface Item<T> {
  readonly namespace: string
  readonly name: string
  references: number
  data: Data<T>
  /** Whether it was ever read, and the version that was read last, whatever was forgotten since; undefined: there was no object. */
  wasRead: boolean
  lastRead: string | undefined
  readonly traffic: ObjectTraffic
}

export interface TtlManagerOptions {
  readonly kernel: Kernel
  readonly client: Client
  readonly facts: KubeletFacts
  readonly kind: ObjectKind
  readonly ttlMs: () => VirtualMs
  readonly caughtUp: () => void
  readonly reports: CopyReports
}

/**
 * Cache strategy: objects are read when they are asked for and older than the ttl. Source:
 * pkg/kubelet/util/manager/cache_based_manager.go, objectStore; facts/kubelet.md 1.5.
 */
export class TtlManager<T extends KubeObject> implements ObjectManager<T> {
  readonly strategy = 'Cache'
  /** Nothing reaches this cache by itself. */
  readonly changes = EMPTY
  readonly #items = new SparseMap<string, Item<T>>()
  readonly #registry: PodRegistry
  readonly #scope = new Scope()

  private readonly options: TtlManagerOptions

  constructor(options: TtlManagerOptions) {
    this.options = options

    this.#registry = new PodRegistry(
      {
        addReference: (namespace, name) => this.#addReference(namespace, name),
        deleteReference: (namespace, name) => this.#deleteReference(namespace, name),
      },
      options.kind.namesOf,
      options.facts,
    )
  }

  registerPod(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    this.options.caughtUp()
    this.#registry.registerPod(pod)
  }

  unregisterPod(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    this.options.caughtUp()
    this.#registry.unregisterPod(pod)
  }

  registerUnseen(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    const { namespace = '' } = pod.metadata
    for (const name of this.options.kind.namesOf(pod)) {
      const item = this.#items.get(objectKey(namespace, name))
      if (item === undefined) continue
      const { object, error, last, updatedAt } = item.data
      item.data = unread(updatedAt === undefined ? last : { object, error })
    }
  }

  getUnseen(namespace: string, name: string, at: VirtualMs, take: TakeToken): UnseenGet {
    const item = this.#items.get(objectKey(namespace, name))
    if (item === undefined) return { kind: 'fresh' }
    const { data } = item
    if (data.busyUntil >= at) return { kind: 'busy', until: data.busyUntil }
    const isKnown = data.error === undefined && data.updatedAt !== undefined
    if (isKnown && at - (data.updatedAt ?? 0) < this.options.ttlMs()) return { kind: 'fresh' }
    const doneAt = at + take(at)
    item.traffic.requests++
    data.busyUntil = doneAt
    return {
      ...{ kind: 'read', doneAt },
      arrive: () => {
        if (data.updatedAt === undefined) Object.assign(data, data.last)
        data.updatedAt = doneAt
        data.busyUntil = -1
      },
      undo: () => {
        item.traffic.requests--
        data.busyUntil = -1
      },
    }
  }

  get(namespace: string, name: string): Once<ObjectResult<T>> {
    return process(this.options.kernel, () => this.#get(namespace, name))
  }

  *#get(namespace: string, name: string): Steps<ObjectResult<T>> {
    this.options.caughtUp()
    const item = this.#items.get(objectKey(namespace, name))
    if (item === undefined) return { ok: false, error: notRegistered(namespace, name) }
    const { data } = item
    if (data.busyUntil > this.options.kernel.now()) {
      yield* sleep(data.busyUntil - this.options.kernel.now())
      this.options.caughtUp()
    }
    // One reading at a time: whoever comes meanwhile looks at what it brought, and may have to read again.
    while (data.reading !== undefined) yield* wait(data.reading)
    const { kernel, ttlMs, reports, kind } = this.options
    const ageMs = data.updatedAt === undefined ? undefined : kernel.now() - data.updatedAt
    if (data.error === undefined && ageMs !== undefined && ageMs < ttlMs()) {
      if (data.object !== undefined) reports.reused(kind, item, data.object, ageMs)
      return resultOf(data)
    }
    return yield* wait(this.#read(item, data))
  }

  peek(): undefined {
    return undefined
  }

  cachedAt(namespace: string, name: string): VirtualMs | undefined {
    this.options.caughtUp()
    const data = this.#items.get(objectKey(namespace, name))?.data
    return data?.object === undefined ? undefined : data.updatedAt
  }

  traffic(namespace: string, name: string): ObjectTraffic | undefined {
    this.options.caughtUp()
    return this.#items.get(objectKey(namespace, name))?.traffic
  }

  inspect(): readonly ObjectView[] {
    this.options.caughtUp()
    return [...this.#items.values()].map(({ namespace, name, references, data }) => ({
      namespace,
      name,
      references,
      state: data.updatedAt === undefined ? 'invalid' : data.error === undefined ? 'cached' : 'absent',
      resourceVersion: data.object?.metadata.resourceVersion,
      bytes: valueBytes(data.object),
    }))
  }

  stop(): void {
    this.#scope.end()
    this.#items.clear()
    this.#registry.clear()
  }

  /** Whoever asked for the reading goes on before those who waited for it to be over. */
  #read(item: Item<T>, data: Data<T>): Once<ObjectResult<T>> {
    const over = new Subject<void>()
    return ordered(
      this.#scope,
      process(this.options.kernel, () => this.#fetch(item, data, over)),
      () => over.next(),
    )
  }

  *#fetch(item: Item<T>, data: Data<T>, over: Observable<void>): Steps<ObjectResult<T>> {
    const { kernel, client, kind, reports } = this.options
    // A refresh of what was read before may come from the API server's cache; anything else may not.
    const isRefresh = data.object !== undefined && data.error === undefined
    data.reading = over
    item.traffic.requests++
    const key = { namespace: item.namespace, name: item.name }
    const how = isRefresh ? { resourceVersion: '0' } : {}
    const reply = yield* attempt(client.get<T>(kind.resource, key, how))
    data.reading = undefined
    const error = reply.ok ? undefined : errorOfRequest(reply.error)
    const isUnknown = data.object === undefined && data.error === undefined
    if (error !== undefined && !error.isNotFound && isUnknown) return { ok: false, error }
    const object = reply.ok ? reply.value : undefined
    if ((object !== undefined && !isOlder(object, data.object)) || error?.isNotFound === true) {
      const isFirst = !item.wasRead
      item.wasRead = true
      const was = item.lastRead
      item.lastRead = object?.metadata.resourceVersion
      data.object = object
      data.error = error
      data.updatedAt = kernel.now()
      reports.arrived(kind, item, { by: 'get', found: object, was, changed: isFirst || was !== item.lastRead })
    } else if (data.object !== undefined && data.updatedAt !== undefined) {
      reports.reused(kind, item, data.object, kernel.now() - data.updatedAt, error?.message)
    }
    return resultOf(data)
  }

  #addReference(namespace: string, name: string): void {
    const key = objectKey(namespace, name)
    const item = this.#items.get(key)
    if (item === undefined)
      this.#items.set(key, {
        namespace,
        name,
        references: 1,
        data: unread(),
        wasRead: false,
        lastRead: undefined,
        traffic: { requests: 0, openWatches: 0 },
      })
    else {
      item.references++
      // This makes the next Get read the object anew.
      item.data = unread()
    }
  }

  #deleteReference(namespace: string, name: string): void {
    const key = objectKey(namespace, name)
    const item = this.#items.get(key)
    if (item === undefined) return
    item.references--
    if (item.references === 0) this.#items.delete(key)
  }
}

function unread<T>(last?: Data<T>['last']): Data<T> {
  return { object: undefined, error: undefined, updatedAt: undefined, reading: undefined, busyUntil: -1, last }
}

function resultOf<T>(data: Data<T>): ObjectResult<T> {
  if (data.object !== undefined) return { ok: true, object: data.object }
  return { ok: false, error: data.error ?? { message: 'object was not read', isNotFound: false } }
}

/** Source: cache_based_manager.go, isObjectOlder. */
function isOlder(object: KubeObject, than: KubeObject | undefined): boolean {
  if (than === undefined) return false
  return Number(object.metadata.resourceVersion) < Number(than.metadata.resourceVersion)
}
