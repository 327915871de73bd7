import { describe, expect, test } from 'vitest'
import type { Event } from '../../src/api/types/core.ts'
import { createEventRecorder } from '../../src/client/event-recorder.ts'
import type { EventRow } from '../../src/client/event-row.ts'
import { createClient } from '../../src/client/in-process-client.ts'
import { createLink } from '../../src/client/link.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { createTinyServer } from './tiny-server.ts'

const pod = { kind: 'Pod', namespace: 'default', name: 'p', uid: 'u', apiVersion: 'v1' }

function setUp(minor = 18) {
  const kernel = createKernel()
  const tiny = createTinyServer()
  const random = createRandomStreams('events')
  const link = createLink({ kernel, random: random.stream('link') })
  const client = createClient({ server: tiny.server, user: { name: 'u', groups: [] }, link, minor })
  const another = () =>
    createEventRecorder({
      kernel,
      calendar: createCalendar(defaultEpochMs),
      client,
      source: { component: 'kubelet', host: 'n' },
      minor,
      random: random.stream('recorder'),
    })
  const recorder = another()
  /** The events that the server has, oldest first. */
  const stored = () => {
    const names = new Set(
      tiny.requests.filter((request) => request.verb === 'create').map((request) => (request.body as EventRow).name),
    )
    return [...names].map((name) => tiny.object(name) as Event)
  }
  const repeat = (times: number, message: (i: number) => string) => {
    for (let i = 0; i < times; i++) {
      kernel.runUntil(i * 10_000)
      recorder.event(pod, 'Warning', 'FailedMount', message(i))
      kernel.runUntil(i * 10_000)
    }
  }
  return { kernel, tiny, link, recorder, another, stored, repeat }
}

describe('apiserver 10 the classic recorder', () => {
  test('an event has the shape and the name that client-go gives it', () => {
    const { kernel, recorder, stored } = setUp()
    kernel.runUntil(1500)
    recorder.event(pod, 'Normal', 'Pulled', 'm')
    recorder.event(pod, 'Normal', 'Created', 'n')
    kernel.runUntil(1500)
    const [first, second] = stored()
    expect(first).toMatchObject({
      metadata: { namespace: 'default' },
      involvedObject: pod,
      source: { component: 'kubelet', host: 'n' },
      firstTimestamp: '2020-05-01T00:00:01Z',
      lastTimestamp: '2020-05-01T00:00:01Z',
      count: 1,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    })
    expect(first?.metadata.name).toMatch(/^p\.160abe6ec[0-9a-f]{7}$/)
    expect(second?.metadata.name).not.toBe(first?.metadata.name)
  })

  test('L2 the same event again is counted, 25 at once, then one in 5 minutes; what was dropped was counted too', () => {
    const { stored, repeat } = setUp()
    repeat(30, () => 'm')
    expect(stored().map((event) => event.count)).toEqual([25])
    const next = setUp()
    next.repeat(31, () => 'm')
    expect(next.stored().map((event) => [event.count, event.firstTimestamp, event.lastTimestamp])).toEqual([
      [31, '2020-05-01T00:00:00Z', '2020-05-01T00:05:00Z'],
    ])
  })

  test('corrections 13: the 10th different message is combined with those after it', () => {
    const { stored, repeat } = setUp()
    repeat(25, (i) => `m${i + 1}`)
    expect(stored().map((event) => [event.message, event.count])).toEqual([
      ...Array.from({ length: 9 }, (_, i) => [`m${i + 1}`, 1]),
      ['(combined from similar events): m25', 16],
    ])
  })

  test('an event that has expired is made again with its count', () => {
    const { kernel, tiny, recorder, stored } = setUp()
    recorder.event(pod, 'Normal', 'Pulled', 'm')
    kernel.runUntil(1000)
    tiny.remove(stored()[0]?.metadata.name ?? '')
    recorder.event(pod, 'Normal', 'Pulled', 'm')
    kernel.runUntil(2000)
    expect(stored().map((event) => event.count)).toEqual([2])
  })

  test('L6 while the server is away events wait in order; each is tried 12 times, 10 s apart', () => {
    const { kernel, link, recorder, stored } = setUp()
    link.beginOutage()
    recorder.event(pod, 'Normal', 'First', 'm')
    kernel.runUntil(1)
    recorder.event(pod, 'Normal', 'Second', 'm')
    kernel.runUntil(119_000)
    expect([recorder.pending, stored().length]).toEqual([1, 0])
    link.endOutage()
    kernel.runUntil(130_000)
    expect(stored().map((event) => event.reason)).toEqual(['Second'])
  })

  test('v1.26 row 18: from v1.21 on events of one instant keep their order', () => {
    const { kernel, recorder, stored } = setUp(26)
    const reasons = Array.from({ length: 20 }, (_, i) => `R${i}`)
    for (const reason of reasons) recorder.event(pod, 'Normal', reason, 'm')
    kernel.runUntil(0)
    expect(stored().map((event) => event.reason)).toEqual(reasons)
    const old = setUp(18)
    for (const reason of reasons) old.recorder.event(pod, 'Normal', reason, 'm')
    old.kernel.runUntil(0)
    expect(old.stored().map((event) => event.reason)).not.toEqual(reasons)
    expect(
      old
        .stored()
        .map((event) => event.reason)
        .sort(),
    ).toEqual([...reasons].sort())
  })
})

describe('L5 a recorder that goes on from another', () => {
  test('counts on, gives no name twice, and lets go of what it counted when the other would', () => {
    const { kernel, recorder, another, stored } = setUp()
    recorder.event(pod, 'Normal', 'Pulled', 'm')
    expect(recorder.atRest()).toBeUndefined()
    kernel.runUntil(0)
    const resting = recorder.atRest()
    recorder.stop()
    expect(kernel.pending).toBe(0)
    const copy = another()
    if (resting !== undefined) copy.goOnFrom(resting)
    expect(copy.atRest()).toEqual(resting)
    copy.event(pod, 'Normal', 'Pulled', 'm')
    copy.event(pod, 'Normal', 'Created', 'n')
    kernel.runUntil(0)
    expect(stored().map(({ reason, count }) => [reason, count])).toEqual([
      ['Pulled', 2],
      ['Created', 1],
    ])
    expect(kernel.nextAt()).toBe(600_001)
  })
})
