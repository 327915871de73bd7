import { utf8Length } from '../bytes/bytes.ts'
import type { SparseMap } from '../kernel/sparse.ts'
import { type Inode, permits } from './inode.ts'
import type { FsErrorCode, FsUser } from './node-fs.ts'

/** A mounted directory or file, in one mount namespace. */
export interface Mount {
  readonly root: Inode
  /** What the mount hides; undefined for the root of a namespace. */
  readonly covered: Inode | undefined
  /** Where it is in its namespace, all links resolved. */
  readonly path: string
  /** Where its root is on the node, or undefined when it is no part of the node's tree (a container's own root). */
  readonly nodePath: string | undefined
  readonly readOnly: boolean
  /** `tmpfs`, `bind`, `root`. */
  readonly kind: 'tmpfs' | 'bind' | 'root'
}

/** Mounts of the node or of one container. */
export interface Namespace {
  readonly root: Mount
  /** By the inode that they cover. Whoever changes them forgets `near`. */
  readonly mounts: SparseMap<Inode, Mount>
  /** How often a directory of the node was renamed. */
  readonly renames: { count: number }
  /** Directories that were last gone to by plain paths, the newest first: the next path often leads there, or below. */
  readonly near: Near[]
}

/**
 * A directory, by a path without links. It is still there while it has its links and no directory was renamed: what lies
 * above it can't have been removed before it.
 */
interface Near {
  readonly path: string
  readonly inode: Inode
  readonly mount: Mount
  readonly renames: number
}

/** Where a path leads. `inode` is undefined when only the last element is missing. */
export interface Found {
  readonly ok: true
  /** Directory that holds the last element; undefined for the root itself. */
  readonly parent: Inode | undefined
  readonly parentMount: Mount
  readonly name: string
  readonly inode: Inode | undefined
  /** Mount that `inode` is in; of a missing one, its parent's. */
  readonly mount: Mount
  /** All links resolved. */
  readonly path: string
}
export type WalkResult = Found | { readonly ok: false; readonly code: FsErrorCode }

/** Source: Linux fs/namei.c, MAXSYMLINKS. */
const maxLinks = 40
/** Source: Linux limits.h, NAME_MAX and PATH_MAX (which counts the final zero). */
const nameMax = 255
const pathMax = 4096

interface Step {
  readonly inode: Inode
  readonly mount: Mount
  readonly name: string
}

const isTooLong = (text: string, max: number) => text.length > max || (text.length * 3 > max && utf8Length(text) > max)

/** Follows a path from the root of a namespace, through links and mounts. */
export function walk(namespace: Namespace, path: string, followLast: boolean, user: FsUser): WalkResult {
  if (isTooLong(path, pathMax - 1)) return { ok: false, code: 'ENAMETOOLONG' }
  return walkPlain(namespace, path, followLast, user) ?? walkAny(namespace, path, followLast, user)
}

/**
 * The same for a path without links, `.`, `..` and doubled slashes, which most are: nothing is allocated on the way.
 * Undefined: it is not such a path.
 */
function walkPlain(namespace: Namespace, path: string, followLast: boolean, user: FsUser): WalkResult | undefined {
  let inode = namespace.root.root
  let mount = namespace.root
  let start = 1
  if (path.length < 2 || path.charCodeAt(0) !== slash) return undefined
  // Whoever is not root has to be let through every directory on the way.
  const near = user.uid === 0 ? nearestOf(namespace, path) : undefined
  if (near !== undefined) {
    inode = near.inode
    mount = near.mount
    start = near.path.length + 1
  }
  for (;;) {
    const end = path.indexOf('/', start)
    const isLast = end === -1
    const length = (isLast ? path.length : end) - start
    if (length === 0 || length > nameMax / 3 || (path.charCodeAt(start) === dot && length < 3)) return undefined
    if (inode.entries === undefined) return { ok: false, code: 'ENOTDIR' }
    if (!permits(inode, user, 1)) return { ok: false, code: 'EACCES' }
    const name = isLast ? path.slice(start) : path.slice(start, end)
    const child = inode.entries.get(name)
    if (child === undefined) {
      if (!isLast) return { ok: false, code: 'ENOENT' }
      if (near?.inode !== inode) remember(namespace, path, start - 1, inode, mount)
      return { ok: true, parent: inode, parentMount: mount, name, inode: undefined, mount, path }
    }
    if (child.type === 'symlink' && (!isLast || followLast)) return undefined
    const parent = inode
    const parentMount = mount
    inode = child
    for (let over = namespace.mounts.get(inode); over !== undefined; over = namespace.mounts.get(inode)) {
      inode = over.root
      mount = over
    }
    if (isLast) {
      if (near?.inode !== parent) remember(namespace, path, start - 1, parent, parentMount)
      return { ok: true, parent, parentMount, name, inode, mount, path }
    }
    start = end + 1
  }
}

/** The deepest of the directories that were last gone to on the way of the path. */
function nearestOf({ near, renames }: Namespace, path: string): Near | undefined {
  let nearest: Near | undefined
  for (let i = 0; i < near.length; i++) {
    const each = near[i]
    if (each === undefined) continue
    const { length } = each.path
    if (path.charCodeAt(length) !== slash || (nearest !== undefined && length <= nearest.path.length)) continue
    if (each.renames === renames.count && each.inode.links >= 2 && path.startsWith(each.path)) nearest = each
  }
  return nearest
}

/** Directories that a namespace remembers. */
const nearAtMost = 4

function remember(namespace: Namespace, path: string, end: number, inode: Inode, mount: Mount): void {
  if (end <= 0) return
  if (namespace.near.length === nearAtMost) namespace.near.pop()
  namespace.near.unshift({ path: path.slice(0, end), inode, mount, renames: namespace.renames.count })
}

const slash = 47
const dot = 46

function walkAny(namespace: Namespace, path: string, followLast: boolean, user: FsUser): WalkResult {
  const top = namespace.root
  const steps: Step[] = [{ inode: top.root, mount: top, name: '' }]
  const pending = path.split('/').reverse()
  let links = 0
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (name === '' || name === '.') continue
    const here = steps[steps.length - 1] as Step
    if (here.inode.entries === undefined) return { ok: false, code: 'ENOTDIR' }
    if (!permits(here.inode, user, 1)) return { ok: false, code: 'EACCES' }
    if (name === '..') {
      if (steps.length > 1) steps.pop()
      continue
    }
    if (isTooLong(name, nameMax)) return { ok: false, code: 'ENAMETOOLONG' }
    const child = here.inode.entries.get(name)
    const isLast = !pending.some((rest) => rest !== '' && rest !== '.')
    if (child === undefined) {
      if (!isLast) return { ok: false, code: 'ENOENT' }
      return found(steps, here, name, undefined, here.mount)
    }
    if (child.type === 'symlink' && (!isLast || followLast || pending.length > 0)) {
      if (++links > maxLinks) return { ok: false, code: 'ELOOP' }
      if (child.target.startsWith('/')) steps.length = 1
      pending.push(...child.target.split('/').reverse())
      continue
    }
    steps.push(cross(namespace, { inode: child, mount: here.mount, name }))
  }
  const last = steps[steps.length - 1] as Step
  const before = steps[steps.length - 2]
  steps.pop()
  if (before === undefined)
    return { ok: true, parent: undefined, parentMount: top, name: '', inode: last.inode, mount: top, path: '/' }
  return found(steps, before, last.name, last.inode, last.mount)
}

function cross(namespace: Namespace, step: Step): Step {
  let { inode, mount } = step
  for (let over = namespace.mounts.get(inode); over !== undefined; over = namespace.mounts.get(inode)) {
    inode = over.root
    mount = over
  }
  return mount === step.mount ? step : { inode, mount, name: step.name }
}

function found(steps: readonly Step[], parent: Step, name: string, inode: Inode | undefined, mount: Mount): Found {
  let path = ''
  for (let i = 1; i < steps.length; i++) path += `/${(steps[i] as Step).name}`
  return { ok: true, parent: parent.inode, parentMount: parent.mount, name, inode, mount, path: `${path}/${name}` }
}

/** The path on the node of something that a view reaches at `path` through `mount`. */
export function nodePathOf(mount: Mount, path: string): string | undefined {
  if (mount.nodePath === undefined) return undefined
  const inside = mount.path === '/' ? path : path.slice(mount.path.length)
  if (mount.nodePath === '/') return inside === '' ? '/' : inside
  return inside === '/' ? mount.nodePath : mount.nodePath + inside
}
