import {
  type MetricReading,
  type MetricSource,
  type MetricSourceName,
  type MetricSpec,
  type MetricStatus,
  metricSources,
  type TargetReference,
} from '../types/autoscaling.ts'
import type { LabelSelector } from '../types/meta.ts'

/**
 * Metrics as v2beta1 has them and as v1 keeps them in annotations: with a member for each form of a target.
 * Sources: k8s.io/api autoscaling/v2beta1/types.go; pkg/apis/autoscaling/v2beta1/conversion.go, v1/conversion.go.
 */
export type OldMetric = { readonly type?: string } & {
  readonly [Name in MetricSourceName]?: OldSource
}

interface OldSource {
  readonly target?: TargetReference
  readonly name?: string
  readonly container?: string
  readonly metricName?: string
  readonly metricSelector?: LabelSelector
  readonly selector?: LabelSelector
  readonly averageValue?: string
  readonly targetValue?: string
  readonly targetAverageValue?: string
  readonly targetAverageUtilization?: number
  readonly currentValue?: string
  readonly currentAverageValue?: string
  readonly currentAverageUtilization?: number
}

/** An amount that has no pointer is written when it is not set, too. */
const zero = '0'

/** Of v2, in the old form. */
export function oldSpec(spec: MetricSpec): OldMetric {
  return convert(spec, {
    object: ({ describedObject: described = {}, metric, target }) => ({
      target: reference(described),
      metricName: metric?.name ?? '',
      targetValue: target?.value ?? zero,
      ...selected('selector', metric?.selector),
      ...set('averageValue', target?.averageValue),
    }),
    pods: ({ metric, target }) => ({
      metricName: metric?.name ?? '',
      targetAverageValue: target?.averageValue ?? zero,
      ...selected('selector', metric?.selector),
    }),
    resource: oldResource,
    containerResource: (source) => ({ ...oldResource(source), container: source.container ?? '' }),
    external: ({ metric, target }) => ({
      metricName: metric?.name ?? '',
      ...selected('metricSelector', metric?.selector),
      ...set('targetValue', target?.value),
      ...set('targetAverageValue', target?.averageValue),
    }),
  })
}

function oldResource({ name = '', target }: MetricSource): OldSource {
  return {
    name,
    ...set('targetAverageUtilization', target?.averageUtilization),
    ...set('targetAverageValue', target?.averageValue),
  }
}

/** In the old form, as v2 has it. */
export function newSpec(old: OldMetric): MetricSpec {
  return convert(old, {
    object: ({ target, metricName = '', targetValue = zero, selector, averageValue }) => ({
      describedObject: reference(target ?? {}),
      target: {
        type: averageValue === undefined ? 'Value' : 'AverageValue',
        value: targetValue,
        ...set('averageValue', averageValue),
      },
      metric: { name: metricName, ...selected('selector', selector) },
    }),
    pods: ({ metricName = '', targetAverageValue = zero, selector }) => ({
      metric: { name: metricName, ...selected('selector', selector) },
      target: { type: 'AverageValue', averageValue: targetAverageValue },
    }),
    resource: newResource,
    containerResource: (source) => ({ ...newResource(source), container: source.container ?? '' }),
    external: ({ metricName = '', metricSelector, targetValue, targetAverageValue }) => ({
      metric: { name: metricName, ...selected('selector', metricSelector) },
      target: {
        type: targetValue === undefined ? 'AverageValue' : 'Value',
        ...set('value', targetValue),
        ...set('averageValue', targetAverageValue),
      },
    }),
  })
}

function newResource({ name = '', targetAverageUtilization, targetAverageValue }: OldSource): MetricSource {
  return {
    name,
    target: {
      type: targetAverageUtilization === undefined ? 'AverageValue' : 'Utilization',
      ...set('averageValue', targetAverageValue),
      ...set('averageUtilization', targetAverageUtilization),
    },
  }
}

/** A reading of v2, in the old form. */
export function oldStatus(status: MetricStatus): OldMetric {
  return convert(status, {
    object: ({ describedObject: described = {}, metric, current }) => ({
      target: reference(described),
      metricName: metric?.name ?? '',
      currentValue: current?.value ?? zero,
      ...selected('selector', metric?.selector),
      ...set('averageValue', current?.averageValue),
    }),
    pods: ({ metric, current }) => ({
      metricName: metric?.name ?? '',
      currentAverageValue: current?.averageValue ?? zero,
      ...selected('selector', metric?.selector),
    }),
    resource: oldReading,
    containerResource: (reading) => ({ ...oldReading(reading), container: reading.container ?? '' }),
    external: ({ metric, current }) => ({
      metricName: metric?.name ?? '',
      ...selected('metricSelector', metric?.selector),
      currentValue: current?.value ?? zero,
      ...set('currentAverageValue', current?.averageValue),
    }),
  })
}

function oldReading({ name = '', current }: MetricReading): OldSource {
  return {
    name,
    ...set('currentAverageUtilization', current?.averageUtilization),
    currentAverageValue: current?.averageValue ?? zero,
  }
}

/** A reading in the old form, as v2 has it. */
export function newStatus(old: OldMetric): MetricStatus {
  return convert(old, {
    object: ({ target, metricName = '', currentValue = zero, selector, averageValue }) => ({
      metric: { name: metricName, ...selected('selector', selector) },
      current: { value: currentValue, ...set('averageValue', averageValue) },
      describedObject: reference(target ?? {}),
    }),
    pods: ({ metricName = '', currentAverageValue = zero, selector }) => ({
      metric: { name: metricName, ...selected('selector', selector) },
      current: { averageValue: currentAverageValue },
    }),
    resource: newReading,
    containerResource: (source) => ({ ...newReading(source), container: source.container ?? '' }),
    external: ({ metricName = '', metricSelector, currentValue = zero, currentAverageValue }) => ({
      metric: { name: metricName, ...selected('selector', metricSelector) },
      current: { value: currentValue, ...set('averageValue', currentAverageValue) },
    }),
  })
}

function newReading({ name = '', currentAverageUtilization, currentAverageValue = zero }: OldSource): MetricReading {
  return {
    name,
    current: { averageValue: currentAverageValue, ...set('averageUtilization', currentAverageUtilization) },
  }
}

/** Each source of a metric, of which there should be one, by the rule of its kind. */
function convert<From, To>(
  metric: { readonly type?: string } & { readonly [Name in MetricSourceName]?: From },
  rules: { readonly [Name in MetricSourceName]: (source: From) => To },
): { readonly type?: string } & { readonly [Name in MetricSourceName]?: To } {
  const sources = metricSources.flatMap((name) => {
    const source = metric[name]
    return source === undefined || source === null ? [] : [[name, rules[name](source)] as const]
  })
  const converted = Object.fromEntries(sources) as { [Name in MetricSourceName]?: To } // members of these names
  return { type: metric.type ?? '', ...converted }
}

function reference({ kind = '', name = '', apiVersion = '' }: TargetReference): TargetReference {
  return { kind, name, ...(apiVersion === '' ? {} : { apiVersion }) }
}

function set<Name extends string, T>(name: Name, value: T | undefined): { readonly [N in Name]?: T } {
  return value === undefined || value === null ? {} : ({ [name]: value } as { [N in Name]: T }) // one member, of that name
}

function selected<Name extends string>(name: Name, selector: LabelSelector | undefined) {
  return set(name, selector)
}
