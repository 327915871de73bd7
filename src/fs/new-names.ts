/** Where a file may get one more name, and a directory another. */
import { type Inode, permits } from './inode.ts'
import type { FsErrorCode, FsUser } from './node-fs.ts'
import type { Found, Mount } from './walk.ts'

/**
 * Why a file cannot be linked to; undefined: it can. Whoever does not own it needs its content to read and write (fs.protected_hardlinks).
 * Source: link(2); fs/namei.c, do_linkat and may_linkat.
 */
export function mayLink(file: Inode, from: Mount, at: Found, user: FsUser): FsErrorCode | undefined {
  const { parent } = at
  if (parent === undefined) return 'EEXIST'
  if (file.device !== parent.device || from !== at.parentMount) return 'EXDEV'
  if (at.parentMount.readOnly) return 'EROFS'
  if (parent.links < 2) return 'ENOENT'
  if (file.type === 'directory') return 'EPERM'
  file.look()
  const isOwn = user.uid === 0 || user.uid === file.uid
  if (!isOwn && !(file.type === 'file' && permits(file, user, 6))) return 'EPERM'
  return permits(parent, user, 3) ? undefined : 'EACCES'
}

/** Whether a directory lies below another, or is it. */
export function isBelow(directory: Inode, above: Inode): boolean {
  if (directory === above) return true
  for (const child of above.entries?.values() ?? [])
    if (child.entries !== undefined && isBelow(directory, child)) return true
  return false
}
