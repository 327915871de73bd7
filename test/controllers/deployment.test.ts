import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import type { Deployment, ReplicaSet } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { defaultEpochMs, rfc3339 } from '../../src/kernel/calendar.ts'
import { createWorld, type World } from './world.ts'

function web(replicas: number, extra: object = {}) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'a' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { nodeName: 'n', containers: [{ name: 'c', image: 'redis' }] },
      },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } },
      revisionHistoryLimit: 10,
      progressDeadlineSeconds: 600,
      ...extra,
    },
  }
}

/** Makes Pods ready 2 s after they were created, as nodes would. */
function play(world: World, seconds: number): void {
  for (let i = 0; i < seconds; i++) {
    world.wait(1)
    const now = world.kernel.now()
    for (const pod of world.list<Pod>(resources.pods, 'a')) {
      if (pod.metadata.deletionTimestamp !== undefined)
        world.remove(resources.pods, pod.metadata.name, 'a', { gracePeriodSeconds: 0 })
      else if (pod.status?.phase !== 'Running' && now > 2000) ready(world, pod.metadata.name)
    }
  }
}

function ready(world: World, name: string, status = 'True'): void {
  const at = rfc3339(defaultEpochMs + world.kernel.now())
  const body = { status: { phase: 'Running', conditions: [{ type: 'Ready', status, lastTransitionTime: at }] } }
  world.patch(resources.pods, name, body, { namespace: 'a', subresource: 'status' })
}

function start(): World {
  const world = createWorld({ options: { disabled: ['podgc'] } })
  world.namespace('a')
  world.manager.start()
  world.wait(1)
  return world
}

const deployment = (world: World) => world.get<Deployment>(resources.deployments, 'web', 'a')
const sets = (world: World) =>
  world
    .list<ReplicaSet>(resources.replicaSets, 'a')
    .map(({ metadata, spec }) => [metadata.annotations?.['deployment.kubernetes.io/revision'], spec.replicas])
    .sort()

describe('apiserver 8.3 Deployments', () => {
  test('a new one makes a ReplicaSet that makes Pods; events and conditions tell it', () => {
    const world = start()
    world.create(resources.deployments, web(2))
    world.wait(1)
    const set = world.list<ReplicaSet>(resources.replicaSets, 'a')[0]
    expect(set?.metadata.name).toMatch(/^web-[456789bcdf]{1,10}$/)
    expect(set?.metadata.annotations).toEqual({
      'deployment.kubernetes.io/desired-replicas': '2',
      'deployment.kubernetes.io/max-replicas': '3',
      'deployment.kubernetes.io/revision': '1',
    })
    const pods = world.list<Pod>(resources.pods, 'a')
    expect(pods.map(({ metadata }) => metadata.generateName)).toEqual([
      `${set?.metadata.name}-`,
      `${set?.metadata.name}-`,
    ])
    expect(
      world
        .events('a')
        .map(({ reason, message, on }) => [reason, message, on])
        .sort(),
    ).toEqual([
      ['ScalingReplicaSet', `Scaled up replica set ${set?.metadata.name} to 2`, 'Deployment/web'],
      ...pods
        .map(({ metadata }) => [
          'SuccessfulCreate',
          `Created pod: ${metadata.name}`,
          `ReplicaSet/${set?.metadata.name}`,
        ])
        .sort(),
    ])
    expect(deployment(world)?.status).toMatchObject({
      replicas: 2,
      updatedReplicas: 2,
      unavailableReplicas: 2,
    })
    expect(deployment(world)?.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Available', 'False', 'MinimumReplicasUnavailable'],
      ['Progressing', 'True', 'ReplicaSetUpdated'],
    ])
    play(world, 5)
    expect(deployment(world)?.status?.conditions?.map(({ type, status, reason }) => [type, status, reason])).toEqual([
      ['Available', 'True', 'MinimumReplicasAvailable'],
      ['Progressing', 'True', 'NewReplicaSetAvailable'],
    ])
    expect(deployment(world)?.status?.readyReplicas).toBe(2)
  })

  test('U1 a restart rolls all Pods within surge and unavailability, a Secret does not; the old template comes back as a new revision', () => {
    const world = start()
    world.create(resources.deployments, web(4))
    play(world, 5)
    const names = world.list<Pod>(resources.pods, 'a').map(({ metadata }) => metadata.name)
    world.patch(
      resources.deployments,
      'web',
      { spec: { template: { metadata: { annotations: { restarted: 'now' } } } } },
      { namespace: 'a' },
    )
    let most = 0
    let least = 9
    for (let i = 0; i < 20; i++) {
      play(world, 1)
      const pods = world.list<Pod>(resources.pods, 'a')
      most = Math.max(most, pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined).length)
      least = Math.min(
        least,
        pods.filter(({ status }) =>
          status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
        ).length,
      )
    }
    expect([most <= 5, least >= 3]).toEqual([true, true])
    expect(sets(world)).toEqual([
      ['1', 0],
      ['2', 4],
    ])
    expect(world.list<Pod>(resources.pods, 'a').some(({ metadata }) => names.includes(metadata.name))).toBe(false)
    world.patch(
      resources.deployments,
      'web',
      { spec: { template: { metadata: { annotations: null } } } },
      { namespace: 'a' },
    )
    play(world, 20)
    expect(sets(world)).toEqual([
      ['2', 0],
      ['3', 4],
    ])
    const set = world.list<ReplicaSet>(resources.replicaSets, 'a').find(({ spec }) => spec.replicas === 4)
    expect(set?.metadata.annotations?.['deployment.kubernetes.io/revision-history']).toBe('1')
    expect(deployment(world)?.metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('3')
  })

  test('scaling in the middle of a rollout is shared out in proportion', () => {
    const world = start()
    world.create(resources.deployments, web(10))
    play(world, 5)
    world.patch(
      resources.deployments,
      'web',
      { spec: { template: { spec: { containers: [{ name: 'c', image: 'broken' }] } } } },
      { namespace: 'a' },
    )
    world.wait(1)
    expect(sets(world)).toEqual([
      ['1', 8],
      ['2', 5],
    ])
    world.patch(resources.deployments, 'web', { spec: { replicas: 20 } }, { namespace: 'a' })
    world.wait(1)
    expect(sets(world)).toEqual([
      ['1', 15],
      ['2', 10],
    ])
  })

  test('Recreate ends all old Pods before it makes a new one', () => {
    const world = start()
    world.create(resources.deployments, web(2, { strategy: { type: 'Recreate' } }))
    play(world, 5)
    world.patch(
      resources.deployments,
      'web',
      { spec: { template: { metadata: { annotations: { v: '2' } } } } },
      { namespace: 'a' },
    )
    world.wait(1)
    expect(sets(world)).toEqual([['1', 0]])
    play(world, 10)
    expect(sets(world)).toEqual([
      ['1', 0],
      ['2', 2],
    ])
  })

  test('a rollout without progress times out after progressDeadlineSeconds', () => {
    const world = start()
    world.create(resources.deployments, web(1, { progressDeadlineSeconds: 30 }))
    world.wait(29)
    const reason = () => deployment(world)?.status?.conditions?.find(({ type }) => type === 'Progressing')?.reason
    expect(reason()).toBe('ReplicaSetUpdated')
    world.wait(5)
    expect(reason()).toBe('ProgressDeadlineExceeded')
  })

  test('a paused one is scaled but not rolled out; old ReplicaSets beyond the limit go', () => {
    const world = start()
    world.create(resources.deployments, web(1, { revisionHistoryLimit: 1 }))
    play(world, 5)
    for (const v of ['2', '3', '4']) {
      world.patch(
        resources.deployments,
        'web',
        { spec: { template: { metadata: { annotations: { v } } } } },
        { namespace: 'a' },
      )
      play(world, 8)
    }
    expect(sets(world)).toEqual([
      ['3', 0],
      ['4', 1],
    ])
    world.patch(
      resources.deployments,
      'web',
      { spec: { paused: true, replicas: 2, template: { metadata: { annotations: { v: '5' } } } } },
      { namespace: 'a' },
    )
    play(world, 5)
    // Its template is no ReplicaSet's, so both are old ones, and one is beyond the limit.
    expect(sets(world)).toEqual([['4', 2]])
  })
})

describe('apiserver 8.3 ReplicaSets', () => {
  test('orphans that match are adopted, Pods that match no more are released and replaced', () => {
    const world = start()
    world.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'orphan', namespace: 'a', labels: { app: 'r' } },
      spec: { containers: [{ name: 'c', image: 'x' }] },
    })
    world.create(resources.replicaSets, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'r', namespace: 'a' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'r' } },
        template: { metadata: { labels: { app: 'r' } }, spec: { containers: [{ name: 'c', image: 'x' }] } },
      },
    })
    world.wait(1)
    expect(world.list(resources.pods, 'a')).toHaveLength(2)
    expect(world.get(resources.pods, 'orphan', 'a')?.metadata.ownerReferences?.[0]?.name).toBe('r')
    world.patch(resources.pods, 'orphan', { metadata: { labels: { app: 'other' } } }, { namespace: 'a' })
    world.wait(1)
    expect(world.get(resources.pods, 'orphan', 'a')?.metadata.ownerReferences ?? []).toEqual([])
    expect(world.list(resources.pods, 'a')).toHaveLength(3)
  })

  test('L6 a Pod deleted gracefully is replaced at once', () => {
    const world = start()
    world.create(resources.deployments, web(1))
    world.wait(1)
    const name = world.list(resources.pods, 'a')[0]?.metadata.name ?? ''
    world.patch(resources.pods, name, { metadata: { finalizers: ['x/y'] } }, { namespace: 'a' })
    world.remove(resources.pods, name, 'a')
    world.wait(1)
    expect(world.list(resources.pods, 'a')).toHaveLength(2)
  })

  test('1,500 replicas are created without quadratic work', () => {
    const world = start()
    world.create(resources.deployments, web(1_500))
    world.wait(20)
    expect(world.get<Deployment>(resources.deployments, 'web', 'a')?.status?.replicas).toBe(1_500)
  })
})
