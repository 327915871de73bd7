import type { PersistentVolume, PersistentVolumeClaim, StorageClass } from '../../api/types/storage.ts'
import { type Informer, keyOf } from '../../client/informer.ts'

/** What the scheduler knows of claims, volumes and classes, once it needs to. */
export interface StorageInformers {
  readonly claims: Informer<PersistentVolumeClaim>
  readonly volumes: Informer<PersistentVolume>
  readonly classes: Informer<StorageClass>
}

/**
 * The same with what the scheduler has decided and the API server has not told yet.
 * Source: volumebinding/assume_cache.go: what is assumed stands until a newer version comes.
 */
export class StorageView {
  readonly told: StorageInformers
  readonly #claims = new Map<string, PersistentVolumeClaim>()
  readonly #volumes = new Map<string, PersistentVolume>()

  constructor(told: StorageInformers) {
    this.told = told
  }

  claim(namespace: string, name: string): PersistentVolumeClaim | undefined {
    return newest(this.#claims, this.told.claims.get(namespace, name))
  }

  volume(name: string): PersistentVolume | undefined {
    return newest(this.#volumes, this.told.volumes.get(undefined, name))
  }

  volumes(): readonly PersistentVolume[] {
    const told = this.told.volumes.list()
    return this.#volumes.size === 0 ? told : told.map((volume) => newest(this.#volumes, volume) ?? volume)
  }

  storageClass(name: string): StorageClass | undefined {
    return this.told.classes.get(undefined, name)
  }

  assumeClaim(claim: PersistentVolumeClaim): void {
    this.#claims.set(keyOf(claim), claim)
  }

  assumeVolume(volume: PersistentVolume): void {
    this.#volumes.set(keyOf(volume), volume)
  }

  /** What was told counts again. */
  restore(objects: readonly (PersistentVolumeClaim | PersistentVolume)[]): void {
    for (const object of objects) {
      this.#claims.delete(keyOf(object))
      this.#volumes.delete(keyOf(object))
    }
  }
}

function newest<T extends PersistentVolumeClaim | PersistentVolume>(
  assumed: Map<string, T>,
  told: T | undefined,
): T | undefined {
  if (told === undefined || assumed.size === 0) return told
  const decided = assumed.get(keyOf(told))
  if (decided === undefined) return told
  if (Number(decided.metadata.resourceVersion) >= Number(told.metadata.resourceVersion)) return decided
  assumed.delete(keyOf(told))
  return told
}
