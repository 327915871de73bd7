/**
 * The file system of one node, as far as Secrets go: directories, files, symbolic links, mounts of tmpfs and bind mounts.
 * Paths are absolute and normalised, `/` separates. Content is bytes. Contract; `memory-fs.ts` implements it.
 */

import type { EpochMs } from '../kernel/calendar.ts'
import type { Reservation } from './device.ts'

export type FsErrorCode =
  | 'ENOENT'
  | 'EEXIST'
  | 'ENOTDIR'
  | 'EISDIR'
  | 'ENOTEMPTY'
  | 'EROFS'
  | 'EINVAL'
  | 'ELOOP'
  | 'EBUSY'
  | 'ENOSPC'
  | 'EACCES'
  | 'ENAMETOOLONG'
  | 'EPERM'
  | 'EXDEV'

export type FsResult<T = void> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly code: FsErrorCode; readonly path: string }

export interface FileStat {
  readonly type: 'file' | 'directory' | 'symlink'
  /** Permission bits, setuid/setgid/sticky included: 0o1777. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Length in bytes; of a link: of its target text. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly mtimeMs: number
  readonly inode: number
  readonly links: number
  /** Target, for symbolic links. */
  readonly target?: string
}

/** What changed, in the order in which the kernel would tell inotify. The journal and `update-order` timelines read it. */
export interface FsChange {
  readonly op:
    | 'mkdir'
    | 'create'
    | 'write'
    | 'chmod'
    | 'chown'
    | 'symlink'
    | 'rename'
    | 'unlink'
    | 'rmdir'
    | 'mount'
    | 'unmount'
  /** On the node, also if a container changed it; changes to a container's own root are not told. */
  readonly path: string
  /**
   * `mode` as asked for (before the umask), `bytes`, `uid`, `gid`, `target`, `to` (of a rename); `directory: true` where
   * it is one.
   */
  readonly detail?: Readonly<Record<string, unknown>>
}

/** A view on the node's files: the node's own root, or a container's root with its mounts. */
export interface FileView {
  /** Follows a final symbolic link. */
  stat(path: string): FsResult<FileStat>
  lstat(path: string): FsResult<FileStat>
  readFile(path: string): FsResult<Uint8Array>
  readlink(path: string): FsResult<string>
  /** Names in bytewise order, without `.` and `..`. */
  readdir(path: string): FsResult<readonly string[]>
  /**
   * Names as the kernel hands them out, which `find`, `os.RemoveAll` and Go's `Readdirnames` show: newest first on tmpfs,
   * bytewise elsewhere. Source: simple directory listing of Linux before 6.6 (fs/libfs.c), seen in update-order timelines.
   */
  directoryOrder(path: string): FsResult<readonly string[]>
  /** Absolute path with all links resolved. */
  realpath(path: string): FsResult<string>
  writeFile(path: string, content: Uint8Array, mode?: number): FsResult
  /** Adds to the end of a file, which is made if it is absent. */
  appendFile(path: string, content: Uint8Array, mode?: number): FsResult
  /** The umask applies, as to `writeFile`; `chmod` sets what it is given. */
  mkdir(path: string, mode: number): FsResult
  mkdirAll(path: string, mode: number): FsResult
  symlink(target: string, path: string): FsResult
  /** One more name for a file. Of a final symbolic link itself. */
  link(from: string, to: string): FsResult
  rename(from: string, to: string): FsResult
  unlink(path: string): FsResult
  rmdir(path: string): FsResult
  removeAll(path: string): FsResult
  chmod(path: string, mode: number): FsResult
  /** Of a final symbolic link itself (lchown). -1 leaves an id as it is. */
  chown(path: string, uid: number, gid: number): FsResult
  /** Sets the time of last change, to now unless given. */
  touch(path: string, atMs?: number): FsResult
  /** Bits that what is made lacks. */
  readonly umask: number
  /** The same files for who makes others with another umask. */
  withUmask(umask: number): FileView
  /** Whether the view's user may read (4), write (2) or search and execute (1); any bits together. */
  access(path: string, bits: number): FsResult
  /** Where a path of this view is on the node; undefined for what only the container has. */
  nodePath(path: string): string | undefined
  /** What `mount` would list in this view, oldest first. */
  mounts(): readonly MountInfo[]
}

export interface MountInfo {
  readonly source: string
  readonly path: string
  readonly type: 'tmpfs' | 'overlay' | 'ext4'
  readonly readOnly: boolean
  /** As the mount was given it. */
  readonly sizeBytes: number | undefined
  /** What it can hold; undefined for disks, which podsim does not measure. */
  readonly capacityBytes: number | undefined
  readonly usedBytes: number
}

/** Who a view belongs to: file permissions are checked for anyone but user 0. */
export interface FsUser {
  readonly uid: number
  readonly gid: number
  readonly groups: readonly number[]
}

export interface TmpfsUsage {
  readonly mountPoint: string
  readonly usedBytes: number
  /** Undefined: half of the node's memory, the kernel's default. */
  readonly sizeBytes: number | undefined
}

export interface BindMount {
  /** Path inside the container. */
  readonly containerPath: string
  /** Path on the node; bound by inode, so that a later rename above it is not seen. */
  readonly hostPath: string
  readonly readOnly: boolean
}

/** A file that the node has for one container, beside its image's files and its mounts. */
export interface OwnFile {
  readonly containerPath: string
  readonly content: Uint8Array
  readonly mode: number
  /** Where it lies on the node, from which it is mounted: writable, whatever the root is. Absent: it lies in the container's own layer. */
  readonly hostPath?: string
}

/** Who knows them; asked when somebody first looks into the container. */
export interface FileOwner {
  ownFiles(): readonly OwnFile[]
}

/** What a container's files are made of. */
export interface ContainerParts {
  /** By path; a path that ends in `/` is a directory. */
  readonly rootFiles: Readonly<Record<string, Uint8Array>>
  readonly mounts: readonly BindMount[]
  readonly readOnlyRoot: boolean
  /** Absent: the node has no files for it. */
  readonly owner?: FileOwner | undefined
}

/** Who has a container: nothing else is kept of its files while nobody looks into them, or into what they bind. */
export interface ContainerOwner {
  /** What they are made of: always the same, and asked when somebody looks. */
  parts(): ContainerParts
  /** The file system's own: what it made of them. */
  tree: Later | undefined
  /** Has the file system `lookUp` what it binds. */
  carryOut(): void
}

/** What is kept for files that are written when somebody looks. */
export interface LaterFiles {
  readonly inodes: number
  readonly bytes: number
}

/** Something that was done in a directory, and is carried out when somebody looks. */
export interface Later {
  carryOut(): void
}

/** Has yet to write what has been written by now. */
export interface LateWriter {
  /** Called before anybody looks or changes anything. */
  catchUp(): void
  /** Called before somebody hears of every change from now on. */
  disturbed(): void
}

/** What is kept for what is done in an unread directory. */
export interface LaterGrowth extends LaterFiles {
  /** Directories below it, by their paths, that this makes if nothing before it did; beside its `inodes`. */
  readonly directories: readonly string[]
  /** Size of the tmpfs that the `bytes` are on. */
  readonly sizeBytes?: number | undefined
  /**
   * What this does over: it leaves nothing of it but what had been there before. If that did something over itself, and only such
   * things were done since, it need not be carried out any more.
   */
  readonly redoes?: Later | undefined
}

export interface NodeFs extends FileView {
  mountTmpfs(path: string, options: { readonly sizeBytes?: number; readonly mode: number }): FsResult
  /** Binds the very file or directory that `source` is now. */
  bindMount(source: string, path: string): FsResult
  unmount(path: string): FsResult
  isMountPoint(path: string): boolean
  /** Whether the path lies on a tmpfs: the root of one (`mountPoint`), inside of one, or not at all. */
  isOnTmpfs(path: string): boolean
  tmpfsUsage(): readonly TmpfsUsage[]
  /** Whole pages in use by all tmpfs together, and on the disk, containers' own layers included. */
  readonly tmpfsBytes: number
  readonly diskBytes: number
  /** From now on this is called whenever tmpfs take more room than before. */
  whenTmpfsGrows(heard: () => void): void
  /** Whether writes to the disk, containers' own layers included, find no room; tmpfs has room of its own. */
  setDiskFull(isFull: boolean): void
  /** A container's view: its image's files, writable unless said otherwise, below its mounts. */
  containerView(options: ContainerParts & ContainerUser): ContainerFiles
  /** A container is made: what its mounts bind is from now on what it is at this moment. */
  bind(owner: ContainerOwner, mounts: ContainerParts['mounts']): void
  /** For the owner that carries out. */
  lookUp(owner: ContainerOwner): void
  /** The view of one that was bound. */
  viewOf(owner: ContainerOwner, user: ContainerUser): ContainerFiles
  /**
   * Leaves what `fill` would write into the empty directory at `path` unwritten until somebody looks into it; then it is as
   * if it had been written now: times, inode numbers (`inodes` of them) and room (`bytes`, whole pages) are kept for it.
   * False: it has to be written at once, for somebody hears of every change, something is there, or there is no room.
   */
  fillLater(path: string, needs: LaterFiles, fill: (view: FileView) => void): boolean
  /**
   * Leaves what will be done in the empty directory at `path` undone until somebody looks into it or into anything below.
   * False: somebody hears of every change, or something is there.
   */
  plantLater(path: string): boolean
  /**
   * Adds what is done in an unread directory of `plantLater`, to be carried out in its order and as of now (or as was kept for what
   * comes late), with this file system. False: it has to be done at once, for somebody has looked, or there is no room.
   */
  growLater(path: string, needs: LaterGrowth, later: Later, late?: Reservation): boolean
  /** Whether nobody has looked into the directory at `path` since `fillLater` or `plantLater`. */
  isUnread(path: string): boolean
  /** All mounts are lost and the tmpfs content with them; directories on disk stay (node reboot). */
  reboot(): void
  /** From now on this one writes late. */
  writesLate(writer: LateWriter): void
  /** Whether somebody hears of every change: then nothing may be written late. */
  readonly isObserved: boolean
  /** Keeps inode numbers for what is written late, as of an instant of the past. */
  reserveLate(inodes: number, time: EpochMs): Reservation
  /** Carries out what is written late. */
  writeLate(reservation: Reservation, later: Later): void
  /** Called after each change. Returns how to stop. */
  observe(listener: (change: FsChange) => void): () => void
}

/** As whom a container's files are seen. */
export interface ContainerUser {
  /** Absent: root. */
  readonly user?: FsUser
  /** Whose memory what is written through this view to a tmpfs counts as. */
  readonly payer?: TmpfsPayer
}

/** Whom pages of a tmpfs count against. */
export interface TmpfsPayer {
  /** Negative: they are given back. */
  takeTmpfs(bytes: number): void
  /** Something was written that is on no tmpfs. */
  wroteToDisk(): void
}

/** A container's files; other users of the same container see the same tree. */
export interface ContainerFiles extends FileView {
  as(user: FsUser): FileView
  /** What was written into the container's own layer over its image, in whole pages. */
  readonly writtenBytes: number
  /** Nobody has looked into it yet, nor written: its files are those that it began with. */
  readonly isUntouched: boolean
  /** The layer is removed with its container. */
  discard(): void
}
