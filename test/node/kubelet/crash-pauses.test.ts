import { expect, test } from 'vitest'
import { createSim } from '../../../src/sim/create-sim.ts'

/** Seconds between the starts of a container that ends at once. */
function pauses(minutes: number): readonly number[] {
  const sim = createSim({ nodes: 1, seed: 'crash' })
  const container = { name: 'app', image: 'busybox', command: ['false'] }
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container] } })
  sim.runFor(`${minutes}m`)
  const starts = sim.journal.records.flatMap(({ type, time }) => (type === 'container.start' ? [time] : []))
  return starts.slice(1).map((at, i) => Math.round((at - (starts[i] ?? 0)) / 1000))
}

// Source: pkg/kubelet/kubelet.go, MaxContainerBackOff; a sync may come a little later.
test('L6 pauses of a container that crashes double up to five minutes, and stay there', () => {
  const found = pauses(40)
  for (const [i, least] of [10, 20, 40, 80, 160, 300, 300, 300].entries()) {
    expect(found[i + 1]).toBeGreaterThanOrEqual(least)
    expect(found[i + 1]).toBeLessThan(least + 20)
  }
})

/** Seconds from each end of a container that runs for so long to its next start. */
function pausesAfter(runSeconds: number, minutes: number): readonly number[] {
  const sim = createSim({ nodes: 1, seed: 'crash' })
  const container = { name: 'app', image: 'busybox', command: ['sh', '-c', `sleep ${runSeconds}; exit 1`] }
  sim.apply({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [container] } })
  sim.runFor(`${minutes}m`)
  const starts = sim.journal.records.flatMap(({ type, time }) => (type === 'container.start' ? [time] : []))
  return starts.slice(1).map((at, i) => Math.round((at - (starts[i] ?? 0)) / 1000) - runSeconds)
}

// Source: client-go util/flowcontrol/backoff.go, hasExpired; facts kubelet, constants: "crash back-off reset 600 s".
test('L6 who ran for less than ten minutes waits longer each time, who ran for more begins anew', () => {
  const [first = 0, ...others] = pausesAfter(330, 35)
  expect(first).toBeLessThan(3)
  for (const [i, least] of [10, 20, 40, 80].entries()) expect(others[i]).toBeGreaterThanOrEqual(least)
  expect(Math.max(...pausesAfter(630, 45))).toBeLessThan(3)
})
