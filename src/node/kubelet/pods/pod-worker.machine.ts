import { setup } from 'xstate'

/**
 * What the worker of one Pod is at. One runs for every Pod of every node, so the machine is compiled. Up to v1.21 a Pod
 * is killed within an ordinary sync, and `terminating` and `terminated` do not occur. Source: pkg/kubelet/pod_workers.go,
 * kubelet.go syncPod, syncTerminatingPod, syncTerminatedPod.
 */
export type PodWorkerEvent =
  | { readonly type: 'update' }
  /** The PLEG has looked since the last sync ended. */
  | { readonly type: 'status.fresh' }
  | { readonly type: 'volumes.needed' }
  | { readonly type: 'volumes.ready' }
  | { readonly type: 'killing' }
  | { readonly type: 'sync.ended' }
  | { readonly type: 'terminating' }
  | { readonly type: 'terminated' }
  | { readonly type: 'finished' }

export const podWorkerMachine = setup({ types: {} as { events: PodWorkerEvent } }).createMachine({
  id: 'podWorker',
  initial: 'idle',
  on: { finished: '.finished' },
  states: {
    idle: { on: { update: 'waitingForStatus' } },
    waitingForStatus: {
      on: { 'status.fresh': 'syncing', terminating: 'terminating', terminated: 'terminated' },
    },
    syncing: {
      on: { 'volumes.needed': 'waitingForVolumes', killing: 'killing', 'sync.ended': 'idle' },
    },
    waitingForVolumes: { on: { 'volumes.ready': 'syncing', 'sync.ended': 'idle' } },
    killing: { on: { 'sync.ended': 'idle' } },
    terminating: { on: { 'sync.ended': 'idle' } },
    terminated: { on: { 'sync.ended': 'idle' } },
    finished: { type: 'final' },
  },
})
