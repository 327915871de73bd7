import type { ObjectMeta } from '../../api/types/meta.ts'
import type { Ownership } from './ownership.ts'

class Given {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: what derives from this puts its private member into an object that is there already
    return given
  }
}

/**
 * Who owns an object, in a private member of its metadata: nobody else sees it, and copies of the metadata are without it, as they are to be.
 * A WeakMap would do the same for a seventh of all that a write costs, and keep what it holds until the next full collection (docs/decisions/0011).
 */
class Owned extends Given {
  #ownership: Ownership

  constructor(metadata: ObjectMeta, ownership: Ownership) {
    super(metadata)
    this.#ownership = ownership
  }

  static of(metadata: ObjectMeta): Ownership | undefined {
    // One that has the member is one of these, whatever made it.
    return #ownership in metadata ? (metadata as unknown as Owned).#ownership : undefined
  }

  static set(metadata: ObjectMeta, ownership: Ownership): void {
    if (#ownership in metadata)
      (metadata as unknown as Owned).#ownership = ownership // as above
    else new Owned(metadata, ownership)
  }
}

/** The ownership of the object with this metadata. */
export const ownershipIn = Owned.of

/** Says who owns the object with this metadata. */
export const setOwnershipIn = Owned.set
