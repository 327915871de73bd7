import { describe } from 'vitest'
import { expect, test, timeline } from '../../src/testing/vitest.ts'

const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'mypod' },
  spec: {
    containers: [
      {
        name: 'app',
        image: 'redis',
        env: [{ name: 'USER', valueFrom: { secretKeyRef: { name: 'mysecret', key: 'username' } } }],
        volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }],
      },
    ],
    volumes: [{ name: 'foo', secret: { secretName: 'mysecret' } }],
  },
}

describe('podsim/vitest', () => {
  test('L2 matchers see Pods, events, files and variables', ({ createSim }) => {
    const sim = createSim({ seed: 'L2' })
    sim.apply(pod)
    sim.runFor('10s')
    expect(sim).toHavePod('mypod', { phase: 'Pending', reason: 'ContainerCreating', ready: false })
    expect(sim).toHaveEvent({ reason: 'FailedMount', on: 'pod/mypod', message: 'secret "mysecret" not found' })
    expect(sim).not.toHaveFile({ pod: 'mypod' }, '/etc/foo/username')
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret' }, stringData: { username: 'admin' } })
    expect(
      sim.runUntil(
        () =>
          sim.get<typeof pod & { status?: { phase?: string } } & { metadata: { name: string } }>('Pod', 'mypod')?.status
            ?.phase === 'Running',
        { within: '2m2s' },
      ),
    ).toBe(true)
    expect(sim).toHavePod('mypod', { phase: 'Running' })
    expect(sim).toHaveFile({ pod: 'mypod' }, '/etc/foo/username', 'admin')
    expect(sim).toHaveEnv({ pod: 'mypod' }, 'USER', 'admin')
    expect(sim).not.toHaveEnv({ pod: 'mypod' }, 'PASSWORD')
  })

  test('a matcher that fails says what it found, what is near, why, and what repeats it', ({ createSim }) => {
    const sim = createSim({ seed: 'told' })
    sim.apply(pod)
    sim.runFor('10s')
    const told = (failing: () => unknown): string => {
      try {
        failing()
      } catch (error) {
        // What vitest throws is an Error.
        return (error as Error).message
      }
      throw new Error('it did not fail')
    }
    expect(told(() => expect(sim).toBeRunning('mypod')).replace(/digest \w+/, 'digest DIGEST')).toBe(
      [
        'expected pod mypod to be running',
        '  found: Pending, not ready; app waits (ContainerCreating)',
        '  why: pod default/mypod is Pending, waiting (ContainerCreating): MountVolume.SetUp failed for volume "foo" : secret "mysecret" not found',
        '    env USER of container app needs secret mysecret: there is none in default',
        '    volume foo needs secret mysecret: there is none in default',
        '  at 10s, seed told, digest DIGEST',
        "  repeat: npx vitest run test/testing/vitest.test.ts -t 'podsim/vitest a matcher that fails says what it found, what is near, why, and what repeats it'",
      ].join('\n'),
    )
    expect(told(() => expect(sim).toBeReady('mypot'))).toContain(
      'found: there is no pod mypot; there is mypod; did you mean mypod?',
    )
    expect(told(() => expect(sim).toBeWaiting('mypod', { for: 'ImagePullBackOff' }))).toContain(
      'expected pod mypod to be waiting for "ImagePullBackOff"\n  found: Pending, not ready; app waits (ContainerCreating)',
    )
    expect(told(() => expect(sim).toHaveEvent({ reason: 'FailedMont', on: 'pod/mypod' }))).toContain(
      'found: no such event\n  near: Scheduled on pod/mypod',
    )
    expect(told(() => expect(sim).toHaveFile('mypod', '/etc/foo/username', 'x'))).toContain(
      'expected /etc/foo/username in pod mypod to say "x"\n  found: the container was not created',
    )
    expect(told(() => expect(sim).not.toBeWaiting('mypod', { for: /Creating/ }))).toContain(
      'expected pod mypod not to be waiting for /Creating/',
    )
  })

  test('U1 U4 E1 matchers follow Secrets, and let the time pass that an update takes', ({ createSim }) => {
    const sim = createSim({ seed: 'follow' })
    const secretOf = (username: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'mysecret' },
      stringData: { username },
    })
    const fileOnly = {
      ...pod,
      metadata: { name: 'files' },
      spec: { ...pod.spec, containers: pod.spec.containers.map(({ env: _env, ...rest }) => rest) },
    }
    sim.apply(secretOf('old'), pod, fileOnly)
    sim.runFor('1m')
    expect(sim).toBeRunning('mypod')
    expect(sim).toBeRunning('mypod/app')
    expect(sim).toBeReady('files')
    expect(sim).not.toBeWaiting('mypod')
    expect(sim).toHaveEnv('mypod', 'USER', /^o/)
    expect(sim).toHoldSecret('node-1', 'mysecret')
    expect(() => expect(sim).toHaveEnv('mypod', 'user')).toThrow('near: USER is set')
    expect(() => expect(sim).toHaveFile('mypod', '/etc/foo/name')).toThrow('near: /etc/foo has username')
    expect(() => expect(sim).toHaveFile('mypod', '/etc/foo/username', { mode: 0o400 })).toThrow('to have mode 0400')
    sim.apply(secretOf('new'))
    const before = sim.now()
    expect(sim).toSeeSecretWithin('files', 'mysecret', '92s')
    expect(sim.now() - before).toBeLessThanOrEqual(92_000)
    expect(sim).toHaveFile('files', '/etc/foo/username', { content: 'new', mode: 0o644 })
    expect(sim).not.toSeeSecretWithin('mypod', 'mysecret', '10m')
    expect(() => expect(sim).toSeeSecretWithin('mypod', 'mysecret', '10m')).toThrow(/app by env USER never: /)
    expect(() => expect(sim).toSeeSecretWithin('files', 'other', '1m')).toThrow('there is no secret default/other')
  })

  test('a workload is ready when all its Pods are', ({ createSim }) => {
    const sim = createSim({ seed: 'workload' })
    const labels = { app: 'web' }
    const spec = {
      containers: [{ name: 'web', image: 'nginx', envFrom: [{ secretRef: { name: 'mysecret' } }] }],
    }
    sim.apply({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: { replicas: 2, selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
    })
    sim.runFor('30s')
    expect(() => expect(sim).toBeReady('deploy/web')).toThrow(
      /expected deploy\/web to be ready\n {2}found: 0 of 2 Pods ready\n {2}why: pod default\/web-\S+ is Pending, waiting \(CreateContainerConfigError\)/,
    )
    expect(() => expect(sim).toBeReady('deploy/wep')).toThrow('there is no such Deployment')
    expect(() => expect(sim).toBeRunning('web')).toThrow(/did you mean web-/)
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret' }, stringData: { A: 'b' } })
    expect(sim.settle()).toBe(true)
    expect(sim).toBeReady('deploy/web')
  })

  test('S2 a timeline is stable text without values of Secrets', ({ createSim }) => {
    const sim = createSim({ seed: 'timeline' })
    sim.apply({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mysecret' }, stringData: { username: 'admin' } })
    sim.apply(pod)
    sim.runFor('1m')
    const told = timeline(sim, { only: ['pod/mypod'], to: '5s' })
    expect(told.split('\n').map((line) => line.replace(/\d/g, 'N'))).toEqual([
      'NN:NN:NN.NNN  user/admin           creates pod default/mypod',
      'NN:NN:NN.NNN  scheduler            assigns pod default/mypod to node-N',
      expect.stringContaining('Pending -> Pending, ContainerCreating'),
      expect.stringContaining('mounts volume foo of pod default/mypod'),
      expect.stringContaining('pod default/mypod has secret mysecret in volume foo'),
      expect.stringContaining('Pulling pod/mypod: Pulling image "redis"'),
      expect.stringContaining('gets secret mysecret in its environment'),
      expect.stringContaining('Pulled pod/mypod'),
      expect.stringContaining('Started pod/mypod'),
      expect.stringContaining('Running, ready'),
    ])
    expect(timeline(sim)).not.toContain('YWRtaW4')
    expect(sim).toMatchTimeline(timeline(sim))
    expect(() => expect(sim).toMatchTimeline('nothing')).toThrow('expected the timeline to read as given')
    expect(timeline(sim, { from: '1h' })).toBe('')
    expect(timeline(sim, { from: '1h' })).toMatchInlineSnapshot(`""`)
  })

  test('S2 a failure tells no value of a Secret, neither the one that was found nor one that was expected', ({
    createSim,
  }) => {
    const sim = createSim({ seed: 'S2' })
    const value = 's3cr3t-value'
    sim.apply(pod, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'mysecret' },
      stringData: { username: value },
    })
    sim.runFor('1m')
    const failures = [
      () => expect(sim).toHaveFile({ pod: 'mypod' }, '/etc/foo/username', 'other'),
      () => expect(sim).not.toHaveFile({ pod: 'mypod' }, '/etc/foo/username', value),
      () => expect(sim).toHaveEnv({ pod: 'mypod' }, 'USER', 'other'),
      () => expect(sim).not.toHaveEnv({ pod: 'mypod' }, 'USER', value),
    ].map((failing) => {
      try {
        failing()
      } catch (error) {
        return String(error)
      }
      throw new Error('it did not fail')
    })
    for (const failure of failures) {
      expect(failure).not.toContain(value)
      expect(failure).toMatch(/<12 bytes, [0-9a-f]{8}>/)
    }
  })
})
