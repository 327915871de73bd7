import type { Kernel } from '../../kernel/kernel.ts'
import type { Steps } from '../../kernel/steps.ts'
import type { VirtualMs } from '../../kernel/time.ts'
import type { Clockwork } from '../controller.ts'
import type { ControllerOptions } from '../options.ts'
import { type NodeHealth, type ZoneState, zoneState } from './health.ts'
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
  readonly states: readonly (readonly [zone: string, state: ZoneState])[]
  /** Zones that have a tainter. */
  readonly tainters: readonly string[]
}

export function createZones(
  kernel: Kernel,
  clockwork: Pick<Clockwork, 'after' | 'run'>,
  options: ControllerOptions,
  taint: (node: string) => Steps<boolean>,
): Zones {
  const nodes = new Map<string, { readonly zone: string; readonly isReady: boolean }>()
  const counts = new Map<string, { ready: number; notReady: number }>()
  const states = new Map<string, ZoneState>()
  const tainters = new Map<string, ZoneTainter>()
  let phase: VirtualMs | undefined

  const count = (node: string, by: 1 | -1): void => {
    const known = nodes.get(node)
    if (known === undefined) return
    const sum = counts.get(known.zone) ?? { ready: 0, notReady: 0 }
    counts.set(known.zone, sum)
    if (known.isReady) sum.ready += by
    else sum.notReady += by
    if (sum.ready + sum.notReady === 0) counts.delete(known.zone)
  }
  const rate = (zone: string, state: ZoneState): number => {
    if (state !== 'PartialDisruption') return options.nodeEvictionRate
    const { ready = 0, notReady = 0 } = counts.get(zone) ?? {}
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
      return isFresh ? { nodes: [...nodes], states: [...states], tainters: [...tainters.keys()] } : undefined
    },
    goOnFrom(rest, at) {
      for (const [node, { zone, isReady }] of rest.nodes) zones.setNode(node, zone, isReady)
      for (const [zone, state] of rest.states) states.set(zone, state)
      phase = at
      for (const zone of rest.tainters) {
        const tainter = createZoneTainter(kernel, clockwork, options.nodeEvictionRate, taint)
        tainter.goOnFrom(phase)
        tainters.set(zone, tainter)
      }
    },
    judge() {
      const next = new Map<string, ZoneState>()
      for (const [zone, { ready, notReady }] of counts) {
        next.set(zone, zoneState(ready, notReady, options.unhealthyZoneThreshold))
        if (!states.has(zone)) states.set(zone, 'Initial')
      }
      for (const zone of states.keys()) if (!next.has(zone)) states.delete(zone)
      const isDisrupted = [...next.values()].every((state) => state === 'FullDisruption')
      const wasDisrupted = [...states.values()].every((state) => state === 'FullDisruption')
      if (isDisrupted && wasDisrupted) return 'same'
      for (const [zone, state] of next) {
        if (isDisrupted) zones.tainter(zone).setRate(0)
        else if (wasDisrupted || states.get(zone) !== state) zones.tainter(zone).setRate(rate(zone, state))
        states.set(zone, state)
      }
      return isDisrupted ? 'entered' : wasDisrupted ? 'left' : 'same'
    },
  }
  return zones
}
