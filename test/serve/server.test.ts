import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readAccess, writeKubeconfig } from '../../src/serve/kubeconfig.ts'
import { ask, http2, type Serving, serving, watch } from './serving.ts'

let server: Serving
beforeAll(async () => {
  server = await serving()
})
afterAll(() => server.close())

const configMaps = '/api/v1/namespaces/default/configmaps'
const configMap = (name: string, data = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })

describe('requests', () => {
  test('are those of the simulated API, over HTTP/1.1 and HTTP/2', async () => {
    const created = await ask(server, configMaps, { body: configMap('first', { a: '1' }) })
    expect(created.code).toBe(201)
    expect(server.served.sim.get('ConfigMap', 'first')?.data).toEqual({ a: '1' })
    const session = http2(server)
    const read = watch(server, session, `${configMaps}?watch=true&fieldSelector=metadata.name%3Dfirst`)
    const [event] = await read.until(1)
    expect(event).toMatchObject({ type: 'ADDED', object: { kind: 'ConfigMap', metadata: { name: 'first' } } })
    read.close()
    session.close()
  })

  test('each warning has a header line of its own', async () => {
    const { rawHeaders } = await ask(server, configMaps, { body: { ...configMap('warned'), one: 1, two: 2 } })
    const told = rawHeaders.filter((_, at) => rawHeaders[at - 1]?.toLowerCase() === 'warning')
    expect(told).toEqual(['299 - "unknown field \\"one\\""', '299 - "unknown field \\"two\\""'])
  })

  test('a body that is too long is refused while it is read', async () => {
    const answer = await ask(server, configMaps, { body: 'x'.repeat(3 * 1024 * 1024 + 1) })
    expect(answer.code).toBe(413)
    expect(answer.json()).toMatchObject({ reason: 'RequestEntityTooLarge' })
  })

  test('errors of the cluster are answered with 500 and told, and the server goes on', async () => {
    const broken = await serving()
    const { sim } = broken.served
    const request = sim.request
    Object.defineProperty(sim, 'request', {
      value: (asked: Parameters<typeof request>[0]) => {
        if (asked.path === '/version') throw new Error('a mistake')
        return request(asked)
      },
    })
    const answer = await ask(broken, '/version')
    expect(answer.json()).toMatchObject({ code: 500, reason: 'InternalError' })
    expect(broken.complaints).toEqual(['GET /version: Error: a mistake'])
    expect((await ask(broken, '/healthz')).text).toBe('ok')
    await broken.close()
  })
})

describe('who asks', () => {
  test('the token of the kubeconfig is the administrator', async () => {
    const review = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
    const answer = await ask(server, '/apis/authentication.k8s.io/v1/selfsubjectreviews', { body: review })
    expect(answer.json()).toMatchObject({
      status: { userInfo: { username: 'admin', groups: ['system:masters', 'system:authenticated'] } },
    })
  })

  test('an unknown token is unauthorized; without credentials one is anonymous, and RBAC decides', async () => {
    expect((await ask(server, configMaps, { token: 'guessed' })).code).toBe(401)
    const anonymous = await ask(server, configMaps, { token: null })
    expect(anonymous.code).toBe(403)
    expect(anonymous.json().message).toContain('User "system:anonymous" cannot list resource "configmaps"')
    expect((await ask(server, '/version', { token: null })).code).toBe(200)
  })

  test('a token of a ServiceAccount stands for it', async () => {
    const accountToken = await ask(server, '/api/v1/namespaces/default/serviceaccounts/default/token', {
      body: { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { audiences: null } },
    })
    const { token } = accountToken.json().status as { readonly token: string } // a TokenRequest that was answered
    const answer = await ask(server, configMaps, { token })
    expect(answer.json().message).toContain('User "system:serviceaccount:default:default" cannot list')
  })
})

describe('strangers', () => {
  test('a page that was led here by another name is refused, over both versions of HTTP', async () => {
    const answer = await ask(server, configMaps, { headers: { host: 'evil.example' } })
    expect(answer.code).toBe(403)
    expect(answer.headers['access-control-allow-origin']).toBeUndefined()
    const session = http2(server)
    const stream = session.request({ ':path': configMaps, ':authority': 'evil.example' })
    const code = await new Promise((resolve) => stream.on('response', (headers) => resolve(headers[':status'])))
    expect(code).toBe(403)
    session.close()
  })

  test('what is no TLS, or no HTTP, ends its own connection', async () => {
    const port = Number(new URL(server.url).port)
    const plain = connectPlain(port, '127.0.0.1', () => plain.write('GET / HTTP/1.1\r\n\r\n'))
    const secure = connectTls({ port, host: '127.0.0.1', ca: server.ca, ALPNProtocols: ['h2'] }, () =>
      secure.write('nonsense that is no preface of HTTP/2\r\n\r\n'),
    )
    const ended = (socket: typeof plain) =>
      new Promise((resolve) => {
        socket.on('error', () => {})
        socket.on('close', resolve)
        socket.resume()
      })
    await Promise.all([ended(plain), ended(secure)])
    expect((await ask(server, '/healthz')).text).toBe('ok')
  })
})

describe('watches', () => {
  test('events are pushed as they happen; a server that stops ends them cleanly', async () => {
    const own = await serving()
    const session = http2(own)
    const read = watch(own, session, `${configMaps}?watch=true`)
    await read.until(1)
    own.served.sim.apply(configMap('pushed'))
    const events = await read.until(2)
    expect(events.map(({ type, object }) => `${type} ${object.metadata.name}`)).toEqual([
      'ADDED kube-root-ca.crt',
      'ADDED pushed',
    ])
    expect(own.openStreams).toBe(1)
    const closed = own.close()
    expect(await read.ended).toBe('cleanly')
    await closed
  })

  test('timeoutSeconds is time of the wall: virtual hours end no watch', async () => {
    const session = http2(server)
    const read = watch(server, session, `${configMaps}?watch=true&timeoutSeconds=5&fieldSelector=metadata.name%3Dlate`)
    await ask(server, '/healthz')
    server.clock.advance(3 * 3_600_000)
    server.served.sim.apply(configMap('late'))
    expect(await read.until(1)).toHaveLength(1)
    session.destroy()
  })

  test('who goes away is not told any more', async () => {
    const session = http2(server)
    const read = watch(server, session, `${configMaps}?watch=true&resourceVersion=0`)
    await read.until(1)
    const before = server.openStreams
    session.destroy()
    await read.ended
    await ask(server, '/healthz')
    expect(server.openStreams).toBe(before - 1)
  })
})

describe('the kubeconfig', () => {
  test('is a file of its own that only its owner reads, and goes with the server', () => {
    const written = writeKubeconfig(server, undefined)
    expect(statSync(written.path).mode & 0o777).toBe(0o600)
    expect(readAccess(readFileSync(written.path, 'utf8'))).toEqual({
      url: server.url,
      ca: server.ca,
      token: server.token,
    })
    written.remove()
    expect(existsSync(written.path)).toBe(false)
  })

  test('where a place is asked for, a file with wider rights is replaced, not written into', () => {
    const folder = mkdtempSync(join(tmpdir(), 'podsim-test-'))
    const path = join(folder, 'config')
    writeFileSync(path, 'old', { mode: 0o644 })
    writeKubeconfig(server, path)
    expect(statSync(path).mode & 0o777).toBe(0o600)
    rmSync(folder, { recursive: true })
  })
})

test('the settling clock runs after each change until nothing is under way', async () => {
  const settling = await serving({}, { clock: 'settle' })
  const pod = { containers: [{ name: 'c', image: 'nginx' }] }
  await ask(settling, '/api/v1/namespaces/default/pods', {
    body: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: pod },
  })
  const read = await ask(settling, '/api/v1/namespaces/default/pods/p')
  expect(read.json()).toMatchObject({ status: { phase: 'Running' } })
  await settling.close()
})

test('the wall clock catches up before a request is answered', async () => {
  const fast = await serving({}, { clock: 'wall', speed: 1000 })
  const before = fast.served.sim.now()
  await ask(fast, '/healthz')
  expect(fast.served.sim.now()).toBeGreaterThan(before)
  await fast.close()
})
