import type { Cluster } from '../cluster/cluster.ts'
import { beginFault, type ClusterFault } from '../cluster/faults.ts'
import type { Journal } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { SimulatedRegistry } from '../node/runtime/registry.ts'
import { unknownName } from './calls.ts'
import { faultMeaning, namesIn } from './fault-table.ts'
import { faultText } from './fault-text.ts'
import { millisecondsOf } from './input/formats.ts'
import type { Fault } from './sim.ts'

export interface AccidentWorld {
  readonly kernel: Kernel
  readonly journal: Journal
  readonly cluster: Cluster
  readonly registry: SimulatedRegistry
  /** Told as an accident begins (1) and ends (-1). */
  readonly observed: (change: 1 | -1) => void
  /** How many accidents cut people off from the API server. */
  readonly people: { blockedBy: number }
}

/** An accident that has begun; `clear` ends it, and does nothing once it is over. */
export interface BegunFault {
  clear(): void
}

interface Ongoing {
  readonly fault: ClusterFault
  readonly end: () => void
}

const over: BegunFault = { clear: () => {} }

/** Accidents of a simulation: begins them, ends them in time or when others say so, and tells the journal. */
export function createAccidents(world: AccidentWorld): { begin(fault: Fault): BegunFault } {
  const { kernel, journal, cluster, registry, observed, people } = world
  const ongoing = new Set<Ongoing>()

  const told = (fault: ClusterFault, cause: number | undefined): number =>
    journal.append({
      actor: 'fault',
      type: cause === undefined ? 'fault.begin' : 'fault.end',
      ...(cause === undefined ? {} : { cause }),
      detail: { kind: fault.kind, what: faultText(fault, cause !== undefined) },
    })

  /** Only those of one node, if one is named. */
  const endAll = (kinds: readonly ClusterFault['kind'][], node: string | undefined): void => {
    for (const { fault, end } of [...ongoing]) {
      const isMeant = node === undefined || ('node' in fault && fault.node === node)
      if (kinds.includes(fault.kind) && isMeant) end()
    }
  }

  const lasting = (fault: ClusterFault, seq: number, finish: () => void): (() => void) => {
    const blocks = fault.kind === 'apiServerUnreachable' && fault.node === undefined
    if (blocks) people.blockedBy++
    const entry: Ongoing = {
      fault,
      end() {
        if (!ongoing.delete(entry)) return
        if (blocks) people.blockedBy--
        told(fault, seq)
        finish()
        observed(-1)
      },
    }
    ongoing.add(entry)
    return entry.end
  }

  return {
    begin(asked) {
      checkNames(asked, cluster)
      const fault = faultMeaning(asked)
      if (fault.kind === 'end') {
        endAll(fault.of, fault.node)
        return over
      }
      const seq = told(fault, undefined)
      observed(1)
      const finish = beginFault(cluster, registry, fault)
      if (isMomentary(fault)) {
        observed(-1)
        kernel.cause = 0
        return over
      }
      const end = lasting(fault, seq, finish)
      if ('for' in asked && asked.for !== undefined) kernel.schedule(millisecondsOf(asked.for), end)
      kernel.cause = 0
      return { clear: end }
    },
  }
}

function checkNames(fault: Fault, { machines, controlPlane }: Cluster): void {
  for (const { to, name, path } of namesIn(fault)) {
    const known = to === 'node' ? [...machines.keys()] : controlPlane.controllers.names
    if (!known.some((each) => each === name)) throw unknownName(`fault.${path.join('.')}`, name, known)
  }
}

function isMomentary({ kind }: ClusterFault): boolean {
  return kind === 'dropWatches' || kind === 'loseAnswers' || kind === 'kubeletRestarted' || kind === 'rebooted'
}
