import { type ClientHttp2Session, connect, createSecureServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { type RunningServer, startServer } from '../src/serve/server.ts'
import { makeIdentity } from '../src/serve/tls/certificates.ts'
import { createServedSim } from '../src/sim/served-sim.ts'

/**
 * `npx tsx bench/serve.ts`: what requests to a served cluster cost beside a bare server of node:http2 that answers with the same bytes.
 * Client and server share one process and one connection: times are those of both.
 */
const configMaps = '/api/v1/namespaces/default/configmaps'

function tell(what: string, value: number, unit: string): void {
  process.stdout.write(
    `${what.padEnd(52)} ${value.toLocaleString('en-US', { maximumFractionDigits: 1 }).padStart(12)} ${unit}\n`,
  )
}

function answer(session: ClientHttp2Session, token: string, path: string, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const stream = session.request({
      ':path': path,
      ':method': body === undefined ? 'GET' : 'POST',
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
    })
    let text = ''
    stream.on('data', (part: Buffer) => {
      text += part.toString()
    })
    stream.on('end', () => resolve(text))
    stream.on('error', reject)
    stream.end(body)
  })
}

/** Requests a second, sixteen at a time. */
async function rate(count: number, ask: (i: number) => Promise<unknown>): Promise<number> {
  const beganAt = performance.now()
  let next = 0
  const worker = async (): Promise<void> => {
    while (next < count) await ask(next++)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
  return count / ((performance.now() - beganAt) / 1000)
}

async function floor(body: string): Promise<{ readonly session: ClientHttp2Session; close(): void }> {
  const identity = makeIdentity(Date.now(), ['127.0.0.1'], ['localhost'])
  const server = createSecureServer(
    { cert: identity.certificate, key: identity.key, maxSessionMemory: 1024 },
    (_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(body)
    },
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // it listens on a port
  const session = connect(`https://127.0.0.1:${port}`, { ca: identity.ca, maxSessionMemory: 1024 })
  return {
    session,
    close() {
      session.destroy()
      server.close()
    },
  }
}

async function requests(server: RunningServer, session: ClientHttp2Session): Promise<void> {
  const map = (i: number) =>
    JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `m-${i}` }, data: { a: 'x'.repeat(100) } })
  tell('create a ConfigMap', await rate(2000, (i) => answer(session, server.token, configMaps, map(i))), 'requests/s')
  const one = await answer(session, server.token, `${configMaps}/m-1`)
  const all = await answer(session, server.token, configMaps)
  for (const [what, path, body, count] of [
    ['GET of one', `${configMaps}/m-1`, one, 3000],
    ['list of 2,000', configMaps, all, 60],
  ] as const) {
    const bare = await floor(body)
    const least = await rate(count, () => answer(bare.session, '', path))
    bare.close()
    const served = await rate(count, () => answer(session, server.token, path))
    tell(what, served, 'requests/s')
    tell(`${what}: a bare server`, least, 'requests/s')
  }
}

async function watchers(
  server: RunningServer,
  sim: { apply(manifest: object): void },
  count: number,
  events: number,
): Promise<void> {
  const session = connect(server.url, { ca: server.ca, maxSessionMemory: 1024 })
  let opened = 0
  let seen = 0
  let [allOpen, allSeen] = [(): void => {}, (): void => {}]
  const open = new Promise<void>((resolve) => {
    allOpen = resolve
  })
  const told = new Promise<void>((resolve) => {
    allSeen = resolve
  })
  for (let i = 0; i < count; i++) {
    const path = `${configMaps}?watch=true&fieldSelector=metadata.name%3Dwatched-${count}`
    const stream = session.request({ ':path': path, authorization: `Bearer ${server.token}` })
    stream.on('response', () => {
      if (++opened === count) allOpen()
    })
    stream.on('data', (part: Buffer) => {
      for (const byte of part) if (byte === 10 && ++seen === count * events) allSeen()
    })
    stream.on('error', () => {})
  }
  await open
  const before = process.memoryUsage().rss
  const beganAt = performance.now()
  const cpu = process.cpuUsage()
  for (let i = 0; i < events; i++)
    sim.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `watched-${count}` }, data: { i: String(i) } })
  await told
  const { user, system } = process.cpuUsage(cpu)
  const ms = performance.now() - beganAt
  tell(`${count.toLocaleString('en-US')} watchers of one object`, (count * events) / (ms / 1000), 'events/s')
  tell('the same: processor time an event and watcher', (user + system) / (count * events), 'us')
  tell('the same: growth', (process.memoryUsage().rss - before) / 1e6, 'MB')
  session.destroy()
}

const served = createServedSim({ version: 'v1.36', nodes: 1, seed: 'bench' })
const server = await startServer(served, {
  port: 0,
  clock: 'manual',
  speed: 1,
  complain: (what, error) => process.stderr.write(`${what}: ${String(error)}\n`),
})
const session = connect(server.url, { ca: server.ca, maxSessionMemory: 1024 })
await requests(server, session)
for (const [count, events] of [
  [1, 2000],
  [500, 100],
  [10_000, 5],
] as const)
  await watchers(server, served.sim, count, events)
session.destroy()
await server.close()
