import type { Container, Handler, Pod } from '../../objects/core.ts'
import type { ContainerRuntime } from '../runtime/cri.ts'
import type { KubeletEvents } from './kubelet-events.ts'

export interface HookRunner {
  /** Runs the hook; `done` comes when it ended, failed, or the grace period is over. */
  preStop(pod: Pod, container: Container, containerId: string, graceSeconds: number, done: () => void): void
  /** `done` gets the text of a failure. */
  postStart(pod: Pod, container: Container, containerId: string, done: (error: string | undefined) => void): void
}

/**
 * Runs lifecycle hooks in containers. A command's whole effect comes at the instant at which it is run: hooks take no
 * time. Source: pkg/kubelet/lifecycle/handlers.go.
 */
export function createHookRunner(runtime: ContainerRuntime, events: KubeletEvents): HookRunner {
  return {
    preStop(pod, container, containerId, _graceSeconds, done) {
      const hook = container.lifecycle?.preStop
      const error = hook === undefined ? undefined : run(runtime, pod, container, containerId, hook)
      if (error !== undefined) events.container(pod, container, 'Warning', 'FailedPreStopHook', error)
      done()
    },
    postStart(pod, container, containerId, done) {
      const hook = container.lifecycle?.postStart
      const error = hook === undefined ? undefined : run(runtime, pod, container, containerId, hook)
      if (error !== undefined) events.container(pod, container, 'Warning', 'FailedPostStartHook', error)
      done(error)
    },
  }
}

function run(
  runtime: ContainerRuntime,
  pod: Pod,
  container: Container,
  containerId: string,
  hook: Handler,
): string | undefined {
  const where = `Container ${JSON.stringify(container.name)} in Pod "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})"`
  if (hook.exec !== undefined) {
    const command = hook.exec.command ?? []
    const result = runtime.exec(containerId, command)
    if (result.ok && result.value.exitCode === 0) return undefined
    const reason = result.ok ? `command '${command.join(' ')}' exited with ${result.value.exitCode}` : result.message
    const output = result.ok ? result.value.stderr || result.value.stdout : ''
    return `Exec lifecycle hook ([${command.join(' ')}]) for ${where} failed - error: ${reason}: ${output}, message: ${JSON.stringify(output)}`
  }
  if (hook.httpGet !== undefined) {
    const { path = '/', port } = hook.httpGet
    const answer = runtime.probe(containerId, { kind: 'http', port: portNumber(container, port), path })
    if (answer.ok) return undefined
    return `Http lifecycle hook (${path.replace(/^\//, '')}) for ${where} failed - error: ${answer.output}, message: ""`
  }
  return undefined
}

/** A port by number or by the container's name for it; 0 if there is none of that name. */
export function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0)
}
