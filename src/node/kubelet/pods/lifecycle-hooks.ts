import type { Container, Handler, Pod } from '../../../api/types/core.ts'
import { goQuote } from '../../../go/quote.ts'
import { after } from '../../../kernel/after.ts'
import { firstOf } from '../../../kernel/first-of.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { ordered } from '../../../kernel/ordered.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import { type Steps, sleep, wait } from '../../../kernel/steps.ts'
import { second, type VirtualMs } from '../../../kernel/time.ts'
import type { ContainerRuntime, ExecResult, RuntimeResult } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import { type Asked, type AskingParts, addressOf, askHttp, isAnswered, probePath } from '../probes/asking.ts'

/** What of a kubelet its hooks have to do with; `scope`: its life. */
export interface HookParts extends AskingParts {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly scope: Scope
}

/** A program has done what it does first, such as setting a trap, before a runtime has the hook's command in its container. */
const programFirstMs: VirtualMs = 1

/**
 * Runs lifecycle hooks in containers, commands in virtual time. A preStop hook that outlasts the grace period is no longer
 * waited for, but goes on until its container is killed, and its failure is told then, as long as `scope`, the kubelet's
 * life, lasts. Source: pkg/kubelet/lifecycle/handlers.go, Run; pkg/kubelet/kuberuntime/kuberuntime_container.go,
 * executePreStopHook; facts/kubelet.md 8.4.
 */
export class HookRunner {
  readonly #parts: HookParts
  /** Commands of hooks belong to their containers: a kubelet that dies leaves them running. */
  readonly #commands = new Scope()

  constructor(parts: HookParts) {
    this.#parts = parts
  }

  /** Runs the hook, until it ended, failed, or the grace period is over. */
  *preStop(pod: Pod, container: Container, containerId: string, graceSeconds: number): Steps<void> {
    const hook = process(this.#parts.kernel, () => this.#toldPreStop(pod, container, containerId))
    yield* wait(firstOf<void>(after(this.#parts.kernel, graceSeconds * second), ordered(this.#parts.scope, hook)))
  }

  /** Gives the text of a failure. */
  *postStart(pod: Pod, container: Container, containerId: string): Steps<string | undefined> {
    yield* sleep(programFirstMs)
    const error = yield* this.#run(pod, container, containerId, container.lifecycle?.postStart)
    if (error !== undefined)
      this.#parts.events.container(pod, container, 'Warning', 'FailedPostStartHook', this.#told('PostStartHook', error))
    return error
  }

  *#toldPreStop(pod: Pod, container: Container, containerId: string): Steps<void> {
    const error = yield* this.#run(pod, container, containerId, container.lifecycle?.preStop)
    if (error !== undefined)
      this.#parts.events.container(pod, container, 'Warning', 'FailedPreStopHook', this.#told('PreStopHook', error))
  }

  #told(hook: 'PostStartHook' | 'PreStopHook', error: string): string {
    return this.#parts.facts.hookEventsTellNothing ? `${hook} failed` : error
  }

  *#run(pod: Pod, container: Container, containerId: string, hook: Handler | undefined): Steps<string | undefined> {
    const where = `Container ${JSON.stringify(container.name)} in Pod "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})"`
    if (hook?.exec !== undefined) {
      const command = hook.exec.command ?? []
      const result = yield* wait(ordered(this.#commands, this.#parts.runtime.execInTime(containerId, command)))
      if (result.ok && result.value.exitCode === 0) return undefined
      const output = result.ok ? result.value.stdout + result.value.stderr : ''
      return `Exec lifecycle hook ([${command.join(' ')}]) for ${where} failed - error: ${execFailure(command, result)}, message: ${goQuote(output)}`
    }
    if (hook?.sleep !== undefined) yield* sleep(hook.sleep.seconds * second)
    return hook?.httpGet === undefined ? undefined : this.#ask({ pod, container, id: containerId }, hook.httpGet, where)
  }

  /**
   * A server that answers without TLS is asked once more without. Hooks that know no TLS put a slash before whatever path, and tell what was
   * answered. Source: pkg/kubelet/lifecycle/handlers.go, Run and runHTTPHandler.
   */
  #ask(asked: Asked, action: NonNullable<Handler['httpGet']>, where: string): string | undefined {
    const { hooksSpeakTls } = this.#parts.facts
    const { path = '' } = action
    const port = portNumber(asked.container, action.port)
    const how = hooksSpeakTls ? { path: probePath(action) } : { path: `/${path}`, scheme: 'http' }
    const answer = askHttp(this.#parts, asked, action, { port, ...how })
    if (isAnswered(answer)) return undefined
    if (answer.isPlain === true) {
      const server = `${action.host || addressOf(this.#parts, asked)}:${port}`
      const text = `request to HTTPS lifecycle hook ${server} got HTTP response, retry with HTTP succeeded`
      this.#parts.events.pod(asked.pod, 'Warning', 'LifecycleHTTPFallback', text)
      return undefined
    }
    const failed = `lifecycle hook (${path}) for ${where} failed - error: ${answer.output}`
    return hooksSpeakTls ? `HTTP ${failed}` : `Http ${failed}, message: ""`
  }
}

/** Source: pkg/kubelet/cri/remote/remote_runtime.go, ExecSync. */
function execFailure(command: readonly string[], result: RuntimeResult<ExecResult>): string {
  if (!result.ok) return result.message
  return `command '${command.join(' ')}' exited with ${result.value.exitCode}: ${result.value.stderr}`
}

/** A port by number or by the container's name for it; 0 if there is none of that name. */
function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0)
}
