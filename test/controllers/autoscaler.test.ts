import { describe, expect, test } from 'vitest'
import type { HorizontalPodAutoscaler } from '../../src/api/types/autoscaling.ts'
import type { Deployment } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { play, start, template } from './played-pods.ts'
import type { World } from './world.ts'

/** Source of texts: pkg/controller/podautoscaler/horizontal.go, replica_calculator.go, metrics/client.go. */

const resourceOf = (minor: number) => ({
  group: 'autoscaling',
  version: minor < 23 ? 'v2beta2' : 'v2',
  resource: 'horizontalpodautoscalers',
})

/** Made through v1, as kubectl does. */
function autoscale(world: World, name: string, spec: object, target: object = {}) {
  world.create(
    { group: 'autoscaling', version: 'v1', resource: 'horizontalpodautoscalers' },
    {
      apiVersion: 'autoscaling/v1',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name, namespace: 'a' },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd', ...target }, ...spec },
    },
  )
}

function withDeployment(minor: number, replicas = 1) {
  const world = start({ minor })
  world.create(resources.deployments, {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'd', namespace: 'a' },
    spec: { replicas, selector: { matchLabels: { app: 'd' } }, template: template('d') },
  })
  play(world, 2)
  return world
}

const statusOf = (world: World, minor: number, name = 'h') =>
  world.get<HorizontalPodAutoscaler>(resourceOf(minor), name, 'a')?.status
const conditionsOf = (world: World, minor: number, name = 'h') =>
  (statusOf(world, minor, name)?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`)
const told = (world: World, name = 'h') =>
  world
    .events('a')
    .filter(({ on }) => on === `HorizontalPodAutoscaler/${name}`)
    .map(({ reason, message }) => `${reason}: ${message}`)
const size = (world: World) => world.get<Deployment>(resources.deployments, 'd', 'a')?.spec.replicas

const noMetrics =
  'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'

describe('an autoscaler without metrics', () => {
  test.each([
    [18, noMetrics, `failed to get cpu utilization: ${noMetrics}`],
    [20, `failed to get cpu utilization: ${noMetrics}`, `failed to get cpu utilization: ${noMetrics}`],
    [
      28,
      `failed to get cpu utilization: ${noMetrics}`,
      `failed to get cpu resource metric value: failed to get cpu utilization: ${noMetrics}`,
    ],
  ])('says so in the words of v1.%i, first after 15 s', (minor, error, summary) => {
    const world = withDeployment(minor)
    autoscale(world, 'h', { maxReplicas: 3 })
    play(world, 14)
    expect(told(world)).toEqual([])
    play(world, 2)
    expect(told(world)).toEqual([
      `FailedGetResourceMetric: ${error}`,
      `FailedComputeMetricsReplicas: invalid metrics (1 invalid out of 1), first error is: ${summary}`,
    ])
    expect(conditionsOf(world, minor)).toEqual([
      'AbleToScale=True SucceededGetScale',
      'ScalingActive=False FailedGetResourceMetric',
    ])
    expect(statusOf(world, minor)?.currentReplicas).toBe(1)
    expect(size(world)).toBe(1)
  })

  test('has an empty reading for each metric from v1.29 on', () => {
    const readings = (minor: number) => {
      const world = withDeployment(minor)
      autoscale(world, 'h', { maxReplicas: 3 })
      play(world, 16)
      return statusOf(world, minor)?.currentMetrics
    }
    expect(readings(28)).toBe(null)
    expect(readings(29)).toEqual([{ type: '' }])
  })

  test('tells of the other kinds of metrics, too, and of the first in its condition', () => {
    const world = withDeployment(28)
    const metric = { name: 'rps', selector: { matchLabels: { q: 'x' } } }
    world.create(resourceOf(28), {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'h', namespace: 'a' },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        maxReplicas: 3,
        metrics: [
          { type: 'Pods', pods: { metric: { name: 'rps' }, target: { type: 'AverageValue', averageValue: '5' } } },
          {
            type: 'Object',
            object: {
              metric: { name: 'rps' },
              describedObject: { apiVersion: 'v1', kind: 'Service', name: 's' },
              target: { type: 'Value', value: '5' },
            },
          },
          { type: 'External', external: { metric, target: { type: 'AverageValue', averageValue: '5' } } },
        ],
      },
    })
    play(world, 16)
    const custom =
      'unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered'
    expect(told(world)).toEqual([
      `FailedGetPodsMetric: unable to get metric rps: ${custom}`,
      `FailedGetObjectMetric: unable to get metric rps: Service on a s/${custom}`,
      'FailedGetExternalMetric: unable to get external metric a/rps/&LabelSelector{MatchLabels:map[string]string{q: x,},MatchExpressions:[]LabelSelectorRequirement{},}: unable to fetch metrics from external metrics API: the server could not find the requested resource (get rps.external.metrics.k8s.io)',
      `FailedComputeMetricsReplicas: invalid metrics (3 invalid out of 3), first error is: failed to get pods metric value: unable to get metric rps: ${custom}`,
    ])
    expect(conditionsOf(world, 28)[1]).toBe('ScalingActive=False FailedGetPodsMetric')
  })
})

describe('what an autoscaler does without metrics', () => {
  test.each([
    [1, { minReplicas: 2, maxReplicas: 4 }, 2, 'Current number of replicas below Spec.MinReplicas'],
    [5, { maxReplicas: 3 }, 3, 'Current number of replicas above Spec.MaxReplicas'],
  ])('a target of %i comes between the least and the greatest size', (before, spec, after, why) => {
    const world = withDeployment(18, before)
    autoscale(world, 'h', spec)
    play(world, 16)
    expect(size(world)).toBe(after)
    expect(told(world)).toEqual([`SuccessfulRescale: New size: ${after}; reason: ${why}`])
    expect(statusOf(world, 18)).toMatchObject({ currentReplicas: before, desiredReplicas: after })
    expect(statusOf(world, 18)?.lastScaleTime).toBeDefined()
    expect(conditionsOf(world, 18)).toEqual(['AbleToScale=True SucceededRescale'])
  })

  test('a target of no Pods is left alone', () => {
    const world = withDeployment(18, 0)
    autoscale(world, 'h', { maxReplicas: 3 })
    play(world, 16)
    expect(size(world)).toBe(0)
    expect(told(world)).toEqual([])
    expect(conditionsOf(world, 18)).toEqual([
      'AbleToScale=True SucceededGetScale',
      'ScalingActive=False ScalingDisabled',
    ])
  })

  test.each([
    ['is not there', { name: 'x' }, 'deployments/scale.apps "x" not found'],
    ['is of an unknown kind', { kind: 'Fleet' }, 'no matches for kind "Fleet" in group "apps"'],
    [
      'has no size',
      { kind: 'DaemonSet', name: 'x' },
      'the server could not find the requested resource (get daemonsets x)',
    ],
    ['has no version', { apiVersion: 'a/b/c' }, 'unexpected GroupVersion string: a/b/c'],
  ])('a target that %s', (_what, target, error) => {
    const world = withDeployment(18)
    autoscale(world, 'h', { maxReplicas: 3 }, target)
    play(world, 31)
    expect(world.events('a').filter(({ reason }) => reason === 'FailedGetScale')).toMatchObject([
      { message: error, count: 2 },
    ])
    expect(statusOf(world, 18)?.conditions?.[0]?.message).toBe(
      `the HPA controller was unable to get the target's current scale: ${error}`,
    )
  })

  test('two of them for the same Pods do nothing from v1.27 on', () => {
    const both = (minor: number) => {
      const world = withDeployment(minor)
      autoscale(world, 'h', { maxReplicas: 3 })
      autoscale(world, 'i', { maxReplicas: 3 })
      play(world, 32)
      return conditionsOf(world, minor)[1]
    }
    expect(both(26)).toBe('ScalingActive=False FailedGetResourceMetric')
    expect(both(27)).toBe('ScalingActive=False AmbiguousSelector')
  })
})
