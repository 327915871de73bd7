import { describe, expect, test } from 'vitest'
import type { Pod, Secret } from '../../src/api/types/core.ts'
import { createSim, type Sim, type SimOptions } from '../../src/index.ts'

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
    containers: [
      {
        name: 'app',
        image: 'nginx',
        env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'db', key: 'password' } } }],
        volumeMounts: [
          { name: 'db', mountPath: '/etc/db' },
          { name: 'db', mountPath: '/etc/one', subPath: 'password' },
        ],
      },
    ],
    volumes: [{ name: 'db', secret: { secretName: 'db' } }],
  },
}

function running(options: SimOptions = {}): Sim {
  const sim = createSim({ seed: 'library', ...options })
  sim.apply(secret('old'), pod)
  expect(sim.runUntil(() => sim.get<Pod>('Pod', 'app')?.status?.phase === 'Running', { within: '1m' })).toBe(true)
  return sim
}

describe('createSim', () => {
  test('starts at 0 with ready nodes, accounts and nothing else to do', () => {
    const sim = createSim({ nodes: 2 })
    expect(sim.now()).toBe(0)
    expect(sim.list('Node').map(({ metadata }) => metadata.name)).toEqual(['node-1', 'node-2'])
    expect(sim.kubectl('get nodes').stdout).toMatch(/node-1 +Ready/)
    expect(sim.get('ServiceAccount', 'default')).toBeDefined()
  })

  test('E1 V1 shows files, variables, logs and what commands print', () => {
    const sim = running()
    expect(sim.file({ pod: 'app' }, '/etc/db/password')).toMatchObject({
      type: 'file',
      mode: 0o644,
      content: 'old',
      link: '..data/password',
    })
    expect(sim.env({ pod: 'app' })?.get('PASSWORD')).toBe('old')
    expect(sim.exec({ pod: 'app' }, ['cat', '/etc/db/password'])).toMatchObject({
      stdout: 'old',
      stderr: '',
      exitCode: 0,
    })
    expect(sim.exec({ pod: 'nobody' }, ['ls']).exitCode).toBe(1)
    expect(sim.kubectl(['get', 'pod', 'app', '-o', 'jsonpath={.status.phase}']).stdout).toBe('Running')
    expect(sim.kubectl('apply -f -', { stdin: JSON.stringify(secret('newer')) }).stdout).toBe('secret/db configured\n')
  })

  test('U1 U3 U4 tells of every update who saw it when, and who never will and why', () => {
    const sim = running()
    sim.apply(secret('new'))
    sim.runFor('92s')
    const delays = sim.delays('db')
    expect(delays.map(({ way, never }) => [way, never === undefined])).toEqual([
      ['volume', true],
      ['subPath', false],
      ['env', false],
    ])
    const seen = delays[0]
    const { toCacheMs = 0, toSyncMs = 0, toMountMs = 0 } = seen?.parts ?? {}
    expect(toCacheMs + toSyncMs + toMountMs).toBe((seen?.visibleAt ?? 0) - (seen?.updatedAt ?? 0))
    expect((seen?.visibleAt ?? 0) - (seen?.updatedAt ?? 0)).toBeLessThanOrEqual(seen?.boundMs ?? 0)
    expect(sim.file({ pod: 'app' }, '/etc/db/password')?.content).toBe('new')
    expect(sim.file({ pod: 'app' }, '/etc/one')?.content).toBe('old')
  })

  test('L2 an outage is an accident that begins, ends, and is in the journal', () => {
    const sim = createSim({ seed: 'outage' })
    const fault = sim.fault({ apiServer: 'unreachable' })
    expect(sim.kubectl('get pods').stderr).toContain('The connection to the server 10.0.0.1:6443 was refused')
    fault.clear()
    fault.clear()
    expect(sim.kubectl('get pods').exitCode).toBe(0)
    sim.fault({ apiServer: 'unreachable', for: '30s' })
    sim.runFor('31s')
    expect(sim.kubectl('get pods').exitCode).toBe(0)
    expect(sim.journal.query({ type: (type) => type.startsWith('fault.') }).map(({ type }) => type)).toEqual([
      'fault.begin',
      'fault.end',
      'fault.begin',
      'fault.end',
    ])
  })

  test('knows the past: objects at any moment, and why things are as they are', () => {
    const sim = createSim({ seed: 'past' })
    sim.apply(pod)
    sim.runFor('20s')
    const why = sim.why('pod/app')
    expect(why.summary).toMatch(/^pod default\/app is Pending, waiting \(ContainerCreating\): .*secret "db" not found$/)
    expect(why.chain[why.chain.length - 1]?.actor).toBe('user/admin')
    sim.apply(secret('late'))
    sim.runFor('1m')
    expect(sim.stateAt('10s').has('Secret default/db')).toBe(false)
    expect(sim.stateAt('30s').has('Secret default/db')).toBe(true)
    expect(sim.why('pod/app').summary).toBe('pod default/app is Running and ready')
    expect(sim.why('pod/nobody').summary).toBe('there is no pod default/nobody, and there never was')
    expect([...sim.journal].length).toBe(sim.journal.records.length)
  })

  test('C5 request is the API as HTTP carries it', () => {
    const sim = createSim()
    const path = '/api/v1/namespaces/default/secrets'
    const created = sim.request({ user: 'admin', method: 'POST', path, body: secret('x') })
    expect(created).toMatchObject({ code: 201, headers: { 'content-type': 'application/json' } })
    const answer = sim.request({ user: 'jane', groups: ['developers'], method: 'GET', path: `${path}/db` })
    expect(answer.code).toBe(403)
    expect('body' in answer && answer.body).toContain('User \\"jane\\" cannot get resource \\"secrets\\"')
  })

  test('the same seed gives the same journal, another seed other times and the same outcome', () => {
    const runs = ['a', 'a', 'b'].map((seed) => {
      const sim = running({ seed })
      sim.apply(secret('new'))
      sim.runFor('3m')
      return { digest: sim.journal.digest(), content: sim.file({ pod: 'app' }, '/etc/db/password')?.content }
    })
    expect(runs[0]).toEqual(runs[1])
    expect(runs[2]?.digest).not.toBe(runs[0]?.digest)
    expect(runs[2]?.content).toBe('new')
  })

  test('S2 the journal off or at summary changes nothing but what is recorded', () => {
    const shown = (['full', 'summary', 'off'] as const).map((journal) => {
      const sim = running({ journal })
      sim.runFor('5m')
      return { now: sim.now(), pod: sim.get<Pod>('Pod', 'app'), secret: sim.get<Secret>('Secret', 'db') }
    })
    expect(shown[1]).toEqual(shown[0])
    expect(shown[2]).toEqual(shown[0])
  })
})
