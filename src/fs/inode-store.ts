import { SparseSet } from '../kernel/sparse.ts'
import type { Device, Reservation } from './device.ts'
import { Inode, pagesOf } from './inode.ts'
import type { FileStat, FsChange, FsErrorCode, Later, LateWriter } from './node-fs.ts'
import { UnreadTrees } from './unread-trees.ts'

/** What all views of one node share: inode numbers, time, the room that is left, and who listens. */
export class InodeStore {
  /** How often a directory was renamed: paths that led below it lead there no more. */
  readonly renames = { count: 0 }
  /** Directories whose content is made when somebody looks. */
  readonly unread = new UnreadTrees()
  /** Whether nothing more can be written to disk. */
  isDiskFull = false
  /** Who has yet to write what has been written by now. */
  late: LateWriter | undefined
  readonly #clock: () => number
  readonly #memoryBytes: number
  readonly #listeners = new SparseSet<(change: FsChange) => void>()
  /** The time of work that is done later than it seems. */
  #pretended: number | undefined
  #nextId = 2
  /** Whole pages in use by all tmpfs together. */
  #tmpfsBytes = 0
  /** The same on the disk, containers' own layers included. */
  #diskBytes = 0
  /** Called when tmpfs take more room than before. */
  tmpfsGrew: (() => void) | undefined

  constructor(clock: () => number, memoryBytes: number) {
    this.#clock = clock
    this.#memoryBytes = memoryBytes
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#pretended ?? this.#clock()
  }

  create(type: FileStat['type'], device: Device, mode: number): Inode {
    return new Inode(this.#nextId++, type, device, mode, this.now())
  }

  /** Replaces a file's content, unless its device is full. */
  setContent(file: Inode, content: Uint8Array): FsErrorCode | undefined {
    const refused = this.#account(file.device, pagesOf(content.length) - pagesOf(file.content.length))
    if (refused !== undefined) return refused
    file.content = content
    file.mtimeMs = this.now()
    return undefined
  }

  addName(directory: Inode, name: string, inode: Inode): void {
    directory.entries?.set(name, inode)
    if (inode.type === 'directory') directory.links++
    directory.mtimeMs = this.now()
  }

  /** One more name for a file. */
  addLink(directory: Inode, name: string, file: Inode): void {
    file.links++
    this.addName(directory, name, file)
  }

  /** Takes a name from a directory; the inode's pages are freed with its last name or pin. */
  removeName(directory: Inode, name: string): void {
    const inode = directory.entries?.get(name)
    if (inode === undefined) return
    directory.entries?.delete(name)
    directory.mtimeMs = this.now()
    inode.links -= inode.type === 'directory' ? 2 : 1
    if (inode.type === 'directory') directory.links--
    this.#free(inode)
  }

  unpin(inode: Inode): void {
    inode.pins--
    this.#free(inode)
  }

  emit(change: FsChange): void {
    if (this.#pretended !== undefined) return
    for (const listener of this.#listeners) listener(change)
  }

  observe(listener: (change: FsChange) => void): () => void {
    this.late?.disturbed()
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Whether somebody hears of every change. */
  get isObserved(): boolean {
    return this.#listeners.size > 0
  }

  /**
   * Keeps inode numbers, room and the present time for files that are made later. Undefined: there is no room, or somebody
   * hears of every change.
   */
  reserve(device: Device, inodes: number, bytes: number): Reservation | undefined {
    if (this.isObserved || this.#account(device, bytes) !== undefined) return undefined
    const reservation: Reservation = { device, bytes, firstId: this.#nextId, time: this.now() }
    this.#nextId += inodes
    return reservation
  }

  /** The same as of an instant of the past, for files that take no more room than there is. */
  reserveAt(device: Device, inodes: number, time: number): Reservation {
    const reservation: Reservation = { device, bytes: 0, firstId: this.#nextId, time }
    this.#nextId += inodes
    return reservation
  }

  /** Runs work as if it were when that was reserved; nobody hears of it. */
  asOf({ device, bytes, firstId, time }: Reservation, work: Later): void {
    this.#account(device, -bytes)
    const before = { nextId: this.#nextId, pretended: this.#pretended, isDiskFull: this.isDiskFull }
    this.#nextId = firstId
    this.#pretended = time
    this.isDiskFull = false
    try {
      work.carryOut()
    } finally {
      this.#nextId = before.nextId
      this.#pretended = before.pretended
      this.isDiskFull = before.isDiskFull
    }
  }

  /** What a tmpfs can hold. */
  capacity(device: Device): number | undefined {
    return device.kind === 'tmpfs' ? (device.sizeBytes ?? Math.floor(this.#memoryBytes / 2)) : undefined
  }

  get tmpfsBytes(): number {
    return this.#tmpfsBytes
  }

  get diskBytes(): number {
    return this.#diskBytes
  }

  /** Forgets what a tmpfs held, when it is unmounted or the power goes, or a container's layer, when that is removed. */
  dropDevice(device: Device): void {
    this.notCounted(device)
    device.dropped = true
  }

  /** What was written so far does not count: an image's files are the image's. */
  notCounted(device: Device): void {
    if (device.kind === 'tmpfs') this.#tmpfsBytes -= device.usedBytes
    else this.#diskBytes -= device.usedBytes
    device.usedBytes = 0
  }

  #account(device: Device, bytes: number): FsErrorCode | undefined {
    if (device.dropped === true || bytes === 0) return undefined
    if (device.kind !== 'tmpfs') {
      if (this.isDiskFull && bytes > 0) return 'ENOSPC'
      device.usedBytes += bytes
      this.#diskBytes += bytes
      return undefined
    }
    const isTooMuch =
      device.usedBytes + bytes > (this.capacity(device) ?? 0) || this.#tmpfsBytes + bytes > this.#memoryBytes
    if (bytes > 0 && isTooMuch) return 'ENOSPC'
    device.usedBytes += bytes
    this.#tmpfsBytes += bytes
    if (bytes > 0) this.tmpfsGrew?.()
    return undefined
  }

  #free(inode: Inode): void {
    if (inode.links <= 0 && inode.pins === 0) this.#account(inode.device, -pagesOf(inode.content.length))
  }
}
