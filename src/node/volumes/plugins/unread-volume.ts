import { sameBytes } from '../../../bytes/bytes.ts'
import type { Reservation } from '../../../fs/device.ts'
import { pagesOf } from '../../../fs/inode.ts'
import type { FileView, Later, LaterFiles, LaterGrowth, NodeFs } from '../../../fs/node-fs.ts'
import { type AtomicWriteOptions, payloadError, writeAtomically } from './atomic-writer.ts'
import { type Payload, WholeSecret } from './payload.ts'

/** A volume into which nobody has looked since it was written. */
export interface UnreadVolume {
  readonly payload: Payload
  /** Its Pod's, if it waits with that. */
  readonly podDirectory?: string
  /** Of its tmpfs, if it waits with that. */
  readonly sizeBytes?: number | undefined
  /** What wrote it, if it waits with its Pod's directories. */
  readonly writing?: Later
}

/** Who has a volume: what it was written with is remembered there. */
export interface UnreadSlot {
  unread?: UnreadVolume | undefined
}

/**
 * Writes a volume for the first time without writing it: the files are made when somebody looks (docs/performance.md: most
 * volumes are read by a program once or never, and inodes and paths are a fifth of what a Pod costs). What is seen then is
 * what `writeAtomically` would have left. Undefined: it has to be written now; otherwise whether it is another payload
 * than before.
 */
export function writeUnread(
  slot: UnreadSlot,
  fs: NodeFs,
  options: Omit<AtomicWriteOptions, 'fs' | 'setPermissions' | 'after'>,
): { readonly written: boolean } | undefined {
  const { directory, payload } = options
  const before = slot.unread
  if (before !== undefined) {
    if (fs.isUnread(directory) && isSame(before.payload, payload)) return { written: false }
    slot.unread = undefined
    return undefined
  }
  if (payloadError(payload) !== undefined) return undefined
  const fill = (within: FileView) => void writeAtomically({ ...options, fs: within, directory: '' })
  if (!fs.fillLater(directory, needsOf(payload), fill)) return undefined
  slot.unread = { payload }
  return { written: true }
}

/** A volume as it was written last, if it still waits with its Pod's directories. */
export function waiting({ unread: left }: UnreadSlot, fs: NodeFs): UnreadVolume | undefined {
  return left?.podDirectory !== undefined && fs.isUnread(left.podDirectory) ? left : undefined
}

/** What has to be kept for a whole volume in its Pod's directory: its own, a tmpfs over it, and the ready marker. */
function needsOfVolume(directories: VolumePlace, payload: Payload, sizeBytes: number | undefined): LaterGrowth {
  const { inodes, bytes } = needsOf(payload)
  const { inPod } = directories
  return { directories: inPod, inodes: volumeInodes + inodes, bytes, sizeBytes }
}

/** The directory, the root of its tmpfs, the directory of the marker, the marker. */
const volumeInodes = 4

/** Where a volume lies. */
export interface VolumePlace {
  readonly podDirectory: string
  /** Directories below the Pod's in which it and its marker lie. */
  readonly inPod: readonly string[]
}

/**
 * The same for a volume of a Pod into whose directories nobody has looked: directory, tmpfs and marker wait with its files, until
 * `volume` makes them all. What is kept in the slot is for the volume's next set-up.
 */
export function placeUnread(
  slot: UnreadSlot,
  fs: NodeFs,
  place: VolumePlace,
  volume: Later & Required<UnreadVolume>,
): { readonly written: boolean } | undefined {
  const { podDirectory } = place
  const { payload, sizeBytes } = volume
  if (!fs.isUnread(podDirectory)) return undefined
  const before = slot.unread
  if (before !== undefined && isSame(before.payload, payload)) return { written: false }
  if (payloadError(payload) !== undefined) return undefined
  const needs = before === undefined ? needsOfVolume(place, payload, sizeBytes) : needsOfRewriting(before, payload)
  if (needs === undefined || !fs.growLater(podDirectory, needs, volume)) return undefined
  slot.unread = volume
  return { written: true }
}

/**
 * What has to be kept for a volume that is written over: another time-stamped directory, a link to it, and links for first elements
 * that are new. Undefined: it takes other room than before, so it is written at once.
 */
function needsOfRewriting({ payload: before, writing }: UnreadVolume, payload: Payload): LaterGrowth | undefined {
  const [old, next] = [needsOf(before), needsOf(payload)]
  if (writing === undefined || old.bytes !== next.bytes) return undefined
  const links = linksOf(before)
  const kept = [...linksOf(payload)].filter((link) => links.has(link)).length
  return { directories: [], inodes: next.inodes - kept, bytes: 0, redoes: writing }
}

/** As the writer compares: contents and paths, not modes. */
export function isSame(before: Payload, next: Payload): boolean {
  if (before === next) return true
  if (before instanceof WholeSecret && next instanceof WholeSecret) return before.holdsTheSameAs(next)
  if (before.size !== next.size) return false
  for (const [path, { data }] of next) {
    const old = before.get(path)?.data
    if (old === undefined || (old !== data && !sameBytes(old, data))) return false
  }
  return true
}

/** Inode numbers that go to a volume that is written over with the same paths. */
export function inodesOfRewriting(payload: Payload): number {
  return needsOf(payload).inodes - linksOf(payload).size
}

/** Leaves a volume to be written over as of the past, if it waits with its Pod's directories. */
export function rewriteLate(
  slot: UnreadSlot,
  fs: NodeFs,
  podDirectory: string,
  volume: Later & Required<UnreadVolume>,
  reservation: Reservation,
): boolean {
  const before = slot.unread
  const needs = before && fs.isUnread(podDirectory) ? needsOfRewriting(before, volume.payload) : undefined
  if (needs === undefined || !fs.growLater(podDirectory, needs, volume, reservation)) return false
  slot.unread = volume
  return true
}

/** The time-stamped directory, directories in it, files, a link for every first element, and `..data`. */
function needsOf(payload: Payload): LaterFiles {
  if (payload instanceof WholeSecret) return needsOfSecret(payload)
  const directories = new Set<string>()
  let bytes = 0
  for (const [path, { data }] of payload) {
    bytes += pagesOf(data.length)
    const parts = partsOf(path)
    for (let depth = 1; depth < parts.length; depth++) directories.add(parts.slice(0, depth).join('/'))
  }
  return { inodes: 1 + directories.size + payload.size + linksOf(payload).size + 1, bytes }
}

/** First elements of its paths, each of which users see as a link. */
function linksOf(payload: Payload): ReadonlySet<string> {
  const links = new Set<string>()
  for (const path of payload.keys()) links.add(partsOf(path)[0] ?? '')
  return links
}

function partsOf(path: string): readonly string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

/** Keys of a Secret name no directories. */
function needsOfSecret(payload: WholeSecret): LaterFiles {
  let bytes = 0
  for (const length of payload.lengths()) bytes += pagesOf(length)
  return { inodes: 1 + 2 * payload.size + 1, bytes }
}
