import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { createSim, type Sim, SimUsageError } from '../../src/index.ts'
import { Traffic } from '../../src/looks/traffic.ts'
import { programNames } from '../../src/sim/image-programs.ts'

/** What the library shows past the API: nodes' memory, etcd, requests, delays, programs of images. */

function reader(name: string, node: string, image = 'redis') {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 1,
      containers: [{ name: 'main', image, volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }],
      volumes: [{ name: 'foo', secret: { secretName: 's' } }],
    },
  }
}

function withSecret(sim: Sim): Sim {
  sim.kubectl('create secret generic s --from-literal=password=correct-horse')
  return sim
}

describe('S1 S2 what lies on a node', () => {
  test('is found in tmpfs, never on disk, and is gone with the Pod', () => {
    const sim = withSecret(createSim({ nodes: 2 }))
    expect(sim.holdsSecret('node-1', 's')).toBe(false)
    sim.apply(reader('a', 'node-1'))
    sim.runFor('10s')
    expect(sim.nodeFiles('node-1', 'correct-horse').map(({ storage }) => storage)).toEqual(['tmpfs'])
    expect([sim.holdsSecret('node-1', 's'), sim.holdsSecret('node-2', 's')]).toEqual([true, false])
    sim.kubectl('delete pod a')
    sim.runFor('5s')
    expect(sim.nodeFiles('node-1', 'correct-horse')).toEqual([])
    expect(sim.holdsSecret('node-1', 's')).toBe(false)
  })

  test('of a node that does not exist is a mistake', () => {
    expect(() => createSim().nodeFiles('node-7', 'x')).toThrow(SimUsageError)
  })
})

test('C8 a file is there byte for byte, its text beside it, and what is handed out is a copy', () => {
  const sim = createSim()
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, data: { a: 'cOT/AA==' } },
    reader('p', 'node-1'),
  )
  sim.runFor('20s')
  const look = () => sim.file({ pod: 'p' }, '/etc/foo/a')
  expect([...(look()?.bytes ?? [])]).toEqual([0x70, 0xe4, 0xff, 0])
  expect(look()?.content).toBe('p\uFFFD\uFFFD\0')
  look()?.bytes?.fill(0)
  expect(look()?.bytes?.[0]).toBe(0x70)
  expect(sim.file({ pod: 'p' }, '/etc/foo')?.bytes).toBeUndefined()
})

test('C8 what a container wrote over its image is there, and what its own user may not read', () => {
  const sim = createSim()
  const pod = reader('p', 'node-1', 'busybox')
  const [main] = pod.spec.containers
  const args = ['sh', '-c', 'echo mine > /tmp/own && sleep 9999']
  const containers = [{ ...main, args, securityContext: { runAsUser: 1000 } }]
  const volumes = [{ name: 'foo', secret: { secretName: 's', defaultMode: 0o400 } }]
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'hidden' } },
    { ...pod, spec: { ...pod.spec, containers, volumes } },
  )
  sim.runFor('20s')
  expect(sim.file({ pod: 'p' }, '/tmp/own')?.content).toBe('mine\n')
  expect(sim.exec({ pod: 'p' }, ['cat', '/etc/foo/a']).exitCode).toBe(1)
  expect(sim.file({ pod: 'p' }, '/etc/foo/a')?.content).toBe('hidden')
})

test('S6 etcd holds plain text, unless encryption at rest is on', () => {
  const text = (sim: Sim) => new TextDecoder().decode(withSecret(sim).etcdValue('s'))
  expect(text(createSim())).toContain('correct-horse')
  expect(text(createSim({ encryptionAtRest: true }))).toMatch(/^k8s:enc:aescbc:v1:key1:(?!.*correct-horse)/s)
  expect(createSim().etcdValue('none')).toBeUndefined()
})

test('S5 I3 requests are counted for nodes and users, and watches while they are open', () => {
  const sim = withSecret(createSim())
  sim.apply(reader('a', 'node-1'))
  sim.runFor('10s')
  sim.kubectl('get secret s')
  const counts = { gets: 0, lists: 1, watches: 1, openWatches: 1 }
  expect(sim.traffic('s').nodes).toEqual([{ node: 'node-1', ...counts }])
  expect(sim.traffic('s').users).toEqual([{ user: 'admin', gets: 1, lists: 0, watches: 0, openWatches: 0 }])
  expect(sim.traffic('*').nodes[0]?.openWatches).toBe(2)
  sim.kubectl('delete pod a')
  sim.runFor('5s')
  expect(sim.traffic('s').nodes[0]).toMatchObject({ watches: 1, openWatches: 0 })
  // Whoever asks for the first time now is told the same.
  expect(new Traffic(sim.journal).of({ namespace: 'default', name: 's', resource: 'secrets' })).toEqual(
    sim.traffic('s'),
  )
  expect(new Traffic(sim.journal).of({ namespace: 'other', name: '*', resource: 'secrets' }).nodes).toEqual([])
})

describe('U3 the delay of an update', () => {
  test.each([
    ['Watch', undefined, 92_200],
    ['Cache', 60, 151_200],
    ['Get', undefined, 92_200],
  ] as const)('with %s is within its bound, and its parts add up to it', (strategy, ttl, bound) => {
    const kubelet = { configMapAndSecretChangeDetectionStrategy: strategy }
    const sim = withSecret(
      createSim({ seed: strategy, nodes: [{ name: 'n', kubelet, ...(ttl === undefined ? {} : { ttl }) }] }),
    )
    for (const name of ['a', 'b', 'c']) sim.apply(reader(name, 'n'))
    sim.runFor('2m')
    for (let i = 1; i <= 8; i++) {
      sim.kubectl(`patch secret s -p '{"stringData":{"password":"${i}"}}'`)
      sim.runFor(180_000 + i * 7_919)
    }
    const delays = sim.delays('s')
    expect(delays).toHaveLength(24)
    for (const { updatedAt, visibleAt = Number.NaN, parts, boundMs } of delays) {
      const took = visibleAt - updatedAt
      expect(boundMs).toBe(bound)
      expect(took).toBeLessThanOrEqual(boundMs)
      expect(parts === undefined ? 0 : parts.toCacheMs + parts.toSyncMs + parts.toMountMs).toBe(took)
      expect(Math.min(parts?.toCacheMs ?? -1, parts?.toSyncMs ?? -1, parts?.toMountMs ?? -1)).toBeGreaterThanOrEqual(0)
    }
  })
})

describe('images', () => {
  test('have the programs that they are given', () => {
    const images = programNames.map((program) => ({ name: `example.com/${program}`, program }))
    const sim = withSecret(createSim({ images }))
    for (const program of programNames) sim.apply(reader(program, 'node-1', `example.com/${program}`))
    sim.runFor('20s')
    const restarts = (name: string) => sim.get<Pod>('Pod', name)?.status?.containerStatuses?.[0]?.restartCount ?? 0
    // The server of passwords was given none.
    expect(programNames.filter((name) => restarts(name) > 0)).toEqual(['shell', 'succeed', 'crash', 'password-server'])
    expect(sim.exec({ pod: 'serve' }, ['cat', '/etc/foo/password']).stdout).toBe('correct-horse')
    expect(sim.logs({ pod: 'secret-reader' })).toContain('listening')
  })

  test('that are known keep theirs when something is said of them', () => {
    const sim = withSecret(createSim({ images: [{ name: 'busybox', pull: '5s' }] }))
    const pod = reader('a', 'node-1', 'busybox')
    sim.apply({ ...pod, spec: { ...pod.spec, containers: [{ ...pod.spec.containers[0], command: ['sleep', '600'] }] } })
    sim.runFor('4s')
    expect(sim.exec({ pod: 'a' }, ['true']).exitCode).not.toBe(0)
    sim.runFor('4s')
    expect(sim.exec({ pod: 'a' }, ['ls', '/etc/foo']).stdout).toBe('password\n')
  })

  test('with an unknown program are a mistake', () => {
    expect(() => createSim({ images: [{ name: 'x', program: 'sevre' }] })).toThrow('expected "serve", "shell"')
  })
})

test('S1 steps may act as a node, with its groups', () => {
  const sim = withSecret(createSim())
  const answer = sim.kubectl('get secret s', { as: 'system:node:node-1' })
  expect(answer.stderr).toContain('no relationship found between node "node-1" and this object')
})
