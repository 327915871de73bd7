import { createNodeFs } from '../../src/fs/memory-fs.ts'
import { virtualFiles } from '../../src/fs/virtual-files.ts'
import { after } from '../../src/kernel/after.ts'
import { createCalendar } from '../../src/kernel/calendar.ts'
import { createKernel } from '../../src/kernel/kernel.ts'
import { sleep } from '../../src/kernel/steps.ts'
import { CommandLine, lineLimits } from '../../src/shell/command-line.ts'
import type { Limits } from '../../src/shell/engine/budget.ts'
import type { WorldProgram } from '../../src/shell/engine/shell.ts'

interface KubectlCall {
  readonly argv: readonly string[]
  readonly directory: string
}

/** A terminal whose kubectl says what it was called with. Its lines may use what all lines may, but for what `limits` says. */
export function terminal(
  files: Readonly<Record<string, string | Uint8Array>> = {},
  workingDirectory = '/work',
  limits: Partial<Limits> = {},
) {
  const calls: KubectlCall[] = []
  const kernel = createKernel()
  const calendar = createCalendar(1_588_291_200_000)
  const fs = createNodeFs({ kernel, calendar, memoryBytes: 1 << 30 })
  for (const directory of [workingDirectory, '/home/user', '/root', '/tmp', '/etc', '/dev', '/bin'])
    fs.mkdirAll(directory, 0o755)
  const view = virtualFiles(fs, workingDirectory)
  for (const [name, content] of Object.entries(files))
    view.write(name, typeof content === 'string' ? Buffer.from(content) : content)
  const kubectl: WorldProgram = function* kubectl(call) {
    calls.push({ argv: call.args, directory: call.directory })
    call.out(`${call.args.join('|')}\n`)
    yield* sleep(0)
    return 0
  }
  const line = new CommandLine({
    kernel,
    files: fs,
    user: { uid: 0, gid: 0, groups: [] },
    directory: workingDirectory,
    environment: new Map([
      ['HOME', '/root'],
      ['PATH', '/usr/bin:/bin'],
    ]),
    epochNow: () => calendar.at(kernel.now()),
    randomBytes: (count) => 'x'.repeat(count),
    after: (ms) => after(kernel, ms),
    program: (name) => (name === 'kubectl' ? kubectl : undefined),
    limits: { ...lineLimits, ...limits },
  })
  /** At most an hour of virtual time. */
  const run = (script: string) => {
    const running = line.start(script, { stdin: new Uint8Array() })
    kernel.runUntilTrue(() => running.exitCode !== undefined, kernel.now() + 3_600_000)
    if (running.exitCode === undefined) running.stop()
    return running.result()
  }
  return { run, calls, files: view, kernel }
}
