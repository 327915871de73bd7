import type { Kernel } from '../kernel/kernel.ts'
import { minute } from '../kernel/time.ts'

/** What is not seen by then is no longer waited for. Source: pkg/controller/controller_utils.go, ExpectationsTimeout. */
const expectationsTimeoutMs = 5 * minute

interface Expected {
  creations: number
  /** Undefined: none. */
  readonly deletions: Set<string> | undefined
  since: number
}

/**
 * What a controller did and has not yet seen in its cache: until it has, it does nothing more for that key, or it would
 * do it twice. Source: controller_utils.go, UIDTrackingControllerExpectations.
 */
export class Expectations {
  readonly #kernel: Pick<Kernel, 'now'>
  readonly #expected = new Map<string, Expected>()

  constructor(kernel: Pick<Kernel, 'now'>) {
    this.#kernel = kernel
  }

  areSatisfied(key: string): boolean {
    const expected = this.#expected.get(key)
    if (expected === undefined || isFulfilled(expected)) return true
    return this.#kernel.now() - expected.since > expectationsTimeoutMs
  }

  /** Begins anew: earlier expectations of the key are forgotten. */
  expect(key: string, creations: number, deletions: readonly string[] = []): void {
    const named = deletions.length === 0 ? undefined : new Set(deletions)
    this.#expected.set(key, { creations, deletions: named, since: this.#kernel.now() })
  }

  creationObserved(key: string): void {
    const expected = this.#expected.get(key)
    if (expected === undefined) return
    expected.creations--
    this.#seen(key, expected)
  }

  /** `object` as it was named in `expect`. */
  deletionObserved(key: string, object: string): void {
    const expected = this.#expected.get(key)
    if (expected?.deletions?.delete(object) === true) this.#seen(key, expected)
  }

  /** Of a key of which all was seen there is nothing to know: it is as if nobody had expected anything. */
  #seen(key: string, expected: Expected): void {
    if (isFulfilled(expected)) this.#expected.delete(key)
  }

  forget(key: string): void {
    this.#expected.delete(key)
  }
}

function isFulfilled({ creations, deletions }: Expected): boolean {
  return creations <= 0 && (deletions?.size ?? 0) === 0
}
