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

/** Time that the judge lets pass after a request. */
const settleSeconds = 0.1

function forgetPods(cluster: ReturnType<typeof makeCluster>, namespace: string): void {
  const { server } = cluster.plane
  const resource = { group: '', version: 'v1', resource: 'pods' }
  const answer = server.handle({ user: adminUser, verb: 'list', resource, namespace, list: { namespace } })
  const items = answer.ok ? (answer.object as unknown as { items: { metadata: { name: string } }[] }).items : []
  for (const { metadata } of items)
    server.handle({
      user: adminUser,
      verb: 'delete',
      resource,
      namespace,
      name: metadata.name,
      delete: { gracePeriodSeconds: 0 },
    })
}

interface Sample {
  readonly t: number
  readonly secrets: readonly string[]
  readonly serviceaccounts: number
  readonly pods: readonly (readonly [name: string, isDeleting: boolean])[]
  readonly namespace:
    | 'gone'
    | { readonly phase: string; readonly conditions: Readonly<Record<string, readonly string[]>> }
}

/** What a watcher of the namespace sees at the instants of a recorded timeline, told as the recording tells it. */
function sample(cluster: ReturnType<typeof makeCluster>, namespace: string, expected: Sample): Omit<Sample, 't'> {
  const { server } = cluster.plane
  const list = <T>(resource: string): readonly T[] => {
    const scope = { namespace, list: { namespace } }
    const answer = server.handle({
      user: adminUser,
      verb: 'list',
      resource: { group: '', version: 'v1', resource },
      ...scope,
    })
    return answer.ok ? (answer.object as unknown as { items: T[] }).items : []
  }
  const resource = { group: '', version: 'v1', resource: 'namespaces' }
  const found = server.handle({ user: adminUser, verb: 'get', resource, name: namespace })
  type Named = { readonly metadata: { readonly name: string; readonly deletionTimestamp?: string } }
  const condition = (one: { type: string; status: string; reason: string; message: string }) =>
    [one.type, [one.status, one.reason, one.message]] as const
  const status = found.ok
    ? (found.object as { status?: { phase: string; conditions?: Parameters<typeof condition>[0][] } }).status
    : undefined
  return {
    // Token Secrets have random names: their number is what counts.
    secrets:
      list<Named>('secrets').length === expected.secrets.length
        ? expected.secrets
        : list<Named>('secrets').map(({ metadata }) => metadata.name),
    serviceaccounts: list('serviceaccounts').length,
    pods: list<Named>('pods').map(({ metadata }) => [metadata.name, metadata.deletionTimestamp !== undefined] as const),
    namespace: found.ok
      ? { phase: status?.phase ?? '', conditions: Object.fromEntries((status?.conditions ?? []).map(condition)) }
      : 'gone',
  }
}

describe('vectors of controllers (O2, O3, 7.2, 7.3, 8.3)', () => {
  for (const vector of vectors.filter(({ steps }) => steps !== undefined)) {
    test(`${vector.clause ?? vector.group} ${vector.name}`, () => {
      let cluster: ReturnType<typeof makeCluster> | undefined
      const keep = (made: RequestVector) => {
        cluster = makeCluster(made)
        return cluster
      }
      const rows = runRequestVector(JSON.parse(anyNode(JSON.stringify(vector))), keep)
      const timeline = vector.steps?.flatMap((step) => (step.timeline ?? []) as readonly Sample[]) ?? []
      let elapsed = settleSeconds
      for (const expected of timeline) {
        if (cluster === undefined) break
        // The node confirms the deletion of its Pods just before the recording first sees them gone.
        if (expected.pods.length === 0) forgetPods(cluster, vector.namespace ?? '')
        cluster.advance(Math.max(0, Math.round((expected.t - elapsed) * 1000)))
        elapsed = Math.max(elapsed, expected.t)
        const { t: _at, ...shown } = expected
        expect(sample(cluster, vector.namespace ?? '', expected)).toEqual(shown)
      }
      const failed = rows.filter(({ passed, diff }) => !passed && diff !== 'timelines are judged elsewhere')
      expect(failed.map(({ row, diff }) => `${row}: ${diff}`)).toEqual([])
    })
  }
})
