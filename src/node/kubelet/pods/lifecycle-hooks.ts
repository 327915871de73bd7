import type { Container, Handler, Pod } from '../../../api/types/core.ts'
import { goQuote } from '../../../go/quote.ts'
import { after } from '../../../kernel/after.ts'
import { firstOf } from '../../../kernel/first-of.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { ordered } from '../../../kernel/ordered.ts'
import { process } from '../../../kernel/process.ts'
import { Scope } from '../../../kernel/scope.ts'
import { type Steps, sleep, wait } from '../../../kernel/steps.ts'
import { second } from '../../../kernel/time.ts'
import type { ContainerRuntime, ExecResult, RuntimeResult } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import type { KubeletEvents } from '../kubelet-events.ts'
import { isAnswered, isOfAnother, toldOfRequest } from '../probes/refused-request.ts'

/** What of a kubelet its hooks have to do with; `scope`: its life. */
export interface HookParts {
  readonly kernel: Kernel
  readonly runtime: ContainerRuntime
  readonly events: KubeletEvents
  readonly facts: KubeletFacts
  readonly scope: Scope
}

/**
 * Runs lifecycle hooks in containers, commands in virtual time. A preStop hook that outlasts the grace period is no longer
 * waited for, but goes on until its container is killed, and its failure is told then, as long as `scope`, the kubelet's
 * life, lasts. Source: pkg/kubelet/lifecycle/handlers.go, Run; pkg/kubelet/kuberuntime/kuberuntime_container.go,
 * executePreStopHook; facts/kubelet.md 8.4.
 */
export class HookRunner {
  readonly #kernel: Kernel
  readonly #runtime: ContainerRuntime
  readonly #events: KubeletEvents
  readonly #facts: KubeletFacts
  readonly #scope: Scope
  /** Commands of hooks belong to their containers: a kubelet that dies leaves them running. */
  readonly #commands = new Scope()

  constructor(parts: HookParts) {
    this.#kernel = parts.kernel
    this.#runtime = parts.runtime
    this.#events = parts.events
    this.#facts = parts.facts
    this.#scope = parts.scope
  }

  /** Runs the hook, until it ended, failed, or the grace period is over. */
  *preStop(pod: Pod, container: Container, containerId: string, graceSeconds: number): Steps<void> {
    const hook = process(this.#kernel, () => this.#toldPreStop(pod, container, containerId))
    yield* wait(firstOf<void>(after(this.#kernel, graceSeconds * second), ordered(this.#scope, hook)))
  }

  /** Gives the text of a failure. */
  *postStart(pod: Pod, container: Container, containerId: string): Steps<string | undefined> {
    const error = yield* this.#run(pod, container, containerId, container.lifecycle?.postStart)
    if (error !== undefined)
      this.#events.container(pod, container, 'Warning', 'FailedPostStartHook', this.#told('PostStartHook', error))
    return error
  }

  *#toldPreStop(pod: Pod, container: Container, containerId: string): Steps<void> {
    const error = yield* this.#run(pod, container, containerId, container.lifecycle?.preStop)
    if (error !== undefined)
      this.#events.container(pod, container, 'Warning', 'FailedPreStopHook', this.#told('PreStopHook', error))
  }

  #told(hook: 'PostStartHook' | 'PreStopHook', error: string): string {
    return this.#facts.hookEventsTellNothing ? `${hook} failed` : error
  }

  *#run(pod: Pod, container: Container, containerId: string, hook: Handler | undefined): Steps<string | undefined> {
    const where = `Container ${JSON.stringify(container.name)} in Pod "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})"`
    if (hook?.exec !== undefined) {
      const command = hook.exec.command ?? []
      const result = yield* wait(ordered(this.#commands, this.#runtime.execInTime(containerId, command)))
      if (result.ok && result.value.exitCode === 0) return undefined
      const output = result.ok ? result.value.stdout + result.value.stderr : ''
      return `Exec lifecycle hook ([${command.join(' ')}]) for ${where} failed - error: ${execFailure(command, result)}, message: ${goQuote(output)}`
    }
    if (hook?.sleep !== undefined) yield* sleep(hook.sleep.seconds * second)
    if (hook?.httpGet === undefined || isOfAnother(hook.httpGet)) return undefined
    const { path = '/', port } = hook.httpGet
    const asked = this.#runtime.probe(containerId, { kind: 'http', port: portNumber(container, port), path })
    if (isAnswered(asked)) return undefined
    // Those that tell of it put a slash before whatever path. Source: pkg/kubelet/lifecycle/handlers.go, runHTTPHandler (up to v1.24).
    const answer = toldOfRequest(asked, 'http', `/${path}`)
    return `Http lifecycle hook (${path}) for ${where} failed - error: ${answer.output}, message: ""`
  }
}

/** Source: pkg/kubelet/cri/remote/remote_runtime.go, ExecSync. */
function execFailure(command: readonly string[], result: RuntimeResult<ExecResult>): string {
  if (!result.ok) return result.message
  return `command '${command.join(' ')}' exited with ${result.value.exitCode}: ${result.value.stderr}`
}

/** A port by number or by the container's name for it; 0 if there is none of that name. */
export function portNumber(container: Container, port: number | string): number {
  if (typeof port === 'number') return port
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? (Number(port) || 0)
}
