import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Node } from '../../src/api/types/core.ts'
import { type Cluster, createCluster } from '../../src/cluster/cluster.ts'
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

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'write'; readonly name: string }
  | { readonly do: 'pod'; readonly name: string }
  | { readonly do: 'end'; readonly name: string }
  | { readonly do: 'label'; readonly node: string }
  | { readonly do: 'fault'; readonly fault: ClusterFault; readonly ms: number }

const nodeNames = ['node-1', 'node-2']
const node = fc.constantFrom(...nodeNames)
const name = fc.constantFrom('a', 'b')
/** Steps are taken between signs of life and looks of the node monitor. */
const firstStepMs = 600_137
const wholeSeconds = (most: number) => fc.integer({ min: 1, max: most }).map((seconds) => seconds * 1000)
const fault: fc.Arbitrary<ClusterFault> = fc.oneof(
  fc.record({
    kind: fc.constantFrom(
      'apiServerUnreachable' as const,
      'partition' as const,
      'kubeletRestarted' as const,
      'kubeletStopped' as const,
    ),
    node,
  }),
  fc.record({ kind: fc.constantFrom('dropWatches' as const, 'stallWatches' as const), node }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: wholeSeconds(1000) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), name }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pod' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('label' as const), node }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('fault' as const), fault, ms: wholeSeconds(400) }),
  },
)

function run(seed: string, minor: number, steps: readonly Step[], explicitHeartbeats: boolean) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal<ClusterRecord>(kernel, 'summary')
  const registry = createRegistry({ runtime: 'docker', images: [] })
  const cluster = createCluster({
    ...{ kernel, calendar, journal, random: createRandomStreams(seed), minor, registry, explicitHeartbeats },
    gates: resolveFeatureGates(minor, {}),
    nodes: nodeNames.map((each) => ({ name: each, cpu: '4', memory: '8Gi', pods: 110, labels: {}, kubelet: {} })),
  })
  cluster.start()
  // Signs of life in the same millisecond as a look of the node monitor come before or after it.
  kernel.runUntil(3_456)
  cluster.startNodes()
  kernel.runUntil(firstStepMs)
  let writes = 0
  const send = (verb: 'create' | 'update' | 'patch' | 'delete', resource: string, key: string, body?: object) =>
    cluster.controlPlane.server.handle({
      ...{ user: adminUser, verb, name: key, resource: { group: '', version: 'v1', resource } },
      ...(resource === 'nodes' ? {} : { namespace: 'default' }),
      ...(verb === 'patch' ? { patchType: 'application/merge-patch+json' } : {}),
      ...(body === undefined ? {} : { body }),
    })
  const seen: unknown[] = []
  const carryOut = (each: Step): void => {
    if (each.do === 'wait') kernel.runUntil(kernel.now() + each.ms)
    else if (each.do === 'write') {
      const secret = { ...named('Secret', each.name), data: { n: btoa(String(++writes)) } }
      if (!send('update', 'secrets', each.name, secret).ok) send('create', 'secrets', each.name, secret)
    } else if (each.do === 'pod') send('create', 'pods', each.name, podOf(each.name))
    else if (each.do === 'end') send('delete', 'pods', each.name)
    else if (each.do === 'label') send('patch', 'nodes', each.node, { metadata: { labels: { n: String(++writes) } } })
    else {
      const end = beginFault({ cluster, registry, kernel }, each.fault, () => {})
      kernel.runUntil(kernel.now() + each.ms)
      end()
    }
  }
  for (const each of steps) {
    carryOut(each)
    seen.push(signsOf(cluster, false))
  }
  kernel.runUntil(kernel.now() + 600_000)
  seen.push(signsOf(cluster, true))
  const told = journal.records
    .filter(({ object }) => object?.kind !== 'Lease' && object?.kind !== 'Node')
    .map(({ time, actor, type, object, detail }) => withoutVersions([time, actor, type, object?.name, detail]))
  return { told, seen, records: journal.records.length }
}

/** All versions of objects are higher where signs of life are writes. */
function withoutVersions(record: unknown): string {
  return JSON.stringify(record).replace(/"resourceVersion":"\d+"/g, '"resourceVersion":"<rv>"')
}

/** What Nodes say; and their leases, where nothing was in the way lately: at an accident's begin each is written once more. */
function signsOf({ controlPlane }: Cluster, isQuiet: boolean): unknown {
  const { store } = controlPlane.server
  const leases = store.collection('leases.coordination.k8s.io')
  return nodeNames.map((each) => {
    const found = store.collection('nodes').get('', each) as Node | undefined // of this collection
    const lease = leases.get('kube-node-lease', each) as { readonly spec?: object } | undefined // of this collection
    const node = { status: found?.status, labels: found?.metadata.labels, taints: found?.spec?.taints }
    return isQuiet ? { ...node, lease: lease?.spec } : node
  })
}

function named(kind: string, key: string) {
  return { apiVersion: 'v1', kind, metadata: { name: key, namespace: 'default' } }
}

function podOf(key: string): object {
  return {
    ...named('Pod', key),
    spec: {
      containers: [{ name: 'c', image: 'nginx', volumeMounts: [{ name: 's', mountPath: '/s' }] }],
      volumes: [{ name: 's', secret: { secretName: key } }],
    },
  }
}

describe('signs of life that are computed', () => {
  test('S1 whoever looks sees what would have been written, and nothing else goes otherwise', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 4 }),
        fc.constantFrom(18, 26, 36),
        fc.array(step, { minLength: 2, maxLength: 10 }),
        (seed, minor, steps) => {
          const [computed, explicit] = [run(seed, minor, steps, false), run(seed, minor, steps, true)]
          expect(computed.told).toEqual(explicit.told)
          expect(computed.seen).toEqual(explicit.seen)
          expect(computed.records).toBeLessThan(explicit.records)
        },
      ),
      { numRuns: tries(16), seed: 8 },
    )
  })
})
