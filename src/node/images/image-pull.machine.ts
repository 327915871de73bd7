import { setup } from 'xstate'

/**
 * One image of one Pod, from the first need to its presence on the node. It is never run: pulls are told by the events of
 * the image manager. Source: pkg/kubelet/images/image_manager.go, EnsureImageExists; facts/kubelet.md 7.
 */
export type ImagePullEvent =
  | { readonly type: 'present' }
  | { readonly type: 'never' }
  | { readonly type: 'pull.queued' }
  | { readonly type: 'pull.begun' }
  | { readonly type: 'pull.succeeded' }
  | { readonly type: 'pull.failed' }
  | { readonly type: 'backOff.over' }

export const imagePullMachine = setup({ types: {} as { events: ImagePullEvent } }).createMachine({
  id: 'imagePull',
  initial: 'needed',
  states: {
    needed: { on: { present: 'present', never: 'ErrImageNeverPull', 'pull.queued': 'queued' } },
    queued: { on: { 'pull.begun': 'pulling' } },
    pulling: { on: { 'pull.succeeded': 'present', 'pull.failed': 'ImagePullBackOff' } },
    ImagePullBackOff: { on: { 'backOff.over': 'needed' } },
    ErrImageNeverPull: { on: { present: 'present' } },
    present: { type: 'final' },
  },
})
