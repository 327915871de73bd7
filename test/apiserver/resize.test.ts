import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

/** pods/x/resize, as pkg/registry/core/pod/strategy.go and pkg/apis/core/validation/validation.go have it from v1.33 on. */

const user = { user: 'admin', groups: ['system:masters', 'system:authenticated'] }
const pods = '/api/v1/namespaces/default/pods'
type Spec = Readonly<Record<string, unknown>>

interface Told {
  readonly code: number
  readonly told: string
  readonly pod: { readonly status: { readonly containerStatuses: readonly Readonly<Record<string, unknown>>[] } }
}

function running(version: SimOptions['version'] & string, spec: Spec) {
  const sim = createSim({ journal: 'off', version, nodes: 1 })
  sim.runFor('10s')
  const ask = (method: string, path: string, body?: object): Told => {
    const contentType = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json'
    const sent = body === undefined ? {} : { body: JSON.stringify(body), contentType }
    const answer = sim.request({ method, path, ...user, ...sent })
    if ('read' in answer) throw new Error('it came as a stream')
    const pod = JSON.parse(answer.body)
    return { code: answer.code, told: String(pod.message ?? ''), pod }
  }
  const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec }
  expect(ask('POST', pods, object).code).toBe(201)
  sim.runFor('15s')
  return { sim, ask, resize: (change: object) => ask('PATCH', `${pods}/p/resize`, { spec: change }) }
}

const amounts = { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } }
const web = { name: 'web', image: 'nginx', resources: amounts }
const more = (resources: object) => ({ containers: [{ name: 'web', resources }] })

describe('resize', () => {
  test('a running container gets other amounts, and goes on', () => {
    const { sim, ask, resize } = running('v1.36', { containers: [web] })
    const before = ask('GET', `${pods}/p`).pod
    const { code, pod } = resize(more({ requests: { cpu: '200m' } }))
    expect(code).toBe(200)
    expect(pod).toMatchObject({
      metadata: { generation: 2 },
      spec: { containers: [{ resources: { requests: { cpu: '200m', memory: '64Mi' } } }] },
    })
    sim.runFor('90s')
    const after = ask('GET', `${pods}/p`).pod
    const { containerID, state, restartCount } = before.status.containerStatuses[0] ?? {}
    expect(after.status).toMatchObject({ observedGeneration: 2 })
    expect(after.status.containerStatuses[0]).toMatchObject({
      ...{ containerID, state, restartCount },
      allocatedResources: { cpu: '200m', memory: '64Mi' },
      resources: { requests: { cpu: '200m', memory: '64Mi' }, limits: { memory: '128Mi' } },
    })
  })

  test('nothing else changes by it', () => {
    const { resize } = running('v1.36', { containers: [web] })
    const { code, pod } = resize({
      nodeName: 'other',
      containers: [{ name: 'web', image: 'other', resources: { requests: { cpu: '150m' } } }],
    })
    expect(code).toBe(200)
    expect(pod).toMatchObject({ spec: { nodeName: 'node-1', containers: [{ image: 'nginx' }] } })
  })

  const rows: readonly (readonly [what: string, change: object, told: string])[] = [
    [
      'another class',
      more({ requests: { memory: '128Mi' }, limits: { cpu: '100m' } }),
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    [
      'an amount that goes',
      more({ requests: { cpu: null } }),
      'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed',
    ],
    [
      'another resource',
      more({ requests: { 'ephemeral-storage': '1Gi' } }),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'one more container',
      { containers: [{ ...web, name: 'more' }] },
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'less than it asks for',
      more({ limits: { memory: '32Mi' } }),
      'spec.containers[0].resources.requests: Invalid value: "64Mi": must be less than or equal to memory limit of 32Mi',
    ],
  ]
  test.each(rows)('is refused: %s', (_what, change, told) => {
    const { resize } = running('v1.36', { containers: [web] })
    expect(resize(change)).toMatchObject({ code: 422, told: `Pod "p" is invalid: ${told}` })
  })

  test('init containers that end: not before v1.36', () => {
    const spec = {
      containers: [web],
      initContainers: [{ name: 'i', image: 'busybox', command: ['true'], resources: amounts }],
    }
    const change = { initContainers: [{ name: 'i', resources: { requests: { cpu: '50m' } } }] }
    expect(running('v1.35', spec).resize(change).told).toBe(
      'Pod "p" is invalid: spec: Forbidden: resources for non-sidecar init containers are immutable',
    )
    expect(running('v1.36', spec).resize(change).code).toBe(200)
  })

  test('is not served before v1.33', () => {
    expect(running('v1.32', { containers: [web] }).resize(more({ requests: { cpu: '200m' } })).code).toBe(404)
  })
})
