import { EMPTY } from 'rxjs'
import type { KubeObject } from '../../api/types/meta.ts'
import type { Client } from '../../client/client.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Once } from '../../kernel/once.ts'
import { process } from '../../kernel/process.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import {
  type CopyReports,
  errorOfRequest,
  type ObjectKind,
  type ObjectManager,
  type ObjectResult,
  type ObjectTraffic,
  objectKey,
  type TakeToken,
  type UnseenGet,
} from './object-manager.ts'

/**
 * Get strategy: each lookup is a request, nothing is kept. Source: pkg/kubelet/secret/secret_manager.go,
 * simpleSecretManager; facts/kubelet.md 1.6.
 */
export class GetManager<T extends KubeObject> implements ObjectManager<T> {
  readonly strategy = 'Get'
  /** Nothing is kept that could change. */
  readonly changes = EMPTY
  readonly #traffic = new SparseMap<string, ObjectTraffic>()
  /** What was read last, so that news can be told from what was known. */
  readonly #versions = new SparseMap<string, string | undefined>()

  private readonly kernel: Kernel
  private readonly client: Client
  private readonly kind: ObjectKind
  private readonly reports: CopyReports
  private readonly caughtUp: () => void

  constructor(kernel: Kernel, client: Client, kind: ObjectKind, reports: CopyReports, caughtUp: () => void) {
    this.caughtUp = caughtUp
    this.kernel = kernel
    this.client = client
    this.kind = kind
    this.reports = reports
  }

  registerPod(): void {
    // Nothing is counted: every lookup asks the server.
  }

  unregisterPod(): void {
    // As above.
  }

  get(namespace: string, name: string): Once<ObjectResult<T>> {
    return process(this.kernel, () => this.#get(namespace, name))
  }

  *#get(namespace: string, name: string): Steps<ObjectResult<T>> {
    const key = objectKey(namespace, name)
    const traffic = this.#traffic.get(key) ?? { requests: 0, openWatches: 0 }
    traffic.requests++
    this.#traffic.set(key, traffic)
    const { resource } = this.kind
    const reply = yield* attempt(this.client.get<T>(resource, { namespace, name }))
    const error = reply.ok ? undefined : errorOfRequest(reply.error)
    if (error === undefined || error.isNotFound) this.#arrived(namespace, name, reply.ok ? reply.value : undefined)
    return reply.ok ? { ok: true, object: reply.value } : { ok: false, error: errorOfRequest(reply.error) }
  }

  #arrived(namespace: string, name: string, found: T | undefined): void {
    const key = objectKey(namespace, name)
    const was = this.#versions.get(key)
    const version = found?.metadata.resourceVersion
    const changed = version !== was || !this.#versions.has(key)
    this.#versions.set(key, version)
    this.reports.arrived(this.kind, { namespace, name }, { by: 'get', found, was, changed })
  }

  peek(): undefined {
    return undefined
  }

  cachedAt(): undefined {
    // A copy is as new as its use.
  }

  getUnseen(namespace: string, name: string, at: VirtualMs, take: TakeToken): UnseenGet {
    const traffic = this.#traffic.get(objectKey(namespace, name))
    if (traffic !== undefined) traffic.requests++
    const undo = () => {
      if (traffic !== undefined) traffic.requests--
    }
    return { kind: 'read', doneAt: at + take(at), arrive: () => {}, undo }
  }

  traffic(namespace: string, name: string): ObjectTraffic | undefined {
    this.caughtUp()
    return this.#traffic.get(objectKey(namespace, name))
  }

  inspect(): readonly never[] {
    return []
  }

  stop(): void {
    this.#traffic.clear()
    this.#versions.clear()
  }
}
