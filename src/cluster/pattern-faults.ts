import type { Unsubscribable } from 'rxjs'
import { managerOf } from '../apiserver/actors.ts'
import { nodeUser } from '../apiserver/auth/users.ts'
import { after } from '../kernel/after.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { VirtualMs } from '../kernel/time.ts'
import type { Cluster } from './cluster.ts'
import type { CrashRule } from './crash-rules.ts'
import type { Machine } from './machine.ts'

/**
 * The three patterns of Sieve: what a client of the API server has to stand that no test of its own makes. They hit one
 * client: the kubelet of a node, or the control plane's (controllers and scheduler).
 * Source: Sun et al., "Automatic Reliability Testing for Cluster Management Controllers", OSDI 2022.
 */
export type PatternFault =
  /** Stale state: a cache that has stopped at this moment answers its reads and watches. */
  | { readonly kind: 'staleReads'; readonly client: string }
  /** Unobserved state: what happens meanwhile it never sees, only what came of it. */
  | { readonly kind: 'missedEvents'; readonly client: string }
  /** Intermediate state: it crashes when a write of its own has been carried out, before it hears of that. */
  | ({ readonly kind: 'crashInTheMiddle'; readonly client: string; readonly downMs: VirtualMs } & CrashRule)

/** The client that is no node's. A node of that name goes before it. */
export const controlPlaneClient = 'control-plane'

/** Begins it now and returns how it ends. `over` is told of one that ends by itself. */
export function beginPattern(cluster: Cluster, kernel: Kernel, fault: PatternFault, over: () => void): () => void {
  const machine = cluster.machines.get(fault.client)
  // Who does not see signs of life is as bad for nodes as who does not give any: their age counts from now.
  const threatened = machine === undefined ? [...cluster.machines.values()] : [machine]
  for (const each of threatened) each.threaten()
  const end = begin(cluster, machine, kernel, fault, over)
  return () => {
    end()
    for (const each of threatened) each.relieve()
  }
}

function begin(
  cluster: Cluster,
  machine: Machine | undefined,
  kernel: Kernel,
  fault: PatternFault,
  over: () => void,
): () => void {
  const link = machine?.link ?? cluster.controlPlane.link
  switch (fault.kind) {
    case 'staleReads':
      link.fallBehind(cluster.controlPlane.server.cacheState())
      return () => link.catchUp()
    case 'missedEvents':
      link.missEvents()
      return () => link.beginAgain()
    case 'crashInTheMiddle':
      return awaitCrash(
        cluster,
        machine === undefined ? controlPlaneOf(cluster) : [kubeletOf(machine)],
        kernel,
        fault,
        over,
      )
  }
}

type Crash = Extract<PatternFault, { readonly kind: 'crashInTheMiddle' }>

/** A process that can crash. */
interface Process {
  readonly isIt: (userName: string) => boolean
  /** Returns how to start it again. */
  stop(): () => void
}

function awaitCrash(
  { crashRules }: Cluster,
  processes: readonly Process[],
  kernel: Kernel,
  fault: Crash,
  over: () => void,
): () => void {
  let startAgain: (() => void) | undefined
  let down: Unsubscribable | undefined
  const forget = crashRules.await(
    fault,
    (userName) => processes.some(({ isIt }) => isIt(userName)),
    (userName) => {
      startAgain = processes.find(({ isIt }) => isIt(userName))?.stop()
      down = after(kernel, fault.downMs).begin({ answered: over, failed: over })
    },
  )
  return () => {
    forget()
    down?.unsubscribe()
    startAgain?.()
  }
}

function kubeletOf(machine: Machine): Process {
  const user = nodeUser(machine.name).name
  return { isIt: (userName) => userName === user, stop: () => machine.keepKubeletDown() }
}

function controlPlaneOf({ controlPlane: { controllers, scheduler } }: Cluster): readonly Process[] {
  const isComponent = (component: string) => (userName: string) => managerOf(userName) === component
  return [
    { isIt: isComponent('kube-scheduler'), stop: () => stopped(scheduler) },
    { isIt: isComponent('kube-controller-manager'), stop: () => stopped(controllers) },
  ]
}

/** Of these only a crash stops one, and what is down crashes no more. */
function stopped(component: { stop(): void; start(): void }): () => void {
  component.stop()
  return () => component.start()
}
