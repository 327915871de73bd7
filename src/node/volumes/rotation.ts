import type { RandomStream } from '../../kernel/random.ts'

/** Slots of one bucket of a Go map: iteration begins at a random one. Source: the Go runtime's map, bucketCnt. */
const bucketSlots = 8

/**
 * The order in which Go iterates a small map that was filled in the order given: a rotation that begins at the front with
 * chance (9-n)/8 and at any other place with 1/8. Larger maps begin anywhere. Draws one number.
 */
export function rotated<T>(items: readonly T[], random: RandomStream): readonly T[] {
  if (items.length < 2) return items
  const slot = random.integer(0, Math.max(bucketSlots, items.length))
  const start = slot < items.length ? slot : 0
  return start === 0 ? items : [...items.slice(start), ...items.slice(0, start)]
}

/**
 * The order of names that come out of a set of a set, each iterated in an order of its own: two rotations, one after the other. Source:
 * pkg/kubelet/volumemanager/volume_manager.go, getExpectedVolumes (`mounts.Union(devices).UnsortedList()`). Draws two numbers.
 */
export function rotatedTwice<T>(items: readonly T[], random: RandomStream): readonly T[] {
  return rotated(rotated(items, random), random)
}

/** Go makes a map of more buckets when there are more than so many items for each. Source: the Go runtime's map, loadFactor. */
const itemsOfBucket = 6.5

/**
 * The order in which Go iterates a map of any size that was filled in the order given: of up to eight items a rotation. Items of larger
 * maps fall into buckets by a hash that each map seeds anew; iteration begins at any bucket, and within all of them at the same slot. What
 * overflows a bucket comes after it. Source: the Go runtime's map, mapiterinit and mapiternext (up to Go 1.23).
 */
export function mapOrder<T>(items: readonly T[], random: RandomStream): readonly T[] {
  if (items.length <= bucketSlots) return rotated(items, random)
  let count = 1
  while (items.length > itemsOfBucket * count) count *= 2
  const buckets = Array.from({ length: count }, (): T[] => [])
  for (const item of items) buckets[random.integer(0, count)]?.push(item)
  const [first, slot] = [random.integer(0, count), random.integer(0, bucketSlots)]
  return buckets.flatMap((_, at) => turned(buckets[(first + at) % count] ?? [], slot))
}

/** Each eight items of a bucket are a part of their own, iterated from a slot on. */
function turned<T>(bucket: readonly T[], slot: number): readonly T[] {
  const turnedItems: T[] = []
  for (let from = 0; from < bucket.length; from += bucketSlots) {
    const part = bucket.slice(from, from + bucketSlots)
    turnedItems.push(...part.slice(slot), ...part.slice(0, slot))
  }
  return turnedItems
}
