import { extended } from '../kernel/extended.ts'
import type { Device } from './device.ts'
import { appended } from './growing.ts'
import { directoryFlag, type Inode, mayGive, pagesOf, permits, statOf } from './inode.ts'
import type { InodeStore } from './inode-store.ts'
import { isBelow, mayLink } from './new-names.ts'
import type { FileStat, FileView, FsChange, FsErrorCode, FsResult, FsUser, MountInfo, TmpfsPayer } from './node-fs.ts'
import { compareBytes, joinPath } from './path.ts'
import { type Found, type Mount, type Namespace, nodePathOf, walk } from './walk.ts'

const done: FsResult = { ok: true, value: undefined }
const defaultFileMode = 0o666

/** Where a view finds its files. */
export interface NamespaceHolder {
  readonly namespace: Namespace
  /** A container's own layer; undefined while nobody has looked into it. */
  readonly layer?: Device | undefined
}

export interface ViewOptions {
  readonly store: InodeStore
  readonly holder: NamespaceHolder
  readonly user: FsUser
  readonly umask: number
  readonly payer?: TmpfsPayer | undefined
}

/** Files as one namespace and one user see them. A class, for every container has one. */
export class MemoryFileView implements FileView {
  readonly #store: InodeStore
  readonly #holder: NamespaceHolder
  readonly #user: FsUser
  readonly #umask: number
  readonly #payer: TmpfsPayer | undefined

  constructor(options: ViewOptions) {
    this.#store = options.store
    this.#holder = options.holder
    this.#user = options.user
    this.#umask = options.umask
    this.#payer = options.payer
  }

  /** The same files as another user sees them. */
  protected seenBy(user: FsUser): FileView {
    return this.#asOf(user, this.#umask)
  }

  #asOf(user: FsUser, umask: number): FileView {
    return new MemoryFileView({ store: this.#store, holder: this.#holder, user, umask, payer: this.#payer })
  }

  get umask(): number {
    return this.#umask
  }

  withUmask(umask: number): FileView {
    return this.#asOf(this.#user, umask)
  }

  protected get layer(): Device | undefined {
    return this.#holder.layer
  }

  protected dropLayer(): void {
    if (this.#holder.layer !== undefined) this.#store.dropDevice(this.#holder.layer)
  }

  #looked(): Namespace {
    this.#store.late?.catchUp()
    return this.#holder.namespace
  }

  stat(path: string): FsResult<FileStat> {
    const at = this.#existing(path, true)
    return at.ok ? { ok: true, value: statOf(at.inode) } : at
  }

  lstat(path: string): FsResult<FileStat> {
    const at = this.#existing(path, false)
    return at.ok ? { ok: true, value: statOf(at.inode) } : at
  }

  readFile(path: string): FsResult<Uint8Array> {
    const at = this.#existing(path, true)
    if (!at.ok) return at
    if (at.inode.type === 'directory') return this.#no('EISDIR', path)
    if (!permits(at.inode, this.#user, 4)) return this.#no('EACCES', path)
    return { ok: true, value: at.inode.content }
  }

  readlink(path: string): FsResult<string> {
    const at = this.#existing(path, false)
    if (!at.ok) return at
    return at.inode.type === 'symlink' ? { ok: true, value: at.inode.target } : this.#no('EINVAL', path)
  }

  readdir(path: string): FsResult<readonly string[]> {
    const listed = this.#list(path)
    return listed.ok ? { ok: true, value: listed.value.sort(compareBytes) } : listed
  }

  directoryOrder(path: string): FsResult<readonly string[]> {
    const at = this.#existing(path, true)
    const listed = this.#list(path)
    if (!listed.ok || !at.ok) return listed
    const newestFirst = at.inode.device.kind === 'tmpfs'
    return { ok: true, value: newestFirst ? listed.value.reverse() : listed.value.sort(compareBytes) }
  }

  realpath(path: string): FsResult<string> {
    const at = this.#existing(path, true)
    return at.ok ? { ok: true, value: at.found.path } : at
  }

  access(path: string, bits: number): FsResult {
    const at = this.#existing(path, true)
    if (!at.ok) return at
    if ((bits & 2) !== 0 && at.found.mount.readOnly) return this.#no('EROFS', path)
    return permits(at.inode, this.#user, bits) ? done : this.#no('EACCES', path)
  }

  nodePath(path: string): string | undefined {
    const at = walk(this.#looked(), path, true, this.#user)
    return at.ok ? nodePathOf(at.mount, at.path) : undefined
  }

  mounts(): readonly MountInfo[] {
    this.#store.unread.look()
    const { root, mounts } = this.#looked()
    return [root, ...mounts.values()].map((mount) => ({
      source: mount.root.device.kind === 'disk' ? '/dev/sda1' : mount.root.device.kind,
      path: mount.path,
      type: mount.root.device.kind === 'disk' ? 'ext4' : mount.root.device.kind,
      readOnly: mount.readOnly,
      sizeBytes: mount.root.device.sizeBytes,
      capacityBytes: this.#store.capacity(mount.root.device),
      usedBytes: mount.root.device.kind === 'tmpfs' ? mount.root.device.usedBytes : 0,
    }))
  }

  writeFile(path: string, content: Uint8Array, mode: number = defaultFileMode): FsResult {
    return this.#write(path, content, mode, false)
  }

  appendFile(path: string, content: Uint8Array, mode: number = defaultFileMode): FsResult {
    return this.#write(path, content, mode, true)
  }

  /** A slash at the end is no matter here. Source: Linux fs/namei.c, filename_create with LOOKUP_DIRECTORY. */
  mkdir(path: string, mode: number): FsResult {
    const at = this.#missing(path.replace(/(?<=.)\/+$/, ''))
    if (!at.ok) return at
    return this.#make(at, 'directory', mode, 'mkdir', { mode })
  }

  mkdirAll(path: string, mode: number): FsResult {
    const at = this.#existing(path, true)
    if (at.ok) return at.inode.type === 'directory' ? done : this.#no('ENOTDIR', path)
    const parent = joinPath(path, '..')
    if (at.code === 'ENOENT' && parent !== path) {
      const above = this.mkdirAll(parent, mode)
      if (!above.ok) return above
    }
    const made = this.mkdir(path, mode)
    return !made.ok && made.code === 'EEXIST' && this.stat(path).ok ? done : made
  }

  symlink(target: string, path: string): FsResult {
    const at = this.#missing(path)
    if (!at.ok) return at
    return this.#make(at, 'symlink', 0o777, 'symlink', { target })
  }

  link(from: string, to: string): FsResult {
    const source = this.#existing(from, false)
    if (!source.ok) return source
    const at = this.#missing(to)
    if (!at.ok) return at
    const refused = mayLink(source.inode, source.found.mount, at, this.#user)
    if (refused !== undefined || at.parent === undefined) return this.#no(refused ?? 'EEXIST', to)
    this.#store.addLink(at.parent, at.name, source.inode)
    this.#tell('create', at, { mode: source.inode.mode })
    return done
  }

  rename(from: string, to: string): FsResult {
    const source = this.#existing(from, false)
    if (!source.ok) return source
    const target = walk(this.#looked(), to, false, this.#user)
    if (!target.ok) return this.#no(target.code, to)
    const moved = source.inode
    const refused = this.#mayRename(source.found, moved, target)
    if (refused !== undefined) return this.#no(refused, to)
    if (target.inode === moved || source.found.parent === undefined || target.parent === undefined) return done
    if (target.inode !== undefined) this.#store.removeName(target.parent, target.name)
    source.found.parent.entries?.delete(source.found.name)
    source.found.parent.mtimeMs = this.#store.now()
    if (moved.type === 'directory') {
      source.found.parent.links--
      this.#store.renames.count++
    }
    this.#store.addName(target.parent, target.name, moved)
    const detail = { to: nodePathOf(target.parentMount, target.path), ...directoryFlag(moved) }
    this.#tell('rename', source.found, detail)
    return done
  }

  unlink(path: string): FsResult {
    const at = this.#removable(path)
    if (!at.ok) return at
    if (at.inode.type === 'directory') return this.#no('EISDIR', path)
    return this.#remove(at.found, 'unlink')
  }

  rmdir(path: string): FsResult {
    const at = this.#removable(path)
    if (!at.ok) return at
    if (at.inode.entries === undefined) return this.#no('ENOTDIR', path)
    if (at.inode.entries.size > 0) return this.#no('ENOTEMPTY', path)
    return this.#remove(at.found, 'rmdir')
  }

  removeAll(path: string): FsResult {
    const at = this.lstat(path)
    if (!at.ok) return at.code === 'ENOENT' || at.code === 'ENOTDIR' ? done : at
    if (at.value.type !== 'directory') return this.unlink(path)
    const names = this.directoryOrder(path)
    if (!names.ok) return names
    for (const name of names.value) {
      const removed = this.removeAll(joinPath(path, name))
      if (!removed.ok) return removed
    }
    return this.rmdir(path)
  }

  chmod(path: string, mode: number): FsResult {
    const at = this.#owned(path, true)
    if (!at.ok) return at
    at.inode.mode = mode & 0o7777
    this.#tell('chmod', at.found, { mode, ...directoryFlag(at.inode) })
    return done
  }

  chown(path: string, uid: number, gid: number): FsResult {
    const at = this.#owned(path, false)
    if (!at.ok) return at
    if (!mayGive(at.inode, this.#user, uid, gid)) return this.#no('EACCES', path)
    if (uid !== -1) at.inode.uid = uid
    if (gid !== -1) at.inode.gid = gid
    this.#tell('chown', at.found, { uid, gid, ...directoryFlag(at.inode) })
    return done
  }

  touch(path: string, atMs = this.#store.now()): FsResult {
    const at = this.#existing(path, true)
    if (!at.ok) return at
    if (at.found.mount.readOnly) return this.#no('EROFS', path)
    if (!permits(at.inode, this.#user, 2)) return this.#no('EACCES', path)
    at.inode.mtimeMs = atMs
    return done
  }

  #write(path: string, content: Uint8Array, mode: number, append: boolean): FsResult {
    const at = walk(this.#looked(), path, true, this.#user)
    if (!at.ok) return this.#no(at.code, path)
    if (at.inode?.type === 'directory') return this.#no('EISDIR', path)
    if (at.mount.readOnly) return this.#no('EROFS', path)
    let file = at.inode
    if (file === undefined) {
      const made = this.#make({ ...at, ok: true }, 'file', mode, 'create', { mode })
      if (!made.ok) return made
      file = at.parent?.entries?.get(at.name)
    } else if (!permits(file, this.#user, 2)) return this.#no('EACCES', path)
    if (file === undefined) return this.#no('ENOENT', path)
    // The bytes are the file's own: a caller may go on using its buffer.
    const whole = append ? appended(file.content, content) : content.slice()
    const before = pagesOf(file.content.length)
    const refused = this.#store.setContent(file, whole)
    if (refused !== undefined) return this.#no(refused, path)
    this.#tell('write', at, { bytes: content.length })
    if (file.device.kind === 'tmpfs') this.#payer?.takeTmpfs(pagesOf(whole.length) - before)
    else this.#payer?.wroteToDisk()
    return done
  }

  #list(path: string): FsResult<string[]> {
    const at = this.#existing(path, true)
    if (!at.ok) return at
    if (at.inode.entries === undefined) return this.#no('ENOTDIR', path)
    if (!permits(at.inode, this.#user, 4)) return this.#no('EACCES', path)
    return { ok: true, value: [...at.inode.entries.keys()] }
  }

  #make(
    at: Found,
    type: FileStat['type'],
    mode: number,
    op: FsChange['op'],
    detail: Record<string, unknown>,
  ): FsResult {
    const parent = at.parent
    if (parent === undefined) return this.#no('EEXIST', at.path)
    if (at.parentMount.readOnly) return this.#no('EROFS', at.path)
    if (parent.links < 2) return this.#no('ENOENT', at.path)
    if (!permits(parent, this.#user, 3)) return this.#no('EACCES', at.path)
    const inode = this.#store.create(type, parent.device, type === 'symlink' ? 0o777 : mode & 0o7777 & ~this.#umask)
    inode.uid = this.#user.uid
    // A directory with the set-group-id bit hands its group down, and to directories the bit too.
    inode.gid = (parent.mode & 0o2000) !== 0 ? parent.gid : this.#user.gid
    if (type === 'directory') inode.mode |= parent.mode & 0o2000
    if (type === 'symlink') inode.target = String(detail.target)
    this.#store.addName(parent, at.name, inode)
    this.#tell(op, at, inode.type === 'directory' ? extended(detail, { directory: true as const }) : detail)
    return done
  }

  #remove(at: Found, op: 'unlink' | 'rmdir'): FsResult {
    if (at.parent === undefined) return this.#no('EBUSY', at.path)
    const flag = directoryFlag(at.inode)
    if (at.inode?.device.kind === 'tmpfs' && at.inode.links === 1)
      this.#payer?.takeTmpfs(-pagesOf(at.inode.content.length))
    this.#store.removeName(at.parent, at.name)
    this.#tell(op, { ...at, mount: at.parentMount }, flag)
    return done
  }

  #mayRename(source: Found, moved: Inode, target: Found): FsErrorCode | undefined {
    const from = source.parent
    const to = target.parent
    if (from === undefined || to === undefined || source.mount !== source.parentMount) return 'EBUSY'
    if (source.parentMount.readOnly || target.parentMount.readOnly) return 'EROFS'
    if (from.device !== to.device) return 'EINVAL'
    if (!permits(from, this.#user, 3) || !permits(to, this.#user, 3)) return 'EACCES'
    if (moved.type === 'directory' && isBelow(to, moved)) return 'EINVAL'
    const over = target.inode
    if (over === undefined || over === moved) return undefined
    if (target.mount !== target.parentMount) return 'EBUSY'
    if (moved.type === 'directory' && over.entries === undefined) return 'ENOTDIR'
    if (moved.type !== 'directory' && over.entries !== undefined) return 'EISDIR'
    return over.entries !== undefined && over.entries.size > 0 ? 'ENOTEMPTY' : undefined
  }

  #existing(path: string, follow: boolean): Existing | Refusal {
    const at = walk(this.#looked(), path, follow, this.#user)
    if (!at.ok) return this.#no(at.code, path)
    if (at.inode === undefined) return this.#no('ENOENT', path)
    return { ok: true, found: at, inode: at.inode }
  }

  #missing(path: string): Found | Refusal {
    const at = walk(this.#looked(), path, false, this.#user)
    if (!at.ok) return this.#no(at.code, path)
    return at.inode === undefined ? at : this.#no('EEXIST', path)
  }

  #removable(path: string): Existing | Refusal {
    const at = this.#existing(path, false)
    if (!at.ok) return at
    if (at.found.parent === undefined || at.found.mount !== at.found.parentMount) return this.#no('EBUSY', path)
    if (this.#looked().mounts.has(at.inode)) return this.#no('EBUSY', path)
    if (at.found.parentMount.readOnly) return this.#no('EROFS', path)
    return permits(at.found.parent, this.#user, 3) ? at : this.#no('EACCES', path)
  }

  #owned(path: string, follow: boolean): Existing | Refusal {
    const at = this.#existing(path, follow)
    if (!at.ok) return at
    if (at.found.mount.readOnly) return this.#no('EROFS', path)
    // What is in it was made while mode and owner were still others.
    at.inode.look()
    return this.#user.uid === 0 || this.#user.uid === at.inode.uid ? at : this.#no('EACCES', path)
  }

  #no(code: FsErrorCode, path: string): Refusal {
    return { ok: false, code, path }
  }

  #tell(op: FsChange['op'], at: { mount: Mount; path: string }, detail: Record<string, unknown> | undefined): void {
    const path = nodePathOf(at.mount, at.path)
    if (path === undefined) return
    this.#store.emit(detail === undefined ? { op, path } : { op, path, detail })
  }
}

interface Existing {
  readonly ok: true
  readonly found: Found
  readonly inode: Inode
}
interface Refusal {
  readonly ok: false
  readonly code: FsErrorCode
  readonly path: string
}
