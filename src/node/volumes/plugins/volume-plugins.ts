import type { Volume } from '../../../api/types/core.ts'
import type { VolumePlugin } from '../plugin.ts'
import { configMapKind, downwardApiKind, projectedKind, secretKind } from './content-kinds.ts'
import { contentPlugin } from './content-volume.ts'
import type { VolumeHost } from './host.ts'
import { emptyDirPlugin, hostPathPlugin } from './plain-volumes.ts'
import { storagePlugin } from './storage-volume.ts'
import type { UnreadVolumes } from './unread-volume.ts'

/** The plugins of one node. Gives the one for a volume; what has storage behind it is taken to work. */
export function createVolumePlugins(host: VolumeHost): (volume: Volume) => VolumePlugin {
  const unread: UnreadVolumes = new Map()
  const secret = contentPlugin(host, secretKind(host), unread)
  const configMap = contentPlugin(host, configMapKind(host), unread)
  const downwardApi = contentPlugin(host, downwardApiKind(host), unread)
  const projected = contentPlugin(host, projectedKind(host), unread)
  const emptyDir = emptyDirPlugin(host)
  const hostPath = hostPathPlugin(host)
  const storage = storagePlugin(host)
  return (volume) => {
    if (volume.secret !== undefined) return secret
    if (volume.configMap !== undefined) return configMap
    if (volume.downwardAPI !== undefined) return downwardApi
    if (volume.projected !== undefined) return projected
    if (volume.emptyDir !== undefined) return emptyDir
    return volume.hostPath !== undefined ? hostPath : storage
  }
}
