import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { resources } from '../../src/apiserver/client/client.ts'
import { adminUser, createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { type JudgedCluster, type RequestVector, runRequestVector } from '../judge/requests.ts'

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/apiserver-secrets.json', import.meta.url), 'utf8'),
) as readonly RequestVector[]

/** A control plane without scheduler, as the recording had it, in which the vector's namespace is settled. */
function makeCluster(vector: RequestVector): JudgedCluster {
  const kernel = createKernel()
  const plane = createControlPlane({
    kernel,
    calendar: createCalendar(defaultEpochMs),
    journal: createJournal(kernel, 'off'),
    random: createRandomStreams(vector.name),
    minor: 18,
    gates: resolveFeatureGates(18, vector.gates ?? {}),
    runs: { scheduler: false },
  })
  plane.start()
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: vector.namespace ?? 'default' } }
  plane.server.handle({ user: adminUser, verb: 'create', resource: resources.namespaces, body })
  kernel.runUntil(kernel.now() + 3000)
  return {
    http: (request) => plane.server.http(request),
    advance: (ms) => kernel.runUntil(kernel.now() + ms),
    setGate: (isOn) => plane.server.setGates(resolveFeatureGates(18, { ImmutableEphemeralVolumes: isOn })),
  }
}

/** Nodes are written by several controllers at once, and in which order they come is luck there as here. */
function isSharedWithControllers(vector: RequestVector): boolean {
  return JSON.stringify(vector.steps).includes('"/api/v1/nodes')
}

test.each(vectors)('C2 C5 C6 C7 I1 I2 R2 secrets vector $name', (vector) => {
  const failed = runRequestVector(vector, makeCluster, { isOrderJudged: !isSharedWithControllers(vector) })
    .filter(({ passed }) => !passed)
    .map(({ row, diff }) => `${row} ${diff}`)
  expect(failed).toEqual([])
})
