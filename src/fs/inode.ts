import { utf8Length } from '../bytes/bytes.ts'
import { SparseMap } from '../kernel/sparse.ts'
import type { Device } from './device.ts'
import type { FileStat, FsUser, Later } from './node-fs.ts'

/** Memory is handed out in pages: a tmpfs file of one byte takes 4096. */
const pageBytes = 4096

/** Size of a directory on tmpfs: 20 bytes for each name, `.` and `..` included. Source: Linux mm/shmem.c, BOGO_DIRENT_SIZE. */
const tmpfsDirentBytes = 20
/** Size that a directory on ext4 or overlay shows while it is small. */
const diskDirectoryBytes = 4096

/** One file, directory or link. A class, for there are very many. */
export class Inode {
  readonly id: number
  readonly type: FileStat['type']
  readonly device: Device
  mode: number
  uid = 0
  gid = 0
  mtimeMs: number
  /** Names that lead to it; 0 once unlinked. Of a directory: 2 and its sub-directories. */
  links: number
  /** Bind mounts that keep it alive without a name. */
  pins = 0
  content: Uint8Array = emptyContent
  target = ''
  readonly #entries: SparseMap<string, Inode> | undefined
  #fill: Later | undefined

  constructor(id: number, type: FileStat['type'], device: Device, mode: number, mtimeMs: number) {
    this.id = id
    this.type = type
    this.device = device
    this.mode = mode
    this.mtimeMs = mtimeMs
    this.links = type === 'directory' ? 2 : 1
    this.#entries = type === 'directory' ? new SparseMap() : undefined
  }

  /** Of a directory, oldest name first. */
  get entries(): SparseMap<string, Inode> | undefined {
    this.look()
    return this.#entries
  }

  /** Whether it is a directory that is filled when somebody looks, and nobody has. */
  get isUnread(): boolean {
    return this.#fill !== undefined
  }

  /** Has `fill` put entries in before somebody looks for the first time. */
  fillLater(fill: Later): void {
    this.#fill = fill
  }

  /** Fills it, if it is a directory that waits for that. */
  look(): void {
    const fill = this.#fill
    if (fill === undefined) return
    this.#fill = undefined
    fill.carryOut()
  }
}

const emptyContent = new Uint8Array(0)

/** Whole pages that a content of this length takes. */
export function pagesOf(bytes: number): number {
  return Math.ceil(bytes / pageBytes) * pageBytes
}

export function statOf(inode: Inode): FileStat {
  // What is made in a directory counts among its links.
  inode.look()
  const base = {
    type: inode.type,
    mode: inode.mode,
    uid: inode.uid,
    gid: inode.gid,
    size: sizeOf(inode),
    mtimeMs: inode.mtimeMs,
    inode: inode.id,
    links: inode.links,
  }
  return inode.type === 'symlink' ? { ...base, target: inode.target } : base
}

function sizeOf(inode: Inode): number {
  switch (inode.type) {
    case 'file':
      return inode.content.length
    case 'symlink':
      return utf8Length(inode.target)
    case 'directory':
      return inode.device.kind === 'tmpfs' ? tmpfsDirentBytes * (2 + (inode.entries?.size ?? 0)) : diskDirectoryBytes
  }
}

/** Whether a user may do what `bits` say (4 read, 2 write, 1 search or execute). User 0 may do everything. */
export function permits(inode: Inode, user: FsUser, bits: number): boolean {
  if (user.uid === 0) return true
  const shift = inode.uid === user.uid ? 6 : inode.gid === user.gid || user.groups.includes(inode.gid) ? 3 : 0
  return ((inode.mode >> shift) & bits) === bits
}

/** Whether who owns a file may give it to another: only to a group of their own. Source: Linux fs/attr.c, chown_ok and chgrp_ok. */
export function mayGive(inode: Inode, user: FsUser, uid: number, gid: number): boolean {
  if (user.uid === 0) return true
  const isSameUser = uid === -1 || uid === inode.uid
  return isSameUser && (gid === -1 || gid === inode.gid || gid === user.gid || user.groups.includes(gid))
}

/** What news of a change say of its file: whether that is a directory. */
export function directoryFlag(inode: Inode | undefined): { readonly directory?: true } {
  return inode?.type === 'directory' ? { directory: true } : {}
}
