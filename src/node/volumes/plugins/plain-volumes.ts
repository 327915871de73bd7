import { goErrorText } from '../../../fs/error-text.ts'
import type { NodeFs } from '../../../fs/node-fs.ts'
import { dirname } from '../../../fs/path.ts'
import { atOnce } from '../../../kernel/at-once.ts'
import type { SetUpResult, VolumePlugin, VolumeRef } from '../plugin.ts'
import { memoryVolumeSize, uidOf } from './content-volume.ts'
import { setUpEmptyDir, tearDownEmptyDir } from './empty-dir.ts'
import { volumeFactsOf } from './facts.ts'
import type { VolumeHost } from './host.ts'
import { type HostFileKind, isOnEveryNode } from './host-files.ts'
import { podDirectory, readyDirectory, volumeDirectory } from './layout.ts'
import { cleanSubPaths } from './subpath.ts'

/** A directory that lives as long as its Pod, on disk or in memory. Source: pkg/volume/emptydir/empty_dir.go. */
export function emptyDirPlugin(host: VolumeHost): VolumePlugin {
  const directoryOf = ({ pod, volume }: VolumeRef) => volumeDirectory(uidOf(pod), 'empty-dir', volume.name)
  const setUp = (ref: VolumeRef): SetUpResult => {
    const { medium = '', sizeLimit } = ref.volume.emptyDir ?? {}
    const inMemory = medium === 'Memory'
    const sizes = inMemory && volumeFactsOf(host.minor).sizesTmpfs
    const error =
      medium !== '' && !inMemory
        ? `unknown storage medium ${JSON.stringify(medium)}`
        : setUpEmptyDir({
            fs: host.fs,
            directory: directoryOf(ref),
            metaDirectory: readyDirectory(podDirectory(uidOf(ref.pod)), ref.volume.name),
            inMemory,
            sizeBytes: sizes ? memoryVolumeSize(ref.pod, host.allocatable(), sizeLimit) : undefined,
            fsGroup: ref.pod.spec.securityContext?.fsGroup,
            ownsDirectory: true,
          })
    return error === undefined ? { ok: true, changed: false, sources: [] } : { ok: false, error }
  }
  return {
    requiresRemount: false,
    readOnly: false,
    hostPath: directoryOf,
    setUp: (ref) => atOnce(() => setUp(ref)),
    tearDown(ref) {
      const { pod, volume } = ref
      const error =
        cleanSubPaths(host.fs, uidOf(pod), volume.name) ??
        tearDownEmptyDir(host.fs, directoryOf(ref), readyDirectory(podDirectory(uidOf(pod)), volume.name))
      return error === undefined ? { ok: true } : { ok: false, error }
    },
  }
}

/** The types of hostPath volumes that are checked. Source: k8s.io/api core/v1 types.go, HostPathType. */
const checkedKinds: Readonly<Record<string, HostFileKind>> = {
  Directory: 'directory',
  File: 'file',
  Socket: 'socket',
  CharDevice: 'character device',
  BlockDevice: 'block device',
}

/**
 * Of a hostPath without a type nothing is checked: container runtimes make a directory where there is nothing, as they make the container.
 * Sources: dockershim's binds (docker makes what it binds); containerd, pkg/cri/opts/spec_linux_opts.go, WithMounts.
 */
function makeWhatIsMissing(fs: NodeFs, path: string, minor: number): void {
  if (fs.stat(path).ok) return
  if (Object.values(checkedKinds).some((kind) => isOnEveryNode(fs, path, kind, minor))) return
  fs.mkdirAll(path, 0o755)
}

/** A directory or file of the node itself (S6). Source: pkg/volume/hostpath/host_path.go. */
export function hostPathPlugin(host: VolumeHost): VolumePlugin {
  const { fs } = host
  const check = (path: string, type: string): string | undefined => {
    if (type === 'DirectoryOrCreate' || type === 'FileOrCreate') return checkOrMake(path, type === 'FileOrCreate')
    const kind = checkedKinds[type]
    if (kind === undefined) {
      if (type === '') makeWhatIsMissing(fs, path, host.minor)
      return undefined
    }
    const stat = fs.stat(path)
    if (stat.ok ? stat.value.type === kind : isOnEveryNode(fs, path, kind, host.minor)) return undefined
    return `hostPath type check failed: ${path} is not a ${kind === 'socket' ? 'socket file' : kind}`
  }
  const checkOrMake = (path: string, isFile: boolean): string | undefined => {
    if (fs.stat(path).ok) return check(path, isFile ? 'File' : 'Directory')
    if (isFile) isOnEveryNode(fs, dirname(path), 'directory', host.minor)
    const made = isFile ? fs.writeFile(path, new Uint8Array(0), 0o644) : fs.mkdirAll(path, 0o755)
    return made.ok ? undefined : goErrorText(isFile ? 'open' : 'mkdir', path, made.code)
  }
  return {
    requiresRemount: false,
    readOnly: false,
    hostPath: ({ volume }) => volume.hostPath?.path ?? '/',
    setUp: ({ volume }) =>
      atOnce(() => {
        const error = check(volume.hostPath?.path ?? '/', volume.hostPath?.type ?? '')
        return error === undefined ? { ok: true, changed: false, sources: [] } : { ok: false, error }
      }),
    tearDown({ pod, volume }) {
      const error = cleanSubPaths(fs, uidOf(pod), volume.name)
      return error === undefined ? { ok: true } : { ok: false, error }
    },
  }
}
