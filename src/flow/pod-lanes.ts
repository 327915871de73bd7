import type { DelayRow, Hop, Lane, Mark } from './flow.ts'
import { type FlowSources, laneIds, nodeOf } from './flow-query.ts'
import { neverOf, type Place, placesOf } from './places.ts'
import { mark, marksWithin, segmentsOf, stateOf, type Turn, within } from './segments.ts'
import type { Attempt, ContainerTrace, PodTrace, VolumeStep } from './traces.ts'

/** Rows of delays by the id of their lane. */
export type DelaysOfLanes = ReadonlyMap<string, readonly DelayRow[]>

interface LanesAndHops {
  readonly lanes: readonly Lane[]
  readonly hops: readonly Hop[]
}

/** Lanes of a Pod: itself, its syncs, each place where a container has the Secret, each process. */
export function podLanes(sources: FlowSources, pod: PodTrace, delays: DelaysOfLanes): LanesAndHops {
  const { from, to, query } = sources
  const id = laneIds.pod(pod.uid)
  const places = concerned(placesOf(pod.pod, query.secret), query.key).filter(({ way }) => way !== 'pull')
  const made = places.map((place) => placeLane(sources, pod, place, delays))
  const containers = [...new Set(places.map(({ container }) => container))]
  const hasVolumes = places.some(({ volume }) => volume !== undefined)
  const lives: readonly Turn[] = [
    { at: pod.createdAt, seq: pod.createdSeq, state: { letter: undefined } },
    ...(pod.endedAt === undefined ? [] : [{ at: pod.endedAt, seq: pod.createdSeq, state: undefined }]),
  ]
  return {
    lanes: [
      {
        ...{
          id,
          kind: 'pod',
          title: `pod ${pod.name}`,
          parent: nodeOf(pod) === '' ? undefined : laneIds.node(nodeOf(pod)),
        },
        ...{ uid: pod.uid, never: undefined, segments: within(segmentsOf(lives), from, to), marks: [] },
      },
      ...(hasVolumes ? [syncLane(sources, pod)] : []),
      ...made.map(({ lane }) => lane),
      ...containers.map((container) => processLane(sources, pod, container)),
    ],
    hops: made.flatMap(({ hops }) => hops).filter(({ to: { at } }) => at >= from && at <= to),
  }
}

/** Places that have the key that is looked at. */
export function concerned(places: readonly Place[], key: string | undefined): readonly Place[] {
  return key === undefined ? places : places.filter(({ keys }) => keys === undefined || keys.includes(key))
}

function syncLane({ from, to }: FlowSources, pod: PodTrace): Lane {
  const marks: Mark[] = []
  for (const step of pod.syncs) {
    const { nextAt, kind } = step
    if (kind === 'sync') marks.push(mark('sync', step, 'the kubelet syncs the Pod'))
    else if (kind === 'idle') marks.push(mark('idle', step, 'a sync that finds nothing to do'))
    else if (kind === 'due') marks.push(mark('due', step, 'the next sync will find something', { nextAt }))
    else {
      // When a sync ends it is known when the next comes.
      const last = marks[marks.length - 1]
      if (last?.kind === 'sync') marks[marks.length - 1] = { ...last, nextAt, ...(step.error && { text: step.error }) }
    }
  }
  const parent = laneIds.pod(pod.uid)
  return {
    ...{ id: laneIds.sync(pod.uid), kind: 'sync', title: 'sync', parent, uid: pod.uid, never: undefined, segments: [] },
    marks: marksWithin(marks, from, to),
  }
}

/** Id of the lane of a place. */
export function placeLaneId(pod: PodTrace, { container, way, where }: Place): string {
  const kind = way === 'volume' ? 'file' : way === 'subPath' ? 'subPath' : 'env'
  return laneIds.place(pod.uid, container, kind, way === 'envFrom' ? `${where}*` : where)
}

function placeLane(
  sources: FlowSources,
  pod: PodTrace,
  place: Place,
  delays: DelaysOfLanes,
): { readonly lane: Lane; readonly hops: readonly Hop[] } {
  const { from, to, revisions, facts } = sources
  const id = placeLaneId(pod, place)
  const isImmutable = facts.freezesImmutable(nodeOf(pod)) && revisions.all.some(({ immutable }) => immutable)
  const drawn = place.way === 'volume' ? fileTurns(sources, pod, place) : attemptTurns(sources, pod, place)
  const lane: Lane = {
    ...{ id, kind: place.way === 'volume' ? 'file' : place.way === 'subPath' ? 'subPath' : 'env' },
    ...{ title: titleOf(place), parent: laneIds.pod(pod.uid), uid: pod.uid },
    segments: within(segmentsOf(drawn.turns), from, to),
    marks: marksWithin(drawn.marks, from, to),
    never: neverOf(place, pod.pod, facts, isImmutable),
  }
  const hops = lane.segments.flatMap((segment): Hop[] => {
    if (segment.letter === undefined) return []
    const { letter, seq, from: at } = segment
    const parts = delays.get(id)?.find((row) => row.visibleAt === at && row.kind === 'update')?.parts
    const source = sourceOf(sources, pod, place, at)
    const kind = place.way === 'volume' ? 'mount' : place.way === 'subPath' ? 'bind' : 'start'
    return [{ kind, letter, seq, parts, from: source, to: { lane: id, at } }]
  })
  return { lane, hops }
}

function titleOf({ way, where }: Place): string {
  if (way === 'env') return `env ${where}`
  return way === 'envFrom' ? `env ${where}*` : where
}

/** Where the content of a place comes from: of a subPath the volume, if a container has it whole; else the node's copy. */
function sourceOf({ index, query }: FlowSources, pod: PodTrace, place: Place, at: number): Hop['from'] {
  if (place.way === 'subPath') {
    const whole = placesOf(pod.pod, query.secret).filter(
      ({ way, volume }) => way === 'volume' && volume === place.volume,
    )
    const own = whole.find(({ container }) => container === place.container) ?? whole[0]
    if (own !== undefined) return { lane: placeLaneId(pod, own), at }
  }
  const node = nodeOf(pod)
  const copies = index.node(node)?.copies.get(`${query.namespace}/${query.secret}`) ?? []
  const copy = copies.findLast((step) => step.kind === 'arrived' && step.changed && step.at <= at)
  return { lane: laneIds.cache(node), at: copy?.at ?? at }
}

interface Drawn {
  readonly turns: readonly Turn[]
  readonly marks: readonly Mark[]
}

/** Files of a volume: written by set-ups, gone with the tear-down. */
function fileTurns({ revisions, query }: FlowSources, pod: PodTrace, { volume = '' }: Place): Drawn {
  const turns: Turn[] = []
  const marks: Mark[] = []
  for (const step of pod.volumes.get(volume) ?? []) {
    if (step.kind === 'failed') marks.push(mark('refused', step, step.error ?? 'the set-up failed'))
    else turns.push({ at: step.at, seq: step.seq, state: stateAfter(step, query.secret, revisions) })
  }
  return { turns, marks }
}

function stateAfter(step: VolumeStep, secret: string, revisions: FlowSources['revisions']): Turn['state'] {
  if (step.kind === 'torn-down') return undefined
  return stateOf(revisions.of(step.versions.get(secret)))
}

/** What is fixed at the creation of a container goes with the container. */
function attemptTurns(sources: FlowSources, pod: PodTrace, place: Place): Drawn {
  const { revisions } = sources
  const turns: Turn[] = []
  for (const attempt of pod.containers.get(place.container)?.attempts ?? []) {
    const version = versionIn(attempt, place, sources.query.secret)
    turns.push({ at: attempt.createdAt, seq: attempt.createdSeq, state: stateOf(revisions.of(version)) })
    const endedAt = attempt.exitedAt ?? pod.endedAt
    if (endedAt !== undefined) turns.push({ at: endedAt, seq: attempt.exitedSeq ?? 0, state: undefined })
  }
  return { turns, marks: [] }
}

/** Version of the Secret that an attempt of a container has in a place that is fixed at its creation. */
export function versionIn(attempt: Attempt, { way, where }: Place, secret: string): string | undefined {
  return way === 'subPath' ? attempt.subPaths.get(where)?.versions.get(secret) : attempt.env.get(secret)
}

function processLane({ from, to, revisions, query }: FlowSources, pod: PodTrace, name: string): Lane {
  const container: ContainerTrace | undefined = pod.containers.get(name)
  const turns: Turn[] = []
  const marks: Mark[] = []
  for (const { attempt, env, startedAt, startedSeq = 0, exitedAt, exitedSeq = 0 } of container?.attempts ?? []) {
    if (startedAt === undefined) continue
    const state = { letter: revisions.of(env.get(query.secret))?.letter, note: `attempt ${attempt}` }
    turns.push({ at: startedAt, seq: startedSeq, state })
    marks.push(mark('start', { at: startedAt, seq: startedSeq }, `container ${name} starts`))
    const endedAt = exitedAt ?? pod.endedAt
    if (endedAt === undefined) continue
    turns.push({ at: endedAt, seq: exitedSeq, state: undefined })
    marks.push(mark('exit', { at: endedAt, seq: exitedSeq }, `container ${name} ends`))
  }
  return {
    ...{ id: laneIds.place(pod.uid, name, 'process', ''), kind: 'process', title: `process ${name}` },
    ...{ parent: laneIds.pod(pod.uid), uid: pod.uid, never: undefined },
    segments: within(segmentsOf(turns), from, to),
    marks: marksWithin(marks, from, to),
  }
}
