import { equalJson } from '../../../api/json.ts'
import { shownValue } from '../../../api/structs/shown.ts'
import { internalPodSpec } from '../../../api/structs/values.ts'
import type { Container, PodSpec } from '../../../api/types/core.ts'
import type { Job, JobSpec } from '../../../api/types/workloads.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { goSelector } from '../../../api/validation/workload-validation.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** What of a Job may not change. Source: pkg/apis/batch/validation/validation.go, ValidateJobSpecUpdate. */

type Template = NonNullable<JobSpec['template']>

/** Selector and template. */
export function validateSameTemplate(v: Validator, next: Job, old: Job): void {
  const spec = next.spec ?? {}
  const before = old.spec ?? {}
  if (!equalJson(spec.selector, before.selector)) {
    if (spec.selector === undefined) v.invalid('spec.selector', undefined, 'field is immutable')
    else v.invalidGo('spec.selector', goSelector(spec.selector), 'field is immutable')
  }
  const template = spec.template ?? { spec: { containers: [] } }
  const previous = withMutable(before.template ?? template, template, old, v.minor)
  if (equalJson(template, previous)) return
  if (mayResize(old, v.minor)) {
    const reference = withResources(previous.spec, template.spec)
    if (equalJson(reference, template.spec)) return
    refuse(v, 'spec.template.spec', 'core.PodSpec', internalSpec(template.spec))
  } else {
    const { metadata } = template
    refuse(v, 'spec.template', 'core.PodTemplateSpec', { ...metadata, metadata, spec: internalSpec(template.spec) })
  }
}

function internalSpec(spec: PodSpec | undefined): object {
  const { containers = [], ...others } = spec ?? { containers: [] }
  return internalPodSpec(containers.length === 0 ? others : { ...others, containers })
}

function refuse(v: Validator, field: string, type: string, value: unknown): void {
  v.invalidGo(field, shownValue(type, value, v.minor), 'field is immutable')
}

/** A suspended Job, told by what the API server looks at in a version. Source: pkg/registry/batch/job/strategy.go, validationOptionsForJob. */
function isSuspended({ spec = {}, status = {} }: Job, minor: number): boolean {
  if (spec.suspend !== true) return false
  if (status.startTime === undefined) return has(minor, apiServer.suspendedJobsResize) ? !status.active : true
  const told = status.conditions?.some(({ type, status: is }) => type === 'Suspended' && is === 'True') === true
  return has(minor, apiServer.suspendedJobsResize) && told && !status.active
}

function mayResize(old: Job, minor: number): boolean {
  return has(minor, apiServer.suspendedJobsResize) && isSuspended(old, minor)
}

/** The old template with what may change taken from the new one: where the Pods of a suspended Job go. Source: validatePodTemplateUpdate. */
function withMutable(template: Template, next: Template, old: Job, minor: number): Template {
  if (!has(minor, apiServer.suspendedJobsMove) || !isSuspended(old, minor)) return template
  const { affinity, nodeSelector, tolerations, schedulingGates, ...rest } = template.spec ?? { containers: [] }
  const own = next.spec ?? { containers: [] }
  const { nodeAffinity: _old, ...others } = affinity ?? {}
  const nodeAffinity = own.affinity?.nodeAffinity
  const affine = { ...others, ...(nodeAffinity === undefined ? {} : { nodeAffinity }) }
  const hasAffinity = own.affinity !== undefined || Object.keys(others).length > 0
  const gates = has(minor, apiServer.schedulingGates) ? own.schedulingGates : schedulingGates
  const spec: PodSpec = {
    ...rest,
    ...(hasAffinity && { affinity: affine }),
    ...(own.nodeSelector && { nodeSelector: own.nodeSelector }),
    ...(own.tolerations && { tolerations: own.tolerations }),
    ...(gates && { schedulingGates: gates }),
  }
  const { annotations: _annotations, labels: _labels, ...meta } = template.metadata ?? {}
  const { annotations, labels } = next.metadata ?? {}
  const metadata = { ...meta, ...(annotations && { annotations }), ...(labels && { labels }) }
  return { ...template, metadata, spec }
}

/** Source: validatePodResourceUpdatesOnly. */
function withResources(spec: PodSpec | undefined, next: PodSpec | undefined): PodSpec | undefined {
  if (spec === undefined || next === undefined) return spec
  const resized = (list: readonly Container[] | undefined, now: readonly Container[] | undefined) =>
    list?.map((container, at) => {
      const same = now?.length === list.length && now[at]?.name === container.name ? now[at] : undefined
      if (same === undefined) return container
      const { resources: _old, ...rest } = container
      return same.resources === undefined ? rest : { ...rest, resources: same.resources }
    })
  const containers = resized(spec.containers, next.containers) ?? []
  const initContainers = resized(spec.initContainers, next.initContainers)
  return { ...spec, containers, ...(initContainers === undefined ? {} : { initContainers }) }
}

const policies = [
  ['podFailurePolicy', 'batch.PodFailurePolicy', apiServer.jobsHaveFailurePolicies],
  ['backoffLimitPerIndex', undefined, apiServer.jobsCountByIndex],
  ['managedBy', undefined, apiServer.jobsNameTheirManager],
  ['successPolicy', 'batch.SuccessPolicy', apiServer.jobsHaveSuccessPolicies],
] as const

/** How Pods that end are judged, and who counts them. */
export function validateSamePolicies(v: Validator, next: JobSpec, old: JobSpec): void {
  for (const [member, type, since] of policies) {
    const value = next[member]
    if (!has(v.minor, since) || equalJson(value, old[member])) continue
    if (type === undefined || value === undefined) v.invalid(`spec.${member}`, value, 'field is immutable')
    else refuse(v, `spec.${member}`, type, value)
  }
}
