import type { VirtualMs } from '../kernel/time.ts'
import { delayRows } from './delay-rows.ts'
import type { DelayRow, Flow, Lane, Mark, Revision } from './flow.ts'
import type { FlowIndex } from './flow-index.ts'
import { type FlowFacts, type FlowQuery, type FlowSources, laneIds, nodeOf, sourcesOf } from './flow-query.ts'
import { momentsOf } from './moments.ts'
import { nodeLanes } from './node-lanes.ts'
import { type DelaysOfLanes, podLanes } from './pod-lanes.ts'
import { mark, marksWithin, segmentsOf, stateOf, type Turn, within } from './segments.ts'
import type { Doing } from './traces.ts'

/** Pods that get lanes unless somebody asks for more. */
const podsShown = 50

/**
 * How a Secret, or one of its keys, flows: lanes, hops, delays, moments. Costs what the Secret and the Pods that use it did,
 * not what the cluster did.
 */
export function flowOf(index: FlowIndex, facts: FlowFacts, query: FlowQuery): Flow {
  const sources = sourcesOf(index, facts, query)
  const { from, to, pods, revisions } = sources
  const shown = pods.slice(0, query.pods ?? podsShown)
  const delays = delayRows(sources)
  const byLane = rowsByLane(delays)
  const nodes = [...new Set(shown.map(nodeOf))].filter((name) => name !== '')
  const parts = [
    ...nodes.flatMap((name) => [
      nodeLanes(sources, name),
      ...shown.filter((pod) => nodeOf(pod) === name).map((pod) => podLanes(sources, pod, byLane)),
    ]),
    ...shown.filter((pod) => nodeOf(pod) === '').map((pod) => podLanes(sources, pod, byLane)),
  ]
  const flow = {
    namespace: query.namespace,
    secret: query.secret,
    key: query.key,
    ...{ from, to, delays },
    revisions: writtenUntil(revisions.all, to),
    lanes: [...clusterLanes(sources), ...parts.flatMap(({ lanes }) => lanes)],
    hops: parts.flatMap(({ hops }) => hops),
    podsLeft: pods.length - shown.length,
  }
  return { ...flow, moments: momentsOf(flow) }
}

/** What is written or deleted later is not known yet. */
function writtenUntil(revisions: readonly Revision[], to: VirtualMs): readonly Revision[] {
  return revisions
    .filter(({ at }) => at <= to)
    .map((each) => (each.deletedAt === undefined || each.deletedAt <= to ? each : { ...each, deletedAt: undefined }))
}

function rowsByLane(delays: readonly DelayRow[]): DelaysOfLanes {
  const byLane = new Map<string, DelayRow[]>()
  for (const row of delays) {
    const rows = byLane.get(row.lane ?? '')
    if (rows === undefined) byLane.set(row.lane ?? '', [row])
    else rows.push(row)
  }
  return byLane
}

/** What people, the API server and controllers do. */
function clusterLanes(sources: FlowSources): readonly Lane[] {
  const { index, query, from, to, revisions } = sources
  const secret = index.secret(query.namespace, query.secret)
  const uid = secret?.writes.findLast((write) => write.secret !== undefined)?.secret?.metadata.uid
  const rest = { parent: undefined, never: undefined }
  const concerns = ({ actor, object }: Doing) => actor === 'fault' || object.includes(` ${query.namespace}/`)
  const byControllers = index.controllers.filter((doing) => concerns(doing) && workloads.test(doing.object))
  return [
    {
      ...{ id: laneIds.people, kind: 'people', title: 'people', uid: undefined, ...rest, segments: [] },
      marks: marksWithin(index.people.filter(concerns).map(doingMark), from, to),
    },
    {
      ...{ id: laneIds.api, kind: 'api', title: 'API server', uid, ...rest },
      segments: within(segmentsOf(revisions.all.flatMap(etcdTurns)), from, to),
      marks: marksWithin(revisions.all.map(writeMark), from, to),
    },
    {
      ...{ id: laneIds.controllers, kind: 'controllers', title: 'controllers', uid: undefined, ...rest, segments: [] },
      marks: marksWithin(byControllers.map(doingMark), from, to),
    },
  ]
}

/** Kinds whose writes by controllers have to do with who uses a Secret. */
const workloads = /^(pod|replicaset|deployment|statefulset|daemonset|job|secret) /

function doingMark({ seq, at, actor, what, object, isEnd }: Doing): Mark {
  if (actor === 'fault') return mark(isEnd === true ? 'over' : 'accident', { seq, at }, what)
  return mark(actor.startsWith('user/') ? 'doing' : 'write', { seq, at }, `${actor} ${what} ${object}`)
}

function etcdTurns(revision: Revision): readonly Turn[] {
  const { at, seq, deletedAt } = revision
  const begins: Turn = { at, seq, state: stateOf(revision) }
  return deletedAt === undefined ? [begins] : [begins, { at: deletedAt, seq, state: undefined }]
}

function writeMark({ at, seq, by, letter, keys, index }: Revision): Mark {
  return mark('write', { at, seq }, `${by} ${index === 0 ? 'creates' : 'changes'} ${keys.join(', ')}: ${letter}`, {
    letter,
  })
}
