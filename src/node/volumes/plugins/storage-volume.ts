import { isObject, textAt } from '../../../go/json.ts'
import { atOnce } from '../../../kernel/at-once.ts'
import { mapped } from '../../../kernel/mapped.ts'
import type { SetUpResult, VolumePlugin, VolumeRef } from '../plugin.ts'
import { uidOf } from './content-volume.ts'
import { csiRefusal } from './csi-refusal.ts'
import { setUpEmptyDir, tearDownEmptyDir } from './empty-dir.ts'
import type { VolumeHost } from './host.ts'
import { kubeletRoot, podDirectory, readyDirectory, volumeDirectory } from './layout.ts'
import { cleanSubPaths } from './subpath.ts'

/**
 * Volumes with storage behind them, which podsim does not have: claims, disks, shares, drivers. They are taken to attach and
 * mount at once, as directories that are empty at first, but for what a Pod asks of a CSI driver that the cluster does not have. That of a claim stays on its node for the next Pod there, but does
 * not follow to another node; any other is the Pod's own.
 */
export function storagePlugin(host: VolumeHost): VolumePlugin {
  const { fs } = host
  const directoryOf = ({ pod, volume }: VolumeRef) =>
    claimDirectory(pod.metadata.namespace ?? '', volume.persistentVolumeClaim) ??
    `${volumeDirectory(uidOf(pod), 'csi', volume.name)}/mount`
  const mount = (ref: VolumeRef): SetUpResult => {
    const error = setUpEmptyDir({
      fs,
      directory: directoryOf(ref),
      metaDirectory: readyDirectory(podDirectory(uidOf(ref.pod)), ref.volume.name),
      inMemory: false,
      sizeBytes: undefined,
      fsGroup: ref.pod.spec.securityContext?.fsGroup,
      ownsDirectory: true,
    })
    return error === undefined ? { ok: true, changed: false, sources: [] } : { ok: false, error }
  }
  return {
    requiresRemount: false,
    hostPath: directoryOf,
    setUp(ref) {
      const driver = textAt(ref.volume, 'csi', 'driver')
      if (driver === '' || host.drivers === undefined) return atOnce(() => mount(ref))
      return mapped(host.drivers.get(driver), (found) => csiRefusal(driver, found, host.minor) ?? mount(ref))
    },
    tearDown(ref) {
      const { pod, volume } = ref
      const unbound = cleanSubPaths(fs, uidOf(pod), volume.name)
      if (unbound !== undefined) return { ok: false, error: unbound }
      const own = `${volumeDirectory(uidOf(pod), 'csi', volume.name)}`
      const error = tearDownEmptyDir(fs, own, readyDirectory(podDirectory(uidOf(pod)), volume.name))
      return error === undefined ? { ok: true } : { ok: false, error }
    },
  }
}

/**
 * Where a claim's volume is mounted for all Pods of the node, by the volume's name, or the claim's where nobody knows that.
 * Source: pkg/volume/csi/csi_attacher.go, makeDeviceMountPath.
 */
function claimDirectory(namespace: string, claim: unknown): string | undefined {
  const { claimName, volumeName } = isObject(claim) ? claim : {}
  const name = typeof volumeName === 'string' ? volumeName : `${namespace}-${String(claimName)}`
  return isObject(claim) ? `${kubeletRoot}/plugins/kubernetes.io/csi/pv/${name}/globalmount` : undefined
}
