import { describe, expect, test, vi } from 'vitest'
import type { KubeObject } from '../../src/api/types/meta.ts'
import { resources } from '../../src/client/client.ts'
import { createWorld } from './world.ts'

const protection = 'kubernetes.io/pvc-protection'
const claim = (name: string, finalizers: readonly string[] = [protection]) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'a', finalizers },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
})
const pod = (name: string, volumes: readonly object[], more: object = { nodeName: 'n' }) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'a' },
  spec: { containers: [{ name: 'c', image: 'i' }], volumes, ...more },
})
const ofClaim = (claimName: string) => [{ name: 'v', persistentVolumeClaim: { claimName } }]

function start(minor: number) {
  const world = createWorld({ minor })
  world.manager.start()
  world.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } })
  world.wait(2)
  const names = () => world.list<KubeObject>(resources.persistentVolumeClaims, 'a').map(({ metadata }) => metadata.name)
  const removeClaim = (name: string): void => {
    world.remove(resources.persistentVolumeClaims, name, 'a')
    world.wait(1)
  }
  const removePod = (name: string): void => {
    world.remove(resources.pods, name, 'a', { gracePeriodSeconds: 0 })
    world.wait(1)
  }
  return { ...world, names, removeClaim, removePod }
}

/** Source: pkg/controller/volume/pvcprotection/pvc_protection_controller.go. */
describe.each([18, 36])('a deleted claim (v1.%i)', (minor) => {
  test('goes at once when no Pod names it', () => {
    const world = start(minor)
    world.create(resources.persistentVolumeClaims, claim('free'))
    world.removeClaim('free')
    expect(world.names()).toEqual([])
  })

  test('stays as long as there is a Pod on a node that names it, ended or not', () => {
    const world = start(minor)
    world.create(resources.persistentVolumeClaims, claim('used'))
    world.create(resources.pods, pod('p', ofClaim('used')))
    world.wait(1)
    world.removeClaim('used')
    expect(world.names()).toEqual(['used'])
    world.patch(resources.pods, 'p', { status: { phase: 'Succeeded' } }, { namespace: 'a', subresource: 'status' })
    world.wait(5)
    expect(world.names()).toEqual(['used'])
    world.removePod('p')
    expect(world.names()).toEqual([])
  })

  test('goes with the Pod that used it, though its containers never were told to have ended', () => {
    const world = start(minor)
    world.create(resources.persistentVolumeClaims, claim('used'))
    world.create(resources.pods, pod('p', ofClaim('used')))
    const running = { name: 'c', image: 'i', imageID: 'i', ready: true, restartCount: 0, state: { running: {} } }
    const status = { phase: 'Running', containerStatuses: [running] }
    world.patch(resources.pods, 'p', { status }, { namespace: 'a', subresource: 'status' })
    world.wait(1)
    world.removeClaim('used')
    expect(world.names()).toEqual(['used'])
    world.removePod('p')
    expect(world.names()).toEqual([])
  })

  test('does not stay for a Pod without a node, nor for one of another namespace', () => {
    const world = start(minor)
    world.create(resources.namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'b' } })
    world.create(resources.persistentVolumeClaims, claim('data'))
    world.create(resources.pods, pod('waits', ofClaim('data'), {}))
    const { metadata, ...elsewhere } = pod('other', ofClaim('data'))
    world.create(resources.pods, { ...elsewhere, metadata: { ...metadata, namespace: 'b' } })
    world.wait(1)
    world.removeClaim('data')
    expect(world.names()).toEqual([])
  })

  test('that lacks the finalizer, for it was there before admission gave it, is given it', () => {
    const world = start(minor)
    world.create(resources.persistentVolumeClaims, claim('old', ['example.com/mine']))
    world.wait(1)
    const { finalizers } = world.get(resources.persistentVolumeClaims, 'old', 'a')?.metadata ?? {}
    expect(finalizers).toEqual(['example.com/mine', protection])
  })
})

test('a claim that was made for a volume of a Pod stays for that Pod only', () => {
  const world = start(36)
  const volumeClaimTemplate = { spec: claim('').spec }
  const made = world.create<KubeObject>(resources.pods, pod('p', [{ name: 'v', ephemeral: { volumeClaimTemplate } }]))
  const owner = { apiVersion: 'v1', kind: 'Pod', name: 'p', uid: made.metadata.uid, controller: true }
  const { metadata, ...rest } = claim('p-v')
  world.create(resources.persistentVolumeClaims, { ...rest, metadata: { ...metadata, ownerReferences: [owner] } })
  world.wait(1)
  world.removeClaim('p-v')
  expect(world.names()).toEqual(['p-v'])
  world.removePod('p')
  expect(world.names()).toEqual([])
})

test('the server is asked for Pods only when the cache knows of none that uses a deleted claim', () => {
  const world = start(18)
  const asked = vi.spyOn(world.server, 'handle')
  const byIt = () =>
    asked.mock.calls
      .filter(([{ user }]) => user.name.endsWith(':pvc-protection-controller'))
      .map(([{ verb, resource }]) => `${verb} ${resource.resource}`)
  world.create(resources.persistentVolumeClaims, claim('used'))
  world.create(resources.pods, pod('p', ofClaim('used')))
  world.wait(1)
  world.removeClaim('used')
  expect(byIt()).toEqual([])
  world.removePod('p')
  expect(byIt()).toEqual(['list pods', 'update persistentvolumeclaims'])
})

/** Source: pkg/controller/volume/pvprotection/pv_protection_controller.go. */
test.each([
  ['Available', true],
  ['Bound', false],
])('a deleted volume that is %s goes: %s', (phase, goes) => {
  const world = createWorld({ minor: 28, options: { disabled: ['persistentvolume-binder'] } })
  world.manager.start()
  world.wait(2)
  world.create(resources.persistentVolumes, {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'disk' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  })
  world.patch(resources.persistentVolumes, 'disk', { status: { phase } }, { subresource: 'status' })
  world.wait(1)
  world.remove(resources.persistentVolumes, 'disk')
  world.wait(1)
  expect(world.get(resources.persistentVolumes, 'disk') === undefined).toBe(goes)
})
