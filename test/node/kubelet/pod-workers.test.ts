import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/types/core.ts'
import { createNodeFs } from '../../../src/fs/memory-fs.ts'
import { createCalendar } from '../../../src/kernel/calendar.ts'
import { createJournal } from '../../../src/kernel/journal.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { type Steps, sleep } from '../../../src/kernel/steps.ts'
import { Pleg } from '../../../src/node/kubelet/loop/pleg.ts'
import { WorkQueue } from '../../../src/node/kubelet/loop/work-queue.ts'
import { type PodWorker, PodWorkerRows } from '../../../src/node/kubelet/pods/pod-worker.ts'
import { PodWorkers, type SyncOutcome } from '../../../src/node/kubelet/pods/pod-workers.ts'
import { createRecordingRegistry, recordingTimings } from '../../../src/node/runtime/recording-profile.ts'
import { createRuntime } from '../../../src/node/runtime/simulated-runtime.ts'
import { kubeletFactsOf } from '../../../src/node/version-facts.ts'

/** Workers alone, with syncs of the test's own: each takes as long as it is told, and says what it is told. */
function createWorld(minor: number, outcome: (kind: string, count: number) => SyncOutcome = () => ({ isIdle: true })) {
  const kernel = createKernel()
  const random = createRandomStreams('workers')
  const fs = createNodeFs({ kernel, memoryBytes: 1 << 20 })
  const runtime = createRuntime({
    kernel,
    calendar: createCalendar(0),
    journal: createJournal(kernel, 'off'),
    random,
    fs,
    registry: createRecordingRegistry(),
    timings: recordingTimings,
    nodeName: 'node-1',
  })
  const second = { phaseMs: 0, periodMs: 1000 }
  const resync = { baseMs: 60_000, factor: 0.5 }
  const pleg = new Pleg(kernel, runtime, second)
  const queue = new WorkQueue(kernel, second, resync, (uid) => random.stream(uid))
  const log: string[] = []
  let count = 0
  function* sync(kind: string, { metadata }: Pod): Steps<SyncOutcome> {
    log.push(`${kernel.now()} ${kind} ${metadata.resourceVersion}`)
    yield* sleep(500)
    return outcome(kind, ++count)
  }
  const rows = new PodWorkerRows()
  const workers = new PodWorkers({
    kernel,
    rows,
    facts: kubeletFactsOf(minor),
    pleg,
    queue,
    resync,
    randomOf: (uid) => random.stream(uid),
    reports: { began() {}, ended() {} },
    syncs: {
      sync: (_worker: PodWorker, pod) => sync('sync', pod),
      terminating: (_worker: PodWorker, pod) => sync('terminating', pod),
      terminated: (_worker: PodWorker, pod) => sync('terminated', pod),
    },
  })
  const pod = (resourceVersion: string, deletionTimestamp?: string): Pod => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: 'p',
      uid: 'u',
      resourceVersion,
      ...(deletionTimestamp === undefined ? {} : { deletionTimestamp }),
    },
    spec: { containers: [] },
  })
  pleg.start()
  kernel.runUntil(100)
  return { kernel, workers, rows, log, pod, state: () => rows.get('u')?.state }
}

describe('workers of Pods, alone', () => {
  test('L6 of the updates that come during a sync only the latest is carried out, after a fresh look of the PLEG', () => {
    const { kernel, workers, log, pod, state } = createWorld(18)
    workers.update(pod('1'))
    expect(state()).toBe('syncing')
    for (const version of ['2', '3', '4']) workers.update(pod(version))
    kernel.runUntil(2000)
    expect(log).toEqual(['100 sync 1', '1000 sync 4'])
    expect(state()).toBe('idle')
  })

  test('L6 a Pod that is deleted during a sync is terminated after it, cleaned up, and done with for good (v1.26)', () => {
    const { kernel, workers, log, pod, state } = createWorld(26)
    workers.update(pod('1'))
    workers.update(pod('2', '2020-05-01T00:00:00Z'))
    expect(state()).toBe('syncing')
    kernel.runUntil(1100)
    expect(state()).toBe('terminating')
    kernel.runUntil(10_000)
    expect(log).toEqual(['100 sync 1', '1000 terminating 2', '2000 terminated 2'])
    expect(state()).toBe('finished')
    workers.update(pod('3'))
    kernel.runUntil(20_000)
    expect(log).toHaveLength(3)
  })

  test('L6 what fails is tried again in the same place: termination stays termination (v1.26)', () => {
    const { kernel, workers, pod, state, log } = createWorld(26, (kind, count) =>
      kind === 'terminating' && count === 1 ? { error: 'error killing pod' } : {},
    )
    workers.update(pod('1', '2020-05-01T00:00:00Z'))
    kernel.runUntil(1000)
    expect(state()).toBe('terminationDue')
    workers.update(pod('2', '2020-05-01T00:00:00Z'))
    kernel.runUntil(10_000)
    expect(log.map((line) => line.split(' ')[1])).toEqual(['terminating', 'terminating', 'terminated'])
  })

  test('L6 ended workers go no further: nothing that was asked for is carried out any more', () => {
    const { kernel, workers, log, pod } = createWorld(18)
    workers.update(pod('1'))
    workers.update(pod('2'))
    workers.stop()
    kernel.runUntil(60_000)
    expect(log).toEqual(['100 sync 1'])
  })
})
