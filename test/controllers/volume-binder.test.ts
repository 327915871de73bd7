import { describe, expect, test } from 'vitest'
import type { PersistentVolume, PersistentVolumeClaim } from '../../src/api/types/storage.ts'
import { resources } from '../../src/client/client.ts'
import { createWorld } from './world.ts'

const { persistentVolumes, persistentVolumeClaims, storageClasses } = resources

type Spec = Readonly<Record<string, unknown>>

interface Kind {
  readonly kind: string
}

const volume = (name: string, spec: Spec = {}, metadata: Spec = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, finalizers: ['kubernetes.io/pv-protection'], ...metadata },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/tmp/data' }, ...spec },
})
const claim = (name: string, spec: Spec = {}, metadata: Spec = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'a', finalizers: ['kubernetes.io/pvc-protection'], ...metadata },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
})
const sized = (storage: string) => ({ capacity: { storage } })
const storageClass = (name: string, more: Spec = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name },
  provisioner: 'example.com/disks',
  ...more,
})

function start(minor: number) {
  const world = createWorld({ minor })
  world.manager.start()
  world.namespace('a')
  world.wait(2)
  const bound = (name: string) => {
    const { spec, status } = world.get<PersistentVolumeClaim>(persistentVolumeClaims, name, 'a') ?? {}
    return `${status?.phase} ${spec?.volumeName ?? '-'}`
  }
  const phase = (name: string) => world.get<PersistentVolume>(persistentVolumes, name)?.status?.phase
  const add = (...objects: readonly Kind[]): void => {
    for (const object of objects) {
      const { kind } = object
      if (kind === 'PersistentVolume') world.create(persistentVolumes, object)
      else world.create(kind === 'StorageClass' ? storageClasses : persistentVolumeClaims, object)
      world.wait(1)
    }
  }
  const told = (on: string) =>
    world
      .events(on.startsWith('PersistentVolume/') ? 'default' : 'a')
      .filter((event) => event.on === on)
      .map(({ type, reason, message }) => `${type} ${reason} ${message}`)
  return { ...world, bound, phase, add, told }
}

/** Source: pkg/controller/volume/persistentvolume/binder_test.go, TestSync: sets 1, 2 and 13; index_test.go. */
describe.each([18, 26, 36])('a claim without a volume (v1.%i)', (minor) => {
  const cases: readonly (readonly [title: string, volumes: readonly Kind[], wanting: Kind, expected: string])[] = [
    ['binds to one that fits', [volume('v')], claim('c'), 'Bound v'],
    ['and not to one that is smaller', [volume('v')], claim('c', { resources: { requests: { storage: '2Gi' } } }), '-'],
    ['takes the smallest', [volume('big', sized('10Gi')), volume('small', sized('2Gi'))], claim('c'), 'Bound small'],
    [
      'takes one with no more access modes than it asks for, though it is larger',
      [
        volume('shared', { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }),
        volume('own', { ...sized('5Gi'), accessModes: ['ReadWriteOnce'] }),
      ],
      claim('c'),
      'Bound own',
    ],
    ['needs its access modes', [volume('v')], claim('c', { accessModes: ['ReadWriteMany'] }), '-'],
    ['needs its volume mode', [volume('v')], claim('c', { volumeMode: 'Block' }), '-'],
    ['needs its class', [volume('v', { storageClassName: 'gold' })], claim('c'), '-'],
    [
      'needs the labels that it selects',
      [volume('v'), volume('w', {}, { labels: { tier: 'fast' } })],
      claim('c', { selector: { matchLabels: { tier: 'fast' } } }),
      'Bound w',
    ],
    [
      'takes what is meant for it before all others',
      [volume('small'), volume('own', { ...sized('9Gi'), claimRef: { namespace: 'a', name: 'c' } })],
      claim('c'),
      'Bound own',
    ],
    ['leaves what is meant for others', [volume('v', { claimRef: { namespace: 'b', name: 'c' } })], claim('c'), '-'],
    ['gets the one that it names', [volume('v'), volume('w')], claim('c', { volumeName: 'w' }), 'Bound w'],
    [
      'does not get it when it is of another class',
      [volume('v')],
      claim('c', { volumeName: 'v', storageClassName: 'x' }),
      'v',
    ],
  ]
  test.each(cases)('%s', (_title, volumes, wanting, expected) => {
    const world = start(minor)
    world.add(...volumes, wanting)
    expect(world.bound('c')).toBe(expected.includes(' ') ? expected : `Pending ${expected}`)
  })
})

describe.each([18, 36])('binding (v1.%i)', (minor) => {
  test('is written on both: who is bound to whom, that it is complete, and who chose', () => {
    const world = start(minor)
    world.add(volume('v', sized('3Gi')), claim('c'))
    const { metadata, spec, status } = world.get<PersistentVolume>(persistentVolumes, 'v') ?? {}
    expect(spec?.claimRef).toMatchObject({ kind: 'PersistentVolumeClaim', namespace: 'a', name: 'c', apiVersion: 'v1' })
    expect([metadata?.annotations, status?.phase]).toEqual([{ 'pv.kubernetes.io/bound-by-controller': 'yes' }, 'Bound'])
    const bound = world.get<PersistentVolumeClaim>(persistentVolumeClaims, 'c', 'a')
    expect(bound?.metadata.uid).toBe(spec?.claimRef?.uid)
    expect(bound?.metadata.annotations).toEqual({
      'pv.kubernetes.io/bind-completed': 'yes',
      'pv.kubernetes.io/bound-by-controller': 'yes',
    })
    expect(bound?.status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '3Gi' } })
  })

  test('of two that were meant for each other tells of no choice', () => {
    const world = start(minor)
    world.add(volume('v', { claimRef: { namespace: 'a', name: 'c' } }), claim('c', { volumeName: 'v' }))
    expect(world.get(persistentVolumes, 'v')?.metadata.annotations).toBeUndefined()
    const { annotations } = world.get(persistentVolumeClaims, 'c', 'a')?.metadata ?? {}
    expect(annotations).toEqual({ 'pv.kubernetes.io/bind-completed': 'yes' })
  })

  test('comes with the next volume: a volume that comes later is seen within 15 s', () => {
    const world = start(minor)
    world.add(claim('c'))
    world.add(volume('v'))
    expect([world.bound('c'), world.phase('v')]).toEqual(['Pending -', 'Available'])
    world.wait(15)
    expect(world.bound('c')).toBe('Bound v')
  })

  test('gives one volume to one claim', () => {
    const world = start(minor)
    world.create(persistentVolumeClaims, claim('one'))
    world.create(persistentVolumeClaims, claim('two'))
    world.create(persistentVolumes, volume('v'))
    world.wait(20)
    expect([world.bound('one'), world.bound('two')].sort()).toEqual(['Bound v', 'Pending -'])
  })
})

describe('what a claim is told that waits', () => {
  const none = 'no persistent volumes available for this claim and no storage class is set'

  test('without a class: every 15 s, until so many events are too many', () => {
    const world = start(18)
    world.add(claim('c'))
    expect(world.told('PersistentVolumeClaim/c')).toEqual([`Normal FailedBinding ${none}`])
    const count = () => world.events('a').find(({ on }) => on === 'PersistentVolumeClaim/c')?.count
    world.wait(150)
    expect(count()).toBe(11)
    world.wait(600)
    // After 25, one in five minutes is sent, with the count of all. Source: client-go tools/record/events_cache.go, EventSourceObjectSpamFilter.
    expect(count()).toBe(42)
  })

  test('of a class that is not there, and its volume when the class comes', () => {
    const world = start(36)
    world.add(claim('c', { storageClassName: 'gold' }))
    expect(world.told('PersistentVolumeClaim/c')).toEqual([
      'Warning ProvisioningFailed storageclass.storage.k8s.io "gold" not found',
    ])
  })

  test.each([
    [
      18,
      'waiting for a volume to be created, either by external provisioner "example.com/disks" or manually created by system administrator',
    ],
    [
      36,
      "Waiting for a volume to be created either by the external provisioner 'example.com/disks' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.",
    ],
  ])('when somebody else is to make its volume (v1.%i)', (minor, message) => {
    const world = start(minor)
    world.add(storageClass('gold'), claim('c', { storageClassName: 'gold' }))
    expect(world.told('PersistentVolumeClaim/c')).toEqual([`Normal ExternalProvisioning ${message}`])
    const { annotations } = world.get(persistentVolumeClaims, 'c', 'a')?.metadata ?? {}
    expect(Object.keys(annotations ?? {})).toEqual(
      minor === 18
        ? ['volume.beta.kubernetes.io/storage-provisioner']
        : ['volume.beta.kubernetes.io/storage-provisioner', 'volume.kubernetes.io/storage-provisioner'],
    )
  })

  test('when nothing makes volumes of its class', () => {
    const world = start(26)
    world.add(
      storageClass('local', { provisioner: 'kubernetes.io/no-provisioner' }),
      claim('c', { storageClassName: 'local' }),
    )
    expect(world.told('PersistentVolumeClaim/c')).toEqual([
      'Warning ProvisioningFailed no volume plugin matched name: kubernetes.io/no-provisioner',
    ])
  })

  test.each([
    [
      18,
      'Warning ProvisioningFailed Failed to provision volume with StorageClass "gp2": Failed to get AWS Cloud Provider. GetCloudProvider returned <nil> instead',
    ],
    [
      26,
      'Normal ExternalProvisioning waiting for a volume to be created, either by external provisioner "ebs.csi.aws.com" or manually created by system administrator',
    ],
  ])('when its class is of a plugin of the controller manager (v1.%i)', (minor, message) => {
    const world = start(minor)
    world.add(storageClass('gp2', { provisioner: 'kubernetes.io/aws-ebs' }), claim('c', { storageClassName: 'gp2' }))
    expect(world.told('PersistentVolumeClaim/c')).toEqual([message])
  })

  test.each([
    [18, []],
    [19, ['Normal WaitForPodScheduled waiting for pod p to be scheduled']],
  ])('when it waits for its first Pod (v1.%i)', (minor, more) => {
    const world = start(minor)
    const waits = storageClass('late', { volumeBindingMode: 'WaitForFirstConsumer' })
    world.add(waits, volume('v', { storageClassName: 'late' }), claim('c', { storageClassName: 'late' }))
    const first = 'Normal WaitForFirstConsumer waiting for first consumer to be created before binding'
    expect([world.bound('c'), world.told('PersistentVolumeClaim/c')]).toEqual(['Pending -', [first]])
    world.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'a' },
      spec: {
        containers: [{ name: 'c', image: 'i' }],
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }],
      },
    })
    world.wait(16)
    expect(world.told('PersistentVolumeClaim/c')).toEqual([first, ...more])
  })

  test('when the volume that it names does not fit', () => {
    const world = start(18)
    world.add(volume('v'), claim('c', { volumeName: 'v', resources: { requests: { storage: '5Gi' } } }))
    expect(world.told('PersistentVolumeClaim/c')).toEqual([
      'Warning VolumeMismatch Cannot bind to requested volume "v": requested PV is too small',
    ])
  })

  test.each([
    [18, []],
    [19, ['Warning FailedBinding volume "v" already bound to a different claim.']],
  ])("when the volume that it names is another claim's (v1.%i)", (minor, expected) => {
    const world = start(minor)
    world.add(volume('v'), claim('first'), claim('c', { volumeName: 'v' }))
    expect([world.bound('c'), world.told('PersistentVolumeClaim/c')]).toEqual(['Pending v', expected])
  })
})

test.each([
  [25, 'Pending -'],
  [26, 'Pending late'],
])('a default class that comes later is given to claims without one since v1.26 (v1.%i)', (minor, expected) => {
  const world = start(minor)
  world.add(claim('c'))
  world.create(storageClasses, {
    ...storageClass('late'),
    metadata: { name: 'late', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  })
  world.wait(16)
  const { spec, status } = world.get<PersistentVolumeClaim>(persistentVolumeClaims, 'c', 'a') ?? {}
  expect(`${status?.phase} ${spec?.storageClassName ?? '-'}`).toBe(expected)
})

/** Source: binder_test.go, sets 3 and 4. */
describe('what was bound', () => {
  test('is lost with its volume', () => {
    const world = start(28)
    world.add(volume('v'), claim('c'))
    world.patch(persistentVolumes, 'v', { metadata: { finalizers: null } })
    world.remove(persistentVolumes, 'v')
    world.wait(1)
    expect(world.bound('c')).toBe('Lost v')
    expect(world.told('PersistentVolumeClaim/c')).toEqual([
      'Warning ClaimLost Bound claim has lost its PersistentVolume. Data on the volume is lost!',
    ])
  })
})

/** Source: recycle_test.go, delete_test.go. */
describe.each([18, 36])('a volume whose claim is gone (v1.%i)', (minor) => {
  const released = (policy: string, source: Spec = {}, metadata: Spec = {}) => {
    const world = start(minor)
    const spec = { persistentVolumeReclaimPolicy: policy, ...source }
    world.add(volume('v', spec, metadata), claim('c'))
    expect(world.phase('v')).toBe('Bound')
    world.remove(persistentVolumeClaims, 'c', 'a')
    world.wait(2)
    return world
  }

  test('is kept with Retain, and goes to nobody', () => {
    const world = released('Retain')
    world.add(claim('c'))
    expect([world.phase('v'), world.bound('c')]).toEqual(['Released', 'Pending -'])
  })

  test('goes with Delete', () => {
    expect(released('Delete').phase('v')).toBeUndefined()
  })

  test('stays and says why when nothing can delete it', () => {
    const world = released('Delete', { hostPath: { path: '/srv/data' } })
    expect(world.phase('v')).toBe('Failed')
    expect(world.told('PersistentVolume/v')).toEqual([
      'Warning VolumeFailedDelete host_path deleter only supports /tmp/.+ but received provided /srv/data',
    ])
    const nfs = released('Delete', { hostPath: undefined, nfs: { server: 's', path: '/' } })
    const begin = minor === 18 ? 'Error' : 'error'
    expect(nfs.get<PersistentVolume>(persistentVolumes, 'v')?.status?.message).toBe(
      `${begin} getting deleter volume plugin for volume "v": no deletable volume plugin matched`,
    )
  })

  test('waits for whoever made it', () => {
    const annotations = { 'pv.kubernetes.io/provisioned-by': 'example.com/disks' }
    expect(released('Delete', {}, { annotations }).phase('v')).toBe('Released')
  })

  test('is free again with Recycle, where its kind can be recycled', () => {
    const world = released('Recycle')
    expect([world.phase('v'), world.told('PersistentVolume/v')]).toEqual([
      'Available',
      ['Normal VolumeRecycled Volume recycled'],
    ])
    world.add(claim('next'))
    expect(world.bound('next')).toBe('Bound v')
    const other = released('Recycle', { hostPath: undefined, csi: { driver: 'd', volumeHandle: 'h' } })
    expect([other.phase('v'), other.told('PersistentVolume/v')]).toEqual([
      'Failed',
      ['Warning VolumeFailedRecycle No recycler plugin found for the volume!'],
    ])
  })
})

test('a cluster whose claims are bound rests', () => {
  const world = start(30)
  world.add(volume('v'), claim('c'), volume('spare'))
  world.wait(60)
  const before = world.kernel.events
  world.wait(40)
  expect(world.kernel.events).toBe(before)
})
