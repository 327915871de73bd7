import { describe, expect, test } from 'vitest'
import { createSim, type Fault, type Sim } from '../../src/index.ts'

function seconds(sim: Sim, until: () => boolean, limit = 900): number {
  const start = sim.now()
  while (!until() && sim.now() - start < limit * 1000) sim.runFor(100)
  return (sim.now() - start) / 1000
}

function phase(sim: Sim, name: string): string | undefined {
  return (sim.get('Pod', name) as { status?: { phase?: string } } | undefined)?.status?.phase
}

/** A Secret, and a Pod that mounts it. */
function withPod(sim: Sim, name = 'mypod'): Sim {
  sim.apply(
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret' }, stringData: { password: 'one' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name },
      spec: {
        containers: [{ name: 'app', image: 'redis', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }],
        volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
      },
    },
  )
  return sim
}

describe('L6 facts/apiserver.md 6.3: how long requests and watch events take', () => {
  test('the default takes no time; a named network takes some; the same seed tells the same story', () => {
    const start = (network: 'instant' | 'lan' | 'slo') => {
      const sim = withPod(createSim({ journal: 'off', network }))
      return [seconds(sim, () => phase(sim, 'mypod') === 'Running'), sim.now()]
    }
    const [instant, lan, slo] = [start('instant'), start('lan'), start('slo')]
    expect(instant[0]).toBeLessThanOrEqual(lan[0] ?? 0)
    expect(lan[0]).toBeLessThan(slo[0] ?? 0)
    expect(start('lan')).toEqual(lan)
    const plain = withPod(createSim({ journal: 'off' }))
    expect([seconds(plain, () => phase(plain, 'mypod') === 'Running'), plain.now()]).toEqual(instant)
  })

  test('per verb, and for the link of one node alone', () => {
    const nodes = [{ name: 'near' }, { name: 'far', network: { verbs: { list: '20s' } } }] as const
    const sim = createSim({ journal: 'off', nodes })
    const on = (node: string) => ({ spec: { nodeName: node } })
    for (const name of ['near', 'far']) {
      withPod(sim, `on-${name}`)
      sim.kubectl(`delete pod on-${name} --grace-period=0 --force`)
      const volumes = [{ name: 'foo', secret: { secretName: 'mysecret' } }]
      const containers = [{ name: 'app', image: 'redis', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }]
      const spec = { ...on(name).spec, containers, volumes }
      sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: `p-${name}` }, spec })
    }
    expect(seconds(sim, () => phase(sim, 'p-near') === 'Running')).toBeLessThan(10)
    // The kubelet of the other node waits for the list with which it begins to watch the Secret.
    expect(seconds(sim, () => phase(sim, 'p-far') === 'Running')).toBeGreaterThan(10)
  })
})

describe('L6 availability of the API server', () => {
  test('what runs goes on during an outage, nothing new starts, and all comes after it', () => {
    const sim = withPod(createSim({ journal: 'off' }))
    sim.runFor('10s')
    sim.fault({ apiServer: 'unreachable', for: '2m' })
    const refused = sim.kubectl('get pods')
    expect(refused.stderr).toContain('The connection to the server 10.0.0.1:6443 was refused')
    sim.runFor('2m')
    expect(sim.exec({ pod: 'mypod' }, ['cat', '/etc/foo/password']).stdout).toBe('one')
    withPod(sim, 'later')
    expect(seconds(sim, () => phase(sim, 'later') === 'Running')).toBeLessThan(60)
    expect(sim.kubectl('get nodes').stdout).toMatch(/node-1 +Ready/)
  })

  test('slow answers delay a start by the requests that it needs, and end', () => {
    const fast = withPod(createSim({ journal: 'off' }))
    const usual = seconds(fast, () => phase(fast, 'mypod') === 'Running')
    const sim = createSim({ journal: 'off' })
    sim.fault({ apiServer: 'slow', latency: '3s', for: '5m' })
    withPod(sim)
    const slow = seconds(sim, () => phase(sim, 'mypod') === 'Running')
    expect(slow).toBeGreaterThan(usual + 6)
    sim.runFor('5m')
    withPod(sim, 'after')
    expect(seconds(sim, () => phase(sim, 'after') === 'Running')).toBeLessThanOrEqual(usual + 1)
  })

  test.each<[string, Fault]>([
    ['dropped watches', { watches: 'drop' }],
    ['stalled watches that go on', { watches: 'stall', for: '30s' }],
    ['a partition that heals', { partition: 'node-1', for: '30s' }],
  ])('U2 %s lose no update', (_what, fault) => {
    const sim = withPod(createSim({ journal: 'off' }))
    sim.runFor('10s')
    sim.fault(fault)
    sim.kubectl(
      'create secret generic mysecret --from-literal=password=two --dry-run=client -o yaml | kubectl apply -f -',
    )
    sim.kubectl(['patch', 'secret', 'mysecret', '-p', '{"stringData":{"password":"two"}}'])
    sim.runFor('4m')
    expect(sim.exec({ pod: 'mypod' }, ['cat', '/etc/foo/password']).stdout).toBe('two')
  })

  test('C5 answers lost after the write: the write is done once, and who asked again learns of it', () => {
    const sim = createSim({ journal: 'off' })
    sim.fault({ loseAnswers: 8 })
    sim.kubectl('create deployment web --image=nginx')
    sim.runFor('2m')
    const pods = sim.list('Pod').filter(({ metadata }) => metadata.name.startsWith('web-'))
    expect(pods).toHaveLength(1)
    expect(pods[0]).toMatchObject({ status: { phase: 'Running' } })
  })
})
