import type { Pod } from '../api/types/core.ts'
import type { KubeObject } from '../api/types/meta.ts'
import { isObject, listAt, numberAt, objectAt, textAt } from '../go/json.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { Sim } from '../sim/sim.ts'
import { loopingIn, sinceStart } from './causes/found.ts'
import { type AppliedCluster, cronJobRun } from './cluster.ts'
import type { GivenObject } from './given.ts'
import { podSpecPath } from './references.ts'
import { objectName } from './words.ts'

/** Something given that makes Pods, with the Pods that it made. */
export interface Workload {
  readonly given: GivenObject
  readonly namespace: string
  readonly pods: readonly Pod[]
  /** Objects between it and its Pods, itself first: a Deployment, then its ReplicaSets. */
  readonly chain: readonly KubeObject[]
  /** When it was whole: undefined, if it is not. */
  readonly startedAtMs: VirtualMs | undefined
  /** Why it has no Pods and wants none; undefined: it wants some. */
  readonly idle?: string | undefined
}

/** Every given object that makes Pods, in the order of the files. */
export function workloadsOf({ sim, applied, namespace }: AppliedCluster): readonly Workload[] {
  const pods = sim.list<Pod>('Pod')
  return lastOfEach(applied, namespace)
    .filter(({ kind }) => podSpecPath({ kind }) !== undefined && kind !== 'PodTemplate')
    .flatMap((given) => {
      const home = given.namespace || namespace
      const top = topOf(sim, given, home)
      if (top === undefined) return cleanedUp(sim, given, home)
      const chain = [top, ...ownedBy(sim, top)]
      const uids = new Set(chain.map(({ metadata }) => metadata.uid))
      const own = pods.filter((pod) => pod.metadata.uid === top.metadata.uid || uids.has(controllerUid(pod)))
      const idle = own.length > 0 ? undefined : idleness(given, top)
      const startedAtMs = idle === undefined ? startedAt(given, top, own, sim.now()) : 0
      return [{ given, namespace: home, pods: own, chain, startedAtMs, idle }]
    })
}

/** What is given more than once holds as it was applied last. */
export function lastOfEach(objects: readonly GivenObject[], fallback: string): readonly GivenObject[] {
  const last = new Map(objects.map((given) => [objectName(given, fallback), given]))
  return objects.filter((given) => given.name === '' || last.get(objectName(given, fallback)) === given)
}

/** Why an object makes no Pods that it does not want. */
function idleness({ kind, object }: GivenObject, top: KubeObject): string | undefined {
  if (kind === 'Job') return objectAt(object, 'spec').suspend === true ? 'it is suspended' : undefined
  if (kind === 'DaemonSet' && wantedPods({ kind, object }, top) === 0) {
    const labels = Object.entries(objectAt(object, 'spec', 'template', 'spec', 'nodeSelector'))
    const which = labels.map(([key, value]) => `${key}=${value}`).join(', ')
    return labels.length === 0 ? 'no node is for it' : `no node has its labels ${which}`
  }
  return objectAt(object, 'spec').replicas === 0 ? 'it wants no replicas' : undefined
}

/** A Job that went by its ttlSecondsAfterFinished; its event tells that it had ended well, or why it had not. */
function cleanedUp(sim: Sim, given: GivenObject, namespace: string): readonly Workload[] {
  const name = given.kind === 'CronJob' ? cronJobRun(given.name) : given.name
  const events = sim.events({ namespace, on: `job/${name}` })
  const completed = events.find(({ reason }) => reason === 'Completed')
  // Of a Pod whose node is not there the garbage collector makes an end.
  if (given.kind === 'Pod') return [{ given, namespace, pods: [], chain: [], startedAtMs: undefined }]
  if (given.kind !== 'Job' && given.kind !== 'CronJob') return []
  const startedAtMs = completed === undefined ? undefined : sinceStart(completed.lastTimestamp ?? '')
  return events.length === 0 ? [] : [{ given, namespace, pods: [], chain: [], startedAtMs }]
}

function topOf(sim: Sim, { kind, name }: GivenObject, namespace: string): KubeObject | undefined {
  return kind === 'CronJob' ? sim.get('Job', cronJobRun(name), namespace) : sim.get(kind, name, namespace)
}

/** ReplicaSets of a Deployment; everything else owns its Pods itself. */
function ownedBy(sim: Sim, top: KubeObject): readonly KubeObject[] {
  if (top.kind !== 'Deployment') return []
  const { namespace = '' } = top.metadata
  return sim.list('ReplicaSet', { namespace }).filter((each) => controllerUid(each) === top.metadata.uid)
}

function controllerUid({ metadata }: KubeObject): string | undefined {
  return metadata.ownerReferences?.find(({ controller }) => controller === true)?.uid
}

/** Pods that should be there, by what the object says of itself. */
export function wantedPods(
  { kind, object }: Pick<GivenObject, 'kind' | 'object'>,
  top: KubeObject | undefined,
): number {
  switch (kind) {
    case 'Deployment':
    case 'ReplicaSet':
    case 'ReplicationController':
    case 'StatefulSet':
      return numberAt(object, ['spec', 'replicas'], 1)
    case 'DaemonSet':
      return numberAt(top, ['status', 'desiredNumberScheduled'], 0)
    default:
      return 1
  }
}

/** The last of its Pods to be ready, by the time in its condition (whole seconds, as Kubernetes keeps it). */
function startedAt(given: GivenObject, top: KubeObject, pods: readonly Pod[], now: VirtualMs): VirtualMs | undefined {
  if (given.kind === 'Job' || given.kind === 'CronJob') return jobEnd(top)
  const wanted = wantedPods(given, top)
  const ready = pods.map((pod) => readyAt(pod, now)).filter((time) => time !== undefined)
  if (ready.length < wanted) return undefined
  return Math.max(0, ...ready)
}

function jobEnd(job: KubeObject): VirtualMs | undefined {
  const done = listAt(job, 'status', 'conditions').find(
    (condition) => isObject(condition) && condition.type === 'Complete' && condition.status === 'True',
  )
  return done === undefined ? undefined : sinceStart(textAt(objectAt(job, 'status'), 'completionTime'))
}

function readyAt(pod: Pod, now: VirtualMs): VirtualMs | undefined {
  const { status } = pod
  if (status?.phase === 'Succeeded') return 0
  if (loopingIn(pod, now) !== undefined) return undefined
  const ready = status?.conditions?.find(({ type }) => type === 'Ready')
  return ready?.status === 'True' ? sinceStart(ready.lastTransitionTime ?? '') : undefined
}
