import type { ContainerRuntime, RuntimeDone } from '../runtime/cri.ts'

/** A container runtime as one life of a kubelet uses it. */
export interface AttendedRuntime {
  readonly runtime: ContainerRuntime
  /** The kubelet's process ends: what was ordered goes on, its answers reach nobody, and nothing more is ordered (L6). */
  leave(): void
}

/** Orders of a kubelet that died half-way through a sync must not go on with the steps that would have come next. */
export function attendedRuntime(runtime: ContainerRuntime): AttendedRuntime {
  let isLeft = false
  const heard =
    <T>(done: RuntimeDone<T>): RuntimeDone<T> =>
    (result) => {
      if (!isLeft) done(result)
    }
  return {
    leave() {
      isLeft = true
    },
    runtime: {
      ...runtime,
      runPodSandbox(config, done) {
        if (!isLeft) runtime.runPodSandbox(config, heard(done))
      },
      stopPodSandbox(id, done) {
        if (!isLeft) runtime.stopPodSandbox(id, heard(done))
      },
      removePodSandbox(id, done) {
        if (!isLeft) runtime.removePodSandbox(id, heard(done))
      },
      createContainer(config, done) {
        if (!isLeft) runtime.createContainer(config, heard(done))
      },
      startContainer(id, done) {
        if (!isLeft) runtime.startContainer(id, heard(done))
      },
      stopContainer(id, graceSeconds, done) {
        if (!isLeft) runtime.stopContainer(id, graceSeconds, heard(done))
      },
      removeContainer(id, done) {
        if (!isLeft) runtime.removeContainer(id, heard(done))
      },
      pullImage(image, credential, done, pod) {
        if (!isLeft) runtime.pullImage(image, credential, heard(done), pod)
      },
      execInTime(containerId, argv, done) {
        return isLeft ? () => undefined : runtime.execInTime(containerId, argv, heard(done))
      },
    },
  }
}
