import type { KubeObject } from '../../api/types/meta.ts'
import { type Informer, keyOf } from '../../client/informer.ts'

/**
 * What the controller knows of one resource: the shared cache, and what it wrote itself where that is newer, so that it does not try
 * again before news of its own writes come. Source: pkg/controller/volume/persistentvolume/pv_controller_base.go, storeObjectUpdate.
 */
export class OwnCache<T extends KubeObject> {
  readonly #shared: Informer<T>
  /** Only as long as the shared cache has not heard of it. */
  readonly #written = new Map<string, T>()

  constructor(shared: Informer<T>) {
    this.#shared = shared
    shared.addHandler({ add: (object) => this.#heard(object), update: (_old, object) => this.#heard(object) })
  }

  get(namespace: string | undefined, name: string): T | undefined {
    const shared = this.#shared.get(namespace, name)
    // What the shared cache does not have any more is gone, though it was written once.
    return shared && this.#newest(shared)
  }

  list(): readonly T[] {
    const shared = this.#shared.list()
    return this.#written.size === 0 ? shared : shared.map((object) => this.#newest(object))
  }

  store(object: T): void {
    const { namespace, name } = object.metadata
    const shared = this.#shared.get(namespace, name)
    if (shared !== undefined && versionOf(shared) < versionOf(object)) this.#written.set(keyOf(object), object)
  }

  forget(key: string): void {
    this.#written.delete(key)
  }

  #heard(object: T): void {
    const written = this.#written.get(keyOf(object))
    if (written !== undefined && versionOf(written) <= versionOf(object)) this.#written.delete(keyOf(object))
  }

  #newest(shared: T): T {
    const written = this.#written.get(keyOf(shared))
    return written !== undefined && versionOf(written) > versionOf(shared) ? written : shared
  }
}

function versionOf({ metadata }: KubeObject): number {
  return Number(metadata.resourceVersion ?? 0)
}
