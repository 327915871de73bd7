import { describe, expect, test } from 'vitest'
import type { Pod } from '../../../src/api/types/core.ts'
import { createSim } from '../../../src/sim/create-sim.ts'
import type { Sim } from '../../../src/sim/sim.ts'

type Version = 'v1.18' | 'v1.26' | 'v1.34' | 'v1.35' | 'v1.36'

/** A simulation with the Pod `p`, whose container sleeps until it is stopped, after it came up. */
function running(container: object, version: Version = 'v1.18', spec: object = {}): Sim {
  const sim = createSim({ version, seed: 'hooks', images: [{ name: 'busybox', present: true }] })
  sim.apply(podOf(container, spec))
  sim.runFor('5s')
  return sim
}

function podOf(container: object, spec: object = {}, name = 'p', others: readonly object[] = []): object {
  const app = { name: 'app', image: 'busybox:1', command: ['sleep', 'infinity'], ...container }
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name }, spec: { containers: [app, ...others], ...spec } }
}

const exec = (script: string) => ({ exec: { command: ['sh', '-c', script] } })
const stopOf = (sim: Sim) => sim.journal.query({ type: 'container.stop' }).at(-1)
const exitOf = (sim: Sim) => sim.journal.query({ type: 'container.exit' }).at(-1)
const texts = (sim: Sim, reason: string) => sim.events({ reason }).map(({ message }) => message)
const starts = (sim: Sim) => sim.journal.query({ type: 'container.start' }).map(({ time }) => time)
const conditionOf = (sim: Sim, name: string) =>
  sim.get<Pod>('Pod', name)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status
const status = (sim: Sim) =>
  (sim.get('Pod', 'p') as { status?: { containerStatuses?: readonly Record<string, unknown>[] } } | undefined)?.status
    ?.containerStatuses?.[0]

describe('8.4 preStop', () => {
  test.each([
    { script: 'sleep 5', grace: 30, stopAt: 5, left: 25, endAt: 30 },
    { script: 'true', grace: 30, stopAt: 0, left: 30, endAt: 30 },
    // The hook takes all of the grace period: two seconds remain for the program.
    { script: 'sleep 60', grace: 10, stopAt: 10, left: 2, endAt: 12 },
  ])('L5 `$script` counts against $grace s: SIGTERM after $stopAt s, SIGKILL after $endAt s', (row) => {
    const sim = running({ lifecycle: { preStop: exec(row.script) } }, 'v1.18', {
      terminationGracePeriodSeconds: row.grace,
    })
    const asked = sim.now()
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('70s')
    const stop = stopOf(sim)
    expect(Math.floor(((stop?.time ?? 0) - asked) / 1000)).toBe(row.stopAt)
    expect(stop?.detail).toMatchObject({ timeoutSeconds: row.left })
    expect(Math.floor(((exitOf(sim)?.time ?? 0) - asked) / 1000)).toBe(row.endAt)
    expect(sim.get('Pod', 'p')).toBeUndefined()
  })

  test('L5 a hook that fails is told, and the container stopped all the same', () => {
    const sim = running({ lifecycle: { preStop: exec('echo no >&2; exit 3') } })
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('40s')
    expect(texts(sim, 'FailedPreStopHook')[0]).toMatch(
      /^Exec lifecycle hook \(\[sh -c echo no >&2; exit 3\]\) for Container "app" in Pod "p_default\([-0-9a-f]+\)" failed - error: command 'sh -c echo no >&2; exit 3' exited with 3: no\n, message: "no\\n"$/,
    )
    expect(sim.get('Pod', 'p')).toBeUndefined()
  })

  // lifecycle/handlers.go, Run, runSleepHandler; gate PodLifecycleSleepAction (v1.30 on).
  test('L5 a hook that sleeps takes its time, as far as the grace period reaches', () => {
    const sleeps = (seconds: number) => {
      const sim = running({ lifecycle: { preStop: { sleep: { seconds } } } }, 'v1.36', {
        terminationGracePeriodSeconds: 20,
      })
      const asked = sim.now()
      sim.kubectl('delete pod p --wait=false')
      sim.runFor('60s')
      return [Math.floor(((stopOf(sim)?.time ?? 0) - asked) / 1000), stopOf(sim)?.detail]
    }
    expect(sleeps(7)).toMatchObject([7, { timeoutSeconds: 13 }])
    expect(sleeps(20)).toMatchObject([20, { timeoutSeconds: 2 }])
  })

  // kuberuntime_container.go of 1.25.2 and 1.26.1, executePreStopHook.
  test.each([
    { version: 'v1.18', told: /^Exec lifecycle hook .*exited with 3: secret\n, message: "out\\nsecret\\n"$/ },
    { version: 'v1.26', told: /^PreStopHook failed$/ },
    { version: 'v1.36', told: /^PreStopHook failed$/ },
  ] as const)('S6 what a hook printed stands in no event from v1.26 on ($version)', ({ version, told }) => {
    const sim = running({ lifecycle: { preStop: exec('echo out; echo secret >&2; exit 3') } }, version)
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('40s')
    expect(texts(sim, 'FailedPreStopHook')[0]).toMatch(told)
  })

  test('L6 a kubelet that dies during a hook does not stop the container; the next one begins anew', () => {
    const sim = running({ lifecycle: { preStop: exec('sleep 5') } })
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('2s')
    sim.fault({ kubelet: 'stop' })
    sim.runFor('60s')
    expect(exitOf(sim)).toBeUndefined()
    sim.fault({ kubelet: 'start' })
    sim.runFor('60s')
    expect(exitOf(sim)).toBeDefined()
    expect(sim.get('Pod', 'p')).toBeUndefined()
  })
})

describe('8.1 postStart', () => {
  test('L3 a container is ready only after its hook, which holds back the next container', () => {
    const sim = createSim({ images: [{ name: 'busybox', present: true }] })
    const first = { name: 'first', image: 'busybox:1', command: ['sleep', 'infinity'] }
    const second = { ...first, name: 'second' }
    const containers = [{ ...first, lifecycle: { postStart: exec('sleep 7') } }, second]
    sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers } })
    sim.runFor('30s')
    const [a = 0, b = 0] = starts(sim)
    expect(b - a).toBeGreaterThanOrEqual(7000)
    expect(b - a).toBeLessThan(8000)
  })

  test('L6 the program has begun before its hook does: its trap hears what comes of a failure', () => {
    const command = ['sh', '-c', `trap 'exit 0' TERM; sleep infinity & wait`]
    const sim = running({ command, lifecycle: { postStart: exec('false') } }, 'v1.36')
    expect(exitOf(sim)?.detail).toMatchObject({ exitCode: 0 })
  })

  test('L6 a hook that fails has its container killed and restarted', () => {
    const sim = running({ lifecycle: { postStart: exec('exit 1') } }, 'v1.18', { terminationGracePeriodSeconds: 2 })
    sim.runFor('30s')
    expect(texts(sim, 'FailedPostStartHook')).not.toEqual([])
    expect(texts(sim, 'Killing')).toContain('FailedPostStartHook')
    expect(starts(sim).length).toBeGreaterThan(1)
  })
})

describe('hooks that ask over HTTP', () => {
  // lifecycle/handlers.go, Run, runHTTPHandler: an error of the connection counts, a code does not.
  const asks = { httpGet: { path: '/ready', port: 80 } }

  test.each(['v1.18', 'v1.36'] as const)('L6 in %s any answer will do', (version) => {
    const sim = running({ image: 'nginx', command: undefined, lifecycle: { postStart: asks } }, version)
    sim.runFor('60s')
    expect(sim.kubectl('exec p -- curl -s -o /dev/null -w %{http_code} localhost/ready').stdout).toBe('404')
    expect([texts(sim, 'FailedPostStartHook'), starts(sim).length]).toEqual([[], 1])
  })

  test('L6 where nobody listens it fails, and is told with its path as it was given', () => {
    const sim = running({ lifecycle: { postStart: asks } }, 'v1.18', { terminationGracePeriodSeconds: 2 })
    sim.runFor('30s')
    expect(texts(sim, 'FailedPostStartHook')[0]).toMatch(
      /^Http lifecycle hook \(\/ready\) for Container "app" in Pod "p_default\([-0-9a-f]+\)" failed - error: Get http:\/\/([\d.]+):80\/\/ready: dial tcp \1:80: connect: connection refused, message: ""$/,
    )
    expect(starts(sim).length).toBeGreaterThan(1)
  })
})

describe('probes that run commands', () => {
  test.each([
    { version: 'v1.18', restarts: 0, unhealthy: [] },
    { version: 'v1.26', restarts: 1, unhealthy: ['Liveness probe failed: command "sh -c sleep 3" timed out'] },
    {
      version: 'v1.36',
      restarts: 1,
      unhealthy: ['Liveness probe failed: command timed out: "sh -c sleep 3" timed out after 1s'],
    },
  ] as const)('L6 one that takes longer than timeoutSeconds has failed from v1.20 on ($version)', (row) => {
    const livenessProbe = { ...exec('sleep 3'), timeoutSeconds: 1, periodSeconds: 5, failureThreshold: 2 }
    const sim = running({ livenessProbe }, row.version, { terminationGracePeriodSeconds: 2 })
    sim.runFor('17s')
    expect(status(sim)?.restartCount).toBe(row.restarts)
    expect([...new Set(texts(sim, 'Unhealthy'))]).toEqual(row.unhealthy)
  })

  // Seen of a kubelet v1.36.2: once in the sync that has killed it, once when the PLEG has seen that.
  test('L6 what a startup probe has killed three times is put off twice', () => {
    const startupProbe = { ...exec('false'), periodSeconds: 2, failureThreshold: 2 }
    const sim = running({ startupProbe }, 'v1.36', { terminationGracePeriodSeconds: 2 })
    sim.runFor('25s')
    expect(texts(sim, 'Killing')).toHaveLength(1)
    const [killed, putOff] = ['Killing', 'BackOff'].map((reason) => sim.events({ reason }).at(-1)?.count)
    expect([killed, putOff]).toEqual([3, 2])
  })

  test('L6 a liveness probe that fails three times has the container killed with its grace period and restarted', () => {
    const livenessProbe = { ...exec('echo bad; false'), periodSeconds: 3 }
    const sim = running({ livenessProbe }, 'v1.18', { terminationGracePeriodSeconds: 4 })
    sim.runFor('20s')
    expect(texts(sim, 'Unhealthy')).toEqual(['Liveness probe failed: bad\n'])
    expect(texts(sim, 'Killing')).toEqual(['Container app failed liveness probe, will be restarted'])
    expect(stopOf(sim)?.detail).toMatchObject({ timeoutSeconds: 4 })
    expect(status(sim)?.restartCount).toBe(1)
  })

  // kuberuntime_container.go, setTerminationGracePeriod; gate ProbeTerminationGracePeriod (on from v1.25).
  test.each([
    { version: 'v1.26', restartPolicy: 'Always', seconds: 3 },
    // The whole Pod is ended then, for no reason of a container.
    { version: 'v1.26', restartPolicy: 'Never', seconds: 9 },
    { version: 'v1.36', restartPolicy: 'OnFailure', seconds: 3 },
  ] as const)('L6 $version: what a probe finds dead gets the grace period of the probe ($restartPolicy)', (row) => {
    for (const kind of ['livenessProbe', 'startupProbe']) {
      const probe = { ...exec('false'), periodSeconds: 1, terminationGracePeriodSeconds: 3 }
      const { version, restartPolicy, seconds } = row
      const sim = running({ [kind]: probe }, version, { terminationGracePeriodSeconds: 9, restartPolicy })
      sim.runFor('10s')
      expect(sim.journal.query({ type: 'container.stop' })[0]?.detail).toMatchObject({ timeoutSeconds: seconds })
    }
  })

  // prober_manager.go, UpdatePodStatus; worker.go, run.
  test.each([
    { version: 'v1.18', comesUp: false, asksAgain: false, after: 'in its period' },
    { version: 'v1.21', comesUp: true, asksAgain: false, after: 'in its period' },
    { version: 'v1.22', comesUp: true, asksAgain: true, after: 'in its period' },
    { version: 'v1.31', comesUp: true, asksAgain: true, after: 'in its period' },
    { version: 'v1.32', comesUp: true, asksAgain: true, after: 'a period later' },
  ] as const)('L3 statuses of who is not ready have it asked at once ($version)', (row) => {
    const sim = createSim({ version: row.version, seed: 'hooks', images: [{ name: 'busybox', present: true }] })
    const probed = (name: string, script: string) =>
      sim.apply(podOf({ readinessProbe: { ...exec(script), periodSeconds: 20 } }, {}, name))
    probed('well', 'true')
    for (const name of ['again', 'later']) probed(name, 'test -f /tmp/up')
    const isReady = (name: string) => conditionOf(sim, name) === 'True'
    sim.runFor('8s')
    const comesUp = isReady('well')
    sim.kubectl('annotate pod later seen=yes')
    sim.exec({ pod: 'again' }, ['touch', '/tmp/up'])
    sim.kubectl('annotate pod again seen=yes')
    sim.runFor('2s')
    const asksAgain = isReady('again')
    sim.exec({ pod: 'later' }, ['touch', '/tmp/up'])
    sim.runFor('15s')
    const after = isReady('later') ? 'in its period' : 'a period later'
    sim.runFor('5s')
    expect([isReady('later'), { comesUp, asksAgain, after }]).toEqual([true, { ...row, version: undefined }])
  })

  // prober_manager.go, setReadyStateOnKubeletRestart.
  test.each([
    ['v1.34', false],
    ['v1.35', true],
  ] as const)('L6 in %s a kubelet that starts anew takes them for ready that were: %s', (version, isKept) => {
    const sim = running({ readinessProbe: { ...exec('true'), periodSeconds: 20 } }, version)
    sim.runFor('15s')
    expect(status(sim)).toMatchObject({ ready: true })
    sim.fault({ kubelet: 'restart' })
    const seen = new Set<unknown>()
    for (let tenths = 0; tenths < 300; tenths++) {
      sim.runFor('100ms')
      seen.add(status(sim)?.ready)
    }
    expect([...seen]).toEqual(isKept ? [true] : [true, false])
  })

  test('L3 a startup probe holds back the others and the readiness of the container until it succeeds', () => {
    const startupProbe = { ...exec('test -f /tmp/up'), periodSeconds: 2, failureThreshold: 30 }
    const sim = running({ startupProbe, livenessProbe: { ...exec('false'), periodSeconds: 1 } })
    sim.runFor('20s')
    expect(status(sim)).toMatchObject({ started: false, ready: false, restartCount: 0 })
    expect(sim.exec({ pod: 'p' }, ['touch', '/tmp/up']).exitCode).toBe(0)
    sim.runFor('4s')
    expect(status(sim)).toMatchObject({ started: true })
    sim.runFor('40s')
    expect(status(sim)?.restartCount).toBe(1)
  })

  test('L6 a startup probe that never succeeds has the container killed', () => {
    const startupProbe = { ...exec('false'), periodSeconds: 1, failureThreshold: 5 }
    const sim = running({ startupProbe }, 'v1.18', { terminationGracePeriodSeconds: 2 })
    sim.runFor('15s')
    expect(texts(sim, 'Killing')).toContain('Container app failed startup probe, will be restarted')
  })

  test('U1 a readiness probe that looks at a mounted Secret follows its update', () => {
    const sim = createSim({ images: [{ name: 'busybox', present: true }] })
    const secret = (state: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's' },
      stringData: { state },
    })
    const readinessProbe = { ...exec('grep -q good /etc/foo/state'), periodSeconds: 2 }
    const volumeMounts = [{ name: 'foo', mountPath: '/etc/foo' }]
    sim.apply(secret('bad'))
    sim.apply(podOf({ readinessProbe, volumeMounts }, { volumes: [{ name: 'foo', secret: { secretName: 's' } }] }))
    sim.runFor('10s')
    expect(status(sim)).toMatchObject({ ready: false, started: true })
    sim.apply(secret('good'))
    sim.runFor('100s')
    expect(status(sim)).toMatchObject({ ready: true })
  })
})

describe('probes that ask over the network (prober.go, runProbe; pkg/probe)', () => {
  const http = (more: object, container: object = {}) => [{ httpGet: { port: 80, ...more } }, container] as const
  const nginx = { image: 'nginx', command: undefined }
  const cases = {
    named: http({ port: 'web' }),
    refused: http({ path: 'x' }),
    plain: http({ scheme: 'HTTPS' }, nginx),
    elsewhere: http({ host: 'example.com', port: 443 }),
    local: http({ host: 'localhost', port: 90 }, nginx),
    dial: [{ tcpSocket: { port: 70 } }, {}],
    rpc: [{ grpc: { port: 50051 }, timeoutSeconds: 2 }, {}],
    web: [{ grpc: { port: 80 } }, nginx],
  } as const
  const refused = 'connect: connection refused'
  const mute = (address: string, seconds: number) =>
    `timeout: failed to connect service "${address}" within ${seconds}s: context deadline exceeded`
  const toldBy = (quoted: (url: string) => string, errored: string, hasGrpc: boolean) => ({
    named: `Readiness probe ${errored}: strconv.Atoi: parsing "web": invalid syntax`,
    refused: `Readiness probe failed: Get ${quoted('http://IP:80/x')}: dial tcp IP:80: ${refused}`,
    plain: `Readiness probe failed: Get ${quoted('https://IP:80/')}: http: server gave HTTP response to HTTPS client`,
    elsewhere: undefined,
    local: `Readiness probe failed: Get ${quoted('http://localhost:90/')}: dial tcp 127.0.0.1:90: ${refused}`,
    dial: `Readiness probe failed: dial tcp IP:70: ${refused}`,
    rpc: hasGrpc ? `Readiness probe failed: ${mute('IP:50051', 2)}` : undefined,
    web: hasGrpc ? `Readiness probe failed: ${mute('IP:80', 1)}` : undefined,
  })

  test.each([
    { version: 'v1.18', told: toldBy((url) => url, 'errored', false) },
    { version: 'v1.26', told: toldBy((url) => `"${url}"`, 'errored', true) },
    { version: 'v1.36', told: toldBy((url) => `"${url}"`, 'errored and resulted in unknown state', true) },
  ] as const)('L6 $version: what fails is told with whom was asked', ({ version, told }) => {
    const sim = createSim({ version, seed: 'asks', images: [{ name: 'busybox', present: true }] })
    for (const [name, [probe, container]] of Object.entries(cases)) {
      if (version === 'v1.18' && 'grpc' in probe) continue
      sim.apply(podOf({ readinessProbe: { periodSeconds: 3, ...probe }, ...container }, {}, name))
    }
    sim.runFor('14s')
    const events = sim.events({ reason: 'Unhealthy' })
    const of = (pod: string) => events.find(({ involvedObject }) => involvedObject.name === pod)?.message
    const masked = Object.fromEntries(
      Object.keys(cases).map((name) => [name, of(name)?.replace(/10\.244\.\d+\.\d+/g, 'IP')]),
    )
    expect(masked).toEqual(told)
  })

  test('L3 the Pod is asked, not the container; on its own address the node, where Pods listen that have its network', () => {
    const sim = createSim({ version: 'v1.36', seed: 'asks', images: [{ name: 'busybox', present: true }] })
    const web = { name: 'web', ...nginx }
    const asks = (probe: object) => ({ readinessProbe: { periodSeconds: 2, ...probe } })
    sim.apply(podOf(asks({ httpGet: { port: 80 } }), {}, 'beside', [web]))
    sim.apply(podOf(asks({ tcpSocket: { port: 81 } }), {}, 'deaf', [web]))
    sim.apply(podOf({ ...nginx, ...asks({ tcpSocket: { host: '127.0.0.1', port: 80 } }) }, {}, 'local'))
    sim.runFor('10s')
    const ready = () =>
      sim
        .kubectl('get pods --no-headers')
        .stdout.split('\n')
        .map((line) => line.split(/ +/).slice(0, 2))
    expect(ready().slice(0, 3)).toEqual([
      ['beside', '2/2'],
      ['deaf', '1/2'],
      ['local', '0/1'],
    ])
    sim.apply(
      podOf({ ...nginx, ...asks({ httpGet: { host: 'localhost', port: 80 } }) }, { hostNetwork: true }, 'hosted'),
    )
    sim.runFor('10s')
    expect(ready()).toContainEqual(['hosted', '1/1'])
    expect(ready()).toContainEqual(['local', '1/1'])
  })

  test('L6 a hook that nobody hears is told in the status whatever events tell', () => {
    const sim = running({ lifecycle: { postStart: { httpGet: { path: 'up', port: 81 } } } }, 'v1.26')
    const find = () => sim.get<Pod>('Pod', 'p')?.status?.containerStatuses?.[0]?.state?.waiting?.message ?? ''
    sim.runUntil(() => find().startsWith('HTTP'), { within: '40s' })
    expect(find()).toMatch(
      /^HTTP lifecycle hook \(up\) for Container "app" in Pod "p_default\([-0-9a-f]+\)" failed - error: Get "http:\/\/([\d.]+):81\/up": dial tcp \1:81: connect: connection refused$/,
    )
    expect(texts(sim, 'FailedPostStartHook')).toEqual(['PostStartHook failed'])
  })

  test('L6 a hook over TLS is asked once more without it, from v1.26 on, which an event tells', () => {
    const lifecycle = { postStart: { httpGet: { scheme: 'HTTPS', port: 80 } } }
    const told = (['v1.18', 'v1.26'] as const).map((version) =>
      texts(running({ ...nginx, lifecycle }, version), 'LifecycleHTTPFallback'),
    )
    const text = /^request to HTTPS lifecycle hook 10\.244\.0\.\d+:80 got HTTP response, retry with HTTP succeeded$/
    expect(told).toEqual([[], [expect.stringMatching(text)]])
  })
})

test.each([
  { version: 'v1.26', told: 'Readiness probe failed: ', ready: false },
  {
    version: 'v1.35',
    told: 'Readiness probe errored and resulted in unknown state: rpc error: code = Canceled desc = context canceled',
    ready: true,
  },
  { version: 'v1.36', told: 'Readiness probe failed: ', ready: false },
] as const)(
  'L5 $version: whether a Pod that is to end is still asked if it is ready: $ready',
  ({ version, told, ready }) => {
    const readinessProbe = { ...exec('test ! -f /tmp/over'), periodSeconds: 2, failureThreshold: 1 }
    const sim = running({ readinessProbe, lifecycle: { preStop: exec('touch /tmp/over; sleep 20') } }, version)
    sim.runFor('5s')
    sim.kubectl('delete pod p --wait=false')
    sim.runFor('8s')
    expect([texts(sim, 'Unhealthy')[0], status(sim)?.ready]).toEqual([told, ready])
  },
)
