import { describe, expect, test } from 'vitest'
import { kubeletConfiguration } from '../../../src/node/kubelet/configuration.ts'
import { answered } from '../../client/answered.ts'
import { createWorld, mounting, secret } from '../kubelet/world.ts'
import { annotate, secondsOf } from './world.ts'

/** facts/kubelet.md, section 2: settings and clocks. Each sync refreshes a mounted Secret: so syncs can be counted. */

/** A Pod whose volume is there and whose variable is not. */
function brokenBesideItsVolume(): object {
  const valueFrom = { secretKeyRef: { name: 'absent', key: 'k' } }
  const volumeMounts = [{ name: 'v', mountPath: '/etc/v' }]
  const app = { name: 'app', image: 'local/app:1', command: ['serve'], env: [{ name: 'X', valueFrom }], volumeMounts }
  return mounting('broken', 's', { containers: [app] })
}

describe('2.1 defaults', () => {
  test.each([
    { minor: 18, kubeAPIQPS: 5, kubeAPIBurst: 10, eventRecordQPS: 5, eventBurst: 10 },
    { minor: 26, kubeAPIQPS: 5, kubeAPIBurst: 10, eventRecordQPS: 5, eventBurst: 10 },
    { minor: 36, kubeAPIQPS: 50, kubeAPIBurst: 100, eventRecordQPS: 50, eventBurst: 100 },
  ])('U3 of 1.$minor', ({ minor, ...limits }) => {
    expect(kubeletConfiguration(minor)).toMatchObject({
      ...limits,
      configMapAndSecretChangeDetectionStrategy: 'Watch',
      syncFrequency: 60_000,
      fileCheckFrequency: 20_000,
      httpCheckFrequency: 20_000,
      nodeStatusUpdateFrequency: 10_000,
      nodeStatusReportFrequency: 300_000,
      nodeLeaseDurationSeconds: 40,
      registryPullQPS: 5,
      registryBurst: 10,
      serializeImagePulls: true,
      runtimeRequestTimeout: 120_000,
      maxPods: 110,
      crashLoopBackOffMaxMs: 300_000,
    })
  })

  test('a report frequency follows an update frequency that was set; parallel pulls end their serialization', () => {
    expect(kubeletConfiguration(18, { nodeStatusUpdateFrequency: 20_000 }).nodeStatusReportFrequency).toBe(20_000)
    expect(kubeletConfiguration(36, { maxParallelImagePulls: 3 }).serializeImagePulls).toBe(false)
  })
})

describe('2.2 and 2.3 pod workers', () => {
  test('U3 a healthy Pod is synced every 61 to 90 s, a broken one every 11 to 15 s', () => {
    const world = createWorld({ recordIdleSyncs: true })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('healthy', 's'))
    world.create(brokenBesideItsVolume())
    world.run(1500)
    const gaps = (pod: string) => {
      const syncs = world.journal.query({
        type: 'volume.set-up',
        object: { kind: 'Pod', namespace: 'default', name: pod },
      })
      const times = syncs.map(({ time }) => time)
      // The first three come with the start.
      return times.slice(4).map((time, i) => (time - (times[i + 3] ?? 0)) / 1000)
    }
    const { healthy, broken } = { healthy: gaps('healthy'), broken: gaps('broken') }
    expect(healthy.length).toBeGreaterThan(14)
    expect(Math.min(...healthy)).toBeGreaterThanOrEqual(60.5)
    expect(Math.max(...healthy)).toBeLessThanOrEqual(90.5)
    expect(broken.length).toBeGreaterThan(80)
    expect(Math.min(...broken)).toBeGreaterThanOrEqual(10.5)
    expect(Math.max(...broken)).toBeLessThanOrEqual(16.1)
  })

  test('U1 an annotation starts a sync at once, an echo of the status none', () => {
    const world = createWorld({ recordIdleSyncs: true })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's'))
    world.run(30)
    const syncs = () => secondsOf(world, 'volume.set-up').length
    const before = syncs()
    const pod = world.pod('p')
    const status = { ...pod?.status, message: 'from elsewhere' }
    answered(
      world.admin.update(
        { group: '', version: 'v1', resource: 'pods' },
        { ...pod, status } as object as NonNullable<typeof pod>,
        { subresource: 'status' } as never,
      ),
      () => undefined,
    )
    world.run(3)
    expect(syncs()).toBe(before)
    annotate(world, 'p')
    world.run(3)
    expect(syncs()).toBe(before + 1)
  })

  test.each([
    // 1.18 to 1.34: a Pod in crash back-off is synced every 10 to 15 s; later at the end of its back-off.
    { minor: 18, least: 25, most: 60 },
    { minor: 36, least: 8, most: 24 },
  ])('L6 a Pod in crash back-off is synced $least to $most times in 8 minutes (1.$minor)', ({ minor, least, most }) => {
    const world = createWorld({ minor, recordIdleSyncs: true })
    world.create(secret('s', { a: '1' }))
    world.create(mounting('p', 's', {}, ['exit-after', '0', '1']))
    world.run(480)
    const syncs = secondsOf(world, 'volume.set-up').length
    expect(syncs).toBeGreaterThanOrEqual(least)
    expect(syncs).toBeLessThanOrEqual(most)
  })
})
