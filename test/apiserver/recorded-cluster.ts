import { createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { type FeatureGates, resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import type { JudgedCluster, RequestVector } from '../judge/requests.ts'
import { admin } from './new-api-server.ts'

/** How long the controllers have before the first request. */
const settledMs = 3000

/** The recorded set-up (README-real-cluster.md) without a scheduler, with the vector's namespace, its account and its token. */
export function recordedCluster(vector: RequestVector): JudgedCluster {
  const kernel = createKernel()
  const { server, start } = createControlPlane({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams('recorded'),
    minor: 18,
    gates: resolveFeatureGates(18, (vector.gates ?? {}) as Partial<FeatureGates>), // gates of the recording are podsim's
    runs: { controllers: true, scheduler: false },
  })
  start()
  kernel.runUntil(settledMs)
  const metadata = { name: vector.namespace ?? 'vault' }
  const resource = { group: '', version: 'v1', resource: 'namespaces' }
  server.handle({ user: admin, verb: 'create', resource, body: { apiVersion: 'v1', kind: 'Namespace', metadata } })
  kernel.runUntil(kernel.now() + settledMs)
  return {
    http: (request) => server.http(request),
    advance: (ms) => kernel.runUntil(kernel.now() + ms),
  }
}
