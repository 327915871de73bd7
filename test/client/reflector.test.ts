import { describe, expect, test } from 'vitest'
import { createActor } from 'xstate'
import { resources } from '../../src/client/client.ts'
import { createClient } from '../../src/client/in-process-client.ts'
import { createInformer } from '../../src/client/informer.ts'
import { createLink } from '../../src/client/link.ts'
import { reflectorMachine } from '../../src/client/reflector.machine.ts'
import { Reflector } from '../../src/client/reflector.ts'
import { machineTable } from '../../src/kernel/compiled-machine.ts'
import { Instance } from '../../src/kernel/instance.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { createTinyServer, secret } from './tiny-server.ts'

function setUp(minor = 18) {
  const kernel = createKernel()
  const tiny = createTinyServer()
  const random = createRandomStreams('reflector')
  const link = createLink({ kernel, random: random.stream('link'), emptyWatchOnDyingConnection: minor < 20 })
  const client = createClient({ server: tiny.server, user: { name: 'u', groups: [] }, link, minor })
  const states: string[] = []
  const store: string[] = []
  const kind = { kernel, client, resource: resources.secrets, minor }
  const reflector = new Reflector(kind, {
    random: random.stream('reflector'),
    store: {
      replace: (objects) => store.push(`= ${objects.map((object) => object.metadata.name).join()}`),
      add: (object) => store.push(`+ ${object.metadata.name}`),
      update: (object) => store.push(`~ ${object.metadata.name}`),
      delete: (object) => store.push(`- ${object.metadata.name}`),
      stateChanged: (state) => states.push(`${kernel.now()} ${state}`),
    },
  })
  const lists = () => tiny.requests.map((request) => request.resourceVersion ?? '')
  return { kernel, tiny, link, random, client, states, store, reflector, lists }
}

describe('kubelet 1.4 the reflector', () => {
  test('lists with version 0, watches from the version of the list, and hears of changes', () => {
    const { kernel, tiny, reflector, store, lists } = setUp()
    tiny.put(secret('a'))
    reflector.start()
    kernel.runUntil(0)
    tiny.put(secret('b'))
    tiny.put(secret('a', 'w'))
    tiny.remove('b')
    kernel.runUntil(10)
    expect(store).toEqual(['= a', '+ b', '~ a', '- b'])
    expect([lists(), tiny.watched]).toEqual([['0'], ['101']])
    expect(reflector.lastSyncResourceVersion).toBe('104')
  })

  test('from v1.35 on one watch begins with what there is and goes on from its bookmark', () => {
    const { kernel, tiny, reflector, store, states, lists } = setUp(35)
    tiny.put(secret('a'))
    reflector.start()
    kernel.runUntil(0)
    tiny.put(secret('b'))
    kernel.runUntil(10)
    expect(store).toEqual(['= a', '+ b'])
    expect([lists(), tiny.watched]).toEqual([[], [' streamed']])
    expect(states).toEqual(['0 streaming', '0 watching'])
    // Its end in time leads to an ordinary watch.
    kernel.runUntil(300_000)
    tiny.endWatches()
    kernel.runUntil(300_000)
    expect(tiny.watched).toEqual([' streamed', '102'])
  })

  test('a stream that is refused is listed at once', () => {
    const { kernel, tiny, reflector, store, states, lists } = setUp(35)
    tiny.answer.refusesStreams = true
    tiny.put(secret('a'))
    reflector.start()
    kernel.runUntil(10)
    expect(store).toEqual(['= a'])
    expect([lists(), tiny.watched]).toEqual([['0'], ['101']])
    expect(states).toEqual(['0 streaming', '0 listing', '0 watching'])
  })

  test('a watch that ends in time is opened again at once from the last version, without a list', () => {
    const { kernel, tiny, reflector, lists } = setUp()
    reflector.start()
    kernel.runUntil(0)
    tiny.put(secret('a'))
    kernel.runUntil(300_000)
    tiny.endWatches()
    kernel.runUntil(300_000)
    expect([lists(), tiny.watched]).toEqual([['0'], ['100', '101']])
  })

  test('a watch that is too old leads to a list with the last version, then, if that is too old too, with none at once', () => {
    const { kernel, tiny, reflector, lists, states } = setUp()
    reflector.start()
    kernel.runUntil(5000)
    tiny.endWatches()
    tiny.put(secret('a'))
    tiny.compact()
    kernel.runUntil(10_000)
    expect(lists()).toEqual(['0', '100', ''])
    expect(states.map((line) => line.split(' ')[1])).toEqual([
      'listing',
      'watching',
      'backingOff',
      'listing',
      'watching',
    ])
  })

  test('corrections 3: in v1.18 an outage leads to lists with the last version, pauses doubling from 0.8 to 30 s, jitter 1', () => {
    const { kernel, link, tiny, reflector, states } = setUp(18)
    reflector.start()
    kernel.runUntil(60_000)
    link.beginOutage()
    kernel.runUntil(240_000)
    const listings = states.filter((line) => line.endsWith('listing')).map((line) => Number(line.split(' ')[0]))
    const gaps = listings.slice(1).map((at, i) => (at - (i === 0 ? 60_000 : (listings[i] ?? 0))) / 1000)
    const bounds = [0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30].slice(0, gaps.length)
    expect(gaps.length).toBeGreaterThan(5)
    for (const [i, low] of bounds.entries()) {
      expect(gaps[i]).toBeGreaterThanOrEqual(low)
      expect(gaps[i]).toBeLessThan(low * 2)
    }
    link.endOutage()
    kernel.runUntil(310_000)
    expect(reflector.state).toBe('watching')
    expect(tiny.requests.map((request) => request.resourceVersion)).toEqual(['0', '100'])
  })

  test('v1.26 row 5: an outage leads to the same watch again, never to a list', () => {
    const { kernel, link, tiny, reflector, states } = setUp(26)
    reflector.start()
    kernel.runUntil(60_000)
    link.beginOutage()
    kernel.runUntil(90_000)
    link.endOutage()
    kernel.runUntil(150_000)
    expect(states.some((line) => line.endsWith('backingOff'))).toBe(false)
    expect([tiny.requests.length, tiny.watched]).toEqual([1, ['100', '100']])
  })

  test.each([
    [27, 'starts anew', 'goes on'],
    [28, 'goes on', 'goes on'],
    [35, 'goes on', 'goes on'],
    [36, 'goes on', 'starts anew'],
  ])('in v1.%i the pause after a refused server %s, in another outage soon after it %s', (minor, after, later) => {
    const { kernel, link, tiny, reflector, states } = setUp(minor)
    reflector.start()
    kernel.runUntil(60_000)
    link.beginOutage()
    kernel.runUntil(89_000)
    link.endOutage()
    // The server that is back knows nothing of the version.
    tiny.put(secret('a'))
    tiny.compact()
    kernel.runUntil(175_000)
    link.beginOutage()
    kernel.runUntil(240_000)
    const lines = states.map((line) => ({ at: Number.parseInt(line, 10), state: line.split(' ')[1] }))
    const pause = (from: number, state: string): string => {
      const begins = lines.findIndex((line) => line.at >= from && line.state === state)
      return (lines[begins + 1]?.at ?? 0) - (lines[begins]?.at ?? 0) < 1600 ? 'starts anew' : 'goes on'
    }
    expect([pause(60_000, 'backingOff'), pause(175_000, 'waitingForServer')]).toEqual([after, later])
  })

  test('in v1.18 a refused watch is asked for again after a second', () => {
    const { kernel, link, tiny, reflector, states } = setUp(18)
    reflector.start()
    kernel.runUntil(60_000)
    link.refuse()
    tiny.endWatches()
    kernel.runUntil(63_500)
    expect(states.slice(2)).toEqual(
      [60, 61, 62, 63].flatMap((s) =>
        s === 60 ? [`60000 waitingForServer`] : [`${s}000 watching`, `${s}000 waitingForServer`],
      ),
    )
  })

  test('a list that is refused is tried again and syncs nothing before', () => {
    const { kernel, tiny, reflector, store } = setUp()
    tiny.answer.refuse = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      code: 403,
      reason: 'Forbidden',
    }
    reflector.start()
    kernel.runUntil(500)
    expect([reflector.lastSyncResourceVersion, store]).toEqual(['', []])
    delete tiny.answer.refuse
    kernel.runUntil(1600)
    expect([reflector.lastSyncResourceVersion, store]).toEqual(['100', ['= ']])
  })

  test('stopped, it closes its watch and hears nothing; started again, it lists with the last version', () => {
    const { kernel, tiny, reflector, store, lists } = setUp()
    reflector.start()
    kernel.runUntil(0)
    reflector.stop()
    tiny.put(secret('a'))
    kernel.runUntil(10)
    expect([store, tiny.watchers]).toEqual([['= '], 0])
    reflector.start()
    kernel.runUntil(20)
    expect([store, lists()]).toEqual([
      ['= ', '= a'],
      ['0', '100'],
    ])
  })

  test('its table is what XState makes of the machine', () => {
    const table = machineTable(reflectorMachine)
    const events = [
      'start',
      'list.succeeded',
      'list.failed',
      'watch.ended',
      'watch.failed',
      'watch.refused',
      'waited',
      'stop',
    ] as const
    for (const first of events)
      for (const second of events)
        for (const third of events) {
          const actor = createActor(reflectorMachine).start()
          const instance = new Instance(table)
          for (const type of ['start', first, second, third] as const) {
            actor.send({ type })
            if (instance.knows(type)) instance.send(type)
          }
          expect(instance.state).toBe(actor.getSnapshot().value)
        }
  })
})

describe('the informer', () => {
  test('tells handlers what changed, finds by index, and tells a relist only as differences', () => {
    const { kernel, tiny, link, random, client } = setUp()
    const told: string[] = []
    const informer = createInformer({
      kernel,
      client,
      resource: resources.secrets,
      random: random.stream('informer'),
      minor: 18,
      indexers: { value: (object) => [(object as unknown as { data: { value: string } }).data.value] },
    })
    informer.addHandler({
      add: (object) => told.push(`+ ${object.metadata.name}`),
      update: (old, object) => told.push(`${old.metadata.resourceVersion} ~ ${object.metadata.resourceVersion}`),
      delete: (object) => told.push(`- ${object.metadata.name}`),
    })
    tiny.put(secret('a', 'x'))
    tiny.put(secret('b', 'x'))
    let synced = 0
    informer.synced.subscribe(() => synced++)
    informer.start()
    kernel.runUntil(0)
    expect([told, synced, informer.byIndex('value', 'x').length]).toEqual([['+ a', '+ b'], 1, 2])
    kernel.runUntil(5000)
    link.beginOutage()
    tiny.put(secret('a', 'y'))
    tiny.remove('b')
    tiny.put(secret('c', 'x'))
    kernel.runUntil(5010)
    link.endOutage()
    kernel.runUntil(20_000)
    expect(told.slice(2)).toEqual(['101 ~ 103', '+ c', '- b'])
    expect(informer.byIndex('value', 'x').map((object) => object.metadata.name)).toEqual(['c'])
    expect(informer.get('default', 'b')).toBeUndefined()
  })
})
