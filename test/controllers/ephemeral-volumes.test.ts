import { describe, expect, test } from 'vitest'
import { createSim, type Sim, type SimOptions } from '../../src/index.ts'

const storageClass = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  metadata: { name: 'fast' },
  provisioner: 'disks.example',
}
const spec = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } }
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace: 'default' },
  spec: {
    containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 'scratch', mountPath: '/scratch' }] }],
    volumes: [
      { name: 'scratch', ephemeral: { volumeClaimTemplate: { metadata: { labels: { for: 'scratch' } }, spec } } },
    ],
  },
})
const foreign = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'p-scratch', namespace: 'default' },
  spec,
}

function begun(version: SimOptions['version'], ...objects: readonly object[]): Sim {
  const sim = createSim({ journal: 'off', version, provisioners: [{ name: 'disks.example' }] })
  for (const object of [storageClass, ...objects, pod('p')]) sim.apply(object)
  sim.runFor('30s')
  return sim
}
const claims = (sim: Sim) => sim.list('PersistentVolumeClaim', { namespace: 'default' }).map(({ metadata }) => metadata)
const texts = (sim: Sim, reason: string): readonly string[] => [
  ...new Set(sim.events().flatMap((event) => (event.reason === reason ? (event.message ?? []) : []))),
]

/** Source: pkg/controller/volume/ephemeral/controller.go. */
describe('claims of ephemeral volumes', () => {
  test.each(['v1.21', 'v1.36'] as const)('%s: made for the Pod, mounted, and gone with it', (version) => {
    const sim = begun(version)
    expect(sim.get('Pod', 'p')?.status?.phase).toBe('Running')
    const { uid } = sim.get('Pod', 'p')?.metadata ?? {}
    expect(claims(sim)).toEqual([
      expect.objectContaining({
        name: 'p-scratch',
        labels: { for: 'scratch' },
        ownerReferences: [
          { apiVersion: 'v1', kind: 'Pod', name: 'p', uid, controller: true, blockOwnerDeletion: true },
        ],
      }),
    ])
    sim.kubectl('delete pod p')
    sim.runFor('5s')
    expect(claims(sim)).toEqual([])
  })

  test.each([
    [
      'v1.22',
      /^ephemeral volume scratch: PVC "default\/p-scratch" \(uid: "[-0-9a-f]{36}"\) was not created for the pod$/,
      /: 1 persistentvolumeclaim "p-scratch" was not created for the pod\.$/,
    ],
    [
      'v1.23',
      /^ephemeral volume scratch: PVC default\/p-scratch was not created for pod default\/p \(pod is not owner\)$/,
      /: 1 PVC default\/p-scratch was not created for pod default\/p \(pod is not owner\)\.$/,
    ],
  ] as const)('%s: a claim of that name that somebody else made is not taken', (version, told, unscheduled) => {
    const sim = begun(version, foreign)
    expect(texts(sim, 'FailedBinding')).toEqual([expect.stringMatching(told)])
    expect(texts(sim, 'FailedScheduling')).toEqual([expect.stringMatching(unscheduled)])
    // Once it is out of the way the Pod gets one of its own.
    sim.kubectl('delete pvc p-scratch')
    sim.runFor('30s')
    expect(sim.get('Pod', 'p')?.status?.phase).toBe('Running')
  })

  test.each([
    ['v1.22', 'persistentvolumeclaim "p-scratch" not found'],
    ['v1.23', 'waiting for ephemeral volume controller to create the persistentvolumeclaim "p-scratch"'],
  ] as const)('%s: while the controller rests the Pod waits', (version, text) => {
    const sim = createSim({ journal: 'off', version, provisioners: [{ name: 'disks.example' }] })
    sim.fault({ controller: 'ephemeral-volume', for: '10s' })
    sim.apply(storageClass)
    sim.apply(pod('p'))
    sim.runFor('5s')
    expect(texts(sim, 'FailedScheduling')).toEqual([`0/1 nodes are available: 1 ${text}.`])
    sim.runFor('60s')
    expect(sim.get('Pod', 'p')?.status?.phase).toBe('Running')
  })
})
