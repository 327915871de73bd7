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
import { completionIndexKey, firstPending, type Indexes, superfluous } from './indexes.ts'

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
   * `finished` are the indexes of a Job of mode Indexed that have succeeded. Source: manageJob.
   */
  manage(
    key: string,
    job: Job,
    active: readonly Pod[],
    succeeded: number,
    finished: Indexes | undefined,
  ): Steps<Managed>
}

interface Managed {
  readonly active: number
  readonly error: RequestError | undefined
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
    *manage(key, job, active, succeeded, finished) {
      const { parallelism = 1, completions, suspend = false } = job.spec
      if (suspend) return yield* remove(key, job, active, active)
      const open = completions === undefined ? parallelism : Math.min(parallelism, completions - succeeded)
      const wanted = completions === undefined && succeeded > 0 ? active.length : Math.max(0, open)
      // Up to v1.21 only those above the parallelism go, later what is beyond the completions, too.
      const most = has(minor, controllers.jobsKeepNoMoreThanWanted) ? wanted : parallelism
      const doomed = tooMany(job, active, Math.max(0, active.length - most), finished)
      if (doomed.length > 0) return yield* remove(key, job, active, doomed)
      const missing = Math.max(0, wanted - active.length)
      const pods = podsOf(job, active, missing, finished, minor)
      if (pods.length === 0) return { active: active.length, error: undefined }
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
): readonly object[] {
  const { template, completions = 0 } = job.spec
  if (count === 0) return []
  if (finished === undefined) return new Array<object>(count).fill(podFromTemplate(template, job, jobKind))
  return firstPending(active, finished, count, completions).map((index) => {
    const generateName = nameWithIndex(job.metadata.name, index)
    return podFromTemplate(withIndex(job, index, minor), job, jobKind, { generateName })
  })
}

/** The template of one index. Source: addCompletionIndexAnnotation, addCompletionIndexLabel, addCompletionIndexEnvVariables. */
function withIndex(job: Job, index: number, minor: number): PodTemplateSpec {
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
      annotations: { ...template.metadata?.annotations, ...own },
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
