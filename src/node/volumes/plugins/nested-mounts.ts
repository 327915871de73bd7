import { allContainers } from '../../../api/pod-references.ts'
import type { Container, Pod } from '../../../api/types/core.ts'
import { goErrorText } from '../../../fs/error-text.ts'
import type { NodeFs } from '../../../fs/node-fs.ts'
import { compareBytes, joinPath } from '../../../fs/path.ts'

/**
 * Makes the directories in a volume at which other volumes of a container will be mounted.
 * Source: pkg/volume/util/nested_volumes.go, MakeNestedMountpoints.
 */
export function makeNestedMountPoints(fs: NodeFs, pod: Pod, volumeName: string, directory: string): string | undefined {
  for (const container of allContainers(pod)) {
    const nested = nestedMountPoints(container, volumeName)
    if (typeof nested === 'string') return nested
    for (const inside of nested) {
      const made = fs.mkdirAll(joinPath(directory, inside), 0o755)
      if (!made.ok) return `Unable to create nested volume mountpoints: ${goErrorText('mkdir', made.path, made.code)}`
    }
  }
  return undefined
}

/** Whether the paths have to be looked at in their order: nearly all volumes have nothing mounted in them. */
function mayBeNested(mounts: NonNullable<Container['volumeMounts']>, volumeName: string): boolean {
  for (const { name, mountPath } of mounts) {
    if (name !== volumeName) continue
    if (!plainPath.test(mountPath)) return true
    for (const other of mounts) if (!plainPath.test(other.mountPath) || liesIn(other.mountPath, mountPath)) return true
  }
  return false
}

/** Nothing of it would be cleaned away. */
const plainPath = /^(?:\/[^/.][^/]*)+$/

function liesIn(path: string, within: string): boolean {
  return path.length > within.length && path.charCodeAt(within.length) === slash && path.startsWith(within)
}

const slash = 47

/** Whether some container of the Pod has something mounted in the volume, or a path that cannot be. */
export function hasNestedMountPoints(pod: Pod, volumeName: string): boolean {
  const isNested = (container: Container): boolean => nestedMountPoints(container, volumeName).length > 0
  return allContainers(pod).some(isNested)
}

function nestedMountPoints(container: Container, volumeName: string): readonly string[] | string {
  const mounts = container.volumeMounts ?? []
  if (mounts.length < 2 || !mayBeNested(mounts, volumeName)) return []
  const all = mounts.map(({ mountPath }) => joinPath(mountPath)).sort(compareBytes)
  const nested: string[] = []
  for (const { name, mountPath } of mounts) {
    if (name !== volumeName) continue
    const mine = joinPath(mountPath)
    if (mine.startsWith('../')) return `Invalid container mount point ${mine}`
    let previous = ''
    for (const path of all) {
      if (!path.startsWith(`${mine}/`) || (previous !== '' && path.startsWith(previous))) continue
      previous = `${path}/`
      nested.push(path.slice(mine.length + 1))
    }
  }
  return nested
}
