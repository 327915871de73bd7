import { describe, expect, test } from 'vitest'
import { type RequestError, resources } from '../../src/client/client.ts'
import { createClient } from '../../src/client/in-process-client.ts'
import { createLink, type LinkLatencies } from '../../src/client/link.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { answered } from './answered.ts'
import { createTinyServer, secret } from './tiny-server.ts'

function setUp(latencies: LinkLatencies = {}, timeoutMs?: number, minor = 18) {
  const kernel = createKernel()
  const tiny = createTinyServer()
  const link = createLink({ kernel, random: createRandomStreams('link').stream('link'), latencies })
  const client = createClient({
    server: tiny.server,
    user: { name: 'admin', groups: [] },
    link,
    minor,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
  const heard: string[] = []
  const get = (name: string) =>
    answered(client.get(resources.secrets, { namespace: 'default', name }), (reply) => {
      const what = reply.ok ? reply.value.metadata.name : reply.error.kind === 'network' ? reply.error.message : '404'
      heard.push(`${kernel.now()} ${what}`)
    })
  const watch = () =>
    client.watch(resources.secrets, { resourceVersion: '100' }).subscribe({
      next: (news) => {
        if (news.type === 'OPENED') heard.push(`${kernel.now()} opened`)
        else if (news.type === 'ERROR') heard.push(`${kernel.now()} ERROR`)
        else heard.push(`${kernel.now()} ${news.type} ${news.object.metadata.name}`)
      },
      error: (error: RequestError) =>
        heard.push(`${kernel.now()} closed ${error.kind === 'network' ? error.message : ''}`),
      complete: () => heard.push(`${kernel.now()} closed`),
    })
  return { kernel, tiny, link, client, heard, get, watch }
}

describe('requests over a link', () => {
  test('an answer comes in a kernel event of its own, without latency at the same instant', () => {
    const { kernel, tiny, heard, get } = setUp()
    tiny.put(secret('a'))
    get('a')
    expect(heard).toEqual([])
    kernel.runUntil(0)
    expect(heard).toEqual(['0 a'])
  })

  test('latency passes half before and half after the server', () => {
    const { kernel, tiny, heard, get } = setUp({ request: { kind: 'fixed', ms: 10 } })
    get('a')
    kernel.runUntil(4)
    tiny.put(secret('a'))
    kernel.runUntil(100)
    expect(heard).toEqual(['10 a'])
  })

  test.each([
    [18, 9],
    [21, 10],
  ])('v1.%d: a server that says when to ask again is asked %d times more, then its answer stands', (minor, times) => {
    const { kernel, tiny, heard, get } = setUp({}, undefined, minor)
    const details = { retryAfterSeconds: 1 }
    tiny.answer.refuse = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code: 429, details }
    get('a')
    kernel.runUntil(60_000)
    expect(tiny.requests).toHaveLength(1 + times)
    expect(heard).toEqual([`${times * 1000} 404`])
  })

  test('L6 an outage refuses with the text of Go and breaks what is under way', () => {
    const { kernel, link, heard, get, watch } = setUp({ verbs: { get: { kind: 'fixed', ms: 10 } } })
    watch()
    kernel.runUntil(0)
    get('a')
    kernel.runUntil(6)
    link.beginOutage()
    get('b')
    kernel.runUntil(100)
    expect(heard).toEqual([
      '0 opened',
      '6 closed unexpected EOF',
      '10 Get "https://10.96.0.1:443/api/v1/namespaces/default/secrets/a": EOF',
      '11 Get "https://10.96.0.1:443/api/v1/namespaces/default/secrets/b": dial tcp 10.96.0.1:443: connect: connection refused',
    ])
    link.endOutage()
    get('a')
    kernel.runUntil(200)
    expect(heard.at(-1)).toBe('110 404')
  })

  test('L6 a partition holds requests and events; they go on when it heals', () => {
    const { kernel, tiny, link, heard, get, watch } = setUp()
    watch()
    kernel.runUntil(0)
    link.partition()
    tiny.put(secret('a'))
    get('a')
    kernel.runUntil(20_000)
    expect(heard).toEqual(['0 opened'])
    link.heal()
    kernel.runUntil(20_000)
    expect(heard).toEqual(['0 opened', '20000 ADDED a', '20000 a'])
  })

  test('a request fails when a partition outlasts the dial', () => {
    const { kernel, link, heard, get } = setUp()
    link.partition()
    get('a')
    kernel.runUntil(60_000)
    expect(heard).toEqual([
      '30000 Get "https://10.96.0.1:443/api/v1/namespaces/default/secrets/a": dial tcp 10.96.0.1:443: i/o timeout',
    ])
  })

  test('a client with a time limit gives up on a slow answer', () => {
    const { kernel, link, heard, get } = setUp({}, 10_000)
    link.slowDown({ kind: 'fixed', ms: 15_000 })
    get('a')
    kernel.runUntil(60_000)
    expect(heard).toEqual([
      '10000 Get "https://10.96.0.1:443/api/v1/namespaces/default/secrets/a": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
    ])
  })

  test('a slow store holds up writes and reads by quorum, not what the cache may answer', () => {
    const { kernel, tiny, link, client, heard, get } = setUp()
    tiny.put(secret('a'))
    link.slowStore({ kind: 'fixed', ms: 4000 })
    const cached = { namespace: 'default', name: 'a', resourceVersion: '0' }
    answered(client.get(resources.secrets, cached), () => void heard.push(`${kernel.now()} cached`))
    answered(client.create(resources.secrets, secret('b')), () => void heard.push(`${kernel.now()} created`))
    get('a')
    kernel.runUntil(10_000)
    expect(heard).toEqual(['0 cached', '4000 created', '4000 a'])
  })

  test('who is denied is told 401, for new watches too; what is open goes on', () => {
    const { kernel, tiny, link, client, watch, heard } = setUp()
    watch()
    kernel.runUntil(0)
    link.deny()
    let code = 0
    answered(client.create(resources.secrets, secret('b')), (reply) => {
      if (!reply.ok && reply.error.kind === 'status') code = reply.error.status.code ?? 0
    })
    watch()
    kernel.runUntil(1000)
    expect(code).toBe(401)
    expect(tiny.object('b')).toBeUndefined()
    tiny.put(secret('a'))
    kernel.runUntil(2000)
    expect(heard).toEqual(['0 opened', '0 closed ', expect.stringMatching(/ (ADDED|MODIFIED) a$/)])
    link.admit()
    watch()
    kernel.runUntil(3000)
    expect(heard.at(-1)).toMatch(/ opened$/)
  })

  test('a lost answer leaves the write behind', () => {
    const { kernel, tiny, link, client } = setUp()
    let error = ''
    link.loseAnswers(1)
    answered(client.create(resources.secrets, secret('a')), (reply) => {
      if (!reply.ok && reply.error.kind === 'network') error = reply.error.message
    })
    kernel.runUntil(0)
    expect(error).toBe('Post "https://10.96.0.1:443/api/v1/namespaces/default/secrets": EOF')
    expect(tiny.object('a')).toBeDefined()
  })
})

describe('watches over a link', () => {
  test('events keep their order whatever latency each of them draws', () => {
    const { kernel, tiny, heard, watch } = setUp({ watchEvent: { kind: 'uniform', minMs: 0, maxMs: 500 } })
    watch()
    kernel.runUntil(0)
    for (let i = 0; i < 50; i++) {
      tiny.put(secret(`s${i}`))
      kernel.runUntil(kernel.now() + 3)
    }
    kernel.runUntil(5000)
    expect(heard.slice(1).map((line) => line.split(' ')[2])).toEqual(Array.from({ length: 50 }, (_, i) => `s${i}`))
  })

  test('a stalled watch stays open and delivers late; a dropped one ends and loses what is on its way', () => {
    const { kernel, tiny, link, heard, watch } = setUp()
    watch()
    kernel.runUntil(0)
    link.stallWatches()
    tiny.put(secret('a'))
    kernel.runUntil(50)
    expect([heard, link.openWatches]).toEqual([['0 opened'], 1])
    link.resumeWatches()
    kernel.runUntil(60)
    tiny.put(secret('b'))
    link.dropWatches()
    kernel.runUntil(70)
    expect([heard, link.openWatches, tiny.watchers]).toEqual([
      ['0 opened', '50 ADDED a', '60 closed unexpected EOF'],
      0,
      0,
    ])
  })
})
