import { describe, expect, test } from 'vitest'
import { messages, podIn, secondsOf, simMounting, simPod, simSecret, simTold, story, waiting } from './world.ts'

/** facts/kubelet.md, section 8: containers, restarts and the status of Pods. */

const crashing = (code = 1, spec: object = {}) => simPod('p', { command: ['sh', '-c', `exit ${code}`] }, spec)
const status = (sim: Parameters<typeof podIn>[0]) => podIn(sim)?.status
const first = (sim: Parameters<typeof podIn>[0]) => status(sim)?.containerStatuses?.[0]

describe('8.1 order', () => {
  test('L3 a volume that fails holds back sandbox, pull and containers', () => {
    const sim = simTold({ images: [] }, simMounting('p'))
    sim.runFor('60s')
    expect(['sandbox.run', 'image.pull', 'container.create'].map((type) => sim.journal.query({ type }).length)).toEqual(
      [0, 0, 0],
    )
  })

  test('L3 a container that fails does not stop its siblings', () => {
    const bad = { name: 'bad', image: 'busybox:1', command: ['no-such-program'] }
    const good = { name: 'good', image: 'busybox:1', command: ['sleep', 'infinity'] }
    const sim = simTold(
      {},
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [bad, good] } },
    )
    sim.runFor('10s')
    expect(status(sim)?.containerStatuses?.map(({ name, ready }) => [name, ready])).toEqual([
      ['bad', false],
      ['good', true],
    ])
    expect(waiting(podIn(sim))?.reason).toMatch(/^(RunContainerError|CrashLoopBackOff)$/)
  })
})

describe('8.2 restarts', () => {
  test.each([
    { policy: 'Always', code: 0, restarts: true, phase: 'Running' },
    { policy: 'Always', code: 1, restarts: true, phase: 'Running' },
    { policy: 'OnFailure', code: 0, restarts: false, phase: 'Succeeded' },
    { policy: 'OnFailure', code: 1, restarts: true, phase: 'Running' },
    { policy: 'Never', code: 0, restarts: false, phase: 'Succeeded' },
    { policy: 'Never', code: 1, restarts: false, phase: 'Failed' },
  ])('L6 $policy after exit code $code: restarts $restarts, $phase', ({ policy, code, restarts, phase }) => {
    const sim = simTold({}, crashing(code, { restartPolicy: policy }))
    sim.runFor('30s')
    expect((first(sim)?.restartCount ?? 0) > 0).toBe(restarts)
    expect(status(sim)?.phase).toBe(phase)
    if (!restarts)
      expect(first(sim)?.state?.terminated).toMatchObject({
        exitCode: code,
        reason: code === 0 ? 'Completed' : 'Error',
      })
  })

  test.each([
    ['v1.18', 'Back-off restarting failed container'],
    ['v1.26', 'Back-off restarting failed container app in pod p_default(<uid>)'],
    ['v1.36', 'Back-off restarting failed container app in pod p_default(<uid>)'],
  ] as const)('L6 the words of a back-off (%s)', (version, text) => {
    const sim = simTold({ version }, crashing())
    const isBackingOff = () => waiting(podIn(sim))?.reason === 'CrashLoopBackOff'
    expect(sim.runUntil(isBackingOff, { within: '60s' })).toBe(true)
    const uid = podIn(sim)?.metadata.uid
    expect(waiting(podIn(sim))?.message).toBe(`back-off 10s restarting failed container=app pod=p_default(${uid})`)
    expect(messages(sim, 'BackOff')).toEqual([text.replace('<uid>', String(uid))])
    expect(status(sim)?.phase).toBe('Running')
    // Pauses of 10 + 20 + 40 + 80 s are over by then, those of 160 s are not.
    sim.runFor('5m')
    const pauses = sim.journal.records.flatMap(({ after }) => {
      const found = (after as { status?: { containerStatuses?: { state?: { waiting?: { message?: string } } }[] } })
        ?.status?.containerStatuses?.[0]?.state?.waiting?.message
      return found === undefined ? [] : [found.split(' ')[1]]
    })
    expect([...new Set(pauses)]).toEqual(['10s', '20s', '40s', '1m20s', '2m40s'])
  })

  test.each([
    { version: 'v1.18', slack: 17 },
    { version: 'v1.36', slack: 61 },
  ] as const)(
    'L6 the first restart is immediate, the next after 10, 20, 40, 80, 160, 300 s ($version)',
    ({ version, slack }) => {
      const sim = simTold({ version }, crashing())
      sim.runFor('20m')
      const at = secondsOf(sim, 'container.start')
      const gaps = at.slice(1).map((time, i) => time - (at[i] ?? 0))
      for (const [i, pause] of [0, 10, 20, 40, 80, 160, 300].entries()) {
        expect(gaps[i]).toBeGreaterThanOrEqual(pause)
        expect(gaps[i]).toBeLessThanOrEqual(pause * (version === 'v1.36' ? 1.5 : 1) + (i === 0 ? 2 : slack))
      }
    },
  )

  test('L6 a kubelet restart clears the back-off, restartCount survives', () => {
    const sim = simTold({}, crashing())
    sim.runFor('4m')
    const restarts = first(sim)?.restartCount ?? 0
    expect(restarts).toBe(5)
    sim.fault({ kubelet: 'restart' })
    sim.runFor('5s')
    expect(first(sim)?.restartCount).toBe(restarts + 1)
  })
})

describe('8.3 init containers', () => {
  const init = (name: string, script: string) => ({ name, image: 'busybox:1', command: ['sh', '-c', script] })

  test('L3 run one by one; the others wait as PodInitializing', () => {
    const sim = simTold({}, simPod('p', {}, { initContainers: [init('i1', 'sleep 5'), init('i2', 'sleep 5')] }))
    sim.runFor('4s')
    expect(waiting(podIn(sim))?.reason).toBe('PodInitializing')
    expect(status(sim)?.initContainerStatuses?.map(({ state }) => Object.keys(state ?? {})[0])).toEqual([
      'running',
      'waiting',
    ])
    expect(status(sim)?.conditions?.find(({ type }) => type === 'Initialized')).toMatchObject({
      status: 'False',
      reason: 'ContainersNotInitialized',
      message: 'containers with incomplete status: [i1 i2]',
    })
    sim.runFor('20s')
    expect(status(sim)?.phase).toBe('Running')
  })

  test('E3 a missing variable in one blocks the Pod', () => {
    const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]
    const sim = simTold({}, simPod('p', {}, { initContainers: [{ ...init('i', 'true'), env }] }))
    sim.runFor('20s')
    expect(status(sim)?.initContainerStatuses?.[0]?.state?.waiting?.reason).toBe('CreateContainerConfigError')
    expect(sim.journal.query({ type: 'container.create' })).toEqual([])
  })

  test('L6 a failed one fails the Pod under Never, and is retried otherwise', () => {
    const phases = (['Never', 'Always'] as const).map((restartPolicy) => {
      const sim = simTold({}, simPod('p', {}, { restartPolicy, initContainers: [init('i', 'exit 1')] }))
      sim.runFor('30s')
      return [status(sim)?.phase, (status(sim)?.initContainerStatuses?.[0]?.restartCount ?? 0) > 0]
    })
    expect(phases).toEqual([
      ['Failed', false],
      ['Pending', true],
    ])
  })
})

describe('8.4 termination', () => {
  test.each([
    { title: 'ignores SIGTERM', image: 'busybox:1', code: 137, grace: 30 },
    { title: 'ends in good order', image: 'nginx', code: 0, grace: 0 },
  ])('L5 a program that $title ends with $code after $grace s; its Secret stays readable until then', (row) => {
    const command = row.code === 137 ? { command: ['sleep', 'infinity'] } : { command: undefined }
    const volumeMounts = [{ name: 'v', mountPath: '/etc/v' }]
    const volumes = [{ name: 'v', secret: { secretName: 's' } }]
    const sim = simTold(
      { images: ['busybox', 'nginx'].map((name) => ({ name, present: true })) },
      simSecret({ a: '1' }),
      simPod('p', { image: row.image, volumeMounts, ...command }, { volumes }),
    )
    sim.runFor('10s')
    const asked = sim.now()
    sim.kubectl('delete pod p --wait=false')
    if (row.grace > 0) {
      sim.runFor('25s')
      expect(sim.file({ pod: 'p' }, '/etc/v/a')?.content).toBe('1')
      expect(podIn(sim)?.metadata).toMatchObject({ deletionGracePeriodSeconds: 30 })
    }
    sim.runFor('40s')
    const [exit] = sim.journal.query({ type: 'container.exit' })
    expect(exit?.detail).toMatchObject({ exitCode: row.code })
    expect(Math.floor(((exit?.time ?? 0) - asked) / 1000)).toBe(row.grace)
    expect(podIn(sim)).toBeUndefined()
    expect(messages(sim, 'Killing')).toEqual(['Stopping container app'])
  })

  test('L5 a grace period of one second leaves the program two', () => {
    const sim = simTold({}, simPod('p'))
    sim.runFor('10s')
    const asked = sim.now()
    sim.kubectl('delete pod p --wait=false --grace-period=1')
    sim.runFor('20s')
    const [exit] = sim.journal.query({ type: 'container.exit' })
    expect(Math.floor(((exit?.time ?? 0) - asked) / 1000)).toBe(2)
  })

  test('L5 a Pod that still waits for its volume goes at once', () => {
    const sim = simTold({}, simMounting('p'))
    sim.runFor('10s')
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('5s')
    expect(podIn(sim)).toBeUndefined()
  })
})

describe('8.6 to 8.8 status', () => {
  test('L2 a volume that cannot be mounted leaves ContainerCreating and Pending', () => {
    const sim = simTold({}, simMounting('p'))
    sim.runFor('5m')
    expect(status(sim)?.phase).toBe('Pending')
    expect(waiting(podIn(sim))).toEqual({ reason: 'ContainerCreating' })
    expect(status(sim)?.conditions?.map(({ type, status: is, reason }) => [type, is, reason])).toEqual([
      ['Initialized', 'True', undefined],
      ['Ready', 'False', 'ContainersNotReady'],
      ['ContainersReady', 'False', 'ContainersNotReady'],
      ['PodScheduled', 'True', undefined],
    ])
  })

  test('E3 the status is one sync behind the event', () => {
    const env = [{ name: 'X', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } }]
    const sim = simTold({}, simPod('p', { env }))
    const isTold = () => story(sim).some((line) => line.startsWith('Failed Error: secret "s" not found'))
    expect(sim.runUntil(isTold, { within: '10s' })).toBe(true)
    expect(waiting(podIn(sim))?.reason).toBe('ContainerCreating')
    sim.runFor('2s')
    expect(waiting(podIn(sim))?.reason).toBe('CreateContainerConfigError')
  })

  test('8.8 an unchanged status is not sent again', () => {
    const sim = simTold({}, simSecret({ a: '1' }), simMounting('p'))
    sim.runFor('30s')
    const version = podIn(sim)?.metadata.resourceVersion
    sim.runFor('20m')
    expect(podIn(sim)?.metadata.resourceVersion).toBe(version)
  })
})
