import type { JobSpec } from '../../../api/types/workloads.ts'
import { dns1123Label } from '../../../api/validation/formats.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** How the Pods of a Job are counted. Source: pkg/apis/batch/validation/validation.go. */

/** Source: maxParallelismForIndexedJob. */
const indexedMax = 100_000

/** Source: validateJobSpec, what it says of completionMode. */
export function validateMode(v: Validator, field: string, spec: JobSpec): void {
  const { completionMode, completions, parallelism = 0 } = spec
  if (!has(v.minor, apiServer.jobsHaveModes) || completionMode === undefined) return
  if (completionMode !== 'NonIndexed' && completionMode !== 'Indexed')
    v.notSupported(`${field}.completionMode`, completionMode, ['NonIndexed', 'Indexed'])
  if (completionMode !== 'Indexed') return
  if (completions === undefined) v.required(`${field}.completions`, 'when completion mode is Indexed')
  if (parallelism > indexedMax) {
    const text = `must be less than or equal to ${indexedMax} when completion mode is Indexed`
    v.invalid(`${field}.parallelism`, parallelism, text)
  }
}

/** The Pod of the last index must have a hostname. Source: ValidateJob. */
export function validateIndexedName(v: Validator, name: string, { completionMode, completions = 0 }: JobSpec): void {
  if (!has(v.minor, apiServer.indexedJobsHaveHostnames) || completionMode !== 'Indexed' || completions === 0) return
  const hostname = `${name}-${completions - 1}`
  if (dns1123Label(hostname, v.minor).length === 0) return
  v.invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${hostname}`)
}

/** Source: validateCompletions. */
export function validateCompletionsUpdate(v: Validator, next: JobSpec, old: JobSpec): void {
  const { completions, completionMode, parallelism } = next
  if (completions === old.completions) return
  const isElastic = has(v.minor, apiServer.indexedJobsScale) && completionMode === 'Indexed'
  if (!isElastic) v.invalid('spec.completions', completions, 'field is immutable')
  else if (completions !== undefined && completions !== parallelism)
    v.invalid('spec.completions', completions, 'can only be modified in tandem with spec.parallelism')
}

/** Source: ValidateJobSpecUpdate. */
export function validateSameMode(v: Validator, next: JobSpec, old: JobSpec): void {
  if (has(v.minor, apiServer.jobsHaveModes) && next.completionMode !== old.completionMode)
    v.invalid('spec.completionMode', next.completionMode, 'field is immutable')
}
