import { describe, expect, test } from 'vitest'
import type { Job } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { defaultEpochMs, rfc3339 } from '../../src/kernel/calendar.ts'
import { names, pods, setPhase, start, template } from './played-pods.ts'
import type { World } from './world.ts'

/** Sources: pkg/controller/job/pod_failure_policy.go, success_policy.go, indexed_job_utils.go. */

const make = (world: World, spec: object) =>
  world.create(resources.jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'a' },
    spec: { template: template('j', { restartPolicy: 'Never' }), ...spec },
  })
const statusOf = (world: World) => world.get<Job>(resources.jobs, 'j', 'a')?.status
const conditions = (world: World) =>
  statusOf(world)?.conditions?.map(({ type, reason, message }) => [type, reason, message])
const indexed = { completionMode: 'Indexed', completions: 3, parallelism: 3 }

/** Its container has ended with a code. */
function fail(world: World, name: string, exitCode: number): void {
  const finishedAt = rfc3339(defaultEpochMs + world.kernel.now())
  const state = { terminated: { exitCode, finishedAt } }
  const body = { status: { phase: 'Failed', containerStatuses: [{ name: 'c', state }] } }
  world.patch(resources.pods, name, body, { namespace: 'a', subresource: 'status' })
}

const podOf = (world: World, index: number) =>
  pods(world).find(
    ({ metadata, status }) =>
      metadata.name.startsWith(`j-${index}-`) && status?.phase !== 'Failed' && status?.phase !== 'Succeeded',
  )

describe('podFailurePolicy', () => {
  const policy = {
    rules: [
      { action: 'FailJob', onExitCodes: { containerName: 'c', operator: 'In', values: [42] } },
      { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
    ],
  }
  const text = (world: World) =>
    `Container c for pod a/${names(world)[0]} failed with exit code 42 matching FailJob rule at index 0`

  test.each([
    [25, []],
    [26, ['FailureTarget', 'Failed']],
    [31, ['FailureTarget', 'Failed']],
  ])('FailJob in v1.%i', (minor, types) => {
    const world = start({ minor })
    make(world, { podFailurePolicy: policy })
    world.wait(1)
    const expected = types.map((type) => [type, 'PodFailurePolicy', text(world)])
    fail(world, names(world)[0] ?? '', 42)
    world.wait(1)
    expect(conditions(world) ?? []).toEqual(expected)
  })

  test('what is ignored counts as no failure and is replaced', () => {
    const world = start({ minor: 29 })
    make(world, { podFailurePolicy: policy, backoffLimit: 0 })
    world.wait(1)
    const [first = ''] = names(world)
    const status = { phase: 'Failed', conditions: [{ type: 'DisruptionTarget', status: 'True' }] }
    world.patch(resources.pods, first, { status }, { namespace: 'a', subresource: 'status' })
    world.wait(12)
    expect(names(world)).toHaveLength(2)
    expect(statusOf(world)?.failed).toBe(undefined)
    expect(conditions(world)).toBe(undefined)
  })
})

describe('backoffLimitPerIndex', () => {
  test('each index is tried again after a pause of its own, as often as it may', () => {
    const world = start({ minor: 29 })
    make(world, { ...indexed, backoffLimitPerIndex: 1 })
    world.wait(1)
    fail(world, podOf(world, 1)?.metadata.name ?? '', 1)
    world.wait(9)
    expect(podOf(world, 1)).toBe(undefined)
    world.wait(2)
    const second = podOf(world, 1)
    expect(second?.metadata.annotations?.['batch.kubernetes.io/job-index-failure-count']).toBe('1')
    fail(world, second?.metadata.name ?? '', 1)
    world.wait(1)
    expect(statusOf(world)?.failedIndexes).toBe('1')
    for (const index of [0, 2]) setPhase(world, podOf(world, index)?.metadata.name ?? '', 'Succeeded')
    world.wait(1)
    expect(conditions(world)).toEqual([['Failed', 'FailedIndexes', 'Job has failed indexes']])
    expect(statusOf(world)?.completedIndexes).toBe('0,2')
  })

  test('more failed indexes than there may be end the Job', () => {
    const world = start({ minor: 29 })
    make(world, { ...indexed, backoffLimitPerIndex: 0, maxFailedIndexes: 1 })
    world.wait(1)
    for (const index of [0, 1]) {
      fail(world, podOf(world, index)?.metadata.name ?? '', 1)
      world.wait(1)
    }
    expect(conditions(world)?.[0]?.[1]).toBe('MaxFailedIndexesExceeded')
  })
})

test('podReplacementPolicy Failed waits until a Pod that is deleted has ended', () => {
  const replaced = (podReplacementPolicy: string) => {
    const world = start({ minor: 29 })
    make(world, { podReplacementPolicy })
    world.wait(1)
    const [first = ''] = names(world)
    setPhase(world, first, 'Running')
    world.remove(resources.pods, first, 'a', { gracePeriodSeconds: 1 })
    world.wait(12)
    return names(world).length
  }
  expect(replaced('TerminatingOrFailed')).toBe(1)
  expect(replaced('Failed')).toBe(0)
})

test('successPolicy ends a Job when enough indexes have succeeded; the others go first', () => {
  const world = start({ minor: 31 })
  make(world, { ...indexed, successPolicy: { rules: [{ succeededIndexes: '0,2', succeededCount: 1 }] } })
  world.wait(1)
  const others = [0, 1].map((index) => podOf(world, index)?.metadata.name ?? '')
  for (const name of others) setPhase(world, name, 'Running')
  setPhase(world, podOf(world, 2)?.metadata.name ?? '', 'Succeeded')
  world.wait(1)
  const why = ['SuccessPolicy', 'Matched rules at index 0']
  expect(conditions(world)).toEqual([['SuccessCriteriaMet', ...why]])
  expect(statusOf(world)?.terminating).toBe(2)
  for (const name of others) world.remove(resources.pods, name, 'a', { gracePeriodSeconds: 0 })
  world.wait(1)
  expect(conditions(world)).toEqual([
    ['SuccessCriteriaMet', ...why],
    ['Complete', ...why],
  ])
})
