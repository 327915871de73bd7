import type { Probe } from '../../../api/types/core.ts'
import { goSeconds } from '../../../go/duration-text.ts'
import { goQuote } from '../../../go/quote.ts'
import { after } from '../../../kernel/after.ts'
import { firstOf } from '../../../kernel/first-of.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { mapped } from '../../../kernel/mapped.ts'
import { type Steps, sleep, wait } from '../../../kernel/steps.ts'
import { second } from '../../../kernel/time.ts'
import type { ProbeAnswer } from '../../../shell/program.ts'
import type { ExecResult, RuntimeResult } from '../../runtime/cri.ts'
import type { KubeletFacts } from '../../version-facts.ts'
import { type Asked, type AskingParts, addressOf, askAt, askHttp, portOf, probePath } from './asking.ts'

export interface ProbingParts extends AskingParts {
  readonly kernel: Kernel
  readonly facts: Pick<KubeletFacts, 'quotesUrls' | 'timesOutExecProbes' | 'tellsCommandTimeout'>
}

/** What came of a probe; with an `error` it could not be run. */
export type ProbeResult =
  | Pick<ProbeAnswer, 'ok' | 'output'>
  | {
      readonly error: string
    }

/** Runs one probe. Source: pkg/kubelet/prober/prober.go, runProbe. */
export function* runProbe(parts: ProbingParts, asked: Asked, probe: Probe): Steps<ProbeResult> {
  const { httpGet, tcpSocket, grpc, exec } = probe
  if (httpGet !== undefined) {
    const found = portOf(asked.container, httpGet.port)
    return found.ok ? askHttp(parts, asked, httpGet, { port: found.port, path: probePath(httpGet) }) : found
  }
  if (tcpSocket !== undefined) {
    const found = portOf(asked.container, tcpSocket.port)
    return found.ok ? askAt(parts, asked, tcpSocket.host, { kind: 'tcp', port: found.port }) : found
  }
  if (grpc !== undefined) return yield* askGrpc(parts, asked, grpc.port, secondsOf(probe))
  return exec === undefined
    ? { ok: true, output: '' }
    : yield* runCommand(parts, asked, exec.command ?? [], secondsOf(probe))
}

function secondsOf({ timeoutSeconds = 1 }: Probe): number {
  return timeoutSeconds
}

/** Where nobody speaks gRPC it is tried until the time is over. Source: pkg/probe/grpc/grpc.go, Probe. */
function* askGrpc(parts: ProbingParts, asked: Asked, port: number, seconds: number): Steps<ProbeResult> {
  const { ok, isPlain } = askAt(parts, asked, undefined, { kind: 'tcp', port })
  if (ok && isPlain !== true) return { ok: true, output: '' }
  yield* sleep(seconds * second)
  const address = goQuote(`${addressOf(parts, asked)}:${port}`)
  const within = goSeconds(seconds * second)
  return {
    ok: false,
    output: `timeout: failed to connect service ${address} within ${within}: context deadline exceeded`,
  }
}

/** Whoever loses is ended: a command that takes too long is killed. Source: pkg/probe/exec/exec.go; cri remote_runtime.go, ExecSync. */
function* runCommand(
  { kernel, runtime, facts }: ProbingParts,
  { id }: Asked,
  command: readonly string[],
  seconds: number,
): Steps<ProbeResult> {
  const run = runtime.execInTime(id, command)
  const isLate = mapped(after(kernel, seconds * second), () => undefined)
  const { timesOutExecProbes, tellsCommandTimeout } = facts
  const result = yield* wait(timesOutExecProbes ? firstOf<RuntimeResult<ExecResult> | undefined>(run, isLate) : run)
  const line = goQuote(command.join(' '))
  if (result === undefined)
    return {
      ok: false,
      output: tellsCommandTimeout
        ? `command timed out: ${line} timed out after ${goSeconds(seconds * second)}`
        : `command ${line} timed out`,
    }
  if (!result.ok) return { error: result.message }
  return { ok: result.value.exitCode === 0, output: result.value.stdout + result.value.stderr }
}
