import type { KubeObject } from '../api/types/meta.ts'
import { type Client, resources } from '../client/client.ts'
import { errorText } from '../client/refusals.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { process } from '../kernel/process.ts'
import type { Scope } from '../kernel/scope.ts'
import { attempt, type Steps, sleep } from '../kernel/steps.ts'
import { second, type VirtualMs } from '../kernel/time.ts'
import type { PodFacts } from './pod-facts.ts'
import type { SchedulerCache } from './scheduler-cache.ts'

/** How long an assumed Pod counts without a word from the API server. Source: pkg/scheduler/factory.go, durationToExpireAssumedPod. */
const assumedPodTtlMs: VirtualMs = 30 * second

/** Tells the API server which node a Pod got. */
export interface Binder {
  /**
   * The error, or undefined when the Pod is bound. The cache counts the Pod as there from now on. `first` is done before: what it answers
   * is an error, too, marked as its own.
   */
  bind(pod: PodFacts, node: string, first?: () => Steps<string | undefined>): Steps<BindError | undefined>
}

/** Why a Pod was not bound. */
export interface BindError {
  readonly message: string
  /** The API server was not asked to bind the Pod. */
  readonly isEarly: boolean
}

/** `scope` is the scheduler's life. */
export function createBinder(kernel: Kernel, client: Client, cache: SchedulerCache, scope: Scope): Binder {
  return new PodBinder(kernel, client, cache, scope)
}

/** A class: generators that are closures would keep their simulation alive (docs/decisions/0011-what-is-made-in-crowds.md). */
class PodBinder implements Binder {
  readonly #kernel: Kernel
  readonly #client: Client
  readonly #cache: SchedulerCache
  readonly #scope: Scope
  readonly #expiring: { readonly uid: string; readonly at: VirtualMs }[] = []
  #isExpiring = false

  constructor(kernel: Kernel, client: Client, cache: SchedulerCache, scope: Scope) {
    this.#kernel = kernel
    this.#client = client
    this.#cache = cache
    this.#scope = scope
  }

  *bind(facts: PodFacts, node: string, first?: () => Steps<string | undefined>): Steps<BindError | undefined> {
    const cache = this.#cache
    cache.assume(facts, node)
    const problem = first && (yield* first())
    if (problem !== undefined) {
      cache.removePod(facts.uid)
      return { message: problem, isEarly: true }
    }
    const { name, namespace = '', uid = '' } = facts.pod.metadata
    const binding = {
      apiVersion: 'v1',
      kind: 'Binding',
      metadata: { name, namespace, uid },
      target: { kind: 'Node', name: node },
    }
    const path = { namespace, name, subresource: 'binding' }
    const reply = yield* attempt(this.#client.create<KubeObject>(resources.pods, binding, path))
    if (!reply.ok) {
      cache.removePod(facts.uid)
      return { message: errorText(reply.error), isEarly: false }
    }
    const kernel = this.#kernel
    if (cache.isAssumed(facts.uid)) this.#expiring.push({ uid: facts.uid, at: kernel.now() + assumedPodTtlMs })
    if (!this.#isExpiring) this.#scope.start(process(kernel, () => this.#expire()))
    return undefined
  }

  /** Takes back what the API server never confirmed, in the order in which it was bound. */
  *#expire(): Steps<void> {
    const expiring = this.#expiring
    this.#isExpiring = true
    for (;;) {
      while (expiring[0] !== undefined && !this.#cache.isAssumed(expiring[0].uid)) expiring.shift()
      const [first] = expiring
      if (first === undefined) break
      yield* sleep(Math.max(0, first.at - this.#kernel.now()))
      expiring.shift()
      if (this.#cache.isAssumed(first.uid)) this.#cache.removePod(first.uid)
    }
    this.#isExpiring = false
  }
}
