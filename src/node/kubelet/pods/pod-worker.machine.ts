import { setup } from 'xstate'

/**
 * What the worker of one Pod is at. One runs for every Pod of every node, so the machine is compiled. Up to v1.21 a Pod
 * is killed within an ordinary sync, and only the first five states and `finished` occur. From v1.22 on there are three
 * kinds of sync, each tried again until it succeeds: ordinary ones, termination (containers), clean-up (volumes, last
 * status). Source: pkg/kubelet/pod_workers.go; kubelet.go, SyncPod, SyncTerminatingPod, SyncTerminatedPod.
 */
export type PodWorkerEvent =
  /** There is something to do. */
  | { readonly type: 'update' }
  /** The PLEG has looked since the last sync ended. */
  | { readonly type: 'status.fresh' }
  | { readonly type: 'volumes.needed' }
  | { readonly type: 'volumes.ready' }
  | { readonly type: 'killing' }
  | { readonly type: 'sync.ended' }
  /** From now on each sync ends the Pod. */
  | { readonly type: 'terminate' }
  | { readonly type: 'containers.ended' }
  | { readonly type: 'finished' }

export const podWorkerMachine = setup({ types: {} as { events: PodWorkerEvent } }).createMachine({
  id: 'podWorker',
  initial: 'idle',
  states: {
    idle: { on: { update: 'waitingForStatus', terminate: 'terminationDue', finished: 'finished' } },
    waitingForStatus: { on: { 'status.fresh': 'syncing', terminate: 'waitingToTerminate' } },
    syncing: { on: { 'volumes.needed': 'waitingForVolumes', killing: 'killing', 'sync.ended': 'idle' } },
    waitingForVolumes: { on: { 'volumes.ready': 'syncing', 'sync.ended': 'idle' } },
    killing: { on: { 'sync.ended': 'idle' } },
    terminationDue: { on: { update: 'waitingToTerminate' } },
    waitingToTerminate: { on: { 'status.fresh': 'terminating' } },
    terminating: { on: { 'containers.ended': 'cleanupDue', 'sync.ended': 'terminationDue' } },
    cleanupDue: { on: { update: 'waitingToCleanUp' } },
    waitingToCleanUp: { on: { 'status.fresh': 'terminated' } },
    terminated: { on: { finished: 'finished', 'sync.ended': 'cleanupDue' } },
    finished: { type: 'final' },
  },
})
