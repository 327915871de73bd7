import { describe, expect, test } from 'vitest'
import type { Pod } from '../../src/api/types/core.ts'
import type { Job, JobStatus } from '../../src/api/types/workload-specs.ts'
import { resources } from '../../src/client/client.ts'
import { completionIndexKey } from '../../src/controllers/job/indexes.ts'
import { type Ending, foundTrackedPods, tallied } from '../../src/controllers/job/tracking.ts'
import { defaultEpochMs, rfc3339 } from '../../src/kernel/calendar.ts'
import { names, pods, setPhase, start, template } from './played-pods.ts'
import type { World } from './world.ts'

/** Sources: pkg/controller/job/job_controller.go, tracking_utils.go, backoff_utils.go; what TestTrackJobStatusAndRemoveFinalizers says. */

const finalizer = 'batch.kubernetes.io/job-tracking'
const make = (world: World, spec: object = {}) =>
  world.create<Job>(resources.jobs, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'j', namespace: 'a' },
    spec: { template: template('j', { restartPolicy: 'Never' }), ...spec },
  })
const statusOf = (world: World): JobStatus => world.get<Job>(resources.jobs, 'j', 'a')?.status ?? {}
const types = (world: World) => statusOf(world).conditions?.map(({ type }) => type) ?? []
const all = (world: World) => world.list<Pod>(resources.pods, 'a')

/** Its container ends now. */
function end(world: World, { metadata }: Pod, exitCode: number): void {
  const finishedAt = rfc3339(defaultEpochMs + world.kernel.now())
  const containerStatuses = [{ name: 'c', state: { terminated: { exitCode, finishedAt } } }]
  const status = { phase: exitCode === 0 ? 'Succeeded' : 'Failed', containerStatuses }
  world.patch(resources.pods, metadata.name, { status }, { namespace: 'a', subresource: 'status' })
}

/** Each Pod fails after 5 s: the seconds from that to the next Pod. */
function pausesOf(minor: number, count: number): readonly number[] {
  const world = start({ minor })
  make(world, { backoffLimit: 10 })
  world.wait(1)
  const pauses: number[] = []
  while (pauses.length < count) {
    world.wait(5)
    const [pod] = pods(world).filter(({ status }) => status?.phase === 'Pending')
    if (pod === undefined) throw new Error('no Pod')
    const before = all(world).length
    end(world, pod, 1)
    let seconds = 0
    for (; seconds < 100 && all(world).length === before; seconds++) world.wait(1)
    pauses.push(seconds)
  }
  return pauses
}

describe('the finalizer of a Job', () => {
  test.each([
    [24, undefined, undefined],
    [25, [finalizer], ''],
    [26, [finalizer], ''],
    [27, [finalizer], undefined],
  ])('Pods and Jobs of v1.%i', (minor, finalizers, annotation) => {
    const world = start({ minor })
    make(world)
    world.wait(1)
    expect(pods(world)[0]?.metadata.finalizers).toEqual(finalizers)
    expect(world.get(resources.jobs, 'j', 'a')?.metadata.annotations?.[finalizer]).toBe(annotation)
    expect(statusOf(world).uncountedTerminatedPods).toEqual(finalizers === undefined ? undefined : {})
  })

  test('goes once the status is written', () => {
    const world = start({ minor: 30 })
    make(world, { completions: 2 })
    world.wait(1)
    const [pod] = pods(world)
    if (pod === undefined) throw new Error('no Pod')
    end(world, pod, 0)
    world.wait(1.5)
    expect(world.get(resources.pods, pod.metadata.name, 'a')?.metadata.finalizers).toBe(undefined)
    expect([statusOf(world).succeeded, statusOf(world).uncountedTerminatedPods]).toEqual([1, {}])
  })
})

/** Rows of TestTrackJobStatusAndRemoveFinalizers: uids in the status before, Pods, and what the first write says. */
describe('tallied', () => {
  const pod = (uid: string, phase: string, has: boolean, index?: number) => ({
    metadata: {
      name: uid,
      namespace: 'a',
      uid,
      ...(has ? { finalizers: [finalizer] } : {}),
      ...(index === undefined ? {} : { annotations: { [completionIndexKey]: `${index}` } }),
    },
    spec: { containers: [] },
    status: { phase },
  })
  const tally = (status: object, own: readonly object[], spec: object = {}, ending: Partial<Ending> = {}) => {
    const job = { metadata: { name: 'j' }, spec: { completions: 3, ...spec }, status } as unknown as Job // as far as it is read
    const found = foundTrackedPods(job, own as Pod[], new Set()) // likewise
    const { status: first, release } = tallied(
      job,
      status,
      found,
      { isOver: false, failsRest: false, ...ending },
      new Set(),
    )
    return [first, release.map(({ metadata }) => metadata.uid)] as const
  }

  test('no updates', () => {
    expect(tally({ uncountedTerminatedPods: {} }, [])).toEqual([{ uncountedTerminatedPods: {} }, []])
  })
  test('new Pods that have ended come into the lists', () => {
    const own = [
      pod('a', 'Succeeded', true),
      pod('b', 'Failed', true),
      pod('c', 'Succeeded', false),
      pod('d', 'Running', true),
    ]
    const lists = { succeeded: ['a'], failed: ['b'] }
    expect(tally({ succeeded: 2, failed: 1 }, own)).toEqual([
      { succeeded: 2, failed: 1, uncountedTerminatedPods: lists },
      ['a', 'b'],
    ])
  })
  test('those of the lists whose finalizer is gone are counted, and not twice', () => {
    const uncounted = { succeeded: ['a', 'c'], failed: ['b'] }
    const own = [pod('a', 'Succeeded', false), pod('c', 'Succeeded', true), pod('b', 'Failed', false)]
    expect(tally({ succeeded: 1, uncountedTerminatedPods: uncounted }, own)).toEqual([
      { succeeded: 2, failed: 1, uncountedTerminatedPods: { succeeded: ['c'] } },
      ['c'],
    ])
  })
  test('what still runs counts as failed when the Job does, but not when it has succeeded', () => {
    const own = [pod('a', 'Running', true)]
    expect(tally({}, own, {}, { isOver: true, failsRest: true })[0]).toEqual({
      uncountedTerminatedPods: { failed: ['a'] },
    })
    expect(tally({}, own, {}, { isOver: true })).toEqual([{ uncountedTerminatedPods: {} }, ['a']])
  })
  test('indexes are their own list; a Pod with an index that is too great does not count', () => {
    const own = [pod('a', 'Succeeded', true, 0), pod('b', 'Failed', true, 1), pod('c', 'Failed', true, 7)]
    expect(tally({}, own, { completionMode: 'Indexed' })).toEqual([
      { uncountedTerminatedPods: { failed: ['b'] } },
      ['a', 'b', 'c'],
    ])
  })
  test('no more than 500 at a time', () => {
    const own = Array.from({ length: 600 }, (_, at) => pod(`p${at}`, 'Succeeded', true))
    expect(tally({}, own)[1]).toHaveLength(500)
  })
})

describe('what counts', () => {
  test.each([
    [24, undefined],
    [25, 1],
    [30, 1],
  ])('a Pod that somebody deletes, in v1.%i', (minor, failed) => {
    const world = start({ minor })
    make(world)
    world.wait(1)
    const [first = ''] = names(world)
    setPhase(world, first, 'Running')
    world.remove(resources.pods, first, 'a', { gracePeriodSeconds: 0 })
    world.wait(15)
    expect(statusOf(world).failed).toBe(failed)
    expect(world.get(resources.pods, first, 'a')).toBe(undefined)
    expect(names(world)).toHaveLength(1)
  })

  test.each([
    [24, 1],
    [25, 2],
  ])('a Pod that succeeded and is gone, in v1.%i', (minor, succeeded) => {
    const world = start({ minor })
    make(world, { completions: 3 })
    for (let i = 0; i < 2; i++) {
      world.wait(3)
      const [pod] = pods(world).filter(({ status }) => status?.phase === 'Pending')
      if (pod === undefined) throw new Error('no Pod')
      end(world, pod, 0)
      world.wait(3)
      if (i === 0) world.remove(resources.pods, pod.metadata.name, 'a', { gracePeriodSeconds: 0 })
    }
    expect(statusOf(world).succeeded).toBe(succeeded)
  })

  test('Pods of a Job that is deleted go, and so do those of one that was suspended', () => {
    const world = start({ minor: 30 })
    make(world, { parallelism: 2, completions: 2 })
    world.wait(1)
    world.patch(resources.jobs, 'j', { spec: { suspend: true } }, { namespace: 'a' })
    world.wait(3)
    expect([all(world).map(({ metadata }) => metadata.finalizers), statusOf(world).failed]).toEqual([
      [undefined, undefined],
      undefined,
    ])
    world.patch(resources.jobs, 'j', { spec: { suspend: false } }, { namespace: 'a' })
    world.wait(3)
    expect(names(world)).toHaveLength(2)
    world.remove(resources.jobs, 'j', 'a', { propagationPolicy: 'Background' })
    world.wait(3)
    for (const name of all(world).map(({ metadata }) => metadata.name))
      world.remove(resources.pods, name, 'a', { gracePeriodSeconds: 0 })
    world.wait(3)
    expect(all(world)).toEqual([])
  })
})

describe('pauses', () => {
  test.each([
    // Its controller forgets how often Pods failed only when one succeeds; the first failure costs only the batch.
    [26, [1, 10, 20]],
    // Each pause counts from the end of the last Pod.
    [27, [10, 20, 40]],
    [30, [10, 20, 40]],
  ])('of v1.%i', (minor, expected) => {
    expect(pausesOf(minor, 3)).toEqual(expected)
  })

  test('news of Pods wait for a second from v1.24 on', () => {
    const settled = (minor: number) => {
      const world = start({ minor })
      make(world)
      world.wait(2)
      const [pod] = pods(world)
      if (pod !== undefined) end(world, pod, 0)
      world.wait(0.9)
      const early = types(world).length
      world.wait(0.2)
      return [early, types(world).length]
    }
    expect([settled(23), settled(24), settled(30)]).toEqual([
      [1, 1],
      [0, 1],
      [0, 1],
    ])
  })
})

test.each([
  [30, ['Complete']],
  [31, ['SuccessCriteriaMet']],
])('a Job of v1.%i that has enough Pods while another one still goes', (minor, early) => {
  const world = start({ minor })
  make(world, { parallelism: 2, completions: 2 })
  world.wait(2)
  const [first = '', second = ''] = names(world)
  setPhase(world, first, 'Running')
  world.remove(resources.pods, first, 'a', { gracePeriodSeconds: 3600 })
  world.wait(12)
  const rest = pods(world).filter(({ metadata }) => metadata.name !== first)
  expect(rest.map(({ metadata }) => metadata.name)).toContain(second)
  for (const pod of rest) end(world, pod, 0)
  world.wait(3)
  expect([types(world), statusOf(world).succeeded]).toEqual([early, 2])
  world.remove(resources.pods, first, 'a', { gracePeriodSeconds: 0 })
  world.wait(3)
  expect(types(world)).toEqual(minor === 30 ? early : ['SuccessCriteriaMet', 'Complete'])
})
