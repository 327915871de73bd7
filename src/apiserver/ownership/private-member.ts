class Given {
  constructor(given: object) {
    // biome-ignore lint/correctness/noConstructorReturn: what derives from this puts its private member into an object that is there already
    return given
  }
}

/** A member of objects that nobody else sees; copies of them are without it. */
export interface PrivateMember<T> {
  of(object: object): T | undefined
  set(object: object, value: T): void
}

/**
 * Makes one, for the module level. A WeakMap does the same, but takes ten times as long to write, and keeps what it holds until the next full
 * collection (docs/decisions/0011).
 */
export function privateMember<T>(): PrivateMember<T> {
  return class Holder extends Given {
    #value: T

    constructor(object: object, value: T) {
      super(object)
      this.#value = value
    }

    static of(object: object): T | undefined {
      return #value in object ? object.#value : undefined
    }

    static set(object: object, value: T): void {
      if (#value in object) object.#value = value
      else new Holder(object, value)
    }
  }
}
