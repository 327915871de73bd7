import type { Pod } from '../api/types/core.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { beginFault, type ClusterFault } from '../cluster/faults.ts'
import type { OutsideRecord } from '../cluster/outside-records.ts'
import { controlPlaneClient } from '../cluster/pattern-faults.ts'
import type { JournalWriter } from '../kernel/journal.ts'
import type { Kernel } from '../kernel/kernel.ts'
import type { SimulatedRegistry } from '../node/runtime/registry.ts'
import { unknownName } from './calls.ts'
import { type FaultMeaning, faultMeaning, namesIn } from './fault-table.ts'
import { faultText } from './fault-text.ts'
import { millisecondsOf } from './input/formats.ts'
import { find } from './objects.ts'
import type { Fault } from './sim.ts'
import { SimUsageError } from './usage-error.ts'

export interface AccidentWorld {
  readonly kernel: Kernel
  readonly journal: JournalWriter<OutsideRecord>
  readonly cluster: Cluster
  readonly registry: SimulatedRegistry
  /** Told as an accident begins (1) and ends (-1). */
  readonly observed: (change: 1 | -1) => void
  readonly people: PeoplesWay
}

/** What accidents do to people's way to the API server. */
export interface PeoplesWay {
  /** How many of them cut it off. */
  blockedBy: number
  /** Those that make it slow. */
  readonly slow: Set<Extract<ClusterFault, { kind: 'apiServerSlow' }>>
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
    const isCut = fault.kind === 'apiServerUnreachable' && fault.node === undefined
    const blocks = isCut || fault.kind === 'apiServerRestarted'
    const slows = fault.kind === 'apiServerSlow' && fault.node === undefined ? fault : undefined
    if (blocks) people.blockedBy++
    if (slows !== undefined) people.slow.add(slows)
    const entry: Ongoing = {
      fault,
      end() {
        if (!ongoing.delete(entry)) return
        if (blocks) people.blockedBy--
        if (slows !== undefined) people.slow.delete(slows)
        told(fault, seq)
        finish()
        observed(-1)
      },
    }
    ongoing.add(entry)
    return entry.end
  }

  for (const machine of cluster.machines.values()) {
    if (!machine.isAbsent) continue
    machine.threaten()
    const fault: ClusterFault = { kind: 'poweredOff', node: machine.name }
    const entry: Ongoing = {
      fault,
      end() {
        if (!ongoing.delete(entry)) return
        told(fault, 0)
        machine.powerOn()
        machine.relieve()
      },
    }
    ongoing.add(entry)
  }

  return {
    begin(asked) {
      checkNames(asked, cluster)
      const meaning = faultMeaning(asked)
      if (meaning.kind === 'end') {
        endAll(meaning.of, meaning.node)
        return over
      }
      const fault = meaning.kind === 'kill' ? killing(meaning, cluster) : meaning
      const seq = told(fault, undefined)
      observed(1)
      let end = (): void => {}
      const finish = beginFault({ cluster, registry, kernel }, fault, () => end())
      if (isMomentary(fault)) {
        observed(-1)
        kernel.cause = 0
        return over
      }
      end = lasting(fault, seq, finish)
      if ('for' in asked && asked.for !== undefined) kernel.schedule(millisecondsOf(asked.for), end)
      kernel.cause = 0
      return { clear: end }
    },
  }
}

function checkNames(fault: Fault, { machines, controlPlane }: Cluster): void {
  for (const { to, name, path } of namesIn(fault)) {
    const known =
      to === 'node'
        ? [...machines.keys()]
        : to === 'resourceName'
          ? controlPlane.server.discovery.resources.map(({ resource }) => resource)
          : to === 'client'
            ? [...machines.keys(), controlPlaneClient]
            : controlPlane.controllers.names
    if (!known.some((each) => each === name)) throw unknownName(`fault.${path.join('.')}`, name, known)
  }
}

const momentary: ReadonlySet<ClusterFault['kind']> = new Set([
  'dropWatches',
  'loseAnswers',
  'kubeletRestarted',
  'rebooted',
  'containerKilled',
  'nodeRemoved',
])

function isMomentary({ kind }: ClusterFault): boolean {
  return momentary.has(kind)
}

/** Where the container runs that is to be killed. Throws where it does not. */
function killing(
  { pod: name, container, namespace, exitCode, isOutOfMemory }: Extract<FaultMeaning, { readonly kind: 'kill' }>,
  { controlPlane, machines }: Cluster,
): ClusterFault {
  const pod = find<Pod>(controlPlane.server, 'Pod', name, namespace)
  const { nodeName = '', containers } = pod?.spec ?? { containers: [] }
  const which = container ?? containers[0]?.name ?? ''
  const podUid = pod?.metadata.uid ?? ''
  const isRunning = machines
    .get(nodeName)
    ?.runtime.podContainers(podUid)
    .some(({ config, state }) => config.name === which && state === 'running')
  if (isRunning !== true)
    throw new SimUsageError(`fault.kill: no running container ${namespace}/${name}${which === '' ? '' : `/${which}`}`)
  return {
    ...{ kind: 'containerKilled', node: nodeName, pod: `${namespace}/${name}`, podUid },
    ...{ container: which, exitCode, isOutOfMemory },
  }
}
