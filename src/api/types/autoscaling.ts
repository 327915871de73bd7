import type { KubeObject, LabelSelector } from './meta.ts'

/** The autoscaler of Pods as the API server keeps it: in the form of v2. Source: k8s.io/api autoscaling/v2/types.go. */
export interface HorizontalPodAutoscaler extends KubeObject {
  readonly spec?: AutoscalerSpec
  readonly status?: AutoscalerStatus
}

/** Source: HorizontalPodAutoscalerSpec. */
export interface AutoscalerSpec {
  readonly scaleTargetRef?: TargetReference
  readonly minReplicas?: number
  readonly maxReplicas?: number
  readonly metrics?: readonly MetricSpec[]
  readonly behavior?: AutoscalerBehavior
}

/** Source: HorizontalPodAutoscalerStatus. */
export interface AutoscalerStatus {
  readonly observedGeneration?: number
  readonly lastScaleTime?: string
  readonly currentReplicas?: number
  readonly desiredReplicas?: number
  readonly currentMetrics?: readonly MetricStatus[] | null
  readonly conditions?: readonly AutoscalerCondition[] | null
}

/** Source: HorizontalPodAutoscalerCondition. */
export interface AutoscalerCondition {
  readonly type: string
  readonly status: string
  readonly lastTransitionTime?: string
  readonly reason?: string
  readonly message?: string
}

/** Source: CrossVersionObjectReference. */
export interface TargetReference {
  readonly kind?: string
  readonly name?: string
  readonly apiVersion?: string
}

/** The members of a metric, of which one is set. */
export const metricSources = ['object', 'pods', 'resource', 'containerResource', 'external'] as const
/** One of them. */
export type MetricSourceName = (typeof metricSources)[number]

/** What is to be measured, and what it should be. */
export type MetricSpec = { readonly type?: string } & {
  readonly [Name in MetricSourceName]?: MetricSource
}

/** What was measured. */
export type MetricStatus = { readonly type?: string } & {
  readonly [Name in MetricSourceName]?: MetricReading
}

/** What each kind of metric has of this: ObjectMetricSource, PodsMetricSource, ResourceMetricSource and their like. */
export interface MetricSource {
  readonly describedObject?: TargetReference
  readonly metric?: MetricIdentifier
  readonly name?: string
  readonly container?: string
  readonly target?: MetricTarget
}

/** The same of what was measured. */
export interface MetricReading extends Omit<MetricSource, 'target'> {
  readonly current?: Omit<MetricTarget, 'type'>
}

/** Which metric of an API for others than CPU and memory. */
export interface MetricIdentifier {
  readonly name?: string
  readonly selector?: LabelSelector
}

/** What it should be: amounts as quantities, use in percent of what Pods ask for. */
export interface MetricTarget {
  readonly type?: string
  readonly value?: string
  readonly averageValue?: string
  readonly averageUtilization?: number
}

/** How fast it may go. Source: HorizontalPodAutoscalerBehavior. */
export interface AutoscalerBehavior {
  readonly scaleUp?: ScalingRules
  readonly scaleDown?: ScalingRules
}

/** Source: HPAScalingRules. */
export interface ScalingRules {
  readonly stabilizationWindowSeconds?: number
  readonly selectPolicy?: string
  readonly policies?: readonly ScalingPolicy[]
  readonly tolerance?: string
}

/** So many Pods, or percent, in so many seconds. */
export interface ScalingPolicy {
  readonly type?: string
  readonly value?: number
  readonly periodSeconds?: number
}
