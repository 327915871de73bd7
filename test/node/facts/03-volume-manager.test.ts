import { describe, expect, test } from 'vitest'
import { createWorld, fileOf, mounting, secret, type World, withEnv } from '../kubelet/world.ts'
import {
  annotate,
  countOf,
  eventsOf,
  messages,
  podIn,
  remove,
  secondsOf,
  simPod,
  simSecret,
  simTold,
  story,
} from './world.ts'

/** facts/kubelet.md, section 3: the volume manager and its events. */

describe('3.1 and 3.2', () => {
  test('L3 a Pod with a volume comes to its sandbox 0.3 to 0.8 s after it was seen', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    const asked = world.kernel.now()
    world.create(mounting('p', 's'))
    world.run(5)
    const sandbox = world.journal.query({ type: 'sandbox.run' })[0]?.time ?? 0
    expect(sandbox - asked).toBeGreaterThanOrEqual(300)
    expect(sandbox - asked).toBeLessThanOrEqual(800)
  })

  test('L2 a failing mount is tried after 0.5, 1, 2, 4, ... s and then every 122 s', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.run(640)
    const tries = secondsOf(world, 'volume.set-up-failed')
    const expected = [0, 0.5, 1.5, 3.5, 7.5, 15.5, 31.5, 63.5, 127.5, 249.5, 371.5, 493.5, 615.5]
    expect(tries).toHaveLength(expected.length)
    for (const [i, at] of expected.entries()) {
      expect(tries[i]).toBeGreaterThanOrEqual(at)
      expect(tries[i]).toBeLessThanOrEqual(at + 0.2 * (i + 1))
    }
  })

  test('L2 a Secret that comes late is mounted at the next try only, a variable at the next sync', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.create(withEnv('q', 's', 'a'))
    world.run(140)
    const asked = world.kernel.now()
    world.create(secret('s', { a: '1' }))
    world.kernel.runUntilTrue(() => world.pod('q')?.status?.phase === 'Running', asked + 60_000)
    expect(world.kernel.now() - asked).toBeLessThanOrEqual(18_000)
    expect(fileOf(world, 'p', 'a')).toBeUndefined()
    world.kernel.runUntilTrue(() => fileOf(world, 'p', 'a') === '1', asked + 200_000)
    // The tries after 127.5 s are 122 s apart.
    expect(world.kernel.now() - asked).toBeGreaterThan(100_000)
    expect(world.kernel.now() - asked).toBeLessThanOrEqual(122_500)
  })

  test('L2 a restarted kubelet forgets the back-off', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.run(140)
    world.create(secret('s', { a: '1' }))
    world.kubelet.stop()
    world.kubelet.start()
    world.run(5)
    expect(fileOf(world, 'p', 'a')).toBe('1')
  })

  test('U1 a volume that waits for its refresh counts as mounted: a crashed container restarts beside it', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's', {}, ['exit-after', '30', '1']))
    world.run(10)
    remove(world, 'secrets', 's')
    world.run(60)
    expect(world.pod('p')?.status?.containerStatuses?.[0]?.restartCount).toBeGreaterThan(0)
    expect(messages(world, 'FailedMount')).toContain('MountVolume.SetUp failed for volume "v" : secret "s" not found')
    expect(fileOf(world, 'p', 'a')).toBe('1')
  })
})

describe('3.3 which volumes', () => {
  test('L3 a volume that no container mounts is never made; its Secret may be missing', () => {
    const world = createWorld()
    world.create(
      mounting('p', 's', {
        containers: [{ name: 'app', image: 'local/app:1', command: ['serve'] }],
      }),
    )
    world.run(10)
    expect(world.pod('p')?.status?.phase).toBe('Running')
    expect(world.fs.tmpfsUsage()).toEqual([])
  })

  test('L5 a Pod that is done loses its tmpfs within seconds, unless keepTerminatedPodVolumes', () => {
    const mounts = [false, true].map((keepTerminatedPodVolumes) => {
      const world = createWorld({ kubelet: { keepTerminatedPodVolumes } })
      world.create(secret('s', { a: '1' }))
      world.create(mounting('p', 's', { restartPolicy: 'Never' }, ['exit-after', '2', '0']))
      world.run(15)
      expect(world.pod('p')?.status?.phase).toBe('Succeeded')
      return world.fs.tmpfsUsage().length
    })
    expect(mounts).toEqual([0, 1])
  })
})

describe('3.4 events of volumes', () => {
  const failed = 'MountVolume.SetUp failed for volume "v" : '
  test.each<[string, 'Watch' | 'Cache' | 'Get', (world: World) => void, object, string]>([
    ['missing, by Watch', 'Watch', () => undefined, { secretName: 's' }, 'secret "s" not found'],
    ['missing, by Cache', 'Cache', () => undefined, { secretName: 's' }, 'secrets "s" not found'],
    ['missing, by Get', 'Get', () => undefined, { secretName: 's' }, 'secrets "s" not found'],
    [
      'without the key',
      'Watch',
      (world) => world.create(secret('s', { a: '1' })),
      { secretName: 's', items: [{ key: 'username', path: 'u' }] },
      'references non-existent secret key: username',
    ],
    [
      'behind an API server that does not answer',
      'Watch',
      (world) => world.link.slowDown({ kind: 'fixed', ms: 3000 }),
      { secretName: 's' },
      'failed to sync secret cache: timed out waiting for the condition',
    ],
  ])('L2 a Secret that is %s', (_title, strategy, prepare, source, text) => {
    const world = createWorld({ kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } })
    prepare(world)
    world.create(mounting('p', 's', { volumes: [{ name: 'v', secret: source }] }))
    world.run(20)
    const [event] = eventsOf(world).filter(({ message }) => message === failed + text)
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'FailedMount',
      source: { component: 'kubelet', host: 'n1' },
      involvedObject: { kind: 'Pod', name: 'p' },
    })
    expect(event?.involvedObject.fieldPath).toBeUndefined()
  })

  test('L2 the time-out comes again after 123 s and 11 to 16 s of pause', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.run(700)
    const text =
      'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[v]: timed out waiting for the condition'
    expect(messages(world, 'FailedMount')).toEqual([`${failed}secret "s" not found`, text])
    expect(countOf(world, text)).toBe(5)
  })

  test('L3 success is told by no event', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(100)
    annotate(world, 'p')
    world.run(100)
    expect(story(world).filter((line) => /mount/i.test(line))).toEqual([])
  })
})

describe('3.5 events from creation to Running', () => {
  const size = 'Image size: 1200000 bytes.'
  test.each<['v1.18' | 'v1.26' | 'v1.36', readonly (string | RegExp)[]]>([
    [
      'v1.18',
      [
        'Pulling Pulling image "busybox:1"',
        'Pulled Successfully pulled image "busybox:1"',
        'Created Created container app',
        'Started Started container app',
      ],
    ],
    [
      'v1.26',
      [
        'Pulling Pulling image "busybox:1"',
        /^Pulled Successfully pulled image "busybox:1" in \d+(\.\d+)?m?s \(\d+(\.\d+)?m?s including waiting\)$/,
        'Created Created container app',
        'Started Started container app',
      ],
    ],
    [
      'v1.36',
      [
        'Pulling Pulling image "busybox:1"',
        new RegExp(
          `^Pulled Successfully pulled image "busybox:1" in \\d+(\\.\\d+)?m?s \\(\\d+(\\.\\d+)?m?s including waiting\\)\\. ${size.replaceAll('.', '\\.')}$`,
        ),
        'Created Container created',
        'Started Container started',
      ],
    ],
  ])('L3 as %s words them', (version, expected) => {
    const sim = simTold({ version, images: [] }, simSecret({ a: '1' }), simPod('p'))
    sim.runFor('15s')
    expect(podIn(sim)?.status?.phase).toBe('Running')
    const lines = story(sim)
    expect(lines).toHaveLength(expected.length)
    for (const [i, text] of expected.entries()) {
      if (typeof text === 'string') expect(lines[i]).toBe(text)
      else expect(lines[i]).toMatch(text)
    }
    const paths = eventsOf(sim)
      .filter(({ source }) => source?.component === 'kubelet')
      .map(({ involvedObject }) => involvedObject.fieldPath)
    expect(new Set(paths)).toEqual(new Set(['spec.containers{app}']))
  })
})

describe('3.6 counting', () => {
  test('L2 each retry of a missing variable gives two events; after 25 of them the counts go on in jumps', () => {
    const world = createWorld()
    world.create(withEnv('p', 's', 'k'))
    world.run(1200)
    const counts: number[] = []
    for (let i = 0; i < 240; i++) {
      world.run(10)
      counts.push(countOf(world, 'Error: secret "s" not found'))
    }
    // A retry in 13 s or so, some 185 in 40 minutes: Pulled and Failed share one new chance in 5 minutes.
    const steps = counts.slice(1).map((count, i) => count - (counts[i] ?? 0))
    expect(steps.filter((step) => step > 0).length).toBeLessThanOrEqual(9)
    expect(Math.max(...steps)).toBeGreaterThan(10)
  })
})
