import { describe, expect, test } from 'vitest'
import type { Event, Namespace, Pod, Secret } from '../../src/api/types/core.ts'
import { resources } from '../../src/client/client.ts'
import { createWorld, type World } from './world.ts'

function start(): World {
  const world = createWorld({ options: { disabled: ['podgc'] } })
  world.namespace('a')
  world.manager.start()
  world.wait(1)
  return world
}

/** A config map that owns a Secret. */
function own(world: World, references: object = {}): void {
  const owner = world.create(resources.configMaps, {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'owner', namespace: 'a' },
  })
  const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid, ...references }
  world.create(resources.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'dep', namespace: 'a', ownerReferences: [reference] },
  })
  world.wait(1)
}
const dep = (world: World) => world.get<Secret>(resources.secrets, 'dep', 'a')

describe('apiserver 7.3 garbage collection', () => {
  test('in the background the owner goes first and its dependents after it', () => {
    const world = start()
    own(world)
    world.remove(resources.configMaps, 'owner', 'a', { propagationPolicy: 'Background' })
    expect(dep(world)).toBeDefined()
    world.wait(1)
    expect(dep(world)).toBeUndefined()
  })

  test('in the foreground the owner waits for dependents that block it', () => {
    const world = start()
    own(world, { blockOwnerDeletion: true })
    world.patch(resources.secrets, 'dep', { metadata: { finalizers: ['x/hold'] } }, { namespace: 'a' })
    world.remove(resources.configMaps, 'owner', 'a', { propagationPolicy: 'Foreground' })
    world.wait(2)
    expect(world.get(resources.configMaps, 'owner', 'a')?.metadata.finalizers).toEqual(['foregroundDeletion'])
    expect(dep(world)?.metadata.deletionTimestamp).toBeDefined()
    world.patch(resources.secrets, 'dep', { metadata: { finalizers: null } }, { namespace: 'a' })
    world.wait(2)
    expect([world.get(resources.configMaps, 'owner', 'a'), dep(world)]).toEqual([undefined, undefined])
  })

  test('orphaned dependents stay without their owner', () => {
    const world = start()
    own(world)
    world.remove(resources.configMaps, 'owner', 'a', { propagationPolicy: 'Orphan' })
    world.wait(2)
    expect(world.get(resources.configMaps, 'owner', 'a')).toBeUndefined()
    expect(dep(world)?.metadata.ownerReferences ?? []).toEqual([])
  })

  test('one owner that exists keeps a dependent; the reference to the other goes', () => {
    const world = start()
    own(world)
    const second = world.create(resources.configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'second', namespace: 'a' },
    })
    const references = [
      ...(dep(world)?.metadata.ownerReferences ?? []),
      { apiVersion: 'v1', kind: 'ConfigMap', name: 'second', uid: second.metadata.uid },
    ]
    world.patch(resources.secrets, 'dep', { metadata: { ownerReferences: references } }, { namespace: 'a' })
    world.wait(1)
    world.remove(resources.configMaps, 'owner', 'a')
    world.wait(2)
    expect(dep(world)?.metadata.ownerReferences?.map(({ name }) => name)).toEqual(['second'])
  })
})

describe('apiserver 7.3 an owner in another namespace', () => {
  const withOwnerElsewhere = (minor: number, isChildFirst: boolean) => {
    const world = createWorld({ minor, options: { disabled: ['podgc'] } })
    for (const name of ['a', 'b']) world.namespace(name)
    world.manager.start()
    world.wait(1)
    const metadata = { name: 'owner', namespace: 'a' }
    const owner = world.create(resources.configMaps, { apiVersion: 'v1', kind: 'ConfigMap', metadata })
    const { uid } = owner.metadata
    const child = (namespace: string) => {
      const ownerReferences = [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }]
      world.create(resources.secrets, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'dep', namespace, ownerReferences },
      })
    }
    if (!isChildFirst) world.wait(1)
    child('b')
    child('a')
    world.wait(2)
    return { world, uid }
  }
  const told = ({ list }: World) =>
    list<Event>(resources.events, 'b').filter(({ reason }) => reason === 'OwnerRefInvalidNamespace')

  test('from v1.20 on the dependent is told of by a warning and deleted; one beside the owner stays', () => {
    for (const isChildFirst of [false, true]) {
      const { world, uid } = withOwnerElsewhere(20, isChildFirst)
      const [event, ...others] = told(world)
      expect(others).toEqual([])
      expect(event).toMatchObject({
        type: 'Warning',
        message: `ownerRef [v1/ConfigMap, namespace: b, name: owner, uid: ${uid}] does not exist in namespace "b"`,
        involvedObject: { kind: 'Secret', namespace: 'b', name: 'dep', apiVersion: 'v1' },
        source: { component: 'garbage-collector-controller' },
      })
      expect(world.get(resources.secrets, 'dep', 'b')).toBeUndefined()
      expect(dep(world)).toBeDefined()
      expect(world.get(resources.configMaps, 'owner', 'a')).toBeDefined()
    }
  })

  test('v1.18 says nothing; a dependent of an owner that was seen stays', () => {
    const { world } = withOwnerElsewhere(18, false)
    expect(told(world)).toEqual([])
    expect([dep(world), world.get(resources.secrets, 'dep', 'b')].map((found) => found !== undefined)).toEqual([
      true,
      true,
    ])
  })

  test('from v1.20 on a reference by another name is dangling, and no Event is told', () => {
    const world = createWorld({ minor: 20, options: { disabled: ['podgc'] } })
    world.namespace('a')
    world.manager.start()
    world.wait(1)
    own(world, { name: 'misspelt' })
    world.wait(2)
    expect(dep(world)).toBeUndefined()
    expect(world.list<Event>(resources.events, 'a')).toEqual([])
  })

  test('from v1.20 on two dependents that disagree on where the owner is: the one that is wrong goes', () => {
    const world = createWorld({ minor: 20, options: { disabled: ['podgc'] } })
    world.namespace('a')
    world.manager.start()
    world.wait(1)
    const uid = 'never-seen'
    const child = (name: string, owner: object) =>
      world.create(resources.secrets, {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name, namespace: 'a', ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', uid, ...owner }] },
      })
    child('one', { name: 'x' })
    child('two', { name: 'y' })
    world.wait(5)
    const left = world.list(resources.secrets, 'a').map(({ metadata }) => metadata.name)
    expect(left.filter((name) => ['one', 'two'].includes(name))).toEqual([])
  })
})

describe('apiserver 7.2 namespaces', () => {
  test('content goes 5 s after the deletion; a Pod that takes its time is waited for; the conditions say so', () => {
    const world = start()
    world.create(resources.secrets, { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'a' } })
    world.create(resources.pods, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'a' },
      spec: { nodeName: 'n', terminationGracePeriodSeconds: 30, containers: [{ name: 'c', image: 'x' }] },
    })
    // Services cannot be deleted as a collection: they go one by one.
    const spec = { ports: [{ port: 80 }], clusterIP: '10.96.0.9' }
    world.create(resources.services, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'svc', namespace: 'a' },
      spec,
    })
    world.remove(resources.namespaces, 'a')
    world.wait(4)
    expect(
      world
        .list(resources.secrets, 'a')
        .map(({ metadata }) => metadata.name.slice(0, 1))
        .sort(),
    ).toEqual(['d', 's'])
    world.wait(2)
    expect([...world.list(resources.secrets, 'a'), ...world.list(resources.services, 'a')]).toEqual([])
    expect(world.get<Pod>(resources.pods, 'p', 'a')?.metadata.deletionTimestamp).toBeDefined()
    const conditions = world.get<Namespace>(resources.namespaces, 'a')?.status?.conditions as {
      type: string
      status: string
      message: string
    }[]
    expect(conditions.map(({ type, status }) => [type, status])).toEqual([
      ['NamespaceDeletionDiscoveryFailure', 'False'],
      ['NamespaceDeletionGroupVersionParsingFailure', 'False'],
      ['NamespaceDeletionContentFailure', 'False'],
      ['NamespaceContentRemaining', 'True'],
      ['NamespaceFinalizersRemaining', 'False'],
    ])
    expect(conditions[3]?.message).toBe('Some resources are remaining: pods. has 1 resource instances')
    // The node confirms, and the next look, 5 s after the conditions were written, finds nothing left.
    world.remove(resources.pods, 'p', 'a', { gracePeriodSeconds: 0 })
    world.wait(6)
    expect(world.get(resources.namespaces, 'a')).toBeUndefined()
  })
})
