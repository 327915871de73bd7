import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

const secret = (value: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'db' },
  stringData: { password: value },
})
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'app' },
  spec: {
    containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'db', mountPath: '/etc/db' }] }],
    volumes: [{ name: 'db', secret: { secretName: 'db' } }],
  },
}

describe('at', () => {
  test('calls between events at its moment, in the order in which it was asked, and may do what a caller may', () => {
    const sim = createSim({ seed: 'at' })
    const calls: [string, number][] = []
    const note = (name: string) => () => void calls.push([name, sim.now()])
    sim.at('30s', () => {
      sim.apply(secret('old'), pod)
      note('applied')()
    })
    sim.at('10s', note('first'))
    sim.at('10s', note('second'))
    sim.at('10s', note('never')).cancel()
    sim.at(0, note('now'))
    sim.at('2m', () => sim.kubectl('delete pod app'))
    sim.runFor('1m')
    expect(calls).toEqual([
      ['now', 0],
      ['first', 10_000],
      ['second', 10_000],
      ['applied', 30_000],
    ])
    expect(sim.now()).toBe(60_000)
    expect(sim.get('Pod', 'app')?.status?.phase).toBe('Running')
    // A command that waits lets time pass to its own end, beyond the call that it happened in.
    sim.runFor('1m')
    expect(sim.now()).toBeGreaterThanOrEqual(120_000)
    expect(sim.get('Pod', 'app')).toBeUndefined()
  })

  test('is reached by every call that lets time pass', () => {
    const sim = createSim({ seed: 'at' })
    sim.at('20s', () => sim.apply(secret('old')))
    sim.apply(pod)
    expect(sim.kubectl('wait --for=condition=Ready pod/app --timeout=2m').stdout).toBe('pod/app condition met\n')
    sim.at('5m', () => sim.apply(secret('new')))
    const isNew = () => sim.file({ pod: 'app' }, '/etc/db/password')?.content === 'new'
    expect(sim.runUntil(isNew, { within: '10m' })).toBe(true)
    expect(sim.now()).toBeGreaterThan(300_000)
  })

  test('what it throws comes out of the call that let time pass; the past is refused', () => {
    const sim = createSim({ seed: 'at' })
    sim.at('5s', () => {
      throw new Error('mine')
    })
    expect(() => sim.runFor('10s')).toThrow('mine')
    sim.runFor('10s')
    expect(() => sim.at('5s', () => {})).toThrow('at: 5s is over; it is 15s now')
    expect(() => sim.at('soon', () => {})).toThrow('at: time is the text "soon"')
  })
})

describe('settle', () => {
  test('U3 lets time pass until an update has reached everybody and nothing is under way', () => {
    const sim = createSim({ seed: 'settle', kubelet: { configMapAndSecretChangeDetectionStrategy: 'Cache' } })
    sim.apply(secret('old'), pod)
    expect(sim.settle()).toBe(true)
    expect(sim.get('Pod', 'app')?.status?.phase).toBe('Running')
    const before = sim.now()
    expect(sim.settle()).toBe(true)
    expect(sim.now()).toBe(before)
    sim.apply(secret('new'))
    expect(sim.settle()).toBe(true)
    expect(sim.file({ pod: 'app' }, '/etc/db/password')?.content).toBe('new')
    expect(sim.now() - before).toBeLessThan(200_000)
  })

  test('L2 a Pod that waits for its Secret is at rest, one that is pulled or ends is not', () => {
    const sim = createSim({ seed: 'busy', images: [{ name: 'huge', pull: '10m' }] })
    sim.apply(pod)
    expect(sim.settle({ within: '5m' })).toBe(true)
    sim.kubectl('run slow --image=huge')
    expect(sim.settle({ within: '5m' })).toBe(false)
    expect(sim.settle()).toBe(true)
    expect(sim.get('Pod', 'slow')?.status?.phase).toBe('Running')
  })
})

describe('start', () => {
  test('a command goes on while time passes, beside others that act as somebody else, and ends as it would alone', () => {
    const sim = createSim({ seed: 'start' })
    const waiting = sim.start({ kubectl: 'wait --for=condition=Ready pod/app --timeout=5m' })
    expect(waiting.result).toBeUndefined()
    sim.runFor('100ms')
    expect(waiting.result).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('pods "app" not found') })
    sim.apply(pod)
    const ready = sim.start({ kubectl: ['wait', '--for=condition=Ready', 'pod/app', '--timeout=5m'] })
    const asNode = sim.start(
      { shell: 'sleep 20; kubectl get secrets; kubectl auth can-i create pods' },
      { as: 'system:node:node-1' },
    )
    expect([ready.result, asNode.result]).toEqual([undefined, undefined])
    sim.runFor('10s')
    expect(sim.kubectl('auth can-i create pods').stdout).toBe('yes\n')
    sim.apply(secret('old'))
    expect(ready.goOn(() => sim.now() > 12_000)).toBeUndefined()
    expect(ready.goOn()).toEqual({ stdout: 'pod/app condition met\n', stderr: '', exitCode: 0 })
    expect(asNode.goOn()).toMatchObject({
      stdout: 'yes\n',
      stderr: expect.stringContaining('User "system:node:node-1" cannot list resource "secrets"'),
    })
  })

  test('interrupt ends it as ctrl-C does', () => {
    const sim = createSim({ seed: 'start' })
    const running = [
      sim.start({ shell: 'echo before; sleep 100; echo after' }),
      sim.start({ kubectl: ['get', 'pods', '-w'] }),
    ]
    sim.runFor('5s')
    for (const each of running) each.interrupt()
    sim.runFor('5m')
    expect(running.map(({ result }) => result)).toEqual([
      { stdout: 'before\n', stderr: '', exitCode: 130 },
      { stdout: '', stderr: '', exitCode: 130 },
    ])
  })
})

describe('client', () => {
  test('S5 acts as a node or a ServiceAccount with its groups', () => {
    const sim = createSim({ seed: 'as' })
    expect(sim.client().user.groups).toContain('system:masters')
    expect(sim.client({ as: 'system:node:node-1' }).user.groups).toEqual(['system:nodes', 'system:authenticated'])
    expect(sim.client({ as: 'system:serviceaccount:shop:app' }).user.groups).toEqual([
      'system:serviceaccounts',
      'system:serviceaccounts:shop',
      'system:authenticated',
    ])
    expect(sim.client({ as: 'jane', groups: ['dev'] }).user).toEqual({
      name: 'jane',
      groups: ['dev', 'system:authenticated'],
    })
  })
})
