import { goErrorText } from '../../../fs/error-text.ts'
import type { FileStat, FileView } from '../../../fs/node-fs.ts'

/** Source: pkg/volume/volume_linux.go, rwMask, roMask, execMask; the last is the set-group-id bit of directories. */
const writableMask = 0o660
const readOnlyMask = 0o440
const executeMask = 0o110
const setGroupIdBit = 0o2000

export interface OwnershipOptions {
  readonly fs: FileView
  readonly directory: string
  readonly fsGroup: number
  readonly readOnly: boolean
}

/**
 * Gives a volume to a group, from the root down, names in order; links are left alone (1.18).
 * Source: pkg/volume/volume_linux.go, legacyOwnershipChange.
 */
export function ownFromRoot(options: OwnershipOptions): string | undefined {
  const { fs } = options
  const visit = (path: string): string | undefined => {
    const stat = fs.lstat(path)
    if (!stat.ok) return goErrorText('lstat', path, stat.code)
    if (stat.value.type !== 'symlink') change(options, path, stat.value, stat.value.uid)
    if (stat.value.type !== 'directory') return undefined
    const names = fs.readdir(path)
    if (!names.ok) return goErrorText('open', path, names.code)
    for (const name of names.value) {
      const failed = visit(`${path}/${name}`)
      if (failed !== undefined) return failed
    }
    return undefined
  }
  return visit(options.directory)
}

/**
 * The same from the leaves up, names as the file system lists them, links too; owners stay (recorded for 1.26).
 * Source: pkg/volume/volume_linux.go, walkDeep and changeFilePermission.
 */
export function ownFromLeaves(options: OwnershipOptions): string | undefined {
  const { fs } = options
  const visit = (path: string): string | undefined => {
    const stat = fs.lstat(path)
    if (!stat.ok) return goErrorText('lstat', path, stat.code)
    if (stat.value.type === 'directory') {
      const names = fs.directoryOrder(path)
      if (!names.ok) return goErrorText('open', path, names.code)
      for (const name of names.value) {
        const failed = visit(`${path}/${name}`)
        if (failed !== undefined) return failed
      }
    }
    change(options, path, stat.value, -1)
    return undefined
  }
  return visit(options.directory)
}

function change({ fs, fsGroup, readOnly }: OwnershipOptions, path: string, stat: FileStat, uid: number): void {
  fs.chown(path, uid, fsGroup)
  // chmod would go through a link to the file, which has modes of its own.
  if (stat.type === 'symlink') return
  const mask = readOnly ? readOnlyMask : writableMask
  fs.chmod(path, stat.mode | mask | (stat.type === 'directory' ? setGroupIdBit | executeMask : 0))
}
