import { expect, test } from 'vitest'
import type { KubeList, KubeObject, WatchEvent } from '../../src/api/types/meta.ts'
import { resources } from '../../src/client/client.ts'
import { admin, newApiServer } from './new-api-server.ts'

const secret = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  data,
})

test('facts apiserver 6.1 a created object is stored with uid, time and version, and read back frozen', () => {
  const { server } = newApiServer()
  const place = { user: admin, resource: resources.secrets, namespace: 'default' } as const
  const created = server.handle({ ...place, verb: 'create', body: secret('a', { k: 'MQ==' }) })
  expect(created).toMatchObject({ ok: true, code: 201 })
  const read = server.handle({ ...place, verb: 'get', name: 'a' })
  expect(read).toMatchObject({
    ok: true,
    object: {
      metadata: { name: 'a', namespace: 'default', resourceVersion: '201', creationTimestamp: '2020-05-01T00:00:00Z' },
      type: 'Opaque',
    },
  })
  expect(Object.isFrozen((read as { object: KubeObject }).object.metadata)).toBe(true)
})

test('facts apiserver 6.2 a watch hears of its namespace only, in order, at the instant of the write', () => {
  const { server, journal } = newApiServer({}, {}, 'full')
  const heard: string[] = []
  const watch = server.watch(
    admin,
    resources.secrets,
    { namespace: 'default' },
    {
      event: (event: WatchEvent) => heard.push(`${event.type} ${(event.object as KubeObject).metadata.name}`),
      closed: () => heard.push('closed'),
    },
  )
  for (const namespace of ['default', 'other']) {
    server.handle({ user: admin, resource: resources.secrets, namespace, verb: 'create', body: secret('a') })
  }
  server.handle({ user: admin, resource: resources.secrets, namespace: 'default', name: 'a', verb: 'delete' })
  expect(heard).toEqual(['ADDED a', 'DELETED a'])
  expect(
    journal.records.filter(({ type }) => type.startsWith('object.')).map(({ type, actor }) => [type, actor]),
  ).toEqual([
    ['object.created', 'user/admin'],
    ['object.created', 'user/admin'],
    ['object.deleted', 'user/admin'],
  ])
  watch.stop()
})

test('facts apiserver 6.2 a watcher that writes is told of its own write after everybody was told of the first', () => {
  const { server } = newApiServer()
  const heard: string[] = []
  const place = { user: admin, resource: resources.secrets, namespace: 'default' } as const
  server.watch(
    admin,
    resources.secrets,
    {},
    {
      event(event) {
        const { name } = (event.object as KubeObject).metadata
        heard.push(`first ${name}`)
        if (name === 'a') server.handle({ ...place, verb: 'create', body: secret('b') })
      },
      closed: () => {},
    },
  )
  server.watch(
    admin,
    resources.secrets,
    {},
    {
      event: (event) => heard.push(`second ${(event.object as KubeObject).metadata.name}`),
      closed: () => {},
    },
  )
  server.handle({ ...place, verb: 'create', body: secret('a') })
  expect(heard).toEqual(['first a', 'second a', 'first b', 'second b'])
})

test('facts apiserver 6.1 a list in the order of keys, by namespace and selectors', () => {
  const { server } = newApiServer()
  for (const namespace of ['b', 'a', 'a-b']) {
    server.handle({ user: admin, resource: resources.secrets, namespace, verb: 'create', body: secret('x') })
  }
  const list = server.handle({ user: admin, resource: resources.secrets, verb: 'list' })
  const { items } = (list as unknown as { object: KubeList }).object
  expect(items.map(({ metadata }) => metadata.namespace)).toEqual(['a-b', 'a', 'b'])
})
