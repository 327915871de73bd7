import { shownValue } from '../../../api/structs/shown.ts'
import type { ExitCodes, PodFailureRule } from '../../../api/types/job-policies.ts'
import type { JobSpec } from '../../../api/types/workloads.ts'
import { qualifiedName } from '../../../api/validation/formats.ts'
import type { Validator } from '../../../api/validation/validator.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'
import { validateManager, validateSuccessPolicy } from './job-success-validation.ts'

/** What Jobs do about Pods that fail. Source: pkg/apis/batch, pkg/registry/batch/job/strategy.go. */

/** Without what a version does not know. Source: strategy.go, PrepareForCreate. */
export function knownPolicies(spec: JobSpec, minor: number): JobSpec {
  const { podFailurePolicy, backoffLimitPerIndex, maxFailedIndexes, podReplacementPolicy, successPolicy, ...rest } =
    spec
  const countsByIndex = has(minor, apiServer.jobsCountByIndex)
  const rules = podFailurePolicy?.rules?.filter(({ action }) => countsByIndex || action !== 'FailIndex')
  return {
    ...rest,
    ...kept(
      'podFailurePolicy',
      has(minor, apiServer.jobsHaveFailurePolicies) ? podFailurePolicy && { rules } : undefined,
    ),
    ...kept('backoffLimitPerIndex', countsByIndex ? backoffLimitPerIndex : undefined),
    ...kept('maxFailedIndexes', countsByIndex ? maxFailedIndexes : undefined),
    ...kept(
      'podReplacementPolicy',
      has(minor, apiServer.jobsHaveReplacementPolicies) ? podReplacementPolicy : undefined,
    ),
    ...kept('successPolicy', has(minor, apiServer.jobsHaveSuccessPolicies) ? successPolicy : undefined),
  } as JobSpec // with some members left out
}

function kept(name: string, value: unknown): object {
  return value === undefined ? {} : { [name]: value }
}

/** Without a limit of its own a Job that counts by index has none. Source: math.MaxInt32. */
const unlimited = 2_147_483_647

/** Source: pkg/apis/batch/v1/defaults.go, SetDefaults_Job. */
export function defaultPolicies(spec: JobSpec, minor: number): JobSpec {
  const { podFailurePolicy, podReplacementPolicy, backoffLimitPerIndex } = spec
  const counts = has(minor, apiServer.jobsCountByIndex) && backoffLimitPerIndex !== undefined
  const replacement = podReplacementPolicy ?? (podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed')
  const rules = podFailurePolicy?.rules?.map((rule) =>
    rule.onPodConditions === undefined
      ? rule
      : { ...rule, onPodConditions: rule.onPodConditions.map((one) => ({ ...one, status: one.status || 'True' })) },
  )
  return {
    ...spec,
    ...(has(minor, apiServer.jobsSayManualSelector) ? { manualSelector: spec.manualSelector ?? false } : {}),
    backoffLimit: spec.backoffLimit ?? (counts ? unlimited : 6),
    ...(rules === undefined ? {} : { podFailurePolicy: { rules } }),
    ...(has(minor, apiServer.jobsHaveReplacementPolicies) ? { podReplacementPolicy: replacement } : {}),
  }
}

/** Source: pkg/apis/batch/validation/validation.go, validateJobSpec, what it says of these. */
export function validatePolicies(v: Validator, field: string, spec: JobSpec): void {
  const { backoffLimitPerIndex, maxFailedIndexes, completions, completionMode, successPolicy } = spec
  const isIndexed = completionMode === 'Indexed'
  v.nonNegative(`${field}.backoffLimitPerIndex`, backoffLimitPerIndex)
  v.nonNegative(`${field}.maxFailedIndexes`, maxFailedIndexes)
  if (maxFailedIndexes !== undefined && backoffLimitPerIndex === undefined)
    v.required(`${field}.backoffLimitPerIndex`, 'when maxFailedIndexes is specified')
  validateManager(v, `${field}.managedBy`, spec)
  if (isIndexed && completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions)
    v.invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to completions')
  if (isIndexed) validateManyIndexes(v, field, spec)
  else
    for (const member of ['backoffLimitPerIndex', 'maxFailedIndexes'] as const)
      if (spec[member] !== undefined) v.invalid(`${field}.${member}`, spec[member], 'requires indexed completion mode')
  if (spec.podFailurePolicy !== undefined) validateFailurePolicy(v, `${field}.podFailurePolicy.rules`, spec)
  validateReplacement(v, `${field}.podReplacementPolicy`, spec)
  if (successPolicy === undefined) return
  if (!isIndexed) {
    const shown = shownValue('batch.SuccessPolicy', successPolicy, v.minor)
    v.invalidGo(`${field}.successPolicy`, shown, 'requires indexed completion mode')
  } else validateSuccessPolicy(v, `${field}.successPolicy.rules`, spec)
}

/** Of a Job with very many indexes fewer Pods run and fewer indexes fail. Source: completionsSoftLimit, validateJobSpec. */
function validateManyIndexes(v: Validator, field: string, spec: JobSpec): void {
  const { backoffLimitPerIndex, maxFailedIndexes, completions = 0, parallelism = 0 } = spec
  if (maxFailedIndexes !== undefined && maxFailedIndexes > 100_000)
    v.invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, 'must be less than or equal to 100000')
  if (completions <= 100_000 || backoffLimitPerIndex === undefined) return
  const text =
    'must be less than or equal to 10000 when completions are above 100000 and used with backoff limit per index'
  if (maxFailedIndexes === undefined)
    v.required(`${field}.maxFailedIndexes`, 'must be specified when completions is above 100000')
  if (parallelism > 10_000) v.invalid(`${field}.parallelism`, parallelism, text)
  if (maxFailedIndexes !== undefined && maxFailedIndexes > 10_000)
    v.invalid(`${field}.maxFailedIndexes`, maxFailedIndexes, text)
}

function validateReplacement(v: Validator, field: string, { podReplacementPolicy, podFailurePolicy }: JobSpec): void {
  if (podReplacementPolicy === undefined) return
  const allowed = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  if (!allowed.includes(podReplacementPolicy)) v.notSupported(field, podReplacementPolicy, allowed)
}

const rulesMax = 20
const valuesMax = 255

function quoted(words: readonly string[]): string {
  return `valid values: [${words.map((word) => `"${word}"`).join(' ')}]`
}

/** Source: validatePodFailurePolicy. */
function validateFailurePolicy(v: Validator, field: string, spec: JobSpec): void {
  const rules = spec.podFailurePolicy?.rules ?? []
  if (rules.length > rulesMax) v.tooMany(field, rules.length, rulesMax)
  const { containers = [], initContainers = [] } = spec.template?.spec ?? {}
  const names = new Set([...containers, ...initContainers].map(({ name }) => name))
  for (const [at, rule] of rules.entries()) validateRule(v, `${field}[${at}]`, rule, spec, names)
}

/** Source: validatePodFailurePolicyRule. */
function validateRule(v: Validator, field: string, rule: PodFailureRule, spec: JobSpec, names: Set<string>): void {
  const actions = ['Count', ...(has(v.minor, apiServer.jobsCountByIndex) ? ['FailIndex'] : []), 'FailJob', 'Ignore']
  const { action = '', onExitCodes, onPodConditions = [] } = rule
  if (action === '') v.required(`${field}.action`, quoted(actions))
  else if (!actions.includes(action)) v.notSupported(`${field}.action`, action, actions)
  else if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined)
    v.invalid(`${field}.action`, action, 'requires the backoffLimitPerIndex to be set')
  if (onExitCodes !== undefined) validateExitCodes(v, `${field}.onExitCodes`, onExitCodes, names)
  for (const [at, { type = '', status = '' }] of onPodConditions.entries()) {
    const path = `${field}.onPodConditions[${at}]`
    v.each(`${path}.type`, type, qualifiedName(type, v.minor))
    const statuses = ['False', 'True', 'Unknown']
    if (status === '') v.required(`${path}.status`, quoted(statuses))
    else if (!statuses.includes(status)) v.notSupported(`${path}.status`, status, statuses)
  }
  const both = onExitCodes !== undefined && onPodConditions.length > 0
  const none = onExitCodes === undefined && onPodConditions.length === 0
  // Told without the value.
  if (both) v.invalidGo(field, 'specifying both OnExitCodes and OnPodConditions is not supported', '')
  if (none) v.invalidGo(field, 'specifying one of OnExitCodes and OnPodConditions is required', '')
}

/** Source: validatePodFailurePolicyRuleOnExitCodes. */
function validateExitCodes(v: Validator, field: string, codes: ExitCodes, names: Set<string>): void {
  const { operator = '', containerName, values = [] } = codes
  const operators = ['In', 'NotIn']
  if (operator === '') v.required(`${field}.operator`, quoted(operators))
  else if (!operators.includes(operator)) v.notSupported(`${field}.operator`, operator, operators)
  if (containerName !== undefined && !names.has(containerName)) {
    const text = 'must be one of the container or initContainer names in the pod template'
    v.invalid(`${field}.containerName`, containerName, text)
  }
  const shown = `[]int32{${values.map((value) => value).join(', ')}}`
  if (values.length === 0) v.invalidGo(`${field}.values`, shown, 'at least one value is required')
  else if (values.length > valuesMax) v.tooMany(`${field}.values`, values.length, valuesMax)
  for (const [at, value] of values.entries()) {
    const path = `${field}.values[${at}]`
    if (operator === 'In' && value === 0) v.invalid(path, value, 'must not be 0 for the In operator')
    if (values.indexOf(value) < at) v.duplicate(path, value)
  }
  if (values.some((value, at) => at > 0 && (values[at - 1] ?? value) > value))
    v.invalidGo(`${field}.values`, shown, 'must be ordered')
}
