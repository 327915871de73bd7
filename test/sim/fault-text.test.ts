import { expect, test } from 'vitest'
import { createSim } from '../../src/index.ts'

test('an accident of a machine is told with its place, one of a container with its Pod; of the API server, whom it concerns', () => {
  const sim = createSim()
  sim.kubectl('run web --image=nginx')
  sim.runFor('30s')
  sim.fault({ kill: 'web' })
  sim.fault({ kubelet: 'restart', node: 'node-1' })
  sim.fault({ apiServer: 'unreachable', node: 'node-1' }).clear()
  const told = sim.journal.records.flatMap((record) =>
    record.type === 'fault.begin' || record.type === 'fault.end' ? [record.detail.what] : [],
  )
  expect(told).toEqual([
    'container web of pod default/web is killed on node-1, exit code 137',
    'the kubelet is restarted on node-1',
    'the API server is out of reach for node-1',
    'the API server answers again for node-1',
  ])
})
