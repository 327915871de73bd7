import { expect, test } from 'vitest'
import type { KubeObject, WatchEvent } from '../../src/api/types/meta.ts'
import { resources } from '../../src/client/client.ts'
import { admin, newApiServer } from './new-api-server.ts'

const secrets = { user: admin, resource: resources.secrets, namespace: 'default' } as const
const body = (name: string, k: string) => ({ metadata: { name }, data: { k } })

function watched(server: ReturnType<typeof newApiServer>['server'], options: object): string[] {
  const heard: string[] = []
  server.watch(admin, resources.secrets, options, {
    event: (event: WatchEvent) =>
      heard.push(
        event.type === 'ERROR'
          ? (event.object.message ?? '')
          : `${event.type} ${(event.object as KubeObject).metadata.resourceVersion}`,
      ),
    closed: () => heard.push('closed'),
  })
  return heard
}

test('facts apiserver 6.2 a watch from a version replays what came after, and 410 when that is forgotten', () => {
  const { server } = newApiServer()
  server.handle({ ...secrets, verb: 'create', body: body('a', 'AA==') })
  for (let i = 0; i < 99; i++) {
    server.handle({ ...secrets, verb: 'update', name: 'a', body: body('a', i % 2 === 0 ? 'AQ==' : 'AA==') })
  }
  expect(watched(server, { resourceVersion: '299' })).toEqual(['MODIFIED 300'])
  // The cache holds 100 events: one more pushes the first out.
  server.handle({ ...secrets, verb: 'create', body: body('b', 'AA==') })
  expect(watched(server, { resourceVersion: '200' })).toEqual(['too old resource version: 200 (201)', 'closed'])
  expect(watched(server, { resourceVersion: '300' })).toEqual(['ADDED 301'])
})

test('facts apiserver 6.2 a watch ends cleanly at its deadline, with a bookmark two seconds before if it saw anything', () => {
  const { server, kernel } = newApiServer()
  server.handle({ ...secrets, verb: 'create', body: body('a', 'AA==') })
  const heard = watched(server, { timeoutSeconds: 10, allowWatchBookmarks: true })
  kernel.runUntil(7_999)
  expect(heard).toEqual(['ADDED 201'])
  kernel.runUntil(10_000)
  expect(heard).toEqual(['ADDED 201', 'BOOKMARK 201', 'closed'])
  expect(server.openWatches()).toBe(0)
})

test('facts apiserver 6.1 etcd forgets, at every fifth minute, what was old five minutes before', () => {
  const { server, kernel } = newApiServer()
  server.handle({ ...secrets, verb: 'create', body: body('a', 'AA==') })
  kernel.runUntil(299_999)
  expect(server.store.compactedRevision()).toBe(0)
  kernel.runUntil(300_000)
  server.handle({ ...secrets, verb: 'create', body: body('b', 'AA==') })
  expect(server.store.compactedRevision()).toBe(200)
  kernel.runUntil(600_000)
  expect(server.store.compactedRevision()).toBe(201)
  kernel.runUntil(900_000)
  expect(server.store.compactedRevision()).toBe(202)
})

test('facts apiserver 10 an Event is gone an hour after it was last written', () => {
  const { server, kernel } = newApiServer()
  const events = { user: admin, resource: resources.events, namespace: 'default' } as const
  const event = { metadata: { name: 'e' }, involvedObject: { namespace: 'default', name: 'p', kind: 'Pod' }, count: 1 }
  server.handle({ ...events, verb: 'create', body: event })
  kernel.runUntil(3_000_000)
  server.handle({ ...events, verb: 'update', name: 'e', body: { ...event, count: 2 } })
  kernel.runUntil(6_599_999)
  expect(server.handle({ ...events, verb: 'get', name: 'e' }).ok).toBe(true)
  kernel.runUntil(6_600_000)
  expect(server.handle({ ...events, verb: 'get', name: 'e' }).ok).toBe(false)
})
