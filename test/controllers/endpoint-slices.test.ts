import { describe, expect, test } from 'vitest'
import type { Endpoint, EndpointSlice } from '../../src/api/types/services.ts'
import { resources } from '../../src/client/client.ts'
import { inOrderOfHash } from '../../src/controllers/endpoint-slices/endpoints-of-pods.ts'
import { planSlices } from '../../src/controllers/endpoint-slices/plan.ts'
import { createWorld } from './world.ts'

function start(minor: number) {
  const world = createWorld({ minor, options: { disabled: ['podgc', 'nodelifecycle'] } })
  const slicesIn = minor < 21 ? resources.endpointSlicesV1beta1 : resources.endpointSlices
  world.namespace('a')
  world.create(resources.nodes, {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'z' } },
  })
  world.manager.start()
  world.wait(1)
  const service = (spec: object, labels: object = {}) => {
    const metadata = { name: 'web', namespace: 'a', labels }
    world.create(resources.services, { apiVersion: 'v1', kind: 'Service', metadata, spec })
    world.wait(1)
  }
  const pod = (name: string, podIP: string, ready = 'True') => {
    world.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'a', labels: { app: 'w' }, finalizers: ['example.com/keep'] },
      spec: { nodeName: 'n', containers: [{ name: 'c', image: 'x' }] },
    })
    const conditions = [{ type: 'Ready', status: ready, lastTransitionTime: '2020-05-01T00:00:09Z' }]
    const status = { phase: 'Running', podIP, podIPs: [{ ip: podIP }], conditions }
    world.patch(resources.pods, name, { status }, { namespace: 'a', subresource: 'status' })
    world.wait(1)
  }
  const slices = () => world.list<EndpointSlice>(slicesIn, 'a')
  return { world, service, pod, slices, slicesIn }
}

const web = { selector: { app: 'w' }, clusterIP: '10.96.0.9', ports: [{ port: 80, targetPort: 8080 }] }

describe('endpoint slices', () => {
  test('a Service without Pods has one empty slice, which is filled; in v1.18 they tell a topology', () => {
    const { service, pod, slices } = start(18)
    service(web, { tier: 'front' })
    expect(slices()).toMatchObject([{ addressType: 'IPv4', endpoints: null, ports: null }])
    const { name } = slices()[0]?.metadata ?? {}
    expect(name).toMatch(/^web-[a-z0-9]{5}$/)
    pod('p1', '10.1.0.1')
    pod('p2', '10.1.0.2', 'False')
    const topology = { 'kubernetes.io/hostname': 'n', 'topology.kubernetes.io/zone': 'z' }
    expect(slices()).toMatchObject([
      {
        metadata: {
          name,
          labels: {
            'kubernetes.io/service-name': 'web',
            'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io',
          },
          annotations: { 'endpoints.kubernetes.io/last-change-trigger-time': '2020-05-01T00:00:09Z' },
          ownerReferences: [{ kind: 'Service', name: 'web', controller: true }],
        },
        endpoints: [
          { addresses: ['10.1.0.1'], conditions: { ready: true }, topology, targetRef: { kind: 'Pod', name: 'p1' } },
          { addresses: ['10.1.0.2'], conditions: { ready: false }, topology, targetRef: { kind: 'Pod', name: 'p2' } },
        ],
        ports: [{ name: '', port: 8080, protocol: 'TCP' }],
      },
    ])
    expect(slices()[0]?.metadata.labels).not.toHaveProperty('tier')
  })

  test('v1 tells node and zone, has the labels of the Service, and a Pod that goes serves until it is gone', () => {
    const { world, service, pod, slices } = start(28)
    service({ ...web, clusterIP: 'None' }, { tier: 'front' })
    pod('p1', '10.1.0.1')
    world.remove(resources.pods, 'p1', 'a', { gracePeriodSeconds: 30 })
    world.wait(1)
    const [slice] = slices()
    expect(slice?.metadata.labels).toMatchObject({ tier: 'front', 'service.kubernetes.io/headless': '' })
    expect(slice?.endpoints).toMatchObject([
      { nodeName: 'n', zone: 'z', conditions: { ready: false, serving: true, terminating: true } },
    ])
    expect(slice?.endpoints?.[0]?.targetRef).not.toHaveProperty('resourceVersion')
  })

  test('one that somebody deletes is made again, and all go with their Service', () => {
    const { world, service, pod, slices, slicesIn } = start(28)
    service(web)
    pod('p1', '10.1.0.1')
    world.remove(slicesIn, slices()[0]?.metadata.name ?? '', 'a')
    expect(slices()).toEqual([])
    world.wait(2)
    expect(slices()).toMatchObject([{ endpoints: [{ addresses: ['10.1.0.1'] }] }])
    world.remove(resources.services, 'web', 'a')
    world.wait(5)
    expect(slices()).toEqual([])
  })

  test('Endpoints that somebody wrote for a Service without selector are mirrored, ports by hash', () => {
    const { world, service, slices } = start(28)
    service({ clusterIP: '10.96.0.9', ports: [{ port: 80 }] })
    expect(slices()).toEqual([])
    const ports = [
      { name: 'http', port: 80, protocol: 'TCP' },
      { name: 'metrics', port: 90, protocol: 'TCP' },
    ]
    world.create(resources.endpoints, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'web', namespace: 'a', labels: { x: 'y' } },
      subsets: [{ addresses: [{ ip: '192.0.2.1' }], notReadyAddresses: [{ ip: '192.0.2.2' }], ports }],
    })
    world.wait(1)
    expect(slices()).toMatchObject([
      {
        metadata: {
          labels: { x: 'y', 'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io' },
          ownerReferences: [{ kind: 'Endpoints', name: 'web' }],
        },
        endpoints: [
          { addresses: ['192.0.2.1'], conditions: { ready: true } },
          { addresses: ['192.0.2.2'], conditions: { ready: false } },
        ],
      },
    ])
    expect(slices()[0]?.ports).toEqual(inOrderOfHash(ports, 28))
    world.remove(resources.endpoints, 'web', 'a')
    world.wait(1)
    expect(slices()).toEqual([])
  })

  test('ports stand in the order of their hashes, as those of kube-dns in real clusters: 9153,53,53', () => {
    const dns = [
      { name: 'dns', port: 53, protocol: 'UDP' },
      { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      { name: 'metrics', port: 9153, protocol: 'TCP' },
    ]
    expect(inOrderOfHash(dns, 28).map(({ port }) => port)).toEqual([9153, 53, 53])
  })
})

describe('what becomes of the slices of a Service', () => {
  const ports = [{ name: '', port: 80, protocol: 'TCP' }]
  const endpoint = (at: number): Endpoint => ({
    addresses: [`10.0.0.${100 + at}`],
    targetRef: { kind: 'Pod', name: `p${at}` },
  })
  const endpoints = (from: number, to: number) => Array.from({ length: to - from }, (_, at) => endpoint(from + at))
  const slice = (name: string, own: readonly Endpoint[]): EndpointSlice => ({
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, labels: { l: '1' } },
    endpoints: own,
    ports,
  })
  const plan = (existing: readonly EndpointSlice[], wanted: readonly Endpoint[], labels = { l: '1' }) => {
    const desired = wanted.length === 0 ? [] : [{ ports, endpoints: wanted }]
    const { create, update, remove } = planSlices({ existing, desired, labels, max: 3, empty: slice('', []) })
    const told = ({ metadata, endpoints: own }: EndpointSlice) => [metadata.name, own?.length ?? 0] as const
    return { create: create.map(told), update: update.map(told), remove: remove.map(({ metadata }) => metadata.name) }
  }
  const none = { create: [], update: [], remove: [] }

  test.each([
    [
      'seven make three slices of at most three',
      [],
      [0, 7],
      {
        ...none,
        create: [
          ['', 3],
          ['', 3],
          ['', 1],
        ],
      },
    ],
    [
      'nothing changes where all is there',
      [
        [0, 3],
        [3, 4],
      ],
      [0, 4],
      none,
    ],
    [
      'what is new fills the slice that it fills best',
      [
        [0, 1],
        [1, 3],
      ],
      [0, 4],
      { ...none, update: [['s1', 3]] },
    ],
    [
      'a slice that is changed anyway is filled first',
      [
        [0, 3],
        [9, 11],
      ],
      [1, 10],
      {
        ...none,
        update: [
          ['s0', 3],
          ['s1', 3],
        ],
        create: [['', 3]],
      },
    ],
    [
      'a slice that nobody needs goes',
      [
        [0, 3],
        [5, 6],
      ],
      [0, 3],
      { ...none, remove: ['s1'] },
    ],
    ['the last one becomes the empty one', [[0, 3]], [0, 0], { ...none, update: [['s0', 0]] }],
  ] as const)('%s', (_what, existing, [from, to], expected) => {
    const have = existing.map(([first, end], at) => slice(`s${at}`, endpoints(first, end)))
    expect(plan(have, endpoints(from, to))).toEqual(expected)
  })

  test('other labels are written, and an empty slice is left alone', () => {
    expect(plan([slice('s', endpoints(0, 1))], endpoints(0, 1), { l: '2' })).toEqual({ ...none, update: [['s', 1]] })
    const empty = { ...slice('s', []), ports: null, endpoints: null }
    expect(plan([empty], [])).toEqual(none)
  })
})
