import { Bell } from '../../../kernel/bell.ts'

/** What can run short on a machine: bytes of memory and of disk, and inodes of the disk. */
export type Scarce = 'memory' | 'disk' | 'inodes'

type Amounts<T> = Readonly<Record<Scarce, T>>

/** Who wants to hear of what Pods take. */
export interface SpaceWatcher {
  /** `changed` is rung when less than this is left. */
  readonly little: Amounts<number>
  wrote(podUid: string): void
}

/** Bytes of disk for each inode that it can hold. Source: e2fsprogs, mke2fs.conf, inode_ratio. */
const bytesForEachInode = 16384

/**
 * Memory and disk of a machine: what Pods use of them, and what something has taken that is no Pod. Nothing looks at it until
 * somebody wants to hear when little is left.
 */
export class MachineSpace {
  readonly capacity: Amounts<number>
  /** Rung when something was taken or given back, and when less is left than somebody wants there to be. */
  readonly changed = new Bell()
  readonly #used: Amounts<() => number>
  readonly #taken: Record<Scarce, number> = { memory: 0, disk: 0, inodes: 0 }
  #watcher: SpaceWatcher | undefined

  /** `used`: by Pods, now. */
  constructor(
    { memory, disk }: Readonly<Record<'memory' | 'disk', number>>,
    used: Readonly<Record<'memory' | 'disk', () => number>>,
  ) {
    this.capacity = { memory, disk, inodes: Math.floor(disk / bytesForEachInode) }
    this.#used = { memory: used.memory, disk: used.disk, inodes: () => 0 }
  }

  /** Something takes all but so much, as things are now. */
  leave(what: Scarce, amount: number): void {
    this.#taken[what] = Math.max(0, this.capacity[what] - this.#used[what]() - amount)
    this.changed.ring()
  }

  /** It has gone. */
  giveBack(what: Scarce): void {
    this.#taken[what] = 0
    this.changed.ring()
  }

  available(what: Scarce): number {
    return Math.max(0, this.capacity[what] - this.#used[what]() - this.#taken[what])
  }

  /** From now on this one is told, and nobody else. */
  watch(watcher: SpaceWatcher | undefined): void {
    this.#watcher = watcher
  }

  /** Pods use more than before. */
  grew(what: Scarce): void {
    if (this.#watcher !== undefined && this.available(what) < this.#watcher.little[what]) this.changed.ring()
  }

  /** A container of this Pod has written to the disk. */
  wrote(podUid: string): void {
    this.grew('disk')
    this.#watcher?.wrote(podUid)
  }
}
