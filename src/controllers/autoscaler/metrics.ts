import type { HorizontalPodAutoscaler, MetricSpec } from '../../api/types/autoscaling.ts'
import type { LabelSelector } from '../../api/types/meta.ts'
import type { Client, RequestError } from '../../client/client.ts'
import { errorText } from '../../client/refusals.ts'
import { attempt, type Steps } from '../../kernel/steps.ts'
import { has } from '../../versions/changes.ts'
import { controllers } from '../../versions/controllers.ts'

/** Why a metric gives no number: for the Event and the condition, and for the sum of all that failed. */
export interface MetricFailure {
  readonly reason: string
  /** Of the Event about this metric. */
  readonly error: string
  /** What is said of it where all are told. */
  readonly summary: string
}

/** Source: k8s.io/metrics pkg/client/custom_metrics/discovery.go: nothing is asked of an API that discovery does not tell of. */
const noCustomApi =
  'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'

/**
 * What becomes of asking for a metric where nothing serves any. Sources: pkg/controller/podautoscaler/horizontal.go,
 * computeReplicasForMetric; replica_calculator.go; metrics/client.go (rest_metrics_client.go before v1.20).
 */
export function* failureOf(
  client: Client,
  minor: number,
  { metadata }: HorizontalPodAutoscaler,
  spec: MetricSpec,
  labelSelector: string,
): Steps<MetricFailure> {
  const { namespace = '' } = metadata
  switch (spec.type) {
    case 'Pods': {
      const error = `unable to get metric ${spec.pods?.metric?.name}: ${noCustomApi}`
      return { reason: 'FailedGetPodsMetric', error, summary: `failed to get pods metric value: ${error}` }
    }
    case 'Object':
      return objectFailure(spec, namespace)
    case 'External':
      return externalFailure(spec, namespace, minor)
    default:
      return yield* resourceFailure(client, minor, spec, namespace, labelSelector)
  }
}

/** The order of the words is that of the source. */
function objectFailure({ object = {} }: MetricSpec, namespace: string): MetricFailure {
  const { metric, describedObject: described = {}, target } = object
  const error = `unable to get metric ${metric?.name}: ${described.kind} on ${namespace} ${described.name}/${noCustomApi}`
  const inner = target?.type === 'AverageValue' ? `failed to get ${metric?.name} object metric: ${error}` : error
  return { reason: 'FailedGetObjectMetric', error, summary: `failed to get object metric value: ${inner}` }
}

function externalFailure({ external = {} }: MetricSpec, namespace: string, minor: number): MetricFailure {
  const { metric, target } = external
  const name = metric?.name ?? ''
  const resource = `${name}.external.metrics.k8s.io`
  const answer = has(minor, controllers.readsExternalMetrics)
    ? `the server could not find the requested resource (get ${resource})`
    : `${resource} is forbidden: User "system:serviceaccount:kube-system:horizontal-pod-autoscaler" cannot list resource "${name}" in API group "external.metrics.k8s.io" in the namespace "${namespace}"`
  const asked = `unable to fetch metrics from external metrics API: ${answer}`
  const error = `unable to get external metric ${namespace}/${name}/${selectorText(metric?.selector)}: ${asked}`
  const isAverage = target?.averageValue !== undefined
  const inner = isAverage
    ? `failed to get ${name} external metric: ${error}`
    : `failed to get external metric ${name}: ${error}`
  const summary = has(minor, controllers.namesFailedMetrics)
    ? `failed to get ${name} external metric value: ${inner}`
    : inner
  return { reason: 'FailedGetExternalMetric', error, summary }
}

function* resourceFailure(
  client: Client,
  minor: number,
  spec: MetricSpec,
  namespace: string,
  labelSelector: string,
): Steps<MetricFailure> {
  const isOfContainer = spec.type === 'ContainerResource'
  const { name = '', target, container } = (isOfContainer ? spec.containerResource : spec.resource) ?? {}
  const pods = { group: 'metrics.k8s.io', version: 'v1beta1', resource: 'pods' }
  const listed = yield* attempt(client.list(pods, { namespace, labelSelector }))
  const answer = listed.ok
    ? 'no metrics returned from resource metrics API'
    : `unable to fetch metrics from resource metrics API: ${requestText(listed.error, 'pods.metrics.k8s.io')}`
  const error = `unable to get metrics for resource ${name}: ${answer}`
  const saysUsage = target?.averageValue !== undefined && has(minor, controllers.namesFailedMetrics)
  const told = `failed to get ${name} ${saysUsage ? 'usage' : 'utilization'}: ${error}`
  const what = isOfContainer ? `${container} container` : `${name} resource`
  return {
    reason: isOfContainer ? 'FailedGetContainerResourceMetric' : 'FailedGetResourceMetric',
    error: has(minor, controllers.tellsWhichUse) ? told : error,
    summary: has(minor, controllers.namesFailedMetrics) ? `failed to get ${what} metric value: ${told}` : told,
  }
}

/** An answer without a Status, as a path has that nobody serves, names what was asked for. Source: apimachinery errors.go, NewGenericServerResponse. */
export function requestText(error: RequestError, asked: string): string {
  const text = errorText(error)
  return text === 'the server could not find the requested resource' ? `${text} (get ${asked})` : text
}

/** Source: apimachinery meta/v1/generated.pb.go, LabelSelector.String. */
function selectorText(selector: LabelSelector | undefined): string {
  if (selector === undefined) return 'nil'
  const labels = Object.entries(selector.matchLabels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  const pairs = labels.map(([key, value]) => `${key}: ${value},`).join('')
  const expressions = (selector.matchExpressions ?? []).map(
    ({ key, operator, values = [] }) =>
      `LabelSelectorRequirement{Key:${key},Operator:${operator},Values:[${values.join(' ')}],},`,
  )
  return `&LabelSelector{MatchLabels:map[string]string{${pairs}},MatchExpressions:[]LabelSelectorRequirement{${expressions.join('')}},}`
}
