import { describe, expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/types/core.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import type { Sim } from '../../src/sim/sim.ts'

/** L6: a node that runs short of memory or disk ends Pods. Source: pkg/kubelet/eviction. */

const secret = (password: string) => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  stringData: { password },
})

interface Asked {
  readonly memory?: string
  readonly priority?: number
  readonly node?: string
}

const podOf = (name: string, { memory, priority, node = 'node-1' }: Asked = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels: { app: 'a' } },
  spec: {
    nodeName: node,
    ...(priority === undefined ? {} : { priorityClassName: 'system-cluster-critical' }),
    containers: [
      {
        name: 'app',
        image: 'busybox:1',
        command: ['sleep', 'infinity'],
        ...(memory === undefined ? {} : { resources: { requests: { memory } } }),
        volumeMounts: [{ name: 'v', mountPath: '/v' }],
      },
    ],
    volumes: [{ name: 'v', secret: { secretName: 's' } }],
  },
})

function begun(version: 'v1.18' | 'v1.26' | 'v1.36', ...pods: readonly object[]): Sim {
  const sim = createSim({ journal: 'off', seed: 'evictions', version, nodes: 2 })
  sim.apply(secret('old'))
  sim.apply(...pods)
  sim.runFor('15s')
  return sim
}

const statusOf = (sim: Sim, name: string) => sim.get<Pod>('Pod', name)?.status
const condition = (sim: Sim, type: string, node = 'node-1') =>
  sim.get<Node>('Node', node)?.status?.conditions?.find((each) => each.type === type)

describe('a node that is low on memory', () => {
  test.each([
    ['v1.18', 'The node was low on resource: memory. Container app was using 1Mi, which exceeds its request of 0. '],
    [
      'v1.36',
      'The node was low on resource: memory. Threshold quantity: 100Mi, available: 50Mi. Container app was using 1Mi, request is 0, has larger consumption of memory. ',
    ],
  ] as const)('%s evicts first who uses more than was asked for, tells the pressure, and says why', (version, why) => {
    const sim = begun(version, podOf('asks', { memory: '64Mi' }), podOf('asks-nothing'))
    const shortage = sim.fault({ memory: 'low', node: 'node-1' })
    expect(sim.runUntil(() => sim.events({ reason: 'Evicted' }).length > 0, { within: '12s' })).toBe(true)
    shortage.clear()
    sim.runFor(version === 'v1.18' ? '5s' : '20s')
    expect(statusOf(sim, 'asks-nothing')).toMatchObject({ phase: 'Failed', reason: 'Evicted', message: why })
    expect(statusOf(sim, 'asks')?.phase).toBe('Running')
    expect(sim.events({ reason: 'Evicted', on: 'pod/asks-nothing' })).toMatchObject([{ type: 'Warning', message: why }])
    expect(sim.events({ reason: 'EvictionThresholdMet' })[0]).toMatchObject({
      type: 'Warning',
      message: 'Attempting to reclaim memory',
    })
    expect(condition(sim, 'MemoryPressure')).toMatchObject({
      status: 'True',
      reason: 'KubeletHasInsufficientMemory',
      message: 'kubelet has insufficient memory available',
    })
    expect(condition(sim, 'MemoryPressure', 'node-2')?.status).toBe('False')
    const disruption = statusOf(sim, 'asks-nothing')?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect(disruption?.reason).toBe(version === 'v1.18' ? undefined : 'TerminationByKubelet')
    expect(String(disruption?.lastTransitionTime)).toMatch(
      version === 'v1.18' ? /^undefined$/ : /^2020-05-01T00:00:[0-9]{2}Z$/,
    )
  })

  test('takes no Pod that asks for nothing while the pressure is told: five minutes longer than it lasts', () => {
    const sim = begun('v1.18')
    sim.fault({ memory: 'low', node: 'node-1', for: '30s' })
    sim.runFor('25s')
    sim.apply(podOf('asks-nothing'), podOf('asks', { memory: '64Mi' }))
    sim.runFor('10s')
    expect(statusOf(sim, 'asks-nothing')).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod The node had condition: [MemoryPressure]. ',
    })
    expect(statusOf(sim, 'asks')?.phase).toBe('Running')
    expect(sim.kubectl('get pod asks-nothing').stdout).toContain('Evicted')
    const taints = () => sim.get<Node>('Node', 'node-1')?.spec?.taints?.map(({ key }) => key) ?? []
    expect(taints()).toEqual(['node.kubernetes.io/memory-pressure'])
    sim.runFor('4m')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('True')
    sim.runFor('90s')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('False')
    expect(taints()).toEqual([])
    expect(sim.events({ reason: 'NodeHasSufficientMemory' }).length).toBeGreaterThan(0)
  })

  test('never evicts critical Pods', () => {
    const sim = begun('v1.26', podOf('critical', { priority: 1 }))
    sim.fault({ memory: 'low', node: 'node-1' })
    sim.runFor('2m')
    expect(statusOf(sim, 'critical')?.phase).toBe('Running')
  })

  test('with enough left evicts nobody', () => {
    const sim = begun('v1.18', podOf('a'))
    sim.fault({ memory: 'low', available: '100Mi', node: 'node-1' })
    sim.runFor('2m')
    expect(statusOf(sim, 'a')?.phase).toBe('Running')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('False')
  })
})

describe('a disk that is full', () => {
  test('S2 Secrets lie in memory: they are mounted and rotated as before; what is written to disk finds no room', () => {
    const sim = begun('v1.18', podOf('a', { priority: 1 }))
    sim.fault({ disk: 'full', node: 'node-1' })
    sim.apply(secret('new'))
    sim.runFor('2m')
    expect(sim.file({ pod: 'a' }, '/v/password')?.content).toBe('new')
    expect(sim.exec({ pod: 'a' }, ['sh', '-c', 'echo x > /tmp/x'])).toMatchObject({
      stderr: 'sh: write error: No space left on device\n',
    })
    expect(condition(sim, 'DiskPressure')).toMatchObject({ status: 'True', reason: 'KubeletHasDiskPressure' })
  })

  test('Pods are evicted one after the other until it has room again, and a Deployment makes others elsewhere', () => {
    const sim = begun('v1.26')
    const { metadata, spec } = podOf('a')
    const { nodeName: _any, ...template } = spec
    sim.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 4,
        selector: { matchLabels: metadata.labels },
        template: { metadata: { labels: metadata.labels }, spec: template },
      },
    })
    sim.runFor('20s')
    sim.fault({ disk: 'full', node: 'node-1', for: '2m' })
    sim.runFor('3m')
    const pods = sim.list<Pod>('Pod')
    const running = pods.filter(({ status }) => status?.phase === 'Running')
    expect(running.map(({ spec: { nodeName } }) => nodeName)).toEqual(['node-2', 'node-2', 'node-2', 'node-2'])
    const evicted = pods.filter(({ status }) => status?.reason === 'Evicted')
    expect(evicted.map(({ status }) => status?.message)).toEqual([
      'The node was low on resource: ephemeral-storage. ',
      'The node was low on resource: ephemeral-storage. ',
    ])
    expect(new Set(evicted.map(({ status }) => status?.startTime)).size).toBe(1)
    // The Secret of an evicted Pod is gone from the node.
    expect(sim.file({ pod: evicted[0]?.metadata.name ?? '' }, '/v/password')).toBeUndefined()
  })
})

describe('what Pods themselves take', () => {
  const writer = (name: string, script: string, spec: object = {}, container: object = {}) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name },
    spec: {
      nodeName: 'node-1',
      restartPolicy: 'Never',
      ...spec,
      containers: [
        {
          name: 'app',
          image: 'busybox:1',
          command: ['sh', '-c', `${script}; sleep infinity`],
          volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }],
          ...container,
        },
      ],
    },
  })
  const scratch = (emptyDir: object) => ({ volumes: [{ name: 'scratch', emptyDir }] })
  const fill = (path: string, kibi: number) => `head -c ${kibi * 1024} /dev/zero > ${path}`

  test('memory in tmpfs is memory of the node: a Pod that fills it is evicted before others', () => {
    const sim = createSim({
      journal: 'off',
      seed: 'full',
      version: 'v1.18',
      nodes: [{ name: 'node-1', memory: '108Mi' }],
    })
    sim.apply(
      podOf('quiet'),
      secret('x'),
      writer('greedy', `sleep 60; ${fill('/scratch/x', 8192)}`, scratch({ medium: 'Memory' })),
    )
    sim.runFor('50s')
    expect(sim.events({ reason: 'EvictionThresholdMet' })).toEqual([])
    sim.runFor('40s')
    expect(statusOf(sim, 'greedy')).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'The node was low on resource: memory. Container app was using 9Mi, which exceeds its request of 0. ',
    })
    expect(statusOf(sim, 'quiet')?.phase).toBe('Running')
    sim.runFor('6m')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('False')
    // Nothing happens on a node that is well: it does not even look.
    const before = sim.events().length
    sim.runFor('20m')
    expect(sim.events().length).toBe(before)
  })
  test.each(['v1.18', 'v1.26', 'v1.36'] as const)(
    '%s an emptyDir that holds more than its sizeLimit ends its Pod, which is nobody else’s fault',
    (version) => {
      const sim = createSim({ journal: 'off', seed: 'limit', version, nodes: 1 })
      sim.apply(
        writer('big', fill('/scratch/x', 2048), scratch({ sizeLimit: '1Mi' })),
        writer('small', fill('/scratch/x', 512), scratch({ sizeLimit: '1Mi' })),
      )
      sim.runFor('3m')
      expect(statusOf(sim, 'big')).toMatchObject({
        phase: 'Failed',
        reason: 'Evicted',
        message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi". ',
      })
      expect(statusOf(sim, 'big')?.conditions?.map(({ type }) => type) ?? []).not.toContain('DisruptionTarget')
      expect(sim.events({ reason: 'Evicted', on: 'pod/big' })).toMatchObject([
        { type: 'Warning', message: 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi". ' },
      ])
      expect(statusOf(sim, 'small')?.phase).toBe('Running')
      expect(condition(sim, 'DiskPressure')?.status).toBe('False')
    },
  )

  test.each([
    [
      'its own layer and its volumes together',
      `${fill('/tmp/x', 600)}; ${fill('/scratch/x', 600)}`,
      'Pod ephemeral local storage usage exceeds the total limit of containers 1Mi. ',
    ],
    ['less than that', fill('/scratch/x', 600), undefined],
  ] as const)('the limit of ephemeral-storage holds for %s', (_what, script, message) => {
    const sim = createSim({ journal: 'off', seed: 'limit', version: 'v1.26', nodes: 1 })
    sim.apply(writer('a', script, scratch({}), { resources: { limits: { 'ephemeral-storage': '1Mi' } } }))
    sim.runFor('3m')
    expect(statusOf(sim, 'a')).toMatchObject(
      message === undefined ? { phase: 'Running' } : { phase: 'Failed', reason: 'Evicted', message },
    )
  })

  test('a container may take no more than its own limit, though the Pod may', () => {
    const sim = createSim({ journal: 'off', seed: 'limit', version: 'v1.26', nodes: 1 })
    const pod = writer('a', fill('/tmp/x', 2048), scratch({}), {
      resources: { limits: { 'ephemeral-storage': '1Mi' } },
    })
    const other = {
      name: 'other',
      image: 'busybox:1',
      command: ['sleep', 'infinity'],
      resources: { limits: { 'ephemeral-storage': '1Gi' } },
    }
    sim.apply({ ...pod, spec: { ...pod.spec, containers: [...pod.spec.containers, other] } })
    sim.runFor('3m')
    expect(statusOf(sim, 'a')?.message).toBe('Container app exceeded its local ephemeral storage limit "1Mi". ')
  })
})

describe('thresholds that a kubelet is told', () => {
  test('a soft one waits for its grace period, and leaves Pods the time that the kubelet says', () => {
    const sim = createSim({
      seed: 'soft',
      version: 'v1.18',
      nodes: 1,
      kubelet: {
        evictionSoft: { 'memory.available': '1Gi' },
        evictionSoftGracePeriod: { 'memory.available': '1m' },
        evictionMaxPodGracePeriod: 7,
      },
    })
    sim.apply(secret('x'), podOf('a'))
    sim.runFor('15s')
    const begun = sim.now()
    sim.fault({ memory: 'low', available: '500Mi', node: 'node-1' })
    sim.runFor('50s')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('True')
    expect(statusOf(sim, 'a')?.phase).toBe('Running')
    expect(sim.runUntil(() => sim.events({ reason: 'Evicted' }).length > 0, { within: '30s' })).toBe(true)
    expect(sim.now() - begun).toBeGreaterThanOrEqual(60_000)
    expect(sim.runUntil(() => statusOf(sim, 'a')?.phase === 'Failed', { within: '1m' })).toBe(true)
    // `sleep` as a first process does not hear SIGTERM.
    const stopped = sim.journal.records.filter(({ type }) => type === 'container.stop').at(-1)
    expect(stopped?.detail).toMatchObject({ timeoutSeconds: 7 })
  })

  test('hard ones take the place of all defaults; more than the least may have to be there again', () => {
    const sim = createSim({
      journal: 'off',
      seed: 'hard',
      version: 'v1.36',
      nodes: 1,
      kubelet: {
        evictionHard: { 'nodefs.available': '20Gi' },
        evictionMinimumReclaim: { 'nodefs.available': '100Gi' },
      },
    })
    sim.apply(secret('x'), podOf('a'), podOf('b'))
    sim.runFor('15s')
    const low = sim.fault({ memory: 'low', available: '1Mi', node: 'node-1' })
    sim.runFor('1m')
    expect(condition(sim, 'MemoryPressure')?.status).toBe('False')
    low.clear()
    const disk = sim.fault({ disk: 'low', available: '15Gi', node: 'node-1' })
    sim.runUntil(() => sim.events({ reason: 'Evicted' }).length > 0, { within: '20s' })
    disk.clear()
    sim.runFor('2m')
    const evicted = sim.list<Pod>('Pod').filter(({ status }) => status?.reason === 'Evicted')
    expect(evicted.map(({ metadata: { name } }) => name).sort()).toEqual(['a', 'b'])
    expect(evicted[0]?.status?.message).toMatch(
      /^The node was low on resource: ephemeral-storage\. Threshold quantity: 20Gi, available: [0-9]+(Ki|Mi|Gi)?\. $/,
    )
  })

  test('a share of inodes is told as one of bytes is', () => {
    const sim = begun('v1.36', podOf('a'))
    sim.fault({ inodes: 'low', available: '1000', node: 'node-1' })
    sim.runFor('30s')
    expect(sim.events({ reason: 'EvictionThresholdMet' })[0]?.message).toBe('Attempting to reclaim inodes')
    // 5% as a float of 32 bits of 100Gi / 16Ki.
    expect(statusOf(sim, 'a')?.message).toBe(
      'The node was low on resource: inodes. Threshold quantity: 320Ki, available: 1k. ',
    )
  })

  test('what nobody uses is removed before a Pod has to go', () => {
    const sim = createSim({
      journal: 'off',
      seed: 'images',
      version: 'v1.26',
      nodes: 1,
      images: [{ name: 'big:1', size: '2Gi' }],
    })
    sim.apply(secret('x'), podOf('a'), {
      ...podOf('done'),
      spec: {
        nodeName: 'node-1',
        restartPolicy: 'Never',
        containers: [{ name: 'big', image: 'big:1', command: ['true'] }],
      },
    })
    sim.runFor('3m')
    sim.fault({ disk: 'low', available: '14Gi', node: 'node-1' })
    sim.runFor('30s')
    expect(sim.events({ reason: 'EvictionThresholdMet' }).length).toBeGreaterThan(0)
    expect(statusOf(sim, 'a')?.phase).toBe('Running')
    expect(statusOf(sim, 'done')?.reason).toBeUndefined()
  })
})
