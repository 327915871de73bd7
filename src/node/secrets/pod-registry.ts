import type { Pod } from '../../api/types/core.ts'
import { SparseMap } from '../../kernel/sparse.ts'
import type { KubeletFacts } from '../version-facts.ts'

/** What a registry counts references in. */
export interface ReferenceStore {
  addReference(namespace: string, name: string): void
  deleteReference(namespace: string, name: string): void
}

/**
 * Which Pods refer to which objects. Up to v1.28 each registration of a known Pod adds all its names again and then takes
 * the old ones away: nothing changes in number, but a ttl cache drops what it holds. From v1.29 only differences count.
 * Source: pkg/kubelet/util/manager/cache_based_manager.go, RegisterPod and UnregisterPod; facts/kubelet.md 1.3.
 */
export class PodRegistry {
  /** Names by Pod, whose namespace is part of its key. */
  readonly #pods = new SparseMap<string, readonly string[]>()

  private readonly store: ReferenceStore
  private readonly namesOf: (pod: Pod) => readonly string[]
  private readonly keyHasUid: boolean
  private readonly countsOnlyDifferences: boolean

  constructor(
    store: ReferenceStore,
    namesOf: (pod: Pod) => readonly string[],
    { registrationKeyHasUid, registration }: Pick<KubeletFacts, 'registrationKeyHasUid' | 'registration'>,
  ) {
    this.store = store
    this.namesOf = namesOf
    this.keyHasUid = registrationKeyHasUid
    this.countsOnlyDifferences = registration === 'first-sync'
  }

  registerPod(pod: Pod): void {
    const namespace = pod.metadata.namespace ?? ''
    const key = this.#keyOf(pod)
    const before = this.#pods.get(key)
    const names = this.namesOf(pod)
    // A Pod that refers to nothing need not be known.
    if (before !== undefined || names.length > 0) this.#pods.set(key, names)
    for (const name of names)
      if (!this.countsOnlyDifferences || before?.includes(name) !== true) this.store.addReference(namespace, name)
    if (before === undefined) return
    for (const name of before)
      if (!this.countsOnlyDifferences || !names.includes(name)) this.store.deleteReference(namespace, name)
  }

  unregisterPod(pod: Pod): void {
    const key = this.#keyOf(pod)
    const before = this.#pods.get(key)
    if (before === undefined) return
    this.#pods.delete(key)
    for (const name of before) this.store.deleteReference(pod.metadata.namespace ?? '', name)
  }

  clear(): void {
    this.#pods.clear()
  }

  #keyOf(pod: Pod): string {
    const key = `${pod.metadata.namespace}/${pod.metadata.name}`
    return this.keyHasUid ? `${key}/${pod.metadata.uid}` : key
  }
}
