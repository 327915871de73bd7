import { afterEach, expect, test, vi } from 'vitest'
import type { Event } from '../../../src/api/types/core.ts'
import { admissionPlugins } from '../../../src/apiserver/admission/plugins/all.ts'
import { HeldRow } from '../../../src/apiserver/held-row.ts'
import { resources } from '../../../src/client/client.ts'
import { EventCount, EventRow, SeriesRow, takenIn } from '../../../src/client/event-row.ts'
import { createSim } from '../../../src/index.ts'
import { admin, newApiServer } from '../new-api-server.ts'

const teller = { source: { component: 'kubelet', host: 'node-1' }, namesItself: true }
const about = { kind: 'Pod', namespace: 'default', name: 'p', uid: 'u', apiVersion: 'v1', resourceVersion: '7' }
const at = '2020-05-01T00:00:00Z'
const row = (name: string): EventRow => new EventRow(teller, about, 'Normal', 'Pulled', 'm', name, at, at, 1)

const setUp = (minor: number) => {
  const { server, kernel, journal } = newApiServer({ minor, admission: admissionPlugins() }, {}, 'full')
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } }
  server.handle({ user: admin, verb: 'create', resource: resources.namespaces, body: namespace })
  const create = (body: unknown, resource = 'events', namespace = 'default') =>
    server.handle({
      user: admin,
      verb: 'create',
      resource: { group: '', version: 'v1', resource },
      namespace,
      body,
      fieldManager: 'kubelet',
    })
  /** As a client outside reads them. */
  const read = () => {
    const answer = server.http({
      user: admin,
      method: 'GET',
      path: '/api/v1/namespaces/default/events',
      headers: {},
      body: '',
    })
    return 'body' in answer ? answer.body : 'no text'
  }
  const list = () => server.store.collection('events').list('default')
  const writes = () =>
    journal.records.flatMap(({ seq: _, cause: __, ...record }) => (record.type.startsWith('object.') ? [record] : []))
  return { server, kernel, create, read, list, writes }
}

afterEach(() => vi.restoreAllMocks())

test.each([18, 20, 28, 36])(
  'R2 v1.%i: an Event that came as a row reads as one that came as an object, owners, journal and expiry included',
  (minor) => {
    const [asRows, asObjects] = [setUp(minor), setUp(minor)]
    for (const name of ['p.2', 'p.1']) {
      asRows.create(row(name))
      asObjects.create(row(name).object)
    }
    expect(JSON.stringify(asRows.list())).toBe(JSON.stringify(asObjects.list()))
    expect(asRows.read()).toBe(asObjects.read())
    expect(asRows.read()).toContain('"p.2"')
    if (minor > 18) expect(asRows.read()).toContain('"manager":"kubelet"')
    for (const { server } of [asRows, asObjects]) {
      const body = { count: 2, lastTimestamp: '2020-05-01T00:01:00Z', message: 'n' }
      const key = { namespace: 'default', name: 'p.1' }
      const patchType = 'application/strategic-merge-patch+json' as const
      server.handle({ user: admin, verb: 'patch', resource: resources.events, ...key, patchType, body })
      server.handle({ user: admin, verb: 'delete', resource: resources.events, namespace: 'default', name: 'p.2' })
    }
    asRows.create(row('p.3'))
    asObjects.create(row('p.3').object)
    expect(asRows.read()).toBe(asObjects.read())
    for (const { kernel, list } of [asRows, asObjects]) {
      kernel.runUntil(3_599_999)
      expect(list().map(({ metadata }) => metadata.name)).toEqual(['p.1', 'p.3'])
      kernel.runUntil(3_600_000)
      expect(list()).toEqual([])
    }
    expect(asRows.writes()).toEqual(asObjects.writes())
  },
)

test.each([18, 20, 22, 28, 36])('R2 v1.%i: so does one of the newer API', (minor) => {
  const [asRows, asObjects] = [setUp(minor), setUp(minor)]
  const seriesTeller = {
    ...teller,
    source: { component: 'default-scheduler' },
    reportingInstance: 'default-scheduler-m',
  }
  const words = { type: 'Normal', reason: 'Scheduled', action: 'Binding', message: 'm' }
  for (const [name, related] of [
    ['p.160aae77c8a80f3d', undefined],
    ['p.1', about],
  ] as const) {
    const event = new SeriesRow(seriesTeller, about, related, words, name, '2020-05-01T00:00:00.123000Z')
    const answers = [asRows.create(event), asObjects.create(event.object)]
    expect(JSON.stringify(answers[0])).toBe(JSON.stringify(answers[1]))
    expect(asRows.server.store.collection('events').held('default', name)).toBeInstanceOf(HeldRow)
    for (const { server, kernel } of [asRows, asObjects]) {
      kernel.runUntil(10_000)
      const body = { series: { count: 2, lastObservedTime: '2020-05-01T00:00:10.000000Z' } }
      const patchType = 'application/strategic-merge-patch+json' as const
      const key = { namespace: 'default', name: 'p.1' }
      server.handle({ user: admin, verb: 'patch', resource: resources.events, ...key, patchType, body })
    }
  }
  expect(asRows.read()).toBe(asObjects.read())
  expect(asRows.read()).toContain('"reportingComponent":"default-scheduler"')
  expect(asRows.writes()).toEqual(asObjects.writes())
})

test.each([18, 20, 22, 28, 36])(
  'R2 v1.%i: an Event that is told anew as a row reads as one whose object was patched, owners, journal and expiry included',
  (minor) => {
    const [asRows, asObjects] = [setUp(minor), setUp(minor)]
    const name = 'p.160aae77c8a80f3d'
    const first = row(name)
    const told = (count: number) =>
      new EventRow(
        teller,
        { ...about, resourceVersion: '9' },
        'Normal',
        'Pulled',
        `m${count}`,
        name,
        at,
        `${count}`,
        count,
      )
    const patch = ({ server }: typeof asRows, body: object) =>
      server.handle({
        user: admin,
        verb: 'patch',
        resource: resources.events,
        namespace: 'default',
        name,
        patchType: 'application/strategic-merge-patch+json',
        body,
        fieldManager: 'kubelet',
      })
    const answers = [asRows, asObjects].map((each) => {
      const isOfRows = each === asRows
      each.create(isOfRows ? first : first.object)
      each.create(isOfRows ? row('p.1') : row('p.1').object)
      return [2, 3].map((count) => {
        each.kernel.runUntil(count * 10_000)
        const count_ = new EventCount(told(count))
        return JSON.stringify(patch(each, isOfRows ? count_ : count_.document))
      })
    })
    expect(answers[0]).toEqual(answers[1])
    const [held] = [asRows.server.store.collection('events').held('default', name)]
    expect(held).toBeInstanceOf(HeldRow)
    expect(asRows.read()).toBe(asObjects.read())
    expect(asRows.read()).toContain('"message":"m3"')
    // Without a new count, by another writer, of what is not there.
    for (const each of [asRows, asObjects]) {
      const isOfRows = each === asRows
      const count_ = new EventCount(told(3))
      patch(each, isOfRows ? count_ : count_.document)
      each.kernel.runUntil(40_000)
      each.server.handle({
        user: admin,
        verb: 'patch',
        resource: resources.events,
        namespace: 'default',
        name: 'p.1',
        patchType: 'application/strategic-merge-patch+json',
        body: isOfRows ? new EventCount(told(4)) : new EventCount(told(4)).document,
      })
    }
    expect(asRows.read()).toBe(asObjects.read())
    for (const { kernel, list } of [asRows, asObjects]) {
      kernel.runUntil(3_629_999)
      expect(list().map(({ metadata }) => metadata.name)).toEqual(['p.1', name])
      kernel.runUntil(3_630_000)
      expect(list().map(({ metadata }) => metadata.name)).toEqual(['p.1'])
      kernel.runUntil(3_640_000)
      expect(list()).toEqual([])
    }
    expect(asRows.writes()).toEqual(asObjects.writes())
  },
)

test.each([
  'p.160aae77c8a80f3d',
  'p.060aae77c8a80f3d',
  'p.160aae77c8a80f3',
  'p.160aae77c8a80f3D',
  'q.160aae77c8a80f3d',
  'p',
  'p.7fffffffffffffff',
])('the name %s is what a row was told, and it is found by that', (name) => {
  expect(row(name).name).toBe(name)
  expect(name.startsWith(row(name).stem)).toBe(true)
  const { create, server } = setUp(18)
  create(row(name))
  const events = server.store.collection('events')
  expect(events.get('default', name)?.metadata.name).toBe(name)
  expect(events.held('default', 'p.160aae77c8a80f4d')).toBeUndefined()
})

test('R2 what is refused of a row is refused in the same words', () => {
  const { server, create } = setUp(36)
  const twice = [row('p.1'), row('p.1'), row('p.1').object].map((body) => create(body))
  expect(twice[0]?.ok).toBe(true)
  expect(twice[1]).toMatchObject({ ok: false, status: { reason: 'AlreadyExists' } })
  expect(twice[1]).toEqual(twice[2])
  expect(create(row('p.2'), 'events', 'other')).toEqual(create(row('p.2').object, 'events', 'other'))
  const elsewhere = new EventRow(teller, { ...about, namespace: 'gone' }, 'Normal', 'Pulled', 'm', 'p.3', at, at, 1)
  expect(create(elsewhere, 'events', 'gone')).toMatchObject({ ok: false, status: { code: 404 } })
  expect(create(row('p.4'), 'pods')).toMatchObject({ ok: false, status: { code: 400 } })
  expect(server.store.collection('events').size).toBe(1)
})

test('whatever changes objects on their way in sees Events, too', () => {
  const { server, create, list } = setUp(36)
  server.addWebhook({
    name: 'changes',
    isWebhook: true,
    admit: ({ object }) => ({ ok: true, object: object && Object.assign({}, object, { reason: 'Changed' }) }),
  })
  const answer = create(row('p.1'))
  expect(list()).toMatchObject([{ reason: 'Changed' }])
  expect(answer.ok && takenIn(answer.object as Event).reason).toBe('Changed') // what was created
})

test('what is stored is made once', () => {
  const { create, list, server } = setUp(36)
  create(row('p.1'))
  expect(list()[0]).toBe(server.store.collection('events').get('default', 'p.1'))
  expect(Object.isFrozen(list()[0])).toBe(true)
})

test('R2 of Events that nobody reads no object is made, from the first to the last', () => {
  const made = vi.spyOn(EventRow.prototype, 'object', 'get')
  const sim = createSim({ seed: 'rows', journal: 'off', version: 'v1.18' })
  made.mockClear()
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '86400'] }] },
  })
  sim.runFor('2h')
  expect(made).not.toHaveBeenCalled()
  sim.kubectl('delete pod p --wait=false')
  sim.runFor('1m')
  expect(sim.events().map(({ reason }) => reason)).toEqual(['Killing'])
  expect(made).toHaveBeenCalled()
})
