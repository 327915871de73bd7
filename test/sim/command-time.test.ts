import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { SimOptions } from '../../src/sim/options.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** What time kubectl lines take, and what the cluster does meanwhile. */

const simWith = (options: SimOptions = {}): Sim => createSim({ seed: 'lines', ...options })

/** How long something takes, in ms. */
function taken(sim: Sim, work: (sim: Sim) => unknown): number {
  const before = sim.now()
  work(sim)
  return sim.now() - before
}

const line =
  (text: string, options = {}) =>
  (sim: Sim) => {
    expect(sim.kubectl(text, options)).toMatchObject({ exitCode: 0 })
  }

/** The cluster, the times at which steps began, and how it ended. */
function ran(steps: string, more = '') {
  const loaded = loadScenario(`title: lines\nseed: lines\n${more}steps:\n${steps}`, 'x.yaml', {
    readBeside: () => undefined,
  })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  const { outcome, reason, endedAt, steps: done } = runScenario(loaded.value, { createSim })
  expect(outcome, reason ?? JSON.stringify(done)).toBe('passed')
  return { endedAt, startedAt: done.map((each) => each.startedAt) }
}

describe('a kubectl line', () => {
  test.each(['instant', 'lan', 'slo'] as const)('takes some tens of ms of its own in the network %s', (network) => {
    const ms = taken(simWith({ network }), line('version --client'))
    expect(ms).toBeGreaterThanOrEqual(30)
    expect(ms).toBeLessThanOrEqual(60)
  })

  test('takes what whoever makes the cluster says, and nothing if they say so', () => {
    expect(taken(simWith({ commandTime: 0 }), line('get pods'))).toBe(0)
    expect(taken(simWith({ commandTime: '0s' }), line('get pods'))).toBe(0)
    expect(taken(simWith({ commandTime: '2s' }), line('get pods'))).toBe(2000)
    expect(taken(simWith({ commandTime: { kind: 'fixed', ms: 7 } }), line('get pods'))).toBe(7)
  })

  test('takes what is said of it alone', () => {
    const sim = simWith()
    expect(taken(sim, line('get pods', { commandTime: 0 }))).toBe(0)
    expect(taken(sim, line('get pods', { commandTime: '1s' }))).toBe(1000)
    expect(taken(sim, (each) => each.kubectl(['get', 'pods'], { commandTime: 5 }))).toBe(5)
    expect(taken(sim, (each) => each.shell('kubectl get pods; kubectl get nodes', { commandTime: 5 }))).toBe(10)
    expect(taken(sim, (each) => each.start({ kubectl: 'get pods' }, { commandTime: 5 }).goOn())).toBe(5)
    expect(() => sim.kubectl('get pods', { commandTime: 'soon' })).toThrow(/commandTime.*a duration/)
  })

  test('takes a time that is drawn from the seed: the same with the same seed, another with another', () => {
    const times = (seed: string) => {
      const sim = simWith({ seed })
      return Array.from({ length: 20 }, () => taken(sim, line('get pods')))
    }
    const all = times('a')
    expect(Math.min(...all)).toBeGreaterThanOrEqual(30)
    expect(Math.max(...all)).toBeLessThanOrEqual(60)
    expect(new Set(all).size).toBeGreaterThan(3)
    expect(times('a')).toEqual(all)
    expect(times('b')).not.toEqual(all)
  })

  test('in a script of the shell each takes its own; what is no kubectl takes none', () => {
    const sim = simWith({ commandTime: '40ms' })
    expect(taken(sim, (each) => each.shell('kubectl get pods; kubectl get nodes | wc -l'))).toBe(80)
    expect(taken(sim, (each) => each.shell('echo one > two; cat two | base64; for i in 1 2 3; do echo $i; done'))).toBe(
      0,
    )
  })

  test('waits for the answer to each of its requests, as long as its network says', () => {
    const sim = simWith({ network: { request: '10ms', verbs: { create: '50ms' } }, commandTime: '1ms' })
    // What groups there are, in two requests, what all of them hold, at once, and what is wanted; later lines know the groups.
    expect(taken(sim, line('get secrets'))).toBe(41)
    expect(taken(sim, line('get secrets'))).toBe(11)
    expect(taken(sim, line('create secret generic s --from-literal=a=b'))).toBeGreaterThanOrEqual(51)
  })

  test('is slow where the API server or etcd is', () => {
    const sim = simWith()
    sim.fault({ apiServer: 'slow', latency: '2s', verb: 'list', for: '1m' })
    expect(taken(sim, line('get pods'))).toBeGreaterThanOrEqual(2000)
    sim.runFor('2m')
    sim.fault({ etcd: 'slow', latency: '3s', for: '1m' })
    expect(taken(sim, line('create namespace n'))).toBeGreaterThanOrEqual(3000)
  })

  test('is refused at the end of its own time where the API server is out of reach', () => {
    const sim = simWith({ commandTime: '40ms' })
    sim.fault({ apiServer: 'unreachable', for: '1m' })
    expect(taken(sim, (each) => expect(each.kubectl('get pods').exitCode).toBe(1))).toBe(40)
  })

  test('that was started has asked nobody yet, and is interrupted before it does', () => {
    const sim = simWith({ commandTime: '40ms' })
    const started = sim.start({ kubectl: 'create namespace n' })
    sim.runFor('39ms')
    expect([started.result, sim.get('Namespace', 'n')]).toEqual([undefined, undefined])
    started.interrupt()
    sim.runFor('1s')
    expect(started.result).toMatchObject({ exitCode: 130 })
    expect(sim.get('Namespace', 'n')).toBeUndefined()
  })

  test('at a moment of its own takes its time from there, and what comes at the next moment comes after it', () => {
    const sim = simWith({ commandTime: '40ms' })
    const told: string[] = []
    const tell = (what: string) => told.push(`${sim.now()} ${what}`)
    sim.at('10s', () => {
      sim.kubectl('create namespace n')
      tell('a namespace')
    })
    sim.at('10010ms', () => tell('another moment'))
    sim.runFor('10020ms')
    expect(told).toEqual(['10010 another moment', '10040 a namespace'])
    expect(sim.now()).toBe(10_040)
    sim.runFor('10s')
    expect(sim.now()).toBe(20_040)
  })
})

describe('looks are no commands: they take no time', () => {
  const objects = [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'db' }, stringData: { password: 'swordfish' } },
    {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'web' },
      spec: { containers: [{ name: 'c', image: 'nginx', envFrom: [{ secretRef: { name: 'db' } }] }] },
    },
  ]

  test('nor do objects that the library applies, as texts or as maps', () => {
    const sim = simWith()
    expect(taken(sim, (each) => each.apply(...objects))).toBe(0)
    expect(taken(simWith(), (each) => each.apply(objects.map((one) => JSON.stringify(one)).join('\n')))).toBe(0)
    sim.runFor('1m')
    const looks = (each: Sim): readonly unknown[] => [
      each.get('Pod', 'web'),
      each.list('Secret'),
      each.events({ on: 'pod/web' }),
      each.env({ pod: 'web' }),
      each.logs({ pod: 'web' }),
      each.exec({ pod: 'web' }, ['env']),
      each.inspect('pod/web'),
      each.why('pod/web'),
      each.traffic('db'),
      each.delays('db'),
      each.request({ user: 'admin', method: 'GET', path: '/api/v1/nodes' }),
    ]
    expect(taken(sim, looks)).toBe(0)
  })

  test('nor do expectations and questions of a scenario, requests as HTTP carries them, accidents and execs', () => {
    const { startedAt, endedAt } = ran(`
  - kubectl: run web --image=nginx
  - wait: { pod: web, ready: true }
  - exec: echo hello
    in: web
    expect: [{ pod: web, ready: true }, { object: pod/web, cel: 'true' }]
  - request: { method: GET, path: /api/v1/pods }
  - fault: { watches: drop }
    ask:
      question: Is it there?
      choices: [{ say: 'yes', expect: { pod: web } }, { say: 'no', expect: { pod: web, exists: false } }]
`)
    expect(new Set(startedAt.slice(2)).size).toBe(1)
    expect(endedAt).toBe(startedAt[2])
  })
})

describe('steps of a scenario', () => {
  test('begin where the lines before them ended, but for those that say when', () => {
    const { startedAt, endedAt } = ran(
      `
  - kubectl: create namespace one
  - run: kubectl create namespace two; kubectl create namespace three
  - apply: { apiVersion: v1, kind: Namespace, metadata: { name: four } }
  - at: 1m
    kubectl: get namespaces
  - after: 10s
    kubectl: get namespaces
`,
      'cluster: { commandTime: 40ms }\n',
    )
    expect([...startedAt, endedAt]).toEqual([0, 40, 120, 60_000, 70_040, 70_080])
  })

  test('come at once after lines whose time they were to share, and are not called late', () => {
    const { startedAt } = ran(
      '\n  - at: 1m\n    kubectl: create namespace one\n  - at: 1m\n    kubectl: create namespace two\n',
      'cluster: { commandTime: 40ms }\n',
    )
    expect(startedAt).toEqual([60_000, 60_040])
  })

  test('say of themselves what their lines take', () => {
    const { endedAt } = ran(`
  - { kubectl: get nodes, commandTime: 0s }
  - { run: kubectl get pods; kubectl get nodes, commandTime: 1s }
  - { apply: { apiVersion: v1, kind: Namespace, metadata: { name: n } }, commandTime: 500ms }
`)
    expect(endedAt).toBe(2500)
  })
})

const versions = ['v1.18', 'v1.26', 'v1.36'] as const

describe.each(versions)('what controllers have done when the next line comes, %s', (version) => {
  const sim = () => simWith({ version })

  test('a namespace has its account, and a Pod can be made in it', () => {
    const made = sim()
    const script = 'kubectl create namespace n && kubectl run p --image=busybox -n n -- sleep 1000'
    expect(made.shell(script)).toEqual({ stdout: 'namespace/n created\npod/p created\n', stderr: '', exitCode: 0 })
    made.runFor('10s')
    expect(made.get<Pod>('Pod', 'p', 'n')?.status?.phase).toBe('Running')
  })

  test('the account of a new namespace is listed, with what is in every namespace', () => {
    const { stdout } = sim().shell('kubectl create namespace n > /dev/null; kubectl get sa,cm -n n -o name')
    expect(stdout.split('\n')).toContain('serviceaccount/default')
    expect(stdout.includes('configmap/kube-root-ca.crt')).toBe(version !== 'v1.18')
  })

  test('a quota has counted: what it does not allow is refused', () => {
    const script =
      'kubectl create quota q --hard=pods=1 && kubectl run a --image=busybox && kubectl run b --image=busybox'
    const { stdout, stderr, exitCode } = sim().shell(script)
    expect(stdout).toBe('resourcequota/q created\npod/a created\n')
    expect(stderr).toContain('exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1')
    expect(exitCode).toBe(1)
  })

  test('a quota counts what was there before it', () => {
    const script =
      'kubectl run a --image=busybox; kubectl create quota q --hard=pods=2; kubectl get quota q -o jsonpath={.status.used.pods}'
    expect(sim().shell(script).stdout).toBe('pod/a created\nresourcequota/q created\n1')
  })

  test('a Deployment has made its ReplicaSet: there is a revision to go back to', () => {
    const made = sim()
    const script = [
      'kubectl create deployment web --image=nginx:1',
      'kubectl set image deployment/web nginx=nginx:2',
      'kubectl rollout undo deployment/web',
    ].join(' && ')
    expect(made.shell(script)).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('rolled back') })
    made.runFor('1m')
    const images = made.list<Pod>('Pod').map(({ spec }) => spec.containers[0]?.image)
    expect(images).toEqual(['nginx:1'])
  })

  test('a scaled Deployment has its Pods, a Service its endpoints, a deleted one takes what it owned', () => {
    const made = sim()
    const pods = (script: string) =>
      made.shell(`${script}; kubectl get pods -o name`).stdout.match(/^pod\//gm)?.length ?? 0
    expect(
      pods('kubectl create deployment web --image=nginx --replicas=1; kubectl scale deploy web --replicas=3'),
    ).toBe(3)
    expect(made.shell('kubectl expose deploy web --port=80; kubectl get endpoints web -o name').stdout).toContain(
      'endpoints/web',
    )
    made.shell('kubectl delete deploy web; sleep 40')
    expect(pods('true')).toBe(0)
  })

  test('in a scenario, line by line as in one script', () => {
    ran(
      `
  - kubectl: create namespace n
  - kubectl: run p --image=busybox -n n -- sleep 1000
  - kubectl: create quota q --hard=pods=1 -n n
  - kubectl: run q --image=busybox -n n
    output: { exitCode: 1, contains: 'exceeded quota: q' }
  - kubectl: create deployment web --image=nginx:1
  - kubectl: set image deployment/web nginx=nginx:2
  - kubectl: rollout undo deployment/web
    output: { contains: rolled back }
`,
      `cluster: { version: ${version} }\n`,
    )
  })
})
