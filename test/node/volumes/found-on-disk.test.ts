import { describe, expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'

const amber = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'amber' }, stringData: { k: 'v' } }
const lonely = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'lonely' },
  spec: {
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 2,
    containers: [
      { name: 'app', image: 'busybox', command: ['sleep', '9999'], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
    ],
    volumes: [{ name: 'v', secret: { secretName: 'amber' } }],
  },
}
const running = (version: 'v1.18' | 'v1.22' | 'v1.24' | 'v1.25' | 'v1.26' | 'v1.27' | 'v1.36', seed = 'found') => {
  const sim = createSim({ version, seed, nodes: 1 })
  sim.apply(amber)
  sim.apply(lonely)
  sim.runFor('40s')
  return sim
}
type Running = ReturnType<typeof running>
/** What became of the Pod's volume and containers from `since` on. */
const story = (sim: Running, since: number): readonly string[] =>
  sim.journal.records
    .filter(({ time, type }) => time >= since && /^(volume\.|container\.(stop|exit)$)/.test(type))
    .map(({ type }) => type)

describe('L5 L6 nothing stays of a Pod that was deleted while its kubelet was away', () => {
  const away = (sim: Running): void => {
    sim.fault({ kubelet: 'stop', node: 'node-1', for: '30s' })
    sim.runFor('5s')
    sim.kubectl('delete pod lonely --wait=false')
    sim.runFor('2m')
    expect(sim.get('Pod', 'lonely')).toBeUndefined()
    expect(sim.holdsSecret('node-1', 'amber')).toBe(false)
  }

  // volumemanager/populator of 1.26.1: its first pass takes such Pods, too; volumemanager/reconciler: what was found may be mounted.
  test.each(['v1.26', 'v1.27', 'v1.36'] as const)(
    '%s: nobody has its Secret registered, the rest is torn down',
    (version) => {
      const sim = running(version)
      away(sim)
      const [stop, ...rest] = story(sim, 70_000)
      expect(stop).toBe('container.stop')
      expect(rest.filter((type) => type !== 'volume.set-up-failed')).toEqual(['container.exit', 'volume.tear-down'])
      expect(rest.indexOf('volume.set-up-failed')).toBe(0)
      expect(sim.events().find(({ reason }) => reason === 'FailedMount')?.message).toBe(
        'MountVolume.SetUp failed for volume "v" : object "default"/"amber" not registered',
      )
    },
  )

  // volumemanager/populator of 1.23.1 and 1.25.2 passes by Pods that are ending.
  test.each(['v1.22', 'v1.25'] as const)('%s: its volume goes at once, while its container ends', (version) => {
    const sim = running(version)
    away(sim)
    expect(story(sim, 70_000)).toEqual(['container.stop', 'volume.tear-down', 'container.exit'])
  })
})

describe('L4 L5 a Pod that is deleted when its kubelet has started anew and its Secret is gone', () => {
  const deleted = (sim: Running): void => {
    sim.kubectl('delete secret amber')
    sim.fault({ kubelet: 'restart', node: 'node-1' })
    sim.runFor('25s')
    sim.kubectl('delete pod lonely --wait=false')
    sim.runFor('5m')
  }

  test.each(['v1.26', 'v1.27', 'v1.36'] as const)('%s: its files are torn down', (version) => {
    const sim = running(version)
    deleted(sim)
    expect(sim.get('Pod', 'lonely')).toBeUndefined()
    expect(sim.holdsSecret('node-1', 'amber')).toBe(false)
  })

  // kubelet_volumes.go, podVolumesExist: mounts on the disk count, and nobody takes them down.
  test.each(['v1.18', 'v1.22'] as const)('%s: it stays, as its files do', (version) => {
    const sim = running(version)
    deleted(sim)
    expect(sim.get('Pod', 'lonely')).toBeDefined()
    expect(sim.holdsSecret('node-1', 'amber')).toBe(true)
  })
})

// volumemanager/populator passes by a Pod that is ending, and the wait for its volumes goes on without them (1.22 to 1.26).
test.each(['v1.22', 'v1.26'] as const)(
  'L3 %s: a Pod that is deleted before the populator came by waits 123 s in vain',
  (version) => {
    const sim = createSim({ version, seed: 2, nodes: 1 })
    sim.apply(amber)
    sim.runFor('20s')
    sim.apply(lonely)
    sim.runFor('10ms')
    sim.kubectl('delete pod lonely --wait=false', { commandTime: 0 })
    sim.runFor('122s')
    expect(sim.get('Pod', 'lonely')).toBeDefined()
    sim.runFor('5s')
    expect(sim.get('Pod', 'lonely')).toBeUndefined()
    expect(story(sim, 20_000)).toEqual([])
    const told = sim.events().filter(({ involvedObject }) => involvedObject.kind === 'Pod')
    expect(told.map(({ reason }) => reason)).toEqual(['Scheduled', 'FailedMount'])
  },
)
