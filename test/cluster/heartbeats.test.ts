import { describe, expect, test } from 'vitest'
import type { Node } from '../../src/api/types/core.ts'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { createSim, type Sim } from '../../src/index.ts'
import { defaultEpochMs } from '../../src/kernel/calendar.ts'

const minute = 60_000

/** Ages of what the Node's conditions say, in ms of virtual time. */
function ages(sim: Sim, nowMs: number, name = 'node-1'): readonly number[] {
  const { conditions = [] } = sim.get('Node', name)?.status ?? {}
  return conditions.map(({ lastHeartbeatTime = '' }) => defaultEpochMs + nowMs - Date.parse(lastHeartbeatTime))
}

interface Lease extends KubeObject {
  readonly spec: { readonly renewTime: string }
}
const lease = (sim: Sim, name = 'node-1') => sim.get<Lease>('Lease', name, 'kube-node-lease')
const renewalAge = (sim: Sim, nowMs: number) => defaultEpochMs + nowMs - Date.parse(lease(sim)?.spec.renewTime ?? '')

const ttls = (sim: Sim): ReadonlySet<string | undefined> =>
  new Set(sim.list('Node').map(({ metadata }) => metadata.annotations?.['node.alpha.kubernetes.io/ttl']))

describe('facts kubelet 8.3: signs of life are true for whoever looks', () => {
  test('after 47 minutes the lease is ten seconds old at most, and the conditions are five minutes old', () => {
    const sim = createSim({ seed: 'beats' })
    sim.runFor('47m')
    expect(renewalAge(sim, 47 * minute)).toBeLessThan(10_000)
    expect(renewalAge(sim, 47 * minute)).toBeGreaterThanOrEqual(0)
    const [first, ...others] = ages(sim, 47 * minute)
    expect(first).toBeLessThan(5 * minute + 10_000)
    expect(first).toBeGreaterThanOrEqual(0)
    expect(new Set(others)).toEqual(new Set([first]))
  })

  test('get, list, describe, a selector and HTTP see the same', () => {
    const sim = createSim({ seed: 'beats' })
    sim.runFor('31m')
    const time = sim.get('Node', 'node-1')?.status?.conditions?.[0]?.lastHeartbeatTime ?? ''
    expect(sim.list('Node')[0]?.status?.conditions?.[0]?.lastHeartbeatTime).toBe(time)
    expect(sim.kubectl('get nodes -o jsonpath={.items[0].status.conditions[3].lastHeartbeatTime}').stdout).toBe(time)
    const described = sim.kubectl('describe node node-1').stdout
    expect(described).toMatch(/RenewTime: +Fri, 01 May 2020 00:(30|31):/)
    expect(described).not.toContain('30 Apr 2020 23:59:00 +0000   Thu, 30')
    const answer = sim.request({
      method: 'GET',
      path: '/api/v1/nodes/node-1',
      user: 'admin',
      groups: ['system:masters'],
    })
    expect('body' in answer ? String(answer.body) : '').toContain(time)
  })

  test('a report comes each five minutes, at a look of the kubelet', () => {
    const sim = createSim({ seed: 'beats' })
    const seen = new Set<string>()
    for (let i = 0; i < 40 * 6; i++) {
      sim.runFor('10s')
      seen.add(sim.get('Node', 'node-1')?.status?.conditions?.[0]?.lastHeartbeatTime ?? '')
    }
    const times = [...seen].map((time) => Date.parse(time))
    const gaps = times.slice(2).map((time, at) => time - (times[at + 1] ?? 0))
    expect(gaps.length).toBeGreaterThan(5)
    expect(new Set(gaps)).toEqual(new Set([5 * minute]))
  })

  // Source: pkg/kubelet/nodelease/controller.go (v1.18), maxBackoff.
  test('a lease that could not be renewed is tried again after 7 s at most', () => {
    const sim = createSim({ seed: 'beats', journal: 'off' })
    sim.runFor('2m')
    const waits = [61, 64, 67, 70, 73, 76, 79, 82].map((seconds) => {
      const outage = sim.fault({ apiServer: 'unreachable' })
      sim.runFor(`${seconds}s`)
      outage.clear()
      const [endedAt, last] = [sim.now(), lease(sim)?.spec.renewTime]
      sim.runUntil(() => lease(sim)?.spec.renewTime !== last, { within: '1m' })
      sim.runFor('30s')
      return sim.now() - endedAt - 30_000
    })
    expect(Math.max(...waits)).toBeLessThanOrEqual(7000)
  })

  test('an idle hour has no events, and looking leaves no trace', () => {
    const [quiet, watched] = [createSim({ seed: 'beats' }), createSim({ seed: 'beats' })]
    const before = watched.get('Node', 'node-1')?.metadata.resourceVersion
    for (let i = 0; i < 12; i++) {
      watched.runFor('5m')
      watched.list('Node')
      watched.list('Lease')
    }
    quiet.runFor('1h')
    expect(watched.journal.digest()).toBe(quiet.journal.digest())
    expect(watched.get('Node', 'node-1')?.metadata.resourceVersion).toBe(before)
  })

  test('whoever writes a Node stores what was to be seen', () => {
    const sim = createSim({ seed: 'beats' })
    sim.runFor('47m')
    sim.kubectl('label node node-1 a=b')
    const stored = [...sim.journal].findLast(({ type, object }) => type === 'object.updated' && object?.kind === 'Node')
    const after = stored?.after as Node | undefined // the record is about a Node
    expect(after?.status?.conditions?.[0]?.lastHeartbeatTime).toBe(
      sim.get('Node', 'node-1')?.status?.conditions?.[0]?.lastHeartbeatTime,
    )
    expect(ages(sim, 47 * minute)[0]).toBeLessThan(5 * minute + 10_000)
  })

  test('of a machine without power the last signs are those before', () => {
    const sim = createSim({ seed: 'beats', nodes: 2 })
    sim.runFor('47m')
    const [before, renewed] = [ages(sim, 47 * minute)[0] ?? 0, renewalAge(sim, 47 * minute)]
    sim.fault({ power: 'off', node: 'node-1' })
    sim.runFor('20m')
    expect(ages(sim, 67 * minute)[0]).toBe(before + 20 * minute)
    expect(renewalAge(sim, 67 * minute)).toBe(renewed + 20 * minute)
    expect(ages(sim, 67 * minute, 'node-2')[0]).toBeLessThan(5 * minute + 10_000)
    expect(sim.get('Node', 'node-1')?.status?.conditions?.at(-1)?.status).toBe('Unknown')
  })

  test('a lease that is taken away is made anew at the next renewal', () => {
    const sim = createSim({ seed: 'beats' })
    sim.runFor('10m')
    sim.kubectl('delete lease node-1 -n kube-node-lease')
    expect(lease(sim)).toBeUndefined()
    sim.runFor('11s')
    expect(lease(sim)?.spec.renewTime).toBeDefined()
  })
})

describe('a watch from outside', () => {
  const watched = (path: string, duration: '17m' | '35s'): readonly string[] => {
    const sim = createSim({ seed: 'beats', nodes: 2 })
    sim.runFor('12m')
    const told: string[] = []
    const stream = sim.request({
      method: 'GET',
      path: `${path}?watch=true`,
      lasting: true,
      user: 'admin',
      groups: ['system:masters'],
    })
    if (!('read' in stream)) throw new Error(`no stream: ${stream.code}`)
    stream.read({ chunk: (text) => void told.push(...text.trim().split('\n')), end: () => {} })
    sim.runFor(duration)
    return told.map((line) => {
      const { type, object } = JSON.parse(line)
      return `${type} ${object.metadata.name} ${object.spec.renewTime ?? object.status.conditions[0].lastHeartbeatTime}`
    })
  }
  const modified = (told: readonly string[], name: string) => told.filter((line) => line.startsWith(`MODIFIED ${name}`))

  test('of Nodes hears of each report', () => {
    const told = watched('/api/v1/nodes', '17m')
    for (const name of ['node-1', 'node-2']) {
      expect(modified(told, name).length).toBeGreaterThanOrEqual(3)
      expect(new Set(told).size).toBe(told.length)
    }
  })

  test('of Leases hears of each renewal', () => {
    const told = watched('/apis/coordination.k8s.io/v1/leases', '35s')
    for (const name of ['node-1', 'node-2']) expect([3, 4]).toContain(modified(told, name).length)
    expect(new Set(told).size).toBe(told.length)
  })
})

describe('facts kubelet 1.7: the ttl of all Nodes follows the size of the cluster', () => {
  test('nodes that were there get it at their next report, within five minutes', () => {
    const sim = createSim({ seed: 'ttl', nodes: 100, journal: 'off' })
    expect(ttls(sim)).toEqual(new Set(['0']))
    sim.runFor('6m')
    sim.apply({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'another' } })
    sim.runFor('1s')
    expect(ttls(sim)).toEqual(new Set(['0', '15']))
    sim.runFor('5m10s')
    expect(ttls(sim)).toEqual(new Set(['15']))
  })
})
