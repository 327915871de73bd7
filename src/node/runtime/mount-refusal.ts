import { imageDirectories } from '../../fs/container-namespace.ts'
import type { BindMount, FileView } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'
import type { ContainerConfig } from './cri.ts'
import {
  grpcPrefix,
  invalidUtf8Text,
  mountRefusedText,
  type RuntimeKind,
  rootMountText,
  topMountText,
} from './error-texts.ts'

/** Why a container is not made: a variable is no UTF-8, or docker is to mount at the root. */
export function creationRefusal(kind: RuntimeKind, { mounts, isUnspeakable }: ContainerConfig): string | undefined {
  if (isUnspeakable === true) return invalidUtf8Text
  const atRoot = kind === 'docker' ? mounts.find(isAtRoot) : undefined
  return (
    atRoot &&
    grpcPrefix + rootMountText({ source: atRoot.hostPath, target: atRoot.containerPath, readOnly: atRoot.readOnly })
  )
}

/** Why a container does not start, for one of its mounts. `layer`: 64 hex digits of docker's overlay. */
export function mountRefusal(
  kind: RuntimeKind,
  {
    id,
    config,
    image,
  }: {
    readonly id: string
    readonly config: ContainerConfig
    readonly image: { readonly files: Readonly<Record<string, Uint8Array>> }
  },
  node: FileView,
  layer: () => string,
): string | undefined {
  const atTop = config.mounts.find(isAtRoot)
  const onTop = atTop && topMountText(kind, id, atTop.hostPath)
  if (onTop !== undefined) return onTop
  const refused = refusedMount(config.mounts, image.files, node)
  if (refused === undefined) return undefined
  const { hostPath, containerPath, readOnly } = refused
  return mountRefusedText(kind, id, { source: hostPath, target: containerPath, readOnly, layer: layer() })
}

/** `/`, `/usr/..` and the like. */
function isAtRoot({ containerPath }: BindMount): boolean {
  return joinPath('/', containerPath) === '/'
}

/** The first mount that runc refuses: a file over a directory of the image, or a directory over a file. */
function refusedMount(
  mounts: readonly BindMount[],
  rootFiles: Readonly<Record<string, Uint8Array>>,
  node: FileView,
): BindMount | undefined {
  return mounts.find(({ containerPath, hostPath }) => {
    const there = typeInImage(joinPath('/', containerPath), rootFiles)
    // Where the image has nothing, nobody need look at the source.
    if (there === undefined) return false
    const source = node.stat(hostPath)
    return source.ok && (source.value.type === 'directory') !== (there === 'directory')
  })
}

type FileKind = 'file' | 'directory'

function typeInImage(path: string, rootFiles: Readonly<Record<string, Uint8Array>>): FileKind | undefined {
  return imageDirectories.includes(path) ? 'directory' : kindsOf(rootFiles).get(path)
}

/** What an image has at each path, made out once for each: it is asked for every mount of every container. */
function kindsOf(rootFiles: Readonly<Record<string, Uint8Array>>): ReadonlyMap<string, FileKind> {
  const known = kindsOfImages.get(rootFiles)
  if (known !== undefined) return known
  const kinds = new Map<string, FileKind>()
  for (const key in rootFiles) {
    const file = joinPath('/', key)
    // The first that says something of a path has the say.
    if (!kinds.has(file)) kinds.set(file, key.endsWith('/') ? 'directory' : 'file')
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const above = file.slice(0, end)
      if (!kinds.has(above)) kinds.set(above, 'directory')
    }
  }
  kindsOfImages.set(rootFiles, kinds)
  return kinds
}

const kindsOfImages = new WeakMap<Readonly<Record<string, Uint8Array>>, ReadonlyMap<string, FileKind>>()
