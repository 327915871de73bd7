import type { HttpAnswer } from '../client/server.ts'
import type { EpochMs } from '../kernel/calendar.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
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
  /** A connection to a container, for a request that asks for one. */
  connect(request: SimRequest): HttpAnswer | Connection
}

/** The view from outside; its kubelets serve logs from now on, and its programs what is passed on to them. */
export function createOutside(
  world: ContainerWorld & { readonly kernel: Kernel },
  people: { readonly blockedBy: number },
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
    connect: createConnect({ ...world, server, programs, run: () => kernel.runUntil(kernel.now()) }),
  }
}
