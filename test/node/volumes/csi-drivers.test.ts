import { describe, expect, test } from 'vitest'
import { checkManifests } from '../../../src/check/check.ts'
import { createSim } from '../../../src/sim/create-sim.ts'

const driver = 'secrets-store.csi.k8s.io'
const pod = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    containers: [
      { name: 'c', image: 'busybox', command: ['sleep', '3600'], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    ],
    volumes: [{ name: 'v', csi: { driver, readOnly: true, volumeAttributes: { secretProviderClass: 'app' } } }],
  },
})
const driverObject = (volumeLifecycleModes: readonly string[]) => ({
  apiVersion: 'storage.k8s.io/v1',
  kind: 'CSIDriver',
  metadata: { name: driver },
  spec: { attachRequired: false, volumeLifecycleModes },
})

function world(version: 'v1.25' | 'v1.26', ...objects: readonly object[]) {
  const sim = createSim({ journal: 'off', seed: 'csi', version, nodes: 1 })
  for (const object of [...objects, pod('app')]) sim.apply(object)
  sim.runFor('10s')
  return {
    sim,
    phase: () => sim.kubectl(['get', 'pod', 'app', '-o', 'jsonpath={.status.phase}']).stdout,
    failed: () =>
      sim.kubectl(['get', 'events', '--field-selector=reason=FailedMount', '-o', 'jsonpath={.items[0].message}'])
        .stdout,
  }
}

// Source: pkg/volume/csi/csi_plugin.go of v1.19 and v1.23, csi_mounter.go of v1.28.
describe('a volume that a Pod asks of a CSI driver', () => {
  test('is not mounted where the cluster does not have the driver, and the event says so in the words of the version', () => {
    const older = world('v1.25')
    expect(older.failed()).toBe(
      `MountVolume.NewMounter initialization failed for volume "v" : volume mode "Ephemeral" not supported by driver ${driver} (no CSIDriver object)`,
    )
    const newer = world('v1.26')
    expect(newer.failed()).toBe(
      `MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetUpAt failed to get CSI client: driver name ${driver} not found in the list of registered CSI drivers`,
    )
    expect([older.phase(), newer.phase()]).toEqual(['Pending', 'Pending'])
    newer.sim.apply(driverObject(['Ephemeral']))
    newer.sim.runFor('2m')
    expect(newer.phase()).toBe('Running')
  })

  test('is not mounted by a driver for claims alone', () => {
    const refusal = `volume mode "Ephemeral" not supported by driver ${driver} (only supports ["Persistent"])`
    expect(world('v1.25', driverObject(['Persistent'])).failed()).toBe(
      `MountVolume.NewMounter initialization failed for volume "v" : ${refusal}`,
    )
    expect(world('v1.26', driverObject(['Persistent'])).failed()).toBe(
      `MountVolume.SetUp failed for volume "v" : kubernetes.io/csi: mounter.SetupAt failed to check volume lifecycle mode: ${refusal}`,
    )
  })

  test('is taken to be mounted by the cluster that manifests are checked for', () => {
    const report = checkManifests([{ name: 'pod.yaml', text: JSON.stringify(pod('app')) }], { version: 'v1.26' })
    expect(report.blocked).toEqual([])
    expect(report.assumed.map(({ message }) => message)).toContain(
      'volume v of pod app is of type csi: taken is that it mounts, and is empty',
    )
  })
})
