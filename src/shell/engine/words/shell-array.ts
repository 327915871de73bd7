/** The elements of one array of bash. Source: bash(1), Arrays; assoc.c and hashlib.c for the order of keys. */
import type { ByteText } from '../../byte-text.ts'

/** Buckets of an associative array. Source: bash 5.2 assoc.h, ASSOC_HASH_BUCKETS. */
const buckets = 1024

/** By number, or (`declare -A`) by any text. Keys are texts here in both cases. */
export class ShellArray {
  readonly isMap: boolean
  readonly #items = new Map<string, ByteText>()

  constructor(isMap: boolean, items: Iterable<readonly [string, ByteText]> = []) {
    this.isMap = isMap
    for (const [key, value] of items) this.#items.set(key, value)
  }

  get size(): number {
    return this.#items.size
  }

  get(key: string): ByteText | undefined {
    return this.#items.get(key)
  }

  set(key: string, value: ByteText): void {
    this.#items.set(key, value)
  }

  delete(key: string): void {
    this.#items.delete(key)
  }

  /** In the order in which bash tells them: by number, or as its table of hashes lies. */
  entries(): readonly (readonly [string, ByteText])[] {
    const all = [...this.#items]
    if (!this.isMap) return all.sort(([a], [b]) => Number(a) - Number(b))
    // What came last stands first in its bucket.
    return all.reverse().sort(([a], [b]) => bucketOf(a) - bucketOf(b))
  }

  /** One more than the greatest number. */
  get end(): number {
    let end = 0
    for (const key of this.#items.keys()) end = Math.max(end, Number(key) + 1)
    return end
  }

  copy(): ShellArray {
    return new ShellArray(this.isMap, this.#items)
  }
}

/** Source: bash hashlib.c, hash_string (FNV-1). */
function bucketOf(key: string): number {
  let hash = 2166136261
  for (let i = 0; i < key.length; i++) hash = Math.imul(hash, 16777619) ^ ((key.charCodeAt(i) << 24) >> 24)
  return hash & (buckets - 1)
}
