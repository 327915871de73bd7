import type { VirtualMs } from '../kernel/time.ts'
import type { DelayRow, Never, Revision } from './flow.ts'
import { type FlowSources, nodeOf } from './flow-query.ts'
import { isConcerned, neverOf, type Place, placesOf } from './places.ts'
import { concerned, placeLaneId, versionIn } from './pod-lanes.ts'
import { firstFrom } from './search.ts'
import type { Attempt, CopyStep, PodTrace, VolumeStep } from './traces.ts'
import { updateParts } from './update-parts.ts'

/**
 * Every change of a Secret against every place of a Pod that ran then, and what each Pod that came later began with (U1, U3,
 * U4). Changes of keys that a place does not have do not concern it.
 */
export function delayRows(sources: FlowSources): readonly DelayRow[] {
  const { revisions, query, from, to } = sources
  const rows: DelayRow[] = []
  for (const revision of revisions.all) {
    if (revision.at < from || revision.at > to) continue
    for (const pod of sources.pods) {
      if (!ranAt(pod, revision.at)) continue
      for (const place of concerned(placesOf(pod.pod, query.secret), query.key))
        if (isConcerned(place, revision.keys)) rows.push(updateRow(sources, revision, pod, place))
    }
    for (const pod of sources.pods) rows.push(...startRows(sources, revision, pod))
  }
  return rows
}

/** Whether any container of the Pod was running. */
function ranAt({ containers, createdAt, endedAt }: PodTrace, at: VirtualMs): boolean {
  if (createdAt > at || (endedAt !== undefined && endedAt <= at)) return false
  for (const { attempts } of containers.values()) if (attempts.some((attempt) => runsAt(attempt, at))) return true
  return false
}

function runsAt({ startedAt, exitedAt }: Attempt, at: VirtualMs): boolean {
  return startedAt !== undefined && startedAt <= at && (exitedAt === undefined || exitedAt > at)
}

function base({ facts }: FlowSources, revision: Revision, pod: PodTrace, place: Place) {
  return {
    letter: revision.letter,
    resourceVersion: revision.resourceVersion,
    updatedAt: revision.at,
    node: nodeOf(pod),
    pod: pod.name,
    podUid: pod.uid,
    container: place.container,
    way: place.way,
    where: place.where,
    lane: place.way === 'pull' ? undefined : placeLaneId(pod, place),
    boundMs: facts.boundMs(nodeOf(pod)),
  } as const
}

function updateRow(sources: FlowSources, revision: Revision, pod: PodTrace, place: Place): DelayRow {
  const { facts, to } = sources
  const row = { kind: 'update', ...base(sources, revision, pod, place) } as const
  const endedAt = pod.endedAt !== undefined && pod.endedAt <= to ? pod.endedAt : undefined
  const never = neverOf(place, pod.pod, facts, false)
  if (never !== undefined) {
    const renewedAt = renewal(sources, revision, pod, place)
    return { ...row, never, renewedAt, endedAt, visibleAt: undefined, parts: undefined }
  }
  const seen = seenIn(sources, revision, pod, place)
  const missed = seen === undefined ? undefined : refusedBefore(sources, revision, pod, place, seen)
  if (missed !== undefined) return { ...row, ...unseen, never: missed, endedAt }
  if (seen !== undefined) {
    const parts = partsOf(sources, revision, pod, seen)
    return { ...row, never: undefined, renewedAt: undefined, endedAt: undefined, visibleAt: seen.at, parts }
  }
  const refused = refusal(revision, pod, place, to)
  if (refused === undefined && isFrozen(sources, revision, nodeOf(pod)))
    return { ...row, ...unseen, never: neverOf(place, pod.pod, facts, true), endedAt }
  return { ...row, never: refused, renewedAt: undefined, endedAt, visibleAt: undefined, parts: undefined }
}

const unseen = { renewedAt: undefined, visibleAt: undefined, parts: undefined } as const

/** Whether a Secret of this name was immutable before, so that the node keeps the copy that it has though it was deleted and made again. */
function isFrozen({ revisions, facts }: FlowSources, { index }: Revision, node: string): boolean {
  return facts.freezesImmutable(node) && revisions.all.some((one) => one.index < index && one.immutable)
}

/** The first set-up of the volume from which on the revision, or a later one, is there. */
function seenIn({ revisions, query, to }: FlowSources, revision: Revision, pod: PodTrace, { volume = '' }: Place) {
  const steps = pod.volumes.get(volume) ?? []
  for (let i = firstFrom(steps, revision.at); i < steps.length; i++) {
    const step = steps[i]
    if (step === undefined || step.at > to) break
    const found = step.kind === 'set-up' ? revisions.of(step.versions.get(query.secret)) : undefined
    if (found !== undefined && found.index >= revision.index) return step
  }
  return undefined
}

/** An update that the volume cannot take: the last set-up since has failed, for what the Secret lacks now. */
function refusal(revision: Revision, pod: PodTrace, { volume = '' }: Place, to: VirtualMs): Never | undefined {
  const last = pod.volumes.get(volume)?.findLast(({ at }) => at >= revision.at && at <= to)
  return last?.kind === 'failed' ? refusalBy(last) : undefined
}

/** An update for lack of a key, which a later one took the place of before any set-up succeeded: nobody ever saw it. */
function refusedBefore(
  { revisions, query }: FlowSources,
  revision: Revision,
  pod: PodTrace,
  { volume = '' }: Place,
  seen: VolumeStep,
): Never | undefined {
  const index = seen.kind === 'set-up' ? revisions.of(seen.versions.get(query.secret))?.index : undefined
  const next = revisions.all[revision.index + 1]
  if (index === undefined || index <= revision.index || next === undefined) return undefined
  const failed = pod.volumes
    .get(volume)
    ?.findLast(({ at, kind }) => kind === 'failed' && at >= revision.at && at < Math.min(next.at, seen.at))
  return failed?.kind === 'failed' && lackedKey(failed.error) !== undefined ? refusalBy(failed) : undefined
}

function lackedKey(error = ''): string | undefined {
  return /non-existent secret key: (\S+)/.exec(error)?.[1]?.replace(/[\]",]+$/, '')
}

function refusalBy(failed: VolumeStep): Never {
  const error = failed.error ?? 'the set-up of the volume fails'
  const key = lackedKey(error)
  return {
    reason: `the update is refused and the old files stay: ${error}`,
    until: key === undefined ? 'the set-up succeeds' : `the Secret has the key ${key} again`,
    cure:
      key === undefined
        ? 'mend what the message says'
        : `give the Secret its key ${key}, or take it out of the volume's items`,
  }
}

/** When a later attempt of the container, or the next pull, had the revision. */
function renewal(
  { revisions, query, to }: FlowSources,
  revision: Revision,
  pod: PodTrace,
  place: Place,
): VirtualMs | undefined {
  if (place.way === 'pull') return pod.pulls.find(({ at }) => at > revision.at && at <= to)?.at
  if (place.way === 'volume') return undefined
  const attempt = pod.containers
    .get(place.container)
    ?.attempts.find(
      (each) =>
        each.createdAt >= revision.at &&
        (revisions.of(versionIn(each, place, query.secret))?.index ?? -1) >= revision.index,
    )
  return attempt?.startedAt === undefined || attempt.startedAt > to ? undefined : attempt.startedAt
}

function partsOf({ index, facts, query, revisions }: FlowSources, revision: Revision, pod: PodTrace, seen: VolumeStep) {
  const node = nodeOf(pod)
  const copies = index.node(node)?.copies.get(`${query.namespace}/${query.secret}`) ?? []
  // Without a cache each Pod reads for itself: the copy that came last before it was seen is its own.
  const isOwn = facts.strategyOf(node) === 'Get'
  const copy = isOwn ? copies.findLast(({ at }) => at <= seen.at) : firstCopy(copies, revision, revisions)
  const syncs: VirtualMs[] = []
  // One that was under way when the Secret changed counts, too.
  for (let i = Math.max(firstFrom(pod.syncs, revision.at) - 1, 0); i < pod.syncs.length; i++) {
    const { kind, at } = pod.syncs[i] ?? {}
    if (at === undefined || at > seen.at) break
    if (kind === 'sync') syncs.push(at)
  }
  return updateParts({
    writtenAt: revision.at,
    copiedAt: copy === undefined || copy.at > seen.at ? seen.at : copy.at,
    isPushed: facts.strategyOf(node) === 'Watch',
    syncs,
    visibleAt: seen.at,
  })
}

/** The copy with which the revision, or a later one, came to the node. */
function firstCopy(
  copies: readonly CopyStep[],
  revision: Revision,
  revisions: FlowSources['revisions'],
): CopyStep | undefined {
  for (let i = firstFrom(copies, revision.at); i < copies.length; i++) {
    const step = copies[i]
    if (step?.kind === 'arrived' && (revisions.of(step.version)?.index ?? -1) >= revision.index) return step
  }
  return undefined
}

/** What Pods that came after a change began with, told once their containers run. Of the first revision it is no news. */
function startRows(sources: FlowSources, revision: Revision, pod: PodTrace): readonly DelayRow[] {
  const { revisions, query, to } = sources
  if (revision.index === 0 || pod.createdAt < revision.at) return []
  return concerned(placesOf(pod.pod, query.secret), query.key).flatMap((place): DelayRow[] => {
    const first = pod.containers.get(place.container)?.attempts.find(({ startedAt }) => startedAt !== undefined)
    if (first?.startedAt === undefined || first.startedAt > to) return []
    const version =
      place.way === 'volume'
        ? pod.volumes
            .get(place.volume ?? '')
            ?.find(({ kind }) => kind === 'set-up')
            ?.versions.get(query.secret)
        : versionIn(first, place, query.secret)
    if (revisions.of(version)?.index !== revision.index) return []
    const none = { never: undefined, renewedAt: undefined, endedAt: undefined, parts: undefined }
    return [{ kind: 'start', ...base(sources, revision, pod, place), ...none, visibleAt: first.startedAt }]
  })
}
