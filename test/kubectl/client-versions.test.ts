import { describe, expect, test } from 'vitest'
import { createSim } from '../../src/sim/create-sim.ts'
import { createKubectlWorld } from './world.ts'

/** What kubectls of several versions say otherwise; each was seen of the real program. */
describe('what is not there', () => {
  test.each([
    ['1.18.20', 'wait --for=delete pod/none --timeout=1s', 'Error from server (NotFound): pods "none" not found\n', 1],
    ['1.20.2', 'wait --for=delete pod/none --timeout=1s', 'error: no matching resources found\n', 1],
    ['1.21.0', 'wait --for=delete pod/none --timeout=1s', '', 0],
    [
      '1.26.0',
      'scale deploy/none --replicas=1',
      'Error from server (NotFound): deployments.apps "none" not found\n',
      1,
    ],
    [
      '1.32.4',
      'scale deploy/none --replicas=1',
      'error: no objects passed to scale deployments.apps "none" not found\n',
      1,
    ],
    [
      '1.35.2',
      'scale deploy/none --replicas=1',
      'Error from server (NotFound): deployments.apps "none" not found\n',
      1,
    ],
  ])('kubectl %s %s', (clientVersion, line, stderr, exitCode) => {
    expect(createKubectlWorld({ clientVersion }).run(line)).toMatchObject({ stderr, exitCode })
  })
})

test.each([
  [
    '1.20.2',
    'auth can-i get pod x',
    'error: you must specify two or three arguments: verb, resource, and optional resourceName\n',
  ],
  [
    '1.35.2',
    'auth can-i get pod x',
    "error: you must specify two arguments: verb resource or verb resource/resourceName.\nSee 'kubectl auth can-i -h' for help and examples.\n",
  ],
])('kubectl %s %s: a name is part of the resource', (clientVersion, line, stderr) => {
  expect(createKubectlWorld({ clientVersion }).run(line)).toEqual({ stdout: '', stderr, exitCode: 1 })
})

test.each([
  ['1.20.2', ''],
  ['1.24.0', ''],
  ['1.25.0', 'error when patching "STDIN": '],
  ['1.32.3', 'error when patching "STDIN": '],
])('kubectl %s apply: a patch that is refused', (clientVersion, source) => {
  const world = createKubectlWorld({ clientVersion })
  const secret = 'apiVersion: v1\nkind: Secret\nmetadata: {name: s}\n'
  world.out('apply -f -', secret)
  expect(world.run('apply -f -', secret.replace('name: s', 'name: s, resourceVersion: "7"')).stderr).toMatch(
    new RegExp(`\\nfor: "STDIN": ${source}Operation cannot be fulfilled on secrets "s"`),
  )
})

test.each([
  ['1.33.0', ''],
  [
    '1.34.0',
    'All commands and output from this session will be recorded in container logs, including credentials and sensitive information passed through the command prompt.\n',
  ],
])('kubectl %s attach says what becomes of what is typed', (clientVersion, recorded) => {
  const sim = createSim({ journal: 'off', nodes: 1, version: 'v1.34', kubectl: clientVersion })
  sim.shell('kubectl run p --image=busybox --restart=Never -- sh -c "sleep 30; echo x"')
  sim.runFor('10s')
  const { stderr } = sim.shell('kubectl attach p')
  expect(stderr).toBe(`${recorded}If you don't see a command prompt, try pressing enter.\n`)
  expect(sim.shell('kubectl run q --image=busybox -i --rm --restart=Never -- sleep 9').stderr).toContain(recorded)
})

test('describe node shows Events that name the node by its uid from v1.24 on', () => {
  const described = (clientVersion: string) => {
    const { http, run } = createKubectlWorld({ clientVersion })
    const node = JSON.parse(Object(http('GET', '/api/v1/nodes/node-1')).body)
    const about = (uid: string) => ({ kind: 'Node', name: 'node-1', uid })
    const event = (name: string, reason: string, uid: string) =>
      http('POST', '/api/v1/namespaces/default/events', {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name },
        involvedObject: about(uid),
        reason,
        type: 'Normal',
      })
    event('a', 'Starting', 'node-1')
    event('b', 'RegisteredNode', node.metadata.uid)
    const { stdout } = run('describe node node-1')
    return ['Starting', 'RegisteredNode'].filter((reason) => stdout.includes(`Normal  ${reason}`))
  }
  expect(described('1.23.0')).toEqual(['Starting'])
  expect(described('1.24.0')).toEqual(['Starting', 'RegisteredNode'])
})

/** Source: kubectl pkg/util/resource/resource.go, podRequests. */
test.each([
  ['1.27.0', '300m'],
  ['1.28.0', '800m'],
])('describe node of kubectl %s: what a Pod with sidecars asks for', (clientVersion, cpu) => {
  const sim = createSim({ journal: 'off', version: 'v1.29', kubectl: clientVersion })
  const asking = (name: string, amount: string, extra: object = {}) => ({
    name,
    image: 'redis',
    resources: { requests: { cpu: amount } },
    ...extra,
  })
  sim.apply({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      nodeName: 'node-1',
      initContainers: [
        asking('s', '300m', { restartPolicy: 'Always' }),
        asking('i', '100m'),
        asking('t', '200m', { restartPolicy: 'Always' }),
      ],
      containers: [asking('c', '300m')],
    },
  })
  sim.runFor('1s')
  expect(sim.shell('kubectl describe node node-1').stdout).toMatch(new RegExp(`default +p +${cpu} `))
})

/** Source: kubectl pkg/cmd/wait/wait.go, RunWait. */
describe.each([
  ['1.26.4', 10_000],
  ['1.27.0', 5000],
])('kubectl %s waits for several objects', (clientVersion, ms) => {
  const waits = (line: string) => {
    const world = createKubectlWorld({ clientVersion })
    world.out('run a --image=redis --restart=Never')
    world.out('run b --image=redis --restart=Never')
    const before = world.kernel.now()
    return { ...world.run(line), ms: world.kernel.now() - before, world }
  }

  test(`for ${ms} ms when none does what it should in five seconds`, () => {
    const stderr = 'timed out waiting for the condition on pods/a\ntimed out waiting for the condition on pods/b\n'
    expect(waits('wait --for=condition=Ready pod/a pod/b --timeout=5s')).toMatchObject({ stderr, ms })
    expect(waits('wait --for=delete pod/a pod/b --timeout=5s')).toMatchObject({ stderr, ms })
  })

  test('and tells of one that is ready after another was waited for in vain', () => {
    const { world } = waits('get pods')
    const status = { status: { conditions: [{ type: 'Ready', status: 'True' }] } }
    world.http('PATCH', '/api/v1/namespaces/default/pods/b/status', status)
    const { stdout } = world.run('wait --for=condition=Ready pod/a pod/b --timeout=5s')
    expect(stdout).toBe(ms === 5000 ? '' : 'pod/b condition met\n')
  })
})

/** Source: kubectl pkg/cmd/get/sorter.go, isLess. */
test.each([
  ['1.21.0', ['large', 'small', 'odd']],
  ['1.22.0', ['small', 'large', 'odd']],
])('kubectl %s sorts quantities: %j', (clientVersion, names) => {
  const world = createKubectlWorld({ clientVersion })
  for (const [name, size] of Object.entries({ odd: 'x', large: '1Gi', small: '500Mi' }))
    world.out(`create configmap ${name} --from-literal=size=${size} -n kube-public`)
  const sorted = world.out('get cm -n kube-public --sort-by=.data.size -o name').trim().split('\n')
  expect(sorted.map((one) => one.replace('configmap/', '')).filter((name) => names.includes(name))).toEqual(names)
})
