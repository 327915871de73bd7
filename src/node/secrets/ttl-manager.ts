import type { KubeObject } from '../../api/types/meta.ts'
import { answered } from '../../client/answered.ts'
import type { Client } from '../../client/client.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { minute, second, type VirtualMs } from '../../kernel/time.ts'
import type { KubeletFacts } from '../version-facts.ts'
import {
  errorOfRequest,
  notRegistered,
  type ObjectError,
  type ObjectKind,
  type ObjectManager,
  type ObjectResult,
  type ObjectTraffic,
  type ObjectView,
  objectKey,
  valueBytes,
} from './object-manager.ts'
import { PodRegistry } from './pod-registry.ts'

/** How long a copy counts as fresh when the node has no ttl annotation. Source: pkg/kubelet/secret/secret_manager.go, defaultTTL. */
export const defaultTtlMs: VirtualMs = minute

/** Source: k8s.io/api core/v1 annotation_key_constants.go, ObjectTTLAnnotationKey. */
export const ttlAnnotation = 'node.alpha.kubernetes.io/ttl'

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
  /** Gets that wait for the one under way; undefined: none is. */
  waiting: (() => void)[] | undefined
}

interface Item<T> {
  readonly namespace: string
  readonly name: string
  references: number
  data: Data<T>
  readonly traffic: ObjectTraffic
}

export interface TtlManagerOptions {
  readonly kernel: Kernel
  readonly client: Client
  readonly facts: KubeletFacts
  readonly kind: ObjectKind
  readonly ttlMs: () => VirtualMs
}

/**
 * Cache strategy: objects are read when they are asked for and older than the ttl. Source:
 * pkg/kubelet/util/manager/cache_based_manager.go, objectStore; facts/kubelet.md 1.5.
 */
export class TtlManager<T extends KubeObject> implements ObjectManager<T> {
  readonly strategy = 'Cache'
  readonly #items = new Map<string, Item<T>>()
  readonly #registry: PodRegistry

  private readonly options: TtlManagerOptions

  constructor(options: TtlManagerOptions) {
    this.options = options

    this.#registry = new PodRegistry(
      {
        addReference: (namespace, name) => this.#addReference(namespace, name),
        deleteReference: (namespace, name) => this.#deleteReference(namespace, name),
      },
      (pod) => options.kind.namesOf(pod),
      options.facts.registrationKeyHasUid,
      options.facts.registration === 'first-sync',
    )
  }

  registerPod(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    this.#registry.registerPod(pod)
  }

  unregisterPod(pod: Parameters<ObjectManager['registerPod']>[0]): void {
    this.#registry.unregisterPod(pod)
  }

  get(namespace: string, name: string, done: (result: ObjectResult<T>) => void): void {
    const item = this.#items.get(objectKey(namespace, name))
    if (item === undefined) {
      done({ ok: false, error: notRegistered(namespace, name) })
      return
    }
    const { data } = item
    // One reading at a time: whoever comes meanwhile looks at what it brought, and may have to read again.
    if (data.waiting !== undefined) data.waiting.push(() => this.#look(item, data, done))
    else this.#look(item, data, done)
  }

  peek(): undefined {
    return undefined
  }

  observe(): void {
    // Nothing reaches this cache by itself.
  }

  cachedAt(namespace: string, name: string): VirtualMs | undefined {
    const data = this.#items.get(objectKey(namespace, name))?.data
    return data?.object === undefined ? undefined : data.updatedAt
  }

  traffic(namespace: string, name: string): ObjectTraffic | undefined {
    return this.#items.get(objectKey(namespace, name))?.traffic
  }

  inspect(): readonly ObjectView[] {
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
    this.#items.clear()
    this.#registry.clear()
  }

  #look(item: Item<T>, data: Data<T>, done: (result: ObjectResult<T>) => void): void {
    const { kernel, client, kind, ttlMs } = this.options
    const isFresh = data.updatedAt !== undefined && kernel.now() < data.updatedAt + ttlMs()
    if (data.error === undefined && isFresh) {
      done(resultOf(data))
      return
    }
    // A refresh of what was read before may come from the API server's cache; anything else may not.
    const isRefresh = data.object !== undefined && data.error === undefined
    data.waiting = []
    item.traffic.requests++
    const key = { namespace: item.namespace, name: item.name }
    answered(client.get<T>(kind.resource, key, isRefresh ? { resourceVersion: '0' } : {}), (reply) => {
      const error = reply.ok ? undefined : errorOfRequest(reply.error)
      const isUnknown = data.object === undefined && data.error === undefined
      let result: ObjectResult<T>
      if (error !== undefined && !error.isNotFound && isUnknown) result = { ok: false, error }
      else {
        const object = reply.ok ? reply.value : undefined
        if ((object !== undefined && !isOlder(object, data.object)) || error?.isNotFound === true) {
          data.object = object
          data.error = error
          data.updatedAt = kernel.now()
        }
        result = resultOf(data)
      }
      const waiting = data.waiting ?? []
      data.waiting = undefined
      done(result)
      for (const next of waiting) resume(data, next)
    })
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

/** Lets a Get look again; if the one before it has begun to read once more, it waits for that. */
function resume<T>(data: Data<T>, next: () => void): void {
  if (data.waiting === undefined) next()
  else data.waiting.push(next)
}

function unread<T>(): Data<T> {
  return { object: undefined, error: undefined, updatedAt: undefined, waiting: undefined }
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
