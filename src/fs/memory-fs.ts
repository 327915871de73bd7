import { type Calendar, createCalendar, defaultEpochMs, type EpochMs } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { SparseMap } from '../kernel/sparse.ts'
import { ContainerNamespace } from './container-namespace.ts'
import type { Device, Reservation } from './device.ts'
import { MemoryFileView, type NamespaceHolder } from './file-view.ts'
import type { Inode } from './inode.ts'
import { InodeStore } from './inode-store.ts'
import type {
  BindMount,
  ContainerFiles,
  ContainerOwner,
  ContainerUser,
  FileView,
  FsChange,
  FsErrorCode,
  FsResult,
  FsUser,
  Later,
  LaterFiles,
  LaterGrowth,
  LateWriter,
  NodeFs,
  TmpfsUsage,
} from './node-fs.ts'
import type { UnreadTree } from './unread-trees.ts'
import { type Mount, type Namespace, walk } from './walk.ts'

export interface NodeFsOptions {
  readonly kernel: Kernel
  /** Memory of the node: a tmpfs without a size may hold half of it, all of them together all of it. */
  readonly memoryBytes: number
  /** Absent: virtual time begins at `defaultEpochMs`. */
  readonly calendar?: Calendar
  /** What new files and directories lack of the mode that was asked for. */
  readonly umask?: number
}

const rootUser: FsUser = { uid: 0, gid: 0, groups: [] }
/** What systemd services and most shells run with. */
const defaultUmask = 0o022

/** The file system of one node: a disk, tmpfs mounts, and views for containers (S2: what is on tmpfs is on no disk). */
export function createNodeFs(options: NodeFsOptions): NodeFs {
  const { kernel, memoryBytes, calendar = createCalendar(defaultEpochMs), umask = defaultUmask } = options
  return new MemoryNodeFs(new InodeStore(() => calendar.at(kernel.now()), memoryBytes), umask)
}

class ContainerView extends MemoryFileView implements ContainerFiles {
  get writtenBytes(): number {
    return Math.max(0, this.layer?.usedBytes ?? 0)
  }

  get isUntouched(): boolean {
    return this.layer === undefined
  }

  discard(): void {
    this.dropLayer()
  }

  as(user: FsUser): FileView {
    return this.seenBy(user)
  }
}

/** Makes the tree of a container when somebody looks. */
class LateHolder implements NamespaceHolder {
  readonly #owner: ContainerOwner
  readonly #treeOf: (owner: ContainerOwner) => ContainerNamespace

  constructor(owner: ContainerOwner, treeOf: (owner: ContainerOwner) => ContainerNamespace) {
    this.#owner = owner
    this.#treeOf = treeOf
  }

  get namespace(): Namespace {
    return this.#treeOf(this.#owner).namespace
  }

  get layer(): Device | undefined {
    return this.#owner.tree instanceof ContainerNamespace ? this.#owner.tree.layer : undefined
  }
}

class MemoryNodeFs extends MemoryFileView implements NodeFs {
  readonly #store: InodeStore
  readonly #umask: number
  readonly #root: Mount
  readonly #namespace: Namespace
  /** How many mounts lie directly inside of each. */
  readonly #inside = new SparseMap<Mount, number>()
  readonly #enclosing = new SparseMap<Mount, Mount>()
  /** Stands for all tmpfs that are made when somebody looks: nobody asks how much is on it. */
  readonly #toBe: Device = { kind: 'tmpfs', sizeBytes: undefined, usedBytes: 0 }

  constructor(store: InodeStore, umask: number) {
    const disk: Device = { kind: 'disk', sizeBytes: undefined, usedBytes: 0 }
    const root: Mount = {
      root: store.create('directory', disk, 0o755),
      covered: undefined,
      path: '/',
      nodePath: '/',
      readOnly: false,
      kind: 'root',
    }
    const namespace: Namespace = { root, mounts: new SparseMap(), renames: store.renames, near: [] }
    super({ store, holder: { namespace }, user: rootUser, umask })
    this.#store = store
    this.#umask = umask
    this.#root = root
    this.#namespace = namespace
  }

  mountTmpfs(path: string, { sizeBytes, mode }: { readonly sizeBytes?: number; readonly mode: number }): FsResult {
    const device: Device = { kind: 'tmpfs', sizeBytes, usedBytes: 0 }
    const at = this.#walk(path)
    return this.#mount(this.#store.create('directory', device, mode), path, at.ok ? at.path : path, 'tmpfs', false)
  }

  bindMount(source: string, path: string): FsResult {
    const from = this.#walk(source)
    if (!from.ok) return refusal(from.code, source)
    if (from.inode === undefined) return refusal('ENOENT', source)
    const at = this.#walk(path)
    const bound = this.#mount(from.inode, path, at.ok ? at.path : path, 'bind', from.mount.readOnly)
    if (bound.ok) from.inode.pins++
    return bound
  }

  unmount(path: string): FsResult {
    const gone = this.#mountAt(path)
    if (gone === undefined) return refusal('EINVAL', path)
    if ((this.#inside.get(gone) ?? 0) > 0) return refusal('EBUSY', path)
    this.#release(gone)
    this.#store.emit({ op: 'unmount', path: gone.path })
    return { ok: true, value: undefined }
  }

  isMountPoint(path: string): boolean {
    return this.#mountAt(path) !== undefined
  }

  isOnTmpfs(path: string): boolean {
    const at = this.#walk(path)
    return at.ok && at.inode?.device.kind === 'tmpfs'
  }

  setDiskFull(isFull: boolean): void {
    this.#store.isDiskFull = isFull
  }

  tmpfsUsage(): readonly TmpfsUsage[] {
    this.#store.late?.catchUp()
    this.#store.unread.look()
    return [...this.#namespace.mounts.values()]
      .filter((each) => each.kind === 'tmpfs')
      .map(({ path, root }) => ({
        mountPoint: path,
        usedBytes: root.device.usedBytes,
        sizeBytes: root.device.sizeBytes,
      }))
  }

  get tmpfsBytes(): number {
    return this.#store.tmpfsBytes
  }

  get diskBytes(): number {
    return this.#store.diskBytes
  }

  whenTmpfsGrows(heard: () => void): void {
    this.#store.tmpfsGrew = heard
  }

  containerView(options: Parameters<NodeFs['containerView']>[0]): ContainerFiles {
    const { user = rootUser, payer } = options
    const store = this.#store
    const holder = new ContainerNamespace(store, this.#namespace, options)
    return new ContainerView({ store, holder, user, umask: defaultUmask, payer })
  }

  bind(owner: ContainerOwner, mounts: readonly BindMount[]): void {
    const tree = this.#treeOver(mounts)
    if (tree !== undefined) tree.add(owner)
    else if (mounts.length > 0) owner.tree = new ContainerNamespace(this.#store, this.#namespace, owner.parts())
  }

  lookUp(owner: ContainerOwner): void {
    this.#treeOf(owner).carryOut()
  }

  viewOf(owner: ContainerOwner, { user = rootUser, payer }: ContainerUser): ContainerFiles {
    const holder = new LateHolder(owner, (its) => this.#treeOf(its))
    return new ContainerView({ store: this.#store, holder, user, umask: defaultUmask, payer })
  }

  /** The tree of a container that was bound: its place in an unread one is kept. */
  #treeOf(owner: ContainerOwner): ContainerNamespace {
    if (owner.tree instanceof ContainerNamespace) return owner.tree
    const tree = new ContainerNamespace(this.#store, this.#namespace, owner.parts(), true)
    owner.tree = tree
    return tree
  }

  /** The unread tree in which all lies that is bound, if there is one. */
  #treeOver([first, ...others]: readonly BindMount[]): UnreadTree | undefined {
    const { unread } = this.#store
    const tree = first && unread.above(first.hostPath)
    return others.every(({ hostPath }) => unread.above(hostPath) === tree) ? tree : undefined
  }

  fillLater(path: string, { inodes, bytes }: LaterFiles, fill: (view: FileView) => void): boolean {
    const directory = this.#emptyDirectory(path)?.inode
    const reservation = directory && this.#store.reserve(directory.device, inodes, bytes)
    if (directory === undefined || reservation === undefined) return false
    directory.mtimeMs = this.#store.now()
    const carryOut = (): void => this.#store.asOf(reservation, { carryOut: () => fill(this.#viewOf(directory)) })
    directory.fillLater({ carryOut })
    return true
  }

  plantLater(path: string): boolean {
    const at = this.#emptyDirectory(path)
    if (at === undefined || this.#store.isObserved) return false
    this.#store.unread.plant(at.path, at.inode, this.#store)
    return true
  }

  growLater(
    path: string,
    { directories, inodes, bytes, sizeBytes, redoes }: LaterGrowth,
    later: Later,
    late?: Reservation,
  ): boolean {
    this.#store.late?.catchUp()
    const tree = this.#store.unread.at(path)
    if (tree === undefined) return false
    // The tmpfs is not there yet: whether it will hold that is asked of one that stands for it, and what is kept for all is with one of them.
    const device: Device = bytes === 0 ? tree.directory.device : { kind: 'tmpfs', sizeBytes, usedBytes: 0 }
    const reserved = late ?? this.#store.reserve(device, tree.missing(directories) + inodes, bytes)
    if (reserved === undefined) return false
    const reservation = reserved.device === device && bytes > 0 ? { ...reserved, device: this.#toBe } : reserved
    if (redoes === undefined) tree.add(later, reservation, directories)
    else tree.redo(redoes, later, reservation)
    return true
  }

  isUnread(path: string): boolean {
    if (this.#store.unread.at(path) !== undefined) return true
    const at = this.#walk(path)
    return at.ok && at.inode?.isUnread === true
  }

  reboot(): void {
    this.#store.unread.look()
    for (const gone of [...this.#namespace.mounts.values()].reverse()) this.#release(gone)
    this.#namespace.mounts.clear()
  }

  writesLate(writer: LateWriter): void {
    this.#store.late = writer
  }

  get isObserved(): boolean {
    return this.#store.isObserved
  }

  reserveLate(inodes: number, time: EpochMs): Reservation {
    return this.#store.reserveAt(this.#root.root.device, inodes, time)
  }

  writeLate(reservation: Reservation, later: Later): void {
    this.#store.asOf(reservation, later)
  }

  observe(listener: (change: FsChange) => void): () => void {
    return this.#store.observe(listener)
  }

  #walk(path: string): ReturnType<typeof walk> {
    return walk(this.#namespace, path, true, rootUser)
  }

  #mount(root: Inode, path: string, nodePath: string, kind: 'tmpfs' | 'bind', readOnly: boolean): FsResult {
    const at = this.#walk(path)
    if (!at.ok) return refusal(at.code, path)
    if (at.inode === undefined) return refusal('ENOENT', path)
    this.#store.unread.look(at.path)
    if ((root.type === 'directory') !== (at.inode.type === 'directory')) return refusal('ENOTDIR', path)
    const made: Mount = { root, covered: at.inode, path: at.path, nodePath, readOnly, kind }
    this.#namespace.mounts.set(at.inode, made)
    this.#namespace.near.length = 0
    this.#enclosing.set(made, at.mount)
    this.#inside.set(at.mount, (this.#inside.get(at.mount) ?? 0) + 1)
    this.#store.emit({ op: 'mount', path: at.path, detail: { kind } })
    return { ok: true, value: undefined }
  }

  #mountAt(path: string): Mount | undefined {
    const at = this.#walk(path)
    return at.ok && at.inode !== undefined && at.mount.root === at.inode && at.mount !== this.#root
      ? at.mount
      : undefined
  }

  #release(gone: Mount): void {
    this.#namespace.near.length = 0
    if (gone.covered !== undefined) this.#namespace.mounts.delete(gone.covered)
    const outer = this.#enclosing.get(gone)
    this.#enclosing.delete(gone)
    this.#inside.delete(gone)
    if (outer !== undefined && this.#inside.has(outer)) this.#inside.set(outer, (this.#inside.get(outer) ?? 1) - 1)
    if (gone.kind === 'tmpfs') this.#store.dropDevice(gone.root.device)
    else this.#store.unpin(gone.root)
  }

  /** The directory at a path with the path that it has without links, if nothing is in it. */
  #emptyDirectory(path: string): { readonly path: string; readonly inode: Inode } | undefined {
    this.#store.late?.catchUp()
    const at = this.#walk(path)
    if (!at.ok || at.inode?.entries === undefined || at.inode.entries.size > 0) return undefined
    return { path: at.path, inode: at.inode }
  }

  /** A directory by itself, wherever it is mounted. */
  #viewOf(directory: Inode): FileView {
    const root: Mount = { ...this.#root, root: directory, nodePath: undefined }
    const alone: Namespace = { root, mounts: new SparseMap(), renames: this.#store.renames, near: [] }
    return new MemoryFileView({ store: this.#store, holder: { namespace: alone }, user: rootUser, umask: this.#umask })
  }
}

function refusal(code: FsErrorCode, path: string) {
  return { ok: false, code, path } as const
}
