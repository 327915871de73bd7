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
    expect(failing(30)).toEqual({ early: [failed], going: 1, late: [failed], failed: 2 })
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
