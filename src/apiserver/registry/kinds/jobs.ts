import type { CronJob, Job, JobSpec } from '../../../api/types/workloads.ts'
import { byteLength } from '../../../api/validation/formats.ts'
import { matchesLabelSelector, validateLabelSelector } from '../../../api/validation/label-validation.ts'
import { validateSctp } from '../../../api/validation/pod-validation.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import {
  defaultTemplate,
  goLabels,
  goSelector,
  validateTemplate,
  validateTemplateLabels,
} from '../../../api/validation/workload-validation.ts'
import { ageSince, humanDuration } from '../../../go/human-duration.ts'
import { goQuote } from '../../../go/quote.ts'
import { parseRfc3339 } from '../../../kernel/calendar.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import type { RegistryContext, Strategy } from '../strategy.ts'
import { scheduleProblem } from './cron-schedule.ts'
import { validateScheduleZone, validateZone, withKnownZone, zoneWarnings } from './cron-zone.ts'
import { defaultPolicies, knownPolicies, validatePolicies } from './job-policies.ts'
import { validateSamePolicies, validateSameTemplate } from './job-update-validation.ts'
import { validateCompletionsUpdate, validateIndexedName, validateMode, validateSameMode } from './job-validation.ts'
import { errorsOf, nowMs } from './settings.ts'
import { dropFromTemplate } from './templated.ts'
import { cronJobColumns, cronJobColumnsWithZone, jobColumns, jobColumnsWithStatus } from './workload-columns.ts'
import { ageCell, containerCells, selectorCell } from './workload-rows.ts'

/** Kinds that run Pods to their end. Source: pkg/apis/batch, pkg/registry/batch. */

function defaultJobSpec(spec: JobSpec, minor: number): JobSpec {
  const isPlain = spec.completions === undefined && spec.parallelism === undefined
  return {
    ...defaultPolicies(spec, minor),
    parallelism: spec.parallelism ?? 1,
    ...(isPlain ? { completions: 1 } : {}),
    ...(has(minor, apiServer.jobsHaveModes)
      ? { completionMode: spec.completionMode ?? 'NonIndexed', suspend: spec.suspend ?? false }
      : {}),
    template: defaultTemplate(spec.template),
  }
}

/** Source: validateJobSpec. */
function validateJobSpec(v: Validator, field: string, spec: JobSpec): void {
  for (const member of [
    'parallelism',
    'completions',
    'activeDeadlineSeconds',
    'backoffLimit',
    'ttlSecondsAfterFinished',
  ] as const) {
    v.nonNegative(`${field}.${member}`, spec[member])
  }
  validateMode(v, field, spec)
  validatePolicies(v, field, spec)
  const template = spec.template ?? {}
  validateTemplate(v, `${field}.template`, template)
  const policy: string = template.spec?.restartPolicy ?? ''
  const path = `${field}.template.spec.restartPolicy`
  if (has(v.minor, apiServer.jobsNameRestartPolicies) && (policy === '' || policy === 'Always'))
    v.required(path, 'valid values: "OnFailure", "Never"')
  else if (policy !== 'OnFailure' && policy !== 'Never') v.notSupported(path, policy, ['OnFailure', 'Never'])
  else if (spec.podFailurePolicy !== undefined && policy !== 'Never')
    v.invalid(path, policy, 'only "Never" is supported when podFailurePolicy is specified')
}

/** Source: ValidateJob, ValidateJobSpec. */
function validateJob(v: Validator, spec: JobSpec): void {
  validateJobSpec(v, 'spec', spec)
  if (spec.selector === undefined) v.required('spec.selector')
  else validateLabelSelector(v, 'spec.selector', spec.selector)
  validateTemplateLabels(v, 'spec.template', spec.selector, spec.template ?? {})
}

/** The labels that tie Pods to their Job, unless it brings a selector of its own. Source: generateSelector. */
function withSelector(job: Job, { minor }: RegistryContext): Job {
  const { spec = {} } = job
  if (spec.manualSelector === true) return job
  const { name = '', uid = '' } = job.metadata as Partial<Job['metadata']> // the name may have been forgotten
  const domain = 'batch.kubernetes.io/'
  const isNew = has(minor, apiServer.jobLabelsHaveDomains)
  const own = { 'job-name': name, 'controller-uid': uid }
  const both = isNew ? { ...own, [`${domain}job-name`]: name, [`${domain}controller-uid`]: uid } : own
  const labels = { ...both, ...spec.template?.metadata?.labels }
  const matchLabels = { [`${isNew ? domain : ''}controller-uid`]: uid, ...spec.selector?.matchLabels }
  // What is stored is defaulted as it is read back, and by then the template has its labels: they become the Job's own.
  // Labels that come from the template are one map with its, so that they, too, get what the template gets.
  const given = job.metadata.labels
  const isUnlabelled = Object.keys(given ?? {}).length === 0 || given === spec.template?.metadata?.labels
  return {
    ...job,
    metadata: isUnlabelled ? { ...job.metadata, labels } : job.metadata,
    spec: {
      ...spec,
      selector: { ...spec.selector, matchLabels },
      template: { ...spec.template, metadata: { ...spec.template?.metadata, labels } },
    },
  }
}

/** Source: ValidateGeneratedSelector. */
function validateGeneratedSelector(v: Validator, job: Job): void {
  const { spec = {}, metadata } = job
  if (spec.manualSelector === true || spec.selector === undefined) return
  const labels = spec.template?.metadata?.labels
  const { name = '' } = metadata as Partial<Job['metadata']> // it may have been forgotten
  const expected = { 'controller-uid': metadata.uid ?? '', 'job-name': name }
  for (const [key, value] of Object.entries(expected)) {
    const found = labels?.[key]
    const path = `spec.template.metadata.labels[${key}]`
    if (found === undefined) v.required(path, `must be '${value}'`)
    else if (found !== value) v.invalidGo(path, goLabels(labels), `must be '${value}'`)
  }
  if (!matchesLabelSelector(spec.selector, { ...labels, ...expected })) {
    v.invalidGo('spec.selector', goSelector(spec.selector), '`selector` not auto-generated')
  }
}

/** TTLAfterFinished is alpha until v1.21, so the field is dropped. */
function withoutTtl(job: Job, minor: number): Job {
  if (has(minor, apiServer.jobsHaveTtl) || job.spec?.ttlSecondsAfterFinished === undefined) return job
  const { ttlSecondsAfterFinished: _off, ...spec } = job.spec
  return { ...job, spec }
}

function withKnownPolicies(job: Job, minor: number): Job {
  return job.spec === undefined ? job : { ...job, spec: knownPolicies(job.spec, minor) }
}

function dropJobFields(job: Job, old: Job | undefined, context: RegistryContext): Job {
  const kept = withKnownPolicies(withoutTtl(job, context.minor), context.minor)
  const template = kept.spec?.template
  if (template === undefined) return kept
  return { ...kept, spec: { ...kept.spec, template: dropFromTemplate(template, old?.spec?.template, context) } }
}

/** Which Jobs the controller counts with finalizers: the name of the finalizer, as an annotation. Source: strategy.go, addJobTrackingAnnotation. */
const trackingKey = 'batch.kubernetes.io/job-tracking'

function markAsTracked(job: Job, minor: number): Job {
  if (has(minor, apiServer.jobsAreNotMarked)) return job
  const { [trackingKey]: _mark, ...others } = job.metadata.annotations ?? {}
  if (!has(minor, apiServer.jobsAreMarkedAsTracked)) {
    const isMarked = job.metadata.annotations?.[trackingKey] !== undefined
    return isMarked ? { ...job, metadata: { ...job.metadata, annotations: others } } : job
  }
  return { ...job, metadata: { ...job.metadata, annotations: { ...others, [trackingKey]: '' } } }
}

/** Source: pkg/registry/batch/job/storage/storage.go, Delete. */
const orphanWarning =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning'

export const jobStrategy: Strategy<Job> = {
  resource: { group: 'batch', version: 'v1', resource: 'jobs' },
  kind: 'Job',
  warningsOnDelete: ({ propagationPolicy, orphanDependents }, { minor }) =>
    propagationPolicy === undefined && orphanDependents === undefined && has(minor, apiServer.warnsOfOrphans)
      ? [orphanWarning]
      : [],
  namespaced: true,
  countsGeneration: apiServer.jobsHaveGenerations.since,
  hasStatus: true,
  orphansDependents: true,
  defaults: (job, { minor }) => {
    const labels = job.spec?.template?.metadata?.labels
    const isUnlabelled = Object.keys(job.metadata.labels ?? {}).length === 0
    return {
      ...job,
      metadata: labels !== undefined && isUnlabelled ? { ...job.metadata, labels } : job.metadata,
      spec: defaultJobSpec(job.spec ?? {}, minor),
      status: job.status ?? {},
    }
  },
  prepareForCreate: (job, context) => ({
    ...markAsTracked(dropJobFields(job, undefined, context), context.minor),
    status: {},
  }),
  completeForCreate: withSelector,
  prepareForUpdate: (next, old, context) => (next.spec === old.spec ? next : dropJobFields(next, old, context)),
  validate: (job, context) =>
    errorsOf(context, (v) => {
      validateGeneratedSelector(v, job)
      validateJob(v, job.spec ?? {})
      validateIndexedName(v, (job.metadata.name as string | undefined) ?? '', job.spec ?? {}) // it may have been forgotten
      if (job.spec?.template?.spec !== undefined) {
        validateSctp(v, 'spec.template.spec', job.spec.template.spec, undefined)
      }
    }),
  validateUpdate: (next, old, context) =>
    errorsOf(context, (v) => {
      const spec = next.spec ?? {}
      const before = old.spec ?? {}
      validateGeneratedSelector(v, next)
      validateJob(v, spec)
      validateJob(v, spec) // as such, and as an update
      validateCompletionsUpdate(v, spec, before)
      validateSameTemplate(v, next, old)
      validateSameMode(v, spec, before)
      validateSamePolicies(v, spec, before)
    }),
  validateStatusUpdate: (next, _old, context) =>
    errorsOf(context, (v) => {
      for (const count of ['active', 'succeeded', 'failed'] as const) {
        v.nonNegative(`status.${count}`, next.status?.[count])
      }
    }),
  selectableFields: ({ status }) => ({ 'status.successful': String(status?.succeeded ?? 0) }),
  // Source: pkg/apis/batch/v1/conversion.go, addConversionFuncs.
  unselectable: (field) => `field label ${goQuote(field)} not supported for Job`,
  table: {
    columns: jobColumns,
    columnsOf: (minor) => (has(minor, apiServer.jobsShowStatus) ? jobColumnsWithStatus : jobColumns),
    row: (job, context) => [
      job.metadata.name,
      ...(has(context.minor, apiServer.jobsShowStatus) ? [statusCell(job)] : []),
      completionsCell(job),
      durationCell(job, context),
      ageCell(job, context),
      ...containerCells(job.spec?.template?.spec?.containers),
      selectorCell(job.spec?.selector),
    ],
  },
}

/** Source: pkg/printers/internalversion/printers.go, printJob. */
function statusCell({ metadata, status = {}, spec = {} }: Job): string {
  const holds = (type: string): boolean =>
    status.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  if (holds('Suspended') || spec.suspend === true) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

function completionsCell({ spec = {}, status = {} }: Job): string {
  const succeeded = status.succeeded ?? 0
  if (spec.completions !== undefined) return `${succeeded}/${spec.completions}`
  return (spec.parallelism ?? 0) > 1 ? `${succeeded}/1 of ${spec.parallelism}` : `${succeeded}/1`
}

function durationCell({ status = {} }: Job, context: RegistryContext): string {
  const start = status.startTime === undefined ? undefined : parseRfc3339(status.startTime)
  if (start === undefined) return ''
  const end = status.completionTime === undefined ? undefined : parseRfc3339(status.completionTime)
  return humanDuration((end ?? nowMs(context)) - start)
}

/** Source: ValidateCronJob. */
function validateCronJob(v: Validator, job: CronJob, old?: CronJob): void {
  const { spec = {} } = job
  const { schedule = '', concurrencyPolicy = '', jobTemplate } = spec
  if (schedule === '') v.required('spec.schedule')
  else {
    const problem = scheduleProblem(schedule, v.minor)
    if (problem !== undefined) v.invalid('spec.schedule', schedule, problem)
    validateScheduleZone(v, job, old)
  }
  v.nonNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds)
  validateZone(v, job, old)
  const policies = ['Allow', 'Forbid', 'Replace']
  if (concurrencyPolicy === '') v.required('spec.concurrencyPolicy')
  else if (!policies.includes(concurrencyPolicy)) {
    v.notSupported('spec.concurrencyPolicy', concurrencyPolicy, policies)
  }
  const jobSpec = jobTemplate?.spec ?? {}
  validateJobSpec(v, 'spec.jobTemplate.spec', jobSpec)
  if (jobSpec.selector !== undefined) {
    const shown = goSelector(jobSpec.selector)
    v.invalidGo('spec.jobTemplate.spec.selector', shown, '`selector` will be auto-generated')
  }
  if (jobSpec.manualSelector === true) {
    v.notSupported('spec.jobTemplate.spec.manualSelector', true, ['nil', 'false'])
  }
  v.nonNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit)
  v.nonNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit)
}

/** A CronJob's Jobs get a suffix of eleven characters. */
const cronNameMax = 52

export const cronJobStrategy: Strategy<CronJob> = {
  resource: { group: 'batch', version: 'v1beta1', resource: 'cronjobs' },
  kind: 'CronJob',
  namespaced: true,
  countsGeneration: apiServer.jobsHaveGenerations.since,
  hasStatus: true,
  orphansDependents: true,
  defaults: (job) => {
    const { spec = {} } = job
    return {
      ...job,
      spec: {
        ...spec,
        concurrencyPolicy: spec.concurrencyPolicy || 'Allow',
        suspend: spec.suspend ?? false,
        jobTemplate: {
          ...spec.jobTemplate,
          metadata: spec.jobTemplate?.metadata ?? {},
          spec: defaultCronJobSpec(spec.jobTemplate?.spec ?? {}),
        },
        successfulJobsHistoryLimit: spec.successfulJobsHistoryLimit ?? 3,
        failedJobsHistoryLimit: spec.failedJobsHistoryLimit ?? 1,
      },
      status: job.status ?? {},
    }
  },
  prepareForCreate: (job, { minor }) => ({ ...withKnownZone(job, minor), status: {} }),
  prepareForUpdate: (next, _old, { minor }) => withKnownZone(next, minor),
  validate: (job, context) =>
    errorsOf(context, (v) => {
      validateCronJob(v, job)
      const name = (job.metadata.name as string | undefined) ?? '' // it may have been forgotten
      if (byteLength(name) > cronNameMax) {
        v.invalid('metadata.name', name, `must be no more than ${cronNameMax} characters`)
      }
    }),
  validateUpdate: (next, old, context) => errorsOf(context, (v) => validateCronJob(v, next, old)),
  warningsOnCreate: (job, { minor }) => zoneWarnings(job, minor),
  warningsOnUpdate: (next, _old, { minor }) => zoneWarnings(next, minor),
  table: {
    columns: cronJobColumns,
    columnsOf: (minor) => (has(minor, apiServer.cronJobsShowZones) ? cronJobColumnsWithZone : cronJobColumns),
    row: (job, context) => {
      const { spec, status } = job
      const last = status?.lastScheduleTime
      return [
        job.metadata.name,
        spec?.schedule ?? '',
        ...(has(context.minor, apiServer.cronJobsShowZones) ? [spec?.timeZone ?? '<none>'] : []),
        spec?.suspend === undefined ? '<unset>' : spec.suspend ? 'True' : 'False',
        (status?.active ?? []).length,
        last === undefined ? '<none>' : ageSince(last, nowMs(context)),
        ageCell(job, context),
        ...containerCells(spec?.jobTemplate?.spec?.template?.spec?.containers),
        selectorCell(spec?.jobTemplate?.spec?.selector),
      ]
    },
  },
}

/** Only the Pods of the template have defaults, not the Job. */
function defaultCronJobSpec(spec: JobSpec): JobSpec {
  return { ...spec, template: defaultTemplate(spec.template) }
}
