import { describe, expect, test } from 'vitest'
import type { Job, StatefulSet } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { names, play, pods, setPhase, start, template } from './played-pods.ts'
import type { World } from './world.ts'

describe('Jobs of later versions', () => {
  const job = (extra: object = {}) => ({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'a' },
    spec: { backoffLimit: 0, template: template('j', { restartPolicy: 'Never' }), ...extra },
  })
  const status = (world: World) => world.get<Job>(resources.jobs, 'j', 'a')?.status
  const conditions = (world: World) => status(world)?.conditions?.map(({ type, reason }) => [type, reason])

  test('what a status counts', () => {
    const counts = (minor: number) => {
      const world = start({ minor })
      world.create(resources.jobs, job())
      world.wait(2)
      const { startTime: _time, ...rest } = status(world) ?? {}
      return rest
    }
    expect(counts(23)).toEqual({ active: 1 })
    expect(counts(24)).toEqual({ active: 1, ready: 0 })
    expect(counts(26)).toEqual({ active: 1, ready: 0, uncountedTerminatedPods: {} })
    expect(counts(29)).toEqual({ active: 1, ready: 0, terminating: 0, uncountedTerminatedPods: {} })
  })

  test.each([
    [30, [['Complete', undefined]]],
    [
      31,
      [
        ['SuccessCriteriaMet', 'CompletionsReached'],
        ['Complete', 'CompletionsReached'],
      ],
    ],
  ])('success in v1.%i', (minor, expected) => {
    const world = start({ minor })
    world.create(resources.jobs, job())
    world.wait(1)
    setPhase(world, names(world)[0] ?? '', 'Succeeded')
    world.wait(1)
    expect(conditions(world)).toEqual(expected)
  })

  test('from v1.31 on a Job that will fail says so, and fails when its Pods are gone', () => {
    const failing = (minor: number) => {
      const world = start({ minor })
      world.create(resources.jobs, job({ parallelism: 2, completions: 2 }))
      world.wait(1)
      const [first = '', second = ''] = names(world)
      setPhase(world, second, 'Running')
      setPhase(world, first, 'Failed')
      world.wait(1)
      const [early, going] = [conditions(world), status(world)?.terminating]
      world.remove(resources.pods, second, 'a', { gracePeriodSeconds: 0 })
      world.wait(1)
      return { early, going, late: conditions(world), failed: status(world)?.failed }
    }
    const failed = ['Failed', 'BackoffLimitExceeded']
    const target = ['FailureTarget', 'BackoffLimitExceeded']
    expect(failing(30)).toEqual({ early: [failed], going: 0, late: [failed], failed: 2 })
    expect(failing(31)).toEqual({ early: [target], going: 1, late: [target, failed], failed: 2 })
  })
})

describe('StatefulSets of later versions', () => {
  const set = (spec: object) => ({
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 's', namespace: 'a' },
    spec: { selector: { matchLabels: { app: 's' } }, serviceName: 's', template: template('s'), ...spec },
  })
  const status = (world: World) => world.get<StatefulSet>(resources.statefulSets, 's', 'a')?.status

  test('Pods have their index as a label from v1.28 on', () => {
    const indexes = (minor: number) => {
      const world = start({ minor })
      world.create(resources.statefulSets, set({ replicas: 2 }))
      play(world, 5)
      return pods(world).map(({ metadata }) => metadata.labels?.['apps.kubernetes.io/pod-index'])
    }
    expect(indexes(27)).toEqual([undefined, undefined])
    expect(indexes(28)).toEqual(['0', '1'])
  })

  test('ordinals.start moves the range, and Pods outside of it go', () => {
    const world = start({ minor: 36 })
    world.create(resources.statefulSets, set({ replicas: 2, ordinals: { start: 5 } }))
    play(world, 5)
    expect(names(world)).toEqual(['s-5', 's-6'])
    world.patch(resources.statefulSets, 's', { spec: { ordinals: { start: 6 } } }, { namespace: 'a' })
    play(world, 8)
    expect(names(world)).toEqual(['s-6', 's-7'])
  })

  test('the next Pod waits until the one before was ready for minReadySeconds', () => {
    const world = start({ minor: 36 })
    world.create(resources.statefulSets, set({ replicas: 2, minReadySeconds: 10 }))
    play(world, 5)
    expect(names(world)).toEqual(['s-0'])
    expect(status(world)).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 0 })
    // A Pod that was ready for exactly that long is looked at once more after the same time.
    play(world, 20)
    expect(names(world)).toEqual(['s-0', 's-1'])
    play(world, 24)
    expect(status(world)).toMatchObject({ readyReplicas: 2, availableReplicas: 2 })
  })

  test.each([
    [34, 'more', undefined, 3],
    [35, 'none', 1, 3],
    [35, 2, 2, 2],
    [35, '80%', '80%', 1],
    [36, 2, undefined, 3],
    [36, 'none', undefined, 3],
  ] as const)(
    'v1.%i, maxUnavailable %s: Pods that are left by the first step of an update',
    (minor, given, kept, left) => {
      const world = start({ minor })
      const rollingUpdate = typeof given === 'number' || given === '80%' ? { maxUnavailable: given } : {}
      const updateStrategy = { type: 'RollingUpdate', rollingUpdate }
      world.create(resources.statefulSets, set({ replicas: 4, podManagementPolicy: 'Parallel', updateStrategy }))
      play(world, 6)
      const stored = world.get<StatefulSet>(resources.statefulSets, 's', 'a')?.spec.updateStrategy?.rollingUpdate
      expect(stored?.maxUnavailable).toBe(kept)
      const labels = { app: 's', new: 'yes' }
      world.patch(resources.statefulSets, 's', { spec: { template: { metadata: { labels } } } }, { namespace: 'a' })
      world.wait(0.5)
      expect(pods(world)).toHaveLength(left)
      play(world, 12)
      expect(pods(world).map(({ metadata }) => metadata.labels?.new)).toEqual(['yes', 'yes', 'yes', 'yes'])
    },
  )

  test('a claim that somebody deletes while its Pod is pending is made anew from v1.27 on', () => {
    const made = (minor: number) => {
      const world = start({ minor })
      const claim = {
        metadata: { name: 'd' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      }
      world.create(resources.statefulSets, set({ replicas: 1, volumeClaimTemplates: [claim] }))
      world.wait(1)
      const where = { namespace: 'a' }
      world.patch(resources.persistentVolumeClaims, 'd-s-0', { metadata: { finalizers: null } }, where)
      world.remove(resources.persistentVolumeClaims, 'd-s-0', 'a')
      world.wait(1)
      // As the scheduler would tell that it is missing.
      setPhase(world, 's-0', 'Pending')
      world.wait(1)
      return world.get(resources.persistentVolumeClaims, 'd-s-0', 'a') !== undefined
    }
    expect([made(26), made(27)]).toEqual([false, true])
  })

  test('available Pods are counted from v1.22 on', () => {
    const counted = (minor: number) => {
      const world = start({ minor })
      world.create(resources.statefulSets, set({ replicas: 1 }))
      play(world, 5)
      return status(world)?.availableReplicas
    }
    expect([21, 22].map(counted)).toEqual([undefined, 1])
  })
})
