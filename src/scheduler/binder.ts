import type { KubeObject } from '../api/types/meta.ts'
import { answered } from '../client/answered.ts'
import { type Client, type RequestError, resources } from '../client/client.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import type { PodFacts } from './pod-facts.ts'
import type { SchedulerCache } from './scheduler-cache.ts'

/** How long an assumed Pod counts without a word from the API server. Source: pkg/scheduler/factory.go, durationToExpireAssumedPod. */
const assumedPodTtlMs: VirtualMs = 30 * second

/** Tells the API server which node a Pod got. */
export interface Binder {
  /** `done`: the error, or undefined when the Pod is bound. The cache counts the Pod as there from now on. */
  bind(pod: PodFacts, node: string, done: (error: string | undefined) => void): void
  stop(): void
}

export function createBinder(kernel: Kernel, client: Client, cache: SchedulerCache): Binder {
  const expiring: { readonly uid: string; readonly at: VirtualMs }[] = []
  let isExpiring = false
  let isStopped = false
  /** Takes back what the API server never confirmed, in the order in which it was bound. */
  const scheduleExpiry = (): void => {
    while (expiring[0] !== undefined && !cache.isAssumed(expiring[0].uid)) expiring.shift()
    const first = expiring[0]
    isExpiring = first !== undefined
    if (first === undefined) return
    kernel.schedule(Math.max(0, first.at - kernel.now()), () => {
      if (isStopped) return
      expiring.shift()
      if (cache.isAssumed(first.uid)) cache.removePod(first.uid)
      scheduleExpiry()
    })
  }
  return {
    bind(facts, node, done) {
      cache.assume(facts, node)
      const { name, namespace = '', uid = '' } = facts.pod.metadata
      const binding = {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { kind: 'Node', name: node },
      }
      const path = { namespace, name, subresource: 'binding' }
      answered(client.create<KubeObject>(resources.pods, binding, path), (reply) => {
        if (isStopped) return
        if (!reply.ok) {
          cache.removePod(facts.uid)
          done(errorText(reply.error))
          return
        }
        if (cache.isAssumed(facts.uid)) expiring.push({ uid: facts.uid, at: kernel.now() + assumedPodTtlMs })
        if (!isExpiring) scheduleExpiry()
        done(undefined)
      })
    },
    stop() {
      isStopped = true
    },
  }
}

function errorText(error: RequestError): string {
  return error.kind === 'status' ? (error.status.message ?? '') : error.message
}
