import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { HttpRequest } from '../../src/apiserver/server.ts'
import { adminUser, createControlPlane } from '../../src/cluster/control-plane.ts'
import { createCalendar, defaultEpochMs, rfc3339, rfc3339Micro } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import type { ResourceRef } from '../../src/objects/meta.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { type RequestVector, runRequestVector } from '../judge/requests.ts'

/** Every row of controllers.json: what a real v1.18.20 control plane answered. */

const vectors = JSON.parse(
  readFileSync(new URL('../fixtures/vectors/controllers.json', import.meta.url), 'utf8'),
) as readonly RequestVector[]

/** With equal nodes the scheduler chooses at random, so that they are one as far as can be judged. */
function anyNode(text: string): string {
  return text.replaceAll('w-2', 'w-1')
}

function makeCluster(vector: RequestVector) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const plane = createControlPlane({
    kernel,
    calendar,
    journal: createJournal(kernel, 'summary'),
    random: createRandomStreams(vector.name),
    minor: 18,
    gates: resolveFeatureGates(18, vector.gates),
  })
  const ask = (verb: 'create' | 'update', resource: ResourceRef, body: object, namespace?: string) => {
    const scope = namespace === undefined ? {} : { namespace }
    const { name } = (body as { metadata: { name: string } }).metadata
    const at = verb === 'update' ? { name } : {}
    plane.server.handle({ user: adminUser, verb, resource, body, ...scope, ...at })
  }
  const leases = { group: 'coordination.k8s.io', version: 'v1', resource: 'leases' }
  const renew = (verb: 'create' | 'update') => {
    for (const name of ['w-1', 'w-2']) {
      const renewTime = rfc3339Micro(calendar.at(kernel.now()))
      const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime }
      const metadata = { name, namespace: 'kube-node-lease' }
      ask(verb, leases, { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec }, 'kube-node-lease')
    }
    kernel.schedule(5000, () => renew('update'))
  }
  plane.start()
  const core = (resource: string) => ({ group: '', version: 'v1', resource })
  for (const name of ['default', 'kube-system', 'kube-node-lease'])
    ask('create', core('namespaces'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name } })
  for (const name of ['w-1', 'w-2']) {
    const now = rfc3339(calendar.at(kernel.now()))
    const ready = {
      type: 'Ready',
      status: 'True',
      reason: 'KubeletReady',
      lastHeartbeatTime: now,
      lastTransitionTime: now,
    }
    const amounts = { cpu: '4', memory: '8Gi', pods: '110' }
    const status = { capacity: amounts, allocatable: amounts, conditions: [ready] }
    ask('create', core('nodes'), { apiVersion: 'v1', kind: 'Node', metadata: { name }, status })
  }
  renew('create')
  kernel.runUntil(3000)
  const { namespace } = vector
  ask('create', core('namespaces'), { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } })
  kernel.runUntil(5000)
  return {
    http: (request: HttpRequest) => {
      const answer = plane.server.http(request)
      return 'read' in answer ? answer : { ...answer, body: anyNode(answer.body) }
    },
    advance: (ms: number) => kernel.runUntil(kernel.now() + ms),
    plane,
    kernel,
  }
}

describe('vectors of controllers (O2, O3, 7.2, 7.3, 8.3)', () => {
  for (const vector of vectors.filter(({ steps }) => steps !== undefined)) {
    test(`${vector.clause ?? vector.group} ${vector.name}`, () => {
      const rows = runRequestVector(JSON.parse(anyNode(JSON.stringify(vector))), makeCluster)
      const failed = rows.filter(({ passed, diff }) => !passed && diff !== 'timelines are judged elsewhere')
      expect(failed.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
    })
  }
})
