import { imageDirectories } from '../../fs/container-namespace.ts'
import type { BindMount, FileView } from '../../fs/node-fs.ts'
import { joinPath } from '../../fs/path.ts'
import { digestOf } from '../../kernel/digest.ts'
import type { ImageDefinition } from '../../shell/program.ts'
import type { ContainerConfig } from './cri.ts'
import {
  grpcPrefix,
  invalidUtf8Text,
  mountRefusedText,
  noUserText,
  type RuntimeKind,
  rootMountText,
  topMountText,
  unknownUserText,
} from './error-texts.ts'
import { lastWordPath } from './own-files.ts'

/** Why a container is not made: a variable is no UTF-8, its image's user is nobody, or docker is to mount at the root. */
export function creationRefusal(
  kind: RuntimeKind,
  config: ContainerConfig,
  image: Pick<ImageDefinition, 'isUserUnknown'>,
): string | undefined {
  const { mounts, isUnspeakable, podUid, name, attempt } = config
  if (isUnspeakable === true) return invalidUtf8Text
  if (kind !== 'docker' && wantsUnknownUser(config, image))
    return noUserText(Number.parseInt(digestOf(`${podUid}/${name}/${attempt}`).slice(0, 8), 16))
  const atRoot = kind === 'docker' ? mounts.find(isAtRoot) : undefined
  return (
    atRoot &&
    grpcPrefix + rootMountText({ source: atRoot.hostPath, target: atRoot.containerPath, readOnly: atRoot.readOnly })
  )
}

/** Its user is named by the image, and /etc/passwd of the image does not know it. */
function wantsUnknownUser(
  { runAsUser }: ContainerConfig,
  { isUserUnknown }: Pick<ImageDefinition, 'isUserUnknown'>,
): boolean {
  return runAsUser === -1 && isUserUnknown === true
}

/** Why a container does not start, for its user or one of its mounts. `layer`: 64 hex digits of docker's overlay. */
export function mountRefusal(
  kind: RuntimeKind,
  {
    id,
    config,
    image,
  }: {
    readonly id: string
    readonly config: ContainerConfig
    readonly image: Pick<ImageDefinition, 'files' | 'isUserUnknown' | 'userName'>
  },
  node: FileView,
  layer: () => string,
): { readonly cause: 'not a directory' | undefined; readonly text: string } | undefined {
  if (wantsUnknownUser(config, image)) return { cause: undefined, text: unknownUserText(id, image.userName ?? '') }
  const cause = 'not a directory'
  const atTop = config.mounts.find(isAtRoot)
  const onTop = atTop && topMountText(kind, id, atTop.hostPath)
  if (onTop !== undefined) return { cause, text: onTop }
  const refused = refusedMount(config.mounts, image.files, node) ?? refusedLastWord(id, config, image.files)
  if (refused === undefined) return undefined
  const { hostPath: source, containerPath: target, readOnly } = refused
  return { cause, text: mountRefusedText(kind, id, { source, target, readOnly, layer: layer() }) }
}

/** The file for a last word, which the kubelet has mounted after all others. Source: kuberuntime_container.go, makeMounts. */
function refusedLastWord(
  id: string,
  { podUid, name, terminationMessagePath: path }: ContainerConfig,
  rootFiles: Readonly<Record<string, Uint8Array>>,
): BindMount | undefined {
  if (path === undefined || typeInImage(joinPath('/', path), rootFiles) !== 'directory') return undefined
  return { hostPath: lastWordPath(podUid, name, id), containerPath: path, readOnly: false }
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
