import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../../src/api/types/core.ts'
import { createSim } from '../../../../src/sim/create-sim.ts'
import { newApi, pod, pods } from '../../../apiserver/registry/api.ts'

type Minor = 18 | 26 | 28 | 29 | 30 | 31 | 32 | 33 | 34 | 36

function statusIn(minor: Minor, spec: object = {}): NonNullable<Pod['status']> {
  const sim = createSim({ journal: 'off', nodes: 1, version: `v1.${minor}`, seed: 'later' })
  sim.shell('kubectl create secret generic db --from-literal=PASS=first')
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: {
      automountServiceAccountToken: false,
      volumes: [
        { name: 'db', secret: { secretName: 'db' } },
        { name: 'tmp', emptyDir: {} },
      ],
      containers: [
        {
          name: 'app',
          image: 'busybox',
          command: ['sleep', '1000000'],
          resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } },
          volumeMounts: [
            { name: 'db', mountPath: '/db', readOnly: true },
            { name: 'tmp', mountPath: '/tmp' },
          ],
        },
      ],
      ...spec,
    },
  })
  sim.runFor('20s')
  return (sim.get('Pod', 'web') as Pod).status ?? {} // the kind that was asked for
}

describe('8.6 what later versions add to the status of a Pod', () => {
  test.each<[Minor, string[], string[]]>([
    [18, [], []],
    [26, [], []],
    [28, [], []],
    [29, ['hostIPs'], []],
    [30, ['hostIPs'], []],
    [31, ['hostIPs'], ['volumeMounts']],
    [32, ['hostIPs'], ['volumeMounts']],
    [33, ['hostIPs'], ['allocatedResources', 'resources', 'volumeMounts']],
    [34, ['hostIPs', 'observedGeneration'], ['allocatedResources', 'resources', 'volumeMounts']],
    [36, ['hostIPs', 'observedGeneration'], ['allocatedResources', 'resources', 'volumeMounts']],
  ])('v1.%i: of the Pod %j, of its containers %j', (minor, ofPod, ofContainers) => {
    const status = statusIn(minor)
    const asked: readonly string[] = ['hostIPs', 'observedGeneration']
    expect(
      Object.keys(status)
        .filter((key) => asked.includes(key))
        .sort(),
    ).toEqual(ofPod)
    const container = status.containerStatuses?.[0] ?? {}
    const later: readonly string[] = ['allocatedResources', 'resources', 'volumeMounts']
    expect(
      Object.keys(container)
        .filter((key) => later.includes(key))
        .sort(),
    ).toEqual(ofContainers)
  })

  test('v1.36: their values', () => {
    const status = statusIn(36)
    expect(status).toMatchObject({ hostIP: '10.0.0.10', hostIPs: [{ ip: '10.0.0.10' }], observedGeneration: 1 })
    expect(status.conditions?.map(({ observedGeneration }) => observedGeneration)).toEqual([1, 1, 1, 1, 1])
    expect(status.containerStatuses?.[0]).toMatchObject({
      allocatedResources: { cpu: '100m' },
      resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } },
      volumeMounts: [
        { name: 'db', mountPath: '/db', readOnly: true, recursiveReadOnly: 'Disabled' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    })
  })

  test('of a container that does not run yet the mounts are told, not the resources', () => {
    const { containerStatuses } = statusIn(36, {
      volumes: [
        { name: 'db', secret: { secretName: 'gone' } },
        { name: 'tmp', emptyDir: {} },
      ],
    })
    expect(containerStatuses?.[0]?.state).toHaveProperty('waiting')
    expect(containerStatuses?.[0]?.volumeMounts).toHaveLength(2)
    expect(containerStatuses?.[0]).not.toHaveProperty('resources')
  })

  test('v1.34: a Pod that fits nowhere tells of which generation that is said', () => {
    const condition = (minor: Minor) => statusIn(minor, { nodeSelector: { disk: 'none' } }).conditions?.[0]
    expect(condition(33)).not.toHaveProperty('observedGeneration')
    expect(condition(34)).toMatchObject({ type: 'PodScheduled', status: 'False', observedGeneration: 1 })
  })

  test.each<Minor>([18, 26, 36])(
    'v1.%i: a condition of which nobody says when it was looked at has null for it',
    (minor) => {
      for (const condition of statusIn(minor).conditions ?? []) expect(condition.lastProbeTime).toBeNull()
    },
  )
})

describe('E1 status.hostIPs in a variable', () => {
  const env = [{ name: 'H', valueFrom: { fieldRef: { fieldPath: 'status.hostIPs' } } }]
  const asked = (minor: number) =>
    newApi(minor).send('POST', pods, pod('p', { containers: [{ name: 'c', image: 'redis', env }] }))

  test('is no field until v1.27, behind a gate in v1.28, and taken from v1.29 on', () => {
    expect(asked(27).body.message).toBe(
      'Pod "p" is invalid: spec.containers[0].env[0].valueFrom.fieldRef.fieldPath: Invalid value: "status.hostIPs": error converting fieldPath: field label not supported: status.hostIPs',
    )
    expect(asked(28).body.message).toBe(
      `Pod "p" is invalid: spec.containers[0].env[0].valueFrom.fieldRef: Forbidden: may not be set when feature gate 'PodHostIPs' is not enabled`,
    )
    expect(asked(29).code).toBe(201)
  })

  test('has the address of the node', () => {
    const sim = createSim({ journal: 'off', nodes: 1, version: 'v1.30' })
    sim.apply(pod('p', { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000000'], env }] }))
    sim.runFor('10s')
    expect(sim.shell('kubectl exec p -- sh -c "echo \\$H"').stdout).toBe('10.0.0.10\n')
  })
})
