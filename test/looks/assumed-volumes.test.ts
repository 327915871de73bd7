import { describe, expect, test } from 'vitest'
import { createSim, type SimOptions } from '../../src/index.ts'

function withVolumes(volumes: readonly object[], options: SimOptions = {}, before: readonly object[] = []) {
  const sim = createSim({ version: 'v1.36', ...options })
  sim.apply(...before, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p' },
    spec: {
      containers: [
        {
          name: 'c',
          image: 'busybox',
          command: ['sleep', '9999'],
          volumeMounts: volumes.map((_, i) => ({ name: `v${i}`, mountPath: `/v${i}` })),
        },
      ],
      volumes: volumes.map((volume, i) => ({ name: `v${i}`, ...volume })),
    },
  })
  sim.runFor('10s')
  return sim
}

const told = (type: string) =>
  `volumes of type ${type}: podsim has no such storage; taken is that it mounts, and is empty at first`

describe('L3 a volume that podsim does not simulate never hangs without a word', () => {
  test.each([
    ['nfs', { server: 's', path: '/' }],
    ['iscsi', { targetPortal: 'a', iqn: 'iqn.2001-04.com.example:storage', lun: 0 }],
    ['cephfs', { monitors: ['a'] }],
    ['rbd', { monitors: ['a'], image: 'i' }],
    ['flexVolume', { driver: 'a/b' }],
    ['azureFile', { secretName: 's', shareName: 'x' }],
    ['gitRepo', { repository: 'https://example.com/x.git' }],
  ])('%s mounts as an empty directory, and why says that this is taken for granted', (type, source) => {
    const sim = withVolumes([{ [type]: source }])
    expect(sim.get('Pod', 'p')?.status?.phase).toBe('Running')
    expect(sim.exec({ pod: 'p' }, ['ls', '-A', '/v0'])).toMatchObject({ exitCode: 0, stdout: '' })
    expect(sim.why('pod/p').assumed).toEqual([told(type)])
  })

  test('types are told once, with the Pods that have them; strict images change nothing', () => {
    const nfs = { nfs: { server: 's', path: '/' } }
    const sim = withVolumes([nfs, nfs, { cephfs: { monitors: ['a'] } }], { unknownImages: 'strict' })
    expect(sim.assumptions()).toEqual([
      { volume: 'nfs', pods: ['default/p'], message: told('nfs') },
      { volume: 'cephfs', pods: ['default/p'], message: told('cephfs') },
    ])
  })

  test('of what is simulated nothing is said', () => {
    const sim = withVolumes([
      { emptyDir: {} },
      { secret: { secretName: 's', optional: true } },
      { hostPath: { path: '/etc' } },
    ])
    expect(sim.assumptions()).toEqual([])
  })

  test('a CSI driver that is there is taken to mount; one that is not mounts nothing, and the Pod says why', () => {
    const csi = { csi: { driver: 'secrets-store.csi.k8s.io', readOnly: true } }
    const driver = {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: 'secrets-store.csi.k8s.io' },
      spec: { attachRequired: false, podInfoOnMount: true, volumeLifecycleModes: ['Ephemeral'] },
    }
    expect(withVolumes([csi], {}, [driver]).why('pod/p').assumed).toEqual([told('csi')])
    const { summary, assumed } = withVolumes([csi]).why('pod/p')
    expect(assumed).toEqual([])
    expect(summary).toContain('driver name secrets-store.csi.k8s.io not found in the list of registered CSI drivers')
  })
})
