import type { Container, Handler, Pod } from '../../../api/types/core.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { second } from '../../../kernel/time.ts'
import type { ContainerRuntime } from '../../runtime/cri.ts'
import type { KubeletEvents } from '../kubelet-events.ts'

export interface HookRunner {
  /** Runs the hook; `done` comes when it ended, failed, or the grace period is over. */
  preStop(pod: Pod, container: Container, containerId: string, graceSeconds: number, done: () => void): void
  /** `done` gets the text of a failure. */
  postStart(pod: Pod, container: Container, containerId: string, done: (error: string | undefined) => void): void
}

/**
 * Runs lifecycle hooks in containers, commands in virtual time. A preStop hook that outlasts the grace period is no longer
 * waited for, but goes on until its container is killed. Source: pkg/kubelet/lifecycle/handlers.go, Run;
 * pkg/kubelet/kuberuntime/kuberuntime_container.go, executePreStopHook; facts/kubelet.md 8.4.
 */
export function createHookRunner(kernel: Kernel, runtime: ContainerRuntime, events: KubeletEvents): HookRunner {
  return {
    preStop(pod, container, containerId, graceSeconds, done) {
      let isWaitedFor = true
      const end = (): void => {
        if (!isWaitedFor) return
        isWaitedFor = false
        timer.cancel()
        done()
      }
      const timer = kernel.schedule(graceSeconds * second, end)
      run(runtime, pod, container, containerId, container.lifecycle?.preStop, (error) => {
        if (error !== undefined) events.container(pod, container, 'Warning', 'FailedPreStopHook', error)
        end()
      })
    },
    postStart(pod, container, containerId, done) {
      run(runtime, pod, container, containerId, container.lifecycle?.postStart, (error) => {
        if (error !== undefined) events.container(pod, container, 'Warning', 'FailedPostStartHook', error)
        done(error)
      })
    },
  }
}

function run(
  runtime: ContainerRuntime,
  pod: Pod,
  container: Container,
  containerId: string,
  hook: Handler | undefined,
  done: (error: string | undefined) => void,
): void {
  const where = `Container ${JSON.stringify(container.name)} in Pod "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})"`
  if (hook?.exec !== undefined) {
    const command = hook.exec.command ?? []
    runtime.execInTime(containerId, command, (result) => {
      if (result.ok && result.value.exitCode === 0) {
        done(undefined)
        return
      }
      const reason = result.ok ? `command '${command.join(' ')}' exited with ${result.value.exitCode}` : result.message
      const output = result.ok ? result.value.stderr || result.value.stdout : ''
      done(
        `Exec lifecycle hook ([${command.join(' ')}]) for ${where} failed - error: ${reason}: ${output}, message: ${JSON.stringify(output)}`,
      )
    })
    return
  }
  if (hook?.httpGet !== undefined) {
    const { path = '/', port } = hook.httpGet
    const answer = runtime.probe(containerId, { kind: 'http', port: portNumber(container, port), path })
    done(
      answer.ok
        ? undefined
        : `Http lifecycle hook (${path.replace(/^\//, '')}) for ${where} failed - error: ${answer.output}, message: ""`,
    )
    return
  }
  done(undefined)
}

/** A port by number or by the container's name for it; 0 if there is none of that name. */
export function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0)
}
