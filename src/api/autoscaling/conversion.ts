import { goStructJsonIndented, isObject } from '../../go/json.ts'
import type {
  AutoscalerBehavior,
  AutoscalerCondition,
  AutoscalerSpec,
  AutoscalerStatus,
  HorizontalPodAutoscaler,
  MetricSpec,
  MetricStatus,
  ScalingRules,
} from '../types/autoscaling.ts'
import type { KubeObject } from '../types/meta.ts'
import { newSpec, newStatus, type OldMetric, oldSpec, oldStatus } from './old-metrics.ts'

/**
 * Autoscalers of other versions than v2: what a version has no member for stands in annotations, so that nothing is lost
 * when it is read in that version and written back. Sources: pkg/apis/autoscaling/annotations.go, helpers.go,
 * v1/conversion.go, v2beta1/conversion.go, v2beta2/conversion.go.
 */
const annotationNames = {
  metrics: 'autoscaling.alpha.kubernetes.io/metrics',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  behavior: 'autoscaling.alpha.kubernetes.io/behavior',
} as const

interface AutoscalerV1 extends KubeObject {
  readonly spec?: Pick<AutoscalerSpec, 'scaleTargetRef' | 'minReplicas' | 'maxReplicas'> & {
    readonly targetCPUUtilizationPercentage?: number
  }
  readonly status?: Omit<AutoscalerStatus, 'currentMetrics' | 'conditions'> & {
    readonly currentCPUUtilizationPercentage?: number
  }
}

interface AutoscalerV2beta1 extends KubeObject {
  readonly spec?: Omit<AutoscalerSpec, 'metrics' | 'behavior'> & { readonly metrics?: readonly OldMetric[] }
  readonly status?: Omit<AutoscalerStatus, 'currentMetrics'> & { readonly currentMetrics?: readonly OldMetric[] | null }
}

/** What is asked for if nothing else is. Source: annotations.go, DefaultCPUUtilization. */
const defaultUtilization = 80

/** A target for the use of CPU, in percent of what Pods ask for. */
export function cpuMetric(averageUtilization = defaultUtilization): MetricSpec {
  return { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization } } }
}

/** A metric that v1 has a member for. */
function plainTarget({ type, resource }: MetricSpec): number | undefined {
  return type === 'Resource' && resource?.name === 'cpu' ? resource.target?.averageUtilization : undefined
}

/** An object of a version, decoded, in the form in which it is kept. */
export function storedAutoscaler(object: KubeObject, version: string): HorizontalPodAutoscaler {
  const bare = withAnnotations(object, {})
  const behavior = readBehavior(object)
  switch (version) {
    case 'v1':
      return fromV1(object, bare, behavior)
    case 'v2beta1': {
      const { spec = {}, status } = bare as AutoscalerV2beta1 // decoded as one
      const metrics = spec.metrics?.map(newSpec)
      return {
        ...bare,
        spec: { ...spec, ...(metrics === undefined ? {} : { metrics }), ...behavior } as AutoscalerSpec, // its metrics are new ones
        ...(status === undefined
          ? {}
          : { status: { ...status, currentMetrics: status.currentMetrics?.map(newStatus) ?? null } }),
      }
    }
    default:
      return bare as HorizontalPodAutoscaler // v2beta2 has the members of v2
  }
}

function fromV1(object: KubeObject, bare: KubeObject, behavior: Behaviors): HorizontalPodAutoscaler {
  const { spec = {}, status } = object as AutoscalerV1 // decoded as one
  const { targetCPUUtilizationPercentage: percentage, ...shared } = spec
  const others = readAnnotation<OldMetric>(object, annotationNames.metrics)?.map(newSpec) ?? []
  const metrics = [...others, ...(percentage === undefined ? [] : [cpuMetric(percentage)])]
  const conditions = readAnnotation<AutoscalerCondition>(object, annotationNames.conditions)
  const { currentCPUUtilizationPercentage: current, ...known } = status ?? {}
  const readings =
    readAnnotation<OldMetric>(object, annotationNames.currentMetrics)?.map(newStatus) ?? plainReading(current)
  return {
    ...bare,
    spec: { ...shared, metrics: metrics.length === 0 ? [cpuMetric()] : metrics, ...behavior },
    status: { ...known, currentMetrics: readings, ...(conditions === undefined ? {} : { conditions }) },
  }
}

function plainReading(averageUtilization: number | undefined): readonly MetricStatus[] | null {
  if (averageUtilization === undefined) return null
  return [{ type: 'Resource', resource: { name: 'cpu', current: { averageUtilization } } }]
}

/** A kept autoscaler as a version shows it. */
export function servedAutoscaler(autoscaler: HorizontalPodAutoscaler, version: string): KubeObject {
  const { spec = {}, status = {} } = autoscaler
  switch (version) {
    case 'v1':
      return toV1(autoscaler)
    case 'v2beta1': {
      const { metrics, behavior, ...shared } = spec
      return {
        ...withAnnotations(autoscaler, { behavior: behavior && behaviorText(behavior) }),
        spec: { ...shared, ...(metrics === undefined ? {} : { metrics: metrics.map(oldSpec) }) },
        status: betaStatus(status, status.currentMetrics?.map(oldStatus) ?? null),
      } as AutoscalerV2beta1 // its status is in that form, too
    }
    case 'v2beta2':
      return { ...autoscaler, status: betaStatus(status, status.currentMetrics ?? null) } as KubeObject // it has more members
    default:
      return autoscaler
  }
}

/** The betas write what v2 leaves out. */
function betaStatus(status: AutoscalerStatus, currentMetrics: readonly unknown[] | null): object {
  const { observedGeneration, lastScaleTime, currentReplicas = 0, desiredReplicas = 0, conditions = null } = status
  return {
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
    ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
    currentReplicas,
    desiredReplicas,
    currentMetrics,
    conditions,
  }
}

function toV1(autoscaler: HorizontalPodAutoscaler): AutoscalerV1 {
  const { spec = {}, status = {} } = autoscaler
  const { scaleTargetRef, minReplicas, maxReplicas = 0, metrics = [], behavior } = spec
  const others = metrics.filter((metric) => plainTarget(metric) === undefined).map(oldSpec)
  const readings = status.currentMetrics ?? []
  const conditions = status.conditions ?? []
  const percentage = metrics.map(plainTarget).find((target) => target !== undefined)
  const current = readings.findLast(({ type, resource }) => type === 'Resource' && resource?.name === 'cpu')?.resource
    ?.current?.averageUtilization
  return {
    ...withAnnotations(autoscaler, {
      metrics: listText(others),
      currentMetrics: listText(readings.map(oldStatus)),
      behavior: behavior && behaviorText(behavior),
      conditions: listText(conditions.map(conditionInOrder)),
    }),
    spec: {
      ...(scaleTargetRef === undefined ? {} : { scaleTargetRef }),
      ...(minReplicas === undefined ? {} : { minReplicas }),
      maxReplicas,
      ...(percentage === undefined ? {} : { targetCPUUtilizationPercentage: percentage }),
    },
    status: {
      ...(status.observedGeneration === undefined ? {} : { observedGeneration: status.observedGeneration }),
      ...(status.lastScaleTime === undefined ? {} : { lastScaleTime: status.lastScaleTime }),
      currentReplicas: status.currentReplicas ?? 0,
      desiredReplicas: status.desiredReplicas ?? 0,
      ...(current === undefined ? {} : { currentCPUUtilizationPercentage: current }),
    },
  }
}

function conditionInOrder({ type, status, lastTransitionTime, reason, message }: AutoscalerCondition): object {
  return {
    type,
    status,
    lastTransitionTime: lastTransitionTime ?? null,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  }
}

type Kept = keyof typeof annotationNames

/** The object with these annotations of ours and no others of them. Source: DropRoundTripHorizontalPodAutoscalerAnnotations. */
function withAnnotations(object: KubeObject, texts: { readonly [Name in Kept]?: string | undefined }): KubeObject {
  const { annotations, ...metadata } = object.metadata
  const names = Object.values<string>(annotationNames)
  const others = Object.entries(annotations ?? {}).filter(([name]) => !names.includes(name))
  const own = Object.entries(texts).flatMap(
    ([name, text]) => (text === undefined ? [] : [[annotationNames[name as Kept], text] as const]), // a name of `texts`
  )
  const all = [...others, ...own]
  if (all.length === 0) return annotations === undefined ? object : { ...object, metadata }
  return { ...object, metadata: { ...metadata, annotations: Object.fromEntries(all) } }
}

function listText(list: readonly object[]): string | undefined {
  return list.length === 0 ? undefined : goStructJsonIndented(list, '')
}

/** A list that an annotation holds; what cannot be read is left out, as it is there. */
function readAnnotation<T>({ metadata }: KubeObject, name: string): readonly T[] | undefined {
  const found = parse(metadata.annotations?.[name])
  if (!Array.isArray(found) || !found.every(isObject)) return undefined
  return found as readonly unknown[] as readonly T[] // whoever wrote the annotation meant one
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Behaviors = { readonly behavior?: AutoscalerBehavior }

/** Written with the names of the internal type, which begin with capitals. */
function behaviorText({ scaleUp, scaleDown }: AutoscalerBehavior): string {
  const rules = (given: ScalingRules | undefined): object | null =>
    given === undefined
      ? null
      : {
          StabilizationWindowSeconds: given.stabilizationWindowSeconds ?? null,
          SelectPolicy: given.selectPolicy ?? null,
          Policies:
            given.policies?.map(({ type = '', value = 0, periodSeconds = 0 }) => ({
              Type: type,
              Value: value,
              PeriodSeconds: periodSeconds,
            })) ?? null,
        }
  return goStructJsonIndented({ ScaleUp: rules(scaleUp), ScaleDown: rules(scaleDown) }, '')
}

/** Go finds members whatever the case of their letters. */
function readBehavior({ metadata }: KubeObject): Behaviors {
  const found = inLowerCamel(parse(metadata.annotations?.[annotationNames.behavior]))
  return isObject(found) && Object.keys(found).length > 0 ? { behavior: found } : {}
}

function inLowerCamel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inLowerCamel)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) =>
      member === null ? [] : [[name.charAt(0).toLowerCase() + name.slice(1), inLowerCamel(member)]],
    ),
  )
}
