import { jsonEqual } from '../../../api/json-equal.ts'
import type { Pod } from '../../../api/types/core.ts'
import { type Client, resources } from '../../../client/client.ts'
import { Reflector } from '../../../client/reflector.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import type { RandomStream } from '../../../kernel/random.ts'

/** What the configuration of Pods tells the sync loop. Source: pkg/kubelet/config/config.go. */
export interface PodHandlers {
  /** Oldest first. */
  added(pods: readonly Pod[]): void
  /** Spec, labels, annotations or deletion changed. */
  updated(pod: Pod): void
  /** Only the status changed: mostly the echo of the kubelet's own. */
  reconciled(pod: Pod): void
  removed(pod: Pod): void
  /** The first list has been handed on. */
  ready(): void
}

export interface PodSourceOptions {
  readonly kernel: Kernel
  readonly client: Client
  readonly minor: number
  readonly nodeName: string
  readonly random: RandomStream
  readonly handlers: PodHandlers
}

/** The Pods that are bound to this node, from the API server. */
export class ApiPodSource {
  readonly #pods = new Map<string, Pod>()
  readonly #handlers: PodHandlers
  readonly #reflector: Reflector<Pod>
  #isReady = false

  constructor(options: PodSourceOptions) {
    this.#handlers = options.handlers
    this.#reflector = new Reflector<Pod>(
      { ...options, resource: resources.pods },
      {
        fieldSelector: `spec.nodeName=${options.nodeName}`,
        random: options.random,
        store: {
          replace: (pods) => this.#replace(pods),
          add: (pod) => this.#put(pod),
          update: (pod) => this.#put(pod),
          delete: (pod) => this.#remove(pod),
        },
      },
    )
  }

  start(): void {
    this.#reflector.start()
  }

  stop(): void {
    this.#reflector.stop()
  }

  #replace(listed: readonly Pod[]): void {
    const gone = new Map(this.#pods)
    const added: Pod[] = []
    for (const pod of listed) {
      const key = keyOf(pod)
      const known = gone.get(key)
      gone.delete(key)
      if (known === undefined) added.push(pod)
      else this.#put(pod)
    }
    for (const pod of gone.values()) this.#remove(pod)
    for (const pod of added) this.#pods.set(keyOf(pod), pod)
    added.sort(byCreation)
    if (added.length > 0) this.#handlers.added(added)
    if (this.#isReady) return
    this.#isReady = true
    this.#handlers.ready()
  }

  #put(pod: Pod): void {
    const key = keyOf(pod)
    const before = this.#pods.get(key)
    this.#pods.set(key, pod)
    if (before === undefined) this.#handlers.added([pod])
    else if (isSemanticChange(before, pod)) this.#handlers.updated(pod)
    else if (before !== pod && !jsonEqual(before.status, pod.status)) this.#handlers.reconciled(pod)
  }

  #remove(pod: Pod): void {
    const known = this.#pods.get(keyOf(pod))
    if (known === undefined) return
    this.#pods.delete(keyOf(pod))
    this.#handlers.removed(known)
  }
}

/** Pods of one name are told apart by uid: a new one with an old name is another Pod. */
function keyOf(pod: Pod): string {
  return pod.metadata.uid ?? `${pod.metadata.namespace}/${pod.metadata.name}`
}

function byCreation(a: Pod, b: Pod): number {
  const left = a.metadata.creationTimestamp ?? ''
  const right = b.metadata.creationTimestamp ?? ''
  return left < right ? -1 : left > right ? 1 : 0
}

/** Source: pkg/kubelet/config/config.go, podsDifferSemantically. */
function isSemanticChange(before: Pod, after: Pod): boolean {
  const old = before.metadata
  const now = after.metadata
  return (
    old.deletionTimestamp !== now.deletionTimestamp ||
    old.deletionGracePeriodSeconds !== now.deletionGracePeriodSeconds ||
    !jsonEqual(old.labels, now.labels) ||
    !jsonEqual(old.annotations, now.annotations) ||
    !jsonEqual(before.spec, after.spec)
  )
}
