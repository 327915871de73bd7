import type { FileView } from '../../fs/node-fs.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { process } from '../../kernel/process.ts'
import { type Steps, sleep, wait } from '../../kernel/steps.ts'
import type { ProcessContext, Program } from '../../shell/program.ts'
import type { ExecBytes, RuntimeResult } from './cri.ts'
import type { DirectoryWatch } from './directory-watch.ts'

/** Waits for the next change of a directory: a process is told of it, and runs after it. */
export function* directoryChange(watch: DirectoryWatch, files: FileView, directory: string): Steps<void> {
  yield* wait(watch.change(files, directory))
  yield* sleep(0)
}

/**
 * Runs a command to its end at one instant. A command that would have to wait is refused: an exec has no time of its own.
 */
export function runToEnd(
  kernel: Kernel,
  program: Program,
  context: ProcessContext,
  output: () => Omit<ExecBytes, 'exitCode'>,
): RuntimeResult<ExecBytes> {
  const codes: number[] = []
  const running = process(kernel, () => program.run(context)).subscribe((exitCode) => codes.push(exitCode))
  running.unsubscribe()
  const [exitCode] = codes
  if (exitCode !== undefined) return { ok: true, value: { ...output(), exitCode } }
  return {
    ok: false,
    message: `podsim: "${context.argv.join(' ')}" would have to wait, but an exec runs at one instant of virtual time`,
  }
}
