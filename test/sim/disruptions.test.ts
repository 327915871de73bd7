import { expect, test } from 'vitest'
import type { Pod, PodCondition } from '../../src/api/types/core.ts'
import { createSim, type Sim, type SimOptions } from '../../src/index.ts'

/** What a Pod is told of why it is taken away: the condition DisruptionTarget, from v1.26 on. */

const pod = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, finalizers: ['podsim.test/kept'] },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
})

/** Of a Pod that a finalizer keeps, so that what it was told last is there to be read. */
function told(sim: Sim, name: string): Partial<PodCondition> | undefined {
  const found = sim.get<Pod>('Pod', name)?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
  if (found === undefined) return undefined
  const { lastTransitionTime: _time, ...rest } = found
  return rest
}

const condition = (reason: string, message: string, version: string) => ({
  type: 'DisruptionTarget',
  ...(version === 'v1.36' ? { observedGeneration: 2 } : {}),
  status: 'True',
  lastProbeTime: null,
  reason,
  message,
})

test.each<SimOptions['version']>(['v1.18', 'v1.26', 'v1.36'])('an eviction by the API, %s', (version) => {
  const sim = createSim({ journal: 'off', seed: 'disrupted', version })
  sim.apply(pod('a'))
  sim.runFor('10s')
  const evicted = sim.request({
    method: 'POST',
    path: '/api/v1/namespaces/default/pods/a/eviction',
    user: 'admin',
    body: {
      apiVersion: version === 'v1.18' ? 'policy/v1beta1' : 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'a' },
    },
  })
  expect(evicted.code).toBe(201)
  const one = condition('EvictionByEvictionAPI', 'Eviction API: evicting', '')
  expect(told(sim, 'a')).toEqual(
    version === 'v1.18' ? undefined : version === 'v1.36' ? { ...one, observedGeneration: 1 } : one,
  )
})

test.each<SimOptions['version']>(['v1.18', 'v1.26'])('a taint, %s', (version) => {
  const sim = createSim({ journal: 'off', seed: 'disrupted', version })
  sim.apply(pod('a'))
  sim.runFor('10s')
  sim.kubectl('taint node --all gone=now:NoExecute')
  sim.runFor('5s')
  expect(sim.get<Pod>('Pod', 'a')?.metadata.deletionTimestamp).toBeDefined()
  expect(told(sim, 'a')).toEqual(
    version === 'v1.18'
      ? undefined
      : condition('DeletionByTaintManager', 'Taint manager: deleting due to NoExecute taint', ''),
  )
})

test.each<SimOptions['version']>(['v1.18', 'v1.26'])('a Pod of higher priority, %s', (version) => {
  const sim = createSim({ journal: 'off', seed: 'disrupted', version, nodes: 1 })
  const large = { requests: { cpu: '3' } }
  const containers = [{ name: 'c', image: 'nginx', resources: large }]
  sim.apply(pod('low', { containers }))
  sim.runFor('10s')
  sim.apply(pod('high', { containers, priorityClassName: 'system-cluster-critical' }))
  sim.runFor('5s')
  expect(sim.get<Pod>('Pod', 'low')?.metadata.deletionTimestamp).toBeDefined()
  expect(told(sim, 'low')).toEqual(
    version === 'v1.18'
      ? undefined
      : condition('PreemptionByScheduler', 'default-scheduler: preempting to accommodate a higher priority pod', ''),
  )
})

test.each<SimOptions['version']>(['v1.18', 'v1.26'])('a node that is gone, %s', (version) => {
  const sim = createSim({ journal: 'off', seed: 'disrupted', version, nodes: 2 })
  sim.apply(pod('a', { nodeName: 'node-1' }))
  sim.runFor('10s')
  sim.fault({ remove: 'node-1' })
  sim.runFor('2m')
  expect(sim.get<Pod>('Pod', 'a')?.metadata.deletionGracePeriodSeconds).toBe(0)
  expect(sim.get<Pod>('Pod', 'a')?.status?.phase).toBe(version === 'v1.18' ? 'Running' : 'Failed')
  expect(told(sim, 'a')).toEqual(
    version === 'v1.18' ? undefined : condition('DeletionByPodGC', 'PodGC: node no longer exists', ''),
  )
})

test.each<[SimOptions['version'], seconds: number, earlier: number]>([
  ['v1.32', 2, 28],
  ['v1.33', 1, 27],
])('L6 %s: a deletion that is shortened to less than what has passed', (version, seconds, earlier) => {
  const sim = createSim({ journal: 'off', seed: 'sooner', version })
  const containers = [{ name: 'c', image: 'busybox', command: ['sleep', '9999'] }]
  sim.apply(pod('a', { terminationGracePeriodSeconds: 30, containers }))
  sim.runFor('10s')
  const deletedBy = (body: object) => {
    sim.request({ user: 'admin', method: 'DELETE', path: '/api/v1/namespaces/default/pods/a', body })
    const { deletionGracePeriodSeconds, deletionTimestamp = '' } = sim.get<Pod>('Pod', 'a')?.metadata ?? {}
    return { seconds: deletionGracePeriodSeconds, at: Date.parse(deletionTimestamp) / 1000 }
  }
  const first = deletedBy({})
  sim.runFor('3s')
  const second = deletedBy({ gracePeriodSeconds: 2 })
  expect([first.seconds, second.seconds, first.at - second.at]).toEqual([30, seconds, earlier])
})
