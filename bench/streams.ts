import type { KubeObject } from '../src/api/types/meta.ts'
import { type Client, resources, type WatchHandlers } from '../src/client/client.ts'
import { createClient } from '../src/client/in-process-client.ts'
import { createLink } from '../src/client/link.ts'
import type { ApiServer } from '../src/client/server.ts'
import { createKernel, type Kernel } from '../src/kernel/kernel.ts'
import { process } from '../src/kernel/process.ts'
import { createRandomStreams } from '../src/kernel/random.ts'
import { Scope } from '../src/kernel/scope.ts'
import { attempt, type Steps, sleep } from '../src/kernel/steps.ts'
import { cpuMs, rounded } from './measure.ts'

/**
 * What requests, watches, processes and the kernel's events cost of a Pod, in µs of processor time: as many of each as a
 * Pod with a Secret has from its creation until it runs (12 requests, 10 watch events, 12 waits: 46 events of the
 * kernel), with a server that answers at once and does nothing.
 */
export function streamingShareUs(): number {
  let least = Number.POSITIVE_INFINITY
  for (let round = 0; round < 8; round++) least = Math.min(least, (cpuMs(() => runPods(2000)) / 2000) * 1000)
  return rounded(least)
}

const perPod = { requests: 12, watchEvents: 10 } as const

function runPods(count: number): void {
  const kernel = createKernel()
  const watchers: WatchHandlers<KubeObject>[] = []
  const secret: KubeObject = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', resourceVersion: '2' } }
  const server: ApiServer = {
    handle: () => ({ ok: true, code: 200, object: secret }),
    watch(_user, _resource, _options, handlers) {
      handlers.opened?.()
      watchers.push(handlers)
      return { stop() {} }
    },
    http: () => ({ code: 404, headers: {}, body: '' }),
  }
  const latencies = { request: { kind: 'fixed', ms: 4 }, watchEvent: { kind: 'fixed', ms: 2 } } as const
  const link = createLink({ kernel, random: createRandomStreams('share').stream('link'), latencies })
  const client = createClient({ server, link, user: { name: 'kubelet', groups: [] }, minor: 18 })
  const scope = new Scope()
  let heard = 0
  scope.start(client.watch(resources.secrets, { resourceVersion: '1' }), () => {
    heard++
  })
  kernel.runUntil(10)
  const changed = () => {
    for (const watcher of watchers) watcher.event({ type: 'MODIFIED', object: secret })
  }
  for (let i = 0; i < count; i++) scope.start(process(kernel, () => pod(kernel, client, changed, i)))
  kernel.runUntil(60_000)
  if (heard !== count * perPod.watchEvents + 1) throw new Error(`${heard} events were heard`)
  scope.end()
}

function* pod(kernel: Kernel, client: Client, changed: () => void, i: number): Steps<number> {
  yield* sleep(i % 100)
  for (let step = 0; step < perPod.requests; step++) {
    yield* attempt(client.get(resources.secrets, { namespace: 'default', name: 's' }))
    if (step < perPod.watchEvents) changed()
    yield* sleep(1 + ((i * 7 + step * 13) % 50))
  }
  return kernel.now()
}
