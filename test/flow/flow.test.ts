import { describe, expect, test } from 'vitest'
import type { Flow, Lane } from '../../src/flow/flow.ts'
import { nextSyncAt, whereIs } from '../../src/flow/where-is.ts'
import { createSim, type Sim, type SimOptions } from '../../src/index.ts'

const serve = { image: 'example.com/app', command: ['sleep', '36000'] }
const mount = { name: 'v', mountPath: '/etc/v' }

function pod(name: string, spec: object, container: object = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: { terminationGracePeriodSeconds: 1, containers: [{ name: 'app', ...serve, ...container }], ...spec },
  }
}

const volumes = [{ name: 'v', secret: { secretName: 's' } }]
const set = (sim: Sim, data: object) => sim.kubectl(['patch', 'secret', 's', '-p', JSON.stringify({ data })])
const titles = (flow: Flow, lanes: readonly Lane[] = flow.lanes) => lanes.map(({ kind, title }) => `${kind} ${title}`)
const letters = (flow: Flow, title: string) =>
  flow.lanes.filter((lane) => lane.title === title).map(({ segments }) => segments.map(({ letter }) => letter).join(''))

describe('U3 U4 one Secret on lanes', () => {
  const sim = createSim({ seed: 'lanes', commandTime: 0 })
  sim.kubectl('create secret generic s --from-literal=k=one --from-literal=z=one')
  sim.apply(
    pod(
      'p',
      { volumes },
      {
        env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }],
        envFrom: [{ prefix: 'S_', secretRef: { name: 's' } }],
        volumeMounts: [mount, { ...mount, mountPath: '/one/k', subPath: 'k' }],
      },
    ),
  )
  sim.runFor('5m')
  set(sim, { k: 'dHdv' })
  sim.runFor('2m')
  set(sim, { z: 'dHdv' })
  sim.runFor('2m')
  const flow = sim.flows.of({ secret: 's', key: 'k' })

  test('a lane for each place, letters from left to right', () => {
    expect(titles(flow)).toEqual([
      'people people',
      'api API server',
      'controllers controllers',
      'node node-1',
      'cache cache',
      'pod pod p',
      'sync sync',
      'file /etc/v',
      'subPath /one/k',
      'env env S_*',
      'env env K',
      'process process app',
    ])
    expect(
      ['API server', 'cache', '/etc/v', '/one/k', 'env S_*', 'env K'].map((title) => letters(flow, title)),
    ).toEqual([['AB'], ['AB'], ['AB'], ['A'], ['A'], ['A']])
    expect(letters(sim.flows.of({ secret: 's' }), 'API server')).toEqual(['ABC'])
  })

  test('hops tell what a revision waited for, and the sync lane when the Pod was due', () => {
    const mounted = flow.hops.find(({ kind, letter }) => kind === 'mount' && letter === 'B')
    const [row] = flow.delays.filter(({ visibleAt }) => visibleAt !== undefined)
    expect(mounted?.parts).toEqual(row?.parts)
    const { toCacheMs = -1, toSyncMs = -1, toMountMs = -1 } = mounted?.parts ?? {}
    expect(toCacheMs + toSyncMs + toMountMs).toBe((row?.visibleAt ?? 0) - 300_000)
    const sync = flow.lanes.find(({ kind }) => kind === 'sync')
    expect(sync && nextSyncAt(sync, 300_001)).toBe(300_000 + toCacheMs + toSyncMs)
    expect(sync?.marks.filter(({ kind }) => kind === 'idle')).toHaveLength(2)
    expect(flow.hops.map(({ kind, letter }) => kind + letter)).toEqual([
      'listA',
      'watchB',
      'mountA',
      'mountB',
      'bindA',
      'startA',
      'startA',
    ])
  })

  test('where a revision is at a moment, and what never has it, until when and what would cure it', () => {
    const at = (time: number) => whereIs(flow, 'B', time).map(({ lane, state }) => `${lane.title}: ${state}`)
    const updated = flow.revisions[1]?.at ?? 0
    expect(at(updated + 100)).toEqual([
      'API server: has',
      'cache: has',
      '/etc/v: older',
      '/one/k: older',
      'env S_*: older',
      'env K: older',
    ])
    expect(at(updated + 100_000)[2]).toBe('/etc/v: has')
    const never = flow.delays.filter((row) => row.never !== undefined)
    expect(never.map(({ way, never: told }) => [way, told?.until])).toEqual([
      ['subPath', 'a new Pod'],
      ['envFrom', 'the container is made anew'],
      ['env', 'the container is made anew'],
    ])
    expect(never[2]?.never?.cure).toContain('delete pod p and create it again')
  })

  test('a change of another key concerns only places that have it', () => {
    const rows = sim.delays('s').map(({ updatedAt, way, where }) => `${updatedAt} ${way} ${where}`)
    expect(rows).toEqual([
      '300000 volume /etc/v',
      '300000 subPath /one/k',
      '300000 envFrom S_',
      '300000 env K',
      '420000 volume /etc/v',
      '420000 envFrom S_',
    ])
  })

  test('the past of an object is asked of the index, not of all records', () => {
    const uid = sim.get('Pod', 'p')?.metadata.uid ?? ''
    const about = sim.flows.index.recordsOf(uid).map((seq) => sim.journal.record(seq))
    const wanted = sim.journal.records.filter(
      ({ object, after }) =>
        object?.uid === uid ||
        (after as { involvedObject?: { uid?: string } } | undefined)?.involvedObject?.uid === uid,
    )
    expect(about).toEqual(wanted)
    expect(sim.flows.secrets).toEqual([{ namespace: 'default', name: 's', writes: 3, pods: 1 }])
  })
})

describe('U2 U3 three worlds that differ in the strategy alone', () => {
  const world = (strategy: 'Watch' | 'Cache' | 'Get') => {
    const kubelet = { configMapAndSecretChangeDetectionStrategy: strategy }
    const options: SimOptions = { seed: 'd', nodes: [{ name: 'n', ttl: 120, kubelet }] }
    const sim = createSim(options)
    sim.kubectl('create secret generic s --from-literal=k=one')
    sim.apply(pod('p', { volumes }, { volumeMounts: [mount] }))
    sim.runFor('10m')
    // Just after a sync, so that the next is far and the copy of Cache young then.
    sim.kubectl('annotate pod p a=1')
    sim.runFor('1s')
    set(sim, { k: 'dHdv' })
    sim.runFor('6m')
    return sim.delays('s')[0]
  }

  test('Watch and Get wait for one sync; Cache for the ttl too, which is the part of its cache', () => {
    const [watch, cache, get] = (['Watch', 'Cache', 'Get'] as const).map(world)
    expect(get?.visibleAt).toBeGreaterThan(0)
    expect(cache?.parts?.toCacheMs).toBeGreaterThan(60_000)
    expect(cache?.parts?.toCacheMs).toBeLessThan(90_001)
    for (const each of [watch, cache, get]) expect(each?.parts?.toSyncMs).toBeLessThan(90_000)
    expect(Math.abs((watch?.parts?.toSyncMs ?? 0) - (get?.parts?.toSyncMs ?? 0))).toBeLessThan(1000)
    expect(Math.abs((watch?.parts?.toSyncMs ?? 0) - (cache?.parts?.toSyncMs ?? 0))).toBeLessThan(1000)
  })
})

describe('U4 E1 L6 delays that are none', () => {
  const sim = createSim({ seed: 'never' })
  sim.kubectl('create secret generic s --from-literal=k=one --from-literal=i=one')
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: {
          terminationGracePeriodSeconds: 1,
          imagePullSecrets: [{ name: 's' }],
          initContainers: [{ name: 'init', image: 'busybox', command: ['true'], volumeMounts: [mount] }],
          containers: [{ name: 'app', ...serve, volumeMounts: [mount] }],
          volumes,
        },
      },
    },
  }
  sim.apply(
    deployment,
    pod(
      'items',
      { volumes: [{ name: 'v', secret: { secretName: 's', items: [{ key: 'k', path: 'k' }] } }] },
      { volumeMounts: [mount] },
    ),
    pod(
      'dies',
      { volumes: [] },
      {
        image: 'busybox',
        command: ['sleep', '240'],
        env: [{ name: 'I', valueFrom: { secretKeyRef: { name: 's', key: 'i' } } }],
      },
    ),
    pod('later', { volumes: [{ name: 'v', secret: { secretName: 'o', optional: true } }] }, { volumeMounts: [mount] }),
  )
  sim.runFor('2m')
  const rows = (name = 's') =>
    sim.delays(name).map(({ pod: of, way, never, kind, renewedAt, endedAt, visibleAt, container }) => ({
      place: `${of.replace(/-.*/, '')} ${container} ${way}`,
      ...{ kind, never, renewedAt, endedAt, visibleAt },
    }))
  sim.kubectl([
    'patch',
    'secret',
    's',
    '--type=json',
    '-p',
    '[{"op":"remove","path":"/data/k"},{"op":"replace","path":"/data/i","value":"dHdv"}]',
  ])
  sim.runFor('5m')
  sim.kubectl('rollout restart deployment/web')
  sim.runFor('1m')
  sim.kubectl('create secret generic o --from-literal=k=one')
  sim.runFor('2m')
  const all = rows()
  const of = (place: string) => all.filter((row) => row.place === place)

  test('an update that the volume refuses is never seen, with the reason', () => {
    expect(of('items app volume')[0]?.never).toContain('references non-existent secret key: k')
    expect(sim.delays('s').find(({ pod: name }) => name === 'items')?.until).toBe('the Secret has the key k again')
  })

  test('an environment is seen again when its container is made anew', () => {
    const [row] = of('dies app env')
    expect(row?.never).toContain('environment is fixed')
    expect(row?.renewedAt).toBeGreaterThan(240_000)
  })

  test('rollout restart ends the row of the old Pod and begins one for the new', () => {
    const [, follows] = of('web app volume')
    expect(of('web app volume').map(({ kind }) => kind)).toEqual(['update', 'start'])
    expect(of('web app volume')[0]?.visibleAt).toBeLessThan(120_000 + 92_200)
    expect(follows?.visibleAt).toBeGreaterThan(420_000)
  })

  test('init containers and pull secrets have no delay, and say until when', () => {
    const [init] = of('web init volume')
    expect(init).toMatchObject({
      kind: 'update',
      visibleAt: undefined,
      never: expect.stringContaining('init container'),
    })
    expect(init?.endedAt).toBeGreaterThan(420_000)
    expect(of('web  pull')[0]?.never).toContain('when an image is pulled')
  })

  test('an optional Secret that comes later is an update for who runs without it', () => {
    expect(rows('o')).toEqual([
      {
        place: 'later app volume',
        kind: 'update',
        never: undefined,
        renewedAt: undefined,
        endedAt: undefined,
        visibleAt: expect.any(Number),
      },
    ])
  })
})

test('I3 an immutable Secret that was deleted and made again stays unseen, and the row says so', () => {
  const sim = createSim({ seed: 'frozen', version: 'v1.36' })
  sim.kubectl('create secret generic s --from-literal=k=one')
  sim.kubectl(['patch', 'secret', 's', '-p', '{"immutable":true}'])
  sim.apply(pod('p', { volumes }, { volumeMounts: [mount] }))
  sim.runFor('1m')
  sim.kubectl('delete secret s')
  sim.kubectl('create secret generic s --from-literal=k=two')
  sim.runFor('5m')
  expect(sim.delays('s').map(({ never, until, visibleAt }) => [never, until, visibleAt])).toEqual([
    [
      'the Secret is immutable: the node keeps the copy that it has',
      'a new Pod, once no Pod of the node uses the old Secret',
      undefined,
    ],
  ])
})

describe('U3 U4 what an update means key by key, and what a Secret that went and came back means', () => {
  const sim = createSim({ seed: 'keys', version: 'v1.36' })
  sim.kubectl('create secret generic s --from-literal=k=one --from-literal=z=one')
  const keyRef = (key: string) => ({ env: [{ name: 'K', valueFrom: { secretKeyRef: { name: 's', key } } }] })
  const items = (key: string) => [{ key, path: 'leaf' }]
  const projected = [{ name: 'v', projected: { sources: [{ secret: { name: 's', items: items('z') } }] } }]
  const optional = [{ name: 'v', secret: { secretName: 's', optional: true } }]
  sim.apply(
    pod('all', { volumes }, { volumeMounts: [mount] }),
    pod(
      'items',
      { volumes: [{ name: 'v', secret: { secretName: 's', items: items('k') } }] },
      { volumeMounts: [mount] },
    ),
    pod('projected', { volumes: projected }, { volumeMounts: [mount] }),
    pod('sub', { volumes }, { volumeMounts: [{ ...mount, subPath: 'k' }] }),
    pod('env', {}, keyRef('k')),
    pod('from', {}, { envFrom: [{ prefix: 'P_', secretRef: { name: 's' } }] }),
    pod('optional', { volumes: optional }, { volumeMounts: [mount] }),
  )
  sim.runFor('1m')
  const seen = (): readonly string[] =>
    sim.delays('s').map(({ pod: of, visibleAt, never }) => `${of} ${visibleAt === undefined ? never : 'seen'}`)
  /** What comes new when something is done and three minutes have passed. */
  const following = (act: () => unknown): readonly string[] => {
    const before = seen().length
    act()
    sim.runFor('3m')
    return [...seen().slice(before)].sort()
  }
  const fixed = 'the environment is fixed when the container is created'
  const bound = 'a subPath is bound to the file that was there when the container was created'
  const ofZ = following(() => set(sim, { z: 'dHdv' }))
  const ofK = following(() => set(sim, { k: 'dHdv' }))
  const ofLabel = following(() => sim.kubectl('label secret s a=b'))
  const ofNew = following(() => set(sim, { n: 'dHdv' }))
  const ofDeletion = following(() => sim.kubectl('delete secret s'))
  const ofReturn = following(() => sim.kubectl('create secret generic s --from-literal=k=three --from-literal=z=three'))

  test.each([
    ['of z: who has only k is not concerned', ofZ, ['all seen', `from ${fixed}`, 'optional seen', 'projected seen']],
    [
      'of k: who has only z is not concerned',
      ofK,
      ['all seen', `env ${fixed}`, `from ${fixed}`, 'items seen', 'optional seen', `sub ${bound}`],
    ],
    ['of a label: nobody', ofLabel, []],
    ['of a new key: whoever takes all', ofNew, ['all seen', `from ${fixed}`, 'optional seen']],
  ])('a change %s', (_what, found, expected) => {
    expect(found).toEqual(expected)
  })

  test('a deletion is no new value for who needs it; made again it is one for each place', () => {
    expect(ofDeletion.filter((row) => !row.startsWith('optional'))).toEqual([])
    expect(ofReturn).toEqual([
      'all seen',
      `env ${fixed}`,
      `from ${fixed}`,
      'items seen',
      'optional seen',
      'projected seen',
      `sub ${bound}`,
    ])
  })

  test('every never says until when, and what would cure it', () => {
    for (const { never, until, cure } of sim.delays('s'))
      if (never !== undefined)
        expect([until, cure]).toEqual([expect.any(String), expect.stringContaining('create it again')])
  })
})

test.each(['Cache', 'Get'] as const)(
  'I3 with %s a node asks for what is there: it is seen, though both were immutable',
  (strategy) => {
    const kubelet = { configMapAndSecretChangeDetectionStrategy: strategy }
    const sim = createSim({ seed: 'asked', version: 'v1.36', kubelet })
    const secret = (k: string) => ({
      ...{ apiVersion: 'v1', kind: 'Secret' },
      metadata: { name: 's' },
      immutable: true,
      stringData: { k },
    })
    sim.apply(secret('one'), pod('p', { volumes }, { volumeMounts: [mount] }))
    sim.runFor('1m')
    sim.kubectl('delete secret s')
    sim.apply(secret('two'))
    expect(sim.delays('s').at(-1)?.never).toBeUndefined()
    sim.runFor('5m')
    expect(sim.delays('s').at(-1)).toMatchObject({ never: undefined, visibleAt: expect.any(Number) })
  },
)

test('I3 a change that makes the Secret immutable is the last that is seen', () => {
  const sim = createSim({ seed: 'last', version: 'v1.36' })
  sim.kubectl('create secret generic s --from-literal=k=one')
  sim.apply(pod('p', { volumes }, { volumeMounts: [mount] }))
  sim.runFor('1m')
  sim.kubectl(['patch', 'secret', 's', '-p', '{"immutable":true,"stringData":{"k":"two"}}'])
  sim.runFor('5m')
  expect(sim.file({ pod: 'p' }, '/etc/v/k')?.content).toBe('two')
  expect(sim.delays('s').at(-1)).toMatchObject({ never: undefined, visibleAt: expect.any(Number) })
})
