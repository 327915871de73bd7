import type { KubeObject } from '../../api/types/meta.ts'
import { answered } from '../../client/answered.ts'
import type { Client } from '../../client/client.ts'
import {
  errorOfRequest,
  type ObjectKind,
  type ObjectManager,
  type ObjectResult,
  type ObjectTraffic,
  objectKey,
} from './object-manager.ts'

/**
 * Get strategy: each lookup is a request, nothing is kept. Source: pkg/kubelet/secret/secret_manager.go,
 * simpleSecretManager; facts/kubelet.md 1.6.
 */
export class GetManager<T extends KubeObject> implements ObjectManager<T> {
  readonly strategy = 'Get'
  readonly #traffic = new Map<string, ObjectTraffic>()

  private readonly client: Client
  private readonly kind: ObjectKind

  constructor(client: Client, kind: ObjectKind) {
    this.client = client
    this.kind = kind
  }

  registerPod(): void {
    // Nothing is counted: every lookup asks the server.
  }

  unregisterPod(): void {
    // As above.
  }

  get(namespace: string, name: string, done: (result: ObjectResult<T>) => void): void {
    const key = objectKey(namespace, name)
    const traffic = this.#traffic.get(key) ?? { requests: 0, openWatches: 0 }
    traffic.requests++
    this.#traffic.set(key, traffic)
    answered(this.client.get<T>(this.kind.resource, { namespace, name }), (reply) =>
      done(reply.ok ? { ok: true, object: reply.value } : { ok: false, error: errorOfRequest(reply.error) }),
    )
  }

  peek(): undefined {
    return undefined
  }

  observe(): void {
    // Nothing is kept that could change.
  }

  cachedAt(): undefined {
    // A copy is as new as its use.
  }

  traffic(namespace: string, name: string): ObjectTraffic | undefined {
    return this.#traffic.get(objectKey(namespace, name))
  }

  inspect(): readonly never[] {
    return []
  }

  stop(): void {
    this.#traffic.clear()
  }
}
