import type { Volume } from '../../../api/types/core.ts'
import type { VolumePlugin } from '../plugin.ts'
import { configMapKind, downwardApiKind, projectedKind, secretKind } from './content-kinds.ts'
import { contentPlugin } from './content-volume.ts'
import type { VolumeHost } from './host.ts'
import { emptyDirPlugin, hostPathPlugin } from './plain-volumes.ts'

/** The plugins of one node. Gives the one for a volume, or undefined for a kind that podsim does not have. */
export function createVolumePlugins(host: VolumeHost): (volume: Volume) => VolumePlugin | undefined {
  const secret = contentPlugin(host, secretKind(host))
  const configMap = contentPlugin(host, configMapKind(host))
  const downwardApi = contentPlugin(host, downwardApiKind(host))
  const projected = contentPlugin(host, projectedKind(host))
  const emptyDir = emptyDirPlugin(host)
  const hostPath = hostPathPlugin(host)
  return (volume) => {
    if (volume.secret !== undefined) return secret
    if (volume.configMap !== undefined) return configMap
    if (volume.downwardAPI !== undefined) return downwardApi
    if (volume.projected !== undefined) return projected
    if (volume.emptyDir !== undefined) return emptyDir
    return volume.hostPath !== undefined ? hostPath : undefined
  }
}
