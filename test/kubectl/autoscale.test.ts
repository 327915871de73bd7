import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

/** Sources: kubectl pkg/cmd/autoscale/autoscale.go, pkg/describe/describe.go. */

function world(version: 'v1.18' | 'v1.36', kubectl: string) {
  const sim = createSim({ journal: 'off', version, kubectl, nodes: 1, seed: 'autoscale' })
  sim.kubectl('create deployment web --image=nginx')
  return sim
}

describe('kubectl autoscale', () => {
  test('makes an autoscaler of v1, later of v2', () => {
    const made = (kubectl: string) => {
      const sim = world('v1.36', kubectl)
      const { stdout } = sim.kubectl('autoscale deployment web --max=3 --cpu-percent=70')
      const owner = sim.kubectl('get hpa web --show-managed-fields -o jsonpath={.metadata.managedFields[0].apiVersion}')
      return [stdout, owner.stdout]
    }
    expect(made('1.32.4')).toEqual(['horizontalpodautoscaler.autoscaling/web autoscaled\n', 'autoscaling/v1'])
    expect(made('1.33.0')).toEqual(['horizontalpodautoscaler.autoscaling/web autoscaled\n', 'autoscaling/v2'])
  })

  test('knows amounts from 1.34 on', () => {
    const sim = world('v1.36', '1.36.4')
    expect(sim.kubectl('autoscale deployment web --max=3 --cpu=500 --memory=60%').stderr).toBe('')
    const targets = sim.kubectl('get hpa web -o jsonpath={.spec.metrics[*].resource.target}').stdout
    expect(targets).toBe('{"averageValue":"500m","type":"AverageValue"} {"averageUtilization":60,"type":"Utilization"}')
    expect(sim.kubectl('autoscale deployment web --max=3 --cpu=a%').stderr).toBe('error: invalid percentage value: a\n')
    expect(sim.kubectl('autoscale deployment web --max=3 --cpu-percent=5 --dry-run=client').stderr).toBe(
      "Flag --cpu-percent has been deprecated, Use --cpu with percentage or resource quantity format (e.g., '70%' for utilization or '500m' for milliCPU).\n",
    )
  })

  test('refuses what has no size', () => {
    const sim = world('v1.18', '1.18.20')
    expect(sim.kubectl('autoscale node node-1 --max=3').stderr).toBe(
      'error: cannot autoscale a Node: could not find scale subresource for /v1, Resource=nodes in discovery information\n',
    )
  })
})

test('kubectl describe hpa', () => {
  const sim = world('v1.18', '1.18.20')
  sim.kubectl('autoscale deployment web --min=2 --max=5 --cpu-percent=70')
  sim.runFor('31s')
  const noMetrics =
    'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)'
  expect(sim.kubectl('describe hpa web').stdout).toBe(`Name:                                                  web
Namespace:                                             default
Labels:                                                <none>
Annotations:                                           <none>
CreationTimestamp:                                     Fri, 01 May 2020 00:00:00 +0000
Reference:                                             Deployment/web
Metrics:                                               ( current / target )
  resource cpu on pods  (as a percentage of request):  <unknown> / 70%
Min replicas:                                          2
Max replicas:                                          5
Deployment pods:                                       2 current / 2 desired
Conditions:
  Type           Status  Reason                   Message
  ----           ------  ------                   -------
  AbleToScale    True    SucceededGetScale        the HPA controller was able to get the target's current scale
  ScalingActive  False   FailedGetResourceMetric  the HPA was unable to compute the replica count: ${noMetrics}
Events:
  Type     Reason                        Age   From                       Message
  ----     ------                        ----  ----                       -------
  Normal   SuccessfulRescale             16s   horizontal-pod-autoscaler  New size: 2; reason: Current number of replicas below Spec.MinReplicas
  Warning  FailedGetResourceMetric       1s    horizontal-pod-autoscaler  ${noMetrics}
  Warning  FailedComputeMetricsReplicas  1s    horizontal-pod-autoscaler  invalid metrics (1 invalid out of 1), first error is: failed to get cpu utilization: ${noMetrics}
`)
})
