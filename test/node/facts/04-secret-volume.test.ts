import { describe, expect, test } from 'vitest'
import { createWorld, fileOf, mounting, secret } from '../kubelet/world.ts'
import { annotate, messages, podIn, simMounting, simPod, simSecret, simWith } from './world.ts'

/** facts/kubelet.md, section 4: the plugin of Secret volumes, seen from outside. Its inside: test/node/volumes/plugins. */

describe('4.1 where', () => {
  test('S2 under the Pod and its volume, in a tmpfs of its own, with the marker of its wrapper on the disk', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.create(mounting('q', 's'))
    world.run(10)
    const root = (pod: string) => `/var/lib/kubelet/pods/${world.pod(pod)?.metadata.uid}`
    const volumes = ['p', 'q'].map((pod) => `${root(pod)}/volumes/kubernetes.io~secret/v`)
    // Never shared between Pods.
    expect(
      world.fs
        .tmpfsUsage()
        .map(({ mountPoint }) => mountPoint)
        .sort(),
    ).toEqual([...volumes].sort())
    expect(world.fs.lstat(`${root('p')}/plugins/kubernetes.io~empty-dir/wrapped_v/ready`).ok).toBe(true)
    expect(world.fs.isOnTmpfs(`${volumes[0]}/..data/a`)).toBe(true)
  })

  test.each([true, false, undefined])('V8 read-only in the container whatever readOnly says (%s)', (readOnly) => {
    const mount = { name: 'v', mountPath: '/etc/v', ...(readOnly === undefined ? {} : { readOnly }) }
    const sim = simWith(
      {},
      simSecret({ a: '1' }),
      simPod('p', { volumeMounts: [mount] }, { volumes: [{ name: 'v', secret: { secretName: 's' } }] }),
    )
    sim.runFor('10s')
    const { stderr, exitCode } = sim.exec({ pod: 'p' }, ['sh', '-c', 'echo x > /etc/v/a'])
    expect([exitCode, stderr]).toEqual([1, "sh: can't create /etc/v/a: Read-only file system\n"])
  })
})

describe('4.3 payload', () => {
  test('V4 an optional Secret that is deleted empties the volume at the next refresh, without an event', () => {
    const sim = simWith({}, simSecret({ a: '1' }), simMounting('p', { secretName: 's', optional: true }))
    sim.runFor('10s')
    sim.kubectl('delete secret s')
    sim.runFor('95s')
    expect(sim.exec({ pod: 'p' }, ['ls', '/etc/v']).stdout).toBe('')
    expect(messages(sim, 'FailedMount')).toEqual([])
  })

  test('L4 one that is not optional leaves its files for the life of the Pod', () => {
    const sim = simWith({}, simSecret({ a: '1' }), simMounting('p'))
    sim.runFor('10s')
    sim.kubectl('delete secret s')
    sim.runFor('30m')
    expect(sim.file({ pod: 'p' }, '/etc/v/a')?.content).toBe('1')
    expect(podIn(sim)?.status?.phase).toBe('Running')
  })

  test.each([
    [{ items: [{ key: 'a', path: '/x' }] }, 'items[0].path: Invalid value: "/x": must be a relative path'],
    [{ items: [{ key: 'a', path: 'x/../y' }] }, 'items[0].path: Invalid value: "x/../y": must not contain \'..\''],
    [{ items: [{ key: 'a', path: '..x' }] }, 'items[0].path: Invalid value: "..x": must not start with \'..\''],
    [
      { defaultMode: 512 },
      'defaultMode: Invalid value: 512: must be a number between 0 and 0777 (octal), both inclusive',
    ],
    [
      { items: [{ key: 'a', path: 'x', mode: -1 }] },
      'items[0].mode: Invalid value: -1: must be a number between 0 and 0777 (octal), both inclusive',
    ],
  ])('V3 the API server refuses %j', (source, text) => {
    const sim = simWith({})
    expect(() => sim.apply(simMounting('p', { secretName: 's', ...source }))).toThrow(`spec.volumes[0].secret.${text}`)
  })
})

describe('4.4 the atomic writer', () => {
  test('U1 nothing new leaves the time-stamped directory as it is; a new value makes another; the old one is gone', () => {
    const world = createWorld({ recordIdleSyncs: true })
    world.create(secret('s', { a: '1', b: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    const volume = `/var/lib/kubelet/pods/${world.pod('p')?.metadata.uid}/volumes/kubernetes.io~secret/v`
    const link = () => {
      const target = world.fs.readlink(`${volume}/..data`)
      return target.ok ? target.value : ''
    }
    const dated = () => {
      const names = world.fs.readdir(volume)
      return names.ok ? names.value.filter((name) => name.startsWith('..2')) : []
    }
    const first = link()
    expect(first).toMatch(/^\.\.\d{4}(_\d\d){5}\.\d{9}$/)
    world.run(300)
    expect(link()).toBe(first)
    world.updateSecret('s', { a: '2', b: '1' })
    annotate(world, 'p')
    world.run(2)
    expect(link()).not.toBe(first)
    expect(dated()).toEqual([link()])
    expect(fileOf(world, 'p', 'b')).toBe('1')
  })
})

describe('4.5 owner and mode', () => {
  test.each([
    { defaultMode: 0o400, fsGroup: undefined, file: '-r-------- root root' },
    { defaultMode: 0o400, fsGroup: 2000, file: '-r--r----- root 2000' },
    { defaultMode: 0o600, fsGroup: 2000, file: '-rw-r----- root 2000' },
    { defaultMode: 0o644, fsGroup: 2000, file: '-rw-r--r-- root 2000' },
  ])('V5 defaultMode $defaultMode with fsGroup $fsGroup', ({ defaultMode, fsGroup, file }) => {
    const sim = simWith(
      {},
      simSecret({ a: '1' }),
      simMounting('p', { secretName: 's', defaultMode }, fsGroup === undefined ? {} : { securityContext: { fsGroup } }),
    )
    sim.runFor('10s')
    const stat = sim.exec({ pod: 'p' }, [
      'sh',
      '-c',
      'cd /etc/v/..data/ && stat -c "%A %U %G %g" a; stat -c "%A" .',
    ]).stdout
    const [line = '', directory] = stat.split('\n')
    const [mode, user, group, gid] = line.split(' ')
    expect(`${mode} ${user} ${fsGroup === undefined ? group : gid}`).toBe(file)
    expect(directory).toBe(fsGroup === undefined ? 'drwxr-xr-x' : 'drwxr-sr-x')
  })
})

describe('4.6 subPath', () => {
  test.each([
    { version: 'v1.18', afterRestart: '1' },
    { version: 'v1.26', afterRestart: '2' },
    { version: 'v1.36', afterRestart: '2' },
  ] as const)(
    'U4 never follows an update while its container runs; after a restart it shows $afterRestart ($version)',
    (row) => {
      const sim = simWith(
        { version: row.version },
        simSecret({ a: '1' }),
        simPod(
          'p',
          {
            volumeMounts: [{ name: 'v', mountPath: '/etc/a', subPath: 'a' }],
            command: ['sh', '-c', 'sleep 200; exit 1'],
          },
          { volumes: [{ name: 'v', secret: { secretName: 's' } }] },
        ),
      )
      sim.runFor('10s')
      sim.apply(simSecret({ a: '2' }))
      sim.runFor('150s')
      expect(sim.file({ pod: 'p' }, '/etc/a')?.content).toBe('1')
      sim.runFor('60s')
      expect(podIn(sim)?.status?.containerStatuses?.[0]?.restartCount).toBe(1)
      expect(sim.file({ pod: 'p' }, '/etc/a')?.content).toBe(row.afterRestart)
    },
  )
})

describe('4.7 tear-down', () => {
  test('L5 a Pod that was forced away while its kubelet was off leaves its files until the kubelet is back', () => {
    const sim = simWith({}, simSecret({ password: 'in-memory-only' }), simMounting('p'))
    sim.runFor('10s')
    sim.fault({ kubelet: 'stop' })
    sim.kubectl('delete pod p --force --grace-period=0')
    sim.runFor('60s')
    const held = () => sim.nodeFiles('node-1', 'in-memory-only').map(({ storage }) => storage)
    expect(podIn(sim)).toBeUndefined()
    expect(held()).toEqual(['tmpfs'])
    sim.fault({ kubelet: 'start' })
    sim.runFor('60s')
    expect(held()).toEqual([])
    expect(sim.holdsSecret('node-1', 's')).toBe(false)
  })
})
