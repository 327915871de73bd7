import type { Inode } from './inode.ts'
import type { Later } from './node-fs.ts'
import { dirname, isWithin } from './path.ts'

/** Runs work as if it were then: with the inode numbers, the room and the time that were kept for it. */
export type AsOfThen = (work: () => void) => void

interface Piece {
  readonly later: Later
  /** Undefined: it makes nothing. */
  readonly asOfThen: AsOfThen | undefined
}

/** A directory into which nobody has looked since it was made, with all that was done in it, in its order. */
export class UnreadTree {
  readonly path: string
  readonly directory: Inode
  readonly #pieces: Piece[] = []
  /** Directories in it that some piece makes. */
  readonly #made: string[] = []

  constructor(path: string, directory: Inode) {
    this.path = path
    this.directory = directory
  }

  /** How many of these directories, by their paths below it, no piece makes yet. */
  missing(directories: readonly string[]): number {
    let count = 0
    for (const each of directories) if (!this.#made.includes(each)) count++
    return count
  }

  add(later: Later, asOfThen?: AsOfThen, directories: readonly string[] = []): void {
    this.#pieces.push({ later, asOfThen })
    for (const each of directories) if (!this.#made.includes(each)) this.#made.push(each)
  }

  carryOut(): void {
    for (const { later, asOfThen } of this.#pieces) {
      if (asOfThen === undefined) later.carryOut()
      else asOfThen(() => later.carryOut())
    }
  }
}

/**
 * The unread trees of a node's file system. Whoever walks into one makes it, as a rename of what lies above does, which looks
 * for itself below; what mounts over one, or lists what is in all of them, looks into them first.
 */
export class UnreadTrees {
  readonly #byPath = new Map<string, UnreadTree>()

  at(path: string): UnreadTree | undefined {
    return this.#byPath.get(path)
  }

  /** The one that a path leads into. */
  above(path: string): UnreadTree | undefined {
    if (this.#byPath.size === 0) return undefined
    for (let at = dirname(path); at !== '/'; at = dirname(at)) {
      const tree = this.#byPath.get(at)
      if (tree !== undefined) return tree
    }
    return undefined
  }

  plant(path: string, directory: Inode): void {
    const tree = new UnreadTree(path, directory)
    this.#byPath.set(path, tree)
    directory.fillLater(() => {
      this.#byPath.delete(path)
      tree.carryOut()
    })
  }

  /** Makes all that are at a path or below it. */
  look(path = '/'): void {
    for (const tree of [...this.#byPath.values()]) if (isWithin(tree.path, path)) tree.directory.look()
  }
}
