import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import type { Sim } from '../../src/sim/sim.ts'

const secret = (password: string, name = 's') => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name },
  stringData: { password },
})

const podOf = (name: string, image = 'busybox:1', node = 'node-1') => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeName: node,
    containers: [
      { name: 'app', image, command: ['sleep', 'infinity'], volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] },
    ],
    volumes: [{ name: 'foo', secret: { secretName: 's' } }],
  },
})

function simWith(options: SimOptions = {}): Sim {
  const sim = createSim({ journal: 'off', seed: 'faults', ...options })
  sim.apply(secret('old'))
  sim.apply(podOf('p'))
  sim.runFor('10s')
  return sim
}

const content = (sim: Sim, pod = 'p') => sim.file({ pod }, '/etc/foo/password')?.content
const pod = (sim: Sim, name: string) => sim.get<Pod>('Pod', name)

describe('L6 the clock of one node is ahead', () => {
  const ahead = (): Sim => {
    const sim = createSim({ journal: 'off', seed: 'clock', nodes: 2 })
    sim.fault({ clock: '10m', node: 'node-1' })
    sim.apply(secret('old'))
    sim.apply(podOf('p'), podOf('q', 'busybox:1', 'node-2'))
    sim.runFor('10s')
    return sim
  }

  test('its data directory, its logs and what it writes into statuses and events bear its own time', () => {
    const sim = ahead()
    const dates = (name: string) => sim.file({ pod: name }, '/etc/foo/..data')?.link?.slice(0, 19)
    expect(dates('p')).toMatch(/^\.\.2020_05_01_00_10_/)
    expect(dates('q')).toMatch(/^\.\.2020_05_01_00_00_/)
    expect(pod(sim, 'p')?.status?.startTime).toMatch(/^2020-05-01T00:10/)
    expect(pod(sim, 'p')?.metadata.creationTimestamp).toMatch(/^2020-05-01T00:00/)
    const started = sim.events({ on: 'pod/p', reason: 'Started' })[0]
    expect(started?.firstTimestamp).toMatch(/^2020-05-01T00:10/)
    expect(started?.metadata.creationTimestamp).toMatch(/^2020-05-01T00:00/)
    expect(sim.exec({ pod: 'p' }, ['date', '+%H:%M']).stdout).toBe('00:10\n')
  })

  test('kubectl shows its events as of a time to come', () => {
    const sim = ahead()
    const lines = sim.kubectl('get events').stdout.split('\n')
    expect(lines.find((line) => line.includes('Started') && line.includes('pod/p'))).toMatch(/^<invalid>/)
    expect(lines.find((line) => line.includes('Started') && line.includes('pod/q'))).toMatch(/^\d+s/)
  })

  test('the node stays ready, syncs keep their pace, and a clock put right changes nothing of the past', () => {
    const sim = ahead()
    sim.runFor('10m')
    expect(sim.kubectl('get nodes').stdout).not.toContain('NotReady')
    const before = pod(sim, 'p')?.status?.containerStatuses?.[0]?.state
    sim.apply(secret('new'))
    expect(sim.runUntil(() => content(sim) === 'new', { within: '92s' })).toBe(true)
    sim.fault({ clock: '0s', node: 'node-1' })
    sim.kubectl('annotate pod p touched=yes')
    sim.runFor('2m')
    expect(pod(sim, 'p')?.status?.containerStatuses?.[0]?.state).toEqual(before)
  })

  test('activeDeadlineSeconds counts by the clock that wrote the start: a clock that jumps ahead ends the Pod early', () => {
    const sim = createSim({ journal: 'off', seed: 'clock' })
    sim.apply({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'd' },
      spec: { activeDeadlineSeconds: 600, containers: [{ name: 'app', image: 'nginx' }] },
    })
    sim.runFor('10s')
    sim.fault({ clock: '1h', node: 'node-1' })
    sim.runFor('2m')
    expect(pod(sim, 'd')?.status).toMatchObject({ phase: 'Failed', reason: 'DeadlineExceeded' })
  })

  test('a clock behind', () => {
    const sim = createSim({ journal: 'off', seed: 'clock' })
    sim.fault({ clock: '-1h', node: 'node-1', for: '1h' })
    sim.apply(secret('old'))
    sim.apply(podOf('p'))
    sim.runFor('10s')
    expect(sim.file({ pod: 'p' }, '/etc/foo/..data')?.link).toMatch(/^\.\.2020_04_30_23_00_/)
    expect(() => sim.fault({ clock: 'soon', node: 'node-1' })).toThrow('fault.clock')
  })
})

describe('L2 an image registry out of reach', () => {
  test('new images fail with ErrImagePull and ImagePullBackOff, images on the node start, and pulls succeed again after it', () => {
    const sim = simWith({ images: [{ name: 'busybox', present: true }, { name: 'nginx' }] })
    sim.fault({ registry: 'unreachable', for: '60s' })
    sim.apply(podOf('here'), podOf('there', 'nginx:1'))
    sim.runFor('30s')
    expect(pod(sim, 'here')?.status?.phase).toBe('Running')
    const waiting = pod(sim, 'there')?.status?.containerStatuses?.[0]?.state?.waiting
    expect(['ErrImagePull', 'ImagePullBackOff']).toContain(waiting?.reason)
    expect(sim.events({ on: 'pod/there', reason: 'Failed' }).map(({ message }) => message?.slice(0, 31))).toContain(
      'Failed to pull image "nginx:1":',
    )
    sim.runFor('120s')
    expect(pod(sim, 'there')?.status?.phase).toBe('Running')
  })
})

describe('U2 L3 an API server that is started anew', () => {
  test.each(['v1.18', 'v1.36'] as const)(
    '%s: it refuses nodes until it has listed, and Secrets come as ever',
    (version) => {
      const sim = simWith({ version })
      const mayRead = () =>
        sim.kubectl('auth can-i get secrets/s --as system:node:node-1 --as-group system:nodes').stdout.trim()
      sim.fault({ apiServer: 'restart', for: '20s' })
      sim.runFor('20s')
      expect(mayRead()).toMatch(/^no\b/)
      sim.runFor('1s')
      expect(mayRead()).toBe('yes')
      sim.apply(secret('new'))
      expect(sim.runUntil(() => content(sim) === 'new', { within: '152s' })).toBe(true)
    },
  )

  test('while it is down kubectl is refused, too', () => {
    const sim = simWith({})
    const exitCode = () => sim.kubectl('get nodes').exitCode
    sim.fault({ apiServer: 'restart', for: '20s' })
    sim.runFor('1s')
    const { stderr } = sim.kubectl('get nodes')
    expect(stderr).toMatch(/^The connection to the server .* was refused - did you specify the right host or port\?$/m)
    sim.runFor('20s')
    expect(exitCode()).toBe(0)
    const restart = sim.fault({ apiServer: 'restart', for: '1h' })
    expect(exitCode()).toBe(1)
    restart.clear()
    expect(exitCode()).toBe(0)
  })
})

describe('U2 lost watches', () => {
  test('a watch that breaks is opened again: an update comes as ever', () => {
    const sim = simWith()
    sim.fault({ watches: 'drop' })
    sim.apply(secret('new'))
    expect(sim.runUntil(() => content(sim) === 'new', { within: '92s' })).toBe(true)
  })

  test('a watch that stays open but delivers nothing keeps the old data until it delivers again, in the strategy Watch only', () => {
    const seen = (['Watch', 'Cache', 'Get'] as const).map((strategy) => {
      const sim = simWith({ kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } })
      const stalled = sim.fault({ watches: 'stall', node: 'node-1' })
      sim.apply(secret('new'))
      sim.runFor('4m')
      const during = content(sim)
      stalled.clear()
      sim.runFor('2m')
      return [strategy, during, content(sim)]
    })
    expect(seen).toEqual([
      ['Watch', 'old', 'new'],
      ['Cache', 'new', 'new'],
      ['Get', 'new', 'new'],
    ])
  })
})
