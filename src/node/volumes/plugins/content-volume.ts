import { quantityValue } from '../../../api/quantity.ts'
import type { Pod } from '../../../api/types/core.ts'
import { KeptWork, sinceDefaultEpoch } from '../../../fs/kept-work.ts'
import { defaultEpochMs, type EpochMs } from '../../../kernel/calendar.ts'
import { flat } from '../../../kernel/flat-text.ts'
import { mapped } from '../../../kernel/mapped.ts'
import type { Once } from '../../../kernel/once.ts'
import { SparseMap } from '../../../kernel/sparse.ts'
import type {
  ContentSource,
  MadeFrom,
  SetUpResult,
  TearDownResult,
  VolumePlugin,
  VolumeRef,
  VolumeRenewal,
} from '../plugin.ts'
import { type AtomicWriteResult, writeAtomically } from './atomic-writer.ts'
import { setUpEmptyDir, tearDownEmptyDir } from './empty-dir.ts'
import { volumeFactsOf } from './facts.ts'
import type { VolumeHost } from './host.ts'
import { podDirectory, readyDirectory, volumeDirectory } from './layout.ts'
import { mapWalks } from './map-walks.ts'
import { hasNestedMountPoints, makeNestedMountPoints } from './nested-mounts.ts'
import { ownFromLeaves, ownFromRoot } from './ownership.ts'
import { type Payload, RecentPayloads } from './payload.ts'
import { cleanSubPaths } from './subpath.ts'
import { timestampNames } from './timestamp.ts'
import {
  inodesOfRewriting,
  isSame,
  placeUnread,
  rewriteLate,
  type UnreadSlot,
  type UnreadVolume,
  waiting,
  writeUnread,
} from './unread-volume.ts'

/** What a volume shall hold, or why that cannot be said. */
export type Content =
  | {
      readonly ok: true
      readonly payload: Payload
      readonly sources: readonly ContentSource[]
      readonly staleAt?: number
    }
  | { readonly ok: false; readonly error: string }

export interface ContentKind {
  /** As in the directory's name: `secret`. */
  readonly name: string
  readonly inMemory: boolean
  collect(ref: VolumeRef): Once<Content>
  /** The same where all that it reads is on the node; undefined: it is not, and nothing was done. */
  collectNow?(ref: VolumeRef): Content | undefined
  /**
   * What `collectNow` would say its content is made from, with all that it does, if that content is what it was made from already;
   * undefined: another, or nobody can tell without collecting it. `marks`: of `marksOf` when it was.
   */
  unchanged?(ref: VolumeRef & MadeFrom, marks: TokenMarks): MadeFrom | undefined
  /** What stands for its tokens now. */
  marksOf?(ref: VolumeRef): TokenMarks
  forget?(pod: Pod): void
  /** A payload with the tokens that the kubelet holds by now; absent: there are none in it. */
  renewed?(ref: VolumeRef, payload: Payload): Payload
}

/** One for each token of a volume, in their order; undefined: nobody can say which tokens it has. */
export type TokenMarks = readonly object[] | undefined

/** A volume that has tokens, as it was written last. */
interface RenewableVolume extends UnreadVolume {
  readonly marks: TokenMarks
}

/**
 * A volume whose files are written from what the API says: secret, configMap, downwardAPI, projected. In order: collect
 * the content (a failure touches nothing on the node), make directory and tmpfs, make nested mount points, write atomically,
 * set the group. A failure of these undoes the whole volume, also at a refresh. Source: pkg/volume/secret/secret.go,
 * SetUpAt, and its siblings; facts/kubelet.md 4.2.
 */
export function contentPlugin(host: VolumeHost, kind: ContentKind): VolumePlugin {
  const directoryOf = (ref: VolumeRef): string => volumeDirectory(uidOf(ref.pod), kind.name, ref.volume.name)
  const renewable = new SparseMap<string, RenewableVolume>()
  const payloads = new RecentPayloads()
  const metaOf = ({ pod, volume }: VolumeRef) => readyDirectory(podDirectory(uidOf(pod)), `wrapped_${volume.name}`)
  const tearDown = (ref: VolumeRef): TearDownResult => {
    const failed =
      cleanSubPaths(host.fs, uidOf(ref.pod), ref.volume.name) ??
      tearDownEmptyDir(host.fs, directoryOf(ref), metaOf(ref))
    if (failed !== undefined) return { ok: false, error: failed }
    renewable.delete(directoryOf(ref))
    ref.unread = undefined
    kind.forget?.(ref.pod)
    return { ok: true }
  }
  const setUp = (ref: VolumeRef, content: Content, marks: TokenMarks): SetUpResult => {
    if (!content.ok) return content
    const directory = directoryOf(ref)
    const payload = payloads.one(content.payload)
    if (content.staleAt !== undefined) renewable.set(directory, { payload, marks })
    const left = waiting(ref, host.fs)
    if (left !== undefined && isSame(left.payload, payload)) return setUpResult(content, false)
    const wish = wishOf(host, kind, ref, payload, left?.sizeBytes)
    const isPlain = isWrittenPlainly(host, kind, ref)
    const written = isPlain ? placePlain(host, kind, ref, wish) : write(host, kind, ref, wish)
    if (written.ok) return setUpResult(content, written.changed)
    ref.unread = undefined
    if (written.undo) tearDownEmptyDir(host.fs, directory, metaOf(ref))
    return { ok: false, error: written.error }
  }
  return {
    requiresRemount: true,
    readOnly: true,
    hostPath: directoryOf,
    directoryName: kind.name,
    tearDown,
    ...(kind.renewed === undefined ? {} : { renewal: renewalOf(host, kind, renewable, directoryOf) }),
    // Of an answer that was waited for nobody knows whether others have come since.
    setUp: (ref) => mapped(kind.collect(ref), (content) => setUp(ref, content, undefined)),
    setUpNow(ref) {
      const isLeft = kind.unchanged !== undefined && waiting(ref, host.fs) !== undefined
      const marks = isLeft && renewable.size > 0 ? renewable.get(directoryOf(ref))?.marks : undefined
      const same = isLeft ? kind.unchanged?.(ref, marks) : undefined
      if (same !== undefined) return setUpResult(same, false)
      const content = kind.collectNow?.(ref)
      return content && setUp(ref, content, kind.marksOf?.(ref))
    },
  }
}

function renewalOf(
  host: VolumeHost,
  kind: ContentKind,
  renewable: SparseMap<string, RenewableVolume>,
  directoryOf: (ref: VolumeRef) => string,
): VolumeRenewal {
  const payloadOf = (ref: VolumeRef): Payload => renewable.get(directoryOf(ref))?.payload ?? new Map()
  return {
    may: (ref) => renewable.has(directoryOf(ref)) && isWrittenPlainly(host, kind, ref) && !host.fs.isObserved,
    reserve: (ref, at) => host.fs.reserveLate(inodesOfRewriting(payloadOf(ref)), host.calendar.at(at)),
    write(ref, at, reservation) {
      const directory = directoryOf(ref)
      const payload = kind.renewed?.(ref, payloadOf(ref)) ?? new Map()
      const left = waiting(ref, host.fs)
      renewable.set(directory, { payload, marks: kind.marksOf?.(ref) })
      const wish = { ...wishOf(host, kind, ref, payload, left?.sizeBytes), now: host.calendar.at(at) }
      const later = new LaterVolume(host, kind.name, ref, wish)
      if (!rewriteLate(ref, host.fs, wish.podDirectory, later, reservation)) host.fs.writeLate(reservation, later)
    },
  }
}

function setUpResult({ sources, staleAt }: MadeFrom, changed: boolean): SetUpResult {
  return staleAt === undefined ? { ok: true, changed, sources } : { ok: true, changed, sources, staleAt }
}

type Written =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly error: string; readonly undo: boolean }

/** What a volume is to be, as of an instant. */
interface Wish {
  readonly podDirectory: string
  readonly name: string
  readonly directory: string
  readonly payload: Payload
  /** Of the tmpfs. */
  readonly sizeBytes: number | undefined
  readonly now: EpochMs
}

function wishOf(
  host: VolumeHost,
  kind: ContentKind,
  ref: VolumeRef,
  payload: Payload,
  sizeBytes: number | undefined,
): Wish {
  const uid = uidOf(ref.pod)
  const hasSize = kind.inMemory && volumeFactsOf(host.minor).sizesTmpfs
  return {
    podDirectory: podDirectory(uid),
    name: ref.volume.name,
    directory: volumeDirectory(uid, kind.name, ref.volume.name),
    payload,
    sizeBytes: hasSize ? (sizeBytes ?? memoryVolumeSize(ref.pod, host.allocatable())) : undefined,
    now: host.calendar.at(host.kernel.now()),
  }
}

function emptyDirOptions(host: VolumeHost, { podDirectory: ofPod, name, directory, sizeBytes }: Wish) {
  return {
    fs: host.fs,
    directory,
    metaDirectory: readyDirectory(ofPod, `wrapped_${name}`),
    sizeBytes,
    ownsDirectory: volumeFactsOf(host.minor).ownsBeforeSwitch,
  }
}

function writeOptions(host: VolumeHost, { directory, payload, now }: Wish) {
  const { linksAfterSwitch, repairsLinks, longSuffix } = volumeFactsOf(host.minor)
  let names: (() => string) | undefined
  const timestampName = () => {
    names ??= timestampNames(directory, now, host.random, longSuffix)
    return names()
  }
  // One file, or none, is written in one order.
  const walks = payload.size > 1 ? { mapOrder: mapWalks(directory, now, host.random) } : {}
  return { directory, payload, timestampName, linksAfterSwitch, repairsLinks, ...walks }
}

/** Whether nothing but the content counts, and nobody has to be told or asked of how it is written. */
function isWrittenPlainly(host: VolumeHost, { inMemory }: ContentKind, { pod, volume }: VolumeRef): boolean {
  const hasGroup = pod.spec.securityContext?.fsGroup !== undefined
  const isAlone = !hasGroup && host.afterWriteStep === undefined
  return inMemory && isAlone && !hasNestedMountPoints(pod, volume.name)
}

/** Leaves the whole volume to be made when somebody looks, or makes it. */
function placePlain(host: VolumeHost, kind: ContentKind, ref: VolumeRef, wish: Wish): Written {
  const place = { podDirectory: wish.podDirectory, inPod: inPodOf(kind.name) }
  const left = placeUnread(ref, host.fs, place, new LaterVolume(host, kind.name, ref, wish))
  return left === undefined ? writePlain(host, ref, wish) : { ok: true, changed: left.written }
}

/** What is to be written, for who looks: a row, for there are very many. Paths are put together when somebody does. */
class LaterVolume extends KeptWork implements Wish {
  readonly payload: Payload
  readonly sizeBytes: number | undefined
  /** As the kubelet has it: the clock of the disk is another. As the other instants a number that needs no object of its own. */
  readonly #nowMs: number
  readonly #host: VolumeHost
  readonly #kind: string
  readonly #ref: VolumeRef

  constructor(host: VolumeHost, kind: string, ref: VolumeRef, wish: Wish) {
    super()
    this.payload = wish.payload
    this.sizeBytes = wish.sizeBytes
    this.#nowMs = sinceDefaultEpoch(wish.now)
    this.#host = host
    this.#kind = kind
    this.#ref = ref
  }

  get name(): string {
    return this.#ref.volume.name
  }

  get now(): EpochMs {
    return defaultEpochMs + this.#nowMs
  }

  get directory(): string {
    return volumeDirectory(uidOf(this.#ref.pod), this.#kind, this.name)
  }

  get podDirectory(): string {
    return podDirectory(uidOf(this.#ref.pod))
  }

  get writing(): this {
    return this
  }

  carryOut(): void {
    this.#ref.unread = undefined
    writePlain(this.#host, this.#ref, this)
  }
}

function writePlain(host: VolumeHost, slot: UnreadSlot, wish: Wish): Written {
  const unready = setUpEmptyDir({ ...emptyDirOptions(host, wish), inMemory: true, fsGroup: undefined })
  if (unready !== undefined) return { ok: false, error: unready, undo: false }
  const options = writeOptions(host, wish)
  const left = writeUnread(slot, host.fs, options)
  if (left !== undefined) return { ok: true, changed: left.written }
  return writtenBy(writeAtomically({ ...options, fs: host.fs }))
}

function writtenBy(result: AtomicWriteResult): Written {
  return result.ok ? { ok: true, changed: result.written } : { ok: false, error: result.error, undo: !result.crashed }
}

function write(host: VolumeHost, { inMemory }: ContentKind, { pod, volume }: VolumeRef, wish: Wish): Written {
  const { fs, afterWriteStep } = host
  const { directory } = wish
  const facts = volumeFactsOf(host.minor)
  const fsGroup = pod.spec.securityContext?.fsGroup
  const unready = setUpEmptyDir({ ...emptyDirOptions(host, wish), inMemory, fsGroup })
  if (unready !== undefined) return { ok: false, error: unready, undo: false }
  const unnested = makeNestedMountPoints(fs, pod, volume.name, directory)
  if (unnested !== undefined) return { ok: false, error: unnested, undo: facts.ownsBeforeSwitch }
  const group = fsGroup === undefined ? undefined : { fs, directory, fsGroup, readOnly: true }
  const result = writeAtomically({
    ...writeOptions(host, wish),
    fs,
    ...(group !== undefined && facts.ownsBeforeSwitch && { setPermissions: () => ownFromLeaves(group) }),
    ...(afterWriteStep !== undefined && { after: (step) => afterWriteStep(pod, volume.name, step) }),
  })
  if (result.ok && group !== undefined && !facts.ownsBeforeSwitch) {
    const disowned = ownFromRoot(group)
    if (disowned !== undefined) return { ok: false, error: disowned, undo: true }
  }
  return writtenBy(result)
}

/**
 * How large a volume in memory may grow: what the node has for Pods, or the Pod's memory limit, or the volume's own.
 * Source: pkg/volume/emptydir/empty_dir.go, calculateEmptyDirMemorySize; pkg/kubelet/cm, ResourceConfigForPod.
 */
export function memoryVolumeSize(
  pod: Pod,
  allocatable: Readonly<Record<string, string>>,
  sizeLimit?: string,
): number | undefined {
  if (allocatable.memory === undefined) return undefined
  let size = quantityValue(allocatable.memory)
  const limits = (containers: Pod['spec']['containers']) =>
    containers.map(({ resources }) => quantityValue(resources?.limits?.memory ?? '0'))
  const regular = limits(pod.spec.containers)
  const init = limits(pod.spec.initContainers ?? [])
  if ([...regular, ...init].every((limit) => limit > 0)) {
    const whole = Math.max(
      regular.reduce((sum, limit) => sum + limit, 0),
      ...init,
    )
    if (whole > 0) size = Math.min(size, whole + quantityValue(pod.spec.overhead?.memory ?? '0'))
  }
  const own = sizeLimit === undefined ? 0 : quantityValue(sizeLimit)
  return own > 0 ? Math.min(size, own) : size
}

export function uidOf(pod: Pod): string {
  return pod.metadata.uid ?? ''
}

const inPods = new Map<string, readonly string[]>()

/** Directories below a Pod's in which a volume of a kind and its marker lie: of all Pods the same list. */
function inPodOf(kind: string): readonly string[] {
  const known = inPods.get(kind)
  if (known !== undefined) return known
  const made = [flat(`volumes/kubernetes.io~${kind}`), 'plugins/kubernetes.io~empty-dir']
  inPods.set(kind, made)
  return made
}
