import { type EventName, machineTable, type StateName } from '../../kernel/compiled-machine.ts'
import { Instance } from '../../kernel/instance.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Clockwork } from '../controller.ts'
import type { ControllerOptions } from '../options.ts'
import { type NodeHealth, zoneVerdict } from './health.ts'
import { zoneMachine } from './zone.machine.ts'
import { createZoneTainter, type ZoneTainter } from './zone-tainter.ts'

/** The zones of the cluster: how each is, and how fast its nodes may be tainted. Source: handleDisruption. */
export interface Zones {
  begin(): void
  /** The tainter of a zone; it is made when the zone is first heard of. */
  tainter(zone: string): ZoneTainter
  /** What is known of a node's readiness; counts for its zone. */
  setNode(node: string, zone: string, isReady: boolean): void
  removeNode(node: string): void
  /** Compares with the last look and sets rates. `entered`: no zone has a ready node any more; `left`: one has again. */
  judge(): 'entered' | 'left' | 'same'
  /** Undefined while a node waits for its taint, or has had one. */
  atRest(): RestingZones | undefined
  goOnFrom(rest: RestingZones, phase: VirtualMs): void
}

/** What the controller knows while all nodes are well. */
export interface RestingLifecycle {
  readonly known: readonly (readonly [name: string, node: { readonly name: string; readonly uid: string }])[]
  readonly health: readonly (readonly [name: string, memory: NodeHealth])[]
  readonly zones: RestingZones
}

/** What is known of zones whose nodes need no taint. */
export interface RestingZones {
  readonly nodes: readonly (readonly [node: string, known: { readonly zone: string; readonly isReady: boolean }])[]
  /** Those that were judged, with the last verdict. */
  readonly verdicts: readonly (readonly [zone: string, verdict: Verdict])[]
  /** Zones that have a tainter. */
  readonly tainters: readonly string[]
}

type Verdict = EventName<typeof zoneMachine>

const table = machineTable(zoneMachine)

/** One zone, with its nodes counted. */
class Zone extends Instance<StateName<typeof zoneMachine>, Verdict> {
  ready = 0
  notReady = 0
  /** The last one. */
  verdict: Verdict | undefined

  constructor() {
    super(table)
  }

  protected override stepped(verdict: Verdict): void {
    this.verdict = verdict
  }
}

export function createZones(
  kernel: Kernel,
  clockwork: Pick<Clockwork, 'after' | 'run'>,
  options: ControllerOptions,
  taint: (node: string) => Steps<boolean>,
): Zones {
  const nodes = new Map<string, { readonly zone: string; readonly isReady: boolean }>()
  const known = new Map<string, Zone>()
  const tainters = new Map<string, ZoneTainter>()
  let phase: VirtualMs | undefined

  const count = (node: string, by: 1 | -1): void => {
    const counted = nodes.get(node)
    if (counted === undefined) return
    const zone = known.get(counted.zone) ?? new Zone()
    known.set(counted.zone, zone)
    if (counted.isReady) zone.ready += by
    else zone.notReady += by
  }
  const rate = ({ state, ready, notReady }: Zone): number => {
    if (state !== 'PartialDisruption') return options.nodeEvictionRate
    return ready + notReady > options.largeClusterSizeThreshold ? options.secondaryNodeEvictionRate : 0
  }
  const zones: Zones = {
    begin() {
      phase = kernel.now()
      for (const tainter of tainters.values()) tainter.begin(phase)
    },
    tainter(zone) {
      let tainter = tainters.get(zone)
      if (tainter === undefined) {
        tainter = createZoneTainter(kernel, clockwork, options.nodeEvictionRate, taint)
        tainters.set(zone, tainter)
        if (phase !== undefined) tainter.begin(phase)
      }
      return tainter
    },
    setNode(node, zone, isReady) {
      count(node, -1)
      nodes.set(node, { zone, isReady })
      count(node, 1)
    },
    removeNode(node) {
      count(node, -1)
      nodes.delete(node)
    },
    atRest() {
      const isFresh = [...tainters.values()].every((tainter) => tainter.isFresh(options.nodeEvictionRate))
      if (!isFresh) return undefined
      const verdicts = [...known].flatMap(([zone, { verdict }]) =>
        verdict === undefined ? [] : [[zone, verdict] as const],
      )
      return { nodes: [...nodes], verdicts, tainters: [...tainters.keys()] }
    },
    goOnFrom(rest, at) {
      for (const [node, { zone, isReady }] of rest.nodes) zones.setNode(node, zone, isReady)
      for (const [zone, verdict] of rest.verdicts) known.get(zone)?.send(verdict)
      phase = at
      for (const zone of rest.tainters) {
        const tainter = createZoneTainter(kernel, clockwork, options.nodeEvictionRate, taint)
        tainter.goOnFrom(phase)
        tainters.set(zone, tainter)
      }
    },
    judge() {
      for (const [name, { ready, notReady }] of known) if (ready + notReady === 0) known.delete(name)
      const judged = [...known].map(
        ([name, zone]) => [name, zone, zoneVerdict(zone.ready, zone.notReady, options.unhealthyZoneThreshold)] as const,
      )
      const isDisrupted = judged.every(([, , verdict]) => verdict === 'lost')
      const wasDisrupted = judged.every(([, { state }]) => state === 'FullDisruption')
      if (isDisrupted && wasDisrupted) return 'same'
      for (const [name, zone, verdict] of judged) {
        const before = zone.state
        zone.send(verdict)
        if (isDisrupted) zones.tainter(name).setRate(0)
        else if (wasDisrupted || before !== zone.state) zones.tainter(name).setRate(rate(zone))
      }
      return isDisrupted ? 'entered' : wasDisrupted ? 'left' : 'same'
    },
  }
  return zones
}
