import { setup } from 'xstate'

/**
 * Life of one container of a Pod, by name: over all its attempts. States in which it waits bear the reason that the Pod's
 * status shows. Very many of these run, so the machine is compiled. Source: pkg/kubelet/kuberuntime/kuberuntime_manager.go,
 * SyncPod and startContainer; pkg/kubelet/images/types.go; facts/kubelet.md 8.2.
 */
export type ContainerEvent =
  /** It has to wait for init containers. */
  | { readonly type: 'init.needed' }
  | { readonly type: 'image.invalid' }
  | { readonly type: 'image.absent' }
  | { readonly type: 'image.failed' }
  | { readonly type: 'image.backOff' }
  | { readonly type: 'registry.unavailable' }
  /** A pull Secret cannot be read: the status shows the error itself. */
  | { readonly type: 'pullSecret.failed' }
  | { readonly type: 'config.failed' }
  | { readonly type: 'create.failed' }
  | { readonly type: 'start.failed' }
  | { readonly type: 'hook.failed' }
  | { readonly type: 'crash.backOff' }
  | { readonly type: 'started' }
  | { readonly type: 'exited' }

/** What a try to start it leads to, from whatever state. */
const tried = {
  'image.invalid': 'InvalidImageName',
  'image.absent': 'ErrImageNeverPull',
  'image.failed': 'ErrImagePull',
  'image.backOff': 'ImagePullBackOff',
  'registry.unavailable': 'RegistryUnavailable',
  'pullSecret.failed': 'PullSecretError',
  'config.failed': 'CreateContainerConfigError',
  'create.failed': 'CreateContainerError',
  'start.failed': 'RunContainerError',
  'hook.failed': 'PostStartHookError',
  'crash.backOff': 'CrashLoopBackOff',
  started: 'running',
} as const

/** The end of the last attempt is no news to who waits for the next. */
const waiting = { on: { ...tried, exited: {} } }

export const containerMachine = setup({ types: {} as { events: ContainerEvent } }).createMachine({
  id: 'container',
  initial: 'ContainerCreating',
  states: {
    ContainerCreating: { on: { ...tried, 'init.needed': 'PodInitializing', exited: 'terminated' } },
    PodInitializing: { on: { ...tried, exited: 'terminated' } },
    InvalidImageName: waiting,
    ErrImageNeverPull: waiting,
    ErrImagePull: waiting,
    ImagePullBackOff: waiting,
    RegistryUnavailable: waiting,
    PullSecretError: waiting,
    CreateContainerConfigError: waiting,
    CreateContainerError: waiting,
    RunContainerError: waiting,
    PostStartHookError: waiting,
    CrashLoopBackOff: waiting,
    running: { on: { ...tried, exited: 'terminated' } },
    terminated: waiting,
  },
})
