import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../src/api/types/meta.ts'
import type { PersistentVolume, PersistentVolumeClaim } from '../../src/api/types/storage.ts'
import { resources } from '../../src/client/client.ts'
import { node, pod, testCluster } from './cluster.ts'

const { persistentVolumes, persistentVolumeClaims, storageClasses, nodes, pods } = resources

type Spec = Readonly<Record<string, unknown>>

const onNode = (name: string) => ({
  required: {
    nodeSelectorTerms: [{ matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: [name] }] }],
  },
})
const volume = (name: string, spec: Spec = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'late',
    local: { path: '/disk' },
    nodeAffinity: onNode('a'),
    ...spec,
  },
})
const claim = (name: string, spec: Spec = {}) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name, namespace: 'default' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: 'late',
    ...spec,
  },
})
const storageClass = (provisioner: string, more: Spec = {}) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'late' },
  provisioner,
  volumeBindingMode: 'WaitForFirstConsumer',
  ...more,
})
const wanting = (name: string, ...claims: readonly string[]) =>
  pod(name, undefined, {
    volumes: claims.map((claimName) => ({ name: claimName, persistentVolumeClaim: { claimName } })),
  })

/** Two nodes and a scheduler; whoever binds claims is played by the test. */
function start(minor: number, ...objects: readonly KubeObject[]) {
  const cluster = testCluster(minor)
  cluster.scheduler.start()
  for (const name of ['a', 'b']) cluster.create(nodes, node(name))
  const get = <T extends KubeObject>(
    resource: typeof persistentVolumes | typeof persistentVolumeClaims,
    name: string,
  ) => {
    const scope = resource === persistentVolumeClaims ? { namespace: 'default' } : {}
    const user = { name: 'admin', groups: ['system:masters'] }
    const answer = cluster.server.handle({ user, verb: 'get', resource, name, ...scope })
    return answer.ok ? (answer.object as T) : undefined // the resource says the type
  }
  const patch = (
    resource: typeof persistentVolumes | typeof persistentVolumeClaims,
    name: string,
    body: object,
    subresource?: string,
  ) => {
    const scope = resource === persistentVolumeClaims ? { namespace: 'default' } : {}
    const user = { name: 'admin', groups: ['system:masters'] }
    const part = subresource === undefined ? {} : { subresource }
    cluster.server.handle({
      user,
      verb: 'patch',
      resource,
      name,
      body,
      patchType: 'application/merge-patch+json',
      ...scope,
      ...part,
    })
  }
  const add = (...more: readonly KubeObject[]) => {
    for (const object of more) {
      if (object.kind === 'StorageClass') cluster.create(storageClasses, object)
      else if (object.kind === 'PersistentVolumeClaim') cluster.create(persistentVolumeClaims, object, 'default')
      else if (object.kind === 'Pod') cluster.create(pods, object, 'default')
      else {
        cluster.create(persistentVolumes, object)
        patch(persistentVolumes, object.metadata.name, { status: { phase: 'Available' } }, 'status')
      }
    }
  }
  const bind = (name: string, volumeName: string) => {
    patch(persistentVolumeClaims, name, {
      metadata: { annotations: { 'pv.kubernetes.io/bind-completed': 'yes' } },
      spec: { volumeName },
    })
    patch(persistentVolumeClaims, name, { status: { phase: 'Bound' } }, 'status')
  }
  add(...objects)
  cluster.advance(300)
  return {
    ...cluster,
    add,
    bind,
    patch,
    claim: (name: string) => get<PersistentVolumeClaim>(persistentVolumeClaims, name),
    volume: (name: string) => get<PersistentVolume>(persistentVolumes, name),
    message: (name: string) =>
      cluster.pod(name)?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message,
  }
}

/** Source: facts of version-facts.ts, claimMessage; as told by clusters of these versions. */
describe('claims that are not as they should be keep a Pod from all nodes', () => {
  const unbound = 'pod has unbound immediate PersistentVolumeClaims'
  const missing = 'persistentvolumeclaim "gone" not found'
  const unhelpful = 'preemption: 0/2 nodes are available: 2 Preemption is not helpful for scheduling'
  test.each([
    [18, `running "VolumeBinding" filter plugin for pod "p": ${unbound}`, missing],
    [20, `0/2 nodes are available: 2 ${unbound}.`, `0/2 nodes are available: 2 ${missing}.`],
    [
      24,
      `0/2 nodes are available: 2 ${unbound}. ${unhelpful}.`,
      `0/2 nodes are available: 2 ${missing}. ${unhelpful}.`,
    ],
    [26, `0/2 nodes are available: ${unbound}. ${unhelpful}..`, `0/2 nodes are available: ${missing}. ${unhelpful}..`],
    [30, `0/2 nodes are available: ${unbound}. ${unhelpful}.`, `0/2 nodes are available: ${missing}. ${unhelpful}.`],
    [36, `0/2 nodes are available: ${unbound}. not found`, `0/2 nodes are available: ${missing}. not found`],
  ])('v1.%i', (minor, ofUnbound, ofMissing) => {
    const world = start(minor, claim('c', { storageClassName: 'now' }), wanting('p', 'c'), wanting('q', 'gone'))
    expect([world.message('p'), world.message('q')]).toEqual([ofUnbound, ofMissing])
  })

  test('until they are', () => {
    const world = start(
      28,
      claim('c', { storageClassName: 'now' }),
      volume('v', { nodeAffinity: onNode('b') }),
      wanting('p', 'c'),
    )
    world.bind('c', 'v')
    world.advance(5000)
    expect(world.pod('p')?.spec.nodeName).toBe('b')
  })
})

/** Source: volumebinding/binder_test.go, volume_binding_test.go. */
describe.each([18, 36])('a claim that is bound (v1.%i)', (minor) => {
  const conflict =
    minor === 18 ? 'node(s) had volume node affinity conflict' : "node(s) didn't match PersistentVolume's node affinity"

  test('leaves only nodes that reach its volume', () => {
    const world = start(minor, volume('v', { nodeAffinity: onNode('b') }), claim('c'))
    world.bind('c', 'v')
    world.add(wanting('p', 'c'))
    world.advance(300)
    expect(world.pod('p')?.spec.nodeName).toBe('b')
  })

  test('leaves none when no node does', () => {
    const world = start(minor, volume('v', { nodeAffinity: onNode('z') }), claim('c'))
    world.bind('c', 'v')
    world.add(wanting('p', 'c'))
    world.advance(300)
    expect(world.message('p')).toContain(`0/2 nodes are available: 2 ${conflict}.`)
  })
})

describe.each([18, 26, 36])('a claim that waits for its first Pod (v1.%i)', (minor) => {
  test('is bound to a volume of the node that is chosen, and then the Pod to the node', () => {
    const world = start(minor, storageClass('kubernetes.io/no-provisioner'), volume('v'), claim('c'), wanting('p', 'c'))
    expect(world.volume('v')?.spec?.claimRef).toMatchObject({ name: 'c', uid: world.claim('c')?.metadata.uid })
    expect(world.volume('v')?.metadata.annotations).toEqual({ 'pv.kubernetes.io/bound-by-controller': 'yes' })
    world.advance(30_000)
    expect(world.pod('p')?.spec.nodeName).toBeUndefined()
    world.bind('c', 'v')
    world.advance(1200)
    expect(world.pod('p')?.spec.nodeName).toBe('a')
  })

  test('keeps it from nodes where nothing can be bound or made', () => {
    const world = start(minor, storageClass('kubernetes.io/no-provisioner'), claim('c'), wanting('p', 'c'))
    const text = "0/2 nodes are available: 2 node(s) didn't find available persistent volumes to bind."
    expect(world.message('p')).toContain(text)
    world.add(volume('v'))
    world.advance(5000)
    expect(world.volume('v')?.spec?.claimRef?.name).toBe('c')
  })

  test('is given the node for which its volume is to be made', () => {
    const allowedTopologies = [{ matchLabelExpressions: [{ key: 'kubernetes.io/hostname', values: ['b'] }] }]
    const world = start(minor, storageClass('example.com/disks', { allowedTopologies }), claim('c'), wanting('p', 'c'))
    expect(world.claim('c')?.metadata.annotations).toEqual({ 'volume.kubernetes.io/selected-node': 'b' })
    world.add(volume('made', { nodeAffinity: onNode('b') }))
    world.bind('c', 'made')
    world.advance(1200)
    expect(world.pod('p')?.spec.nodeName).toBe('b')
  })

  test('of two Pods with a claim each, that there is one volume for, one gets it', () => {
    const world = start(minor, storageClass('kubernetes.io/no-provisioner'), volume('v'), claim('c'), claim('d'))
    world.add(wanting('p', 'c'), wanting('q', 'd'))
    world.advance(300)
    const text = "node(s) didn't find available persistent volumes to bind"
    expect([world.message('p'), world.message('q')?.includes(text)]).toEqual([undefined, true])
  })
})

describe('a Pod whose volumes do not come', () => {
  test.each([
    [18, 'Failed to bind volumes: timed out waiting for the condition'],
    [21, 'running PreBind plugin "VolumeBinding": binding volumes: timed out waiting for the condition'],
    [30, 'running PreBind plugin "VolumeBinding": binding volumes: context deadline exceeded'],
  ])('is given up after ten minutes, and tried again on the same node (v1.%i)', (minor, text) => {
    const world = start(minor, storageClass('example.com/disks'), claim('c'), wanting('p', 'c'))
    const chosen = world.claim('c')?.metadata.annotations?.['volume.kubernetes.io/selected-node']
    const idle = world.kernel.events
    world.advance(590_000)
    expect([world.message('p'), world.kernel.events - idle < 20]).toEqual([undefined, true])
    world.advance(10_000)
    expect(world.message('p')).toBe(text)
    world.add(volume('made', { nodeAffinity: undefined, local: undefined, hostPath: { path: '/tmp/x' } }))
    world.bind('c', 'made')
    world.advance(20_000)
    expect([chosen, world.pod('p')?.spec.nodeName !== undefined]).toEqual([expect.any(String), true])
  })

  test('is tried again when its provisioner takes the node back', () => {
    const world = start(30, storageClass('example.com/disks'), claim('c'), wanting('p', 'c'))
    world.patch(persistentVolumeClaims, 'c', {
      metadata: { annotations: { 'volume.kubernetes.io/selected-node': null, x: 'y' } },
    })
    world.advance(1100)
    expect(world.message('p')).toBe(
      'running PreBind plugin "VolumeBinding": binding volumes: provisioning failed for PVC "c"',
    )
  })
})
