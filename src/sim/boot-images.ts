import { deepFreeze } from '../api/json.ts'
import { Lru } from '../client/lru.ts'
import { type BootImage, boot, controlPlaneImageOf, imageOf } from './boot.ts'
import type { SimSettings } from './resolve-options.ts'

/** Images of small clusters are half a megabyte each. */
const imagesKept = 32

/** A cluster of more nodes is booted each time: that costs less than what its image would hold. */
const nodesMost = 100

/**
 * The one thing that simulations of a process have in common. It makes no difference to any of them: an image is made from
 * settings alone, before any seed, it is frozen, and the first simulation of its settings begins with it as every other does.
 */
const images = new Lru<string, BootImage | 'none'>(imagesKept)

/** What clusters of these settings begin with; undefined where each has to be booted by itself from the first. */
export function bootImage(settings: SimSettings): BootImage | undefined {
  const plane = () => remembered(`for nodes ${keyOf({ ...settings, nodes: [] })}`, () => controlPlaneImageOf(settings))
  // A machine that is off does not rest as one that is up does.
  if (settings.nodes.length > nodesMost || settings.nodes.some(({ isAbsent }) => isAbsent)) return plane()
  return remembered(keyOf(settings), () => imageOf(boot({ ...settings, seed: '' }, {}, plane()))) ?? plane()
}

function remembered(key: string, make: () => BootImage | undefined): BootImage | undefined {
  const known = images.get(key)
  if (known !== undefined) return known === 'none' ? undefined : known
  const made = make()
  images.set(key, made === undefined ? 'none' : frozen(made))
  return made
}

/** All that shows in a booted cluster: not what its registry has, nor who will look at it. */
function keyOf({ minor, gates, nodes, latencies, admission, journal, invariants, epochMs }: SimSettings): string {
  return JSON.stringify({ minor, gates, nodes, latencies, admission, journal, invariants, epochMs })
}

/** Objects and records are seen from outside: who changes one in one simulation must not do so in all others. */
function frozen(image: BootImage): BootImage {
  for (const { namespaces, history } of image.cluster.controlPlane.front.server.store.collections) {
    for (const { objects } of namespaces.values()) for (const object of objects.values()) deepFreeze(object)
    for (const { object, old } of history.events) deepFreeze([object, old])
  }
  for (const record of image.journal.records) deepFreeze(record)
  return image
}
