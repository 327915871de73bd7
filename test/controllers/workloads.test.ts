import { describe, expect, test } from 'vitest'
import type { Node, Pod } from '../../src/api/types/core.ts'
import type { DaemonSet, Job, StatefulSet } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { container, names, play, pods, setPhase, start, template } from './played-pods.ts'
import type { World } from './world.ts'

describe('apiserver 8.3 StatefulSets', () => {
  const set = (replicas: number) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's', namespace: 'a' },
    spec: { replicas, selector: { matchLabels: { app: 's' } }, serviceName: 's', template: template('s') },
  })

  test('Pods come one after the other, each when the one before is ready, and go in reverse', () => {
    const world = start()
    world.create(resources.statefulSets, set(3))
    world.wait(5)
    expect(names(world)).toEqual(['s-0'])
    setPhase(world, 's-0', 'Running')
    world.wait(1)
    expect(names(world)).toEqual(['s-0', 's-1'])
    play(world, 5)
    expect(names(world)).toEqual(['s-0', 's-1', 's-2'])
    expect(world.get<StatefulSet>(resources.statefulSets, 's', 'a')?.status).toMatchObject({
      replicas: 3,
      readyReplicas: 3,
    })
    world.patch(resources.statefulSets, 's', { spec: { replicas: 1 } }, { namespace: 'a' })
    world.wait(1)
    expect(names(world)).toEqual(['s-0', 's-1'])
    play(world, 5)
    expect(names(world)).toEqual(['s-0'])
    const messages = world.events('a').map(({ reason, message }) => `${reason}: ${message}`)
    expect(messages).toContain('SuccessfulCreate: create Pod s-0 in StatefulSet s successful')
    expect(messages).toContain('SuccessfulDelete: delete Pod s-2 in StatefulSet s successful')
  })

  test('a new template replaces Pods from the last to the first', () => {
    const world = start()
    world.create(resources.statefulSets, set(2))
    play(world, 6)
    world.patch(
      resources.statefulSets,
      's',
      { spec: { template: { metadata: { annotations: { v: '2' } } } } },
      { namespace: 'a' },
    )
    const order: string[] = []
    for (let i = 0; i < 8; i++) {
      play(world, 1)
      for (const { metadata } of pods(world))
        if (metadata.annotations?.v === '2' && !order.includes(metadata.name)) order.push(metadata.name)
    }
    expect(order).toEqual(['s-1', 's-0'])
    const status = world.get<StatefulSet>(resources.statefulSets, 's', 'a')?.status
    expect(status?.currentRevision).toBe(status?.updateRevision)
  })
})

describe('apiserver 8.3 Jobs', () => {
  const job = (extra: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'a' },
    spec: {
      parallelism: 1,
      completions: 2,
      backoffLimit: 2,
      template: template('j', { restartPolicy: 'Never' }),
      ...extra,
    },
  })
  const reason = (world: World) =>
    world.get<Job>(resources.jobs, 'j', 'a')?.status?.conditions?.map(({ type, reason: why }) => [type, why])

  test('Pods run until enough have succeeded', () => {
    const world = start()
    world.create(resources.jobs, job())
    for (let i = 0; i < 2; i++) {
      world.wait(1)
      const [running] = pods(world).filter(({ status }) => status?.phase === 'Pending')
      setPhase(world, running?.metadata.name ?? '', 'Succeeded')
    }
    world.wait(1)
    expect(reason(world)).toEqual([['Complete', undefined]])
    expect(world.get<Job>(resources.jobs, 'j', 'a')?.status?.succeeded).toBe(2)
  })

  test('failed Pods are replaced, the next after 10 s, until the limit', () => {
    const world = start()
    world.create(resources.jobs, job())
    const starts: number[] = []
    let known = 0
    for (let second = 0; second < 120 && reason(world) === undefined; second++) {
      world.wait(1)
      const all = world.list<Pod>(resources.pods, 'a')
      if (all.length > known) starts.push(second)
      known = all.length
      for (const { metadata, status } of all) if (status?.phase === 'Pending') setPhase(world, metadata.name, 'Failed')
    }
    expect(reason(world)).toEqual([['Failed', 'BackoffLimitExceeded']])
    expect(known).toBe(3)
    expect((starts[2] ?? 0) - (starts[1] ?? 0)).toBeGreaterThanOrEqual(9)
  })

  test('from v1.21 on a Job that ended goes after its ttl', () => {
    const world = start({ minor: 26 })
    world.create(resources.jobs, job({ completions: 1, ttlSecondsAfterFinished: 30 }))
    world.wait(1)
    setPhase(world, pods(world)[0]?.metadata.name ?? '', 'Succeeded')
    world.wait(28)
    expect(world.get(resources.jobs, 'j', 'a')).toBeDefined()
    world.wait(5)
    expect([world.get(resources.jobs, 'j', 'a'), pods(world)]).toEqual([undefined, []])
  })

  test('a deadline ends it', () => {
    const world = start()
    world.create(resources.jobs, job({ activeDeadlineSeconds: 20 }))
    world.wait(15)
    expect([reason(world), pods(world).length]).toEqual([undefined, 1])
    world.wait(10)
    expect([reason(world), pods(world).length]).toEqual([[['Failed', 'DeadlineExceeded']], 0])
  })
})

describe('Jobs of mode Indexed', () => {
  const indexed = (extra: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'a' },
    spec: {
      completionMode: 'Indexed',
      parallelism: 2,
      completions: 4,
      template: template('j', { restartPolicy: 'Never' }),
      ...extra,
    },
  })
  const startModern = (): World => {
    const world = start({ minor: 28 })
    return world
  }
  const indexesOf = (world: World) =>
    pods(world)
      .filter(({ status }) => status?.phase === 'Pending')
      .map(({ metadata }) => metadata.annotations?.['batch.kubernetes.io/job-completion-index'])
      .sort()
  const end = (world: World, index: string, phase: 'Succeeded' | 'Failed') => {
    const key = 'batch.kubernetes.io/job-completion-index'
    const pod = pods(world).find(
      ({ metadata, status }) => metadata.annotations?.[key] === index && status?.phase === 'Pending',
    )
    setPhase(world, pod?.metadata.name ?? '', phase)
    world.wait(1)
  }
  const status = (world: World) => world.get<Job>(resources.jobs, 'j', 'a')?.status

  test('each index has a Pod that knows it, by annotation, label, hostname, name and variable', () => {
    const world = startModern()
    world.create(resources.jobs, indexed())
    world.wait(1)
    expect(indexesOf(world)).toEqual(['0', '1'])
    const [first] = pods(world)
    expect(first?.metadata.name).toMatch(/^j-0-[a-z0-9]{5}$/)
    expect(first?.spec.hostname).toBe('j-0')
    expect(first?.metadata.labels?.['batch.kubernetes.io/job-completion-index']).toBe('0')
    const fieldPath = "metadata.labels['batch.kubernetes.io/job-completion-index']"
    const variable = { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } }
    expect(first?.spec.containers[0]?.env).toEqual([variable])
  })

  test('an index that failed comes again, one that succeeded does not, and its Pod may go', () => {
    const world = startModern()
    world.create(resources.jobs, indexed())
    world.wait(1)
    end(world, '1', 'Succeeded')
    expect([status(world)?.completedIndexes, indexesOf(world)]).toEqual(['1', ['0', '2']])
    const done = pods(world).find(({ status: is }) => is?.phase === 'Succeeded')
    world.remove(resources.pods, done?.metadata.name ?? '', 'a')
    end(world, '0', 'Failed')
    world.wait(30)
    expect(indexesOf(world)).toEqual(['0', '2'])
    for (const index of ['2', '0', '3']) end(world, index, 'Succeeded')
    expect(status(world)).toMatchObject({ succeeded: 4, failed: 1, completedIndexes: '0-3' })
    expect(status(world)?.conditions?.map(({ type }) => type)).toEqual(['Complete'])
  })

  test('a suspended Job has no Pods and no time of start; when it goes on it starts anew', () => {
    const world = startModern()
    const suspend = (value: boolean) => {
      world.patch(resources.jobs, 'j', { spec: { suspend: value } }, { namespace: 'a' })
      world.wait(2)
    }
    world.create(resources.jobs, indexed({ suspend: true }))
    world.wait(1)
    expect([pods(world), status(world)?.startTime]).toEqual([[], undefined])
    const told = () => status(world)?.conditions?.map(({ type, status: is, reason }) => [type, is, reason])
    expect(told()).toEqual([['Suspended', 'True', 'JobSuspended']])
    suspend(false)
    expect(told()).toEqual([['Suspended', 'False', 'JobResumed']])
    expect([indexesOf(world), status(world)?.startTime]).toEqual([['0', '1'], expect.any(String)])
    suspend(true)
    expect(indexesOf(world)).toEqual([])
  })
})

describe('apiserver 8.3 DaemonSets', () => {
  const node = (name: string, taints: Node['spec'] = {}) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: taints,
  })

  test('one Pod for each node that fits, one for a new node, none for a tainted one', () => {
    const world = start()
    world.create(resources.nodes, node('n1'))
    world.create(resources.nodes, node('n2', { taints: [{ key: 'k', effect: 'NoSchedule' }] }))
    world.create(resources.daemonSets, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'd', namespace: 'a' },
      spec: {
        selector: { matchLabels: { app: 'd' } },
        template: { metadata: { labels: { app: 'd' } }, spec: { containers: [container] } },
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
      },
    })
    const targets = () =>
      pods(world)
        .map(
          ({ spec }) =>
            spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0]
              ?.matchFields?.[0]?.values?.[0],
        )
        .sort()
    world.wait(1)
    expect(targets()).toEqual(['n1'])
    world.create(resources.nodes, node('n3'))
    world.wait(1)
    expect(targets()).toEqual(['n1', 'n3'])
    expect(world.get<DaemonSet>(resources.daemonSets, 'd', 'a')?.status).toMatchObject({
      desiredNumberScheduled: 2,
      currentNumberScheduled: 2,
      numberUnavailable: 2,
    })
    world.patch(
      resources.daemonSets,
      'd',
      { spec: { template: { metadata: { annotations: { v: '2' } } } } },
      { namespace: 'a' },
    )
    world.wait(2)
    expect(pods(world).map(({ metadata }) => metadata.annotations?.v)).toEqual(['2', '2'])
  })
})

test('the same seed gives the same story, another seed other names', () => {
  const story = (seed: string) => {
    const world = start({ seed, journal: 'summary' })
    for (const replicas of [3, 1, 5]) {
      const spec = { replicas, selector: { matchLabels: { app: 'r' } }, template: template('r') }
      const metadata = { name: `r${replicas}`, namespace: 'a', labels: {} }
      world.create(resources.replicaSets, { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata, spec })
      play(world, 3)
    }
    return JSON.stringify(world.journal.records)
  }
  expect(story('one')).toBe(story('one'))
  expect(story('one')).not.toBe(story('two'))
})
