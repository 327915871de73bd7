import { randomBytes } from 'node:crypto'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, http2, type Serving, serving, watch } from './serving.ts'

/** Clients that mean no good: whatever they send, others are answered as before. */

let server: Serving
beforeAll(async () => {
  server = await serving({ nodes: 0 })
})
afterAll(() => server.close())

const configMaps = '/api/v1/namespaces/default/configmaps'

function connected(protocols: readonly string[] = ['http/1.1']): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(server.url).port)
    const socket = connectTls({ port, host: '127.0.0.1', ca: server.ca, ALPNProtocols: [...protocols] }, () =>
      resolve(socket),
    )
    socket.once('error', reject)
    socket.on('error', () => {})
  })
}

const closed = (socket: TLSSocket) =>
  new Promise<string>((resolve) => {
    let text = ''
    socket.on('data', (part: Buffer) => {
      text += part.toString('latin1')
    })
    socket.on('close', () => resolve(text))
  })

async function othersAreServed(): Promise<void> {
  expect((await ask(server, '/healthz')).text).toBe('ok')
  expect(server.complaints).toEqual([])
}

test('a body without an end is refused at its limit, and its connection ends', async () => {
  const socket = await connected()
  const ended = closed(socket)
  socket.write(
    `POST ${configMaps} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  )
  const part = Buffer.alloc(256 * 1024, 'x')
  const send = (): void => {
    if (socket.destroyed || socket.writableEnded) return
    socket.write(`${part.length.toString(16)}\r\n`)
    socket.write(part)
    socket.write('\r\n', send)
  }
  send()
  expect(await ended).toContain('413')
  await othersAreServed()
})

test('heads that never end keep nobody else from being served', async () => {
  const slow = await Promise.all(Array.from({ length: 50 }, () => connected()))
  for (const socket of slow) socket.write('GET /api HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  await othersAreServed()
  for (const socket of slow) socket.destroy()
})

test('noise in place of a protocol ends its own connection', async () => {
  const upgrades = ['exec', 'portforward', 'attach'].flatMap((part) =>
    ['SPDY/3.1', 'websocket', 'h2c', ''].map((protocol) => ({ part, protocol })),
  )
  for (const { part, protocol } of upgrades) {
    const socket = await connected()
    const ended = closed(socket)
    socket.write(
      `POST /api/v1/namespaces/default/pods/none/${part} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\n` +
        `Connection: Upgrade\r\nUpgrade: ${protocol}\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\nContent-Length: 0\r\n\r\n`,
    )
    socket.write(randomBytes(2000))
    socket.end()
    await ended
  }
  const h2 = await connected(['h2'])
  const ended = closed(h2)
  h2.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  h2.write(randomBytes(4000))
  await ended
  await othersAreServed()
})

test('hundreds of watches over one connection all hear of an event, and cost nothing when they have gone', async () => {
  const session = http2(server)
  const path = `${configMaps}?watch=true&fieldSelector=metadata.name%3Dcrowd`
  const watches = Array.from({ length: 300 }, () => watch(server, session, path))
  await ask(server, configMaps, { body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'crowd' } } })
  const heard = await Promise.all(watches.map((each) => each.until(1)))
  expect(heard.every(([event]) => event?.type === 'ADDED')).toBe(true)
  session.destroy()
  await Promise.all(watches.map((each) => each.ended))
  await othersAreServed()
  expect(server.openStreams).toBe(0)
})
