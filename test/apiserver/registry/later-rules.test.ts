import { describe, expect, test } from 'vitest'
import { newApi } from './api.ts'

/** Rules that came or went with a version, beside those of v1.23 that the recordings show. */

const services = '/api/v1/namespaces/default/services'
const sets = '/apis/apps/v1/namespaces/default/statefulsets'

function service(spec: object): object {
  return { apiVersion: 'v1', kind: 'Service', metadata: { name: 's' }, spec: { ports: [{ port: 80 }], ...spec } }
}

function set(pod: object, more: object = {}): object {
  const labels = { a: 'b' }
  const template = { metadata: { labels }, spec: pod }
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's' },
    spec: { serviceName: 's', selector: { matchLabels: labels }, template, ...more },
  }
}

describe('a Service', () => {
  test.each([
    { minor: 21, policy: undefined },
    { minor: 23, policy: 'Cluster' },
    { minor: 24, policy: undefined },
  ])('1.$minor: of type ExternalName has the internal traffic policy $policy', ({ minor, policy }) => {
    const { post } = newApi(minor)
    const { spec } = post(services, service({ type: 'ExternalName', externalName: 'a.b' }))
    expect(spec.internalTrafficPolicy).toBe(policy)
  })

  test.each([
    { minor: 22, told: undefined },
    { minor: 28, told: "may only be set when `type` is 'NodePort' or 'LoadBalancer'" },
    { minor: 29, told: 'may only be set for externally-accessible services' },
  ])('1.$minor: of type ClusterIP has no external traffic policy: $told', ({ minor, told }) => {
    const { message } = newApi(minor).post(services, service({ externalTrafficPolicy: 'Local' }))
    if (told === undefined) expect(message).toBeUndefined()
    else expect(message).toBe(`Service "s" is invalid: spec.externalTrafficPolicy: Invalid value: "Local": ${told}`)
  })

  test('1.29: one with external addresses has an external traffic policy', () => {
    const own = { externalIPs: ['1.2.3.4'] }
    expect(newApi(28).post(services, service(own)).spec.externalTrafficPolicy).toBeUndefined()
    expect(newApi(29).post(services, service(own)).spec.externalTrafficPolicy).toBe('Cluster')
  })

  test('1.24: a load balancer may have ports of two protocols', () => {
    const ports = [
      { name: 'a', port: 53, protocol: 'UDP' },
      { name: 'b', port: 53, protocol: 'TCP' },
    ]
    const balancer = service({ type: 'LoadBalancer', ports })
    expect(newApi(23).post(services, balancer).message).toContain(
      "may not contain more than 1 protocol when type is 'LoadBalancer'",
    )
    const { spec } = newApi(24).post(services, balancer)
    expect(spec.ports[0].nodePort).toBe(spec.ports[1].nodePort)
  })

  test.each([
    { minor: 18, told: 'spec.clusterIP: Invalid value: "1.2.3.4": provided IP' },
    {
      minor: 20,
      told: 'spec.clusterIPs: Invalid value: []string{"1.2.3.4"}: failed to allocated ip:1.2.3.4 with error:',
    },
    { minor: 23, told: 'spec.clusterIPs: Invalid value: []string{"1.2.3.4"}: failed to allocate IP 1.2.3.4: ' },
    { minor: 36, told: 'spec.clusterIPs: Invalid value: ["1.2.3.4"]: failed to allocate IP 1.2.3.4: ' },
  ])('1.$minor: an address of another network is refused', ({ minor, told }) => {
    const { message } = newApi(minor).post(services, service({ clusterIP: '1.2.3.4' }))
    expect(message).toContain(told)
    expect(message).toContain('10.96.0.0/12')
  })
})

test('1.26: expressions of selectors have values that labels may have', () => {
  const matchExpressions = [{ key: 'a', operator: 'In', values: ['b', 'A_b!'] }]
  const policy = {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'NetworkPolicy',
    metadata: { name: 'p' },
    spec: { podSelector: { matchExpressions } },
  }
  const path = '/apis/networking.k8s.io/v1/namespaces/default/networkpolicies'
  expect(newApi(25).post(path, policy).message).toBeUndefined()
  expect(newApi(26).post(path, policy).message).toContain(
    'spec.podSelector.matchExpressions[0].values[1]: Invalid value: "A_b!": a valid label',
  )
})

describe('1.34: the Pods of a new StatefulSet', () => {
  test('are looked at', () => {
    const wrong = set({ containers: [{ name: 'c' }] })
    expect(newApi(33).post(sets, wrong).message).toBeUndefined()
    expect(newApi(34).post(sets, wrong).message).toBe(
      'StatefulSet.apps "s" is invalid: spec.template.spec.containers[0].image: Required value',
    )
  })

  test('may mount what its claims bring', () => {
    const pod = { containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/d' }] }] }
    const claim = {
      metadata: { name: 'data' },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
    }
    expect(newApi(34).post(sets, set(pod, { volumeClaimTemplates: [claim] })).message).toBeUndefined()
    expect(newApi(34).post(sets, set(pod)).message).toContain('volumeMounts[0].name: Not found: "data"')
  })
})

test('1.29: the policies of a CSIDriver may be changed, before that they stay', () => {
  const path = '/apis/storage.k8s.io/v1/csidrivers'
  const merge = 'application/merge-patch+json'
  for (const minor of [28, 29]) {
    const { post, send } = newApi(minor)
    post(path, { apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver', metadata: { name: 'd' }, spec: {} })
    const changed = send('PATCH', `${path}/d`, { spec: { podInfoOnMount: true } }, merge)
    expect(changed.code).toBe(minor === 28 ? 422 : 200)
    const republished = send('PATCH', `${path}/d`, { spec: { requiresRepublish: true } }, merge)
    expect(republished.body.metadata.generation).toBe(1)
  }
})

test('before 1.28 a strategic patch of an immutable Secret with an empty value is refused: the value becomes nil', () => {
  const path = '/api/v1/namespaces/default/secrets'
  const codes = [27, 28].map((minor) => {
    const { post, send } = newApi(minor)
    post(path, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, immutable: true, data: { a: '' } })
    const labels = { metadata: { labels: { a: 'b' } } }
    return send('PATCH', `${path}/s`, labels, 'application/strategic-merge-patch+json').code
  })
  expect(codes).toEqual([422, 200])
})

test('a LimitRange without a name is called by what is drawn', () => {
  const range = { apiVersion: 'v1', kind: 'LimitRange', metadata: {}, spec: { limits: [] } }
  expect(newApi(23).post('/api/v1/namespaces/default/limitranges', range).metadata.name).toMatch(/^[0-9a-f-]{36}$/)
})
