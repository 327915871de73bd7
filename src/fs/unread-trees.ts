import { SparseMap } from '../kernel/sparse.ts'
import type { Reservation } from './device.ts'
import type { Inode } from './inode.ts'
import { KeptWork, kept } from './kept-work.ts'
import type { Later } from './node-fs.ts'
import { dirname, isWithin } from './path.ts'

/** Who carries out what was done, as of when it was. */
interface Past {
  asOf(reservation: Reservation, later: Later): void
}

/** A directory into which nobody has looked since it was made, with all that was done in it, in its order. */
export class UnreadTree implements Later {
  readonly path: string
  readonly directory: Inode
  readonly #trees: UnreadTrees
  readonly #past: Past
  /** A list as long as it has to be. What makes nothing stands for itself. */
  #pieces: readonly Later[] = []
  /** Directories in it that some piece makes. */
  #made: readonly string[] = []

  constructor(path: string, directory: Inode, trees: UnreadTrees, past: Past) {
    this.path = path
    this.directory = directory
    this.#trees = trees
    this.#past = past
  }

  /** How many of these directories, by their paths below it, no piece makes yet. */
  missing(directories: readonly string[]): number {
    let count = 0
    for (const each of directories) if (!this.#made.includes(each)) count++
    return count
  }

  add(later: Later, reservation?: Reservation, directories: readonly string[] = []): void {
    this.#pieces = this.#pieces.concat(reservation === undefined ? later : kept(later, reservation, false))
    // Most trees have the same few directories: they have the list in common. A longer one has no room to spare.
    if (this.#made.length === 0) this.#made = directories
    else if (this.missing(directories) > 0) this.#made = joined(this.#made, directories)
  }

  /** Adds what does `before` over. That is forgotten if it was done over what had been before, and if only such came after it. */
  redo(before: Later, later: Later, reservation: Reservation): void {
    this.#pieces = this.#withoutRedone(before).concat(kept(later, reservation, true))
  }

  #withoutRedone(later: Later): readonly Later[] {
    const pieces = this.#pieces
    const at = pieces.findIndex((piece) => piece instanceof KeptWork && piece.is(later))
    const isRedone = (piece: Later) => piece instanceof KeptWork && piece.isRedone
    return at > 0 && pieces.slice(at).every(isRedone) ? pieces.toSpliced(at, 1) : pieces
  }

  carryOut(): void {
    this.#trees.forget(this)
    for (const piece of this.#pieces)
      if (piece instanceof KeptWork) this.#past.asOf(piece, piece)
      else piece.carryOut()
  }
}

/** Both lists as one. Trees are made one after the other in the same way: the last answers again give them one list, and change nothing. */
function joined(made: readonly string[], directories: readonly string[]): readonly string[] {
  const known = lastJoined.find((each) => each.made === made && each.directories === directories)
  if (known !== undefined) return known.whole
  const whole = made.concat(directories.filter((each) => !made.includes(each)))
  lastJoined.unshift({ made, directories, whole })
  if (lastJoined.length > 8) lastJoined.pop()
  return whole
}

const lastJoined: Record<'made' | 'directories' | 'whole', readonly string[]>[] = []

/**
 * The unread trees of a node's file system. Whoever walks into one makes it, as a rename of what lies above does, which looks
 * for itself below; what mounts over one, or lists what is in all of them, looks into them first.
 */
export class UnreadTrees {
  readonly #byPath = new SparseMap<string, UnreadTree>()

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

  /** Takes in an empty directory; `past` runs what was done in it once somebody looks. */
  plant(path: string, directory: Inode, past: Past): void {
    const tree = new UnreadTree(path, directory, this, past)
    this.#byPath.set(path, tree)
    directory.fillLater(tree)
  }

  /** Somebody looks into it. */
  forget({ path }: UnreadTree): void {
    this.#byPath.delete(path)
  }

  /** Makes all that are at a path or below it. */
  look(path = '/'): void {
    for (const tree of [...this.#byPath.values()]) if (isWithin(tree.path, path)) tree.directory.look()
  }
}
