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
