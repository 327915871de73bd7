import { describe, expect, test } from 'vitest'
import { authenticated, nodeUser } from '../../../src/apiserver/auth/users.ts'
import { ask, boundPod, secretVolume, testAuthorization } from './helpers.ts'

const node1 = nodeUser('node-1')
const secret = (verb: string, name: string) => ask(node1, verb, 'secrets', { name })

describe('S1 facts/apiserver.md 5.2', () => {
  test.each([
    ['a volume', secretVolume('db')],
    ['a projected volume', { volumes: [{ name: 'v', projected: { sources: [{ secret: { name: 'db' } }] } }] }],
    ['a pull secret', { imagePullSecrets: [{ name: 'db' }] }],
    ['envFrom', { containers: [{ name: 'c', envFrom: [{ secretRef: { name: 'db' } }] }] }],
    [
      'the environment of an init container',
      { initContainers: [{ name: 'i', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'k' } } }] }] },
    ],
    ['a flex volume', { volumes: [{ name: 'v', flexVolume: { secretRef: { name: 'db' } } }] }],
  ])('a node reads the Secret that %s of its Pod refers to, until the last such Pod is gone', (_, spec) => {
    const { authorizer, observe } = testAuthorization()
    const decide = () => authorizer.authorize(secret('get', 'db')).decision
    expect(decide()).toBe('noOpinion')
    observe('pods', { type: 'ADDED', object: boundPod('p', 'node-1', spec) })
    observe('pods', { type: 'ADDED', object: boundPod('q', 'node-1', spec) })
    expect(decide()).toBe('allow')
    observe('pods', { type: 'DELETED', object: boundPod('p', 'node-1', spec) })
    expect(decide()).toBe('allow')
    observe('pods', { type: 'DELETED', object: boundPod('q', 'node-1', spec) })
    expect(decide()).toBe('noOpinion')
  })

  test.each([
    [18, 'no relationship found between node "node-1" and this object'],
    [26, "no relationship found between node 'node-1' and this object"],
  ])('v1.%i says why another Secret is out of reach', (minor, reason) => {
    const { authorizer, observe } = testAuthorization(minor)
    observe('pods', { type: 'ADDED', object: boundPod('p', 'node-2', secretVolume('db')) })
    expect(authorizer.authorize(secret('get', 'db'))).toEqual({ decision: 'noOpinion', reason })
  })

  test.each([
    ['list', '', {}, 'No Object name found'],
    ['list', 'db', { namespace: '' }, 'can only read namespaced object of this type'],
    ['create', '', {}, 'can only read resources of this type'],
    ['get', 'db', { subresource: 'x' }, 'cannot read subresource'],
  ])('%s of %j %o is answered with: %s', (verb, name, rest, reason) => {
    const { authorizer } = testAuthorization()
    const attributes = ask(node1, verb, 'secrets', { name, ...rest })
    expect(authorizer.authorize(attributes)).toEqual({ decision: 'noOpinion', reason })
  })

  test('a user of the group without a node name is unknown', () => {
    const { authorizer } = testAuthorization()
    const nobody = authenticated({ name: 'system:node:', groups: ['system:nodes'] })
    const reason = 'unknown node for user "system:node:"'
    expect(authorizer.authorize(ask(nobody, 'get', 'secrets'))).toEqual({ decision: 'noOpinion', reason })
  })

  test('a mirror Pod entitles its node to nothing', () => {
    const { authorizer, observe } = testAuthorization()
    const pod = boundPod('p', 'node-1', secretVolume('db'))
    const annotations = { 'kubernetes.io/config.mirror': 'x' }
    observe('pods', { type: 'ADDED', object: { ...pod, metadata: { ...pod.metadata, annotations } } })
    expect(authorizer.authorize(secret('get', 'db')).decision).toBe('noOpinion')
  })

  test('a Secret of a PersistentVolume is in reach through the claim of a Pod', () => {
    const { authorizer, observe } = testAuthorization()
    const volumes = [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }]
    observe('pods', { type: 'ADDED', object: boundPod('p', 'node-1', { volumes }) })
    const spec = { claimRef: { namespace: 'prod', name: 'data' }, rbd: { secretRef: { name: 'ceph' } } }
    const volume = { apiVersion: 'v1', kind: 'PersistentVolume', metadata: { name: 'pv' }, spec }
    observe('persistentvolumes', { type: 'ADDED', object: volume })
    expect(authorizer.authorize(secret('get', 'ceph')).decision).toBe('allow')
    expect(authorizer.authorize(ask(node1, 'get', 'persistentvolumes', { name: 'pv' })).decision).toBe('allow')
    observe('persistentvolumes', { type: 'DELETED', object: volume })
    expect(authorizer.authorize(secret('get', 'ceph')).decision).toBe('noOpinion')
  })

  test('corrections.md kubelet 7: the graph may hear of a Pod a little later than the kubelet', () => {
    const { authorizer, observe, kernel } = testAuthorization(18, () => 300)
    observe('pods', { type: 'ADDED', object: boundPod('p', 'node-1', secretVolume('db')) })
    kernel.runUntil(299)
    expect(authorizer.authorize(secret('get', 'db')).decision).toBe('noOpinion')
    kernel.runUntil(300)
    expect(authorizer.authorize(secret('get', 'db')).decision).toBe('allow')
  })

  test('L3 a server that starts anew knows no Pod until it has listed: what comes and goes meanwhile is in its lists', () => {
    const { authorizer, observe, beginAnew, kernel } = testAuthorization()
    const here = boundPod('p', 'node-1', secretVolume('db'))
    observe('pods', { type: 'ADDED', object: here })
    const late = boundPod('late', 'node-1', secretVolume('late'))
    beginAnew(() => [{ resource: 'pods', objects: [here, late] }], 700)
    observe('pods', { type: 'ADDED', object: late })
    kernel.runUntil(699)
    expect(authorizer.authorize(secret('get', 'db')).decision).toBe('noOpinion')
    kernel.runUntil(700)
    for (const name of ['db', 'late']) expect(authorizer.authorize(secret('get', name)).decision).toBe('allow')
    observe('pods', { type: 'DELETED', object: here })
    expect(authorizer.authorize(secret('get', 'db')).decision).toBe('noOpinion')
  })

  test('from v1.32 a node lists only its own Pods and reads only its own Node', () => {
    const list = (fieldSelector: string) => ask(node1, 'list', 'pods', { fieldSelector })
    const old = testAuthorization(18).authorizer
    expect(old.authorize(list('')).decision).toBe('allow')
    const { authorizer } = testAuthorization(36)
    expect(authorizer.authorize(list('spec.nodeName=node-1')).decision).toBe('allow')
    const reason = 'can only list/watch pods with spec.nodeName field selector'
    expect(authorizer.authorize(list('spec.nodeName=node-2'))).toEqual({ decision: 'noOpinion', reason })
    const other = ask(node1, 'get', 'nodes', { namespace: '', name: 'node-2' })
    const why = "node 'node-1' cannot read 'node-2', only its own Node object"
    expect(authorizer.authorize(other)).toEqual({ decision: 'noOpinion', reason: why })
  })
})
