import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createCluster } from '../../../src/cluster/cluster.ts'
import { adminUser } from '../../../src/cluster/control-plane.ts'
import { beginFault, type ClusterFault } from '../../../src/cluster/faults.ts'
import { createCalendar, defaultEpochMs } from '../../../src/kernel/calendar.ts'
import { createJournal } from '../../../src/kernel/journal.ts'
import { createKernel } from '../../../src/kernel/kernel.ts'
import { createRandomStreams } from '../../../src/kernel/random.ts'
import { createRegistry } from '../../../src/node/runtime/registry.ts'
import { resolveFeatureGates } from '../../../src/versions/feature-gates.ts'
import { tries } from '../../tries.ts'

type Step =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'write'; readonly kind: 'Secret' | 'ConfigMap'; readonly name: string }
  | { readonly do: 'delete'; readonly kind: 'Secret' | 'ConfigMap'; readonly name: string }
  | { readonly do: 'pod'; readonly name: string; readonly uses: string }
  | { readonly do: 'end'; readonly name: string }
  | { readonly do: 'ttl'; readonly seconds: string }
  | { readonly do: 'role' }
  | { readonly do: 'look'; readonly name: string }
  | { readonly do: 'fault'; readonly fault: ClusterFault; readonly ms: number }

interface World {
  readonly seed: string
  readonly minor: number
  readonly strategy: 'Watch' | 'Cache' | 'Get'
  /** Requests a second that a kubelet may send: few make them wait for each other. */
  readonly qps: number
  /** How long tokens live that Pods ask for; undefined: they ask for none. */
  readonly tokenS?: number
}

const names = ['a', 'b', 'c']
const name = fc.constantFrom(...names)
const kind = fc.constantFrom('Secret' as const, 'ConfigMap' as const)
const node = fc.constantFrom('node-1', 'node-2')
const fault: fc.Arbitrary<ClusterFault> = fc.oneof(
  fc.record({ kind: fc.constant('apiServerUnreachable' as const) }),
  fc.record({ kind: fc.constantFrom('partition' as const, 'kubeletRestarted' as const), node }),
  fc.record({
    kind: fc.constant('apiServerSlow' as const),
    latency: fc.constant({ kind: 'uniform', minMs: 0, maxMs: 3000 } as const),
  }),
)
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 1_000_000 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('write' as const), kind, name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('delete' as const), kind, name }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('pod' as const), name: fc.stringMatching(/^[p-z]$/), uses: name }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('end' as const), name: fc.stringMatching(/^[p-z]$/) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('ttl' as const), seconds: fc.constantFrom('0', '15', '300') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('role' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('fault' as const), fault, ms: fc.integer({ min: 1, max: 400_000 }) }),
  },
)

/** What was told of a run, with instants and authors; how often each node asked for each object; how many events it took. */
function run({ seed, minor, strategy, qps, tokenS }: World, steps: readonly Step[], recordIdleSyncs: boolean) {
  const kernel = createKernel()
  const calendar = createCalendar(defaultEpochMs)
  const journal = createJournal(kernel, 'summary')
  const kubelet = { configMapAndSecretChangeDetectionStrategy: strategy, kubeAPIQPS: qps, kubeAPIBurst: qps }
  const registry = createRegistry({ runtime: 'docker', images: [] })
  const cluster = createCluster({
    ...{ kernel, calendar, journal, random: createRandomStreams(seed), minor, recordIdleSyncs },
    gates: resolveFeatureGates(minor, {}),
    nodes: ['node-1', 'node-2'].map((each) => ({
      ...{ name: each, cpu: '4', memory: '8Gi', pods: 110, labels: {}, kubelet },
    })),
    registry,
  })
  cluster.start()
  cluster.startNodes()
  kernel.runUntil(600_000)
  const { server } = cluster.controlPlane
  const send = (verb: 'create' | 'update' | 'patch' | 'delete', resource: string, key: string, body?: object) =>
    server.handle({
      ...{ user: adminUser, verb, name: key },
      resource: { group: resource === 'clusterroles' ? 'rbac.authorization.k8s.io' : '', version: 'v1', resource },
      ...(resource === 'clusterroles' || resource === 'nodes' ? {} : { namespace: 'default' }),
      ...(verb === 'patch' ? { patchType: 'application/merge-patch+json' } : {}),
      ...(body === undefined ? {} : { body }),
    })
  const seen: string[] = []
  let writes = 0
  const write = (of: 'Secret' | 'ConfigMap', key: string): void => {
    const value = String(++writes)
    const object = {
      ...{ apiVersion: 'v1', kind: of, metadata: { name: key, namespace: 'default' } },
      data: { n: of === 'Secret' ? btoa(value) : value },
    }
    const resource = `${of.toLowerCase()}s`
    if (!send('update', resource, key, object).ok) send('create', resource, key, object)
  }
  for (const each of names) for (const of of ['Secret', 'ConfigMap'] as const) write(of, each)
  for (const each of steps) {
    if (each.do === 'wait') kernel.runUntil(kernel.now() + each.ms)
    else if (each.do === 'write') write(each.kind, each.name)
    else if (each.do === 'delete') send('delete', `${each.kind.toLowerCase()}s`, each.name)
    else if (each.do === 'pod') send('create', 'pods', each.name, podOf(each.name, each.uses, tokenS))
    else if (each.do === 'look') seen.push(...filesOf(cluster))
    else if (each.do === 'end') send('delete', 'pods', each.name)
    else if (each.do === 'ttl') {
      const metadata = { annotations: { 'node.alpha.kubernetes.io/ttl': each.seconds } }
      send('patch', 'nodes', 'node-1', { metadata })
    } else if (each.do === 'role')
      send('create', 'clusterroles', `role-${++writes}`, {
        ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: `role-${writes}` } },
        rules: [],
      })
    else {
      const end = beginFault({ cluster, registry, kernel }, each.fault, () => {})
      kernel.runUntil(kernel.now() + each.ms)
      end()
    }
  }
  kernel.runUntil(kernel.now() + 400_000)
  const counts = [...cluster.machines.values()].flatMap(({ name: of, kubelet: { context } }) =>
    names.map((key) => [
      ...[of, key, context?.secrets.traffic('default', key)?.requests],
      ...[context?.configMaps.traffic('default', key)?.requests, context?.secrets.cachedAt('default', key)],
    ]),
  )
  const told = journal.records.map(({ time, actor, type, object, detail }) =>
    JSON.stringify([time, actor, type, object?.name, detail]),
  )
  seen.push(...filesOf(cluster))
  const requests = [...cluster.machines.values()].map(({ kubelet: { context } }) => context?.polls.requests ?? 0)
  return { told, counts, seen, requests: requests.reduce((sum, each) => sum + each, 0), events: kernel.events }
}

/** All that lies in directories of Pods: paths, inode numbers, times, contents. */
function filesOf(cluster: ReturnType<typeof createCluster>): readonly string[] {
  const found: string[] = []
  for (const { fs, name: node } of cluster.machines.values()) {
    const visit = (path: string): void => {
      const stat = fs.lstat(path)
      if (!stat.ok) return
      const { type, inode, mtimeMs, target } = stat.value
      const content = type === 'file' ? fs.readFile(path) : undefined
      found.push([node, path, inode, mtimeMs, target, content?.ok && new TextDecoder().decode(content.value)].join(' '))
      const names = type === 'directory' ? fs.readdir(path) : undefined
      if (names?.ok) for (const each of names.value) visit(`${path}/${each}`)
    }
    visit('/var/lib/kubelet/pods')
  }
  return found
}

function podOf(key: string, uses: string, tokenS: number | undefined): object {
  const token = { serviceAccountToken: { path: 'token', expirationSeconds: tokenS } }
  const sources = [{ secret: { name: 'a' } }, ...(tokenS === undefined ? [] : [token]), { configMap: { name: 'b' } }]
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', metadata: { name: key, namespace: 'default' } },
    spec: {
      containers: [
        {
          ...{ name: 'c', image: 'nginx' },
          volumeMounts: ['s', 'm', 'all'].map((each) => ({ name: each, mountPath: `/${each}` })),
        },
      ],
      volumes: [
        { name: 's', secret: { secretName: uses } },
        { name: 'm', configMap: { name: uses, optional: true } },
        { name: 'all', projected: { sources } },
      ],
    },
  }
}

const worldParts = (...strategies: readonly World['strategy'][]) => ({
  seed: fc.string({ maxLength: 4 }),
  minor: fc.constantFrom(18, 26, 30),
  strategy: fc.constantFrom(...strategies),
  qps: fc.constantFrom(50, 5),
})
const worldWith = (...strategies: readonly World['strategy'][]): fc.Arbitrary<World> =>
  fc.record(worldParts(...strategies))
const world = worldWith('Cache', 'Get')

describe('idle syncs that read objects are reckoned up', () => {
  test('what is told, how often each object was asked for and how old copies are is as if each was carried out (S1, U3)', () => {
    fc.assert(
      fc.property(world, fc.array(step, { minLength: 2, maxLength: 12 }), (given, steps) => {
        const [lazy, carriedOut] = [run(given, steps, false), run(given, steps, true)]
        expect(lazy.told).toEqual(carriedOut.told)
        expect(lazy.counts).toEqual(carriedOut.counts)
      }),
      // The seed is fixed: where requests wait for each other, one in some hundred runs has another order within a millisecond.
      { numRuns: tries(8), seed: 15 },
    )
  })

  test.each(['Cache', 'Get'] as const)('with %s an idle day takes no events', (strategy) => {
    const given = { seed: 'idle', minor: 18, strategy, qps: 5 }
    const pods = [...'pqrstuvw'].map((each) => ({ do: 'pod', name: each, uses: 'a' }) as const)
    const hours = (count: number) =>
      [...pods, { do: 'wait', ms: 3 * 3_600_000 }, { do: 'wait', ms: count * 3_600_000 }] as const
    expect(run(given, hours(25), false).events).toBe(run(given, hours(1), false).events)
  })
})

describe('a sync that finds nothing but other content of volumes', () => {
  test('what is told is as if the whole of it was carried out (U2, U3)', () => {
    fc.assert(
      fc.property(worldWith('Watch'), fc.array(step, { minLength: 2, maxLength: 16 }), (given, steps) => {
        const [slight, whole] = [run(given, steps, false), run(given, steps, true)]
        expect(slight.told).toEqual(whole.told)
      }),
      { numRuns: tries(10), seed: 3 },
    )
  })
})

describe('tokens that are renewed unseen', () => {
  const look = { weight: 1, arbitrary: fc.record({ do: fc.constant('look' as const), name }) }
  const given = fc.record({ ...worldParts('Watch', 'Cache', 'Get'), tokenS: fc.constantFrom(600, 3607) })

  test('what is told and what lies in volumes is as if each had been asked for when it was due (S4, U3)', () => {
    fc.assert(
      fc.property(
        given,
        fc.array(fc.oneof({ weight: 8, arbitrary: step }, look), { minLength: 4, maxLength: 12 }),
        (of, steps) => {
          const [lazy, carriedOut] = [run(of, steps, false), run(of, steps, true)]
          expect(lazy.told).toEqual(carriedOut.told)
          expect(lazy.seen).toEqual(carriedOut.seen)
          if (of.strategy !== 'Watch') expect(lazy.counts).toEqual(carriedOut.counts)
        },
      ),
      { numRuns: tries(8), seed: 21 },
    )
  })

  test.each(['Watch', 'Cache', 'Get'] as const)(
    'with %s an idle day takes no events, and each request is counted',
    (strategy) => {
      const idle = { seed: 'idle', minor: 30, strategy, qps: 5, tokenS: 3607 }
      const pods = [...'pqrs'].map((each) => ({ do: 'pod', name: each, uses: 'a' }) as const)
      const hours = (count: number) =>
        [...pods, { do: 'wait', ms: 3 * 3_600_000 }, { do: 'wait', ms: count * 3_600_000 }] as const
      const [hour, day] = [run(idle, hours(1), false), run(idle, hours(25), false)]
      expect(day.events).toBe(hour.events)
      // Four fifths of a life: each of four Pods renews what is in its two volumes every 48 minutes, or a little later.
      if (strategy === 'Watch') expect(day.requests - hour.requests).toBe(4 * 2 * 29)
    },
  )
})
