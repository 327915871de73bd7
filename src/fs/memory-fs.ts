import { type Calendar, createCalendar, defaultEpochMs } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import { buildContainerNamespace } from './container-namespace.ts'
import { MemoryFileView } from './file-view.ts'
import type { Device, Inode } from './inode.ts'
import { createInodeStore } from './inode-store.ts'
import type { FsErrorCode, FsResult, FsUser, NodeFs, TmpfsUsage } from './node-fs.ts'
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
  const store = createInodeStore(() => calendar.at(kernel.now()), memoryBytes)
  const disk: Device = { kind: 'disk', sizeBytes: undefined, usedBytes: 0 }
  const rootMount: Mount = {
    root: store.create('directory', disk, 0o755),
    covered: undefined,
    path: '/',
    nodePath: '/',
    readOnly: false,
    kind: 'root',
  }
  const namespace: Namespace = { root: rootMount, mounts: new Map(), renames: store.renames, near: [] }
  const view = new MemoryFileView({ store, namespace: () => namespace, user: rootUser, umask })
  /** How many mounts lie directly inside of each. */
  const inside = new Map<Mount, number>()
  const enclosing = new Map<Mount, Mount>()
  const refuse = (code: FsErrorCode, path: string) => ({ ok: false, code, path }) as const

  const mount = (root: Inode, path: string, nodePath: string, kind: 'tmpfs' | 'bind', readOnly: boolean): FsResult => {
    const at = walk(namespace, path, true, rootUser)
    if (!at.ok) return refuse(at.code, path)
    if (at.inode === undefined) return refuse('ENOENT', path)
    store.unread.look(at.path)
    if ((root.type === 'directory') !== (at.inode.type === 'directory')) return refuse('ENOTDIR', path)
    const made: Mount = { root, covered: at.inode, path: at.path, nodePath, readOnly, kind }
    namespace.mounts.set(at.inode, made)
    namespace.near = []
    enclosing.set(made, at.mount)
    inside.set(at.mount, (inside.get(at.mount) ?? 0) + 1)
    store.emit({ op: 'mount', path: at.path, detail: { kind } })
    return { ok: true, value: undefined }
  }
  const mountAt = (path: string): Mount | undefined => {
    const at = walk(namespace, path, true, rootUser)
    return at.ok && at.inode !== undefined && at.mount.root === at.inode && at.mount !== rootMount
      ? at.mount
      : undefined
  }
  const release = (gone: Mount): void => {
    namespace.near = []
    if (gone.covered !== undefined) namespace.mounts.delete(gone.covered)
    const outer = enclosing.get(gone)
    enclosing.delete(gone)
    inside.delete(gone)
    if (outer !== undefined && inside.has(outer)) inside.set(outer, (inside.get(outer) ?? 1) - 1)
    if (gone.kind === 'tmpfs') store.dropDevice(gone.root.device)
    else store.unpin(gone.root)
  }

  return Object.assign(view, {
    mountTmpfs(path, { sizeBytes, mode }) {
      const device: Device = { kind: 'tmpfs', sizeBytes, usedBytes: 0 }
      const at = walk(namespace, path, true, rootUser)
      return mount(store.create('directory', device, mode), path, at.ok ? at.path : path, 'tmpfs', false)
    },
    bindMount(source, path) {
      const from = walk(namespace, source, true, rootUser)
      if (!from.ok) return refuse(from.code, source)
      if (from.inode === undefined) return refuse('ENOENT', source)
      const at = walk(namespace, path, true, rootUser)
      const bound = mount(from.inode, path, at.ok ? at.path : path, 'bind', from.mount.readOnly)
      if (bound.ok) from.inode.pins++
      return bound
    },
    unmount(path) {
      const gone = mountAt(path)
      if (gone === undefined) return refuse('EINVAL', path)
      if ((inside.get(gone) ?? 0) > 0) return refuse('EBUSY', path)
      release(gone)
      store.emit({ op: 'unmount', path: gone.path })
      return { ok: true, value: undefined }
    },
    isMountPoint: (path) => mountAt(path) !== undefined,
    isOnTmpfs(path) {
      const at = walk(namespace, path, true, rootUser)
      return at.ok && at.inode?.device.kind === 'tmpfs'
    },
    setDiskFull(isFull) {
      store.isDiskFull = isFull
    },
    tmpfsUsage(): readonly TmpfsUsage[] {
      store.unread.look()
      return [...namespace.mounts.values()]
        .filter((each) => each.kind === 'tmpfs')
        .map(({ path, root }) => ({
          mountPoint: path,
          usedBytes: root.device.usedBytes,
          sizeBytes: root.device.sizeBytes,
        }))
    },
    containerView({ rootFiles, mounts, readOnlyRoot, user = rootUser, charge }) {
      const built = buildContainerNamespace({ store, node: namespace, rootFiles, mounts, readOnlyRoot })
      const rest = charge === undefined ? {} : { charge }
      const as = (each: FsUser) =>
        new MemoryFileView({ store, namespace: built, user: each, umask: defaultUmask, ...rest })
      return Object.assign(as(user), { as })
    },
    fillLater(path, { inodes, bytes }, fill) {
      const at = walk(namespace, path, true, rootUser)
      if (!at.ok || at.inode?.entries === undefined || at.inode.entries.size > 0) return false
      const directory = at.inode
      const reservation = store.reserve(directory.device, inodes, bytes)
      if (reservation === undefined) return false
      directory.mtimeMs = store.now()
      directory.fillLater(() => {
        // By itself, wherever it is mounted by then.
        const root: Mount = { ...rootMount, root: directory, nodePath: undefined }
        const alone: Namespace = { root, mounts: new Map(), renames: store.renames, near: [] }
        const within = new MemoryFileView({ store, namespace: () => alone, user: rootUser, umask })
        store.asOf(reservation, { carryOut: () => fill(within) })
      })
      return true
    },
    plantLater(path) {
      const at = walk(namespace, path, true, rootUser)
      if (!at.ok || at.inode?.entries === undefined || at.inode.entries.size > 0 || store.isObserved()) return false
      store.unread.plant(at.path, at.inode, store.asOf)
      return true
    },
    growLater(path, { directories, inodes, bytes, sizeBytes, redoes }, later) {
      const tree = store.unread.at(path)
      if (tree === undefined) return false
      // The tmpfs is not there yet: what it will hold is kept on one that stands for it.
      const device: Device = bytes === 0 ? tree.directory.device : { kind: 'tmpfs', sizeBytes, usedBytes: 0 }
      const reservation = store.reserve(device, tree.missing(directories) + inodes, bytes)
      if (reservation === undefined) return false
      if (redoes === undefined) tree.add(later, reservation, directories)
      else tree.redo(redoes, later, reservation)
      return true
    },
    isUnread(path) {
      if (store.unread.at(path) !== undefined) return true
      const at = walk(namespace, path, true, rootUser)
      return at.ok && at.inode?.isUnread === true
    },
    reboot() {
      store.unread.look()
      for (const gone of [...namespace.mounts.values()].reverse()) release(gone)
      namespace.mounts.clear()
    },
    observe: (listener) => store.observe(listener),
  } satisfies Omit<NodeFs, keyof MemoryFileView>)
}
