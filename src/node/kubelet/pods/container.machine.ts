import { setup } from 'xstate'

/**
 * Life of one container of a Pod as its kubelet sees it, with the reasons of its waiting states. It is never run: the
 * state is read off the Pod's status (`containerStateOf`). Source: pkg/kubelet/kuberuntime; facts/kubelet.md 8.2.
 */
export type ContainerEvent =
  | { readonly type: 'image.failed' }
  | { readonly type: 'image.backOff' }
  | { readonly type: 'config.failed' }
  | { readonly type: 'create.failed' }
  | { readonly type: 'start.failed' }
  | { readonly type: 'started' }
  | { readonly type: 'exited' }
  | { readonly type: 'crash.backOff' }

const failures = {
  'image.failed': 'ErrImagePull',
  'config.failed': 'CreateContainerConfigError',
  'create.failed': 'CreateContainerError',
  'start.failed': 'RunContainerError',
  started: 'running',
} as const

export const containerMachine = setup({ types: {} as { events: ContainerEvent } }).createMachine({
  id: 'container',
  initial: 'ContainerCreating',
  states: {
    ContainerCreating: { on: failures },
    PodInitializing: { on: failures },
    ErrImagePull: { on: { ...failures, 'image.backOff': 'ImagePullBackOff' } },
    ImagePullBackOff: { on: { ...failures, 'image.backOff': 'ImagePullBackOff' } },
    CreateContainerConfigError: { on: { ...failures, 'crash.backOff': 'CrashLoopBackOff' } },
    CreateContainerError: { on: { ...failures, 'crash.backOff': 'CrashLoopBackOff' } },
    RunContainerError: { on: { ...failures, 'crash.backOff': 'CrashLoopBackOff' } },
    running: { on: { exited: 'terminated' } },
    terminated: { on: { ...failures, 'crash.backOff': 'CrashLoopBackOff' } },
    CrashLoopBackOff: { on: { ...failures, 'crash.backOff': 'CrashLoopBackOff' } },
  },
})
