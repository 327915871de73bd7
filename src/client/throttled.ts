import type { Unsubscribable } from 'rxjs'
import type { KubeList, KubeObject, ResourceRef, Status } from '../api/types/meta.ts'
import { defineHandler } from '../kernel/handler.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { Once, type Receiver } from '../kernel/once.ts'
import type { Asked, Client, RequestError, UserInfo, Watch } from './client.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** A client all of whose requests but watches take a token first. Source: client-go rest/request.go, tryThrottle and Watch. */
export function throttledClient(kernel: Kernel, client: Client, limiter: RateLimiter): Client {
  return new ThrottledClient(kernel, client, limiter)
}

class ThrottledClient implements Client {
  readonly #kernel: Kernel
  readonly #client: Client
  readonly #limiter: RateLimiter

  constructor(kernel: Kernel, client: Client, limiter: RateLimiter) {
    this.#kernel = kernel
    this.#client = client
    this.#limiter = limiter
  }

  get user(): UserInfo {
    return this.#client.user
  }

  get<T extends KubeObject>(...args: Parameters<Client['get']>): Asked<T> {
    return this.#throttled(this.#client.get<T>(...args))
  }

  list<T extends KubeObject>(...args: Parameters<Client['list']>): Asked<KubeList<T>> {
    return this.#throttled(this.#client.list<T>(...args))
  }

  create<T extends KubeObject>(...args: Parameters<Client['create']>): Asked<T> {
    return this.#throttled(this.#client.create<T>(...args))
  }

  update<T extends KubeObject>(resource: ResourceRef, object: T, where?: { readonly subresource?: string }): Asked<T> {
    return this.#throttled(this.#client.update(resource, object, where))
  }

  patch<T extends KubeObject>(...args: Parameters<Client['patch']>): Asked<T> {
    return this.#throttled(this.#client.patch<T>(...args))
  }

  delete(...args: Parameters<Client['delete']>): Asked<KubeObject | Status> {
    return this.#throttled(this.#client.delete(...args))
  }

  deleteCollection(...args: Parameters<Client['deleteCollection']>): Asked<KubeObject | Status> {
    return this.#throttled(this.#client.deleteCollection(...args))
  }

  watch<T extends KubeObject>(...args: Parameters<Client['watch']>): Watch<T> {
    return this.#client.watch<T>(...args)
  }

  #throttled<T>(asked: Asked<T>): Asked<T> {
    return new Throttled(this.#kernel, this.#limiter, asked)
  }
}

class Throttled<T> extends Once<T, RequestError> {
  private readonly kernel: Kernel
  private readonly limiter: RateLimiter
  private readonly asked: Asked<T>

  constructor(kernel: Kernel, limiter: RateLimiter, asked: Asked<T>) {
    super()
    this.kernel = kernel
    this.limiter = limiter
    this.asked = asked
  }

  override begin(receiver: Receiver<T, RequestError>): Unsubscribable | undefined {
    const waitMs = this.limiter.take()
    if (waitMs === 0) return this.asked.begin(receiver)
    const turn = new Turn<T>(this.asked, receiver)
    this.kernel.post(waitMs, comes, turn)
    return turn
  }
}

const comes = defineHandler('a throttled request has its turn', (turn: Turn<unknown>) => turn.comes())

/** A request that waits for its token. Whoever gives up meanwhile has not sent it; the token is taken. */
class Turn<T> implements Unsubscribable {
  private readonly asked: Asked<T>
  private readonly receiver: Receiver<T, RequestError>
  private sent: Unsubscribable | undefined
  private isOver = false

  constructor(asked: Asked<T>, receiver: Receiver<T, RequestError>) {
    this.asked = asked
    this.receiver = receiver
  }

  comes(): void {
    if (!this.isOver) this.sent = this.asked.begin(this.receiver)
  }

  unsubscribe(): void {
    this.isOver = true
    this.sent?.unsubscribe()
  }
}
