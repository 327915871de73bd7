import type { Volume } from '../../../api/types/core.ts'
import { Few } from '../../../kernel/few.ts'
import type { VolumePlugin } from '../plugin.ts'
import { claimPlugin } from './claim-volume.ts'
import { configMapKind, downwardApiKind, projectedKind, secretKind } from './content-kinds.ts'
import { contentPlugin } from './content-volume.ts'
import type { VolumeHost } from './host.ts'
import { imagePlugin } from './image-volume.ts'
import { emptyDirPlugin, hostPathPlugin } from './plain-volumes.ts'
import { storagePlugin } from './storage-volume.ts'

/** How each kind of volume's plugin is made; what has storage behind it is taken to work. */
const makers = {
  secret: (host: VolumeHost) => contentPlugin(host, secretKind(host)),
  configMap: (host: VolumeHost) => contentPlugin(host, configMapKind(host)),
  downwardAPI: (host: VolumeHost) => contentPlugin(host, downwardApiKind(host)),
  projected: (host: VolumeHost) => contentPlugin(host, projectedKind(host)),
  emptyDir: emptyDirPlugin,
  hostPath: hostPathPlugin,
  image: imagePlugin,
  claim: claimPlugin,
  storage: storagePlugin,
} as const

/** The plugins of one node, each made with its first volume. Gives the one for a volume. */
export function createVolumePlugins(host: VolumeHost): (volume: Volume) => VolumePlugin {
  const plugins = new Few<keyof typeof makers, VolumePlugin>()
  return (volume) => {
    const kind = kindOf(volume)
    const known = plugins.get(kind)
    if (known !== undefined) return known
    const made = makers[kind](host)
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
  if (volume.image !== undefined) return 'image'
  const isOfClaim = volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined
  return isOfClaim ? 'claim' : 'storage'
}
