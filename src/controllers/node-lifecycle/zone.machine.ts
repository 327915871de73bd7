import { setup } from 'xstate'

/**
 * A zone of nodes: how many of them are lost decides how fast they may be tainted. Source: pkg/controller/nodelifecycle/
 * node_lifecycle_controller.go, ZoneState, ComputeZoneState and handleDisruption.
 */
export type ZoneEvent =
  /** Few enough of its nodes are lost. */
  | { readonly type: 'well' }
  /** More than two, and more than the threshold allows. */
  | { readonly type: 'disrupted' }
  /** All of them. */
  | { readonly type: 'lost' }

const judged = { well: 'Normal', disrupted: 'PartialDisruption', lost: 'FullDisruption' } as const

// Types are for the compiler alone.
export const zoneMachine = setup({ types: {} as { events: ZoneEvent } }).createMachine({
  id: 'zone',
  initial: 'Initial',
  states: {
    Initial: { on: judged },
    Normal: { on: judged },
    PartialDisruption: { on: judged },
    FullDisruption: { on: judged },
  },
})
