import type { Event, Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import type { ClusterJournal, ClusterRecord } from '../cluster/records.ts'
import type { Explanation } from './why.ts'
import { explain, isReady } from './why.ts'

/** What owns Pods, and what stands between. */
const workloadKinds = [
  'Deployment',
  'ReplicaSet',
  'StatefulSet',
  'DaemonSet',
  'Job',
  'CronJob',
  'ReplicationController',
]

/** Kinds that a workload makes on the way to its Pods. */
export const betweenKinds = ['ReplicaSet', 'Job'] as const

/** Pods that are told one by one: those of a large workload fail alike. */
const mostPods = 3

/** What is to be known of the Pods of a workload. */
export interface WorkloadPods {
  /** What it made on the way to them, itself first. */
  readonly owners: readonly KubeObject[]
  readonly pods: readonly Pod[]
  detailsOf(pod: Pod): readonly string[]
}

/** All that an object owns among the candidates, over any number of steps, itself first. */
export function ownedBy<T extends KubeObject>(
  object: KubeObject,
  candidates: readonly T[],
): readonly (KubeObject | T)[] {
  const found: (KubeObject | T)[] = [object]
  // What is found is looked at in its turn: the list grows while it is walked.
  for (const { metadata } of found)
    for (const each of candidates)
      if (!found.includes(each) && each.metadata.ownerReferences?.some(({ uid }) => uid === metadata.uid) === true)
        found.push(each)
  return found
}

/** Whether an object has Pods of its own. */
export function isWorkload({ kind }: KubeObject): boolean {
  return workloadKinds.includes(kind)
}

/**
 * Why a workload is as it is: how many of its Pods are well, and of those that are not why; of one that has none, what
 * its controller was told. Undefined where there is nothing to add to what any object is told.
 */
export function explainWorkload(
  journal: ClusterJournal,
  object: KubeObject,
  { owners, pods, detailsOf }: WorkloadPods,
): Omit<Explanation, 'assumed'> | undefined {
  const { kind, metadata } = object
  const name = `${kind.toLowerCase()} ${metadata.namespace ?? ''}/${metadata.name}`
  if (pods.length === 0) {
    const uids = new Set(owners.map((owner) => owner.metadata.uid))
    const warning = journal.records.findLast((record) => isWarningAbout(record, uids))
    if (warning === undefined) return undefined
    // An Event: that is what was looked for.
    const { message = '' } = warning.after as Event
    return { summary: `${name} has no Pods: ${message}`, details: [], chain: journal.causes(warning.seq) }
  }
  const unwell = pods.filter((pod) => !isWell(pod))
  const [first] = unwell
  const head = `${name} has ${pods.length - unwell.length} of ${pods.length} ${pods.length === 1 ? 'Pod' : 'Pods'} well`
  if (first === undefined) return undefined
  const told = unwell.slice(0, mostPods).flatMap((pod) => {
    const { summary } = explain(journal, pod, nameOf(pod))
    return [summary, ...detailsOf(pod).map((line) => `  ${line}`)]
  })
  const more = unwell.length - mostPods
  return {
    summary: head,
    details: more > 0 ? [...told, `and ${more} more`] : told,
    chain: explain(journal, first, nameOf(first)).chain,
  }
}

function isWell(pod: Pod): boolean {
  return isReady(pod) || pod.status?.phase === 'Succeeded'
}

function nameOf({ metadata: { namespace = 'default', name } }: Pod) {
  return { kind: 'Pod', namespace, name }
}

function isWarningAbout({ after }: ClusterRecord, uids: ReadonlySet<string | undefined>): boolean {
  // What a record is about is known by its kind alone.
  const event = after as Partial<Event> | undefined
  return event?.kind === 'Event' && event.type === 'Warning' && uids.has(event.involvedObject?.uid)
}
