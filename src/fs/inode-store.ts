import { type Device, Inode, pagesOf, type Reservation } from './inode.ts'
import type { FileStat, FsChange, FsErrorCode, Later } from './node-fs.ts'
import { UnreadTrees } from './unread-trees.ts'

/** What all views of one node share: inode numbers, time, the room that is left, and who listens. */
export interface InodeStore {
  /** Milliseconds since 1970. */
  now(): number
  /** How often a directory was renamed: paths that led below it lead there no more. */
  readonly renames: { count: number }
  /** Directories whose content is made when somebody looks. */
  readonly unread: UnreadTrees
  create(type: FileStat['type'], device: Device, mode: number): Inode
  /** Replaces a file's content, unless its device is full. */
  setContent(file: Inode, content: Uint8Array): FsErrorCode | undefined
  /** Takes a name from a directory; the inode's pages are freed with its last name or pin. */
  removeName(directory: Inode, name: string): void
  addName(directory: Inode, name: string, inode: Inode): void
  unpin(inode: Inode): void
  emit(change: FsChange): void
  observe(listener: (change: FsChange) => void): () => void
  /** Whether somebody hears of every change. */
  isObserved(): boolean
  /**
   * Keeps inode numbers, room and the present time for files that are made later. Undefined: there is no room, or somebody
   * hears of every change.
   */
  reserve(device: Device, inodes: number, bytes: number): Reservation | undefined
  /** Runs work as if it were when that was reserved; nobody hears of it. */
  asOf(reservation: Reservation, work: Later): void
  /** What a tmpfs can hold. */
  capacity(device: Device): number | undefined
  /** Whole pages in use by all tmpfs together. */
  tmpfsBytes(): number
  /** Whether nothing more can be written to disk. */
  isDiskFull: boolean
  /** Forgets what a tmpfs held, when it is unmounted or the power goes. */
  dropDevice(device: Device): void
}

export function createInodeStore(clock: () => number, memoryBytes: number): InodeStore {
  /** The time of work that is done later than it seems. */
  let pretended: number | undefined
  const now = () => pretended ?? clock()
  const listeners = new Set<(change: FsChange) => void>()
  let nextId = 2
  let tmpfsBytes = 0

  const capacity = (device: Device) =>
    device.kind === 'tmpfs' ? (device.sizeBytes ?? Math.floor(memoryBytes / 2)) : undefined
  const account = (device: Device, bytes: number): FsErrorCode | undefined => {
    if (device.kind !== 'tmpfs') return store.isDiskFull && bytes > 0 ? 'ENOSPC' : undefined
    if (device.dropped === true || bytes === 0) return undefined
    const limit = capacity(device) ?? 0
    if (bytes > 0 && (device.usedBytes + bytes > limit || tmpfsBytes + bytes > memoryBytes)) return 'ENOSPC'
    device.usedBytes += bytes
    tmpfsBytes += bytes
    return undefined
  }
  const free = (inode: Inode): void => {
    if (inode.links <= 0 && inode.pins === 0) account(inode.device, -pagesOf(inode.content.length))
  }

  const store: InodeStore = {
    now,
    isDiskFull: false,
    renames: { count: 0 },
    unread: new UnreadTrees(),
    create: (type, device, mode) => new Inode(nextId++, type, device, mode, now()),
    setContent(file, content) {
      const refused = account(file.device, pagesOf(content.length) - pagesOf(file.content.length))
      if (refused !== undefined) return refused
      file.content = content
      file.mtimeMs = now()
      return undefined
    },
    addName(directory, name, inode) {
      directory.entries?.set(name, inode)
      if (inode.type === 'directory') directory.links++
      directory.mtimeMs = now()
    },
    removeName(directory, name) {
      const inode = directory.entries?.get(name)
      if (inode === undefined) return
      directory.entries?.delete(name)
      directory.mtimeMs = now()
      inode.links -= inode.type === 'directory' ? 2 : 1
      if (inode.type === 'directory') directory.links--
      free(inode)
    },
    unpin(inode) {
      inode.pins--
      free(inode)
    },
    isObserved: () => listeners.size > 0,
    reserve(device, inodes, bytes) {
      if (listeners.size > 0 || account(device, bytes) !== undefined) return undefined
      const reservation: Reservation = { device, bytes, firstId: nextId, time: now() }
      nextId += inodes
      return reservation
    },
    asOf({ device, bytes, firstId, time }, work) {
      account(device, -bytes)
      const before = { nextId, pretended, isDiskFull: store.isDiskFull }
      nextId = firstId
      pretended = time
      store.isDiskFull = false
      try {
        work.carryOut()
      } finally {
        nextId = before.nextId
        pretended = before.pretended
        store.isDiskFull = before.isDiskFull
      }
    },
    emit(change) {
      if (pretended !== undefined) return
      for (const listener of listeners) listener(change)
    },
    observe(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    capacity,
    tmpfsBytes: () => tmpfsBytes,
    dropDevice(device) {
      tmpfsBytes -= device.usedBytes
      device.usedBytes = 0
      device.dropped = true
    },
  }
  return store
}
