/**
 * Journal records of the container runtime. Their actor is `runtime/<node>`, their object the Pod. The comments beside
 * the types are what the recorded timelines call them.
 */
export const runtimeRecords = {
  'sandbox.run': 'A sandbox is ready (RunPodSandbox). Detail: attempt, ip.',
  'sandbox.stop': 'A sandbox was stopped (StopPodSandbox), and what still ran in it killed.',
  'sandbox.remove': 'A stopped sandbox was removed.',
  'image.pull': 'A pull began (PullImage). Detail: image, username of the credentials if any.',
  'image.pulled': 'A pull ended (PullImageDone). Detail: image, result: `ok` or the error of the registry.',
  'container.create':
    'A container was made (CreateContainer). Detail: container, attempt, command, mounts, names of env.',
  'container.start': 'Its program runs (StartContainer). Detail: container, attempt.',
  'container.stop': 'It was told to end (StopContainer). Detail: container, attempt, timeoutSeconds.',
  'container.exit': 'Its program ended (ContainerExited). Detail: container, attempt, exitCode, reason.',
  'container.remove': 'An ended container was removed (RemoveContainer). Detail: container, attempt.',
} as const

export type RuntimeRecordType = keyof typeof runtimeRecords
