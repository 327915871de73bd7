import { at, listAt, numberAt, objectAt, textAt } from '../../go/json.ts'
import { parseRfc3339 } from '../../kernel/calendar.ts'
import type { Steps } from '../../kernel/steps.ts'
import { CommandFailure, fail } from '../cli/failure.ts'
import type { Session } from '../cli/session.ts'
import { formatSelector } from '../describe/selectors.ts'
import type { Info } from '../resource/info.ts'
import { partition, select } from '../resource/select.ts'

/** For what a Pod is wanted: to run something in it, or to read its logs. */
export type Purpose = 'attach' | 'logs'

/** What begins the refusal of a kind that selects no Pods. Source: attachablepodforobject.go, logsforobject.go. */
const refusals: Readonly<Record<Purpose, string>> = { attach: 'cannot attach to', logs: 'cannot get the logs from' }

/** Kinds that select Pods. Source: pkg/polymorphichelpers/helpers.go, SelectorsForObject. */
const selecting: ReadonlySet<string> = new Set(
  'ReplicaSet ReplicationController StatefulSet DaemonSet Deployment Job Service'.split(' '),
)

/** A Pod by name, or the best of a workload's. Source: pkg/polymorphichelpers attachablepodforobject.go, logsforobject.go. */
export function* podOf(session: Session, target: string, purpose: Purpose): Steps<unknown> {
  return podFor(session, yield* podsOf(session, target, purpose), purpose)
}

/** The Pod of an object that is at hand already. */
export function* podOfObject(session: Session, info: Info, purpose: Purpose): Steps<unknown> {
  return podFor(session, yield* podsOfObject(session, info, purpose), purpose)
}

interface Pods {
  readonly named?: unknown
  readonly pods: readonly unknown[]
}

function podFor(session: Session, { named, pods }: Pods, purpose: Purpose): unknown {
  if (named !== undefined) return named
  const best = bestPod(pods, purpose)
  if (best === undefined) return fail('timed out waiting for the condition')
  if (purpose === 'logs' && pods.length > 1)
    session.err(`Found ${pods.length} pods, using pod/${textAt(best, 'metadata', 'name')}\n`)
  return best
}

/** A Pod by name, or all of a workload's. */
export function* podsOf(session: Session, target: string, purpose: Purpose): Steps<Pods> {
  const { infos, failures } = partition(
    (yield* select(session, target.includes('/') ? { args: [target] } : { args: [target], defaultType: 'pods' }))
      .entries,
  )
  const [failure] = failures
  if (failure !== undefined) throw new CommandFailure(failure)
  const [info] = infos
  if (info === undefined) return fail('resource name may not be empty')
  return yield* podsOfObject(session, info, purpose)
}

function* podsOfObject(session: Session, info: Info, purpose: Purpose): Steps<Pods> {
  if (info.mapping.kind === 'Pod') return { named: info.object, pods: [info.object] }
  const goType = `*${info.mapping.version}.${info.mapping.kind}`
  if (!selecting.has(info.mapping.kind)) fail(`${refusals[purpose]} ${goType}: selector for ${goType} not implemented`)
  if (info.mapping.kind === 'Service' && Object.keys(objectAt(info.object, 'spec', 'selector')).length === 0)
    fail(`${refusals[purpose]} ${goType}: invalid service '${info.name}': Service is defined without a selector`)
  const selector = podSelector(info.mapping.kind, at(info.object, 'spec', 'selector'))
  const pods = listAt(
    yield* session.rest.request('GET', `/api/v1/namespaces/${info.namespace}/pods`, {
      query: { labelSelector: selector },
    }),
    'items',
  )
  return { pods }
}

/** Services and replication controllers select by labels alone, without `matchLabels`. Source: helpers.go, SelectorsForObject. */
function podSelector(kind: string, selector: unknown): string {
  return formatSelector(kind === 'Service' || kind === 'ReplicationController' ? { matchLabels: selector } : selector)
}

/** The Pod of several that kubectl takes. */
export function bestPod(pods: readonly unknown[], purpose: Purpose): unknown {
  return pods.toSorted(comparedBy(purpose === 'logs' ? forLogs : forAttaching))[0]
}

/** Smaller is better; what a Pod lacks is infinitely bad. */
type Rank = (pod: unknown) => number

const isAssigned: Rank = (pod) => (textAt(pod, 'spec', 'nodeName') === '' ? 1 : 0)
/** Phases that the real tables do not name count as their zero: ended Pods are as good for logs as running ones, and bad to attach to. */
const phaseForLogs: Rank = (pod) =>
  Math.max(0, ['Running', 'Unknown', 'Pending'].indexOf(textAt(pod, 'status', 'phase')))
const phaseForAttaching: Rank = (pod) => ({ Running: 0, Unknown: 1 })[textAt(pod, 'status', 'phase')] ?? 2
const isNotReady: Rank = (pod) => (readySince(pod) === Number.POSITIVE_INFINITY ? 1 : 0)
const readySince: Rank = (pod) =>
  listAt(pod, 'status', 'conditions')
    .filter((one) => textAt(one, 'type') === 'Ready' && textAt(one, 'status') === 'True')
    .map((one) => timeOf(textAt(one, 'lastTransitionTime')))[0] ?? Number.POSITIVE_INFINITY
const restarts: Rank = (pod) =>
  Math.max(0, ...listAt(pod, 'status', 'containerStatuses').map((one) => numberAt(one, ['restartCount'])))
const age: Rank = (pod) => timeOf(textAt(pod, 'metadata', 'creationTimestamp'))

function timeOf(text: string): number {
  return text === '' ? Number.POSITIVE_INFINITY : (parseRfc3339(text) ?? Number.POSITIVE_INFINITY)
}

/** Source: pkg/util/podutils/podutils.go, ByLogging: among Pods that are alike, the one that restarts most. */
const forLogs: readonly Rank[] = [isAssigned, phaseForLogs, isNotReady, readySince, (pod) => -restarts(pod), age]

/** Source: podutils.go, ActivePods in reverse: among Pods that are alike, the one that restarts least. */
const forAttaching: readonly Rank[] = [isAssigned, phaseForAttaching, isNotReady, readySince, restarts, age]

function comparedBy(ranks: readonly Rank[]): (a: unknown, b: unknown) => number {
  return (a, b) => {
    for (const rank of ranks) {
      const [left, right] = [rank(a), rank(b)]
      if (left !== right) return left < right ? -1 : 1
    }
    return 0
  }
}

/** Names of a Pod's containers, without its init containers. */
export function containerNames(pod: unknown): readonly string[] {
  return listAt(pod, 'spec', 'containers').map((container) => textAt(container, 'name'))
}

/** Source: pkg/cmd/util/podcmd/podcmd.go, AllContainerNames. */
export function allContainerNames(pod: unknown): readonly string[] {
  const marked = (field: string, mark: string): readonly string[] =>
    listAt(pod, 'spec', field).map((container) => `${textAt(container, 'name')} (${mark})`)
  return [...containerNames(pod), ...marked('ephemeralContainers', 'ephem'), ...marked('initContainers', 'init')]
}

/** The container that is meant when none was named. Source: pkg/cmd/util/podcmd/podcmd.go, FindOrDefaultContainerByName. */
export function defaultContainer(session: Session, pod: unknown, isQuiet: boolean): string {
  const names = containerNames(pod)
  const [first = ''] = names
  const annotated = textAt(pod, 'metadata', 'annotations', 'kubectl.kubernetes.io/default-container')
  if (!session.version.defaultedContainer) {
    if (names.length > 1) {
      const [name, namespace] = [textAt(pod, 'metadata', 'name'), textAt(pod, 'metadata', 'namespace')]
      session.err(
        `Defaulting container name to ${first}.\nUse 'kubectl describe pod/${name} -n ${namespace}' to see all of the containers in this pod.\n`,
      )
    }
    return first
  }
  if (annotated !== '') return annotated
  const all = allContainerNames(pod)
  if (all.length > 1 && !isQuiet)
    session.err(`Defaulted container ${JSON.stringify(first)} out of: ${all.join(', ')}\n`)
  return first
}

/** Whether a Pod has a container of this name, of any kind. Source: podcmd.go, FindContainerByName. */
export function isContainerOf(pod: unknown, name: string): boolean {
  return ['containers', 'initContainers', 'ephemeralContainers'].some((field) =>
    listAt(pod, 'spec', field).some((one) => textAt(one, 'name') === name),
  )
}

/** Refuses a container that a Pod does not have, where kubectl looks itself. Source: podcmd.go, FindOrDefaultContainerByName. */
export function checkContainer(pod: unknown, container: string): void {
  if (isContainerOf(pod, container)) return
  fail(
    `container ${container} is not valid for pod ${textAt(pod, 'metadata', 'name')} out of: ${allContainerNames(pod).join(', ')}`,
  )
}
