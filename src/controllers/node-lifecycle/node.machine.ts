import { setup } from 'xstate'

/**
 * A node that was lost sight of, as its zone's queue for NoExecute taints knows it. Source: pkg/controller/nodelifecycle/
 * scheduler/rate_limited_queue.go, RateLimitedTimedQueue; node_lifecycle_controller.go, markNodeForTainting and
 * markNodeAsReachable.
 */
export type NodeEvent =
  /** A look found it not ready, or found nothing that it said. */
  | { readonly type: 'lost' }
  /** It was served: it has its taint, or needs none any more. */
  | { readonly type: 'tainted' }
  /** It is well again, or gone: the next loss begins anew. */
  | { readonly type: 'found' }

// Types are for the compiler alone.
export const nodeMachine = setup({ types: {} as { events: NodeEvent } }).createMachine({
  id: 'node',
  initial: 'reachable',
  states: {
    reachable: { on: { lost: 'taintDue' } },
    taintDue: { on: { lost: {}, tainted: 'tainted', found: 'reachable' } },
    tainted: { on: { lost: {}, found: 'reachable' } },
  },
})
