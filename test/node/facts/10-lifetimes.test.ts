import { describe, expect, test } from 'vitest'
import type { Node } from '../../../src/api/types/core.ts'
import type { Sim } from '../../../src/sim/sim.ts'
import { countOf, messages, podIn, simMounting, simPod, simSecret, simTold, unreachable, waiting } from './world.ts'

/** facts/kubelet.md, section 10: what outlives what. */

const mounted = (options = {}, source: object = { secretName: 's' }): Sim => {
  const sim = simTold(options, simSecret({ a: '1' }), simMounting('p', source))
  sim.runFor('10s')
  return sim
}
const file = (sim: Sim, path = 'a', pod = 'p') => sim.file({ pod }, `/etc/v/${path}`)?.content
const missing = 'MountVolume.SetUp failed for volume "v" : secret "s" not found'
const envPod = (script = 'sleep infinity', spec: object = {}) =>
  simPod(
    'p',
    {
      env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'a' } } }],
      command: ['sh', '-c', script],
    },
    spec,
  )

describe('10.1 deleted while mounted', () => {
  test('L4 the refresh fails at the next sync and after growing pauses; the Pod stays Running and Ready', () => {
    const sim = mounted()
    sim.kubectl('delete secret s')
    expect(sim.runUntil(() => countOf(sim, missing) > 0, { within: '92s' })).toBe(true)
    sim.runFor('5m')
    expect(countOf(sim, missing)).toBeGreaterThanOrEqual(9)
    expect(podIn(sim)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True')
    expect(file(sim)).toBe('1')
  })
})

describe('10.2 deleted while used in env', () => {
  test('E3 a restart waits as CreateContainerConfigError in phase Running until it is back; no restart is counted', () => {
    const sim = simTold({}, simSecret({ a: '1' }), envPod('sleep 60; exit 1'))
    sim.runFor('30s')
    sim.kubectl('delete secret s')
    sim.runFor('60s')
    expect(podIn(sim)?.status?.phase).toBe('Running')
    expect(['CreateContainerConfigError', 'CrashLoopBackOff']).toContain(waiting(podIn(sim))?.reason)
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.restartCount).toBe(0)
    sim.apply(simSecret({ a: '2' }))
    sim.runFor('3m')
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0)
    expect(sim.env({ pod: 'p' })?.get('X')).toBe('2')
  })
})

describe('10.3 deleted and recreated', () => {
  test('L4 between two syncs nobody notices anything but the new data', () => {
    const sim = mounted()
    sim.kubectl('delete secret s')
    sim.apply(simSecret({ a: '2' }))
    expect(sim.runUntil(() => file(sim) === '2', { within: '92s' })).toBe(true)
    expect(messages(sim, 'FailedMount')).toEqual([])
  })

  test('L2 after many failures the new data comes with the next try, up to 2m2s later', () => {
    const sim = mounted()
    sim.kubectl('delete secret s')
    sim.runFor('10m')
    sim.apply(simSecret({ a: '2' }))
    expect(sim.runUntil(() => file(sim) === '2', { within: '123s' })).toBe(true)
  })

  test('U3 Pods on two nodes switch at times of their own', () => {
    const sim = simTold({ nodes: 2 }, simSecret({ a: '1' }))
    for (const n of [1, 2]) sim.apply(simMounting(`p${n}`, { secretName: 's' }, { nodeName: `node-${n}` }))
    sim.runFor('5m')
    sim.apply(simSecret({ a: '2' }))
    sim.runFor('2m')
    const at = sim.delays('s').map(({ visibleAt }) => visibleAt)
    expect(new Set(at).size).toBeGreaterThan(1)
  })
})

describe('10.4 a key is removed', () => {
  test('V1 without items the file goes; with items the old files stay and the refresh fails', () => {
    const all = simTold({}, simSecret({ a: '1', b: '1' }), simMounting('p'))
    const one = simTold(
      {},
      simSecret({ a: '1', b: '1' }),
      simMounting('p', { secretName: 's', items: [{ key: 'b', path: 'b' }] }),
    )
    for (const sim of [all, one]) {
      sim.runFor('10s')
      sim.kubectl(`patch secret s --type=json -p '[{"op":"remove","path":"/data/b"}]'`)
      sim.runFor('92s')
    }
    expect([file(all, 'b'), file(one, 'b')]).toEqual([undefined, '1'])
    expect(messages(one, 'FailedMount')).toEqual([
      'MountVolume.SetUp failed for volume "v" : references non-existent secret key: b',
    ])
  })
})

describe('10.5 the API server is out of reach', () => {
  test.each([
    { version: 'v1.18', strategy: 'Watch', fails: false },
    { version: 'v1.18', strategy: 'Cache', fails: false },
    { version: 'v1.18', strategy: 'Get', fails: true },
    // Each sync drops what the cache holds (1.5).
    { version: 'v1.26', strategy: 'Cache', fails: true },
    { version: 'v1.36', strategy: 'Cache', fails: false },
  ] as const)('L2 refreshes by $strategy fail: $fails ($version); the files stay', ({ version, strategy, fails }) => {
    const sim = mounted({ version, kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } })
    sim.fault(unreachable)
    sim.runFor('5m')
    expect(file(sim)).toBe('1')
    expect(sim.journal.query({ type: 'volume.set-up-failed' }).length > 0).toBe(fails)
    expect(messages(sim, 'FailedMount')).toEqual([])
  })

  test.each([
    { version: 'v1.18', strategy: 'Watch', restarted: true },
    // The idle watch was closed five minutes after the start.
    { version: 'v1.26', strategy: 'Watch', restarted: false },
    { version: 'v1.36', strategy: 'Watch', restarted: false },
    // The echo of the status after the start dropped what the cache held (1.5); since 1.29 it keeps it.
    { version: 'v1.18', strategy: 'Cache', restarted: false },
    { version: 'v1.36', strategy: 'Cache', restarted: true },
    { version: 'v1.18', strategy: 'Get', restarted: false },
  ] as const)('E3 a container with a variable restarts by $strategy: $restarted ($version)', (row) => {
    const kubelet = { configMapAndSecretChangeDetectionStrategy: row.strategy }
    const sim = simTold({ version: row.version, kubelet }, simSecret({ a: '1' }), envPod('sleep 600; exit 1'))
    sim.runFor('9m')
    sim.fault(unreachable)
    sim.runFor('3m')
    expect(sim.journal.query({ type: 'container.start' })).toHaveLength(row.restarted ? 2 : 1)
  })

  test('L2 a Pod that had come but whose Secret had not is stuck until the server is back', () => {
    const sim = simTold({}, simSecret({ a: '1' }), simMounting('p'))
    sim.runUntil(() => sim.journal.query({ type: 'pod-directory.create' }).length > 0, { within: '5s' })
    const outage = sim.fault(unreachable)
    sim.runFor('2m')
    expect(file(sim)).toBeUndefined()
    outage.clear()
    expect(sim.runUntil(() => file(sim) === '1', { within: '4m' })).toBe(true)
  })

  test('U3 a change made meanwhile is seen within back-off and sync', () => {
    const sim = mounted()
    sim.fault({ ...unreachable, node: 'node-1', for: '2m' })
    sim.runFor('60s')
    sim.apply(simSecret({ a: '2' }))
    sim.runFor('60s')
    expect(file(sim)).toBe('1')
    expect(sim.runUntil(() => file(sim) === '2', { within: '152s' })).toBe(true)
  })
})

describe('10.6 kubelet restart', () => {
  test.each(['v1.18', 'v1.26', 'v1.36'] as const)(
    'L6 containers, tmpfs and env survive; unchanged files are not written (%s)',
    (version) => {
      const sim = mounted({ version })
      const before = sim.file({ pod: 'p' }, '/etc/v/..data')?.link
      sim.fault({ kubelet: 'restart' })
      sim.runFor('30s')
      expect(sim.file({ pod: 'p' }, '/etc/v/..data')?.link).toBe(before)
      expect(sim.journal.query({ type: 'container.start' })).toHaveLength(1)
      // It reads the Secret anew: by a list, from v1.35 on by a watch that begins with what there is.
      const { lists = 0, watches = 0 } = sim.traffic('s').nodes[0] ?? {}
      expect([lists, watches]).toEqual(version === 'v1.36' ? [0, 2] : [2, 2])
    },
  )

  test('L4 if the Secret is gone by then, running containers go on and crashed ones are not restarted', () => {
    const sim = simTold(
      {},
      simSecret({ a: '1' }),
      simPod(
        'p',
        { volumeMounts: [{ name: 'v', mountPath: '/etc/v' }], command: ['sh', '-c', 'sleep 120; exit 1'] },
        { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
      ),
    )
    sim.runFor('10s')
    sim.kubectl('delete secret s')
    sim.fault({ kubelet: 'restart' })
    sim.runFor('60s')
    expect(podIn(sim)?.status?.phase).toBe('Running')
    sim.runFor('10m')
    expect(sim.journal.query({ type: 'container.start' })).toHaveLength(1)
    expect(messages(sim, 'FailedMount')).toContain(missing)
    sim.apply(simSecret({ a: '2' }))
    sim.runFor('5m')
    expect(sim.journal.query({ type: 'container.start' }).length).toBeGreaterThan(1)
  })

  test('L6 with the API server away, existing containers simply run on', () => {
    const sim = mounted()
    sim.fault(unreachable)
    sim.fault({ kubelet: 'restart' })
    sim.runFor('10m')
    expect(file(sim)).toBe('1')
    expect(sim.journal.query({ type: 'container.exit' })).toEqual([])
  })
})

describe('10.7 node reboot', () => {
  test('L6 tmpfs is filled anew, init containers run again, containers are restarted; events tell it', () => {
    const init = { name: 'i', image: 'busybox:1', command: ['true'] }
    const sim = simTold({}, simSecret({ a: '1' }), simMounting('p', { secretName: 's' }, { initContainers: [init] }))
    sim.runFor('15s')
    sim.apply(simSecret({ a: '2' }))
    sim.fault({ reboot: 'node-1' })
    sim.runFor('60s')
    expect(file(sim)).toBe('2')
    expect(podIn(sim)?.status?.containerStatuses?.[0]?.restartCount).toBe(1)
    const initRuns = sim.journal.query({ type: 'container.start' }).filter(({ detail }) => detail?.container === 'i')
    expect(initRuns).toHaveLength(2)
    expect(messages(sim, 'SandboxChanged')).toEqual(['Pod sandbox changed, it will be killed and re-created.'])
    const rebooted = sim.events({ reason: 'Rebooted' })[0]?.message
    expect(rebooted).toMatch(/^Node node-1 has been rebooted, boot id: /)
  })

  test('L6 a Secret that was deleted meanwhile leaves the Pod waiting', () => {
    const sim = simTold({}, simSecret({ a: 'of-the-first-life' }), simMounting('p'))
    sim.runFor('10s')
    sim.fault({ reboot: 'node-1' })
    sim.kubectl('delete secret s')
    sim.runFor('3m')
    expect(sim.journal.query({ type: 'container.start' })).toHaveLength(1)
    expect(messages(sim, 'FailedMount')).toContain(missing)
    expect(sim.holdsSecret('node-1', 's')).toBe(false)
  })
})

describe('10.8 node lost', () => {
  test.each([
    { version: 'v1.18', graceS: 40 },
    { version: 'v1.36', graceS: 50 },
  ] as const)('L6 NotReady after $graceS s, Pods deleted 300 s after the taint ($version)', ({ version, graceS }) => {
    const sim = mounted({ version, nodes: 2 })
    const node = podIn(sim)?.spec.nodeName ?? ''
    sim.fault({ partition: node })
    const cutAt = sim.now()
    const isLost = () =>
      sim
        .get<Node>('Node', node)
        ?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'Unknown') ?? false
    expect(sim.runUntil(isLost, { within: '2m' })).toBe(true)
    expect(sim.kubectl('get nodes').stdout).toContain('NotReady')
    const lostS = (sim.now() - cutAt) / 1000
    // The last renewal was up to 10 s before the cut; looks are 5 s apart.
    expect(lostS).toBeGreaterThanOrEqual(graceS - 10.1)
    expect(lostS).toBeLessThanOrEqual(graceS + 6)
    const isDoomed = () => podIn(sim)?.metadata.deletionTimestamp !== undefined
    expect(sim.runUntil(isDoomed, { within: '6m' })).toBe(true)
    const doomedS = (sim.now() - cutAt) / 1000 - lostS
    expect(doomedS).toBeGreaterThanOrEqual(299)
    expect(doomedS).toBeLessThanOrEqual(312)
    sim.runFor('5m')
    // It stays until its node comes back, with what it holds.
    expect(podIn(sim)).toBeDefined()
    expect(sim.holdsSecret(node, 's')).toBe(true)
  })
})

describe('10.9 rescheduled', () => {
  test('L6 a new Pod on another node has the present Secret', () => {
    const sim = simTold(
      { nodes: 2 },
      simSecret({ a: '1' }),
      simMounting('p', { secretName: 's' }, { nodeName: 'node-1' }),
    )
    sim.runFor('10s')
    sim.apply(simSecret({ a: '2' }))
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('40s')
    sim.apply(simMounting('p', { secretName: 's' }, { nodeName: 'node-2' }))
    sim.runFor('10s')
    expect(file(sim)).toBe('2')
    expect(sim.holdsSecret('node-1', 's')).toBe(false)
  })
})

describe('10.10 deleted while it waits', () => {
  test.each([
    { version: 'v1.26', isGone: false },
    { version: 'v1.36', isGone: true },
  ] as const)('L6 in $version a Pod that waits for its volume is gone after 3 s: $isGone', ({ version, isGone }) => {
    const sim = simTold({ version }, simMounting('p'))
    sim.runFor('20s')
    sim.kubectl('delete pod p --wait=false')
    const attempts = countOf(sim, missing)
    sim.runFor('3s')
    expect(podIn(sim) === undefined).toBe(isGone)
    sim.apply(simSecret({ a: '1' }))
    sim.runFor('3m')
    expect(sim.journal.query({ type: 'container.start' })).toHaveLength(isGone ? 0 : 1)
    if (isGone) expect(countOf(sim, missing)).toBe(attempts)
  })

  // status_manager.go, TerminatePod; kubelets of v1.26 and v1.36 told so.
  test.each([
    ['v1.21', 'waiting'],
    ['v1.22', 'terminated'],
    ['v1.26', 'terminated'],
    ['v1.36', 'terminated'],
  ] as const)('L6 in %s what never ran is left %s when the deadline of its Pod is over', (version, left) => {
    const sim = simTold({ version }, envPod('true', { activeDeadlineSeconds: 5 }))
    sim.runFor('60s')
    const { phase, containerStatuses } = podIn(sim)?.status ?? {}
    expect([phase, Object.keys(containerStatuses?.[0]?.state ?? {})]).toEqual(['Failed', [left]])
  })

  test('L6 the last status of a Pod that never ran is Failed, its container ended in an unknown way (v1.27 on)', () => {
    const sim = simTold({ version: 'v1.36' }, simMounting('p'))
    sim.runFor('20s')
    const held = sim.kubectl(`patch pod p --type merge -p '{"metadata":{"finalizers":["example.com/look"]}}'`)
    expect(held.exitCode).toBe(0)
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('5s')
    const { phase, containerStatuses } = podIn(sim)?.status ?? {}
    expect(phase).toBe('Failed')
    expect(containerStatuses?.[0]?.state?.terminated).toMatchObject({ reason: 'ContainerStatusUnknown', exitCode: 137 })
  })
})
