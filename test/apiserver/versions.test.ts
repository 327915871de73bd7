import { describe, expect, test } from 'vitest'
import type { HttpStream } from '../../src/client/server.ts'
import { admin } from './new-api-server.ts'
import { newApi, pod, pods } from './registry/api.ts'

const secrets = '/api/v1/namespaces/default/secrets'
const secret = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...more })

describe('A3 what changed from version to version', () => {
  test.each([
    [32, undefined, undefined],
    [33, 1, 2],
  ])('v1.%i gives a Pod generation %s, and %s after its spec changed', (minor, first, second) => {
    const api = newApi(minor)
    expect(api.post(pods, pod('p')).metadata.generation).toBe(first)
    const patch = { spec: { activeDeadlineSeconds: 60 } }
    expect(api.send('PATCH', `${pods}/p`, patch, 'application/merge-patch+json').body.metadata.generation).toBe(second)
  })

  test('lists say where they are until v1.19', () => {
    expect(newApi(19).send('GET', secrets).body.metadata.selfLink).toBe(secrets)
    expect(newApi(20).send('GET', secrets).body.metadata).not.toHaveProperty('selfLink')
  })

  test('a key that a strategic patch adds as null is empty until v1.23, then not added', () => {
    const patch = { stringData: { gone: null } }
    const data = (minor: number) => {
      const api = newApi(minor)
      api.post(secrets, secret('s', { stringData: { a: 'b' } }))
      return api.send('PATCH', `${secrets}/s`, patch, 'application/strategic-merge-patch+json').body.data
    }
    expect(data(23)).toEqual({ a: 'Yg==', gone: '' })
    expect(data(24)).toEqual({ a: 'Yg==' })
  })

  test('a deletion answers with its own version from v1.26 on', () => {
    const versions = (minor: number) => {
      const api = newApi(minor)
      const made = api.post('/api/v1/namespaces/default/serviceaccounts', { metadata: { name: 'x' } })
      const gone = api.send('DELETE', '/api/v1/namespaces/default/serviceaccounts/x').body
      return Number(gone.metadata.resourceVersion) - Number(made.metadata.resourceVersion)
    }
    expect([versions(25), versions(26)]).toEqual([0, 1])
  })

  test('an update of what is missing is not found, whatever its uid, from v1.34 on', () => {
    const body = { ...secret('x'), metadata: { name: 'x', uid: 'u' } }
    expect(newApi(33).send('PUT', `${secrets}/x`, body).code).toBe(409)
    expect(newApi(34).send('PUT', `${secrets}/x`, body).code).toBe(404)
  })
})

describe('C5 WatchList: a watch that begins with what is there', () => {
  const path = (query: string) => `${secrets}?watch=1&timeoutSeconds=5&${query}`
  const events = (minor: number, query: string): readonly string[] => {
    const api = newApi(minor)
    for (const name of ['b', 'a']) api.post(secrets, secret(name))
    const headers = { accept: 'application/json' }
    const answer = api.server.http({ user: admin, method: 'GET', path: path(query), headers, body: '' })
    const lines: string[] = []
    const stream = answer as HttpStream // the query asks for one
    stream.read({ chunk: (text) => lines.push(text), end: () => {} })
    return lines.map((line) => {
      const { type, object } = JSON.parse(line)
      return `${type} ${object.metadata.name ?? JSON.stringify(object.metadata.annotations)}`
    })
  }

  test('ends its beginning with a bookmark that says so', () => {
    const query = 'sendInitialEvents=true&resourceVersionMatch=NotOlderThan'
    expect(events(36, `${query}&allowWatchBookmarks=true`)).toEqual([
      'ADDED b',
      'ADDED a',
      'BOOKMARK {"k8s.io/initial-events-end":"true"}',
    ])
    expect(events(36, query)).toEqual(['ADDED b', 'ADDED a'])
    expect(events(36, query.replace('true', 'false'))).toEqual([])
  })

  test.each([
    [36, 'sendInitialEvents=true', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'],
    [
      36,
      'resourceVersionMatch=NotOlderThan',
      'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
    ],
    [
      33,
      'sendInitialEvents=true&resourceVersionMatch=NotOlderThan',
      'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled',
    ],
  ])('v1.%i refuses %s', (minor, query, why) => {
    expect(newApi(minor).send('GET', path(query)).body.message).toContain(why)
  })
})

describe('S2 TokenRequest', () => {
  const account = '/api/v1/namespaces/default/serviceaccounts/default/token'
  const ask = (spec: object, metadata: object = {}) =>
    newApi(36).send('POST', account, { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', metadata, spec })

  test('members that are not given have their defaults', () => {
    expect(ask({}).body).toMatchObject({
      kind: 'TokenRequest',
      spec: { expirationSeconds: 3600, boundObjectRef: null },
    })
    expect(ask({ expirationSeconds: 600 }).body.spec.expirationSeconds).toBe(600)
  })

  test.each([
    [{ boundObjectRef: { kind: 'Secret', apiVersion: 'v1', name: 'gone' } }, {}, 404, 'secrets "gone" not found'],
    [
      { boundObjectRef: { kind: 'ConfigMap', apiVersion: 'v1', name: 'x' } },
      {},
      400,
      'cannot bind token to object of type /v1, Kind=ConfigMap',
    ],
    [
      { boundObjectRef: { kind: 'Deployment', apiVersion: 'apps/v1', name: 'x' } },
      {},
      400,
      'cannot bind token to object of type apps/v1, Kind=Deployment',
    ],
    [{}, { name: 'x' }, 422, 'metadata.name: Invalid value: "x": must match the service account name if specified'],
    [
      {},
      { namespace: 'other' },
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [{ expirationSeconds: 60 }, {}, 422, 'may not specify a duration less than 10 minutes'],
  ])('%j with metadata %j answers %i', (spec, metadata, code, message) => {
    const answer = ask(spec, metadata)
    expect(answer.code).toBe(code)
    expect(answer.body.message).toContain(message)
  })
})

test('S1 who asks who he is gets an answer from v1.28 on', () => {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const answer = newApi(36).send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', body)
  expect(answer.body.status.userInfo).toMatchObject({
    username: admin.name,
    groups: expect.arrayContaining([...admin.groups]),
  })
})
