import { describe, expect, test } from 'vitest'
import { newApi, pod, pods } from './api.ts'

/** Small things that a reader of answers would notice. */

const secrets = '/api/v1/namespaces/default/secrets'
const secret = (name: string, metadata: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, ...metadata },
})
const merge = 'application/merge-patch+json'

test('C7: a cluster has no name, and lists that a patch empties are left out', () => {
  const { send, post } = newApi()
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'c', uid: 'u' }
  const made = post(secrets, secret('a', { clusterName: 'x', ownerReferences: [owner], finalizers: ['a.b/c'] }))
  expect(made.metadata).not.toHaveProperty('clusterName')
  const patch = { metadata: { clusterName: 'y', ownerReferences: [], finalizers: [] } }
  const { metadata } = send('PATCH', `${secrets}/a`, patch, merge).body
  for (const gone of ['clusterName', 'ownerReferences', 'finalizers']) expect(metadata).not.toHaveProperty(gone)
})

test('C7: the address of a Pod is the first of its addresses', () => {
  const { send, post } = newApi()
  post(pods, pod('p'))
  const told = send('PATCH', `${pods}/p/status`, { status: { podIP: '10.0.0.9' } }, merge)
  expect(told.body.status).toMatchObject({ podIP: '10.0.0.9', podIPs: [{ ip: '10.0.0.9' }] })
})

test('C7: a watch from a version that is no number is an error of the server, as a list is', () => {
  const { send } = newApi()
  expect(send('GET', `${secrets}?watch=1&resourceVersion=x1`)).toMatchObject({
    code: 500,
    body: { message: 'resourceVersion: Invalid value: "x1": strconv.ParseUint: parsing "x1": invalid syntax' },
  })
})

describe('C7: a patch that says of what kind the object is', () => {
  const patched = (minor: number, patch: unknown, type = merge) => {
    const { send, post } = newApi(minor)
    post(secrets, { ...secret('s'), data: { a: 'YQ==' } })
    return send('PATCH', `${secrets}/s`, patch, type)
  }
  const replaced = [{ op: 'replace', path: '/kind', value: 'ConfigMap' }]

  test.each<[number, unknown, string, string]>([
    [36, { kind: 'ConfigMap' }, merge, 'converting (v1.ConfigMap) to (core.Secret): unknown conversion'],
    [18, { kind: 'ConfigMap' }, merge, 'converting (v1.ConfigMap) to (core.Secret): Type not present in src'],
    [26, replaced, 'application/json-patch+json', 'converting (v1.ConfigMap) to (core.Secret): unknown conversion'],
    [
      36,
      { kind: 'Nope' },
      merge,
      'no kind "Nope" is registered for version "v1" in scheme "pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      18,
      { apiVersion: 'apps/v1' },
      merge,
      'no kind "Secret" is registered for version "apps/v1" in scheme "k8s.io/kubernetes/pkg/api/legacyscheme/scheme.go:30"',
    ],
    [
      36,
      { kind: 'Pod', spec: { containers: 5 } },
      merge,
      'json: cannot unmarshal number into Go struct field PodSpec.spec.containers of type []v1.Container',
    ],
  ])(
    'v1.%i: %j of type %s is read as that kind, and refused in the words of the codec',
    (minor, patch, type, words) => {
      const { code, body } = patched(minor, patch, type)
      expect(code).toBe(422)
      expect(body.message).toMatch(/^ "" is invalid: patch: Invalid value: "\{/)
      expect(body.message.endsWith(`}": ${words}`)).toBe(true)
    },
  )

  test.each([
    [{ kind: null }, merge],
    // The types are Go's, whatever the merged map says.
    [{ kind: 'ConfigMap', apiVersion: 'x/v9' }, 'application/strategic-merge-patch+json'],
  ])('%j of type %s leaves the kind as it is', (patch, type) => {
    const { code, body } = patched(36, patch, type)
    expect(code).toBe(200)
    expect(body).toMatchObject({ kind: 'Secret', apiVersion: 'v1', data: { a: 'YQ==' } })
  })

  test('one that takes the version away takes all that the object is', () => {
    const { code, body } = patched(36, { apiVersion: null })
    expect(code).toBe(400)
    expect(body.message).toBe('the name of the object (s based on URL) was undeterminable: name must be provided')
  })
})

test('C7: a path that nobody knows is answered with those that there are', () => {
  const { send } = newApi()
  const answer = send('GET', '/nope')
  expect(answer.code).toBe(404)
  expect(answer.body).toMatchObject({ paths: expect.arrayContaining(['/apis', '/healthz']) })
})

test.each([
  ['Pending', undefined],
  ['Succeeded', 'The pod has completed successfully.'],
  ['Failed', 'The pod failed.'],
])('C7: the row of a Pod that is %s has the condition %j', (phase, message) => {
  const { send, sendText, post } = newApi()
  post(pods, pod('p'))
  send('PATCH', `${pods}/p/status`, { status: { phase } }, merge)
  const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
  const [row] = sendText('GET', pods, '', 'application/json', accept).body.rows
  const condition = { type: 'Completed', status: 'True', reason: phase, message }
  expect(row.conditions).toEqual(message === undefined ? undefined : [condition])
})

describe('C7: includeObject says what of each object a row carries', () => {
  const table = (query: string) => {
    const { sendText, post } = newApi()
    post(secrets, { ...secret('s'), data: { a: 'YQ==' } })
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    return sendText('GET', `${secrets}${query}`, '', 'application/json', accept)
  }

  test.each([
    ['', { kind: 'PartialObjectMetadata', metadata: { name: 's' } }],
    ['?includeObject=', { kind: 'PartialObjectMetadata', metadata: { name: 's' } }],
    ['?includeObject=Metadata', { kind: 'PartialObjectMetadata', metadata: { name: 's' } }],
    ['?includeObject=Object', { kind: 'Secret', data: { a: 'YQ==' } }],
  ])('%j', (query, object) => {
    expect(table(query).body.rows).toMatchObject([{ cells: ['s', 'Opaque', 1, expect.anything()], object }])
  })

  test.each(['?', '/s?'])('None leaves null (%s)', (place) => {
    const [row] = table(`${place}includeObject=None`).body.rows
    expect(row).toHaveProperty('object', null)
  })

  test.each(['Everything', 'none', 'metadata'])('%s is refused', (policy) => {
    expect(table(`?includeObject=${policy}`)).toMatchObject({
      code: 400,
      body: {
        message: `Unable to convert to Table as requested: includeObject: Invalid value: "${policy}": must be 'Metadata', 'Object', 'None', or empty`,
      },
    })
  })

  test('who asks for no table is not asked', () => {
    const { send, post } = newApi()
    post(secrets, secret('s'))
    expect(send('GET', `${secrets}/s?includeObject=Everything`).code).toBe(200)
  })
})

const strategic = 'application/strategic-merge-patch+json'

describe('C5: up to v1.27 an empty value that went through a patch is nil, and other bytes in etcd', () => {
  const world = (minor: number) => {
    const { send, post } = newApi(minor)
    post(secrets, { ...secret('s'), data: { empty: '', full: 'eA==' } })
    const versionAfter = (patch: object, type: string) =>
      send('PATCH', `${secrets}/s`, patch, type).body.metadata.resourceVersion
    return { send, versionAfter, first: send('GET', `${secrets}/s`).body.metadata.resourceVersion }
  }
  const idle = { data: { gone: null } }

  test.each([18, 22, 27])('v1.%i: the first patch of each kind writes, the next one of that kind does not', (minor) => {
    const { versionAfter, first } = world(minor)
    const second = versionAfter(idle, strategic)
    expect(second).not.toBe(first)
    expect(versionAfter(idle, strategic)).toBe(second)
    const third = versionAfter(idle, merge)
    expect(third).not.toBe(second)
    expect(versionAfter(idle, merge)).toBe(third)
    const fourth = versionAfter({ metadata: { labels: { a: 'b' } } }, strategic)
    expect(versionAfter(idle, strategic)).toBe(fourth)
  })

  test('a value that stringData gives is empty, not nil', () => {
    const { versionAfter } = world(18)
    const second = versionAfter({ stringData: { empty: '' } }, strategic)
    expect(versionAfter({ stringData: { empty: '' } }, strategic)).toBe(second)
    expect(versionAfter(idle, merge)).toBe(second)
    expect(versionAfter(idle, strategic)).not.toBe(second)
  })

  test('a PUT of what was read writes', () => {
    const { send, versionAfter } = world(18)
    const second = versionAfter(idle, strategic)
    const read = send('GET', `${secrets}/s`).body
    expect(read.data).toEqual({ empty: '', full: 'eA==' })
    const third = send('PUT', `${secrets}/s`, read).body.metadata.resourceVersion
    expect(third).not.toBe(second)
    expect(send('PUT', `${secrets}/s`, send('GET', `${secrets}/s`).body).body.metadata.resourceVersion).toBe(third)
  })

  test.each([28, 36])('v1.%i: no patch that changes nothing writes', (minor) => {
    const { versionAfter, first } = world(minor)
    for (const type of [strategic, merge, strategic]) expect(versionAfter(idle, type)).toBe(first)
  })

  test('maps without an empty value are left alone', () => {
    const { send, post } = newApi()
    post(secrets, { ...secret('s'), data: { full: 'eA==' } })
    const before = send('GET', `${secrets}/s`).body.metadata.resourceVersion
    for (const type of [strategic, merge])
      expect(send('PATCH', `${secrets}/s`, idle, type).body.metadata.resourceVersion).toBe(before)
  })
})
