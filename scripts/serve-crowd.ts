import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { type ClientHttp2Session, connect } from 'node:http2'
import { type RequestOptions, request } from 'node:https'
import { createInterface } from 'node:readline'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { type Access, readAccess } from '../src/serve/kubeconfig.ts'

/**
 * A crowd of watches, and clients that mean no good, against `podsim serve` in a process of its own, whose memory is looked at from outside.
 * Use: npx tsx scripts/serve-crowd.ts (after a build). Ends with 1 if something does not hold.
 */

const configMaps = '/api/v1/namespaces/default/configmaps'
const watched = `${configMaps}?watch=true&fieldSelector=metadata.name%3Dwatched`
const counts = { watches: 10_000, events: 5, streams: 20_000, connections: 300 } as const
/** Most that the server may grow by, in MB. */
const growthMax = 200
/** Longest answer to others in the meantime, in ms. */
const patienceMs = 10_000

interface Server extends Access {
  /** Resident memory in MB. */
  memory(): number
  readonly hasEnded: () => boolean
  end(): Promise<number>
}

async function start(): Promise<Server> {
  const child = spawn(process.execPath, ['bin/podsim.js', 'serve', '--clock', 'manual'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let ended: number | undefined
  const end = new Promise<number>((resolve) =>
    child.on('close', (code) => {
      ended = code ?? -1
      resolve(ended)
    }),
  )
  const path = await new Promise<string>((resolve) =>
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /export KUBECONFIG=(\S+)/.exec(line)?.[1]
      if (found !== undefined) resolve(found)
    }),
  )
  const access = readAccess(readFileSync(path, 'utf8'))
  if (access === undefined) throw new Error(`${path} is no kubeconfig of podsim`)
  return {
    ...access,
    memory: () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024,
    hasEnded: () => ended !== undefined,
    end() {
      child.kill('SIGTERM')
      return end
    },
  }
}

let failures = 0

function tell(what: string, holds: boolean, found: string): void {
  if (!holds) failures++
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${what}: ${found}\n`)
}

function ask(
  { url, ca, token }: Access,
  path: string,
  body?: object,
  method = body === undefined ? 'GET' : 'POST',
): Promise<string> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      ...{ method, ca, agent: false, servername: 'localhost', timeout: patienceMs },
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
      },
    }
    const sent = request(`${url}${path}`, options, (response) => {
      let text = ''
      response.on('data', (part: Buffer) => {
        text += part.toString()
      })
      response.on('end', () => resolve(text))
    })
    sent.on('timeout', () => sent.destroy(new Error(`no answer to ${path} in ${patienceMs} ms`)))
    sent.on('error', reject)
    sent.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

async function othersAreServed(server: Server, after: string): Promise<void> {
  const answer = await ask(server, '/healthz').catch(String)
  tell(`others are served ${after}`, answer === 'ok' && !server.hasEnded(), answer)
}

async function openStreams(server: Server): Promise<number> {
  return Number(JSON.parse(await ask(server, '/podsim/v1/state')).openStreams)
}

async function until(holds: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  for (const endsAt = Date.now() + withinMs; Date.now() < endsAt; ) {
    if (await holds()) return true
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return holds()
}

function session({ url, ca }: Access): ClientHttp2Session {
  const opened = connect(url, { ca, maxSessionMemory: 1024 })
  opened.on('error', () => {})
  return opened
}

async function crowd(server: Server): Promise<void> {
  await ask(server, configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'watched' } })
  const before = server.memory()
  const opened = session(server)
  let seen = 0
  for (let i = 0; i < counts.watches; i++) {
    const stream = opened.request({ ':path': watched, authorization: `Bearer ${server.token}` })
    stream.on('data', (part: Buffer) => {
      for (const byte of part) if (byte === 10) seen++
    })
    stream.on('error', () => {})
  }
  // Each begins with the object as it is.
  await until(() => seen === counts.watches, 120_000)
  seen = 0
  for (let i = 0; i < counts.events; i++)
    await ask(server, `${configMaps}/watched`, { data: { i: String(i) } }, 'PATCH')
  const wanted = counts.watches * counts.events
  await until(() => seen >= wanted, 120_000)
  tell(
    `${counts.watches} watches over one connection hear of ${counts.events} changes`,
    seen === wanted,
    `${seen} events`,
  )
  const growth = server.memory() - before
  tell(`the server has grown by less than ${growthMax} MB`, growth < growthMax, `${growth.toFixed(0)} MB`)
  opened.destroy()
  const areGone = await until(async () => (await openStreams(server)) === 0, 30_000)
  tell('all watches go with their connection', areGone, `${await openStreams(server)} left`)
}

function raw({ url, ca }: Access, protocol: 'h2' | 'http/1.1'): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const port = Number(new URL(url).port)
    const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: [protocol] }, () => resolve(socket))
    socket.once('error', reject)
    socket.on('error', () => {})
    socket.resume()
  })
}

function frame(type: number, flags: number, stream: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9)
  head.writeUIntBE(payload.length, 0, 3)
  head.writeUInt8(type, 3)
  head.writeUInt8(flags, 4)
  head.writeUInt32BE(stream, 5)
  return Buffer.concat([head, payload])
}

/** A field of a head that is written out, with an index of HPACK's static table for its name. */
function field(name: number, value: string): Buffer {
  const length = value.length < 127 ? [value.length] : [127, value.length - 127]
  return Buffer.concat([Buffer.from([...(name < 15 ? [name] : [15, name - 15]), ...length]), Buffer.from(value)])
}

/** HTTP/2 by hand, which heeds no limits: watches in masses, each begun and some taken back at once. */
async function floods(server: Server): Promise<void> {
  const { host } = new URL(server.url)
  // :method GET, :scheme https, :path, :authority, authorization.
  const head = Buffer.concat([
    Buffer.from([0x82, 0x87]),
    field(4, watched),
    field(1, host),
    field(23, `Bearer ${server.token}`),
  ])
  for (const takesBack of [false, true]) {
    const before = server.memory()
    const socket = await raw(server, 'h2')
    const ended = new Promise((resolve) => socket.on('close', resolve))
    socket.write(Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0, Buffer.alloc(0))]))
    for (let i = 0; i < counts.streams && !socket.destroyed; i++) {
      const id = 2 * i + 1
      socket.write(frame(1, 5, id, head))
      if (takesBack) socket.write(frame(3, 0, id, Buffer.from([0, 0, 0, 8])))
      if (i % 500 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    const what = `${counts.streams} streams${takesBack ? ' that are taken back at once' : ''}`
    await othersAreServed(server, `during ${what}`)
    const growth = server.memory() - before
    tell(`${what} cost less than ${growthMax} MB`, growth < growthMax, `${growth.toFixed(0)} MB`)
    socket.destroy()
    await ended
    // What is stuck is seen at the second look.
    const areGone = await until(async () => (await openStreams(server)) === 0, 60_000)
    tell('and are gone with their connection', areGone, `${await openStreams(server)} left`)
  }
}

async function loris(server: Server): Promise<void> {
  const before = server.memory()
  const sockets = await Promise.all(Array.from({ length: counts.connections }, () => raw(server, 'http/1.1')))
  let closed = 0
  for (const socket of sockets) {
    socket.on('close', () => closed++)
    socket.write('GET /api HTTP/1.1\r\nHost: localhost\r\nX-Slow: ')
  }
  const drip = setInterval(() => {
    for (const socket of sockets) if (!socket.destroyed) socket.write('x')
  }, 500)
  await othersAreServed(server, `beside ${counts.connections} heads that never end`)
  await until(() => closed === counts.connections, 30_000)
  clearInterval(drip)
  tell('heads that never end are not waited for', closed === counts.connections, `${closed} closed`)
  const growth = server.memory() - before
  tell(`they cost less than ${growthMax} MB`, growth < growthMax, `${growth.toFixed(0)} MB`)
}

async function endlessBodies(server: Server): Promise<void> {
  const before = server.memory()
  const head = `POST ${configMaps} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\nTransfer-Encoding: chunked\r\n\r\n`
  const part = Buffer.alloc(64 * 1024, 'x')
  const sockets = await Promise.all(Array.from({ length: 60 }, () => raw(server, 'http/1.1')))
  let most = 0
  for (const socket of sockets) {
    socket.write(head)
    const send = (): void => {
      if (socket.destroyed || socket.writableEnded) return
      socket.write(Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]), () =>
        setImmediate(send),
      )
    }
    send()
  }
  const isOver = await until(() => {
    most = Math.max(most, server.memory())
    return sockets.every((socket) => socket.destroyed || socket.writableEnded || socket.readableEnded)
  }, 60_000)
  tell('bodies that never end are refused', isOver, '')
  tell(`they cost less than ${growthMax} MB`, most - before < growthMax, `${(most - before).toFixed(0)} MB`)
  for (const socket of sockets) socket.destroy()
  await othersAreServed(server, 'after bodies that never end')
}

async function noise(server: Server): Promise<void> {
  const spec = { containers: [{ name: 'c', image: 'nginx' }] }
  await ask(server, '/api/v1/namespaces/default/pods', { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec })
  await ask(server, '/podsim/v1/clock', { advance: '1m' })
  const before = server.memory()
  for (let i = 0; i < 200; i++) {
    const isUpgrade = i % 2 === 0
    const socket = await raw(server, isUpgrade ? 'http/1.1' : 'h2')
    const ended = new Promise((resolve) => socket.on('close', resolve))
    if (isUpgrade)
      socket.write(
        `GET /api/v1/namespaces/default/pods/p/${i % 4 === 0 ? 'exec' : 'portforward'}?command=sh HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${server.token}\r\nConnection: Upgrade\r\nUpgrade: ${i % 8 < 4 ? 'SPDY/3.1' : 'websocket'}\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: v5.channel.k8s.io\r\nX-Stream-Protocol-Version: v4.channel.k8s.io\r\n\r\n`,
      )
    else socket.write('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
    socket.write(randomBytes(4000))
    socket.end()
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))])
    socket.destroy()
  }
  await othersAreServed(server, 'after frames and upgrades of noise')
  const growth = server.memory() - before
  tell(`they cost less than ${growthMax} MB`, growth < growthMax, `${growth.toFixed(0)} MB`)
}

const server = await start()
for (const part of [crowd, floods, endlessBodies, noise, loris]) await part(server)
const code = await server.end()
tell('SIGTERM ends the server', code === 143, `exit code ${code}`)
process.exit(failures === 0 ? 0 : 1)
