import { joinPath } from '../../fs/path.ts'
import { type ByteText, fromByteText } from '../../shell/byte-text.ts'
import type { ContainerConfig, ExecResult } from './cri.ts'

/** A value from the environment, where the kubelet put one into the command, stands as the reference that it came from. */
export function withoutValues({ command, env }: ContainerConfig): readonly string[] {
  const telling = env.filter(({ value }) => value.length >= 3)
  if (telling.length === 0) return command
  return command.map((word) =>
    telling.reduce(
      (text, { name, value }) => (text.includes(value) ? text.replaceAll(value, () => `$(${name})`) : text),
      word,
    ),
  )
}

/** A mount as records tell it. */
export function mountText({ containerPath, hostPath, readOnly }: ContainerConfig['mounts'][number]): string {
  return `${joinPath(containerPath)} <- ${hostPath} ro=${readOnly}`
}

/** What was written, read as UTF-8. */
export function outputOf({
  stdout,
  stderr,
}: {
  readonly stdout: ByteText
  readonly stderr: ByteText
}): Omit<ExecResult, 'exitCode'> {
  return { stdout: fromByteText(stdout), stderr: fromByteText(stderr) }
}
