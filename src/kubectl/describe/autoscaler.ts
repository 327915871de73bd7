import { canonicalQuantity } from '../../api/quantity.ts'
import { at, isObject, listAt, numberAt, textAt } from '../../go/json.ts'
import { goQuote } from '../../go/quote.ts'
import type { Steps } from '../../kernel/steps.ts'
import { attempt } from '../cli/failure.ts'
import { rfc1123 } from '../print/duration.ts'
import { type Describing, describeHead, describeOwnEvents } from './common.ts'
import type { DescribeWriter } from './writer.ts'

/** An autoscaler in the version that tells most. Source: kubectl pkg/describe/describe.go, HorizontalPodAutoscalerDescriber. */
export function* describeAutoscaler(d: Describing): Steps<void> {
  const name = textAt(d.object, 'metadata', 'name')
  const namespace = textAt(d.object, 'metadata', 'namespace')
  const path = (version: string) =>
    `/apis/autoscaling/${version}/namespaces/${namespace}/horizontalpodautoscalers/${name}`
  const best = d.session.version.describesAutoscalersV2 ? 'v2' : 'v2beta2'
  const found = yield* attempt(d.session.rest.request('GET', path(best)))
  const object = found.ok ? found.value : yield* d.session.rest.request('GET', path('v1'))
  describeHead({ ...d, object })
  const { w } = d
  w.field(0, 'CreationTimestamp', rfc1123(at(object, 'metadata', 'creationTimestamp')))
  const kind = textAt(object, 'spec', 'scaleTargetRef', 'kind')
  w.field(0, 'Reference', `${kind}/${textAt(object, 'spec', 'scaleTargetRef', 'name')}`)
  if (found.ok) describeMetrics(w, object)
  else describeUse(w, object)
  w.field(0, 'Min replicas', numberText(object, 'spec', 'minReplicas') ?? '<unset>')
  w.field(0, 'Max replicas', numberAt(object, ['spec', 'maxReplicas']))
  if (found.ok) describeBehavior(w, at(object, 'spec', 'behavior'))
  const current = numberAt(object, ['status', 'currentReplicas'])
  w.field(0, `${kind} pods`, `${current} current / ${numberAt(object, ['status', 'desiredReplicas'])} desired`)
  if (found.ok) describeConditions(w, listAt(object, 'status', 'conditions'))
  yield* describeOwnEvents({ ...d, object })
}

/** Source: describeHorizontalPodAutoscalerV1. */
function describeUse(w: DescribeWriter, object: unknown): void {
  const target = numberText(object, 'spec', 'targetCPUUtilizationPercentage')
  if (target === undefined) return
  w.field(0, 'Target CPU utilization', `${target}%`)
  const current = numberText(object, 'status', 'currentCPUUtilizationPercentage') ?? unknown
  w.field(0, 'Current CPU utilization', `${current}%`)
}

/** Source: describeHorizontalPodAutoscalerV2. */
function describeMetrics(w: DescribeWriter, object: unknown): void {
  w.field(0, 'Metrics', '( current / target )')
  const statuses = listAt(object, 'status', 'currentMetrics')
  for (const [index, metric] of listAt(object, 'spec', 'metrics').entries()) {
    const member = sources[textAt(metric, 'type')]
    if (member === undefined) w.line(1, `<unknown metric type ${goQuote(textAt(metric, 'type'))}>`)
    else w.line(1, metricText(member, at(metric, member), at(statuses[index], member)))
  }
}

const sources: Readonly<Record<string, string>> = {
  External: 'external',
  Pods: 'pods',
  Object: 'object',
  Resource: 'resource',
  ContainerResource: 'containerResource',
}

const unknown = '<unknown>'

function metricText(member: string, source: unknown, reading: unknown): string {
  const name = textAt(source, 'metric', 'name')
  const target = (key: string): string => amount(at(source, 'target', key))
  const current = (key: string): string => amount(at(reading, 'current', key))
  const isAverage = at(source, 'target', 'averageValue') !== undefined
  switch (member) {
    case 'external': {
      const [form, key] = isAverage ? ['target average value', 'averageValue'] : ['target value', 'value']
      return `${goQuote(name)} (${form}):\t${current(key)} / ${target(key)}`
    }
    case 'pods':
      return `${goQuote(name)} on pods:\t${current('averageValue')} / ${target('averageValue')}`
    case 'object': {
      const described = `${textAt(source, 'describedObject', 'kind')}/${textAt(source, 'describedObject', 'name')}`
      const isPerPod = textAt(source, 'target', 'type') === 'AverageValue'
      const [form, key] = isPerPod ? ['target average value', 'averageValue'] : ['target value', 'value']
      return `"${name}" on ${described} (${form}):\t${current(key)} / ${target(key)}`
    }
    default: {
      const where = member === 'resource' ? '' : ` of container "${textAt(source, 'container')}"`
      const what = `resource ${textAt(source, 'name')}${where} on pods`
      if (isAverage) return `${what}:\t${current('averageValue')} / ${target('averageValue')}`
      const use = numberText(reading, 'current', 'averageUtilization')
      const told = use === undefined ? unknown : `${use}% (${current('averageValue')})`
      const wanted = numberText(source, 'target', 'averageUtilization')
      // Written with an indent of its own in the middle of the line.
      return `${what}  (as a percentage of request):\t${told} / ${wanted === undefined ? '<auto>' : `${wanted}%`}`
    }
  }
}

function amount(quantity: unknown): string {
  return typeof quantity === 'string' ? canonicalQuantity(quantity) : unknown
}

function numberText(object: unknown, ...path: readonly string[]): string | undefined {
  const value = at(object, ...path)
  return typeof value === 'number' ? String(value) : undefined
}

function describeBehavior(w: DescribeWriter, behavior: unknown): void {
  if (!isObject(behavior)) return
  w.line(0, 'Behavior:')
  describeRules(w, 'Scale Up', behavior.scaleUp)
  describeRules(w, 'Scale Down', behavior.scaleDown)
}

/** Source: printDirectionBehavior. */
function describeRules(w: DescribeWriter, direction: string, rules: unknown): void {
  if (!isObject(rules)) return
  w.line(1, `${direction}:`)
  const window = numberText(rules, 'stabilizationWindowSeconds')
  if (window !== undefined) w.line(2, `Stabilization Window: ${window} seconds`)
  const policies = listAt(rules, 'policies')
  if (policies.length === 0) return
  w.line(2, `Select Policy: ${textAt(rules, 'selectPolicy') || 'Max'}`)
  w.line(2, 'Policies:')
  for (const policy of policies) {
    const [value, period] = [numberAt(policy, ['value']), numberAt(policy, ['periodSeconds'])]
    w.line(3, `- Type: ${textAt(policy, 'type')}\tValue: ${value}\tPeriod: ${period} seconds`)
  }
}

function describeConditions(w: DescribeWriter, conditions: readonly unknown[]): void {
  if (conditions.length === 0) return
  w.line(0, 'Conditions:')
  w.line(1, 'Type\tStatus\tReason\tMessage')
  w.line(1, '----\t------\t------\t-------')
  for (const condition of conditions)
    w.line(1, ['type', 'status', 'reason', 'message'].map((member) => textAt(condition, member)).join('\t'))
}
