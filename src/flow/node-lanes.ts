import type { VirtualMs } from '../kernel/time.ts'
import type { Hop, Lane, Mark, MarkKind } from './flow.ts'
import { type FlowSources, laneIds, nodeOf } from './flow-query.ts'
import { mark, marksWithin, segmentsOf, stateOf, type Turn, within } from './segments.ts'
import type { CopyStep, NodeTrace, PodTrace } from './traces.ts'

/** Lane of a node (its kubelet up or down) and of the copy that it has of the Secret, and how the copy came. */
export function nodeLanes(
  sources: FlowSources,
  name: string,
): { readonly lanes: readonly Lane[]; readonly hops: readonly Hop[] } {
  const { index, from, to, query, facts } = sources
  const node = index.node(name)
  const steps = node?.copies.get(`${query.namespace}/${query.secret}`) ?? []
  const id = laneIds.node(name)
  const cacheId = laneIds.cache(name)
  const isKept = facts.strategyOf(name) !== 'Get'
  const empty = { uid: undefined, never: undefined }
  const downs = (node?.kubelet ?? []).map((step) =>
    step.runs ? mark('up', step, 'the kubelet starts, remembering nothing') : mark('down', step, 'the kubelet stops'),
  )
  const lanes: readonly Lane[] = [
    {
      ...{ id, kind: 'node', title: name, parent: undefined, ...empty },
      segments: within(segmentsOf(downTurns(node)), from, to),
      marks: marksWithin(downs, from, to),
    },
    {
      ...{ id: cacheId, kind: 'cache', title: isKept ? 'cache' : 'reads', parent: id, ...empty },
      segments: isKept ? within(segmentsOf(cacheTurns(sources, node, steps)), from, to) : [],
      marks: marksWithin(
        steps.map((step) => copyMark(sources, step)),
        from,
        to,
      ),
    },
  ]
  const hops = steps.flatMap((step) => arrival(sources, cacheId, step))
  // Versions that differ in other keys are no other revision.
  return { lanes, hops: hops.filter(({ letter }, i) => letter !== hops[i - 1]?.letter) }
}

function downTurns(node: NodeTrace | undefined): readonly Turn[] {
  return (node?.kubelet ?? []).map(({ at, seq, runs }) => ({
    at,
    seq,
    state: runs ? undefined : { letter: undefined, note: 'down' },
  }))
}

/** The copy as it comes, is lost with the kubelet, and is let go with the last Pod that uses it. */
function cacheTurns(sources: FlowSources, node: NodeTrace | undefined, steps: readonly CopyStep[]): readonly Turn[] {
  const { revisions } = sources
  const arrivals: Turn[] = steps
    .filter(({ kind }) => kind === 'arrived')
    .map(({ at, seq, version }) => ({ at, seq, state: stateOf(revisions.of(version)) }))
  const losses: Turn[] = (node?.kubelet ?? [])
    .filter(({ runs }) => !runs)
    .map(({ at, seq }) => ({ at, seq, state: undefined }))
  const letGo: Turn[] = unusedFrom(sources.pods.filter((pod) => nodeOf(pod) === node?.name)).map((at) => ({
    at,
    seq: 0,
    state: undefined,
  }))
  return [...arrivals, ...losses, ...letGo].sort(
    (a, b) => a.at - b.at || Number(a.seq === 0) - Number(b.seq === 0) || a.seq - b.seq,
  )
}

/** Instants from which none of the Pods is there. */
function unusedFrom(pods: readonly PodTrace[]): readonly VirtualMs[] {
  return pods.flatMap(({ endedAt }) => {
    if (endedAt === undefined) return []
    const isUsed = pods.some((other) => other.createdAt <= endedAt && (other.endedAt ?? endedAt + 1) > endedAt)
    return isUsed ? [] : [endedAt]
  })
}

function copyMark({ revisions, query }: FlowSources, step: CopyStep): Mark {
  const letter = revisions.of(step.version)?.letter
  const what = `secret ${query.secret}`
  if (step.kind === 'reused') {
    const why = step.error === undefined ? '' : `: ${step.error}`
    return mark('reuse', step, `copy of ${what} used again, ${(step.ageMs ?? 0) / 1000} s old${why}`, { letter })
  }
  const kind: MarkKind = step.by === 'watch' ? 'watch' : !step.changed ? 'same' : step.by === 'list' ? 'list' : 'get'
  const found =
    step.version === undefined ? 'it is not there' : step.changed ? `it is ${letter ?? 'another'}` : 'as before'
  const how = { watch: 'watch event', list: 'listed', get: 'asked for' }[step.by ?? 'get']
  return mark(kind, step, `${how} ${what}: ${found}`, { letter })
}

/** What is pushed leaves when it is written; what is asked for, when it is asked for. */
function arrival({ revisions, from, to }: FlowSources, lane: string, step: CopyStep): readonly Hop[] {
  const revision = revisions.of(step.version)
  if (step.kind !== 'arrived' || !step.changed || revision === undefined || step.at < from || step.at > to) return []
  const { by = 'get', at, seq } = step
  const leftAt = by === 'watch' ? Math.min(revision.at, at) : at
  return [
    {
      ...{ kind: by, letter: revision.letter, seq, parts: undefined },
      from: { lane: laneIds.api, at: leftAt },
      to: { lane, at },
    },
  ]
}
