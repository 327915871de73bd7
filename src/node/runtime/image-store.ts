import { flat } from '../../kernel/flat-text.ts'
import { SparseMap, SparseSet } from '../../kernel/sparse.ts'
import type { ImageDefinition } from '../../shell/program.ts'
import { splitImage } from '../images/image-name.ts'
import type { ImageRecord } from './cri.ts'
import type { Registry } from './registry.ts'

interface Stored {
  readonly record: ImageRecord
  readonly definition: ImageDefinition
}

/** Images of one node: pulled ones, and those that were there from the start. */
export class ImageStore {
  readonly #stored = new SparseMap<string, Stored>()
  readonly #removed = new SparseSet<string>()
  readonly #registry: Registry
  readonly #digest: (name: string) => string

  constructor(registry: Registry, digest: (name: string) => string) {
    this.#registry = registry
    this.#digest = digest
  }

  find(name: string): Stored | undefined {
    const known = this.#stored.get(keyOf(name))
    if (known !== undefined) return known
    if (this.#removed.has(keyOf(name))) return undefined
    const preloaded = this.#registry.preloaded(name)
    return preloaded === undefined ? undefined : this.add(name, preloaded)
  }

  add(name: string, definition: ImageDefinition): Stored {
    const { repository, suffix } = splitImage(name)
    const digest = suffix.includes('@') ? suffix.slice(suffix.indexOf('@') + 1) : `sha256:${this.#digest(keyOf(name))}`
    const made = flat(`${repository}@${digest}`)
    // Pulled again it is called as before: each container that was made of it keeps that text.
    const known = this.#stored.get(keyOf(name))?.record.id
    const id = known === made ? known : made
    const stored = {
      definition,
      record: {
        id,
        names: [id, name],
        sizeBytes: definition.sizeBytes,
        uid: definition.mayHaveOwnUser === true || definition.userName !== undefined ? undefined : definition.user,
        userName: definition.userName,
      },
    }
    this.#stored.set(keyOf(name), stored)
    this.#removed.delete(keyOf(name))
    return stored
  }

  /** Keeps those whose ids are `used`. What was there from the start is gone as well. */
  removeUnused(used: ReadonlySet<string>): void {
    for (const [key, { record }] of this.#stored) {
      if (used.has(record.id)) continue
      this.#stored.delete(key)
      this.#removed.add(key)
    }
  }

  records(): readonly ImageRecord[] {
    return [...this.#stored.values()].map(({ record }) => record)
  }
}

/** One image under all ways of writing its name. */
function keyOf(name: string): string {
  return splitImage(name).full
}
