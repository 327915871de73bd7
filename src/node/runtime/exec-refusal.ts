import type { Unsubscribable } from 'rxjs'
import { toByteText } from '../../shell/byte-text.ts'
import type { Duty, ProcessContext, Program } from '../../shell/program.ts'
import type { ContainerEntry } from './container.ts'
import type { ExecBytes, ExecSession, RuntimeResult } from './cri.ts'
import { execRefusedText, grpcPrefix, type RuntimeKind, type StartRefusal } from './error-texts.ts'
import { mayNotRun, missing } from './start-refusal.ts'

/** What a command runs in a container, or why it cannot be run. */
export function executable(
  kind: RuntimeKind,
  entry: ContainerEntry,
  argv: readonly string[],
  duty?: Duty,
): Program | StartRefusal {
  const [command = ''] = argv
  return mayNotRun(entry, command, kind) ?? entry.image.program(argv, entry.files, duty) ?? missing(command)
}

/** A command that cannot be run: with docker it ends with 126 and says why. Source: moby daemon/exec.go, ContainerExecStart. */
export function execRefusal(
  kind: RuntimeKind,
  execId: string,
  argv: readonly string[],
  refusal: StartRefusal,
): RuntimeResult<ExecBytes> {
  const [program = ''] = argv
  const text = execRefusedText(kind, execId, program, refusal)
  return kind === 'docker'
    ? { ok: true, value: { stdout: toByteText(text), stderr: '', exitCode: 126 } }
    : { ok: false, message: `${grpcPrefix}${text}` }
}

/** The same for who reads along: what docker says is written, and the command has ended. */
export function refusedSession(refused: RuntimeResult<ExecBytes>, session: ExecSession): RuntimeResult<Unsubscribable> {
  if (!refused.ok) return refused
  session.write('stdout', refused.value.stdout)
  session.ended(refused.value.exitCode)
  return { ok: true, value: { unsubscribe() {} } }
}

/** Collects what a command writes. */
export function collected(): {
  readonly written: { stdout: string; stderr: string }
  readonly write: ProcessContext['write']
} {
  const written = { stdout: '', stderr: '' }
  const write: ProcessContext['write'] = (stream, bytes) => {
    written[stream] += bytes
  }
  return { written, write }
}
