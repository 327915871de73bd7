import { describe, expect, test } from 'vitest'
import { faultExamples, kubeletExamples, networkExamples } from '../../scripts/cluster-examples.ts'
import { createSim } from '../../src/index.ts'
import { loadScenario } from '../../src/scenario/load.ts'
import { runScenario } from '../../src/scenario/run.ts'

/** Accidents as data: what each does to a cluster, and that it ends. */

function failuresOf(text: string): readonly string[] {
  const loaded = loadScenario(text, 'x.yaml', { readBeside: () => undefined })
  if (!loaded.ok) throw new Error(loaded.errors.map(({ message }) => message).join('\n'))
  const { steps, reason } = runScenario(loaded.value, { createSim })
  return [
    ...steps.flatMap(({ problem, mismatches, expectations }) => [
      ...(problem === undefined ? [] : [problem]),
      ...mismatches.map(({ what, found }) => `${what}: ${found}`),
      ...expectations.filter(({ passed }) => !passed).map(({ expected, found }) => `${expected}: ${found}`),
    ]),
    ...(reason === undefined ? [] : [reason]),
  ]
}

const pod = (name: string, image = 'nginx') => `  - apply:
      apiVersion: v1
      kind: Pod
      metadata: { name: ${name}, labels: { app: web } }
      spec:
        containers: [{ name: app, image: ${image}, volumeMounts: [{ name: db, mountPath: /db }] }]
        volumes: [{ name: db, secret: { secretName: db } }]
`

describe('requests that are refused', () => {
  test('by code, verb, resource, name, user and count; others go through, and so do these when it is over', () => {
    expect(
      failuresOf(`title: http
cluster: { nodes: 2 }
steps:
  - kubectl: create secret generic db --from-literal=a=b
  - fault: { http: 503, verb: get, resource: secrets, name: db, user: admin, count: 1 }
  - kubectl: get secret db
    output: { exitCode: 1, contains: the server is currently unable to handle the request (get secrets db) }
  - kubectl: get secret db
  - fault: { http: 500, resource: configmaps, for: 10s }
  - kubectl: create configmap c --from-literal=a=b
    output: { exitCode: 1, contains: 'an error on the server ("unknown") has prevented the request from succeeding (post configmaps)' }
  - kubectl: get secrets
  - wait: 10s
  - kubectl: create configmap c --from-literal=a=b
  - fault: { http: 409, resource: secrets, count: 1 }
  - kubectl: get secret db
  - kubectl: "patch secret db -p '{\\"stringData\\":{\\"a\\":\\"c\\"}}'"
    output: { exitCode: 1, contains: the object has been modified; please apply your changes to the latest version and try again }
  - fault: { http: 429, verb: list }
  - kubectl: get nodes
    output: { exitCode: 1, contains: the server has received too many requests and has asked us to try again later (get nodes) }
  - fault: { apiServer: available }
  - kubectl: get nodes
`),
    ).toEqual([])
  })

  test('of a node: its Pods wait, those of others do not', () => {
    expect(
      failuresOf(`title: of a node
cluster: { nodes: 1, kubelet: { configMapAndSecretChangeDetectionStrategy: Get } }
steps:
  - kubectl: create secret generic db --from-literal=a=b
  - fault: { http: 503, node: node-1, verb: get, resource: secrets, for: 20s }
${pod('one')}    expect: { event: FailedMount, on: pod/one, message: the server is currently unable to handle the request (get secrets db), within: 5s }
  - wait: { pod: one, ready: true, within: 2m }
    expect: { pod: one, ready: true, by: 1m }
`),
    ).toEqual([])
  })
})

test('answers to one verb are slow', () => {
  expect(
    failuresOf(`title: slow
cluster: { kubelet: { configMapAndSecretChangeDetectionStrategy: Get } }
steps:
  - kubectl: create secret generic db --from-literal=a=b
  - fault: { apiServer: slow, verb: get, latency: 20s, node: node-1 }
${pod('one')}    expect: { pod: one, ready: true, never: 20s }
  - wait: { pod: one, ready: true, within: 1m }
`),
  ).toEqual([])
})

test('containers are killed: by name, by owner, out of memory, with an exit code; they are started again', () => {
  expect(
    failuresOf(`title: killed
steps:
  - kubectl: create secret generic db --from-literal=a=b
  - kubectl: create deployment web --image=nginx
  - kubectl: scale deployment web --replicas=2
${pod('one')}  - wait: { pods: "*", ready: true, count: 3, within: 1m }
  - fault: { kill: one/app, oom: true }
  - wait: { pod: one, restarts: 1, ready: true, within: 1m }
    expect: { pod: one, exitCode: 137, matches: { status: { containerStatuses: [{ name: app, lastState: { terminated: { reason: OOMKilled } } }] } } }
  - fault: { kill: deploy/web, exitCode: 3 }
  - wait: { pods: deploy/web, restarts: 1, exitCode: 3, ready: true, within: 1m }
  - fault: { kill: nobody }
`),
  ).toEqual(['fault.kill: no running container default/nobody'])
})

test('a machine is powered off and on as two steps', () => {
  expect(
    failuresOf(`title: power
steps:
  - kubectl: create secret generic db --from-literal=a=b
${pod('one')}  - wait: { pod: one, ready: true, within: 1m }
  - fault: { power: off, node: node-1 }
    expect:
      - { file: /db/a, in: one, exists: false }
      - { node_holds: db, exists: false }
  - wait: { object: node/node-1, matches: { status: { conditions: [{ type: Ready, status: Unknown }] } }, within: 2m }
  - fault: { power: on, node: node-1 }
  - wait: { object: node/node-1, matches: { status: { conditions: [{ type: Ready, status: "True" }] } }, within: 2m }
  - wait: { pod: one, ready: true, restarts: 1, within: 2m }
    expect: { file: /db/a, in: one, content: b }
`),
  ).toEqual([])
})

test('one registry is out of reach, or all', () => {
  expect(
    failuresOf(`title: registries
steps:
  - kubectl: create secret generic db --from-literal=a=b
  - fault: { registry: unreachable, host: quay.io, for: 1m }
${pod('one', 'quay.io/x/y:1')}${pod('two', 'nginx')}  - wait: { pod: two, ready: true, within: 30s }
    expect: { pods: { app: web }, count: 1, ready: true }
  - wait: { pod: one, ready: true, within: 5m }
  - fault: { registry: unreachable, for: 2m }
${pod('three', 'gcr.io/x/y:1')}    expect: { event: Failed, on: pod/three, within: 1m }
`),
  ).toEqual([])
})

describe('accidents at times of their own', () => {
  const story = (rest: string) => `title: timed
${rest}steps:
  - kubectl: create secret generic db --from-literal=a=b
${pod('web')}  - wait: { pod: web, ready: true }
  - wait: 20s
    expect: { pod: web, restarts: ">0", never: 1m }
`

  test('come while the steps wait', () => {
    expect(failuresOf(story('faults: [{ at: 30s, fault: { kill: web } }]\n'))).toEqual([
      expect.stringMatching(/^never that pod web has restarted >0 times for 1m: /),
    ])
    expect(failuresOf(story('faults: [{ at: 1h, fault: { kill: web } }]\n'))).toEqual([
      expect.stringMatching(/^its time, 1h, did not come: the run ended at 1m\S+$/),
    ])
    expect(failuresOf(story('faults: [{ at: 1s, fault: { kill: nobody } }]\n'))).toEqual([
      'fault.kill: no running container default/nobody',
    ])
  })

  test('with judge: nevers, what else goes wrong decides nothing, and nothing stops for it', () => {
    const text = (judge: string) => `title: nevers
judge: ${judge}
faults: [{ at: 1h, fault: { kill: web } }]
steps:
  - fault: { apiServer: unreachable, for: 10s }
  - kubectl: get pods
    output: { stdout: nothing of the kind }
  - say: waited for all the same
    expect: { pod: web, within: 1m }
  - say: and this decides
    expect: { object: node/node-1, never: 1s }
`
    expect(failuresOf(text('nevers')).map((each) => each.split(':')[0])).toEqual([
      'never that node/node-1 exists for 1s',
    ])
    expect(failuresOf(text('all'))).toEqual([
      expect.stringContaining('exit code: '),
      expect.stringContaining('stdout: '),
      expect.stringContaining('its time, 1h, did not come'),
      expect.stringContaining('the step at line 6 failed'),
    ])
  })
})

test('credentials that have expired: a node is told 401 until they are good again, and catches up then', () => {
  expect(
    failuresOf(`title: credentials
cluster: { nodes: 2 }
steps:
  - kubectl: create secret generic db --from-literal=a=old
${pod('web')}  - wait: { pod: web, ready: true }
  - wait: 1m
  - fault: { credentials: expired, node: node-1, for: 5m }
  - fault: { credentials: expired, node: node-2, for: 5m }
  - wait: { event: NodeNotReady, within: 1m }
  - kubectl: get nodes
    output: { contains: NotReady }
  - wait: 4m10s
  - wait: { object: node/node-1, cel: "object.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')", within: 30s }
  - fault: { http: 401, user: admin, count: 1 }
  - kubectl: get pods
    output: { exitCode: 1, contains: You must be logged in to the server (Unauthorized) }
`),
  ).toEqual([])
})

test('a slow etcd: each write that a Pod needs on its way takes longer, until it is over', () => {
  const story = (fault: string, expected: string) => `title: etcd
steps:
  - kubectl: create secret generic db --from-literal=a=b
${fault}${pod('web')}  - wait: 6s
    expect: ${expected}
  - wait: { pod: web, ready: true, within: 40s }
`
  expect(failuresOf(story('', '{ pod: web, ready: true }'))).toEqual([])
  // Bound after four seconds, and its status told after four more.
  const slow = '  - fault: { etcd: slow, latency: 4s, for: 20s }\n'
  expect(failuresOf(story(slow, '{ pod: web, phase: Pending, node: node-1 }'))).toEqual([])
})

test('nodes that are added, and taken away for good', () => {
  expect(
    failuresOf(`title: nodes
cluster: { nodes: [{ name: old }, { name: new, absent: true }] }
steps:
  - expect: [{ object: node/old }, { object: node/new, exists: false }]
  - kubectl: create secret generic db --from-literal=a=b
  - kubectl: create deployment web --image=nginx
  - wait: { pods: deploy/web, ready: true, each: { node: old } }
  - fault: { power: on, node: new }
  - wait: { object: node/new, cel: "object.status.conditions.exists(c, c.type == 'Ready' && c.status == 'True')", within: 1m }
  - fault: { remove: old }
    expect: { object: node/old, exists: false }
  - wait: { pods: deploy/web, ready: true, each: { node: new }, within: 5m }
`),
  ).toEqual([])
})

test('a container is killed by a signal', () => {
  expect(
    failuresOf(`title: signal
steps:
  - kubectl: create secret generic db --from-literal=a=b
${pod('web')}  - wait: { pod: web, ready: true }
  - fault: { kill: web, signal: SIGSEGV }
  - wait: { pod: web, restarts: 1, within: 1m }
    expect: { object: pod/web, matches: { status: { containerStatuses: [{ name: app, lastState: { terminated: { exitCode: 139, reason: Error } } }] } } }
`),
  ).toEqual([])
  const both = 'title: x\nsteps:\n  - fault: { kill: web, signal: SIGTERM, exitCode: 3 }\n'
  expect(() => failuresOf(both)).toThrow('exitCode and signal do not go together; expected one of them')
})

test('the examples of the docs: each accident can take place, each field of a kubelet and each network be given', () => {
  const names = Object.keys(kubeletExamples)
  for (const network of Object.values(networkExamples)) createSim({ network }).dispose()
  const sim = createSim({ nodes: 2, version: 'v1.27', kubelet: kubeletExamples, invariants: true })
  expect(names.length).toBeGreaterThan(15)
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'web' },
    spec: { nodeName: 'node-1', containers: [{ name: 'app', image: 'nginx' }] },
  })
  // What ends an earlier one comes after all; the container is killed while it runs, the node goes last.
  const order = ['kill', ...Object.keys(faultExamples).filter((name) => name !== 'kill' && name !== 'remove'), 'remove']
  sim.runFor('1m')
  for (const name of order) {
    const { [name]: fault } = faultExamples
    if (fault === undefined) throw new Error(name)
    sim.fault(fault)
    sim.runFor('10s')
  }
  sim.runFor('15m')
  expect(sim.get('Node', 'node-2')).toBeUndefined()
})

test('L6 a kubelet that starts anew while signs of life are told one by one tells its own so, too', () => {
  for (const anew of [{ reboot: 'node-1' }, { kubelet: 'restart' }] as const) {
    const sim = createSim()
    // It is never used up, so that it goes on.
    sim.fault({ http: 503, resource: 'secrets', count: 3 })
    sim.runFor('1m')
    sim.fault(anew)
    sim.runFor('10m')
    expect(sim.events({ reason: 'NodeNotReady' })).toEqual([])
  }
})
