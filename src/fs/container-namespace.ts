import { SparseMap } from '../kernel/sparse.ts'
import type { Device } from './device.ts'
import type { NamespaceHolder } from './file-view.ts'
import type { Inode } from './inode.ts'
import type { InodeStore } from './inode-store.ts'
import type { BindMount, ContainerParts, FileOwner, Later } from './node-fs.ts'
import { isWithin, joinPath } from './path.ts'
import type { UnreadTree } from './unread-trees.ts'
import { type Mount, type Namespace, walk } from './walk.ts'

const rootUser = { uid: 0, gid: 0, groups: [] } as const

interface BoundSource {
  readonly inode: Inode
  /** Resolved on the node. */
  readonly nodePath: string
  readonly readOnly: boolean
}

/**
 * A container's own mounts over its image's files. What is bound is looked up now, or if it lies where nobody has looked, when
 * somebody does, as of now; the tree is built when it is first asked for, so that containers into which nobody looks cost
 * nothing. A mount whose source is absent is left out.
 */
export class ContainerNamespace implements NamespaceHolder, Later {
  readonly store: InodeStore
  /** That of the node. */
  readonly node: Namespace
  readonly rootFiles: ContainerParts['rootFiles']
  readonly readOnlyRoot: boolean
  readonly mounts: readonly BindMount[]
  readonly owner: FileOwner | undefined
  /** What is bound, in the place of its mount; nothing, if it was not there, or nobody has looked. */
  #sources: (BoundSource | undefined)[] | undefined
  #built: Namespace | undefined

  /** `waits`: in an unread tree, in which all lies that it binds, its place is kept. */
  constructor(store: InodeStore, node: Namespace, parts: ContainerParts, waits = false) {
    const { rootFiles, mounts, readOnlyRoot, owner } = parts
    this.store = store
    this.node = node
    this.rootFiles = rootFiles
    this.readOnlyRoot = readOnlyRoot
    this.mounts = mounts
    this.owner = owner
    if (waits) return
    const left = new Map<UnreadTree, number[]>()
    for (const [i, { hostPath }] of mounts.entries()) {
      const tree = store.unread.above(hostPath)
      if (tree === undefined) this.lookUp(i)
      else if (!left.get(tree)?.push(i)) left.set(tree, [i])
    }
    for (const [tree, indices] of left) tree.add(indices.length === mounts.length ? this : new LookUp(this, indices))
  }

  /** All that it binds lies in an unread tree, into which somebody looks now. */
  carryOut(): void {
    for (const index of this.mounts.keys()) this.lookUp(index)
  }

  /** Looks up what a mount binds: what is there now. */
  lookUp(index: number): void {
    const mount = this.mounts[index]
    const at = mount && walk(this.node, mount.hostPath, true, rootUser)
    if (at?.ok !== true || at.inode === undefined) return
    this.#sources ??= this.mounts.map(() => undefined)
    this.#sources[index] = { inode: at.inode, nodePath: at.path, readOnly: at.mount.readOnly }
  }

  sourceOf(index: number): BoundSource | undefined {
    return this.#sources?.[index]
  }

  get namespace(): Namespace {
    this.#built ??= build(this)
    return this.#built
  }

  get layer(): Device | undefined {
    return this.#built?.root.root.device
  }
}

/** The same of some of its mounts. */
class LookUp implements Later {
  readonly #files: ContainerNamespace
  readonly #indices: readonly number[]

  constructor(files: ContainerNamespace, indices: readonly number[]) {
    this.#files = files
    this.#indices = indices
  }

  carryOut(): void {
    for (const index of this.#indices) this.#files.lookUp(index)
  }
}

function build(files: ContainerNamespace): Namespace {
  const { store, readOnlyRoot, mounts } = files
  const device: Device = { kind: 'overlay', sizeBytes: undefined, usedBytes: 0 }
  const root = store.create('directory', device, 0o755)
  const top: Mount = {
    root,
    covered: undefined,
    path: '/',
    nodePath: undefined,
    readOnly: readOnlyRoot,
    kind: 'root',
  }
  const namespace: Namespace = { root: top, mounts: new SparseMap(), renames: store.renames, near: [] }
  for (const directory of imageDirectories) makeDirectory(store, root, directory)
  const temporary = makeDirectory(store, root, '/tmp')
  temporary.mode = 0o1777
  for (const [path, content] of Object.entries(files.rootFiles)) addImageFile(store, root, path, content)
  const own = ownMounts(files, root, device)
  store.notCounted(device)
  const bound = mounts.map((mount, i) => ({
    mount,
    sourceOf() {
      store.unread.look(store.unread.above(mount.hostPath)?.path ?? mount.hostPath)
      return files.sourceOf(i)
    },
  }))
  // As container runtimes do: outer mounts first.
  const depth = ({ mount: { containerPath } }: PlannedMount) =>
    containerPath.split('/').filter((part) => part !== '').length
  for (const { mount, sourceOf } of [...own, ...bound].sort((a, b) => depth(a) - depth(b))) {
    const source = sourceOf()
    if (source !== undefined) addMount(files, namespace, mount, source)
  }
  return namespace
}

interface PlannedMount {
  readonly mount: BindMount
  /** Undefined: it is not there. */
  readonly sourceOf: () => BoundSource | undefined
}

/** Adds what the node has for the container to its root; gives what is mounted. */
function ownMounts({ store, owner }: ContainerNamespace, root: Inode, device: Device): readonly PlannedMount[] {
  return (owner?.ownFiles() ?? []).flatMap(({ containerPath, content, mode, hostPath }) => {
    if (hostPath === undefined) {
      addImageFile(store, root, containerPath, content)
      return []
    }
    const inode = store.create('file', device, mode)
    store.setContent(inode, content)
    const source: BoundSource = { inode, nodePath: hostPath, readOnly: false }
    return [{ mount: { containerPath, hostPath, readOnly: false }, sourceOf: () => source }]
  })
}

/** Directories that every image has. */
export const imageDirectories: readonly string[] = [
  '/bin',
  '/dev',
  '/etc',
  '/home',
  '/proc',
  '/root',
  '/sys',
  '/tmp',
  '/usr',
  '/var',
]

function makeDirectory(store: InodeStore, from: Inode, path: string): Inode {
  let here = from
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    const child = here.entries?.get(name)
    if (child?.entries !== undefined) here = child
    else {
      const made = store.create('directory', here.device, 0o755)
      store.addName(here, name, made)
      here = made
    }
  }
  return here
}

function addImageFile(store: InodeStore, root: Inode, path: string, content: Uint8Array): void {
  const clean = joinPath('/', path)
  if (path.endsWith('/')) {
    makeDirectory(store, root, clean)
    return
  }
  const directory = makeDirectory(store, root, joinPath(clean, '..'))
  const executable = isWithin(clean, '/bin') || isWithin(clean, '/usr/bin') || isWithin(clean, '/usr/local/bin')
  const file = store.create('file', directory.device, executable ? 0o755 : 0o644)
  store.setContent(file, content)
  store.addName(directory, clean.slice(clean.lastIndexOf('/') + 1), file)
}

function addMount(files: ContainerNamespace, namespace: Namespace, mount: BindMount, source: BoundSource): void {
  const { store } = files
  const point = mountPoint(store, namespace, mount, source.inode)
  if (point === undefined) return
  const readOnly = mount.readOnly || source.readOnly
  const { nodePath } = source
  const { covered, path } = point
  namespace.near.length = 0
  namespace.mounts.set(covered, { root: source.inode, covered, path, nodePath, readOnly, kind: 'bind' })
  // A bind is recursive: what is mounted below the source on the node comes along, writable if the node says so.
  for (const inner of files.node.mounts.values()) {
    if (inner.covered === undefined || inner.path === nodePath || !isWithin(inner.path, nodePath)) continue
    const inside = path + inner.path.slice(nodePath.length)
    namespace.mounts.set(inner.covered, { ...inner, path: inside, kind: 'bind' })
  }
}

/** Finds what the mount will cover; the runtime makes what is missing, even where the container may not write. */
function mountPoint(
  store: InodeStore,
  namespace: Namespace,
  mount: BindMount,
  source: Inode,
): { readonly covered: Inode; readonly path: string } | undefined {
  const parts = mount.containerPath.split('/').filter((part) => part !== '' && part !== '.')
  let path = ''
  for (const [index, name] of parts.entries()) {
    const at = walk(namespace, `${path}/${name}`, true, rootUser)
    if (!at.ok || at.parent === undefined) return undefined
    if (at.inode === undefined) {
      // Inside a read-only volume the point must exist already: the kubelet makes nested ones before the start.
      if (at.parent.device.kind === 'tmpfs' && at.parentMount.readOnly) return undefined
      const isFile = index === parts.length - 1 && source.type !== 'directory'
      const made = store.create(isFile ? 'file' : 'directory', at.parent.device, 0o755)
      store.addName(at.parent, at.name, made)
      if (index === parts.length - 1) return { covered: made, path: at.path }
    } else if (index === parts.length - 1) return { covered: at.inode, path: at.path }
    path = at.path
  }
  return undefined
}
