import { sameBytes, utf8Length } from '../../../bytes/bytes.ts'
import { goErrorText } from '../../../fs/error-text.ts'
import type { FileView, FsResult } from '../../../fs/node-fs.ts'
import { compareBytes, dirname, joinPath } from '../../../fs/path.ts'
import type { WalkPurpose } from './map-walks.ts'
import type { FileProjection, Payload } from './payload.ts'

/** Source: pkg/volume/util/atomic_writer.go, constants. */
const dataDirName = '..data'
const newDataDirName = '..data_tmp'
const maxFileNameLength = 255
const maxPathLength = 4096

/** Numbers of the steps, as told above `writeAtomically`. */
export type WriteStep = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10 | 11

export interface AtomicWriteOptions {
  readonly fs: FileView
  /** Target directory; it exists. */
  readonly directory: string
  readonly payload: Payload
  /** Name for a new time-stamped directory; asked again if it is taken. */
  readonly timestampName: () => string
  readonly linksAfterSwitch: boolean
  readonly repairsLinks: boolean
  /** Sets owners and modes of the whole volume before it is switched to the new data (since 1.26). */
  readonly setPermissions?: () => string | undefined
  /**
   * Called after each step that was done: a reader may look, and `crash` leaves everything as it is, as the death of the
   * kubelet at this moment would.
   */
  readonly after?: (step: WriteStep) => 'crash' | undefined
  /** Order in which Go walks its map, where it does; absent: that of the payload. */
  readonly mapOrder?: ((paths: readonly string[], purpose: WalkPurpose) => readonly string[]) | undefined
}

export type AtomicWriteResult =
  | { readonly ok: true; readonly written: boolean }
  | { readonly ok: false; readonly error: string; readonly crashed: boolean }

/**
 * Writes a payload into a directory so that all of it becomes visible in one step (U1):
 *
 *  1. check the paths
 *  2. read which time-stamped directory `..data` leads to now, if any
 *  3. walk that directory for paths that are no longer wanted
 *  4. compare contents; nothing new and nothing to remove: done (modes are not compared)
 *  5. make a new time-stamped directory
 *  6. write all files into it
 *  7. make the links that users see, where they are missing (since 1.23 this comes after 9); permissions (since 1.26)
 *  8. make the link `..data_tmp` to the new directory
 *  9. rename it to `..data`: the only step that readers see, and it is atomic
 * 10. remove the links of paths that are no longer wanted
 * 11. delete the old time-stamped directory
 *
 * Source: pkg/volume/util/atomic_writer.go, Write; facts/kubelet.md 4.4.
 */
export function writeAtomically(options: AtomicWriteOptions): AtomicWriteResult {
  const invalid = payloadError(options.payload) // (1)
  if (invalid !== undefined) return failure(invalid)
  const writer = new Writer(options)
  return writer.write()
}

/** What is wrong with the paths of a payload, if something is. Source: atomic_writer.go, validatePayload. */
export function payloadError(payload: Payload): string | undefined {
  for (const path of payload.keys()) {
    const error = pathError(path)
    if (error !== undefined) return error
  }
  return undefined
}

function failure(error: string): AtomicWriteResult {
  return { ok: false, error, crashed: false }
}

/** A step's outcome: undefined when it went well. */
type Trouble = AtomicWriteResult | undefined
const crash: AtomicWriteResult = { ok: false, error: 'the kubelet died', crashed: true }

class Writer {
  readonly #options: AtomicWriteOptions
  readonly #fs: FileView
  readonly #directory: string
  readonly #payload: ReadonlyMap<string, FileProjection>

  constructor(options: AtomicWriteOptions) {
    this.#options = options
    this.#fs = options.fs
    this.#directory = options.directory
    this.#payload = new Map([...options.payload].map(([path, file]) => [joinPath(path), file]))
  }

  write(): AtomicWriteResult {
    const fs = this.#fs
    const { linksAfterSwitch, repairsLinks } = this.#options
    if (this.#died(1)) return crash
    const link = this.#path(dataDirName)
    const old = fs.readlink(link) // (2)
    if (!old.ok && old.code !== 'ENOENT') return failure(goErrorText('readlink', link, old.code))
    if (this.#died(2)) return crash
    let unwanted: readonly string[] = []
    if (old.ok) {
      unwanted = this.#unwanted(this.#path(old.value)) // (3)
      if (this.#died(3)) return crash
      const same = this.#isWritten(this.#path(old.value)) && unwanted.length === 0 // (4)
      if (this.#died(4)) return crash
      if (same) {
        const repaired = repairsLinks ? this.#makeLinks() : undefined
        return repaired ?? { ok: true, written: false }
      }
    }
    const made = this.#makeDirectory() // (5)
    if (typeof made !== 'string') return made
    if (this.#died(5)) return crash
    const written = this.#writeFiles(made) // (6)
    if (written !== undefined) return written
    if (this.#died(6)) return crash
    if (!linksAfterSwitch) {
      const linked = this.#makeLinks() // (7)
      if (linked !== undefined) return linked
      if (this.#died(7)) return crash
    }
    const refused = this.#options.setPermissions?.()
    if (refused !== undefined) return failure(refused)
    const switched = this.#switch(made)
    if (switched !== undefined) return switched
    if (linksAfterSwitch) {
      const linked = this.#makeLinks() // (7)
      if (linked !== undefined) return linked
      if (this.#died(7)) return crash
    }
    return this.#removeOld(unwanted, old.ok ? old.value : undefined)
  }

  /** (8) and (9). */
  #switch(directory: string): Trouble {
    const fs = this.#fs
    const name = directory.slice(directory.lastIndexOf('/') + 1)
    const temporary = this.#path(newDataDirName)
    const linked = fs.symlink(name, temporary)
    if (!linked.ok) {
      fs.removeAll(directory)
      return failure(goErrorText(`symlink ${name}`, temporary, linked.code))
    }
    if (this.#died(8)) return crash
    const renamed = fs.rename(temporary, this.#path(dataDirName))
    if (!renamed.ok) {
      fs.unlink(temporary)
      fs.removeAll(directory)
      return failure(goErrorText(`rename ${temporary}`, this.#path(dataDirName), renamed.code))
    }
    return this.#died(9) ? crash : undefined
  }

  /** (10) and (11). */
  #removeOld(unwanted: readonly string[], oldName: string | undefined): AtomicWriteResult {
    let failed: AtomicWriteResult | undefined
    for (const path of this.#ordered(unwanted, 'remove')) {
      if (path.includes('/')) continue
      const at = this.#path(path)
      const removed = this.#remove(at)
      if (!removed.ok) failed = failure(goErrorText('remove', at, removed.code))
    }
    if (failed !== undefined) return failed
    if (this.#died(10)) return crash
    if (oldName !== undefined) {
      const gone = this.#fs.removeAll(this.#path(oldName))
      if (!gone.ok) return failure(goErrorText('unlinkat', gone.path, gone.code))
    }
    return this.#died(11) ? crash : { ok: true, written: true }
  }

  /** A directory that a subPath has made, too, if it is empty. Source: Go os/file_unix.go, Remove. */
  #remove(path: string): FsResult {
    const unlinked = this.#fs.unlink(path)
    if (unlinked.ok || unlinked.code !== 'EISDIR') return unlinked
    return this.#fs.rmdir(path)
  }

  /** Paths of the old directory that the payload neither has nor needs as a directory, in order of bytes. */
  #unwanted(oldDirectory: string): readonly string[] {
    const wanted = new Set<string>()
    for (const path of this.#payload.keys())
      for (let at = path; at !== '' && !wanted.has(at); at = parentOf(at)) wanted.add(at)
    const found: string[] = []
    const visit = (path: string): void => {
      const names = this.#fs.readdir(path === '' ? oldDirectory : `${oldDirectory}/${path}`)
      if (!names.ok) return
      for (const name of names.value) {
        const inside = path === '' ? name : `${path}/${name}`
        if (!wanted.has(inside)) found.push(inside)
        const stat = this.#fs.lstat(`${oldDirectory}/${inside}`)
        if (stat.ok && stat.value.type === 'directory') visit(inside)
      }
    }
    visit('')
    return found.sort(compareBytes)
  }

  #isWritten(oldDirectory: string): boolean {
    for (const [path, { data }] of this.#payload) {
      const content = this.#fs.readFile(`${oldDirectory}/${path}`)
      if (!content.ok || !sameBytes(content.value, data)) return false
    }
    return true
  }

  /** Made with 0700 as all temporary directories are, then opened to everyone, whatever the umask. */
  #makeDirectory(): string | AtomicWriteResult {
    for (;;) {
      const path = this.#path(this.#options.timestampName())
      const made = this.#fs.mkdir(path, 0o700)
      if (!made.ok && made.code === 'EEXIST') continue
      if (!made.ok) return failure(goErrorText('mkdir', path, made.code))
      this.#fs.chmod(path, 0o755)
      return path
    }
  }

  #writeFiles(directory: string): Trouble {
    for (const path of this.#ordered([...this.#payload.keys()], 'write')) {
      const file = this.#payload.get(path)
      if (file === undefined) continue
      const full = `${directory}/${path}`
      const parent = this.#fs.mkdirAll(dirname(full), 0o777)
      if (!parent.ok) return failure(goErrorText('mkdir', parent.path, parent.code))
      const written: FsResult = this.#fs.writeFile(full, file.data, file.mode)
      if (!written.ok) return failure(goErrorText(written.code === 'ENOSPC' ? 'write' : 'open', full, written.code))
      this.#fs.chmod(full, file.mode)
      if (file.uid !== undefined) this.#fs.chown(full, file.uid, -1)
    }
    return undefined
  }

  #makeLinks(): Trouble {
    for (const path of this.#ordered([...this.#payload.keys()], 'link')) {
      const name = path.includes('/') ? path.slice(0, path.indexOf('/')) : path
      const link = this.#path(name)
      const there = this.#fs.readlink(link)
      if (there.ok || there.code !== 'ENOENT') continue
      const made = this.#fs.symlink(`${dataDirName}/${name}`, link)
      if (!made.ok) return failure(goErrorText(`symlink ${dataDirName}/${name}`, link, made.code))
    }
    return undefined
  }

  #path(name: string): string {
    return `${this.#directory}/${name}`
  }

  #ordered(paths: readonly string[], purpose: WalkPurpose): readonly string[] {
    return this.#options.mapOrder?.(paths, purpose) ?? paths
  }

  #died(step: WriteStep): boolean {
    return this.#options.after?.(step) === 'crash'
  }
}

/** What is wrong with a path of a payload. Source: atomic_writer.go, validatePath. */
function pathError(path: string): string | undefined {
  if (plainName.test(path)) return undefined
  if (path === '') return 'invalid path: must not be empty: ""'
  if (path.startsWith('/')) return `invalid path: must be relative path: ${path}`
  if (utf8Length(path) > maxPathLength) return `invalid path: must be less than or equal to ${maxPathLength} characters`
  const parts = path.split('/')
  for (const part of parts) {
    if (part === '..') return `invalid path: must not contain '..': ${path}`
    if (utf8Length(part) > maxFileNameLength)
      return `invalid path: filenames must be less than or equal to ${maxFileNameLength} characters`
  }
  const [first = ''] = parts
  return first.startsWith('..') && first.length > 2 ? `invalid path: must not start with '..': ${path}` : undefined
}

/** Nearly all are keys, and nothing can be wrong with these. */
const plainName = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,200}$/

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/')
  return slash === -1 ? '' : path.slice(0, slash)
}
