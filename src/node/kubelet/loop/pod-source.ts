import type { Observable } from 'rxjs'
import { equalJson } from '../../../api/json.ts'
import type { Pod } from '../../../api/types/core.ts'
import { type Client, resources } from '../../../client/client.ts'
import { Reflector, type ReflectorStore } from '../../../client/reflector.ts'
import type { Reopening, WatchesAtRest } from '../../../client/reopening.ts'
import type { RestingReflector } from '../../../client/resting.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { Latch } from '../../../kernel/latch.ts'
import type { RandomStream } from '../../../kernel/random.ts'
import { Source } from '../../../kernel/source.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { ConfigNews } from './kubelet-news.ts'

export interface PodSourceOptions {
  readonly kernel: Kernel
  readonly client: Client
  readonly minor: number
  readonly nodeName: string
  readonly random: RandomStream
}

/** The Pods that are bound to this node, from the API server. */
export class ApiPodSource implements ReflectorStore<Pod> {
  readonly #pods = new SparseMap<string, Pod>()
  readonly #changes = new Source<ConfigNews>()
  readonly #reflector: Reflector<Pod>
  readonly #nodeName: string
  /** Open once the first list has been handed on. */
  readonly ready = new Latch()

  constructor(options: PodSourceOptions) {
    const { kernel, client, minor, random, nodeName } = options
    this.#nodeName = nodeName
    this.#reflector = new Reflector<Pod>({ kernel, client, minor, resource: resources.pods }, { random, store: this })
  }

  get fieldSelector(): string {
    return `spec.nodeName=${this.#nodeName}`
  }

  get changes(): Observable<ConfigNews> {
    return this.#changes
  }

  start(): void {
    this.#reflector.start()
  }

  /** Only while there is no Pod on the node. */
  atRest(watches: WatchesAtRest): RestingReflector | undefined {
    return this.#pods.size === 0 && this.ready.isOpen ? this.#reflector.atRest(watches) : undefined
  }

  /** In place of `start`. */
  goOnFrom(rest: RestingReflector, reopening: Reopening): void {
    this.ready.open()
    this.#reflector.goOnFrom(rest, reopening)
  }

  stop(): void {
    this.#reflector.stop()
  }

  #tellAdded(pods: readonly Pod[]): void {
    this.#changes.next({ source: 'config', change: 'added', pods })
  }

  #tell(change: 'updated' | 'reconciled' | 'removed', pod: Pod): void {
    this.#changes.next({ source: 'config', change, pod })
  }

  replace(listed: readonly Pod[]): void {
    const gone = new Map(this.#pods)
    const added: Pod[] = []
    for (const pod of listed) {
      const key = keyOf(pod)
      const known = gone.get(key)
      gone.delete(key)
      if (known === undefined) added.push(pod)
      else this.update(pod)
    }
    for (const pod of gone.values()) this.delete(pod)
    for (const pod of added) this.#pods.set(keyOf(pod), pod)
    added.sort(byCreation)
    if (added.length > 0) this.#tellAdded(added)
    if (!this.ready.isOpen) this.ready.open()
  }

  add(pod: Pod): void {
    this.update(pod)
  }

  update(pod: Pod): void {
    const key = keyOf(pod)
    const before = this.#pods.get(key)
    this.#pods.set(key, pod)
    if (before === undefined) this.#tellAdded([pod])
    else if (isSemanticChange(before, pod)) this.#tell('updated', pod)
    else if (before !== pod && !equalJson(before.status, pod.status)) this.#tell('reconciled', pod)
  }

  delete(pod: Pod): void {
    const known = this.#pods.get(keyOf(pod))
    if (known === undefined) return
    this.#pods.delete(keyOf(pod))
    this.#tell('removed', known)
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
    !equalJson(old.labels, now.labels) ||
    !equalJson(old.annotations, now.annotations) ||
    !equalJson(before.spec, after.spec)
  )
}
