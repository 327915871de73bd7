import { describe, expect, test } from 'vitest'
import type { KubeObject } from '../../../src/api/types/meta.ts'
import type { AdmissionLookup, AdmissionRequest } from '../../../src/apiserver/admission/plugin.ts'
import { nodeRestriction } from '../../../src/apiserver/auth/node-restriction.ts'
import { nodeUser } from '../../../src/apiserver/auth/users.ts'
import { createServiceAddresses } from '../../../src/apiserver/registry/service-addresses.ts'
import type { RegistryContext } from '../../../src/apiserver/registry/strategy.ts'
import { createCalendar } from '../../../src/kernel/calendar.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { resolveFeatureGates } from '../../../src/versions/feature-gates.ts'
import { boundPod, secretVolume } from './helpers.ts'

const contextOf = (minor: number): RegistryContext => ({
  kernel: createKernel(),
  calendar: createCalendar(0),
  minor,
  gates: resolveFeatureGates(minor),
  random: createRandomStreams('test').stream('test'),
  renewedTokens: (key) => key,
  addresses: createServiceAddresses(),
})

const node: KubeObject = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'node-1', uid: 'n1' } }
const stored: readonly KubeObject[] = [node, boundPod('mine', 'node-1'), boundPod('other', 'node-2')]
const lookup: AdmissionLookup = {
  get: (_, __, name) => stored.find(({ metadata }) => metadata.name === name) as never,
  list: () => [],
}

/** What a node is told, or `admitted`. */
function verdict(
  request: Partial<Omit<AdmissionRequest, 'resource'>> & { readonly resource: string },
  minor = 18,
): string {
  const { resource, ...rest } = request
  const group = resource === 'leases' ? 'coordination.k8s.io' : ''
  const admitted = nodeRestriction.admit?.(
    {
      operation: 'CREATE',
      user: nodeUser('node-1'),
      kind: '',
      subresource: '',
      namespace: 'prod',
      name: '',
      object: undefined,
      oldObject: undefined,
      dryRun: false,
      ...rest,
      resource: { group, version: 'v1', resource },
    },
    lookup,
    contextOf(minor),
  )
  return admitted === undefined || admitted.ok ? 'admitted' : (admitted.status.message ?? '')
}

const mirror = { 'kubernetes.io/config.mirror': 'hash' }
const owner = { apiVersion: 'v1', kind: 'Node', name: 'node-1', uid: 'n1', controller: true }

function mirrorPod(spec: object = {}, metadata: object = { ownerReferences: [owner] }) {
  const pod = boundPod('p', 'node-1', spec)
  return { ...pod, metadata: { name: 'p', namespace: 'prod', annotations: mirror, ...metadata } }
}

describe('S1 facts/apiserver.md 5.2, NodeRestriction', () => {
  test.each([
    [
      'is no mirror Pod',
      boundPod('p', 'node-1'),
      'pod does not have "kubernetes.io/config.mirror" annotation, node "node-1" can only create mirror pods',
    ],
    [
      'is for another node',
      { ...mirrorPod(), spec: boundPod('p', 'node-2').spec },
      'node "node-1" can only create pods with spec.nodeName set to itself',
    ],
    [
      'uses a service account',
      mirrorPod({ serviceAccountName: 'x' }),
      'node "node-1" can not create pods that reference a service account',
    ],
    ['uses a Secret', mirrorPod(secretVolume('db')), 'node "node-1" can not create pods that reference secrets'],
    [
      'uses a ConfigMap',
      mirrorPod({ volumes: [{ name: 'v', configMap: { name: 'c' } }] }),
      'node "node-1" can not create pods that reference configmaps',
    ],
    [
      'has another owner',
      mirrorPod({}, { ownerReferences: [{ ...owner, name: 'x' }] }),
      'node "node-1" can only create pods with an owner reference set to itself',
    ],
    [
      'has an owner of another life',
      mirrorPod({}, { ownerReferences: [{ ...owner, uid: 'n0' }] }),
      'node node-1 UID mismatch: expected n0 got n1',
    ],
  ])('a node may not create a Pod that %s', (_, object, why) => {
    expect(verdict({ resource: 'pods', object })).toBe(`pods "p" is forbidden: ${why}`)
  })

  test('a node may create its mirror Pods; from v1.20 on they are owned by it', () => {
    expect(verdict({ resource: 'pods', object: mirrorPod() })).toBe('admitted')
    expect(verdict({ resource: 'pods', object: mirrorPod({}, {}) })).toBe('admitted')
    expect(verdict({ resource: 'pods', object: mirrorPod({}, {}) }, 26)).toMatch(/an owner reference set to itself$/)
  })

  test('a node deletes its own Pods only', () => {
    const remove = (name: string) => verdict({ resource: 'pods', operation: 'DELETE', name })
    expect(remove('mine')).toBe('admitted')
    expect(remove('other')).toMatch(/node "node-1" can only delete pods with spec.nodeName set to itself$/)
    expect(remove('gone')).toBe('pod "gone" not found')
  })

  test.each([
    ['kubernetes.io/hostname', 'admitted', 'admitted'],
    ['kubelet.kubernetes.io/x', 'admitted', 'admitted'],
    ['example.com/x', 'admitted', 'admitted'],
    ['kubernetes.io/odd', 'admitted', 'refused'],
    ['node-restriction.kubernetes.io/x', 'refused', 'refused'],
  ])('a node that registers with the label %s is %s in v1.18 and %s later', (label, old, later) => {
    const object = { ...node, metadata: { name: 'node-1', labels: { [label]: 'x' } } }
    const outcome = (minor: number) =>
      verdict({ resource: 'nodes', name: 'node-1', object }, minor) === 'admitted' ? 'admitted' : 'refused'
    expect([outcome(18), outcome(26)]).toEqual([old, later])
  })

  test('a token is for a Pod of the node', () => {
    const object = (boundObjectRef: object | undefined): KubeObject =>
      ({
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        metadata: { name: '' },
        spec: { boundObjectRef },
      }) as KubeObject
    const ask = (reference?: object) =>
      verdict({ resource: 'serviceaccounts', subresource: 'token', name: 'default', object: object(reference) })
    const of = (name: string) => ({ apiVersion: 'v1', kind: 'Pod', name, uid: `uid-${name}` })
    expect(ask()).toMatch(/node requested token not bound to a pod$/)
    expect(ask(of('mine'))).toBe('admitted')
    expect(ask(of('other'))).toMatch(/node requested token bound to a pod scheduled on a different node$/)
    expect(ask({ ...of('mine'), uid: 'x' })).toMatch(/does not match the UID in record \(uid-mine\)/)
  })

  test('other users are not looked at', () => {
    const user = { name: 'jane', groups: [] }
    expect(verdict({ resource: 'pods', user, object: boundPod('p', 'node-9') })).toBe('admitted')
  })
})
