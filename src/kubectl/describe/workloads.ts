import { withoutValue } from '../../api/change.ts'
import { at, compareBytes, deepEqual, isObject, listAt, numberAt, objectAt, textAt } from '../../go/json.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { attempt } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { humanDuration, rfc1123 } from '../print/duration.ts'
import { formatMap } from '../print/table.ts'
import {
  countPods,
  type Describing,
  describeAnnotations,
  describeController,
  describeHead,
  describeLabels,
  describeMeta,
  describeOwnEvents,
  describeTolerations,
} from './common.ts'
import { describeContainers } from './containers.ts'
import { formatLabelSelector, formatSelector } from './selectors.ts'
import { describeVolumes } from './volumes.ts'

/** Source: kubectl pkg/describe/describe.go, DescribePodTemplate. */
export function describeTemplate(d: Describing, template: unknown): void {
  const { session, w } = d
  w.line(0, 'Pod Template:')
  describeLabels(w, '  Labels', at(template, 'metadata', 'labels'))
  const annotations = objectAt(template, 'metadata', 'annotations')
  if (Object.keys(annotations).length > 0) describeAnnotations(session, w, '  Annotations', annotations)
  const account = textAt(template, 'spec', 'serviceAccountName')
  if (account !== '') w.field(1, 'Service Account', account)
  const init = listAt(template, 'spec', 'initContainers')
  if (init.length > 0) describeContainers(w, 'Init Containers', init, [], undefined, '  ')
  describeContainers(w, 'Containers', listAt(template, 'spec', 'containers'), [], undefined, '  ')
  describeVolumes(session, w, listAt(template, 'spec', 'volumes'), '  ')
  const priority = textAt(template, 'spec', 'priorityClassName')
  if (priority !== '') w.field(1, 'Priority Class Name', priority)
  if (!session.version.describesTemplateScheduling) return
  describeLabels(w, '  Node-Selectors', at(template, 'spec', 'nodeSelector'))
  describeTolerations(session, w, '  Tolerations', listAt(template, 'spec', 'tolerations'))
}

function describeConditions(d: Describing): void {
  const conditions = listAt(d.object, 'status', 'conditions')
  if (conditions.length === 0) return
  d.w.line(0, 'Conditions:\n  Type\tStatus\tReason')
  d.w.line(1, '----\t------\t------')
  for (const c of conditions) d.w.line(1, `${textAt(c, 'type')} \t${textAt(c, 'status')}\t${textAt(c, 'reason')}`)
}

export function* describeDeployment(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'CreationTimestamp', rfc1123(at(object, 'metadata', 'creationTimestamp')))
  describeMeta(d)
  w.field(0, 'Selector', formatSelector(at(object, 'spec', 'selector')))
  const count = (field: string): number => numberAt(object, ['status', field])
  w.field(
    0,
    'Replicas',
    `${numberAt(object, ['spec', 'replicas'])} desired | ${count('updatedReplicas')} updated | ${count('replicas')} total | ${count('availableReplicas')} available | ${count('unavailableReplicas')} unavailable`,
  )
  w.field(0, 'StrategyType', textAt(object, 'spec', 'strategy', 'type'))
  w.field(0, 'MinReadySeconds', numberAt(object, ['spec', 'minReadySeconds']))
  const rolling = at(object, 'spec', 'strategy', 'rollingUpdate')
  if (isObject(rolling)) {
    w.field(
      0,
      'RollingUpdateStrategy',
      `${textAt(rolling, 'maxUnavailable')} max unavailable, ${textAt(rolling, 'maxSurge')} max surge`,
    )
  }
  describeTemplate(d, at(object, 'spec', 'template'))
  describeConditions(d)
  const sets = yield* attempt(replicaSetsOf(session, object))
  if (sets.ok) {
    w.field(0, 'OldReplicaSets', replicaSetTexts(sets.value.old))
    w.field(0, 'NewReplicaSet', replicaSetTexts(sets.value.current === undefined ? [] : [sets.value.current]))
  }
  yield* describeOwnEvents(d)
}

function replicaSetTexts(sets: readonly unknown[]): string {
  const texts = sets.map(
    (set) =>
      `${textAt(set, 'metadata', 'name')} (${numberAt(set, ['status', 'replicas'])}/${numberAt(set, ['spec', 'replicas'])} replicas created)`,
  )
  return texts.join(', ') || '<none>'
}

export interface OwnReplicaSets {
  /** The one whose template is the deployment's. */
  readonly current: unknown
  /** Others that still want Pods. */
  readonly old: readonly unknown[]
  readonly all: readonly unknown[]
}

/** Source: kubectl pkg/util/deployment/deployment.go, GetAllReplicaSets. */
export function* replicaSetsOf(session: Session, deployment: unknown): Steps<OwnReplicaSets> {
  const namespace = textAt(deployment, 'metadata', 'namespace')
  const answer = yield* session.rest.request('GET', `/apis/apps/v1/namespaces/${namespace}/replicasets`, {
    query: { labelSelector: formatSelector(at(deployment, 'spec', 'selector')) },
  })
  const uid = textAt(deployment, 'metadata', 'uid')
  const all = listAt(answer, 'items').filter((set) =>
    listAt(set, 'metadata', 'ownerReferences').some(
      (owner) => at(owner, 'controller') === true && textAt(owner, 'uid') === uid,
    ),
  )
  const bare = (template: unknown): unknown => withoutValue(template, ['metadata', 'labels', 'pod-template-hash'])
  const wanted = bare(at(deployment, 'spec', 'template'))
  const byAge = [...all].sort((a, b) =>
    compareBytes(textAt(a, 'metadata', 'creationTimestamp'), textAt(b, 'metadata', 'creationTimestamp')),
  )
  const current = byAge.find((set) => deepEqual(bare(at(set, 'spec', 'template')), wanted))
  const old = byAge.filter((set) => set !== current && numberAt(set, ['spec', 'replicas']) !== 0)
  return { current, old, all }
}

export function* describeReplicaSet(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'Selector', formatLabelSelector(at(object, 'spec', 'selector')))
  describeMeta(d)
  describeController(w, object)
  w.field(
    0,
    'Replicas',
    `${numberAt(object, ['status', 'replicas'])} current / ${numberAt(object, ['spec', 'replicas'])} desired`,
  )
  w.field(0, 'Pods Status', yield* countPods(session, object))
  describeTemplate(d, at(object, 'spec', 'template'))
  describeConditions(d)
  yield* describeOwnEvents(d)
}

export function* describeReplicationController(d: Describing): Steps<void> {
  const { w, object } = d
  const selector = { matchLabels: objectAt(object, 'spec', 'selector') }
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'Selector', formatMap(objectAt(object, 'spec', 'selector')))
  describeMeta(d)
  w.field(
    0,
    'Replicas',
    `${numberAt(object, ['status', 'replicas'])} current / ${numberAt(object, ['spec', 'replicas'])} desired`,
  )
  w.field(0, 'Pods Status', yield* countPods(d.session, { ...objectAt(object), spec: { selector } }))
  describeTemplate(d, at(object, 'spec', 'template'))
  describeConditions(d)
  yield* describeOwnEvents(d)
}

export function* describeDaemonSet(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  if (session.version.describesNamespacesOfDaemonSets) w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'Selector', formatSelector(at(object, 'spec', 'selector')))
  w.field(0, 'Node-Selector', formatMap(at(object, 'spec', 'template', 'spec', 'nodeSelector')))
  describeMeta(d)
  for (const [label, field] of [
    ['Desired Number of Nodes Scheduled', 'desiredNumberScheduled'],
    ['Current Number of Nodes Scheduled', 'currentNumberScheduled'],
    ['Number of Nodes Scheduled with Up-to-date Pods', 'updatedNumberScheduled'],
    ['Number of Nodes Scheduled with Available Pods', 'numberAvailable'],
    ['Number of Nodes Misscheduled', 'numberMisscheduled'],
  ] as const) {
    w.line(0, `${label}: ${numberAt(object, ['status', field])}`)
  }
  w.field(0, 'Pods Status', yield* countPods(session, object))
  describeTemplate(d, at(object, 'spec', 'template'))
  yield* describeOwnEvents(d)
}

export function* describeStatefulSet(d: Describing): Steps<void> {
  const { session, w, object } = d
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'CreationTimestamp', rfc1123(at(object, 'metadata', 'creationTimestamp')))
  w.field(0, 'Selector', formatSelector(at(object, 'spec', 'selector')))
  describeMeta(d)
  w.field(
    0,
    'Replicas',
    `${numberAt(object, ['spec', 'replicas'])} desired | ${numberAt(object, ['status', 'replicas'])} total`,
  )
  w.field(0, 'Update Strategy', textAt(object, 'spec', 'updateStrategy', 'type'))
  const partition = at(object, 'spec', 'updateStrategy', 'rollingUpdate', 'partition')
  if (typeof partition === 'number') w.field(1, 'Partition', partition)
  const most = at(object, 'spec', 'updateStrategy', 'rollingUpdate', 'maxUnavailable')
  if (session.version.describesMaxUnavailable && most !== undefined) w.field(1, 'MaxUnavailable', String(most))
  w.field(0, 'Pods Status', yield* countPods(session, object))
  describeTemplate(d, at(object, 'spec', 'template'))
  describeClaims(d)
  yield* describeOwnEvents(d)
}

function describeClaims(d: Describing): void {
  const { session, w, object } = d
  const claims = listAt(object, 'spec', 'volumeClaimTemplates')
  w.line(0, claims.length === 0 ? 'Volume Claims:\t<none>' : 'Volume Claims:')
  for (const claim of claims) {
    w.field(1, 'Name', textAt(claim, 'metadata', 'name'))
    w.field(1, 'StorageClass', textAt(claim, 'spec', 'storageClassName'))
    describeLabels(w, '  Labels', at(claim, 'metadata', 'labels'))
    describeAnnotations(session, w, '  Annotations', at(claim, 'metadata', 'annotations'))
    w.field(1, 'Capacity', textAt(claim, 'spec', 'resources', 'requests', 'storage') || '<default>')
    w.field(1, 'Access Modes', `[${listAt(claim, 'spec', 'accessModes').join(' ')}]`)
  }
}

export function* describeJob(d: Describing): Steps<void> {
  const { session, w, object } = d
  const modern = session.version.minor
  w.field(0, 'Name', textAt(object, 'metadata', 'name'))
  w.field(0, 'Namespace', textAt(object, 'metadata', 'namespace'))
  w.field(0, 'Selector', formatSelector(at(object, 'spec', 'selector')))
  describeMeta(d)
  describeController(w, object)
  w.field(0, 'Parallelism', numberAt(object, ['spec', 'parallelism']))
  w.field(0, 'Completions', textAt(object, 'spec', 'completions') || '<unset>')
  const more: readonly (readonly [string, string, number])[] = [
    ['Completion Mode', 'completionMode', 21],
    ['Suspend', 'suspend', 30],
    ['Backoff Limit', 'backoffLimit', 30],
    ['TTL Seconds After Finished', 'ttlSecondsAfterFinished', 30],
  ]
  for (const [label, field, first] of more) {
    const text = textAt(object, 'spec', field)
    if (modern >= first && text !== '') w.field(0, label, text)
  }
  describeJobTimes(d)
  const count = (field: string): number => numberAt(object, ['status', field])
  const ready = at(object, 'status', 'ready')
  const active =
    modern >= 23
      ? `${count('active')} Active${typeof ready === 'number' ? ` (${ready} Ready)` : ''}`
      : `${count('active')} Running`
  w.field(0, 'Pods Statuses', `${active} / ${count('succeeded')} Succeeded / ${count('failed')} Failed`)
  if (modern >= 21 && textAt(object, 'spec', 'completionMode') === 'Indexed')
    w.field(0, 'Completed Indexes', cutIndexes(textAt(object, 'status', 'completedIndexes')))
  describeTemplate(d, at(object, 'spec', 'template'))
  yield* describeOwnEvents(d)
}

/** Ends behind the first comma after 50 characters. Source: capIndexesListOrNone. */
function cutIndexes(indexes: string): string {
  if (indexes === '') return '<none>'
  const comma = indexes.indexOf(',', 50)
  return comma < 0 ? indexes : `${indexes.slice(0, comma + 1)}...`
}

function describeJobTimes({ w, object }: Describing): void {
  const [start, end] = [textAt(object, 'status', 'startTime'), textAt(object, 'status', 'completionTime')]
  if (start !== '') w.field(0, 'Start Time', rfc1123(start))
  if (end !== '') w.field(0, 'Completed At', rfc1123(end))
  if (start !== '' && end !== '')
    w.field(0, 'Duration', humanDuration((parseRfc3339(end) ?? 0) - (parseRfc3339(start) ?? 0)))
  const deadline = at(object, 'spec', 'activeDeadlineSeconds')
  if (typeof deadline === 'number') w.field(0, 'Active Deadline Seconds', `${deadline}s`)
}

export function* describeCronJob(d: Describing): Steps<void> {
  const { w, object } = d
  const spec = (field: string): string => textAt(object, 'spec', field) || '<unset>'
  describeHead(d)
  w.field(0, 'Schedule', textAt(object, 'spec', 'schedule'))
  w.field(0, 'Concurrency Policy', textAt(object, 'spec', 'concurrencyPolicy'))
  const suspend = at(object, 'spec', 'suspend')
  w.field(0, 'Suspend', suspend === undefined ? '<unset>' : suspend === true ? 'True' : 'False')
  if (d.session.version.describesTimeZones) w.field(0, 'Time Zone', spec('timeZone'))
  w.field(0, 'Successful Job History Limit', spec('successfulJobsHistoryLimit'))
  w.field(0, 'Failed Job History Limit', spec('failedJobsHistoryLimit'))
  const deadline = textAt(object, 'spec', 'startingDeadlineSeconds')
  w.field(0, 'Starting Deadline Seconds', deadline === '' ? '<unset>' : `${deadline}s`)
  const job = objectAt(object, 'spec', 'jobTemplate', 'spec')
  w.field(0, 'Selector', job.selector === undefined ? '<unset>' : formatSelector(job.selector))
  w.field(0, 'Parallelism', textAt(job, 'parallelism') || '<unset>')
  w.field(0, 'Completions', textAt(job, 'completions') || '<unset>')
  const active = at(job, 'activeDeadlineSeconds')
  if (typeof active === 'number') w.field(0, 'Active Deadline Seconds', `${active}s`)
  describeTemplate(d, at(job, 'template'))
  const last = textAt(object, 'status', 'lastScheduleTime')
  w.field(0, 'Last Schedule Time', last === '' ? '<unset>' : rfc1123(last))
  const jobs = listAt(object, 'status', 'active').map((reference) => textAt(reference, 'name'))
  w.field(0, 'Active Jobs', jobs.join(', ') || '<none>')
  yield* describeOwnEvents(d)
}
