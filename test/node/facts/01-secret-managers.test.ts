import { describe, expect, test } from 'vitest'
import type { Node } from '../../../src/api/types/core.ts'
import { createSim } from '../../../src/sim/create-sim.ts'
import { createWorld, mounting, secret, withEnv } from '../kubelet/world.ts'
import { messages, remove, simMounting, simSecret, simTold } from './world.ts'

/** facts/kubelet.md, section 1: the three ways to Secrets. */

describe('1.1 selection', () => {
  test('U2 Watch is the default; anything but Watch, Cache and Get is refused', () => {
    const asks = (strategy?: 'Watch' | 'Cache' | 'Get') => {
      const world = createWorld(
        strategy === undefined ? {} : { kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } },
      )
      world.create(secret('s', { a: '1' }))
      world.create(mounting('p', 's'))
      world.run(10)
      return world.kubelet.context?.secrets.traffic('default', 's')?.openWatches ?? 0
    }
    expect([asks(), asks('Watch'), asks('Cache'), asks('Get')]).toEqual([1, 1, 0, 0])
    expect(() => createSim({ kubelet: { configMapAndSecretChangeDetectionStrategy: 'Poll' as 'Watch' } })).toThrow(
      'Poll',
    )
  })
})

describe('1.2 and 1.3 references', () => {
  test('S1 every way of naming a Secret opens one watch, a volume that no container mounts included', () => {
    const world = createWorld()
    const key = (name: string) => ({ valueFrom: { secretKeyRef: { name, key: 'a', optional: true } } })
    const app = {
      name: 'app',
      image: 'local/app:1',
      env: [
        { name: 'A', ...key('by-env') },
        { name: 'B', ...key('by-env') },
      ],
      envFrom: [{ secretRef: { name: 'by-env-from', optional: true } }],
    }
    const init = {
      ...app,
      name: 'init',
      envFrom: [],
      env: [{ name: 'A', ...key('by-init') }],
      command: ['exit-after', '0'],
    }
    world.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default' },
      spec: {
        nodeName: 'n1',
        imagePullSecrets: [{ name: 'by-pull' }],
        initContainers: [init],
        containers: [app],
        volumes: [
          { name: 'v', secret: { secretName: 'by-volume' } },
          { name: 'w', projected: { sources: [{ secret: { name: 'by-projection' } }] } },
        ],
      },
    })
    world.run(10)
    const names = ['by-env', 'by-env-from', 'by-init', 'by-pull', 'by-volume', 'by-projection']
    const { secrets } = world.kubelet.context ?? {}
    expect(names.map((name) => secrets?.traffic('default', name)?.openWatches)).toEqual([1, 1, 1, 1, 1, 1])
    expect(secrets?.inspect()).toHaveLength(6)
    // None of them exists, and those that no container mounts do no harm.
    expect(world.pod('p')?.status?.phase).toBe('Running')
  })

  test.each([18, 26, 36])('L5 a Pod that has done its work lets go of its Secret, deleted or not (1.%i)', (minor) => {
    const world = createWorld({ minor })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's', { restartPolicy: 'Never' }, ['exit-after', '3', '0']))
    world.run(30)
    expect(world.pod('p')?.status?.phase).toBe('Succeeded')
    expect(world.kubelet.context?.secrets.inspect()).toEqual([])
  })

  test('S1 two Pods hold one watch; it goes with the last of them', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.create(withEnv('q', 's', 'a'))
    world.run(10)
    const open = () => world.kubelet.context?.secrets.traffic('default', 's')?.openWatches
    expect(open()).toBe(1)
    remove(world, 'pods', 'p', { gracePeriodSeconds: 0 })
    world.run(10)
    expect(open()).toBe(1)
    remove(world, 'pods', 'q', { gracePeriodSeconds: 0 })
    world.run(10)
    expect(open() ?? 0).toBe(0)
  })

  test.each([
    // 20 minutes at a ttl of 300 s: the ttl counts up to 1.21 and from 1.29 on; between, each sync asks anew (1.5).
    { version: 'v1.18', least: 3, most: 5 },
    { version: 'v1.26', least: 13, most: 21 },
    { version: 'v1.36', least: 3, most: 5 },
  ] as const)(
    'U3 in the strategy Cache, $version asks $least to $most times in 20 minutes at a ttl of 300 s',
    (row) => {
      const sim = simTold(
        {
          version: row.version,
          nodes: [{ name: 'node-1', ttl: 300 }],
          kubelet: { configMapAndSecretChangeDetectionStrategy: 'Cache' },
        },
        simSecret({ a: '1' }),
        simMounting('p'),
      )
      sim.runFor('1m')
      const before = sim.traffic('s').nodes[0]?.gets ?? 0
      sim.runFor('20m')
      const asked = (sim.traffic('s').nodes[0]?.gets ?? 0) - before
      expect(asked).toBeGreaterThanOrEqual(row.least)
      expect(asked).toBeLessThanOrEqual(row.most)
    },
  )
})

describe('1.4 Watch', () => {
  test('L2 the limit of the client is shared by all: many Secrets at once make the 1 s wait run out', () => {
    const burst = (minor: number) => {
      const world = createWorld({ minor })
      for (let i = 0; i < 30; i++) world.create(secret(`s${i}`, { a: '1' }))
      for (let i = 0; i < 30; i++) world.create(withEnv(`p${i}`, `s${i}`, 'a'))
      world.run(20)
      const texts = world.events().map(({ message }) => message)
      return texts.includes('Error: failed to sync secret cache: timed out waiting for the condition')
    }
    // 5 requests a second and a burst of 10 up to 1.26, ten times as many since.
    expect([burst(18), burst(36)]).toEqual([true, false])
  })

  test.each([
    { minor: 18, from: 5, to: 10 },
    { minor: 36, from: 30, to: 60 },
  ])('I3 a watch asks for $from to $to minutes (1.$minor)', ({ minor, from, to }) => {
    const world = createWorld({ minor })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    const watches = world.journal
      .query({ type: 'request.watch' })
      .filter(({ detail }) => detail?.resource === 'secrets')
    expect(watches).toHaveLength(1)
    const seconds = Number(watches[0]?.detail?.timeoutSeconds)
    expect(seconds).toBeGreaterThanOrEqual(from * 60)
    expect(seconds).toBeLessThan(to * 60)
  })

  test('L4 a deleted immutable Secret is not noticed on a node that holds it, and is by another', () => {
    const sim = simTold(
      { version: 'v1.26', nodes: 2 },
      simSecret({ a: '1' }, 's', { immutable: true }),
      simMounting('p', { secretName: 's' }, { nodeName: 'node-1' }),
    )
    sim.runFor('20s')
    sim.kubectl('delete secret s')
    sim.apply(simMounting('q', { secretName: 's' }, { nodeName: 'node-1' }))
    sim.apply(simMounting('r', { secretName: 's' }, { nodeName: 'node-2' }))
    sim.runFor('3m')
    expect(sim.file({ pod: 'q' }, '/etc/v/a')?.content).toBe('1')
    expect(sim.file({ pod: 'r' }, '/etc/v/a')).toBeUndefined()
    expect(messages(sim, 'FailedMount', 'p')).toEqual([])
    expect(messages(sim, 'FailedMount', 'r')).toContain(
      'MountVolume.SetUp failed for volume "v" : secret "s" not found',
    )
  })
})

describe('1.7 the ttl of nodes', () => {
  test('U3 follows the number of nodes up and down in steps with hysteresis', () => {
    const sim = createSim({ seed: 'ttl' })
    const ttl = () => sim.get<Node>('Node', 'node-1')?.metadata.annotations?.['node.alpha.kubernetes.io/ttl']
    let nodes = 1
    const growTo = (count: number) => {
      for (; nodes < count; nodes++) sim.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: `extra-${nodes}` } })
      settle()
    }
    const shrinkTo = (count: number) => {
      for (; nodes > count; nodes--)
        sim.request({ user: 'admin', method: 'DELETE', path: `/api/v1/nodes/extra-${nodes - 1}` })
      settle()
    }
    const settle = () => {
      // Each node follows at the next event of its own.
      sim.kubectl(`label node node-1 step=${nodes} --overwrite`)
      sim.runFor('2s')
    }
    const seen = [ttl()]
    growTo(100)
    seen.push(ttl())
    growTo(101)
    seen.push(ttl())
    shrinkTo(90)
    seen.push(ttl())
    shrinkTo(89)
    seen.push(ttl())
    expect(seen).toEqual(['0', '0', '15', '15', '0'])
  })
})

describe('1.8 authorization', () => {
  test.each([
    ['get', '/api/v1/namespaces/default/secrets/s', 'get'],
    ['list', '/api/v1/namespaces/default/secrets?fieldSelector=metadata.name%3Ds', 'list'],
  ])('S1 a node that runs no Pod with the Secret is refused its %s', (_verb, path, verb) => {
    const sim = simTold(
      { nodes: 2 },
      simSecret({ a: '1' }),
      simMounting('p', { secretName: 's' }, { nodeName: 'node-1' }),
    )
    sim.runFor('10s')
    const ask = (node: string) =>
      sim.request({ user: `system:node:${node}`, groups: ['system:nodes'], method: 'GET', path })
    expect(ask('node-1')).toMatchObject({ code: 200 })
    const refused = ask('node-2')
    expect(refused).toMatchObject({ code: 403 })
    const { message } = JSON.parse(String((refused as { readonly body?: unknown }).body)) as {
      readonly message: string
    }
    expect(message).toContain(
      `User "system:node:node-2" cannot ${verb} resource "secrets" in API group "" in the namespace "default": no relationship found between node "node-2" and this object`,
    )
  })
})
