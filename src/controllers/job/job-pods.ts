import type { Container, Pod } from '../../api/types/core.ts'
import type { Job, PodTemplateSpec } from '../../api/types/workload-specs.ts'
import type { RequestError } from '../../client/client.ts'
import { keyOf } from '../../client/informer.ts'
import { isNotFound } from '../../client/refusals.ts'
import type { Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'
import type { Expectations } from '../expectations.ts'
import { createSlowly, type PodControl, podFromTemplate } from '../pod-control.ts'
import { orderToDelete, podsToDelete } from '../pods-to-delete.ts'
import {
  completionIndex,
  completionIndexKey,
  firstPending,
  hasIndex,
  type Indexes,
  superfluous,
  together,
} from './indexes.ts'
import { failureAnnotations, lastFailures, remainingMs, replacesFailedOnly } from './policies.ts'
import type { Found } from './status.ts'

/** Version and kind of what this controller controls. */
export const jobKind = { apiVersion: 'batch/v1', kind: 'Job' } as const

/** A variable of every container with the index of its Pod. Source: indexed_job_utils.go, completionIndexEnvName. */
const indexVariable = 'JOB_COMPLETION_INDEX'
/** Source: apiserver pkg/storage/names/generate.go, MaxGeneratedNameLength. */
const generatedBaseMax = 58

/** Makes and deletes the Pods of Jobs. */
export interface JobPods {
  /**
   * Brings the number of active Pods to what it should be; answers how many there are then, and what went wrong.
   * `own` are all its Pods. Source: manageJob.
   */
  manage(key: string, job: Job, found: Found, own: readonly Pod[], nowEpochMs: number): Steps<Managed>
}

interface Managed {
  readonly active: number
  readonly error: RequestError | undefined
  /** After which the next Pods may be made. */
  readonly waitMs?: number
}

/** How a Job makes its Pods and takes away what is too much. Source: pkg/controller/job/job_controller.go. */
export function createJobPods(control: PodControl, expectations: Expectations, minor: number): JobPods {
  const remove = function* (key: string, job: Job, active: readonly Pod[], doomed: readonly Pod[]): Steps<Managed> {
    expectations.expect(key, 0, doomed.map(keyOf))
    const errors = yield* control.delete(job, doomed)
    let error: RequestError | undefined
    let kept = 0
    for (const [at, one] of errors.entries()) {
      const pod = doomed[at]
      if (one === undefined || pod === undefined) continue
      expectations.deletionObserved(key, keyOf(pod))
      if (isNotFound(one)) continue
      kept++
      error ??= one
    }
    return { active: active.length - doomed.length + kept, error }
  }
  return {
    *manage(key, job, { active, succeeded, done: finished, lost, terminating }, own, nowEpochMs) {
      const { parallelism = 1, completions, suspend = false } = job.spec
      if (suspend) return yield* remove(key, job, active, active)
      const open = completions === undefined ? parallelism : Math.min(parallelism, completions - succeeded)
      const wanted = completions === undefined && succeeded > 0 ? active.length : Math.max(0, open)
      // Up to v1.21 only those above the parallelism go, later what is beyond the completions, too.
      const most = has(minor, controllers.jobsKeepNoMoreThanWanted) ? wanted : parallelism
      // Whoever replaces only what has failed counts what is still being deleted.
      const going = replacesFailedOnly(job) ? terminating : 0
      const doomed = tooMany(job, active, Math.max(0, active.length + going - most), finished)
      if (doomed.length > 0) return yield* remove(key, job, active, doomed)
      const missing = Math.max(0, wanted - going - active.length)
      const failures = lost === undefined ? noFailures : failuresOf(own, active, finished, lost)
      const settled = finished === undefined || lost === undefined ? finished : together(finished, lost)
      const isDue = (index: number): boolean => remainingMs(failures.get(index), nowEpochMs) === 0
      const pods = podsOf(job, active, missing, settled, minor, failures, isDue)
      if (pods.length === 0) {
        const waits = [...failures.values()].map((pod) => remainingMs(pod, nowEpochMs))
        const waitMs = missing === 0 || waits.length === 0 ? undefined : Math.min(...waits)
        return { active: active.length, error: undefined, ...(waitMs === undefined ? {} : { waitMs }) }
      }
      expectations.expect(key, pods.length)
      const { made, error } = yield* createSlowly(control, job, pods)
      for (let left = pods.length - made; left > 0; left--) expectations.creationObserved(key)
      return { active: active.length + made, error }
    },
  }
}

/** Source: activePodsForRemoval. */
function tooMany(job: Job, active: readonly Pod[], atLeast: number, finished: Indexes | undefined): readonly Pod[] {
  const { completions = 0 } = job.spec
  const doubled = finished === undefined ? [] : superfluous(active, completions, orderToDelete)
  if (doubled.length >= atLeast) return doubled
  const left = active.filter((pod) => !doubled.includes(pod))
  return [...doubled, ...podsToDelete(left, atLeast - doubled.length)]
}

function podsOf(
  job: Job,
  active: readonly Pod[],
  count: number,
  finished: Indexes | undefined,
  minor: number,
  failures: ReadonlyMap<number, Pod>,
  isDue: (index: number) => boolean,
): readonly object[] {
  const { template, completions = 0 } = job.spec
  if (count === 0) return []
  if (finished === undefined) return new Array<object>(count).fill(podFromTemplate(template, job, jobKind))
  const pending = firstPending(active, finished, count, completions).filter(isDue)
  return pending.map((index) => {
    const generateName = nameWithIndex(job.metadata.name, index)
    const annotations = failureAnnotations(job, failures.get(index))
    return podFromTemplate(withIndex(job, index, minor, annotations), job, jobKind, { generateName })
  })
}

const noFailures: ReadonlyMap<number, Pod> = new Map()

/** Of indexes that are neither active nor settled. */
function failuresOf(
  own: readonly Pod[],
  active: readonly Pod[],
  finished: Indexes | undefined,
  lost: Indexes,
): ReadonlyMap<number, Pod> {
  const busy = new Set(active.map(completionIndex))
  return lastFailures(own, (index) => busy.has(index) || hasIndex(finished ?? [], index) || hasIndex(lost, index))
}

/** The template of one index. Source: addCompletionIndexAnnotation, addCompletionIndexLabel, addCompletionIndexEnvVariables. */
function withIndex(
  job: Job,
  index: number,
  minor: number,
  annotations: Readonly<Record<string, string>>,
): PodTemplateSpec {
  const { template } = job.spec
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
