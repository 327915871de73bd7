import { setup } from 'xstate'

/**
 * One image of one Pod: from the first need to its presence on the node, and again whenever it is pulled anew. Source:
 * pkg/kubelet/images/image_manager.go, EnsureImageExists; facts/kubelet.md 7.
 */
export type ImagePullEvent =
  /** It is on the node, and the Pod may use it. */
  | { readonly type: 'present' }
  /** It is not there, and its policy forbids to pull it. */
  | { readonly type: 'never' }
  | { readonly type: 'pull.queued' }
  | { readonly type: 'pull.begun' }
  | { readonly type: 'pull.succeeded' }
  | { readonly type: 'pull.failed' }
  | { readonly type: 'backOff.over' }

const asked = { present: 'present', never: 'ErrImageNeverPull', 'pull.queued': 'queued' } as const

export const imagePullMachine = setup({ types: {} as { events: ImagePullEvent } }).createMachine({
  id: 'imagePull',
  initial: 'needed',
  states: {
    needed: { on: asked },
    queued: { on: { 'pull.begun': 'pulling' } },
    pulling: { on: { 'pull.succeeded': 'present', 'pull.failed': 'ImagePullBackOff' } },
    ImagePullBackOff: { on: { 'backOff.over': 'needed', present: 'present', never: 'ErrImageNeverPull' } },
    ErrImageNeverPull: { on: asked },
    present: { on: asked },
  },
})
