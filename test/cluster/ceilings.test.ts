import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'
import { kubeletConfiguration } from '../../src/node/kubelet/configuration.ts'

/** Seconds from each to the next. */
const gaps = (times: readonly number[]): readonly number[] =>
  times.slice(1).map((at, i) => Math.round((at - (times[i] ?? 0)) / 1000))

const inVain = (name: string, more: object) => ({
  ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name } },
  spec: { containers: [{ name: 'c', image: 'busybox', ...more }] },
})

test('facts apiserver 9.4: a Pod that fits nowhere is tried again after 1, 2, 4, 8 s, and every 10 s from then on', () => {
  const sim = createSim({ seed: 'ceiling', nodes: 1, commandTime: 0 })
  sim.apply(inVain('giant', { resources: { requests: { cpu: '999' } } }))
  // Each change of a node sends it back to the queue.
  for (let i = 0; i < 60; i++) {
    sim.runFor('1s')
    sim.kubectl(`label node node-1 look=${i} --overwrite`)
  }
  const tries = sim.journal.records.flatMap(({ type, time }) => (type === 'pod.unschedulable' ? [time] : []))
  const found = gaps(tries)
  expect(found.filter((seconds) => seconds > 10)).toEqual([])
  expect(found.slice(-3)).toEqual([10, 10, 10])
})

test('facts apiserver, Job: Pods that fail come again after 10 s, twice as long each time, 360 s at most', () => {
  const sim = createSim({ seed: 'ceiling', nodes: 1 })
  const { spec } = inVain('task', { command: ['false'] })
  const template = { spec: { ...spec, restartPolicy: 'Never' } }
  sim.apply({ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'task' }, spec: { backoffLimit: 9, template } })
  sim.runFor('45m')
  const made = sim.list('Pod').map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? ''))
  const found = gaps(made.sort((a, b) => a - b))
  for (const [i, least] of [10, 20, 40, 80, 160, 320, 360, 360].entries())
    expect(Math.abs((found[i + 1] ?? 0) - least)).toBeLessThan(5)
})

test('facts apiserver 6.2: a watch that names no end ends after half an hour to an hour', () => {
  const sim = createSim({ seed: 'ceiling', nodes: 1 })
  const ends: number[] = []
  for (let i = 0; i < 40; i++) {
    const path = '/api/v1/namespaces/default/secrets?watch=1'
    const answer = sim.request({ method: 'GET', path, user: 'admin', groups: ['system:masters'] })
    if ('read' in answer) answer.read({ chunk: () => {}, end: () => ends.push(sim.now() / 60_000) })
  }
  sim.runFor('61m')
  expect(ends).toHaveLength(40)
  expect(Math.min(...ends)).toBeGreaterThanOrEqual(30)
  expect(Math.min(...ends)).toBeLessThan(35)
  expect(Math.max(...ends)).toBeGreaterThan(55)
})

test.each([18, 26, 36])('facts kubelet 2.1: in v1.%i ten pulls may come at once, then five a second', (minor) => {
  const { registryPullQPS, registryBurst } = kubeletConfiguration(minor)
  expect({ registryPullQPS, registryBurst }).toEqual({ registryPullQPS: 5, registryBurst: 10 })
})
