import { describe, expect, test } from 'vitest'
import { type Api, newApi } from './api.ts'

/** Sources: pkg/apis/autoscaling, v1/conversion.go, v2/defaults.go, validation/validation.go; pkg/printers/internalversion. */

const path = (version: string) => `/apis/autoscaling/${version}/namespaces/default/horizontalpodautoscalers`
const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' }
const autoscaler = (version: string, spec: object = {}) => ({
  apiVersion: `autoscaling/${version}`,
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'h' },
  spec: { scaleTargetRef, maxReplicas: 3, ...spec },
})
const get = (api: Api, version: string) => api.send('GET', `${path(version)}/h`).body
const cpu = (target: object) => ({ type: 'Resource', resource: { name: 'cpu', target } })
const percent = (averageUtilization: number) => ({ type: 'Utilization', averageUtilization })

describe('versions of an autoscaler', () => {
  test('v1 says in annotations what it has no member for', () => {
    const api = newApi(28)
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '64Mi' } },
    }
    const behavior = { scaleDown: { policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] } }
    api.post(path('v2'), autoscaler('v2', { metrics: [memory, cpu(percent(60))], behavior }))
    const seen = get(api, 'v1')
    expect(seen.spec).toEqual({ scaleTargetRef, minReplicas: 1, maxReplicas: 3, targetCPUUtilizationPercentage: 60 })
    expect(seen.metadata.annotations).toEqual({
      'autoscaling.alpha.kubernetes.io/behavior':
        '{"ScaleUp":{"StabilizationWindowSeconds":0,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":4,"PeriodSeconds":15},{"Type":"Percent","Value":100,"PeriodSeconds":15}]},"ScaleDown":{"StabilizationWindowSeconds":null,"SelectPolicy":"Max","Policies":[{"Type":"Pods","Value":1,"PeriodSeconds":60}]}}',
      'autoscaling.alpha.kubernetes.io/metrics':
        '[{"type":"Resource","resource":{"name":"memory","targetAverageValue":"64Mi"}}]',
    })
    // Read in v1 and written back nothing is lost.
    const before = get(api, 'v2')
    api.send('PUT', `${path('v1')}/h`, { ...seen, spec: { ...seen.spec, maxReplicas: 4 } })
    const after = get(api, 'v2')
    expect(after.spec).toEqual({ ...before.spec, maxReplicas: 4 })
    expect(after.metadata.annotations).toBe(undefined)
  })

  test('v2beta1 has a member for each form of a target', () => {
    const api = newApi(18)
    const pods = { type: 'Pods', pods: { metricName: 'rps', targetAverageValue: '5' } }
    api.post(path('v2beta1'), autoscaler('v2beta1', { metrics: [pods] }))
    expect(get(api, 'v2beta2').spec.metrics).toEqual([
      { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '5' } } },
    ])
    expect(get(api, 'v2beta1').spec.metrics).toEqual([pods])
  })

  test('who asks for nothing gets 80 % of the processors asked for, and one Pod', () => {
    const api = newApi(28)
    api.post(path('v1'), autoscaler('v1'))
    expect(get(api, 'v1').spec.targetCPUUtilizationPercentage).toBe(80)
    expect(get(api, 'v2')).toMatchObject({
      spec: { minReplicas: 1, metrics: [cpu(percent(80))] },
      status: { desiredReplicas: 0, currentMetrics: null },
    })
  })

  test('a patch of v1 changes what v1 shows', () => {
    const api = newApi(28)
    api.post(path('v2'), autoscaler('v2', { metrics: [cpu(percent(50))] }))
    const patch = { spec: { targetCPUUtilizationPercentage: 70 } }
    api.send('PATCH', `${path('v1')}/h`, patch, 'application/merge-patch+json')
    expect(get(api, 'v2').spec.metrics).toEqual([cpu(percent(70))])
    const owned = get(api, 'v1').metadata.managedFields.find(({ apiVersion = '' }) => apiVersion === 'autoscaling/v1')
    expect(owned.fieldsV1).toEqual({ 'f:spec': { 'f:targetCPUUtilizationPercentage': {} } })
  })
})

describe('the table of autoscalers', () => {
  test.each([
    ['v1', 29, '<unknown>/60%, <unknown>/64Mi'],
    ['v2', 30, 'cpu: <unknown>/60%, memory: <unknown>/64Mi'],
  ])('in %s of v1.%i', (version, minor, targets) => {
    const api = newApi(minor)
    const memory = {
      type: 'Resource',
      resource: { name: 'memory', target: { type: 'AverageValue', averageValue: '64Mi' } },
    }
    api.post(path('v2'), autoscaler('v2', { metrics: [cpu(percent(60)), memory] }))
    expect(api.rows(path(version))).toEqual([
      // v1 shows metrics that it has no member for first.
      ['h', 'Deployment/d', version === 'v1' ? targets.split(', ').reverse().join(', ') : targets, '1', 3, 0, '0s'],
    ])
  })

  test('more than two metrics are counted', () => {
    const api = newApi(28)
    const external = {
      type: 'External',
      external: { metric: { name: 'q' }, target: { type: 'AverageValue', averageValue: '30' } },
    }
    api.post(path('v2'), autoscaler('v2', { metrics: [external, cpu(percent(60)), external] }))
    expect(api.rows(path('v2'))[0][2]).toBe('<unknown>/30 (avg), <unknown>/60% + 1 more...')
  })
})

describe('what is wrong with an autoscaler', () => {
  const refused = (minor: number, spec: object) =>
    newApi(minor).post(path(minor < 23 ? 'v2beta2' : 'v2'), autoscaler(minor < 23 ? 'v2beta2' : 'v2', spec)).message
  const start = 'HorizontalPodAutoscaler.autoscaling "h" is invalid: '

  test.each([
    [
      'minReplicas',
      { minReplicas: 0 },
      '[spec.minReplicas: Invalid value: 0: must be greater than or equal to 1, spec.metrics: Forbidden: must specify at least one Object or External metric to support scaling to zero replicas]',
    ],
    [
      'maxReplicas',
      { minReplicas: 4 },
      'spec.maxReplicas: Invalid value: 3: must be greater than or equal to `minReplicas`',
    ],
    [
      'a type',
      { metrics: [{ type: 'Resource' }] },
      'spec.metrics[0].resource: Required value: must populate information for the given metric source',
    ],
    [
      'a target',
      { metrics: [cpu({ type: 'Utilization' })] },
      'spec.metrics[0].resource.target.averageUtilization: Required value: must set either a target raw value or a target utilization',
    ],
    [
      'two targets',
      { metrics: [cpu({ ...percent(5), averageValue: '1' })] },
      'spec.metrics[0].resource.target.averageValue: Forbidden: may not set both a target raw value and a target utilization',
    ],
    [
      'a policy',
      { behavior: { scaleUp: { policies: [{ type: 'Pods', value: 0, periodSeconds: 2000 }] } } },
      '[spec.behavior.scaleUp.policies[0].value: Invalid value: 0: must be greater than zero, spec.behavior.scaleUp.policies[0].periodSeconds: Invalid value: 2000: must be less than or equal to 1800]',
    ],
  ])('%s', (_what, spec, text) => {
    expect(refused(28, spec)).toBe(start + text)
  })

  test('metrics of containers are kept from v1.27 on', () => {
    const containers = {
      metrics: [{ type: 'ContainerResource', containerResource: { name: 'cpu', container: 'c', target: percent(5) } }],
    }
    expect(refused(26, containers)).toBe(
      `${start}spec.metrics[0].containerResource: Required value: must populate information for the given metric source (only allowed when HPAContainerMetrics feature is enabled)`,
    )
    expect(refused(27, containers)).toBe(undefined)
  })
})
