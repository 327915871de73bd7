import { parseRoute } from '../apiserver/http/route.ts'
import type { HttpAnswer, Verb } from '../client/server.ts'
import type { EpochMs } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { PeoplesWay } from './accidents.ts'
import type { ContainerWorld } from './container-requests.ts'
import { type Connection, createConnect } from './container-sessions.ts'
import { createLogServer } from './log-server.ts'
import { createProgramServer } from './programs.ts'
import type { SimRequest } from './sim.ts'

/** What somebody needs who lets a simulation go on by another clock, for clients outside of it. */
export interface OutsideView {
  /** When the next thing is due, as `now()` of the simulation counts; undefined: nothing is. */
  nextAt(): VirtualMs | undefined
  /** The wall clock of the simulated world. */
  epochNow(): EpochMs
  /** Whether people's way to the API server is open. */
  isReachable(): boolean
  /** How long the answer to a request takes while the API server is slow. */
  delayMs(method: string, path: string): VirtualMs
  /** A connection to a container, for a request that asks for one. */
  connect(request: SimRequest): HttpAnswer | Connection
}

type SlowWay = PeoplesWay['slow'] extends Set<infer Slow> ? Slow : never

/** The view from outside; its kubelets serve logs from now on, and its programs what is passed on to them. */
export function createOutside(
  world: ContainerWorld & { readonly kernel: Kernel },
  people: PeoplesWay,
  originMs: VirtualMs,
): OutsideView {
  const { kernel, calendar, cluster } = world
  const { server } = cluster.controlPlane
  const epochNow = (): EpochMs => calendar.at(kernel.now())
  const programs = createProgramServer(world)
  server.servePods({ logs: createLogServer(world, epochNow), programs })
  return {
    nextAt() {
      const next = kernel.nextAt()
      return next === undefined ? undefined : next - originMs
    },
    epochNow,
    isReachable: () => people.blockedBy === 0,
    delayMs: (method, path) => Math.max(0, ...[...people.slow].map((slow) => delayOf(slow, verbOf(method, path)))),
    connect: createConnect({
      kernel,
      calendar,
      cluster,
      podOf: world.podOf,
      server,
      programs,
      run: () => kernel.runUntil(kernel.now()),
    }),
  }
}

function delayOf({ latency, verb }: SlowWay, asked: string): VirtualMs {
  const isMeant = verb === undefined || verb === asked
  return isMeant && latency.kind === 'fixed' ? latency.ms : 0
}

/** As accidents name verbs. */
export function verbOf(method: string, path: string): Verb {
  switch (method) {
    case 'POST':
      return 'create'
    case 'PUT':
      return 'update'
    case 'PATCH':
      return 'patch'
    case 'GET':
      return isNamed(path) ? 'get' : 'list'
    default:
      return isNamed(path) ? 'delete' : 'deletecollection'
  }
}

/** Whether a path, with its query, leads to one object. */
function isNamed(path: string): boolean {
  const mark = path.indexOf('?')
  const route = parseRoute(mark < 0 ? path : path.slice(0, mark))
  return route.kind === 'resource' && route.name !== undefined
}
