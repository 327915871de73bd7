import { describe, expect, test } from 'vitest'
import { createSim, type KubeObject, type SimOptions } from '../../src/index.ts'

/** Members of objects that came with a version, beside those that the recordings show. */

const service = (name: string, spec: object) => ({ apiVersion: 'v1', kind: 'Service', metadata: { name }, spec })
// Any object may be asked for a spec.
const specOf = (object: KubeObject | undefined) => (object as { readonly spec?: object } | undefined)?.spec // read only

describe('Services', () => {
  test.each<[SimOptions['version'], object]>([
    ['v1.18', {}],
    ['v1.20', { clusterIPs: [expect.stringMatching(/^10\./)] }],
    ['v1.21', { clusterIPs: [expect.anything()], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }],
    [
      'v1.22',
      {
        clusterIPs: [expect.anything()],
        ipFamilies: ['IPv4'],
        ipFamilyPolicy: 'SingleStack',
        internalTrafficPolicy: 'Cluster',
      },
    ],
  ])('%s', (version, more) => {
    const sim = createSim({ journal: 'off', seed: 'services', version })
    sim.apply(service('web', { ports: [{ port: 80 }], selector: { app: 'web' } }))
    expect(specOf(sim.get('Service', 'web'))).toEqual({
      clusterIP: expect.stringMatching(/^10\./),
      ports: [{ port: 80, protocol: 'TCP', targetPort: 80 }],
      selector: { app: 'web' },
      sessionAffinity: 'None',
      type: 'ClusterIP',
      ...more,
    })
  })

  test('without addresses of their own, and without Pods, they may have both families', () => {
    const sim = createSim({ journal: 'off', seed: 'services', version: 'v1.36' })
    sim.apply(
      service('open', { clusterIP: 'None', ports: [{ port: 80 }] }),
      service('headless', { clusterIP: 'None', selector: { a: 'b' } }),
      service('far', { type: 'ExternalName', externalName: 'example.com' }),
      service('out', { type: 'LoadBalancer', ports: [{ port: 80 }] }),
    )
    const open = { clusterIPs: ['None'], ipFamilies: ['IPv4', 'IPv6'], ipFamilyPolicy: 'RequireDualStack' }
    expect(specOf(sim.get('Service', 'open'))).toMatchObject(open)
    const headless = { clusterIPs: ['None'], ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack' }
    expect(specOf(sim.get('Service', 'headless'))).toMatchObject(headless)
    expect(specOf(sim.get('Service', 'far'))).toEqual({
      type: 'ExternalName',
      externalName: 'example.com',
      sessionAffinity: 'None',
    })
    expect(specOf(sim.get('Service', 'out'))).toMatchObject({ allocateLoadBalancerNodePorts: true })
  })

  test('a change of type takes the addresses away and keeps them', () => {
    const sim = createSim({ journal: 'off', seed: 'services', version: 'v1.36' })
    sim.apply(service('web', { ports: [{ port: 80 }], selector: { app: 'web' } }))
    const before = specOf(sim.get('Service', 'web'))
    sim.kubectl('label service web a=b')
    sim.kubectl(`replace -f -`, {
      stdin: JSON.stringify(service('web', { ports: [{ port: 80 }], selector: { app: 'web' } })),
    })
    expect(specOf(sim.get('Service', 'web'))).toEqual(before)
  })
})

describe('a Pod that fits nowhere', () => {
  const pod = (cpu: string) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'large' },
    spec: { containers: [{ name: 'c', image: 'nginx', resources: { requests: { cpu } } }] },
  })

  test.each<[SimOptions['version'], string, string]>([
    ['v1.18', '64', '0/1 nodes are available: 1 Insufficient cpu.'],
    [
      'v1.33',
      '64',
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    ],
    [
      'v1.34',
      '64',
      '0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling.',
    ],
  ])('%s', (version, cpu, message) => {
    const sim = createSim({ journal: 'off', seed: 'large', version, nodes: 1 })
    sim.apply(pod(cpu))
    sim.runFor('1s')
    expect(sim.kubectl('get pod large -o jsonpath={.status.conditions[0].message}').stdout).toBe(message)
  })

  test.each<[SimOptions['version'], string]>([
    ['v1.34', '1 node(s) had untolerated taint {gone: now}'],
    ['v1.35', '1 node(s) had untolerated taint(s)'],
  ])('for a taint, %s', (version, reason) => {
    const sim = createSim({ journal: 'off', seed: 'large', version, nodes: 1 })
    sim.kubectl('taint node node-1 gone=now:NoSchedule')
    sim.apply(pod('1'))
    sim.runFor('1s')
    expect(sim.kubectl('get pod large -o jsonpath={.status.conditions[0].message}').stdout).toContain(
      `${reason}. no new`,
    )
  })
})
