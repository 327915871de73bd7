import { apiServer } from '../../versions/api-server.ts'
import { has } from '../../versions/changes.ts'
import { compareQuantities } from '../quantity.ts'
import {
  type AutoscalerSpec,
  type HorizontalPodAutoscaler,
  type MetricIdentifier,
  type MetricSource,
  type MetricSourceName,
  type MetricSpec,
  type MetricTarget,
  metricSources,
  type ScalingRules,
  type TargetReference,
} from '../types/autoscaling.ts'
import { dns1123Label } from './formats.ts'
import { pathSegmentName } from './validate-meta.ts'
import { isUnset, type Validator } from './validator.ts'

/** Autoscalers of Pods in the form of v2. Source: pkg/apis/autoscaling/validation/validation.go. */

/** Source: MaxPeriodSeconds, MaxStabilizationWindowSeconds. */
const periodMax = 1800
const windowMax = 3600

/** Source: ValidateHorizontalPodAutoscaler, ValidateHorizontalPodAutoscalerUpdate. */
export function validateAutoscaler(v: Validator, { spec = {} }: HorizontalPodAutoscaler, old?: AutoscalerSpec): void {
  const { minReplicas, maxReplicas = 0, metrics = [], behavior } = spec
  // Gate HPAScaleToZero is off; what is 0 already may stay so.
  const least = old?.minReplicas === 0 ? 0 : 1
  if (minReplicas !== undefined && minReplicas < least) {
    v.invalid('spec.minReplicas', minReplicas, `must be greater than or equal to ${least}`)
  }
  if (has(v.minor, apiServer.largestSizesAreRequired)) {
    if (maxReplicas === 0) v.required('spec.maxReplicas', 'must be set and greater than 0')
    else if (maxReplicas < 0) v.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to 1')
  } else if (maxReplicas < 1) v.invalid('spec.maxReplicas', maxReplicas, 'must be greater than 0')
  if (minReplicas !== undefined && maxReplicas < minReplicas) {
    v.invalid('spec.maxReplicas', maxReplicas, 'must be greater than or equal to `minReplicas`')
  }
  validateReference(v, 'spec.scaleTargetRef', spec.scaleTargetRef)
  validateGroup(v, 'spec.scaleTargetRef.apiVersion', spec.scaleTargetRef, old?.scaleTargetRef)
  for (const [at, metric] of metrics.entries()) validateMetric(v, `spec.metrics[${at}]`, metric)
  if (minReplicas === 0 && !metrics.some(({ type }) => type === 'Object' || type === 'External')) {
    const text = 'must specify at least one Object or External metric to support scaling to zero replicas'
    v.forbidden('spec.metrics', text)
  }
  for (const direction of ['scaleUp', 'scaleDown'] as const) {
    const rules = behavior?.[direction]
    if (rules !== undefined) validateRules(v, `spec.behavior.${direction}`, rules)
  }
}

/** Source: ValidateHorizontalPodAutoscalerStatusUpdate. */
export function validateAutoscalerStatus(v: Validator, { status = {} }: HorizontalPodAutoscaler): void {
  v.nonNegative('status.currentReplicas', status.currentReplicas)
  v.nonNegative('status.desiredReplicas', status.desiredReplicas)
}

/** Source: ValidateCrossVersionObjectReference. */
function validateReference(v: Validator, field: string, reference: TargetReference = {}): void {
  for (const member of ['kind', 'name'] as const) {
    const value = reference[member]
    if (isUnset(value)) v.required(`${field}.${member}`)
    else v.each(`${field}.${member}`, value, pathSegmentName(value, false))
  }
}

/** What was wrong may stay so. Source: ValidateAPIVersion; pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go, AllowInvalidAPIVersion. */
function validateGroup(
  v: Validator,
  field: string,
  { apiVersion = '' }: TargetReference = {},
  old: TargetReference | undefined,
): void {
  if (!has(v.minor, apiServer.targetsHaveGroups)) return
  if (old !== undefined && groupProblem(old.apiVersion ?? '') !== undefined) return
  const problem = groupProblem(apiVersion)
  if (problem !== undefined) v.invalid(field, apiVersion, problem)
}

function groupProblem(apiVersion: string): string | undefined {
  const parts = apiVersion.split('/')
  if (apiVersion !== '/' && parts.length > 2) return `unexpected GroupVersion string: ${apiVersion}`
  return parts.length === 2 && parts[0] !== '' ? undefined : 'apiVersion must specify API group'
}

const sourceOfType: Readonly<Record<string, MetricSourceName>> = {
  ContainerResource: 'containerResource',
  External: 'external',
  Object: 'object',
  Pods: 'pods',
  Resource: 'resource',
}

/** Source: validateMetricSpec. */
function validateMetric(v: Validator, field: string, metric: MetricSpec): void {
  const { type = '' } = metric
  const knowsContainers = has(v.minor, apiServer.knowsContainerMetrics)
  const types = Object.keys(sourceOfType).filter((name) => knowsContainers || name !== 'ContainerResource')
  if (type === '') v.required(`${field}.type`, 'must specify a metric source type')
  if (!types.includes(type)) v.notSupported(`${field}.type`, type, types)
  const present = order.filter(
    (name) => metric[name] !== undefined && (knowsContainers || name !== 'containerResource'),
  )
  const [first] = present
  if (first !== undefined) validateSource(v, `${field}.${first}`, first, metric[first] ?? {})
  const expected = types.includes(type) ? sourceOfType[type] : undefined
  if (expected !== undefined && metric[expected] === undefined) {
    const text = 'must populate information for the given metric source'
    const isOff = expected === 'containerResource' && !has(v.minor, apiServer.scalesByContainers)
    const tail = isOff ? ' (only allowed when HPAContainerMetrics feature is enabled)' : ''
    v.required(`${field}.${expected}`, `${text}${tail}`)
  } else if (expected === undefined) {
    // Before there were metrics of containers, the lower case of a type was the name of its member.
    if (knowsContainers) v.notSupported(`${field}.type`, type, types)
    else v.required(`${field}.${type.toLowerCase()}`, 'must populate information for the given metric source')
  }
  if (present.length === 1) return
  for (const name of present.filter((one) => one !== expected))
    v.forbidden(`${field}.${name}`, 'must populate the given metric source only')
}

/** In which order sources are looked at. */
const order: readonly MetricSourceName[] = [
  'object',
  'external',
  ...metricSources.filter((name) => name !== 'object' && name !== 'external'),
]

function validateSource(v: Validator, field: string, kind: MetricSourceName, source: MetricSource): void {
  const { target = {} } = source
  const at = `${field}.target`
  switch (kind) {
    case 'object':
      validateReference(v, `${field}.describedObject`, source.describedObject)
      validateIdentifier(v, `${field}.metric`, source.metric)
      validateTarget(v, at, target)
      if (target.value === undefined && target.averageValue === undefined)
        v.required(`${at}.averageValue`, 'must set either a target value or averageValue')
      return
    case 'external':
      validateIdentifier(v, `${field}.metric`, source.metric)
      validateTarget(v, at, target)
      if (target.value === undefined && target.averageValue === undefined)
        v.required(`${at}.averageValue`, 'must set either a target value for metric or a per-pod target')
      if (target.value !== undefined && target.averageValue !== undefined)
        v.forbidden(`${at}.value`, 'may not set both a target value for metric and a per-pod target')
      return
    case 'pods':
      validateIdentifier(v, `${field}.metric`, source.metric)
      validateTarget(v, at, target)
      if (target.averageValue === undefined)
        v.required(`${at}.averageValue`, 'must specify a positive target averageValue')
      return
    default:
      validateResource(v, field, kind, source)
  }
}

/** Source: validateResourceSource, validateContainerResourceSource. */
function validateResource(v: Validator, field: string, kind: MetricSourceName, source: MetricSource): void {
  const { name, container, target = {} } = source
  const at = `${field}.target`
  if (isUnset(name)) v.required(`${field}.name`, 'must specify a resource name')
  if (kind === 'containerResource') {
    if (isUnset(container)) v.required(`${field}.container`, 'must specify a container')
    else v.each(`${field}.container`, container, dns1123Label(container, v.minor))
  }
  validateTarget(v, at, target)
  if (target.averageUtilization === undefined && target.averageValue === undefined)
    v.required(`${at}.averageUtilization`, 'must set either a target raw value or a target utilization')
  if (target.averageUtilization !== undefined && target.averageValue !== undefined)
    v.forbidden(`${at}.averageValue`, 'may not set both a target raw value and a target utilization')
}

function validateIdentifier(v: Validator, field: string, { name }: MetricIdentifier = {}): void {
  if (isUnset(name)) v.required(`${field}.name`, 'must specify a metric name')
  else v.each(`${field}.name`, name, pathSegmentName(name, false))
}

const targetTypes = ['Utilization', 'Value', 'AverageValue']

/** Source: validateMetricTarget. */
function validateTarget(v: Validator, field: string, target: MetricTarget): void {
  const { type = '', averageUtilization } = target
  if (type === '') v.required(`${field}.type`, 'must specify a metric target type')
  if (!targetTypes.includes(type))
    v.invalid(`${field}.type`, type, 'must be either Utilization, Value, or AverageValue')
  for (const member of ['value', 'averageValue'] as const) {
    const amount = target[member]
    if (amount !== undefined && compareQuantities(amount, '0') <= 0)
      v.invalidQuantity(`${field}.${member}`, amount, 'must be positive')
  }
  if (averageUtilization !== undefined && averageUtilization < 1)
    v.invalid(`${field}.averageUtilization`, averageUtilization, 'must be greater than 0')
}

/** Source: validateScalingRules. */
function validateRules(v: Validator, field: string, rules: ScalingRules): void {
  const { stabilizationWindowSeconds: window, selectPolicy, policies = [] } = rules
  const at = `${field}.stabilizationWindowSeconds`
  if (window !== undefined && window < 0) v.invalid(at, window, 'must be greater than or equal to zero')
  if (window !== undefined && window > windowMax) v.invalid(at, window, `must be less than or equal to ${windowMax}`)
  const selections = ['Disabled', 'Max', 'Min']
  if (selectPolicy !== undefined && !selections.includes(selectPolicy))
    v.notSupported(`${field}.selectPolicy`, selectPolicy, selections)
  if (policies.length === 0) v.required(`${field}.policies`, 'must specify at least one Policy')
  for (const [index, { type = '', value = 0, periodSeconds = 0 }] of policies.entries()) {
    const path = `${field}.policies[${index}]`
    if (type !== 'Pods' && type !== 'Percent') v.notSupported(`${path}.type`, type, ['Percent', 'Pods'])
    if (value <= 0) v.invalid(`${path}.value`, value, 'must be greater than zero')
    if (periodSeconds <= 0) v.invalid(`${path}.periodSeconds`, periodSeconds, 'must be greater than zero')
    if (periodSeconds > periodMax)
      v.invalid(`${path}.periodSeconds`, periodSeconds, `must be less than or equal to ${periodMax}`)
  }
}
