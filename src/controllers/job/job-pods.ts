import type { Container, Pod } from '../../api/types/core.ts'
import type { Job, PodTemplateSpec } from '../../api/types/workload-specs.ts'
import { type Client, type RequestError, resources } from '../../client/client.ts'
import { keyOf } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import { all, settled as outcome } from '../../kernel/all.ts'
import type { Once } from '../../kernel/once.ts'
import { type Steps, wait } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import type { Expectations } from '../expectations.ts'
import { createSlowly, type PodControl, podFromTemplate } from '../pod-control.ts'
import { orderToDelete, podsToDelete } from '../pods-to-delete.ts'
import { completionIndexKey, firstPending, type Indexes, superfluous, together } from './indexes.ts'
import { failureAnnotations, remainingMs, replacesFailedOnly } from './policies.ts'
import type { Found } from './status.ts'
import { isTracked, removalPatch, withTracking } from './tracking.ts'

/** Version and kind of what this controller controls. */
export const jobKind = { apiVersion: 'batch/v1', kind: 'Job' } as const

/** A variable of every container with the index of its Pod. Source: indexed_job_utils.go, completionIndexEnvName. */
const indexVariable = 'JOB_COMPLETION_INDEX'
/** Source: apiserver pkg/storage/names/generate.go, MaxGeneratedNameLength. */
const generatedBaseMax = 58

/** How many Pods are made or deleted in one sync of a Job whose Pods are tracked. Source: job_controller.go, MaxPodCreateDeletePerSync. */
const atOnceMax = 500

/** Makes and deletes the Pods of Jobs. */
export interface JobPods {
  /** Brings the number of active Pods to what it should be; answers how many there are then, and what went wrong. Source: manageJob. */
  manage(key: string, job: Job, found: Found, pauses?: Pauses): Steps<Managed>
}

/** What keeps a Job from making Pods at once. */
export interface Pauses {
  /** For how long it makes none at all. */
  readonly allMs: number
  /** The last Pod that failed, by its index, of a Job that counts failures by index. */
  readonly failures: ReadonlyMap<number, Pod>
  readonly nowEpochMs: number
}

/** What came of it. */
export interface Managed {
  readonly active: number
  readonly error: RequestError | undefined
  /** After which the next Pods may be made. */
  readonly waitMs?: number
  /** Those that were deleted. */
  readonly deleted?: readonly Pod[]
}

const noPauses: Pauses = { allMs: 0, failures: new Map(), nowEpochMs: 0 }

/** How a Job makes its Pods and takes away what is too much. Source: pkg/controller/job/job_controller.go. */
export function createJobPods(client: Client, control: PodControl, expectations: Expectations, minor: number): JobPods {
  const tracks = has(minor, controllers.tracksJobPods)
  const capped = <T>(list: readonly T[]): readonly T[] => (tracks ? list.slice(0, atOnceMax) : list)

  /** Source: deleteJobPods. */
  const remove = function* (key: string, job: Job, active: readonly Pod[], doomed: readonly Pod[]): Steps<Managed> {
    expectations.expect(key, 0, doomed.map(keyOf))
    const kept = yield* releaseAll(client, doomed)
    const free = doomed.filter((pod) => !kept.has(pod))
    const deleted = yield* control.delete(job, free)
    let error: RequestError | undefined
    const gone: Pod[] = []
    for (const pod of doomed) {
      const one = kept.get(pod) ?? deleted[free.indexOf(pod)]
      if (one !== undefined) expectations.deletionObserved(key, keyOf(pod))
      if (one === undefined || isNotFound(one)) gone.push(pod)
      else error ??= one
    }
    return { active: active.length - gone.length, error, deleted: gone }
  }
  return {
    *manage(key, job, { active, succeeded, done: finished, lost, terminating }, pauses = noPauses) {
      const { parallelism = 1, completions, suspend = false } = job.spec
      if (suspend) return yield* remove(key, job, active, active)
      const open = completions === undefined ? parallelism : Math.min(parallelism, completions - succeeded)
      const wanted = completions === undefined && succeeded > 0 ? active.length : Math.max(0, open)
      // Up to v1.21 only those above the parallelism go, later what is beyond the completions, too.
      const most = has(minor, controllers.jobsKeepNoMoreThanWanted) ? wanted : parallelism
      // Whoever replaces only what has failed counts what is still being deleted.
      const going = replacesFailedOnly(job) ? terminating : []
      const beyond = active.length + (has(minor, controllers.jobsSpareActivePods) ? 0 : going.length) - most
      const doomed = capped(tooMany(job, active, Math.max(0, beyond), finished))
      if (doomed.length > 0) return yield* remove(key, job, active, doomed)
      const missing = Math.max(0, wanted - going.length - active.length)
      if (missing === 0) return { active: active.length, error: undefined }
      // None is told to be active while one is waited for.
      if (pauses.allMs > 0) return { active: 0, error: undefined, waitMs: pauses.allMs }
      const settled = finished === undefined || lost === undefined ? finished : together(finished, lost)
      const leftMs = (index: number): number => remainingMs(pauses.failures.get(index), pauses.nowEpochMs)
      const pending = pendingOf(job, [...active, ...going], missing, settled)
      const due = pending?.filter((index) => leftMs(index) === 0)
      if (pending !== undefined && pending.length > 0 && due?.length === 0)
        return { active: 0, error: undefined, waitMs: Math.min(...pending.map(leftMs)) }
      const pods = capped(podsOf(job, due ?? missing, minor, pauses.failures))
      if (pods.length === 0) return { active: active.length, error: undefined }
      expectations.expect(key, pods.length)
      const { made, error } = yield* createSlowly(control, job, pods)
      for (let left = pods.length - made; left > 0; left--) expectations.creationObserved(key)
      return { active: active.length + made, error }
    },
  }
}

/** Takes the finalizer of Pods away, of all at once; answers why some still have it. Source: removeTrackingFinalizerPatch. */
export function* releaseAll(client: Client, pods: readonly Pod[]): Steps<ReadonlyMap<Pod, RequestError>> {
  const tracked = pods.filter(isTracked)
  const sent = tracked.map((pod) => outcome(releaseOf(client, pod)))
  const answers = sent.length === 0 ? [] : yield* wait(all(sent))
  const refused = new Map<Pod, RequestError>()
  for (const [at, answer] of answers.entries()) {
    const pod = tracked[at]
    if (pod !== undefined && !answer.ok) refused.set(pod, answer.error)
  }
  return refused
}

function releaseOf(client: Client, { metadata: { namespace = '', name } }: Pod): Once<Pod> {
  const type = 'application/strategic-merge-patch+json'
  return client.patch<Pod>(resources.pods, { namespace, name }, type, removalPatch)
}

/** Source: activePodsForRemoval. */
function tooMany(job: Job, active: readonly Pod[], atLeast: number, finished: Indexes | undefined): readonly Pod[] {
  const { completions = 0 } = job.spec
  const doubled = finished === undefined ? [] : superfluous(active, completions, orderToDelete)
  if (doubled.length >= atLeast) return doubled
  const left = active.filter((pod) => !doubled.includes(pod))
  return [...doubled, ...podsToDelete(left, atLeast - doubled.length)]
}

/** Indexes that are missing, undefined where Pods have none. */
function pendingOf(
  job: Job,
  active: readonly Pod[],
  count: number,
  settled: Indexes | undefined,
): readonly number[] | undefined {
  const { completions = 0 } = job.spec
  return settled === undefined ? undefined : firstPending(active, settled, count, completions)
}

/** Pods of these indexes, or so many without one. */
function podsOf(
  job: Job,
  missing: readonly number[] | number,
  minor: number,
  failures: ReadonlyMap<number, Pod>,
): readonly object[] {
  const template = trackedTemplate(job.spec.template, minor)
  if (typeof missing === 'number') return new Array<object>(missing).fill(podFromTemplate(template, job, jobKind))
  return missing.map((index) => {
    const generateName = nameWithIndex(job.metadata.name, index)
    const annotations = failureAnnotations(job, failures.get(index))
    return podFromTemplate(withIndex(job, template, index, minor, annotations), job, jobKind, { generateName })
  })
}

function trackedTemplate(template: PodTemplateSpec, minor: number): PodTemplateSpec {
  if (!has(minor, controllers.tracksJobPods)) return template
  return { ...template, metadata: { ...template.metadata, finalizers: withTracking(template.metadata?.finalizers) } }
}

/** The template of one index. Source: addCompletionIndexAnnotation, addCompletionIndexLabel, addCompletionIndexEnvVariables. */
function withIndex(
  job: Job,
  template: PodTemplateSpec,
  index: number,
  minor: number,
  annotations: Readonly<Record<string, string>>,
): PodTemplateSpec {
  const own = { [completionIndexKey]: `${index}` }
  const isLabelled = has(minor, controllers.labelsPodIndexes)
  const fieldPath = `metadata.${isLabelled ? 'labels' : 'annotations'}['${completionIndexKey}']`
  const variable = { name: indexVariable, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }
  const tell = (container: Container): Container =>
    container.env?.some(({ name }) => name === indexVariable) === true
      ? container
      : { ...container, env: [...(container.env ?? []), variable] }
  const { initContainers, containers } = template.spec
  return {
    ...template,
    metadata: {
      ...template.metadata,
      annotations: { ...template.metadata?.annotations, ...own, ...annotations },
      ...(isLabelled ? { labels: { ...template.metadata?.labels, ...own } } : {}),
    },
    spec: {
      ...template.spec,
      hostname: `${job.metadata.name}-${index}`,
      ...(initContainers === undefined ? {} : { initContainers: initContainers.map(tell) }),
      containers: containers.map(tell),
    },
  }
}

/** Source: podGenerateNameWithIndex. */
function nameWithIndex(name: string, index: number): string {
  const end = `-${index}-`
  return `${name.slice(0, generatedBaseMax - end.length)}${end}`
}
