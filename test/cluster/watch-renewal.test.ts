import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCluster } from '../../src/cluster/cluster.ts'
import { adminUser } from '../../src/cluster/control-plane.ts'
import { beginFault, type ClusterFault } from '../../src/cluster/faults.ts'
import type { ClusterRecord } from '../../src/cluster/records.ts'
import { createCalendar, defaultEpochMs } from '../../src/kernel/calendar.ts'
import { createJournal } from '../../src/kernel/journal.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../src/kernel/random.ts'
import { createRegistry } from '../../src/node/runtime/registry.ts'
import { resolveFeatureGates } from '../../src/versions/feature-gates.ts'
import { tries } from '../tries.ts'

/** Slow links make the time between two watches long: long enough to be hit by chance. */
const latencies = {
  request: { kind: 'uniform', minMs: 0, maxMs: 20_000 },
  watchEvent: { kind: 'uniform', minMs: 0, maxMs: 9_000 },
} as const

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'write'; readonly kind: 'Secret' | 'ConfigMap'; readonly name: string; readonly count: number }
  | { readonly do: 'pod'; readonly name: string; readonly secret: string }
  | { readonly do: 'delete'; readonly kind: 'Pod' | 'Secret'; readonly name: string }
  | { readonly do: 'role' }
  | { readonly do: 'fault'; readonly fault: ClusterFault; readonly ms: number }

const nodeNames = ['node-1', 'node-2']
const name = fc.constantFrom('a', 'b')
const node = fc.constantFrom(...nodeNames)
const fault: fc.Arbitrary<ClusterFault> = fc.oneof(
  fc.record({ kind: fc.constant('apiServerUnreachable' as const) }),
  fc.record({ kind: fc.constant('apiServerUnreachable' as const), node }),
  fc.record({ kind: fc.constant('apiServerRestarted' as const) }),
  fc.record({ kind: fc.constant('partition' as const), node }),
  fc.record({ kind: fc.constantFrom('dropWatches' as const, 'stallWatches' as const), node }),
  fc.record({ kind: fc.constantFrom('dropWatches' as const, 'stallWatches' as const) }),
  fc.record({ kind: fc.constant('kubeletRestarted' as const), node }),
  fc.record({
    kind: fc.constant('apiServerSlow' as const),
    latency: fc.constant({ kind: 'uniform', minMs: 0, maxMs: 3000 } as const),
    node,
  }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 4_000_000 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      kind: fc.constantFrom('Secret' as const, 'ConfigMap' as const),
      name,
      count: fc.constantFrom(1, 1, 1, 120),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('pod' as const), name, secret: name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('delete' as const),
      kind: fc.constantFrom('Pod' as const, 'Secret' as const),
      name,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('role' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fault' as const), fault, ms: fc.integer({ min: 1, max: 400_000 }) }),
  },
)

/** All that happened, with instants, authors and objects, but for the watches; and how often one was asked for. */
function run(seed: string, steps: readonly Step[], explicitWatches: boolean) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, 'full')
  const registry = createRegistry({ runtime: 'docker', images: [] })
  const cluster = createCluster({
    kernel,
    calendar,
    journal,
    random: createRandomStreams(seed),
    minor: 18,
    gates: resolveFeatureGates(18, {}),
    nodes: nodeNames.map((each) => ({ name: each, cpu: '4', memory: '8Gi', pods: 110, labels: {}, kubelet: {} })),
    registry,
    latencies,
    explicitWatches,
  })
  cluster.start()
  kernel.runUntil(600_000)
  const { server } = cluster.controlPlane
  const request = (verb: 'create' | 'update' | 'delete', resource: string, key: string, body?: object) =>
    server.handle({
      user: adminUser,
      verb,
      resource: { group: resource === 'clusterroles' ? 'rbac.authorization.k8s.io' : '', version: 'v1', resource },
      ...(resource === 'clusterroles' ? {} : { namespace: 'default' }),
      name: key,
      ...(body === undefined ? {} : { body }),
    })
  let writes = 0
  const put = (resource: string, key: string, object: object): void => {
    if (!request('update', resource, key, object).ok) request('create', resource, key, object)
  }
  for (const each of steps) {
    switch (each.do) {
      case 'wait':
        kernel.runUntil(kernel.now() + each.ms)
        break
      case 'write':
        for (let i = 0; i < each.count; i++)
          put(`${each.kind.toLowerCase()}s`, each.name, {
            apiVersion: 'v1',
            kind: each.kind,
            metadata: { name: each.name, namespace: 'default' },
            data: { n: each.kind === 'Secret' ? btoa(String(++writes)) : String(++writes) },
          })
        break
      case 'pod':
        request('create', 'pods', each.name, {
          apiVersion: 'v1',
          kind: 'Pod',
          metadata: { name: each.name, namespace: 'default' },
          spec: {
            containers: [{ name: 'app', image: 'nginx', volumeMounts: [{ name: 'foo', mountPath: '/etc/foo' }] }],
            volumes: [{ name: 'foo', secret: { secretName: each.secret } }],
          },
        })
        break
      case 'delete':
        request('delete', `${each.kind.toLowerCase()}s`, each.name)
        break
      case 'role':
        put('clusterroles', 'some', {
          apiVersion: 'rbac.authorization.k8s.io/v1',
          kind: 'ClusterRole',
          metadata: { name: 'some', labels: { n: String(++writes) } },
          rules: [],
        })
        break
      case 'fault': {
        const end = beginFault({ cluster, registry, kernel }, each.fault, () => {})
        kernel.runUntil(kernel.now() + each.ms)
        end()
        break
      }
    }
  }
  kernel.runUntil(kernel.now() + 3_600_000)
  const history = journal.records
    .filter(({ type }) => !type.startsWith('request.watch'))
    .map(({ time, actor, type, object, after, detail }) => ({ time, actor, type, object, after, detail }))
  const renewals = journal.records.filter(({ type }) => type === 'request.watch').length
  return { history, renewals }
}

describe('watches that are renewed', () => {
  test('S1 nothing happens in an idle day', () => {
    const day = [{ do: 'wait', ms: 86_400_000 }] as const
    expect(run('idle', day, false).renewals).toBeLessThan(run('idle', day, true).renewals / 50)
  })

  test('S1 what is computed is what would have happened, whatever comes in the way and whenever', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 5 }), fc.array(step, { minLength: 2, maxLength: 10 }), (seed, steps) => {
        const computed = run(seed, steps, false)
        const explicit = run(seed, steps, true)
        expect(computed.history).toEqual(explicit.history)
        expect(computed.renewals).toBeLessThanOrEqual(explicit.renewals)
      }),
      { numRuns: tries(12), seed: 18 },
    )
  })
})
