import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../../src/index.ts'

/** Pods that get other amounts while they run: pkg/kubelet/allocation/allocation_manager.go, kuberuntime_manager.go (v1.33 on). */

type Version = SimOptions['version'] & string
interface Answer {
  readonly code: number
  // biome-ignore lint/suspicious/noExplicitAny: what a server answers is looked into by the tests.
  readonly body: any
}

const user = { user: 'admin', groups: ['system:masters', 'system:authenticated'] }
const pods = '/api/v1/namespaces/default/pods'

/** A node of 4 CPUs and 8 GiB. */
function cluster(version: Version) {
  const sim = createSim({ journal: 'off', version, nodes: 1 })
  sim.runFor('10s')
  const ask = (method: string, path: string, body?: object): Answer => {
    const contentType = method === 'PATCH' ? 'application/strategic-merge-patch+json' : 'application/json'
    const sent = body === undefined ? {} : { body: JSON.stringify(body), contentType }
    const answer = sim.request({ method, path, ...user, ...sent })
    if ('read' in answer) throw new Error('it came as a stream')
    return { code: answer.code, body: JSON.parse(answer.body) }
  }
  const amounts = (cpu: string, memory = '64Mi', limit = '128Mi') => ({
    requests: { cpu, memory },
    limits: { memory: limit },
  })
  const add = (name: string, cpu: string, container: object = {}, spec: object = {}) => {
    const web = { name: 'web', image: 'nginx', resources: amounts(cpu), ...container }
    const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [web], ...spec } }
    expect(ask('POST', pods, pod)).toMatchObject({ code: 201 })
  }
  const resize = (name: string, resources: object, wait: Parameters<typeof sim.runFor>[0] = '5s') => {
    const answer = ask('PATCH', `${pods}/${name}/resize`, { spec: { containers: [{ name: 'web', resources }] } })
    sim.runFor(wait)
    return answer
  }
  const get = (name: string) => ask('GET', `${pods}/${name}`).body
  const has = (name: string) => get(name).status.containerStatuses[0].resources
  const told = (name: string) =>
    get(name)
      .status.conditions.filter(({ type }: { type: string }) => type.startsWith('PodResize'))
      .map(({ type, reason = '', message = '' }: Record<string, string>) => `${type} ${reason} ${message}`.trim())
  const events = (name: string): readonly string[] =>
    ask('GET', '/api/v1/namespaces/default/events')
      .body.items.filter((event: Answer['body']) => event.involvedObject.name === name)
      .map(({ type, reason, message }: Record<string, string>) => `${type} ${reason} ${message}`)
      .filter((line: string) => /Resize|Killing/.test(line))
  return { sim, ask, add, resize, get, has, told, events }
}

const lacking = "Node didn't have enough resource: cpu, requested: 2000, used: 3000, capacity: 4000"
const never = "Node didn't have enough capacity: cpu, requested: 100000, capacity: 4000"

describe('a resize', () => {
  test('waits for room, is given up where no room can ever be, and comes when others take less or go', () => {
    const { sim, ask, add, resize, get, has, told, events } = cluster('v1.35')
    add('big', '3')
    add('p', '200m')
    sim.runFor('15s')
    const { containerID } = get('p').status.containerStatuses[0]
    resize('p', { requests: { cpu: '2' } })
    expect(told('p')).toEqual([`PodResizePending Deferred ${lacking}`])
    expect(get('p').spec.containers[0].resources.requests.cpu).toBe('2')
    expect(has('p').requests.cpu).toBe('200m')
    resize('p', { requests: { cpu: '100' } })
    expect(told('p')).toEqual([`PodResizePending Infeasible ${never}`])
    resize('p', { requests: { cpu: '2' } })
    resize('big', { requests: { cpu: '1' } })
    expect([told('p'), has('p').requests.cpu, has('big').requests.cpu]).toEqual([[], '2', '1'])
    resize('p', { requests: { cpu: '3500m' } })
    expect(told('p')).toHaveLength(1)
    ask('DELETE', `${pods}/big`, { gracePeriodSeconds: 0 })
    sim.runFor('5s')
    expect([told('p'), has('p').requests.cpu]).toEqual([[], '3500m'])
    expect(get('p').status.containerStatuses[0]).toMatchObject({ containerID, restartCount: 0 })
    const summary = (cpu: string, rest: string) =>
      `{"containers":[{"name":"web","resources":{"limits":{"memory":"128Mi"},"requests":{"cpu":"${cpu}","memory":"64Mi"}}}],${rest}}`
    expect(events('p').slice(0, 5)).toEqual([
      `Warning ResizeDeferred Pod resize Deferred: ${summary('2', `"generation":2,"error":"${lacking}"`)}`,
      `Warning ResizeInfeasible Pod resize Infeasible: ${summary('100', `"generation":3,"error":"${never}"`)}`,
      `Warning ResizeDeferred Pod resize Deferred: ${summary('2', `"generation":4,"error":"${lacking}"`)}`,
      `Normal ResizeStarted Pod resize started: ${summary('2', '"generation":4')}`,
      `Normal ResizeCompleted Pod resize completed: ${summary('2', '"generation":4')}`,
    ])
  })

  test('beyond what the node has is refused by the API server from v1.36 on', () => {
    const { sim, add, resize, told } = cluster('v1.36')
    add('p', '200m')
    sim.runFor('15s')
    expect(resize('p', { requests: { cpu: '100' } })).toMatchObject({
      code: 403,
      body: {
        message:
          'pods "p" is forbidden: node didn\'t have enough allocatable resources: cpu, requested: 100000, allocatable: 4000',
        details: { causes: [{ reason: 'NodeCapacity' }] },
      },
    })
    expect(resize('p', { requests: { cpu: '3' } }).code).toBe(200)
    expect(told('p')).toEqual([])
  })

  test('is taken back by the amounts that the Pod has', () => {
    const { sim, add, resize, told, events } = cluster('v1.35')
    add('p', '200m')
    sim.runFor('15s')
    resize('p', { requests: { cpu: '100' } })
    resize('p', { requests: { cpu: '0.2' } })
    expect(told('p')).toEqual([])
    expect(events('p').map((line) => line.split(' ')[1])).toEqual(['ResizeInfeasible'])
  })

  const policies = [
    { resourceName: 'cpu', restartPolicy: 'NotRequired' },
    { resourceName: 'memory', restartPolicy: 'RestartContainer' },
  ]
  test.each([
    { what: 'memory', resources: { limits: { memory: '256Mi' } }, restarts: 1 },
    { what: 'cpu', resources: { requests: { cpu: '300m' } }, restarts: 0 },
    { what: 'both', resources: { requests: { cpu: '300m' }, limits: { memory: '96Mi' } }, restarts: 1 },
    { what: 'a request of memory, which no runtime knows', resources: { requests: { memory: '96Mi' } }, restarts: 0 },
    { what: 'the same in other words', resources: { limits: { memory: '131072Ki' } }, restarts: 0 },
  ])('starts a container anew where its policy says so: $what, $restarts times', ({ resources, restarts }) => {
    const { sim, add, resize, get, has, events } = cluster('v1.34')
    add('p', '200m', { resizePolicy: policies })
    sim.runFor('15s')
    expect(resize('p', resources).code).toBe(200)
    expect(get('p').status.containerStatuses[0].restartCount).toBe(restarts)
    expect(has('p')).toEqual(get('p').spec.containers[0].resources)
    const killing = events('p').filter((line) => line.includes('Killing'))
    expect(killing).toEqual(restarts === 0 ? [] : ['Normal Killing Container web resize requires restart'])
  })

  test.each([
    { version: 'v1.33', told: [] },
    { version: 'v1.34', told: ['ResizeCompleted'] },
    { version: 'v1.35', told: ['ResizeStarted', 'ResizeCompleted'] },
  ] as const)('in $version is told by $told.length events', ({ version, told }) => {
    const { sim, add, resize, events } = cluster(version)
    add('p', '200m')
    sim.runFor('15s')
    resize('p', { requests: { cpu: '300m' } })
    expect(events('p').map((line) => line.split(' ')[1])).toEqual(told)
    const less = resize('p', { limits: { memory: '96Mi' } })
    const text =
      'spec.containers[0].resources.limits[memory]: Forbidden: memory limits cannot be decreased unless resizePolicy is RestartContainer'
    expect(less).toMatchObject(
      version === 'v1.33' ? { code: 422, body: { message: `Pod "p" is invalid: ${text}` } } : { code: 200 },
    )
  })

  test('is found by a kubelet that was away, and limits below what is used are not set', () => {
    const { sim, add, resize, has, told, events } = cluster('v1.35')
    const command = ['sh', '-c', 'head -c 8000000 /dev/zero > /dev/shm/fill; sleep 9999']
    const spec = { volumes: [{ name: 'm', emptyDir: { medium: 'Memory' } }] }
    add('p', '200m', { image: 'busybox', command, volumeMounts: [{ name: 'm', mountPath: '/dev/shm' }] }, spec)
    sim.runFor('15s')
    sim.fault({ kubelet: 'stop', node: 'node-1', for: '30s' })
    sim.runFor('5s')
    resize('p', { requests: { cpu: '100' } }, '60s')
    expect([told('p'), has('p').requests.cpu]).toEqual([[`PodResizePending Infeasible ${never}`], '200m'])
    resize('p', { requests: { cpu: '250m', memory: '4Mi' }, limits: { memory: '6Mi' } }, '20s')
    const [now = ''] = told('p')
    const tooLittle = 'memory limit \\(6291456\\) below current usage \\((\\d+)\\)'
    expect(now).toMatch(
      new RegExp(
        `^PodResizeInProgress Error cannot decrease memory limits: \\[attempting to set pod ${tooLittle}, attempting to set container "web" ${tooLittle.replace('(\\d+)', '\\1')}\\]$`,
      ),
    )
    expect(events('p').at(-1)).toContain('Warning ResizeError Pod resize error: ')
    expect(has('p').limits.memory).toBe('128Mi')
  })
})

test.each([
  { version: 'v1.18', message: '' },
  { version: 'v1.26', message: 'Pod was rejected: ' },
  { version: 'v1.36', message: 'Pod was rejected: ' },
] as const)(
  'a node of $version does not take what it has not, where no scheduler was asked',
  ({ version, message }) => {
    const { sim, ask, add, get } = cluster(version)
    add('there', '3')
    sim.runFor('15s')
    add('more', '2', {}, { nodeName: 'node-1' })
    add('much', '1', { resources: { requests: { memory: '9Gi' } } }, { nodeName: 'node-1' })
    add('fits', '1', {}, { nodeName: 'node-1' })
    sim.runFor('15s')
    const start = message === '' ? 'Pod ' : message
    expect(get('more').status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu', message: `${start}${lacking}` })
    const memory =
      "Node didn't have enough resource: memory, requested: 9663676416, used: 67108864, capacity: 8589934592"
    expect(get('much').status).toMatchObject({ phase: 'Failed', reason: 'OutOfmemory', message: `${start}${memory}` })
    expect(get('fits').status.phase).toBe('Running')
    // What was bound past the scheduler counts for those whom it binds without knowing.
    add('late', '100m')
    add('quick', '100m', {}, { nodeName: 'node-1' })
    sim.runFor('5s')
    expect([get('quick').status.phase, get('late').status.phase]).toEqual(['Failed', 'Pending'])
    // Also for a kubelet that starts anew and finds them.
    sim.fault({ kubelet: 'restart', node: 'node-1' })
    sim.runFor('20s')
    const target = { kind: 'Node', name: 'node-1' }
    ask('POST', `${pods}/late/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name: 'late' }, target })
    sim.runFor('5s')
    expect([get('fits').status.phase, get('late').status.reason]).toEqual(['Running', 'OutOfcpu'])
  },
)

// validateMemoryResizeAction: a Pod has a limit if all its containers have one; what is told of a container is what the Pod uses.
test('a limit is too low for a container alone where its Pod has none, or enough', () => {
  const { sim, add, resize, told } = cluster('v1.34')
  const fill = (mebibytes: number) => ({
    image: 'busybox',
    command: ['sh', '-c', `head -c ${mebibytes * 1048576} /dev/zero > /dev/shm/fill; sleep 9999`],
    volumeMounts: [{ name: 'm', mountPath: '/dev/shm' }],
  })
  const spec = (...others: readonly object[]) => ({
    volumes: [{ name: 'm', emptyDir: { medium: 'Memory' } }],
    ...(others.length === 0 ? {} : { initContainers: others }),
  })
  const beside = { name: 'beside', image: 'busybox', command: ['sleep', '9999'], restartPolicy: 'Always' }
  add('free', '100m', fill(8), spec(beside))
  add('wide', '100m', fill(8), spec({ ...beside, resources: { limits: { memory: '64Mi' } } }))
  sim.runFor('15s')
  for (const name of ['free', 'wide']) {
    resize(name, { requests: { cpu: '100m', memory: '4Mi' }, limits: { memory: '6Mi' } }, '20s')
    expect(told(name)).toEqual([
      'PodResizeInProgress Error cannot decrease memory limits: attempting to set container "web" memory limit (6291456) below current usage (10485760)',
    ])
  }
})

test('nor what was bound to it by hand, of which the API server says that it was scheduled', () => {
  const { sim, ask, add, get } = cluster('v1.36')
  const elsewhere = { nodeSelector: { is: 'nowhere' } }
  for (const name of ['first', 'second']) {
    add(name, '3', {}, elsewhere)
    const target = { apiVersion: 'v1', kind: 'Node', name: 'node-1' }
    ask('POST', `${pods}/${name}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target })
  }
  sim.runFor('15s')
  expect([get('first').status.phase, get('second').status.reason]).toEqual(['Running', 'OutOfcpu'])
  ask('DELETE', `${pods}/first`, { gracePeriodSeconds: 0 })
  sim.runFor('15s')
  add('third', '3', {}, { nodeName: 'node-1' })
  sim.runFor('15s')
  expect(get('third').status.phase).toBe('Running')
})
