import { describe, expect, test } from 'vitest'
import { etcdSecretValue } from '../../src/apiserver/etcd-value.ts'
import { defaultControllerOptions } from '../../src/controllers/options.ts'
import { createSim, type Sim } from '../../src/index.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { profileOf } from '../../src/scheduler/profiles.ts'
import { nodeNameReason, unschedulableTimeoutMs } from '../../src/scheduler/version-facts.ts'
import { factAt } from '../../src/versions/version.ts'
import { type Body, newApi, pod, pods } from '../apiserver/registry/api.ts'

/** Each test bears the name of its row in facts/apiserver.md section 12: v1.18, v1.26, v1.36. */
const minors = [18, 26, 36] as const
const versions = ['v1.18', 'v1.26', 'v1.36'] as const
const secrets = '/api/v1/namespaces/default/secrets'

/** The row's value in each version: one for v1.18, then one for both, or one for v1.26 and one for v1.36. */
function row<T>(old: T, later: T, latest: T = later): readonly (readonly [minor: number, expected: T])[] {
  return [old, later, latest].map((value, at) => [minors[at] ?? 0, value] as const)
}

function secret(name: string, more: object = {}): object {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name }, ...more }
}

function messageOf(minor: number, body: object, path = secrets): string {
  return newApi(minor).post(path, body).message
}

function requestOf(sim: Sim, user: string, path: string): { readonly code: number; readonly body: Body } {
  const groups = user.startsWith('system:node:') ? ['system:nodes'] : []
  const answer = sim.request({ user, groups, method: 'GET', path })
  return { code: answer.code, body: 'body' in answer ? JSON.parse(answer.body) : undefined }
}

/** Message of the first FailedScheduling event of a Pod with this spec; its node is tainted. */
function failedScheduling(minor: number, spec: object, taints: readonly object[] = []): string {
  const version = versions[minors.indexOf(minor as 18)] ?? 'v1.18'
  const sim = createSim({ journal: 'off', version, nodes: [{ name: 'node-1', taints: taints as never }] })
  sim.apply(pod('p', { containers: [{ name: 'c', image: 'redis' }], ...spec }))
  sim.runFor('1s')
  return sim.events({ reason: 'FailedScheduling' })[0]?.message ?? ''
}

describe('facts/apiserver.md 12: messages of the API server', () => {
  test.each(row('a DNS-1123 subdomain must', 'a lowercase RFC 1123 subdomain must'))(
    'name error words: 1.%d',
    (minor, words) => expect(messageOf(minor, secret('A_b'))).toContain(`Invalid value: "A_b": ${words}`),
  )

  test('servers of several versions in one process keep their words apart', () => {
    const [old, next] = [newApi(18), newApi(26)]
    expect(old.post(secrets, secret('A_b')).message).toContain('a DNS-1123 subdomain')
    expect(next.post(secrets, secret('A_b')).message).toContain('a lowercase RFC 1123 subdomain')
    expect(old.post(secrets, secret('B_c')).message).toContain('a DNS-1123 subdomain')
  })

  test.each(
    row('must have at most 1048576 bytes', 'must have at most 1048576 bytes', 'may not be more than 1048576 bytes'),
  )('too long: 1.%d', (minor, words) => {
    const body = secret('big', { stringData: { k: 'x'.repeat(1_048_577) } })
    expect(messageOf(minor, body)).toBe(`Secret "big" is invalid: data: Too long: ${words}`)
  })

  test.each(row('data[%s][ssh-privatekey]', 'data[ssh-privatekey]'))(
    'basic/ssh-auth field path: 1.%d',
    (minor, field) => {
      const body = secret('b', { type: 'kubernetes.io/ssh-auth' })
      expect(messageOf(minor, body)).toBe(`Secret "b" is invalid: ${field}: Required value`)
    },
  )

  test.each(
    row(
      'v1.Secret.Data: decode base64: illegal base64 data at input byte 0, error found in #10 byte of ...|":{"k":"?"}}|..., bigger context ...|":"Secret","metadata":{"name":"b"},"data":{"k":"?"}}|...',
      'illegal base64 data at input byte 0',
    ),
  )('base64 error: 1.%d', (minor, words) => {
    const body = secret('b', { data: { k: '?' } })
    expect(messageOf(minor, body)).toBe(`Secret in version "v1" cannot be handled as a Secret: ${words}`)
  })

  test.each(row<unknown>(undefined, true))('I1 immutable secrets: 1.%d', (minor, stored) => {
    expect(newApi(minor).post(secrets, secret('i', { immutable: true })).immutable).toBe(stored)
  })

  test.each(
    row(
      { code: 500, reason: 'ServerTimeout' },
      { code: 409, reason: 'AlreadyExists', details: { retryAfterSeconds: 1 } },
      null as never,
    ),
  )('generateName clash: 1.%d', (minor, refusal) => {
    const generated = { apiVersion: 'v1', kind: 'Secret', metadata: { generateName: 'g-' } }
    const first = newApi(minor)
    const names = Array.from({ length: 8 }, () => first.post(secrets, generated).metadata.name)
    // The same seed draws the same names again: some of them, or all eight, are taken by then.
    const some = newApi(minor)
    for (const name of names.slice(0, 7)) some.post(secrets, secret(name))
    const answer = some.post(secrets, generated)
    if (refusal === null) expect(answer.metadata.name).toBe(names[7])
    else expect(answer).toMatchObject(refusal)
    const all = newApi(minor)
    for (const name of names) all.post(secrets, secret(name))
    if (minor === 36) {
      const message = `secrets "${names[7]}" already exists, the server was not able to generate a unique name for the object`
      expect(all.post(secrets, generated)).toMatchObject({ code: 409, message })
    }
  })

  test.each(row<unknown>(`${secrets}/s`, undefined))('selfLink: 1.%d', (minor, link) => {
    expect(newApi(minor).post(secrets, secret('s')).metadata.selfLink).toBe(link)
  })

  test.each(row(4, 5))(
    'pod update error: 1.%d names the fields, and the difference the right way round',
    (minor, fields) => {
      const api = newApi(minor)
      api.post(pods, pod('u'))
      const { message } = api.send(
        'PATCH',
        `${pods}/u`,
        { spec: { hostname: 'x' } },
        'application/merge-patch+json',
      ).body
      expect(message.split('\n')[0].match(/`spec\.[^`]+`/g)).toHaveLength(fields)
      const later = minor === 36 ? /^\+ "Hostname": "x",$/m : /^\+\s+Hostname:\s+"x",$/m
      expect(message).toMatch(minor === 18 ? /^-\s+Hostname:\s+"x",$/m : later)
    },
  )

  test.each(row(422, 422, 201))('E1 env names: 1.%d', (minor, code) => {
    const containers = [{ name: 'c', image: 'x', env: [{ name: 'a b', value: '1' }] }]
    expect(newApi(minor).send('POST', pods, pod('p', { containers })).code).toBe(code)
  })

  test.each(row(200, 404))('PodPreset: 1.%d', (minor, code) => {
    const path = '/apis/settings.k8s.io/v1alpha1/namespaces/default/podpresets'
    const user = { name: 'admin', groups: ['system:masters'] }
    expect(newApi(minor).server.http({ user, method: 'GET', path, headers: {}, body: '' }).code).toBe(code)
  })

  test.each(row(false, true))('priority and fairness: 1.%d serves its kinds', (minor, isServed) => {
    const { groups } = newApi(minor).send('GET', '/apis').body
    expect(groups.some(({ name }: { name: string }) => name === 'flowcontrol.apiserver.k8s.io')).toBe(isServed)
  })

  test.each(row(100, 150))('watch cache size: 1.%d has the last %d of 150 events of Secrets', (minor, length) => {
    const { post, server } = newApi(minor)
    const start = Number(post(secrets, secret('first')).metadata.resourceVersion)
    for (let i = 0; i < 150; i++) post(secrets, secret(`s-${i}`))
    const events: string[] = []
    const user = { name: 'admin', groups: ['system:masters'] }
    const handlers = { event: ({ type }: { type: string }) => void events.push(type), closed: () => {} }
    const ref = { group: '', version: 'v1', resource: 'secrets' }
    server.watch(user, ref, { resourceVersion: String(start + 150 - length) }, handlers)
    expect(events).toEqual(Array.from({ length }, () => 'ADDED'))
    events.length = 0
    server.watch(user, ref, { resourceVersion: String(start + 150 - length - 2) }, handlers)
    if (minor === 18) expect(events).toEqual(['ERROR'])
  })

  test.each(row('v1', 'v2'))('KMS prefix: 1.%d', (minor, version) => {
    const random = createRandomStreams('kms').stream('etcd')
    const by = { provider: 'kms', keyName: 'plugin', version: minor === 18 ? 'v1' : 'v2' } as const
    const stored = etcdSecretValue(secret('s') as never, { by, random })
    expect(Buffer.from(stored).toString('latin1')).toContain(`k8s:enc:kms:${version}:plugin:`)
  })
})

describe('facts/apiserver.md 12: accounts and nodes', () => {
  test.each(versions)('O2 SA token, token secret auto-creation: %s', (version) => {
    const sim = createSim({ journal: 'off', version })
    sim.apply(pod('p'))
    sim.runFor('30s')
    const made = sim.get('Pod', 'p') as unknown as Body
    const [volume] = made.spec.volumes
    const isOld = version === 'v1.18'
    expect(volume.name).toMatch(isOld ? /^default-token-[a-z0-9]{5}$/ : /^kube-api-access-[a-z0-9]{5}$/)
    expect(Object.keys(volume)).toContain(isOld ? 'secret' : 'projected')
    if (!isOld) expect(volume.projected.sources[0].serviceAccountToken.expirationSeconds).toBe(3607)
    expect(sim.list('Secret').length > 0).toBe(isOld)
    expect(made.status.phase).toBe('Running')
    const files = sim.exec({ pod: 'p' }, ['ls', '/var/run/secrets/kubernetes.io/serviceaccount'])
    expect(files.stdout).toBe('ca.crt\nnamespace\ntoken\n')
    // What the schema of a later version knows and the Pod does not say is not made up.
    expect(made.spec).not.toHaveProperty('schedulingGroup')
  })

  test.each(row(500, 201))('no-token error: 1.%d', (minor, code) => {
    const api = newApi(minor)
    api.send(
      'PATCH',
      '/api/v1/namespaces/default/serviceaccounts/default',
      { automountServiceAccountToken: true },
      'application/merge-patch+json',
    )
    const answer = api.send('POST', pods, pod('p'))
    expect(answer.code).toBe(code)
    if (code === 500) expect(answer.body).toMatchObject({ reason: 'ServerTimeout', details: { retryAfterSeconds: 1 } })
  })

  test.each(row(201, 201, 403))('enforce-mountable-secrets and envFrom: 1.%d', (minor, code) => {
    const api = newApi(minor)
    const annotations = { 'kubernetes.io/enforce-mountable-secrets': 'true' }
    api.send(
      'PATCH',
      '/api/v1/namespaces/default/serviceaccounts/default',
      { metadata: { annotations } },
      'application/merge-patch+json',
    )
    const containers = [{ name: 'c', image: 'x', envFrom: [{ secretRef: { name: 's' } }] }]
    expect(api.send('POST', pods, pod('p', { containers })).code).toBe(code)
  })

  test.each([
    ['v1.18', 'node "node-1"'],
    ['v1.26', "node 'node-1'"],
    ['v1.36', "node 'node-1'"],
  ] as const)('S1 node denial quotes: %s', (version, quoted) => {
    const sim = createSim({ journal: 'off', version })
    sim.apply(secret('s', { stringData: { a: 'b' } }))
    const { body } = requestOf(sim, 'system:node:node-1', `${secrets}/s`)
    expect(body.message).toContain(`: no relationship found between ${quoted} and this object`)
  })

  test.each([
    ['v1.18', 200],
    ['v1.26', 200],
    ['v1.36', 403],
  ] as const)('S1 node pod list: %s', (version, code) => {
    const sim = createSim({ journal: 'off', version })
    expect(requestOf(sim, 'system:node:node-1', '/api/v1/pods').code).toBe(code)
    expect(requestOf(sim, 'system:node:node-1', '/api/v1/pods?fieldSelector=spec.nodeName%3Dnode-1').code).toBe(200)
  })

  test.each(row(40_000, 40_000, 50_000))('L6 node grace: 1.%d', (minor, grace) => {
    expect(defaultControllerOptions(minor).nodeMonitorGracePeriodMs).toBe(grace)
  })

  test.each([
    ['v1.18', false],
    ['v1.26', false],
    ['v1.36', true],
  ] as const)('namespace deletion order: in %s Secrets wait for the Pods: %s', (version, waits) => {
    const sim = createSim({ journal: 'off', version })
    sim.kubectl('create namespace other')
    sim.runFor('1s')
    const metadata = { namespace: 'other' }
    sim.apply(secret('s', { metadata: { ...metadata, name: 's' } }))
    sim.apply(pod('p', {}, { ...metadata, finalizers: ['example.com/wait'] }))
    sim.runFor('10s')
    sim.kubectl('delete namespace other --wait=false')
    sim.runFor('20s')
    expect(sim.list('Secret', { namespace: 'other' }).some(({ metadata: { name } }) => name === 's')).toBe(waits)
    sim.kubectl(['patch', 'pod', 'p', '-n', 'other', '--type=merge', '-p', '{"metadata":{"finalizers":null}}'])
    sim.runFor('3m')
    expect(sim.kubectl('get namespace other').exitCode).toBe(1)
  })
})

describe('facts/apiserver.md 12: the scheduler', () => {
  test.each(row(60_000, 300_000))('unschedulable timeout: 1.%d', (minor, ms) => {
    expect(factAt(unschedulableTimeoutMs, minor)).toBe(ms)
  })

  const taint = { key: 'a', value: 'b', effect: 'NoSchedule' }
  const noClaims = 'no new claims to deallocate, '
  const notHelpful = 'preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.'

  test.each(
    row(
      "0/1 nodes are available: 1 node(s) had taint {a: b}, that the pod didn't tolerate.",
      `0/1 nodes are available: 1 node(s) had untolerated taint {a: b}. ${notHelpful}`,
      `0/1 nodes are available: 1 node(s) had untolerated taint(s). ${noClaims}${notHelpful}`,
    ),
  )('taint reason: 1.%d', (minor, message) => {
    const found = failedScheduling(minor, {}, [taint])
    expect(minor === 26 ? found.replace('..', '.') : found).toBe(message)
  })

  test.each(row("1 node(s) didn't match node selector.", "1 node(s) didn't match Pod's node affinity/selector."))(
    'selector reason: 1.%d',
    (minor, reason) => expect(failedScheduling(minor, { nodeSelector: { a: 'b' } })).toContain(reason),
  )

  test.each(row("node(s) didn't match the requested hostname", "node(s) didn't match the requested node name"))(
    'host reason: 1.%d',
    (minor, reason) => expect(factAt(nodeNameReason, minor)).toBe(reason),
  )

  test.each(
    row(
      '',
      ' preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
      ` ${noClaims}${notHelpful}`,
    ),
  )('FailedScheduling tail: 1.%d', (minor, tail) => {
    const containers = [{ name: 'c', image: 'redis', resources: { requests: { cpu: '100' } } }]
    const found = failedScheduling(minor, { containers })
    expect(found.replace('..', '.')).toBe(`0/1 nodes are available: 1 Insufficient cpu.${tail}`)
  })

  test.each(
    row(['NodeUnschedulable', 'NodeResourcesFit', 'NodeName'], ['NodeUnschedulable', 'NodeName', 'TaintToleration']),
  )('filter order: 1.%d begins with %j', (minor, first) =>
    expect(
      profileOf(minor)
        .filters.map(({ name }) => name)
        .slice(0, 3),
    ).toEqual(first),
  )

  test.each(row([1, 1, 1, 1], [3, 2, 2, 2]))('score weights: 1.%d', (minor, weights) => {
    const { scores } = profileOf(minor)
    const named = ['TaintToleration', 'NodeAffinity', 'PodTopologySpread', 'InterPodAffinity']
    expect(named.map((name) => scores.find(({ plugin }) => plugin.name === name)?.weight)).toEqual(weights)
  })

  test.each(row(50, 75))('balanced score: 1.%d for a node that is half used in one resource only', (minor, score) => {
    const plugin = profileOf(minor).scores.find(
      ({ plugin: { name } }) => name === 'NodeResourcesBalancedAllocation',
    )?.plugin
    const facts = { nonZeroCpu: 500, nonZeroMemory: 0 }
    const node = { allocatable: { milliCpu: 1000, memory: 1000 }, nonZeroCpu: 0, nonZeroMemory: 0 }
    expect(plugin?.prepare(facts as never, null as never, [], minor)?.score(node as never)).toBe(score)
  })

  test.each(versions)('event names: %s writes <name>.<hex>', (version) => {
    const sim = createSim({ journal: 'off', version })
    sim.apply(pod('p'))
    sim.runFor('10s')
    const names = sim.events({ on: 'pod/p' }).map(({ metadata }) => metadata.name)
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(name).toMatch(/^p\.[0-9a-f]+$/)
  })
})
