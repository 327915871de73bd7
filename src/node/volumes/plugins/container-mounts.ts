import type { Container, Pod } from '../../../api/types/core.ts'
import type { BindMount, NodeFs } from '../../../fs/node-fs.ts'
import { expandPath } from '../../env/expansion.ts'
import type { VolumePlugin } from '../plugin.ts'
import { volumeFactsOf } from './facts.ts'
import { volumeDirectory } from './layout.ts'
import { prepareSubPath } from './subpath.ts'

/** A subPath as a container gets it. */
export interface SubPathBinding {
  readonly volume: string
  readonly subPath: string
  readonly mountPath: string
  /** Bound now; else an earlier container's binding is used, with the file that it had. */
  readonly isNew: boolean
}

export type ContainerMounts =
  | {
      readonly ok: true
      readonly mounts: readonly BindMount[]
      readonly subPaths: readonly SubPathBinding[]
    }
  | { readonly ok: false; readonly error: string }

export interface MountOptions {
  readonly fs: NodeFs
  readonly minor: number
  readonly pod: Pod
  readonly container: Container
  /** The container's environment, for `subPathExpr`. */
  readonly env: readonly { readonly name: string; readonly value: string }[]
  /** Whether the volume manager has a volume of the Pod in place, by its name in the spec. */
  readonly isMounted: (volumeName: string) => boolean
  readonly pluginFor: (volume: NonNullable<Pod['spec']['volumes']>[number]) => VolumePlugin | undefined
}

/** What a new container gets mounted, subPaths bound (V1, V2, V8, U4). Source: pkg/kubelet/kubelet_pods.go, makeMounts. */
export function containerMounts(options: MountOptions): ContainerMounts {
  const { fs, pod, container, env, isMounted, pluginFor } = options
  const mounts: BindMount[] = []
  const subPaths: SubPathBinding[] = []
  for (const [mountIndex, mount] of (container.volumeMounts ?? []).entries()) {
    const volume = pod.spec.volumes?.find(({ name }) => name === mount.name)
    const plugin = volume && pluginFor(volume)
    // A Pod that is deleted in its first half second is no longer waited for (v1.18): its volumes may not be there.
    if (volume === undefined || plugin === undefined || !isMounted(volume.name))
      return {
        ok: false,
        error: `cannot find volume ${JSON.stringify(mount.name)} to mount into container ${JSON.stringify(container.name)}`,
      }
    const volumePath = plugin.hostPath({ pod, volume })
    let hostPath = volumePath
    let subPath = mount.subPath ?? ''
    if (mount.subPathExpr !== undefined && mount.subPathExpr !== '') {
      const expanded = expandPath(mount.subPathExpr, env, options.minor)
      if (!expanded.ok) return expanded
      subPath = expanded.path
    }
    if (subPath !== '') {
      const wanted = { podUid: pod.metadata.uid ?? '', volumeName: volume.name, volumePath, subPath, mountIndex }
      const renews = volumeFactsOf(options.minor).renewsSubPaths
      const prepared = prepareSubPath(fs, { ...wanted, containerName: container.name }, renews)
      if (!prepared.ok) return prepared
      hostPath = prepared.hostPath
      subPaths.push({ volume: volume.name, subPath, mountPath: mount.mountPath, isNew: prepared.isNew })
    }
    const containerPath = mount.mountPath.startsWith('/') ? mount.mountPath : `/${mount.mountPath}`
    const readOnly = (mount.readOnly ?? false) || (plugin.readOnly ?? false)
    const { directoryName } = plugin
    mounts.push(
      directoryName === undefined || subPath !== ''
        ? { containerPath, hostPath, readOnly }
        : new WholeVolume(containerPath, readOnly, pod.metadata.uid ?? '', directoryName, volume.name),
    )
  }
  // As long as it has to be: one that is pushed to is made for sixteen more.
  return { ok: true, mounts: mounts.slice(), subPaths }
}

/** A volume as a container gets it: of its path on the node the parts, for that of each is kept once, and the path is as long as all else. */
class WholeVolume implements BindMount {
  readonly containerPath: string
  readonly readOnly: boolean
  readonly podUid: string
  readonly directoryName: string
  readonly volume: string

  constructor(containerPath: string, readOnly: boolean, podUid: string, directoryName: string, volume: string) {
    this.containerPath = containerPath
    this.readOnly = readOnly
    this.podUid = podUid
    this.directoryName = directoryName
    this.volume = volume
  }

  get hostPath(): string {
    return volumeDirectory(this.podUid, this.directoryName, this.volume)
  }
}
