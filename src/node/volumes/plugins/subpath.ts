import { goErrorText } from '../../../fs/error-text.ts'
import type { NodeFs } from '../../../fs/node-fs.ts'
import { isWithin, joinPath } from '../../../fs/path.ts'
import { podDirectory, subPathDirectory } from './layout.ts'

export interface SubPath {
  readonly podUid: string
  readonly volumeName: string
  /** Directory of the volume on the node. */
  readonly volumePath: string
  /** Below it, as the Pod says. */
  readonly subPath: string
  readonly containerName: string
  /** Place of the mount in the container's list. */
  readonly mountIndex: number
}

export type SubPathResult =
  /** `isNew`: bound now, not by an earlier container. */
  | { readonly ok: true; readonly hostPath: string; readonly isNew: boolean }
  /** `error` is what the Pod's status shows; `detail` stays in the kubelet's log. */
  | { readonly ok: false; readonly error: string; readonly detail: string }

/**
 * Binds the very file or directory that a subPath is now to a path of its own, so that later updates of the volume do not
 * reach it (U4). A subPath that the volume lacks becomes an empty directory in it. `renews`: a bind mount of an earlier
 * container that is no longer the wanted file is made anew (since 1.19); before, it is used as it is.
 * Source: kubelet_pods.go, makeMounts; pkg/volume/util/subpath/subpath_linux.go, doBindSubPath; facts/kubelet.md 4.6.
 */
export function prepareSubPath(fs: NodeFs, wanted: SubPath, renews: boolean): SubPathResult {
  const { subPath, volumeName, containerName } = wanted
  const refuse = (error: string, detail = error): SubPathResult => ({ ok: false, error, detail })
  const quoted = `volumeMount ${JSON.stringify(volumeName)} of container ${JSON.stringify(containerName)}`
  if (subPath.startsWith('/')) return refuse(`error SubPath \`${subPath}\` must not be an absolute path`)
  if (subPath.split('/').includes('..'))
    return refuse(`unable to provision SubPath \`${subPath}\`: must not contain '..'`)
  const source = joinPath(wanted.volumePath, subPath)
  if (!fs.stat(source).ok) {
    const failed = makeDirectory(fs, source, wanted.volumePath)
    if (failed !== undefined) return refuse(`failed to create subPath directory for ${quoted}`, failed)
  }
  const bound = bind(fs, wanted, source, renews)
  return bound.ok ? bound : refuse(`failed to prepare subPath for ${quoted}`, bound.error)
}

/** Directories get the mode of the volume's root, whatever the umask. Source: subpath_linux.go, doSafeMakeDir. */
function makeDirectory(fs: NodeFs, path: string, volumePath: string): string | undefined {
  const base = fs.stat(volumePath)
  if (!base.ok) return goErrorText('stat', volumePath, base.code)
  const missing: string[] = []
  for (let at = path; at !== volumePath && !fs.stat(at).ok; at = joinPath(at, '..')) missing.unshift(at)
  for (const at of missing) {
    const made = fs.mkdir(at, base.value.mode)
    if (!made.ok) return `cannot create directory ${at}: ${goErrorText('mkdir', at, made.code)}`
    fs.chmod(at, base.value.mode)
  }
  return undefined
}

type Bound =
  | { readonly ok: true; readonly hostPath: string; readonly isNew: boolean }
  | { readonly ok: false; readonly error: string }

function bind(fs: NodeFs, wanted: SubPath, source: string, renews: boolean): Bound {
  const { podUid, volumeName, containerName, mountIndex, volumePath } = wanted
  const real = fs.realpath(source)
  const realVolume = fs.realpath(volumePath)
  if (!real.ok)
    return { ok: false, error: `error resolving symlinks in "${source}": ${goErrorText('lstat', source, real.code)}` }
  if (!realVolume.ok || !isWithin(real.value, realVolume.value))
    return { ok: false, error: `subpath "${real.value}" not within volume path "${volumePath}"` }
  const parent = subPathDirectory(podUid, volumeName, containerName)
  const target = `${parent}/${mountIndex}`
  if (fs.isMountPoint(target)) {
    if (!renews || isSameFile(fs, target, real.value)) return { ok: true, hostPath: target, isNew: false }
    fs.unmount(target)
  }
  const made = fs.mkdirAll(parent, 0o750)
  if (!made.ok)
    return { ok: false, error: `error creating directory ${parent}: ${goErrorText('mkdir', parent, made.code)}` }
  const stat = fs.lstat(real.value)
  const isDirectory = stat.ok && stat.value.type === 'directory'
  const point = fs.lstat(target)
  if (point.ok && (point.value.type === 'directory') !== isDirectory) fs.removeAll(target)
  if (isDirectory) fs.mkdirAll(target, 0o750)
  else fs.writeFile(target, new Uint8Array(0), 0o640)
  const bound = fs.bindMount(real.value, target)
  return bound.ok
    ? { ok: true, hostPath: target, isNew: true }
    : { ok: false, error: `error mounting ${real.value}: ${goErrorText('mount', target, bound.code)}` }
}

function isSameFile(fs: NodeFs, a: string, b: string): boolean {
  const first = fs.lstat(a)
  const second = fs.lstat(b)
  return first.ok && second.ok && first.value.inode === second.value.inode
}

/** Takes away all subPath bind mounts of a volume; an error as text. Source: subpath_linux.go, doCleanSubPaths. */
export function cleanSubPaths(fs: NodeFs, podUid: string, volumeName: string): string | undefined {
  const directory = subPathDirectory(podUid, volumeName)
  const containers = fs.readdir(directory)
  if (!containers.ok) return undefined
  for (const container of containers.value) {
    const mounts = fs.readdir(`${directory}/${container}`)
    if (!mounts.ok) continue
    for (const index of mounts.value) {
      const target = `${directory}/${container}/${index}`
      if (fs.isMountPoint(target)) fs.unmount(target)
      const removed = fs.removeAll(target)
      if (!removed.ok)
        return `error processing ${directory}/${container}: error cleaning subpath mount ${target}: ${goErrorText('remove', target, removed.code)}`
    }
    fs.rmdir(`${directory}/${container}`)
  }
  fs.rmdir(directory)
  fs.rmdir(`${podDirectory(podUid)}/volume-subpaths`)
  return undefined
}
