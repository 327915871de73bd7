import type { Client } from '../../client/client.ts'
import type { RateLimiter } from '../../client/rate-limiter.ts'

/** A client all of whose requests but watches take a token first. Source: client-go rest/request.go, tryThrottle and Watch. */
export function throttledClient(client: Client, limiter: RateLimiter): Client {
  return {
    user: client.user,
    get: (...args) => limiter.wait(() => client.get(...args)),
    list: (...args) => limiter.wait(() => client.list(...args)),
    create: (...args) => limiter.wait(() => client.create(...args)),
    update: (...args) => limiter.wait(() => client.update(...args)),
    patch: (...args) => limiter.wait(() => client.patch(...args)),
    delete: (...args) => limiter.wait(() => client.delete(...args)),
    deleteCollection: (...args) => limiter.wait(() => client.deleteCollection(...args)),
    watch: (...args) => client.watch(...args),
  }
}
