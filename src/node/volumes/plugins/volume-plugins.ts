import type { Volume } from '../../../api/types/core.ts'
import { Few } from '../../../kernel/few.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type { VolumePlugin } from '../plugin.ts'
import { claimPlugin } from './claim-volume.ts'
import { configMapKind, downwardApiKind, projectedKind, secretKind } from './content-kinds.ts'
import { contentPlugin } from './content-volume.ts'
import type { VolumeHost } from './host.ts'
import { emptyDirPlugin, hostPathPlugin } from './plain-volumes.ts'
import { storagePlugin } from './storage-volume.ts'
import type { UnreadVolumes } from './unread-volume.ts'

/** How each kind of volume's plugin is made; what has storage behind it is taken to work. */
const makers = {
  secret: (host: VolumeHost, unread: UnreadVolumes) => contentPlugin(host, secretKind(host), unread),
  configMap: (host: VolumeHost, unread: UnreadVolumes) => contentPlugin(host, configMapKind(host), unread),
  downwardAPI: (host: VolumeHost, unread: UnreadVolumes) => contentPlugin(host, downwardApiKind(host), unread),
  projected: (host: VolumeHost, unread: UnreadVolumes) => contentPlugin(host, projectedKind(host), unread),
  emptyDir: emptyDirPlugin,
  hostPath: hostPathPlugin,
  claim: claimPlugin,
  storage: storagePlugin,
} as const

/** The plugins of one node, each made with its first volume. Gives the one for a volume. */
export function createVolumePlugins(host: VolumeHost): (volume: Volume) => VolumePlugin {
  const plugins = new Few<keyof typeof makers, VolumePlugin>()
  const unread: UnreadVolumes = new SparseMap()
  return (volume) => {
    const kind = kindOf(volume)
    const known = plugins.get(kind)
    if (known !== undefined) return known
    const made = makers[kind](host, unread)
    plugins.set(kind, made)
    return made
  }
}

function kindOf(volume: Volume): keyof typeof makers {
  if (volume.secret !== undefined) return 'secret'
  if (volume.configMap !== undefined) return 'configMap'
  if (volume.downwardAPI !== undefined) return 'downwardAPI'
  if (volume.projected !== undefined) return 'projected'
  if (volume.emptyDir !== undefined) return 'emptyDir'
  if (volume.hostPath !== undefined) return 'hostPath'
  const isOfClaim = volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined
  return isOfClaim ? 'claim' : 'storage'
}
