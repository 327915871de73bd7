import { describe, expect, test } from 'vitest'
import { resources } from '../../../src/client/client.ts'
import { answered } from '../../client/answered.ts'
import { createWorld, fileOf, mounting, secret, withEnv } from './world.ts'

describe('a Pod from its binding to its end', () => {
  test('L3 no container starts until the Secret volume is mounted, then the Pod runs', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.run(20)
    expect(world.pod('p')?.status?.phase).toBe('Pending')
    expect(world.pod('p')?.status?.containerStatuses?.[0]?.state?.waiting?.reason).toBe('ContainerCreating')
    world.create(secret('s', { a: '1' }))
    world.run(40)
    expect(world.pod('p')?.status?.phase).toBe('Running')
    expect(fileOf(world, 'p', 'a')).toBe('1')
  })

  test('L2 a missing Secret is told by an event that counts its tries, with the doubling back-off between them', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.run(20)
    const tries = world.journal.query({ type: 'volume.set-up-failed' })
    const gaps = tries.slice(1).map((record, i) => record.time - (tries[i]?.time ?? 0))
    expect(gaps).toEqual([500, 1000, 2000, 4000, 8000])
    const event = world.events().find(({ reason }) => reason === 'FailedMount')
    expect(event?.message).toBe('MountVolume.SetUp failed for volume "v" : secret "s" not found')
    expect(event?.count).toBe(6)
  })

  test('L2 after 2m3s the wait is given up, which is an event of its own in v1.18 and none in v1.36', () => {
    const reasons = [18, 36].map((minor) => {
      const world = createWorld({ minor })
      world.create(mounting('p', 's'))
      world.run(130)
      return world.events().filter(({ message }) => message?.startsWith('Unable to attach or mount volumes') ?? false)
    })
    expect(reasons[0]?.map(({ message }) => message)).toEqual([
      'Unable to attach or mount volumes: unmounted volumes=[v], unattached volumes=[v]: timed out waiting for the condition',
    ])
    expect(reasons[1]).toEqual([])
  })

  test('E3 a missing Secret in the environment gives CreateContainerConfigError until it is there', () => {
    const world = createWorld()
    world.create(withEnv('p', 's', 'k'))
    world.run(10)
    const waiting = world.pod('p')?.status?.containerStatuses?.[0]?.state?.waiting
    expect(waiting).toEqual({ reason: 'CreateContainerConfigError', message: 'secret "s" not found' })
    world.create(secret('s', { k: 'x' }))
    world.run(20)
    expect(world.pod('p')?.status?.phase).toBe('Running')
  })

  test('L5 deleting a Pod leaves nothing of it on the node', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    const uid = world.pod('p')?.metadata.uid
    answered(world.admin.delete(resources.pods, { namespace: 'default', name: 'p' }), () => undefined)
    world.run(30)
    expect(world.pod('p')).toBeUndefined()
    expect(world.fs.lstat(`/var/lib/kubelet/pods/${uid}`).ok).toBe(false)
    expect(world.fs.tmpfsUsage()).toEqual([])
  })

  test('L6 a restarted kubelet leaves containers running and finds its volumes again', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    world.kubelet.stop()
    world.updateSecret('s', { a: '2' })
    world.run(100)
    expect(fileOf(world, 'p', 'a')).toBe('1')
    world.kubelet.start()
    world.run(3)
    expect(fileOf(world, 'p', 'a')).toBe('2')
    expect(world.pod('p')?.status?.containerStatuses?.[0]?.restartCount).toBe(0)
  })

  test('L6 a crashing container is restarted at once, then after a growing back-off', () => {
    const world = createWorld()
    world.create(mounting('p', 's', { volumes: [{ name: 'v', emptyDir: {} }] }, ['exit-after', '0', '1']))
    world.run(200)
    const starts = world.journal.query({ type: 'container.start' }).map(({ time }) => time)
    const gaps = starts.slice(1).map((time, i) => (time - (starts[i] ?? 0)) / 1000)
    expect(gaps[0]).toBeLessThanOrEqual(1.1)
    for (const [i, backOff] of [10, 20, 40, 80].entries()) {
      expect(gaps[i + 1]).toBeGreaterThanOrEqual(backOff)
      expect(gaps[i + 1]).toBeLessThanOrEqual(backOff + 17)
    }
  })
})

describe('updates of a mounted Secret', () => {
  test.each([
    { strategy: 'Watch', boundMs: 91_000 },
    { strategy: 'Cache', boundMs: 60_000 + 91_000 },
    { strategy: 'Get', boundMs: 91_000 },
  ] as const)('U3 by $strategy an update is seen within sync period and cache delay', ({ strategy, boundMs }) => {
    for (const seed of ['a', 'b', 'c', 'd']) {
      const world = createWorld({ seed, kubelet: { configMapAndSecretChangeDetectionStrategy: strategy } })
      world.create(secret('s', { a: 'old' }))
      world.create(mounting('p', 's'))
      world.run(100)
      const writtenAt = world.kernel.now()
      world.updateSecret('s', { a: 'new' })
      expect(world.kernel.runUntilTrue(() => fileOf(world, 'p', 'a') === 'new', writtenAt + boundMs + 200)).toBe(true)
    }
  })

  test('U2 idle syncs that are not carried out change nothing of what comes after', () => {
    const visible = [false, true].map((recordIdleSyncs) => {
      const world = createWorld({ seed: 'lazy', recordIdleSyncs })
      world.create(secret('s', { a: '0' }))
      world.create(mounting('p', 's'))
      const instants: number[] = []
      for (let i = 1; i <= 5; i++) {
        world.run(1000 + 37 * i)
        world.updateSecret('s', { a: String(i) })
        world.kernel.runUntilTrue(() => fileOf(world, 'p', 'a') === String(i), world.kernel.now() + 200_000)
        instants.push(world.kernel.now())
      }
      const setUps = world.journal.query({ type: 'volume.set-up' }).length
      return { instants, setUps }
    })
    expect(visible[0]?.instants).toEqual(visible[1]?.instants)
    expect(visible[0]?.setUps).toBeLessThan(20)
    expect(visible[1]?.setUps).toBeGreaterThan(60)
  })

  test('U3 the journal says for each version when the node had it, when the Pod was synced and when it was visible', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(100)
    const writtenAt = world.kernel.now()
    world.updateSecret('s', { a: '2' })
    world.run(100)
    const record = world.journal.query({ type: 'object.visible' }).at(-1)
    expect(record?.detail).toMatchObject({ kind: 'Secret', name: 's', volume: 'v' })
    const { copyAgeMs, sinceSyncMs } = record?.detail ?? {}
    const at = record?.time ?? 0
    expect(at - Number(copyAgeMs)).toBe(writtenAt)
    const syncedAt = at - Number(sinceSyncMs)
    expect(syncedAt).toBeGreaterThan(writtenAt)
    expect(at - syncedAt).toBeLessThanOrEqual(200)
  })

  test('U3 the journal says how a copy came to the node, when the Pod is due, and that it is synced then', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(100)
    world.updateSecret('s', { a: '2' })
    world.run(100)
    const visible = world.journal.query({ type: 'object.visible' }).at(-1)
    const chain = world.journal.causes(visible?.seq ?? 0).map(({ type }) => type)
    expect(chain).toEqual(['object.visible', 'volume.set-up', 'pod.sync', 'copy.arrived', 'object.updated'])
    const [, , sync, arrived] = world.journal.causes(visible?.seq ?? 0)
    const due = world.journal.query({ type: 'pod.sync-due' }).at(-1)
    expect(arrived?.detail).toMatchObject({ by: 'watch', changed: true })
    expect((due?.time ?? 0) + Number(due?.detail?.nextInMs)).toBe(sync?.time)
    expect(Number(due?.detail?.lastAgoMs)).toBeLessThan(90_000)
  })

  test('U2 with Cache the journal says when a sync used the old copy again, and how old it was', () => {
    const world = createWorld({ kubelet: { configMapAndSecretChangeDetectionStrategy: 'Cache' } })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(200)
    const reused = world.journal.query({ type: 'copy.reused' }).map(({ detail }) => detail.ageMs)
    expect(Math.max(...reused)).toBeLessThan(60_000)
    const read = world.journal.query({ type: 'copy.arrived' }).filter(({ detail }) => detail.by === 'get')
    expect(read.map(({ detail }) => detail.changed)).toEqual([true, ...read.slice(1).map(() => false)])
    expect(read.length).toBeGreaterThan(2)
    // Every sync says when the Pod is due again, and it is synced then.
    const syncs = world.journal.query({ type: 'pod.sync' }).map(({ time }) => time)
    const due = world.journal.query({ type: 'pod.synced' }).at(-2)
    expect(syncs).toContain((due?.time ?? 0) + Number(due?.detail?.nextInMs))
  })

  test('U1 a changed annotation refreshes the volume at once', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(30)
    world.updateSecret('s', { a: '2' })
    world.run(0.1)
    const patch = { metadata: { annotations: { touch: '1' } } }
    const key = { namespace: 'default', name: 'p' }
    answered(world.admin.patch(resources.pods, key, 'application/merge-patch+json', patch), () => undefined)
    world.run(0.3)
    expect(fileOf(world, 'p', 'a')).toBe('2')
  })
})

describe('what the kubelet asks of the API server', () => {
  test('I3 the watch of an immutable Secret is closed after the first read', () => {
    const open = [false, true].map((immutable) => {
      const world = createWorld({ minor: 26 })
      world.create(secret('s', { a: '1' }, { immutable }))
      world.create(mounting('p', 's'))
      world.run(10)
      return world.kubelet.context?.secrets.traffic('default', 's')?.openWatches
    })
    expect(open).toEqual([1, 0])
  })

  test('S5 a Secret that only an environment uses is watched no more after five idle minutes (from v1.21 on)', () => {
    const watches = [18, 26].map((minor) => {
      const world = createWorld({ minor })
      world.create(secret('s', { k: '1' }))
      world.create(secret('m', { a: '1' }))
      world.create(withEnv('e', 's', 'k'))
      world.create(mounting('p', 'm'))
      world.run(400)
      const { secrets } = world.kubelet.context ?? {}
      return [secrets?.traffic('default', 's')?.openWatches, secrets?.traffic('default', 'm')?.openWatches]
    })
    expect(watches).toEqual([
      [1, 1],
      [0, 1],
    ])
  })

  test('S1 nothing of a Secret stays with the kubelet when its last Pod is gone', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(10)
    expect(world.kubelet.context?.secrets.inspect()).toHaveLength(1)
    answered(
      world.admin.delete(resources.pods, { namespace: 'default', name: 'p' }, { gracePeriodSeconds: 0 }),
      () => undefined,
    )
    world.run(10)
    expect(world.kubelet.context?.secrets.inspect()).toEqual([])
  })

  test('L6 an idle node does nothing: a day of it leaves no trace', () => {
    const world = createWorld()
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(600)
    const before = world.journal.records.length
    world.run(24 * 3600)
    // Watches run out and are opened again, events expire; node and Pod have nothing to do.
    const others = world.journal.records.slice(before).filter(({ actor }) => /^(kubelet|runtime)\//.test(actor))
    expect(others).toEqual([])
  })
})

describe('inspect', () => {
  test('L2 tells where Pod, volume, container and Secret stand', () => {
    const world = createWorld()
    world.create(mounting('p', 's'))
    world.run(20)
    const uid = world.pod('p')?.metadata.uid ?? ''
    expect(world.kubelet.inspect({ kind: 'pod', uid })?.state).toBe('waitingForVolumes')
    expect(world.kubelet.inspect({ kind: 'volume', uid, volume: 'v' })?.state).toBe('mountBackOff')
    expect(world.kubelet.inspect({ kind: 'container', uid, container: 'app' })?.state).toBe('ContainerCreating')
    expect(world.kubelet.inspect({ kind: 'secret', namespace: 'default', name: 's' })?.state).toBe('watching')
    expect(world.kubelet.inspect({ kind: 'kubelet' })?.state).toBe('running')
  })
})

describe('the journal', () => {
  const played = (seed: string) => {
    const world = createWorld({ seed })
    world.create(secret('s', { k: 'hunter2' }))
    world.create(mounting('p', 's'))
    world.create(withEnv('e', 's', 'k', ['exit-after', '7', '1']))
    world.run(200)
    world.updateSecret('s', { k: 'hunter3' })
    world.run(200)
    return world.journal
  }

  test('U3 is the same for the same seed and another for another', () => {
    expect(played('a').digest()).toBe(played('a').digest())
    expect(played('a').digest()).not.toBe(played('b').digest())
  })

  test('S2 holds no value of a Secret in what kubelet and runtime tell', () => {
    const told = played('a').records.filter(({ actor }) => /^(kubelet|runtime)\//.test(actor))
    expect(told.length).toBeGreaterThan(20)
    expect(told.filter(({ detail }) => JSON.stringify(detail ?? {}).includes('hunter'))).toEqual([])
  })
})
