import { setup } from 'xstate'

/**
 * Life of one volume of one Pod on its node: the kubelet's volume manager. Very many of these run, so the machine is
 * compiled (kernel/compiled-machine.ts). Source: pkg/kubelet/volumemanager/reconciler/reconciler.go; facts/kubelet.md 3.1.
 */
export type VolumeEvent =
  | { readonly type: 'attached' }
  | { readonly type: 'mount.started' }
  | { readonly type: 'mount.succeeded' }
  | { readonly type: 'mount.failed' }
  /** The Pod was synced: volumes whose content can change are set up again. */
  | { readonly type: 'remount.required' }
  | { readonly type: 'unmount.started' }
  | { readonly type: 'unmount.succeeded' }
  | { readonly type: 'unmount.failed' }
  /** Was never mounted and is no longer wanted. */
  | { readonly type: 'dropped' }

export const volumeMachine = setup({ types: {} as { events: VolumeEvent } }).createMachine({
  id: 'volume',
  initial: 'desired',
  states: {
    desired: { on: { attached: 'attached', 'unmount.started': 'unmounting', dropped: 'gone' } },
    attached: { on: { 'mount.started': 'mounting', 'unmount.started': 'unmounting', dropped: 'gone' } },
    mounting: { on: { 'mount.succeeded': 'mounted', 'mount.failed': 'mountBackOff' } },
    mountBackOff: { on: { 'mount.started': 'mounting', 'unmount.started': 'unmounting', dropped: 'gone' } },
    mounted: { on: { 'remount.required': 'remountRequired', 'unmount.started': 'unmounting' } },
    remountRequired: { on: { 'mount.started': 'remounting', 'unmount.started': 'unmounting' } },
    remounting: { on: { 'mount.succeeded': 'mounted', 'mount.failed': 'remountBackOff' } },
    remountBackOff: { on: { 'mount.started': 'remounting', 'unmount.started': 'unmounting' } },
    unmounting: { on: { 'unmount.succeeded': 'gone', 'unmount.failed': 'unmountBackOff' } },
    unmountBackOff: { on: { 'unmount.started': 'unmounting' } },
    gone: { type: 'final' },
  },
})
