import type { Pod } from '../api/types/core.ts'
import { endingText, wantedText } from '../cluster/network/diagnose.ts'
import type { ClusterNetwork } from '../cluster/network/network.ts'
import type { FoundContainer } from './containers.ts'
import type { ImageAssumption } from './image-assumptions.ts'

/** `db:5432: the connection is refused, for Service default/db has no endpoints: Pod db-0 is not ready`; undefined: it got all it wanted last. */
export function unmetWish(
  network: ClusterNetwork,
  namespace: string,
  found: FoundContainer | undefined,
): string | undefined {
  const wish = found === undefined ? undefined : network.lastWish(found.container)
  if (wish === undefined || wish.ending.kind === 'reached') return undefined
  const why = network.reason(namespace, wish)
  return `${wantedText(wish.wanted)}: ${endingText(wish.ending)}${why === undefined ? '' : `, for ${why}`}`
}

/** Ports on which programs of the Pods were taken to listen when somebody connected: one entry for each image and port. */
export function portAssumptions(network: ClusterNetwork, pods: readonly Pod[]): readonly ImageAssumption[] {
  const names = new Set(pods.map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`))
  const found = new Map<string, ImageAssumption>()
  for (const { image, port, pod } of network.assumedPorts()) {
    if (!names.has(pod)) continue
    const key = `${image} ${port}`
    const message = `image ${image}: it is taken to listen on port ${port}, and to answer requests there with 200 and nothing`
    found.set(key, { image, pods: [...(found.get(key)?.pods ?? []), pod], message })
  }
  return [...found.values()]
}
