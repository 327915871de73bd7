import { describe, expect, test } from 'vitest'
import { createKubectlWorld } from './world.ts'

/** What kubectls of several versions say otherwise; each was seen of the real program. */
describe('what is not there', () => {
  test.each([
    ['1.18.20', 'wait --for=delete pod/none --timeout=1s', 'Error from server (NotFound): pods "none" not found\n', 1],
    ['1.20.2', 'wait --for=delete pod/none --timeout=1s', 'error: no matching resources found\n', 1],
    ['1.21.0', 'wait --for=delete pod/none --timeout=1s', '', 0],
    [
      '1.31.0',
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
