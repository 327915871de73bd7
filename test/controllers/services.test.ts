import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/types/meta.ts'
import type { PodDisruptionBudget } from '../../src/api/types/policy.ts'
import { resources } from '../../src/client/client.ts'
import { createWorld } from './world.ts'

const budgets = { group: 'policy', version: 'v1beta1', resource: 'poddisruptionbudgets' }

function start() {
  const world = createWorld({ options: { disabled: ['podgc'] } })
  world.namespace('a')
  world.manager.start()
  world.wait(1)
  const pod = (name: string) =>
    world.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'a', labels: { app: 'w' } },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x', ports: [{ name: 'http', containerPort: 8080 }] }] },
    })
  const ready = (name: string, status: string, podIP: string) =>
    world.patch(
      resources.pods,
      name,
      {
        status: {
          phase: 'Running',
          podIP,
          conditions: [{ type: 'Ready', status, lastTransitionTime: '2020-05-01T00:00:09Z' }],
        },
      },
      { namespace: 'a', subresource: 'status' },
    )
  return { world, pod, ready }
}

describe('endpoints', () => {
  test('ready Pods of a Service are addresses, others are not ready; named ports are resolved', () => {
    const { world, pod, ready } = start()
    world.create(resources.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace: 'a' },
      spec: {
        selector: { app: 'w' },
        clusterIP: '10.96.0.9',
        ports: [{ port: 80, protocol: 'TCP', targetPort: 'http' }],
      },
    })
    pod('p1')
    pod('p2')
    world.wait(1)
    const subsets = () => world.get<KubeObject & { subsets?: object[] }>(resources.endpoints, 'web', 'a')?.subsets ?? []
    expect(subsets()).toEqual([])
    ready('p1', 'True', '10.1.0.1')
    ready('p2', 'False', '10.1.0.2')
    world.wait(1)
    expect(subsets()).toMatchObject([
      {
        addresses: [{ ip: '10.1.0.1', nodeName: 'n', targetRef: { kind: 'Pod', name: 'p1' } }],
        notReadyAddresses: [{ ip: '10.1.0.2' }],
        ports: [{ port: 8080, protocol: 'TCP' }],
      },
    ])
    world.remove(resources.services, 'web', 'a')
    world.wait(1)
    expect(world.get(resources.endpoints, 'web', 'a')).toBeUndefined()
  })
})

describe('disruption budgets', () => {
  test('as many Pods may go as are healthy beyond what must be', () => {
    const { world, pod, ready } = start()
    world.create(budgets, {
      apiVersion: 'policy/v1beta1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'b', namespace: 'a' },
      spec: { minAvailable: 1, selector: { matchLabels: { app: 'w' } } },
    })
    pod('p1')
    pod('p2')
    world.wait(1)
    const status = () => world.get<PodDisruptionBudget>(budgets, 'b', 'a')?.status
    expect(status()).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 1, expectedPods: 2 })
    ready('p1', 'True', '10.1.0.1')
    ready('p2', 'True', '10.1.0.2')
    world.wait(1)
    expect(status()).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 2 })
    world.remove(resources.pods, 'p1', 'a')
    world.wait(1)
    expect(status()).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 1 })
  })
})
