import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { ask, type Serving } from './serving.ts'
import { speaker, webCluster } from './web-cluster.ts'

let server: Serving
beforeAll(async () => {
  server = await webCluster()
})
afterAll(() => server.close())

/** Messages of a WebSocket by channel, until it closes. */
async function channelsOf(path: string, protocol: string, send: (socket: WebSocket) => void = () => {}) {
  const socket = new WebSocket(`${server.url.replace('https', 'wss')}${path}`, protocol, {
    ca: server.ca,
    headers: { authorization: `Bearer ${server.token}` },
  })
  const channels: Record<number, string> = {}
  socket.on('open', () => send(socket))
  socket.on('message', (data: Buffer) => {
    const channel = data.readUInt8(0)
    channels[channel] = (channels[channel] ?? '') + data.toString('utf8', 1)
  })
  return new Promise<typeof channels>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => resolve(channels))
  })
}

const exec = (query: string) => `/api/v1/namespaces/default/pods/web/exec?stdout=True&stderr=1&${query}`
const words = (...argv: string[]) => argv.map((word) => `command=${encodeURIComponent(word)}`).join('&')

describe('a command in a container, over a WebSocket', () => {
  test('output, errors and the exit code have channels of their own', async () => {
    const channels = await channelsOf(exec(words('sh', '-c', 'echo out; echo err >&2; exit 5')), 'v4.channel.k8s.io')
    expect(channels[1]).toBe('out\n')
    expect(channels[2]).toBe('err\n')
    expect(JSON.parse(channels[3] ?? '')).toMatchObject({
      reason: 'NonZeroExitCode',
      details: { causes: [{ reason: 'ExitCode', message: '5' }] },
    })
  })

  test('input that stays open is not read to its end first; a stream is closed by version 5', async () => {
    const open = await channelsOf(exec(`stdin=true&${words('echo', 'at once')}`), 'v5.channel.k8s.io')
    expect(open[1]).toBe('at once\n')
    const fed = await channelsOf(exec(`stdin=true&${words('cat')}`), 'v5.channel.k8s.io', (socket) => {
      socket.send(Buffer.from('\0typed'))
      socket.send(Buffer.from([255, 0]))
    })
    expect(fed[1]).toBe('typed')
    expect(JSON.parse(fed[3] ?? '')).toEqual({ metadata: {}, status: 'Success' })
  })

  test('a shell on a terminal prompts, echoes, goes on after ctrl-C, and ends by exit', async () => {
    const channels = await channelsOf(exec(`stdin=true&tty=true&${words('sh')}`), 'v4.channel.k8s.io', (socket) => {
      for (const line of [
        'X=7\r',
        'echo $((X*6))x\x7f\r',
        'sleep 1000\r',
        '\x03',
        'if true\r',
        'then echo yes; fi\r',
        'exit 3\r',
      ])
        socket.send(Buffer.from(`\0${line}`))
    })
    expect(channels[1]).toBe(
      '/ # X=7\r\n/ # echo $((X*6))x\b \b\r\n42\r\n/ # sleep 1000\r\n^C\r\n/ # if true\r\n> then echo yes; fi\r\nyes\r\n/ # exit 3\r\n',
    )
    expect(channels[3]).toContain('"message":"3"')
  })

  test('who may not, does not; a container that is not there is told', async () => {
    const account = 'system:serviceaccount:default:default'
    const refused = await ask(server, exec(words('ls')), {
      method: 'POST',
      headers: { 'impersonate-user': account, connection: 'upgrade', upgrade: 'SPDY/3.1' },
    })
    expect(refused.code).toBe(403)
    expect(refused.json().message).toContain('cannot create resource "pods/exec"')
    await expect(channelsOf(exec(`container=none&${words('ls')}`), 'v4.channel.k8s.io')).rejects.toThrow('400')
  })
})

describe('logs', () => {
  test('a followed log is pushed line by line and ends with its container', async () => {
    server.served.sim.apply(speaker('speaks'))
    server.served.sim.runUntil(() => server.served.sim.get('Pod', 'speaks')?.status?.phase === 'Running', {
      within: '1m',
    })
    const answer = await ask(server, '/api/v1/namespaces/default/pods/speaks/log?follow=true')
    expect(answer.text).toBe('line 1\nline 2\nline 3\n')
    expect(answer.headers['content-type']).toBe('text/plain')
    const tail = await ask(server, '/api/v1/namespaces/default/pods/speaks/log?tailLines=1&timestamps=true')
    expect(tail.text).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z line 3\n$/)
  })

  test('what is asked wrongly is refused as by a kubelet', async () => {
    const path = '/api/v1/namespaces/default/pods'
    expect((await ask(server, `${path}/none/log`)).json()).toMatchObject({ code: 404 })
    expect((await ask(server, `${path}/web/log?container=x`)).json()).toMatchObject({
      code: 400,
      message: 'container x is not valid for pod web',
    })
    expect((await ask(server, `${path}/web/log?tailLines=-1`)).json()).toMatchObject({ code: 422 })
  })
})

describe('the first process of a container', () => {
  const attach = (pod: string, query: string) => `/api/v1/namespaces/default/pods/${pod}/attach?${query}`
  const running = (name: string, container: object) => {
    const { sim } = server.served
    const spec = { restartPolicy: 'Never', containers: [{ name: 'c', image: 'busybox', ...container }] }
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec })
    sim.runUntil(() => Object(sim.get('Pod', name)?.status).phase === 'Running', { within: '1m' })
  }
  const phase = (name: string) => Object(server.served.sim.get('Pod', name)?.status).phase

  test('a shell on a terminal waits for somebody who types, and ends with what they say', async () => {
    running('shell', { command: ['sh'], stdin: true, stdinOnce: true, tty: true })
    server.served.sim.runFor('1m')
    expect(phase('shell')).toBe('Running')
    const channels = await channelsOf(
      attach('shell', 'stdin=true&stdout=true&tty=true'),
      'v4.channel.k8s.io',
      (socket) => {
        for (const line of ['echo $((6*7))\r', 'exit 3\r']) socket.send(Buffer.from(`\0${line}`))
      },
    )
    expect(channels[1]).toBe('echo $((6*7))\r\n42\r\n/ # exit 3\r\n')
    expect(JSON.parse(channels[3] ?? '')).toEqual({ metadata: {}, status: 'Success' })
    server.served.sim.settle()
    expect([phase('shell'), server.served.sim.logs({ pod: 'shell', container: 'c' })]).toEqual([
      'Failed',
      '/ # echo $((6*7))\r\n42\r\n/ # exit 3\r\n',
    ])
  })

  test('what is sent is its input, which ends with the first visitor where the container says so', async () => {
    running('reads', { command: ['sh', '-c', 'cat; echo end'], stdin: true, stdinOnce: true })
    const channels = await channelsOf(attach('reads', 'stdin=true&stdout=true'), 'v5.channel.k8s.io', (socket) => {
      socket.send(Buffer.from('\0sent\n'))
      socket.send(Buffer.from([255, 0]))
    })
    expect(channels[1]).toBe('sent\nend\n')
    server.served.sim.settle()
    expect(phase('reads')).toBe('Succeeded')
  })

  test('a container without input ends at once, as before', () => {
    running('blind', { command: ['sh'] })
    server.served.sim.settle()
    expect(phase('blind')).toBe('Succeeded')
  })
})

describe('requests that are passed on to a program', () => {
  const core = '/api/v1/namespaces/default'

  test('of a Pod: its port is named, or the first that it declares', async () => {
    for (const name of ['web', 'web:80', 'http:web:80']) {
      const answer = await ask(server, `${core}/pods/${name}/proxy/index.html?x=1`)
      expect([answer.code, answer.text.match(/<title>(.*)<\/title>/)?.[1]]).toEqual([200, 'Welcome to nginx!'])
      expect((await ask(server, `${core}/pods/${name}/proxy/some/page?x=1`)).code).toBe(404)
    }
    expect((await ask(server, `${core}/pods/web/proxy?x=1`)).headers.location).toBe(`${core}/pods/web/proxy/?x=1`)
  })

  test('of a Service: the first Pod that its endpoints name', async () => {
    const spec = { selector: { app: 'web' }, ports: [{ name: 'http', port: 8080, targetPort: 80 }] }
    server.served.sim.apply({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web' }, spec })
    server.served.sim.settle()
    for (const name of ['web:8080', 'web:http'])
      expect((await ask(server, `${core}/services/${name}/proxy/`)).text).toContain('<title>Welcome to nginx!</title>')
    const message = async (path: string) => (await ask(server, path)).json()
    expect(await message(`${core}/services/web:81/proxy/`)).toMatchObject({
      code: 503,
      message: 'no service port 81 found for service "web"',
    })
    expect(await message(`${core}/services/web:other/proxy/`)).toMatchObject({
      code: 503,
      message: 'no endpoints available for service "web:other"',
    })
  })

  test('nobody listens, nobody is there, nobody may', async () => {
    server.served.sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'quiet' },
      spec: { containers: [{ name: 'c', image: 'busybox', command: ['sleep', '1000000'] }] },
    })
    server.served.sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'nowhere' },
      spec: { schedulerName: 'nobody', containers: [{ name: 'c', image: 'busybox' }] },
    })
    expect((await ask(server, `${core}/pods/nowhere:81/proxy/`)).json().message).toBe('address not allowed')
    server.served.sim.settle()
    const refused = await ask(server, `${core}/pods/quiet:81/proxy/`)
    expect(refused.json()).toMatchObject({
      code: 503,
      reason: 'ServiceUnavailable',
      message: expect.stringMatching(
        /^error trying to reach service: dial tcp [\d.]+:81: connect: connection refused$/,
      ),
    })
    expect((await ask(server, `${core}/pods/none/proxy/`)).code).toBe(404)
    expect((await ask(server, `${core}/pods/a:b:c:d/proxy/`)).json().message).toBe('invalid pod request "a:b:c:d"')
    const forbidden = await ask(server, `${core}/pods/web/proxy/`, { headers: { 'impersonate-user': 'jane' } })
    expect(forbidden.json().message).toContain('User "jane" cannot get resource "pods/proxy"')
  })
})

test('nothing went wrong in the server', () => {
  expect(server.complaints).toEqual([])
})
