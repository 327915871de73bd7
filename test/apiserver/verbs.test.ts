import { describe, expect, test } from 'vitest'
import type { WatchEvent } from '../../src/api/types/meta.ts'
import { admin, newApiServer } from './new-api-server.ts'
import { newApi } from './registry/api.ts'

const secrets = '/api/v1/namespaces/default/secrets'

function secret(name: string, metadata: object = {}): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, ...metadata } }
}

function withSecrets(...names: readonly string[]) {
  const api = newApi()
  for (const name of names) api.post(secrets, secret(name, { labels: { app: name.charAt(0) } }))
  const listed = (query = '') =>
    api.send('GET', `${secrets}${query}`).body.items.map((item: WatchEvent['object']) => item.metadata.name)
  return { ...api, listed }
}

describe('facts/apiserver.md 6.1, 7: deleting', () => {
  test('deletecollection takes what the selector says and answers with the list', () => {
    const { send, listed } = withSecrets('a1', 'a2', 'b1')
    const { code, body } = send('DELETE', `${secrets}?labelSelector=app%3Da`)
    expect(code).toBe(200)
    expect(body.kind).toBe('SecretList')
    expect(listed()).toEqual(['b1'])
    send('DELETE', secrets)
    expect(listed()).toEqual([])
  })

  test('preconditions: another uid is a conflict, and nothing goes', () => {
    const { send, listed } = withSecrets('a')
    const uid = send('GET', `${secrets}/a`).body.metadata.uid
    const options = (wanted: string) => ({ apiVersion: 'v1', kind: 'DeleteOptions', preconditions: { uid: wanted } })
    expect(send('DELETE', `${secrets}/a`, options('other'))).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message: `Operation cannot be fulfilled on Secret "a": the UID in the precondition (other) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
      },
    })
    expect(listed()).toEqual(['a'])
    expect(send('DELETE', `${secrets}/a`, options(uid)).body).toMatchObject({ status: 'Success', details: { uid } })
  })

  test('finalizers hold an object; no new one can be added to it; the last one taken lets it go', () => {
    const { send, post } = newApi()
    post(secrets, secret('a', { finalizers: ['example.com/one'] }))
    expect(send('DELETE', `${secrets}/a`).body.metadata.deletionTimestamp).toBe('2020-05-01T00:00:00Z')
    expect(send('POST', secrets, secret('a')).body.message).toBe('object is being deleted: secrets "a" already exists')
    const patch = (finalizers: readonly string[]) =>
      send('PATCH', `${secrets}/a`, { metadata: { finalizers } }, 'application/merge-patch+json')
    expect(patch(['example.com/one', 'example.com/two']).body.message).toBe(
      'Secret "a" is invalid: metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/two"}',
    )
    expect(patch([]).code).toBe(200)
    expect(send('GET', `${secrets}/a`).code).toBe(404)
  })

  test.each([
    ['Foreground', ['foregroundDeletion']],
    ['Orphan', ['orphan']],
  ])('propagationPolicy %s leaves a finalizer for the garbage collector', (propagationPolicy, finalizers) => {
    const { send } = withSecrets('a')
    const { body } = send('DELETE', `${secrets}/a`, { propagationPolicy })
    expect(body.metadata).toMatchObject({ finalizers, deletionTimestamp: expect.any(String) })
  })

  test('options that contradict each other are refused', () => {
    const { send } = withSecrets('a')
    const both = { propagationPolicy: 'Orphan', orphanDependents: true }
    expect(send('DELETE', `${secrets}/a`, both)).toMatchObject({
      code: 422,
      body: {
        message:
          'DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Invalid value: "Orphan": orphanDependents and deletionPropagation cannot be both set',
      },
    })
  })
})

describe('facts/apiserver.md 6.1: lists in pages', () => {
  test('limit and continue walk the list as it was at its first page', () => {
    const { send, post } = withSecrets('a', 'b', 'c', 'd')
    const first = send('GET', `${secrets}?limit=2`).body
    expect(first.metadata.remainingItemCount).toBe(2)
    post(secrets, secret('bb'))
    const next = send('GET', `${secrets}?limit=2&continue=${encodeURIComponent(first.metadata.continue)}`).body
    const names = [...first.items, ...next.items].map((item: WatchEvent['object']) => item.metadata.name)
    expect(names.filter((name) => name !== 'bb')).toEqual(
      ['a', 'b', 'c', 'd'].slice(0, names.filter((name) => name !== 'bb').length),
    )
    expect(names.slice(0, 2)).toEqual(['a', 'b'])
  })

  test('a continue token that compaction overtook: 410, and a token that goes on inconsistently', () => {
    const { server, kernel } = newApiServer()
    const send = (path: string) => {
      const answer = server.http({ user: admin, method: 'GET', path, headers: {}, body: '' })
      return { code: answer.code, body: 'body' in answer ? JSON.parse(answer.body) : undefined }
    }
    const create = (name: string) =>
      server.handle({
        user: admin,
        verb: 'create',
        resource: { group: '', version: 'v1', resource: 'secrets' },
        namespace: 'default',
        body: secret(name),
      })
    for (const name of ['a', 'b', 'c']) create(name)
    const { metadata } = send(`${secrets}?limit=1`).body
    kernel.runUntil(60_000)
    create('d')
    kernel.runUntil(16 * 60_000)
    create('e')
    const late = send(`${secrets}?limit=1&continue=${encodeURIComponent(metadata.continue)}`)
    expect(late).toMatchObject({ code: 410, body: { reason: 'Expired' } })
    expect(late.body.message).toMatch(
      /^The provided continue parameter is too old to display a consistent list result\./,
    )
    const fresh = send(`${secrets}?limit=1&continue=${encodeURIComponent(late.body.metadata.continue)}`)
    expect(fresh.body.items[0].metadata.name).toBe('b')
  })
})

describe('facts/apiserver.md 6.2: watches', () => {
  function watched(
    minor: number,
    options: object,
    work: (api: ReturnType<typeof newApiServer>, create: (name: string) => void) => void,
  ) {
    const api = newApiServer({ minor })
    const resource = { group: '', version: 'v1', resource: 'secrets' }
    const create = (name: string) =>
      void api.server.handle({ user: admin, verb: 'create', resource, namespace: 'default', body: secret(name) })
    const events: WatchEvent[] = []
    let isClosed = false
    create('first')
    const handlers = {
      event: (event: WatchEvent) => void events.push(event),
      closed: () => {
        isClosed = true
      },
    }
    api.server.watch(admin, resource, { resourceVersion: String(api.server.store.revision), ...options }, handlers)
    work(api, create)
    return { events, isClosed }
  }

  test('a bookmark comes two seconds before the end of a watch that saw something, and bears the version only', () => {
    const { events, isClosed } = watched(
      18,
      { allowWatchBookmarks: true, timeoutSeconds: 60 },
      ({ kernel }, create) => {
        create('second')
        kernel.runUntil(57_999)
        create('third')
        kernel.runUntil(58_000)
      },
    )
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'ADDED', 'BOOKMARK'])
    const bookmark = events[2]?.object
    expect(bookmark?.metadata.resourceVersion).toBe(events[1]?.object.metadata.resourceVersion)
    expect(bookmark?.metadata.name).toBeUndefined()
    expect(isClosed).toBe(false)
  })

  test.each([
    [18, { namespace: 'default', fieldSelector: 'metadata.name=second' }, '/api/v1/namespaces/default/secrets/second'],
    [18, { namespace: 'default' }, undefined],
    [26, { namespace: 'default', fieldSelector: 'metadata.name=second' }, undefined],
  ])('v1.%i: the bookmark of a watch of %j has the link %s', (minor, options, selfLink) => {
    const { events } = watched(
      minor,
      { allowWatchBookmarks: true, timeoutSeconds: 60, ...options },
      ({ kernel }, create) => {
        create('second')
        kernel.runUntil(58_000)
      },
    )
    expect(events.map(({ type, object }) => [type, object.metadata.selfLink])).toEqual([
      ['ADDED', minor < 20 ? '/api/v1/namespaces/default/secrets/second' : undefined],
      ['BOOKMARK', selfLink],
    ])
  })

  test.each([
    [18, { fieldSelector: 'metadata.name=second' }, '/api/v1/namespaces/default/secrets/second'],
    [18, {}, undefined],
    [20, { fieldSelector: 'metadata.name=second' }, undefined],
  ])('v1.%i: a bookmark of a watch %j says that it is at %s', (minor, selection, selfLink) => {
    const options = { namespace: 'default', ...selection, allowWatchBookmarks: true, timeoutSeconds: 60 }
    const { events } = watched(minor, options, ({ kernel }, create) => {
      create('second')
      kernel.runUntil(58_000)
    })
    expect(events.map(({ type }) => type)).toEqual(['ADDED', 'BOOKMARK'])
    expect(events[1]?.object.metadata.selfLink).toBe(selfLink)
  })

  test('who did not ask for bookmarks gets none; at its deadline the watch ends cleanly', () => {
    const { events, isClosed } = watched(18, { timeoutSeconds: 60 }, ({ kernel }, create) => {
      create('second')
      kernel.runUntil(61_000)
    })
    expect(events.map(({ type }) => type)).toEqual(['ADDED'])
    expect(isClosed).toBe(true)
  })

  test('U2 a version older than what the cache remembers: one ERROR with 410, then the end', () => {
    const { server } = newApiServer()
    const resource = { group: '', version: 'v1', resource: 'secrets' }
    for (let i = 0; i < 150; i++)
      server.handle({ user: admin, verb: 'create', resource, namespace: 'default', body: secret(`s-${i}`) })
    const events: WatchEvent[] = []
    server.watch(
      admin,
      resource,
      { resourceVersion: '201' },
      { event: (event) => void events.push(event), closed: () => {} },
    )
    expect(events).toHaveLength(1)
    expect(events[0]).toMatchObject({
      type: 'ERROR',
      object: {
        code: 410,
        reason: 'Expired',
        message: expect.stringMatching(/^too old resource version: 201 \(\d+\)$/),
      },
    })
  })
})

describe('what is asked and sent in', () => {
  const get = (accept: string, path = secrets) => {
    const { server } = newApi()
    const answer = server.http({ user: admin, method: 'GET', path, headers: { accept }, body: '' })
    return { code: answer.code, body: 'body' in answer ? answer.body : '' }
  }

  test('C9 406 for what the server cannot write', () => {
    const { code, body } = get('text/html')
    expect(code).toBe(406)
    expect(JSON.parse(body)).toMatchObject({ reason: 'NotAcceptable', message: '406: Not Acceptable' })
  })

  test('C9 Accept may list several forms, of which the first known one is taken', () => {
    expect(get('text/html, application/yaml').body).toMatch(/^apiVersion: v1\n/)
    expect(JSON.parse(get('application/json;as=Table;v=v1;g=meta.k8s.io,application/json').body).kind).toBe('Table')
    expect(JSON.parse(get('application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io').body).kind).toBe(
      'PartialObjectMetadataList',
    )
  })

  test.each([
    [
      'POST',
      secrets,
      'text/plain',
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    ],
    ['PATCH', `${secrets}/a`, 'application/json', '415: Unsupported Media Type'],
  ])('C5 415: %s %s as %s', (method, path, type, message) => {
    const { send } = withSecrets('a')
    expect(send(method, path, secret('b'), type)).toMatchObject({ code: 415, body: { message } })
  })
})
