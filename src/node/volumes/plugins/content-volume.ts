import { quantityValue } from '../../../api/quantity.ts'
import type { Pod } from '../../../api/types/core.ts'
import type { Once } from '../../../kernel/once.ts'
import { process } from '../../../kernel/process.ts'
import { type Steps, wait } from '../../../kernel/steps.ts'
import type { ContentSource, SetUpResult, TearDownResult, VolumePlugin, VolumeRef } from '../plugin.ts'
import { writeAtomically } from './atomic-writer.ts'
import { setUpEmptyDir, tearDownEmptyDir } from './empty-dir.ts'
import { volumeFactsOf } from './facts.ts'
import type { VolumeHost } from './host.ts'
import { readyDirectory, volumeDirectory } from './layout.ts'
import { makeNestedMountPoints } from './nested-mounts.ts'
import { ownFromLeaves, ownFromRoot } from './ownership.ts'
import type { Payload } from './payload.ts'
import { cleanSubPaths } from './subpath.ts'
import { timestampNames } from './timestamp.ts'
import { type UnreadVolumes, writeUnread } from './unread-volume.ts'

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
  forget?(pod: Pod): void
}

/**
 * A volume whose files are written from what the API says: secret, configMap, downwardAPI, projected. In order: collect
 * the content (a failure touches nothing on the node), make directory and tmpfs, make nested mount points, write atomically,
 * set the group. A failure of these undoes the whole volume, also at a refresh. Source: pkg/volume/secret/secret.go,
 * SetUpAt, and its siblings; facts/kubelet.md 4.2.
 */
export function contentPlugin(host: VolumeHost, kind: ContentKind): VolumePlugin {
  const unread: UnreadVolumes = new Map()
  const directoryOf = ({ pod, volume }: VolumeRef) => volumeDirectory(uidOf(pod), kind.name, volume.name)
  const metaOf = ({ pod, volume }: VolumeRef) => readyDirectory(uidOf(pod), `wrapped_${volume.name}`)
  const tearDown = (ref: VolumeRef): TearDownResult => {
    const failed =
      cleanSubPaths(host.fs, uidOf(ref.pod), ref.volume.name) ??
      tearDownEmptyDir(host.fs, directoryOf(ref), metaOf(ref))
    if (failed !== undefined) return { ok: false, error: failed }
    unread.delete(directoryOf(ref))
    kind.forget?.(ref.pod)
    return { ok: true }
  }
  function* setUp(ref: VolumeRef): Steps<SetUpResult> {
    const content = yield* wait(kind.collect(ref))
    if (!content.ok) return content
    const directory = directoryOf(ref)
    const written = write(host, kind, unread, ref, { directory, meta: metaOf(ref), payload: content.payload })
    if (written.ok) {
      const { sources, staleAt } = content
      return { ok: true, changed: written.changed, sources, ...(staleAt !== undefined && { staleAt }) }
    }
    unread.delete(directory)
    if (written.undo) tearDownEmptyDir(host.fs, directory, metaOf(ref))
    return { ok: false, error: written.error }
  }
  return {
    requiresRemount: true,
    readOnly: true,
    hostPath: directoryOf,
    tearDown,
    setUp: (ref) => process(host.kernel, () => setUp(ref)),
  }
}

type Written =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly error: string; readonly undo: boolean }

function write(
  host: VolumeHost,
  kind: ContentKind,
  unread: UnreadVolumes,
  { pod, volume }: VolumeRef,
  at: { readonly directory: string; readonly meta: string; readonly payload: Payload },
): Written {
  const { fs, afterWriteStep } = host
  const { directory, payload } = at
  const facts = volumeFactsOf(host.minor)
  const fsGroup = pod.spec.securityContext?.fsGroup
  const unready = setUpEmptyDir({
    fs,
    directory,
    metaDirectory: at.meta,
    inMemory: kind.inMemory,
    sizeBytes: kind.inMemory && facts.sizesTmpfs ? memoryVolumeSize(pod, host.allocatable()) : undefined,
    fsGroup,
    ownsDirectory: facts.ownsBeforeSwitch,
  })
  if (unready !== undefined) return { ok: false, error: unready, undo: false }
  const unnested = makeNestedMountPoints(fs, pod, volume.name, directory)
  if (unnested !== undefined) return { ok: false, error: unnested, undo: facts.ownsBeforeSwitch }
  const group = fsGroup === undefined ? undefined : { fs, directory, fsGroup, readOnly: true }
  const now = host.calendar.at(host.kernel.now())
  const { linksAfterSwitch, repairsLinks, longSuffix } = facts
  let names: (() => string) | undefined
  const timestampName = () => {
    names ??= timestampNames(directory, now, host.random, longSuffix)
    return names()
  }
  const plain = { directory, payload, timestampName, linksAfterSwitch, repairsLinks }
  const isPlain = group === undefined && host.mapOrder === undefined && afterWriteStep === undefined
  const left = kind.inMemory && isPlain ? writeUnread(unread, fs, plain) : undefined
  if (left !== undefined) return { ok: true, changed: left.written }
  const result = writeAtomically({
    ...plain,
    fs,
    ...(group !== undefined && facts.ownsBeforeSwitch && { setPermissions: () => ownFromLeaves(group) }),
    ...(host.mapOrder !== undefined && { mapOrder: host.mapOrder }),
    ...(afterWriteStep !== undefined && { after: (step) => afterWriteStep(pod, volume.name, step) }),
  })
  if (!result.ok) return { ok: false, error: result.error, undo: !result.crashed }
  if (group !== undefined && !facts.ownsBeforeSwitch) {
    const disowned = ownFromRoot(group)
    if (disowned !== undefined) return { ok: false, error: disowned, undo: true }
  }
  return { ok: true, changed: result.written }
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
