import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { resources } from '../../src/client/client.ts'
import { createSim } from '../../src/sim/create-sim.ts'
import { play, start, template } from './played-pods.ts'
import type { World } from './world.ts'

const claims = { group: '', version: 'v1', resource: 'persistentvolumeclaims' }
const set = (policy: object) => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 's', namespace: 'a' },
  spec: {
    replicas: 2,
    serviceName: 's',
    selector: { matchLabels: { app: 's' } },
    template: template('s'),
    podManagementPolicy: 'OrderedReady',
    volumeClaimTemplates: [
      {
        metadata: { name: 'data' },
        spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
      },
    ],
    persistentVolumeClaimRetentionPolicy: policy,
  },
})
const owners = (world: World) =>
  world
    .list<KubeObject>(claims, 'a')
    .map(({ metadata }) => [
      metadata.name,
      ...(metadata.ownerReferences ?? []).map((one) => `${one.kind}/${one.name}${one.controller ? ' controls' : ''}`),
    ])
const scale = (world: World, replicas: number) =>
  world.patch(resources.statefulSets, 's', { spec: { replicas } }, { namespace: 'a' })

/** Source: pkg/controller/statefulset/stateful_set_utils.go, updateClaimOwnerRefForSetAndPod. */
describe('claims of a StatefulSet', () => {
  test.each([
    [26, {}, []],
    [27, {}, ['StatefulSet/s']],
    [31, {}, ['StatefulSet/s controls']],
    [31, { whenDeleted: 'Retain' }, []],
  ])('v1.%i: belong to it where they are to go with it (%j)', (minor, policy, expected) => {
    const world = start({ minor })
    world.create(resources.statefulSets, set({ whenDeleted: 'Delete', whenScaled: 'Retain', ...policy }))
    play(world, 8)
    expect(owners(world)).toEqual([
      ['data-s-0', ...expected],
      ['data-s-1', ...expected],
    ])
  })

  test('that are to go when it is scaled down belong to a Pod once that is to go, and then go', () => {
    const world = start({ minor: 31 })
    world.create(resources.statefulSets, set({ whenDeleted: 'Retain', whenScaled: 'Delete' }))
    play(world, 8)
    expect(owners(world)).toEqual([['data-s-0'], ['data-s-1']])
    scale(world, 1)
    world.wait(1)
    expect(owners(world)).toEqual([['data-s-0'], ['data-s-1', 'Pod/s-1 controls']])
    play(world, 8)
    expect(owners(world)).toEqual([['data-s-0']])
  })

  test('follow a policy that changes, and the Pod is told to be updated', () => {
    const world = start({ minor: 31 })
    world.create(resources.statefulSets, set({ whenDeleted: 'Retain', whenScaled: 'Retain' }))
    play(world, 8)
    const spec = { persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' } }
    world.patch(resources.statefulSets, 's', { spec }, { namespace: 'a' })
    play(world, 4)
    expect(owners(world).map(([, ...rest]) => rest)).toEqual([['StatefulSet/s controls'], ['StatefulSet/s controls']])
    expect(world.events('a').map(({ message }) => message)).toContain('Update Pod s-0 in StatefulSet s successful')
  })

  test('are deleted with it in a cluster whose controllers have the rights that theirs have', () => {
    const sim = createSim({ seed: 'claims', version: 'v1.28', nodes: 1 })
    const { metadata, ...rest } = set({ whenDeleted: 'Delete', whenScaled: 'Retain' })
    const { nodeName: _unscheduled, ...pod } = rest.spec.template.spec
    const spec = { ...rest.spec, template: { ...rest.spec.template, spec: pod } }
    sim.apply({ ...rest, metadata: { name: metadata.name }, spec })
    sim.runFor('10s')
    const names = () => sim.kubectl(['get', 'pvc', '-o', 'jsonpath={.items[*].metadata.name}']).stdout
    expect(names()).toBe('data-s-0')
    sim.kubectl(['delete', 'statefulset', 's'])
    sim.runFor('1m')
    expect(names()).toBe('')
  })
})
