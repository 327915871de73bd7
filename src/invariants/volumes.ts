import type { Pod, Volume } from '../api/types/core.ts'
import type { FsChange } from '../fs/node-fs.ts'
import type { Invariant, Violated } from './invariant.ts'
import { matchingRevisions, modeOf, readFiles, type Source, sourcesOf, storiesOf } from './payloads.ts'
import type { SecretStory } from './secret-history.ts'
import { type ObservedNode, objectOf, podText, type World } from './world.ts'

/** A volume whose visible files have just changed. */
export interface VolumeLook {
  readonly node: ObservedNode
  readonly directory: string
  readonly pod: Pod
  readonly volume: Volume
  readonly sources: readonly Source[]
  readonly files: ReadonlyMap<string, Uint8Array>
}

const volumePath =
  /^(\/var\/lib\/kubelet\/pods\/([^/]+)\/volumes\/kubernetes\.io~(?:secret|projected)\/([^/]+))(?:\/(.*))?$/

/**
 * The volume whose visible content a change of the node's files touched: the swap of `..data`, or something inside the
 * directory that it leads to. Undefined for all else.
 */
function changedVolume(world: World, node: ObservedNode, change: FsChange): VolumeLook | undefined {
  if (lastSeen?.change !== change) lastSeen = { change, look: lookAt(world, node, change) }
  return lastSeen.look
}

/** All invariants are told of one change after the other: it is looked at once. */
let lastSeen: { readonly change: FsChange; readonly look: VolumeLook | undefined } | undefined

function lookAt(world: World, node: ObservedNode, change: FsChange): VolumeLook | undefined {
  const { op, path } = change
  if (op === 'chmod' || op === 'chown' || op === 'mkdir' || !path.startsWith('/var/lib/kubelet/pods/')) return undefined
  const found = volumePath.exec(path)
  if (found === null) return undefined
  const [, directory = '', uid = '', name = '', rest = ''] = found
  const pod = world.pods.get(uid)
  if (pod === undefined || !node.fs.isMountPoint(directory)) return undefined
  const isSwap = op === 'rename' && rest === '..data_tmp'
  if (!isSwap) {
    const link = node.fs.readlink(`${directory}/..data`)
    if (!link.ok || !rest.startsWith(`${link.value}/`)) return undefined
  }
  const volume = pod.spec.volumes?.find((each) => each.name === name)
  const sources = volume && sourcesOf(volume)
  if (volume === undefined || sources === undefined) return undefined
  const link = node.fs.readlink(`${directory}/..data`)
  const files = link.ok ? readFiles(node.fs, `${directory}/${link.value}`) : undefined
  return files === undefined ? undefined : { node, directory, pod, volume, sources, files }
}

function volumeInvariant(
  told: Pick<Invariant, 'id' | 'sentence' | 'clauses'>,
  check: (world: World, violated: Violated) => (look: VolumeLook) => void,
): Invariant {
  return {
    ...told,
    watch(world, violated) {
      const look = check(world, violated)
      return {
        fileChanged(node, change) {
          const changed = changedVolume(world, node, change)
          if (changed !== undefined) look(changed)
        },
      }
    },
  }
}

function about({ pod, volume, node }: VolumeLook): string {
  return `volume ${volume.name} of ${podText(pod)} on ${node.name}`
}

/** Whether some content of the history, be it older than what was there, makes up the files. */
function isKnownContent(world: World, { files, sources, pod }: VolumeLook): boolean {
  return matchingRevisions(files, sources, storiesOf(world.secrets, pod), []) !== undefined
}

function neverThere(world: World, { pod, sources }: VolumeLook): string | undefined {
  const missing = sources.find(
    (source) =>
      source.kind === 'secret' &&
      !source.optional &&
      world.secrets.get(pod.metadata.namespace ?? '', source.name) === undefined,
  )
  return missing?.kind === 'secret' ? missing.name : undefined
}

/** A volume that is empty because its Secret is gone is S-24's. */
function isEmptied(world: World, { files, sources, pod }: VolumeLook): boolean {
  return (
    files.size === 0 &&
    sources.some(
      (source) =>
        source.kind === 'secret' &&
        !source.optional &&
        world.secrets.get(pod.metadata.namespace ?? '', source.name)?.exists === false,
    )
  )
}

function namesakeMatches(world: World, look: VolumeLook): SecretStory | undefined {
  const namespace = look.pod.metadata.namespace ?? ''
  for (const source of look.sources) {
    if (source.kind !== 'secret') continue
    for (const other of world.secrets.namesakes(namespace, source.name)) {
      const storyOf = (name: string) => (name === source.name ? other : world.secrets.get(namespace, name))
      if (matchingRevisions(look.files, look.sources, storyOf, []) !== undefined) return other
    }
  }
  return undefined
}

/** With `items`, a plain Secret volume's files are known without its content. */
function itemsMismatch({ sources, files }: VolumeLook): string | undefined {
  const [source, ...rest] = sources
  if (source?.kind !== 'secret' || rest.length > 0 || source.items.length === 0) return undefined
  const paths = new Set(source.items.map(({ path }) => path))
  const extra = [...files.keys()].find((path) => !paths.has(path))
  if (extra !== undefined) return `a file ${extra} that no item names`
  const missing = source.optional ? undefined : [...paths].find((path) => !files.has(path))
  return missing === undefined ? undefined : `no file ${missing}`
}

export const ownNamespace = {
  id: 'S-07',
  sentence: 'no Pod gets a Secret of another namespace by volume or variable',
  clauses: ['S1', 'R1'],
} as const

export const ownNamespaceVolumes = volumeInvariant(ownNamespace, (world, violated) => (look) => {
  if (isKnownContent(world, look)) return
  const other = namesakeMatches(world, look)
  if (other !== undefined)
    violated(`${about(look)} holds Secret ${other.namespace}/${other.name}`, [objectOf(look.pod)])
})

export const atomicVolumes = volumeInvariant(
  {
    id: 'S-13',
    sentence: 'at every instant all files of a volume that come from one Secret are those of one of its revisions',
    clauses: ['U1', 'V1'],
  },
  (world, violated) => (look) => {
    if (isKnownContent(world, look) || neverThere(world, look) !== undefined || isEmptied(world, look)) return
    if (itemsMismatch(look) !== undefined || namesakeMatches(world, look) !== undefined) return
    violated(`${about(look)} holds ${[...look.files.keys()].join(', ') || 'nothing'}, as no revision does`, [
      objectOf(look.pod),
    ])
  },
)

export const forwardVolumes: Invariant = volumeInvariant(
  {
    id: 'S-14',
    sentence: 'a volume never goes back to an older revision of a Secret',
    clauses: ['U1', 'U3'],
  },
  (world, violated) => {
    const floors = new Map<string, readonly number[]>()
    return (look) => {
      const storyOf = storiesOf(world.secrets, look.pod)
      const key = `${look.node.name}${look.directory}`
      const floor = floors.get(key) ?? []
      const found = matchingRevisions(look.files, look.sources, storyOf, floor)
      if (found !== undefined) floors.set(key, found)
      else {
        const older = matchingRevisions(look.files, look.sources, storyOf, [])
        if (older !== undefined)
          violated(`${about(look)} went from ${floor.join(', ')} back to ${older.join(', ')}`, [objectOf(look.pod)])
      }
    }
  },
)

export const exactItems = volumeInvariant(
  {
    id: 'S-19',
    sentence: 'with items a volume has exactly those keys at those paths; a listed key that is missing blocks it',
    clauses: ['V3', 'V4'],
  },
  (world, violated) => (look) => {
    if (isEmptied(world, look)) return
    const wrong = itemsMismatch(look)
    if (wrong !== undefined) violated(`${about(look)} has ${wrong}`, [objectOf(look.pod)])
  },
)

/** What a volume with a group of its own adds to every file. Source: pkg/volume/volume_linux.go, roMask. */
const groupBits = 0o440

export const fileModes = volumeInvariant(
  {
    id: 'S-20',
    sentence: "a file's mode is its item's, else defaultMode, else 0644",
    clauses: ['V5'],
  },
  (_world, violated) => (look) => {
    const { node, directory, pod, volume, files } = look
    const mask = pod.spec.securityContext?.fsGroup === undefined ? 0 : groupBits
    for (const path of files.keys()) {
      const wanted = modeOf(volume, path)
      const stat = node.fs.stat(`${directory}/..data/${path}`)
      if (wanted === undefined || !stat.ok || (stat.value.mode & ~mask) === (wanted & ~mask)) continue
      violated(`${path} of ${about(look)} has ${stat.value.mode.toString(8)}, not ${wanted.toString(8)}`, [
        objectOf(pod),
      ])
    }
  },
)

export const remainingVolumes = volumeInvariant(
  {
    id: 'S-24',
    sentence: 'deleting a Secret leaves what is mounted as it was',
    clauses: ['L3', 'L6'],
  },
  (world, violated) => (look) => {
    if (!isKnownContent(world, look) && isEmptied(world, look))
      violated(`${about(look)} was emptied`, [objectOf(look.pod)])
  },
)

export const requiredSecrets = {
  id: 'S-18',
  sentence: 'a missing Secret or key that is not optional keeps a container from starting',
  clauses: ['L2', 'L3'],
} as const

export const requiredVolumes = volumeInvariant(requiredSecrets, (world, violated) => (look) => {
  const name = neverThere(world, look)
  if (name !== undefined) violated(`${about(look)} was set up without Secret ${name}`, [objectOf(look.pod)])
})
