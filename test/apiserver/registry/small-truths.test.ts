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
