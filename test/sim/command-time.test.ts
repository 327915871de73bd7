import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** What time kubectl lines take, and what the cluster does meanwhile. */

const simWith = (options: SimOptions = {}): Sim => createSim({ seed: 'lines', ...options })

/** How long a line takes, in ms. */
function taken(sim: Sim, line: string): number {
  const before = sim.now()
  expect(sim.kubectl(line).exitCode).toBe(0)
  return sim.now() - before
}

describe('a kubectl line', () => {
  test('takes no time where the network takes none, and else some tens of milliseconds; whoever says so has it otherwise', () => {
    expect(taken(simWith(), 'get pods')).toBe(0)
    const sim = simWith({ network: { watchEvent: '1ms' } })
    expect(taken(sim, 'get pods')).toBeGreaterThanOrEqual(30)
    expect(taken(sim, 'get pods')).toBeLessThanOrEqual(60)
    expect(taken(simWith({ network: { watchEvent: '1ms' }, commandTime: 0 }), 'get pods')).toBe(0)
  })

  test('takes its own time, drawn from the seed, with the requests that it makes', () => {
    const options: SimOptions = { commandTime: { kind: 'uniform', minMs: 30, maxMs: 60 } }
    const times = (seed: string) => {
      const sim = simWith({ ...options, seed })
      return Array.from({ length: 20 }, () => taken(sim, 'get pods'))
    }
    const all = times('a')
    expect(Math.min(...all)).toBeGreaterThanOrEqual(30)
    expect(Math.max(...all)).toBeLessThanOrEqual(60)
    expect(new Set(all).size).toBeGreaterThan(3)
    expect(times('a')).toEqual(all)
    expect(times('b')).not.toEqual(all)
  })

  test('waits for the answer to each of its requests, as long as its network says', () => {
    const sim = simWith({ network: { request: '10ms', verbs: { create: '50ms' } }, commandTime: '1ms' })
    // What groups there are, in two requests, what all of them hold, at once, and what is wanted; later lines know the groups.
    expect(taken(sim, 'get secrets')).toBe(41)
    expect(taken(sim, 'get secrets')).toBe(11)
    expect(taken(sim, 'create secret generic s --from-literal=a=b')).toBeGreaterThanOrEqual(51)
  })

  test('is slow where the API server or etcd is', () => {
    const sim = simWith()
    sim.fault({ apiServer: 'slow', latency: '2s', verb: 'list', for: '1m' })
    expect(taken(sim, 'get pods')).toBeGreaterThanOrEqual(2000)
    sim.runFor('2m')
    sim.fault({ etcd: 'slow', latency: '3s', for: '1m' })
    expect(taken(sim, 'create namespace n')).toBeGreaterThanOrEqual(3000)
  })

  test('is refused at the end of its own time where the API server is out of reach', () => {
    const sim = simWith({ commandTime: '40ms' })
    sim.fault({ apiServer: 'unreachable', for: '1m' })
    const before = sim.now()
    expect(sim.kubectl('get pods').exitCode).toBe(1)
    expect(sim.now() - before).toBe(40)
  })
})

describe('what controllers have done when the next line comes', () => {
  const commandTime = { kind: 'uniform', minMs: 30, maxMs: 60 } as const

  test('a namespace has its account: a Pod can be made in it', () => {
    const sim = simWith({ commandTime })
    const script = 'kubectl create namespace n && kubectl run p --image=busybox -n n -- sleep 1000'
    expect(sim.shell(script)).toMatchObject({ exitCode: 0, stderr: '' })
    sim.runFor('10s')
    expect(sim.get<Pod>('Pod', 'p', 'n')?.status?.phase).toBe('Running')
  })

  test('a quota has counted: what it does not allow is refused', () => {
    const sim = simWith({ commandTime })
    const script =
      'kubectl create quota q --hard=pods=1 && kubectl run a --image=busybox && kubectl run b --image=busybox'
    const { stderr } = sim.shell(script)
    expect(stderr).toContain('exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1')
  })

  test('a Deployment has made its ReplicaSet: there is a revision to go back to', () => {
    const sim = simWith({ commandTime })
    const script = [
      'kubectl create deployment web --image=nginx:1',
      'kubectl set image deployment/web nginx=nginx:2',
      'kubectl rollout undo deployment/web',
    ].join(' && ')
    expect(sim.shell(script)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('rolled back') })
    sim.runFor('1m')
    const images = sim.list<Pod>('Pod').map(({ spec }) => spec.containers[0]?.image)
    expect(images).toEqual(['nginx:1'])
  })
})
