import { canonicalQuantity } from '../../../api/quantity.ts'
import type { MetricSpec, MetricStatus } from '../../../api/types/autoscaling.ts'
import { apiServer } from '../../../versions/api-server.ts'
import { has } from '../../../versions/changes.ts'

/** At most so many are told. */
const shownMax = 2

/** What is and what should be, of each metric. Source: pkg/printers/internalversion/printers.go, formatHPAMetrics. */
export function targetsCell(specs: readonly MetricSpec[], statuses: readonly MetricStatus[], minor: number): string {
  if (specs.length === 0) return '<none>'
  const shown = specs.slice(0, shownMax).map((spec, at) => metricText(spec, statuses[at] ?? {}, minor))
  const text = shown.join(', ')
  return specs.length > shownMax ? `${text} + ${specs.length - shownMax} more...` : text
}

function metricText(spec: MetricSpec, status: MetricStatus, minor: number): string {
  switch (spec.type) {
    case 'External':
    case 'Object': {
      const name = spec.type === 'External' ? 'external' : 'object'
      const { value, averageValue } = spec[name]?.target ?? {}
      const current = status[name]?.current
      if (averageValue !== undefined) return `${amount(current?.averageValue)}/${amount(averageValue)} (avg)`
      return `${status[name] === undefined ? unknown : amount(current?.value)}/${amount(value)}`
    }
    case 'Pods':
      return `${amount(status.pods?.current?.averageValue)}/${amount(spec.pods?.target?.averageValue)}`
    case 'Resource':
    case 'ContainerResource': {
      const member = spec.type === 'Resource' ? 'resource' : 'containerResource'
      const { name, target } = spec[member] ?? {}
      const current = status[member]?.current
      const prefix = has(minor, apiServer.autoscalersNameResources) ? `${name}: ` : ''
      if (target?.averageValue !== undefined)
        return `${prefix}${amount(current?.averageValue)}/${amount(target.averageValue)}`
      return `${prefix}${percent(current?.averageUtilization, unknown)}/${percent(target?.averageUtilization, '<auto>')}`
    }
    default:
      return '<unknown type>'
  }
}

const unknown = '<unknown>'

function amount(quantity: string | undefined): string {
  return quantity === undefined ? unknown : canonicalQuantity(quantity)
}

function percent(value: number | undefined, absent: string): string {
  return value === undefined ? absent : `${value}%`
}
