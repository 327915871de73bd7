import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** Stale state, unobserved state, intermediate state: what Sieve does to the clients of an API server. */

const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData: { password },
})

const podOf = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    nodeName: 'node-1',
    containers: [
      {
        name: 'app',
        image: 'busybox:1',
        command: ['sleep', 'infinity'],
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
  },
})

const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: {
    replicas: 3,
    selector: { matchLabels: { app: 'web' } },
    template: {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'app', image: 'busybox:1', command: ['sleep', 'infinity'] }] },
    },
  },
}

function begun(): Sim {
  const sim = createSim({ seed: 'patterns' })
  sim.apply(secret('old'))
  sim.apply(podOf('p'))
  sim.runFor('10s')
  return sim
}

const content = (sim: Sim) => sim.file({ pod: 'p' }, '/v/password')?.content
const isRunning = (sim: Sim, name: string) => sim.get<Pod>('Pod', name)?.status?.phase === 'Running'
const types = (sim: Sim) => sim.journal.records.map(({ type }) => type)

describe('U3 stale reads', () => {
  /** A kubelet that is started again while something is in its way, and what it knows of the present 90 s later. */
  const restarted = (fault: Parameters<Sim['fault']>[0]): Sim => {
    const sim = begun()
    sim.fault(fault)
    sim.apply(secret('new'), podOf('q'))
    sim.fault({ kubelet: 'restart' })
    sim.runFor('90s')
    return sim
  }

  test('a kubelet that starts anew lists what was when the cache stood still: neither the new Pod nor the new value', () => {
    const sim = restarted({ staleReads: 'node-1', for: '2m' })
    expect(isRunning(sim, 'q')).toBe(false)
    expect(content(sim)).toBe('old')
  })

  test('watches that are only stalled do not do that: a new list is of the present', () => {
    const sim = restarted({ watches: 'stall', node: 'node-1', for: '2m' })
    expect(isRunning(sim, 'q')).toBe(true)
    expect(content(sim)).toBe('new')
  })

  test('when the cache has caught up, all of it arrives', () => {
    const sim = restarted({ staleReads: 'node-1', for: '2m' })
    sim.runFor('2m')
    expect(isRunning(sim, 'q')).toBe(true)
    expect(content(sim)).toBe('new')
  })

  test('what is read from etcd is of the present: kubectl sees both', () => {
    const sim = restarted({ staleReads: 'node-1', for: '2m' })
    expect(sim.kubectl('get pods -o name').stdout).toBe('pod/p\npod/q\n')
  })
})

describe('U3 missed events', () => {
  test('the control plane never sees a Pod that came and went, and lists what there is', () => {
    const sim = begun()
    sim.apply(deployment)
    sim.runFor('10s')
    sim.fault({ missedEvents: 'control-plane', for: '20s' })
    sim.kubectl('delete pod -l app=web --now --wait=false')
    sim.runFor('15s')
    expect(sim.kubectl('get pods -l app=web -o name').stdout).toBe('')
    sim.runFor('10s')
    expect(sim.list<Pod>('Pod').filter(({ status }) => status?.phase === 'Running')).toHaveLength(4)
  })

  test('a value that was there only meanwhile is never mounted', () => {
    const sim = begun()
    sim.fault({ missedEvents: 'node-1', for: '3m' })
    sim.apply(secret('between'))
    sim.runFor('2m')
    expect(content(sim)).toBe('old')
    sim.apply(secret('new'))
    expect(sim.runUntil(() => content(sim) !== 'old', { within: '4m' })).toBe(true)
    expect(content(sim)).toBe('new')
  })
})

describe('L6 a crash in the middle', () => {
  test('the controllers crash after the first of three Pods: one is there, and after the restart three, not four', () => {
    const sim = begun()
    sim.fault({ crashInTheMiddle: 'control-plane', verb: 'create', resource: 'pods', restartAfter: '20s' })
    sim.apply(deployment)
    sim.runFor('10s')
    expect(types(sim)).toContain('controller-manager.stopped')
    expect(sim.kubectl('get pods -l app=web -o name').stdout.trim().split('\n')).toHaveLength(1)
    sim.runFor('30s')
    expect(sim.kubectl('get pods -l app=web -o name').stdout.trim().split('\n')).toHaveLength(3)
  })

  test('a kubelet crashes as soon as its status is written, and goes on where the server has it', () => {
    const sim = begun()
    sim.fault({ crashInTheMiddle: 'node-1', verb: 'patch', resource: 'pods', name: 'q', restartAfter: '20s' })
    sim.apply(podOf('q'))
    sim.runFor('10s')
    expect(types(sim)).toContain('kubelet.stop')
    expect(isRunning(sim, 'q')).toBe(false)
    sim.runFor('40s')
    expect(isRunning(sim, 'q')).toBe(true)
  })

  test('a kubelet that something else keeps down, too, is not started before that is over', () => {
    const sim = begun()
    const starts = () => types(sim).filter((type) => type === 'kubelet.start').length
    const before = starts()
    sim.fault({ crashInTheMiddle: 'node-1', verb: 'patch', resource: 'pods', name: 'q', restartAfter: '20s' })
    sim.apply(podOf('q'))
    sim.runFor('10s')
    const power = sim.fault({ kubelet: 'stop', node: 'node-1' })
    sim.runFor('1m')
    expect(starts()).toBe(before)
    sim.fault({ kubelet: 'restart', node: 'node-1' })
    sim.runFor('1m')
    expect(starts()).toBe(before)
    power.clear()
    sim.runFor('1m')
    expect(starts()).toBe(before + 1)
    expect(isRunning(sim, 'q')).toBe(true)
  })

  test('signs of life are no steps of its work, and ended before its time nothing crashes', () => {
    const sim = begun()
    const waiting = sim.fault({ crashInTheMiddle: 'node-1' })
    sim.runFor('2m')
    expect(types(sim)).not.toContain('kubelet.stop')
    waiting.clear()
    sim.apply(podOf('q'))
    sim.runFor('10s')
    expect(types(sim)).not.toContain('kubelet.stop')
    expect(isRunning(sim, 'q')).toBe(true)
  })

  test('a client that there is not is told with those that there are', () => {
    expect(() => begun().fault({ staleReads: 'node-9' })).toThrow('node-1')
  })
})
