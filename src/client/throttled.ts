import type { Unsubscribable } from 'rxjs'
import { defineHandler } from '../kernel/handler.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { Once, type Receiver } from '../kernel/once.ts'
import type { Asked, Client, RequestError } from './client.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** A client all of whose requests but watches take a token first. Source: client-go rest/request.go, tryThrottle and Watch. */
export function throttledClient(kernel: Kernel, client: Client, limiter: RateLimiter): Client {
  const throttled = <T>(asked: Asked<T>): Asked<T> => new Throttled(kernel, limiter, asked)
  return {
    user: client.user,
    get: (...args) => throttled(client.get(...args)),
    list: (...args) => throttled(client.list(...args)),
    create: (...args) => throttled(client.create(...args)),
    update: (...args) => throttled(client.update(...args)),
    patch: (...args) => throttled(client.patch(...args)),
    delete: (...args) => throttled(client.delete(...args)),
    deleteCollection: (...args) => throttled(client.deleteCollection(...args)),
    watch: (...args) => client.watch(...args),
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
