import { deepFreeze } from '../api/json.ts'
import { Lru } from '../client/lru.ts'
import { type Booted, type BootImage, bootControlPlane, bootCopy, imageOf, type Starting, withNodes } from './boot.ts'
import type { SimSettings } from './resolve-options.ts'

/** Images of small clusters are half a megabyte each. */
const imagesKept = 32

/** A cluster of more nodes is booted each time: that costs less than what its image would hold. */
const nodesMost = 100

/**
 * The one thing that simulations of a process have in common. It makes no difference to any of them: up to time 0 settings alone
 * count, not the seed, and an image is frozen, so that the first simulation of its settings, which it was taken from, goes on as every other does.
 */
const images = new Lru<string, BootImage | 'none'>(imagesKept)

/** A cluster of these settings that is up: a copy of one that was booted before, or that one itself, of which copies can be made from now on. */
export function bootedOnce(settings: SimSettings): Booted {
  // A machine that is off does not rest as one that is up does.
  const isKept = settings.nodes.length <= nodesMost && !settings.nodes.some(({ isAbsent }) => isAbsent)
  const key = keyOf(settings)
  const image = isKept ? images.get(key) : 'none'
  if (image !== undefined && image !== 'none') return bootCopy(settings, image)
  const booted = withNodes(plane(settings), settings)
  if (image === undefined) remember(key, imageOf(booted, 'cluster'))
  return booted
}

/** The control plane that nodes of these settings find, likewise. */
function plane(settings: SimSettings): Starting {
  const key = `for nodes ${keyOf({ ...settings, nodes: [] })}`
  const image = images.get(key)
  if (image !== undefined && image !== 'none') return bootCopy(settings, image)
  const booted = bootControlPlane(settings)
  if (image === undefined) remember(key, imageOf(booted, 'control plane'))
  return booted
}

function remember(key: string, image: BootImage | undefined): void {
  images.set(key, image === undefined ? 'none' : frozen(image))
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
