import { expect, test } from 'vitest'
import { createSim, type Sim } from '../../../src/index.ts'

interface NodeEvent {
  readonly reason: string
  readonly count?: number
  readonly involvedObject: { readonly kind: string; readonly name: string }
  readonly source?: { readonly component?: string }
  readonly lastTimestamp?: string
}

/** What the kubelet of node-1 has told since an instant, by reason, with how often. */
function toldSince(sim: Sim, since: string): readonly string[] {
  return (sim.list('Event') as readonly unknown[] as readonly NodeEvent[]) // Events, as they are stored
    .filter(({ involvedObject, source }) => involvedObject.kind === 'Node' && source?.component === 'kubelet')
    .filter(({ involvedObject, lastTimestamp = '' }) => involvedObject.name === 'node-1' && lastTimestamp >= since)
    .map(({ reason, count = 1 }) => `${reason} x${count}`)
    .sort()
}

const pressures = ['NodeHasNoDiskPressure', 'NodeHasSufficientMemory', 'NodeHasSufficientPID']
const times = (count: number) => pressures.map((reason) => `${reason} x${count}`)

test.each(['v1.18', 'v1.26', 'v1.36'] as const)('%s: a kubelet that starts anew tells its conditions', (version) => {
  const sim = createSim({ seed: 'node-events', nodes: 2, version })
  sim.runFor('5m')
  sim.fault({ kubelet: 'restart', node: 'node-1' })
  sim.runFor('5s')
  expect(toldSince(sim, '2020-05-01T00:05:00Z')).toEqual([...times(1), 'Starting x1'])
})

test('conditions that were unknown meanwhile are told once more, after they were told for the Node to register', () => {
  const sim = createSim({ seed: 'node-events', nodes: 2, version: 'v1.26' })
  sim.runFor('5m')
  sim.fault({ kubelet: 'stop', node: 'node-1' })
  sim.runFor('2m')
  sim.fault({ kubelet: 'start', node: 'node-1' })
  sim.runFor('5s')
  expect(toldSince(sim, '2020-05-01T00:07:00Z')).toEqual([...times(2), 'NodeReady x1', 'Starting x1'])
})

test('a kubelet that was out of reach tells all conditions that others had said to be unknown', () => {
  const sim = createSim({ seed: 'node-events', nodes: 2, version: 'v1.36' })
  sim.runFor('5m')
  const partition = sim.fault({ apiServer: 'unreachable', node: 'node-1' })
  sim.runFor('2m')
  partition.clear()
  sim.runFor('30s')
  expect(toldSince(sim, '2020-05-01T00:07:00Z')).toEqual([...times(2), 'NodeReady x2'])
})

test('a kubelet waits a tenth of a second before it registers its Node', () => {
  const sim = createSim({ seed: 'node-events', nodes: 1, version: 'v1.26', journal: 'full' })
  sim.fault({ kubelet: 'restart' })
  sim.runFor('1s')
  const requests = sim.journal.records.filter(({ time, type }) => time > 0 && type.startsWith('request.'))
  const timeOf = (verb: string) => {
    const found = requests.find(
      ({ detail }) => isRequest(detail) && detail.resource === 'nodes' && detail.verb === verb,
    )
    return found?.time ?? Number.NaN
  }
  expect(timeOf('create') - timeOf('list')).toBe(100)
})

function isRequest(detail: unknown): detail is { readonly resource: string; readonly verb: string } {
  return typeof detail === 'object' && detail !== null && 'resource' in detail && 'verb' in detail
}
