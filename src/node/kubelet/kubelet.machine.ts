import { setup } from 'xstate'

/** What a node's kubelet is at. Source: pkg/kubelet/kubelet.go, Run; facts/kubelet.md 10.6. */
export type KubeletEvent =
  | { readonly type: 'start' }
  /** Its Node object exists. */
  | { readonly type: 'node.registered' }
  /** It has seen its Node and begins to watch Pods. */
  | { readonly type: 'node.synced' }
  /** All sources have told of their Pods. */
  | { readonly type: 'sources.ready' }
  | { readonly type: 'stop' }

export const kubeletMachine = setup({ types: {} as { events: KubeletEvent } }).createMachine({
  id: 'kubelet',
  initial: 'stopped',
  on: { stop: '.stopped' },
  states: {
    stopped: { on: { start: 'registering' } },
    // The Node can be seen before its first status is told: both are waited for side by side.
    registering: { on: { 'node.registered': 'waitingForNode', 'node.synced': 'waitingForSources' } },
    waitingForNode: { on: { 'node.synced': 'waitingForSources' } },
    waitingForSources: { on: { 'sources.ready': 'running', 'node.registered': {} } },
    running: { on: { 'node.registered': {} } },
  },
})
