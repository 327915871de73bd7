import type { Pod } from '../../../api/types/core.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import { isMirror } from '../status/status-manager.ts'
import { isStatic } from './static-pod.ts'

export function fullName(pod: Pod): string {
  return `${pod.metadata.name}_${pod.metadata.namespace}`
}

/**
 * The Pods that the kubelet is to run, as its sources have them: API Pods, static Pods and, apart, the mirrors of those.
 * Source: pkg/kubelet/pod/pod_manager.go.
 */
export class PodManager {
  readonly #pods = new SparseMap<string, Pod>()
  readonly #mirrors = new SparseMap<string, Pod>()
  /** Pods whose objects are gone but whose volumes are not (from v1.22 on). */
  readonly #leaving = new SparseMap<string, Pod>()

  get(uid: string): Pod | undefined {
    return this.#pods.get(uid)
  }

  /** The object is gone, what is on the node is not. */
  leave(pod: Pod): void {
    this.#leaving.set(pod.metadata.uid ?? '', pod)
  }

  /** Nothing of it is left. */
  hasLeft(uid: string): void {
    this.#leaving.delete(uid)
  }

  /** The Pod, be it about to leave. */
  getOrLeaving(uid: string): Pod | undefined {
    return this.#pods.get(uid) ?? this.#leaving.get(uid)
  }

  /** The newest of that name: looked for among all, for who asks has a mirror in hand, and few nodes have any. */
  #named(namespace: string, name: string): Pod | undefined {
    let found: Pod | undefined
    for (const pod of this.#pods.values())
      if (pod.metadata.name === name && (pod.metadata.namespace ?? '') === namespace) found = pod
    return found
  }

  all(): Iterable<Pod> {
    return this.#pods.values()
  }

  get size(): number {
    return this.#pods.size
  }

  set(pod: Pod): void {
    if (isMirror(pod)) {
      this.#mirrors.set(fullName(pod), pod)
      return
    }
    this.#pods.set(pod.metadata.uid ?? '', pod)
  }

  delete(pod: Pod): void {
    if (isMirror(pod)) this.#mirrors.delete(fullName(pod))
    else this.#pods.delete(pod.metadata.uid ?? '')
  }

  mirrorOf(pod: Pod): Pod | undefined {
    return this.#mirrors.get(fullName(pod))
  }

  /** The mirror of the static Pod of that name. */
  mirrorNamed(namespace: string, name: string): Pod | undefined {
    return this.#mirrors.get(`${name}_${namespace}`)
  }

  /** The static Pod behind a mirror. */
  staticOf(mirror: Pod): Pod | undefined {
    return this.#named(mirror.metadata.namespace ?? '', mirror.metadata.name)
  }

  mirrors(): Iterable<Pod> {
    return this.#mirrors.values()
  }

  /** The object that the API server has for a Pod. */
  apiPodOf(pod: Pod): Pod | undefined {
    return isStatic(pod) ? this.mirrorOf(pod) : pod
  }
}
