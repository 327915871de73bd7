import { goErrorText } from '../../../fs/error-text.ts'
import type { NodeFs } from '../../../fs/node-fs.ts'
import { ownFromLeaves } from './ownership.ts'

/** Mode of an emptyDir. Source: pkg/volume/emptydir/empty_dir.go, perm. */
const directoryMode = 0o777
/** Root of a tmpfs that is mounted without a mode. Source: Linux mm/shmem.c, default mode of a mount. */
const tmpfsRootMode = 0o1777

export interface EmptyDirOptions {
  readonly fs: NodeFs
  readonly directory: string
  /** Where the ready marker lies. */
  readonly metaDirectory: string
  readonly inMemory: boolean
  readonly sizeBytes: number | undefined
  readonly fsGroup: number | undefined
  /** Whether the group is set on `directory` itself: of a wrapped one 1.18 looks in the wrong place and does nothing. */
  readonly ownsDirectory: boolean
}

/** Makes the directory, the tmpfs over it and the ready marker; does nothing if all is there. Source: empty_dir.go, SetUpAt. */
export function setUpEmptyDir(options: EmptyDirOptions): string | undefined {
  const { fs, directory, metaDirectory, inMemory, sizeBytes, fsGroup, ownsDirectory } = options
  const isReady = fs.stat(`${metaDirectory}/ready`).ok
  if (isReady && (inMemory ? fs.isMountPoint(directory) : fs.stat(directory).ok)) return undefined
  if (isReady && !inMemory) fs.removeAll(metaDirectory)
  const failed = makeDirectory(fs, directory)
  if (failed !== undefined) return failed
  if (inMemory && !fs.isMountPoint(directory)) {
    const mounted = fs.mountTmpfs(directory, { mode: tmpfsRootMode, ...(sizeBytes !== undefined && { sizeBytes }) })
    if (!mounted.ok) return goErrorText('mount', directory, mounted.code)
  }
  if (fsGroup !== undefined && ownsDirectory) ownFromLeaves({ fs, directory, fsGroup, readOnly: false })
  fs.mkdirAll(metaDirectory, 0o750)
  fs.writeFile(`${metaDirectory}/ready`, new Uint8Array(0))
  return undefined
}

/** The mode is set again after the directory was made: the kubelet may run with a umask. Source: empty_dir.go, setupDir. */
function makeDirectory(fs: NodeFs, directory: string): string | undefined {
  const made = fs.mkdirAll(directory, directoryMode)
  if (!made.ok) return goErrorText('mkdir', made.path, made.code)
  const stat = fs.lstat(directory)
  if (stat.ok && (stat.value.mode & 0o777) !== directoryMode) fs.chmod(directory, directoryMode)
  return undefined
}

/** Undoes `setUpEmptyDir`: marker, mount, directory, content (L5). Source: empty_dir.go, TearDownAt. */
export function tearDownEmptyDir(fs: NodeFs, directory: string, metaDirectory: string): string | undefined {
  const unmarked = fs.removeAll(metaDirectory)
  if (!unmarked.ok)
    return `failed to remove ready dir [${metaDirectory}]: ${goErrorText('unlinkat', unmarked.path, unmarked.code)}`
  // Whoever asks for the directory's size looks into it: only the mount is asked for.
  if (fs.isMountPoint(directory)) {
    const unmounted = fs.unmount(directory)
    if (!unmounted.ok) return goErrorText('unmount', directory, unmounted.code)
  } else if (!fs.lstat(directory).ok) return undefined
  const removed = fs.removeAll(directory)
  return removed.ok ? undefined : goErrorText('unlinkat', removed.path, removed.code)
}
