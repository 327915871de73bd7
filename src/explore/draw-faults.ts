import * as fc from 'fast-check'
import type { ClusterFault } from '../cluster/faults.ts'
import { controlPlaneClient } from '../cluster/pattern-faults.ts'
import type { Fault } from '../sim/sim.ts'
import type { Targets } from './targets.ts'

/**
 * Accidents that are drawn: plain data that fast-check shrinks, towards fewer, shorter and simpler ones. All of them end by themselves, so
 * that what is found is no mere outage.
 */

/** Undefined: there is nothing that it could hit. */
type Draw = (targets: Targets) => fc.Arbitrary<Fault> | undefined

const longestS = 180

/** Durations as texts, so that what is found reads well. */
function seconds(min: number, max: number): fc.Arbitrary<string> {
  return fc.integer({ min, max }).map((s) => `${s}s`)
}

const lasting = seconds(1, longestS)
const verb = fc.constantFrom('get' as const, 'list' as const, 'create' as const, 'update' as const, 'patch' as const)
const maybe = <T>(drawn: fc.Arbitrary<T>) => fc.option(drawn, { nil: undefined })
const clientOf = ({ nodes }: Targets) => fc.constantFrom(...nodes, controlPlaneClient)
const nodeOf = ({ nodes }: Targets) => fc.constantFrom(...nodes)

/** Without the members that were not drawn. */
function fault(members: { readonly [key: string]: fc.Arbitrary<unknown> }): fc.Arbitrary<Fault> {
  return fc
    .record(members)
    .map((drawn) => Object.fromEntries(Object.entries(drawn).filter(([, value]) => value !== undefined)) as Fault) // the caller draws the members of a fault
}

const is = fc.constant

/** How each kind of accident is drawn: one that is new does not compile without. */
const draws: Readonly<Record<ClusterFault['kind'], Draw>> = {
  apiServerUnreachable: (targets) =>
    fault({ apiServer: is('unreachable'), node: maybe(nodeOf(targets)), for: lasting }),
  apiServerRestarted: () => fault({ apiServer: is('restart'), for: lasting }),
  apiServerSlow: (targets) =>
    fault({
      apiServer: is('slow'),
      latency: seconds(1, 20),
      verb: maybe(verb),
      node: maybe(nodeOf(targets)),
      for: lasting,
    }),
  etcdSlow: () => fault({ etcd: is('slow'), latency: seconds(1, 20), for: lasting }),
  credentialsExpired: (targets) => fault({ credentials: is('expired'), node: maybe(nodeOf(targets)), for: lasting }),
  // What goes for good says little: everything after it is an outage.
  nodeRemoved: () => undefined,
  requestsRefused: (targets) =>
    fault({
      http: fc.constantFrom(500, 503, 429, 409, 504),
      verb: maybe(verb),
      resource: maybe(fc.constantFrom('secrets', 'pods', 'configmaps', 'nodes')),
      node: maybe(nodeOf(targets)),
      count: fc.integer({ min: 1, max: 10 }),
      for: lasting,
    }),
  partition: (targets) => fault({ partition: nodeOf(targets), for: lasting }),
  dropWatches: (targets) => fault({ watches: is('drop'), node: maybe(nodeOf(targets)) }),
  stallWatches: (targets) => fault({ watches: is('stall'), node: maybe(nodeOf(targets)), for: lasting }),
  loseAnswers: (targets) => fault({ loseAnswers: fc.integer({ min: 1, max: 5 }), node: maybe(nodeOf(targets)) }),
  kubeletStopped: (targets) => fault({ kubelet: is('stop'), node: nodeOf(targets), for: lasting }),
  kubeletRestarted: (targets) => fault({ kubelet: is('restart'), node: nodeOf(targets) }),
  poweredOff: (targets) => fault({ power: is('off'), node: nodeOf(targets), for: lasting }),
  containerKilled: ({ containers }) =>
    containers.length === 0
      ? undefined
      : fc
          .record({
            target: fc.constantFrom(...containers),
            how: fc.constantFrom<object>({}, { exitCode: 1 }, { signal: 'SIGTERM' }, { oom: true }),
          })
          .map(({ target, how }) => ({ ...target, ...how })),
  rebooted: (targets) => fault({ reboot: nodeOf(targets), for: lasting }),
  clockAhead: (targets) =>
    fault({ clock: fc.constantFrom('30s', '10m', '-30s', '-10m'), node: nodeOf(targets), for: lasting }),
  registryUnreachable: () => fault({ registry: is('unreachable'), for: lasting }),
  memoryLow: (targets) => fault({ memory: is('low'), node: maybe(nodeOf(targets)), for: lasting }),
  diskLow: (targets) => fault({ disk: is('low'), available: is('5Gi'), node: maybe(nodeOf(targets)), for: lasting }),
  inodesLow: (targets) => fault({ inodes: is('low'), node: maybe(nodeOf(targets)), for: lasting }),
  diskFull: (targets) => fault({ disk: is('full'), node: maybe(nodeOf(targets)), for: lasting }),
  staleReads: (targets) => fault({ staleReads: clientOf(targets), for: lasting }),
  missedEvents: (targets) => fault({ missedEvents: clientOf(targets), for: lasting }),
  crashInTheMiddle: (targets) =>
    fault({
      crashInTheMiddle: clientOf(targets),
      verb: maybe(fc.constantFrom('create' as const, 'patch' as const, 'delete' as const)),
      count: fc.integer({ min: 1, max: 5 }),
      restartAfter: seconds(1, 60),
    }),
  controllerPaused: ({ controllers }) => fault({ controller: fc.constantFrom(...controllers), for: lasting }),
}

/** One accident of any kind. */
export function drawnFaults(targets: Targets): fc.Arbitrary<Fault> {
  const all = Object.values(draws).flatMap((draw) => draw(targets) ?? [])
  return fc.oneof({ withCrossShrink: false }, ...all)
}
