import { describe, expect, test } from 'vitest'
import { secretNamesOf } from '../../../src/api/pod-references.ts'
import type { Pod, Secret } from '../../../src/api/types/core.ts'
import { createApiServer } from '../../../src/apiserver/create-api-server.ts'
import { kindStrategies } from '../../../src/apiserver/registry/kinds/all.ts'
import { resources } from '../../../src/client/client.ts'
import { createClient } from '../../../src/client/in-process-client.ts'
import { createLink } from '../../../src/client/link.ts'
import { createCalendar, defaultEpochMs } from '../../../src/kernel/calendar.ts'
import { createJournal } from '../../../src/kernel/journal.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import type { ChangeDetectionStrategy } from '../../../src/node/kubelet/configuration.ts'
import { createObjectManagers } from '../../../src/node/secrets/create-manager.ts'
import { ttlFromAnnotations } from '../../../src/node/secrets/ttl-manager.ts'
import { kubeletFactsOf } from '../../../src/node/version-facts.ts'
import { resolveFeatureGates } from '../../../src/versions/feature-gates.ts'
import { answered } from '../../client/answered.ts'

function world(strategy: ChangeDetectionStrategy, minor = 18, ttlMs = 60_000) {
  const kernel = createKernel()
  const random = createRandomStreams('managers')
  const user = { name: 'kubelet', groups: [] }
  const server = createApiServer({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random,
    minor,
    gates: resolveFeatureGates(minor),
    authorizers: [],
    admission: [],
    strategies: kindStrategies,
  })
  const link = createLink({ kernel, random: random.stream('link') })
  const client = createClient({ server, user, link, minor })
  const admin = createClient({ server, user, link: createLink({ kernel, random: random.stream('admin') }), minor })
  const { secrets } = createObjectManagers(
    {
      kernel,
      client,
      minor,
      facts: kubeletFactsOf(minor),
      freezesImmutable: true,
      syncFrequency: 60_000,
      strategy,
      ttlMs: () => ttlMs,
      caughtUp: () => {},
      lastIdleRead: () => undefined,
      reports: { arrived() {}, reused() {} },
    },
    random,
    'n1',
  )
  const make = (data: string, more: object = {}): Secret =>
    ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'default' },
      stringData: { a: data },
      ...more,
    }) as object as Secret
  return {
    kernel,
    link,
    secrets,
    run: (ms: number) => kernel.runUntil(kernel.now() + ms),
    create: (data: string, more: object = {}) => {
      answered(admin.create(resources.secrets, make(data, more)), () => undefined)
      kernel.runUntil(kernel.now())
    },
    update(data: string) {
      const stored = server.store.collection('secrets').get('default', 's')
      answered(
        admin.update(resources.secrets, { ...stored, ...make(data), metadata: stored?.metadata } as Secret),
        () => undefined,
      )
      kernel.runUntil(kernel.now())
    },
    remove() {
      answered(admin.delete(resources.secrets, { namespace: 'default', name: 's' }), () => undefined)
      kernel.runUntil(kernel.now())
    },
    /** What a read gives, in base64, or the error's text; undefined: no answer within 2 s. */
    read(): string | undefined {
      let answer: string | undefined
      secrets.get('default', 's').subscribe((result) => {
        answer = result.ok ? result.object.data?.a : result.error.message
      })
      kernel.runUntilTrue(() => answer !== undefined, kernel.now() + 2000)
      return answer
    },
    requests: () => secrets.traffic('default', 's')?.requests,
  }
}

const pod = (name: string): Pod => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default', uid: `uid-${name}` },
  spec: { containers: [{ name: 'c', envFrom: [{ secretRef: { name: 's' } }] }] },
})
const [one, two] = ['MQ==', 'Mg==']

describe('Watch', () => {
  test('U2 gives what the watch brought, without asking again', () => {
    const { secrets, create, update, read, run, requests } = world('Watch')
    create('1')
    secrets.registerPod(pod('p'))
    expect(read()).toBe(one)
    update('2')
    run(10)
    expect(read()).toBe(two)
    expect(requests()).toBe(2)
  })

  test('L2 names a missing Secret in the singular, at once', () => {
    const { secrets, read, kernel } = world('Watch')
    secrets.registerPod(pod('p'))
    expect(read()).toBe('secret "s" not found')
    expect(kernel.now()).toBeLessThanOrEqual(10)
  })

  test('L2 waits one second for a list that does not come', () => {
    const { secrets, read, link, kernel } = world('Watch')
    link.beginOutage()
    secrets.registerPod(pod('p'))
    expect(read()).toBe('failed to sync secret cache: timed out waiting for the condition')
    expect(kernel.now()).toBe(1000)
  })

  test('S1 what no Pod refers to is not given, and is forgotten with its last Pod', () => {
    const { secrets, create, read } = world('Watch')
    create('1')
    expect(read()).toBe('object "default"/"s" not registered')
    secrets.registerPod(pod('p'))
    secrets.registerPod(pod('q'))
    secrets.registerPod(pod('p'))
    secrets.unregisterPod(pod('p'))
    expect(read()).toBe(one)
    secrets.unregisterPod(pod('q'))
    expect(read()).toBe('object "default"/"s" not registered')
  })

  test('I4 an immutable Secret stays as it was while any Pod of the node refers to it', () => {
    const { secrets, create, remove, read, run } = world('Watch', 26)
    create('1', { immutable: true })
    secrets.registerPod(pod('p'))
    expect(read()).toBe(one)
    remove()
    create('2', { immutable: true })
    run(1000)
    secrets.registerPod(pod('q'))
    expect(read()).toBe(one)
    secrets.unregisterPod(pod('p'))
    secrets.unregisterPod(pod('q'))
    secrets.registerPod(pod('r'))
    expect(read()).toBe(two)
  })

  test('U2 goes on with what it has while the API server is away', () => {
    const { secrets, create, read, link, run } = world('Watch')
    create('1')
    secrets.registerPod(pod('p'))
    read()
    link.beginOutage()
    run(120_000)
    expect(read()).toBe(one)
  })
})

describe('Cache', () => {
  test('U3 gives an old copy until it is as old as the ttl', () => {
    const { secrets, create, update, read, run, requests } = world('Cache')
    create('1')
    secrets.registerPod(pod('p'))
    expect(read()).toBe(one)
    update('2')
    run(59_000)
    expect(read()).toBe(one)
    expect(requests()).toBe(1)
    run(1000)
    expect(read()).toBe(two)
    expect(requests()).toBe(2)
  })

  test('L2 never keeps that a Secret was missing, and names it in the plural', () => {
    const { secrets, create, read } = world('Cache')
    secrets.registerPod(pod('p'))
    expect(read()).toBe('secrets "s" not found')
    create('1')
    expect(read()).toBe(one)
  })

  test('U2 gives its stale copy while the API server is away', () => {
    const { secrets, create, read, link, run } = world('Cache')
    create('1')
    secrets.registerPod(pod('p'))
    read()
    link.beginOutage()
    run(120_000)
    expect(read()).toBe(one)
  })

  test.each([
    { minor: 18, requests: 2 },
    { minor: 26, requests: 2 },
    { minor: 29, requests: 1 },
  ])('U3 in v1.$minor a Pod that registers again has $requests requests made for two reads', ({ minor, requests }) => {
    const world29 = world('Cache', minor)
    world29.create('1')
    world29.secrets.registerPod(pod('p'))
    world29.read()
    world29.secrets.registerPod(pod('p'))
    world29.read()
    expect(world29.requests()).toBe(requests)
  })

  test('U3 takes the ttl from the annotation of the node, one minute without', () => {
    expect(ttlFromAnnotations({ 'node.alpha.kubernetes.io/ttl': '15' })).toBe(15_000)
    expect(ttlFromAnnotations({ 'node.alpha.kubernetes.io/ttl': '0' })).toBe(0)
    expect(ttlFromAnnotations({ 'node.alpha.kubernetes.io/ttl': 'soon' })).toBe(60_000)
    expect(ttlFromAnnotations(undefined)).toBe(60_000)
  })
})

describe('Get', () => {
  test('U3 asks each time, registered or not, and fails while the API server is away', () => {
    const { create, update, read, link, requests } = world('Get')
    create('1')
    expect(read()).toBe(one)
    update('2')
    expect(read()).toBe(two)
    link.beginOutage()
    expect(read()).toMatch(/^Get "?https:.*secrets\/s"?: dial tcp .*connect: connection refused$/)
    expect(requests()).toBe(3)
  })
})

test('S1 a Pod refers to the Secrets of its pulls, environments and volumes, each once', () => {
  const names = secretNamesOf({
    ...pod('p'),
    spec: {
      imagePullSecrets: [{ name: 'pull' }],
      initContainers: [{ name: 'i', env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'key', key: 'k' } } }] }],
      containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'all' } }] }],
      volumes: [
        { name: 'v', secret: { secretName: 'vol' } },
        { name: 'w', projected: { sources: [{ secret: { name: 'vol' } }, { secret: { name: 'pro' } }] } },
        { name: 'x', azureFile: { secretName: 'azure' } },
        { name: 'y', flexVolume: { secretRef: { name: 'flex' } } },
        { name: 'z', csi: { nodePublishSecretRef: { name: 'csi' } } },
      ],
    },
  })
  expect([...names]).toEqual(['pull', 'key', 'all', 'vol', 'pro', 'azure', 'flex', 'csi'])
})
