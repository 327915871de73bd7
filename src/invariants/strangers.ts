import { secretNamesOf } from '../api/pod-references.ts'
import type { Invariant } from './invariant.ts'
import type { ObservedNode, World } from './world.ts'

/** What holds for Pods that did not come through the API. */

/** Of a path below the directory of a Pod's Secret: the Pod's uid, and the volume's name. */
const secretVolume = /\/pods\/([^/]+)\/volumes\/kubernetes\.io~secret\/([^/]+)/

/**
 * The authorizer asks for whom a node may read, not on whose behalf it does: what a Pod of the API on the node refers to, a static Pod can have, too.
 * Source: plugin/pkg/auth/authorizer/node/node_authorizer.go, authorizeGet; pkg/kubelet/pod/pod_manager.go registers static Pods.
 */
export const strangersWithoutSecrets: Invariant = {
  id: 'S-27',
  sentence: 'Pods that did not come through the API get no Secrets of it but those that others on their node refer to',
  clauses: ['R1', 'R3'],
  watch: (world, violated) => ({
    containerChanged(node, { config }, pod, isStart) {
      if (isStart || pod !== undefined) return
      for (const { hostPath } of config.mounts) {
        const [, uid, volume] = secretVolume.exec(hostPath) ?? []
        if (uid === undefined || isOfOthers(world, node, uid, volume)) continue
        violated(`container ${config.name} of a Pod that ${node.name} alone knows has ${hostPath}`)
      }
    },
  }),
}

/** Whether a Pod of the API on the node refers to the Secret of a volume of the Pod with that uid. */
function isOfOthers(world: World, node: ObservedNode, uid: string, volume: string | undefined): boolean {
  const stranger = [...node.registered.values()].find(({ metadata }) => metadata.uid === uid)
  const secretName = stranger?.spec.volumes?.find(({ name }) => name === volume)?.secret?.secretName
  if (stranger === undefined || secretName === undefined) return false
  return [...world.pods.values()].some(
    (other) =>
      other.spec.nodeName === node.name &&
      other.metadata.namespace === stranger.metadata.namespace &&
      secretNamesOf(other).includes(secretName),
  )
}
